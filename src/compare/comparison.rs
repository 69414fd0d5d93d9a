//! The result of weighing one metric of one row.

use crate::measure::{Metric, Tags, Tool, Unit};
use crate::stats::contrast::Contrast;
use crate::stats::prior::Prior;

use super::{Design, Tail};

/// One metric of one row, weighed.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The tool that measured both sides.
    pub tool: Tool,
    /// The row, for display.
    pub id: String,
    /// The row's identity.
    pub tags: Tags,
    /// The metric.
    pub metric: Metric,
    /// The unit of the values.
    pub unit: Unit,
    /// Which sides there are.
    pub presence: Presence,
    /// The baseline's side.
    pub base: Option<SideSummary>,
    /// The fresh side.
    pub fresh: Option<SideSummary>,
    /// Part of the fresh or base data of this row is known to be lost.
    pub damaged: bool,
    /// What counts as a repetition.
    pub design: Design,
    /// Fresh minus base on the scale of the test (natural logarithm, or arcsine of a proportion);
    /// absent where one side is, or where nothing can be tested.
    pub contrast: Option<Contrast>,
    /// One-sided p-values where ranks decide, instead of the contrast's own: (fresh is greater,
    /// fresh is smaller). `None` where the contrast decides.
    pub rank_p: Option<(f64, f64)>,
    /// A high quantile against the median of the same runs, where both were measured and runs, rounds
    /// or sessions are repetitions.
    pub tail: Option<Tail>,
    /// Variance between runs of one session on the scale of the test, where it is known.
    pub run_variance: Option<f64>,
    /// The prior that moderated the variance.
    pub prior: Prior,
    /// For proportions, the mean arcsine angles of the base and of the fresh side.
    pub angles: Option<(f64, f64)>,
}

/// Which sides a pair has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// Numbers on both sides.
    Both,
    /// Numbers on the baseline's side only; the row, or this metric of it, is gone.
    OnlyBase,
    /// Numbers on the fresh side only.
    OnlyFresh,
    /// The row is there, but in at least one run nothing was measured.
    NoData,
    /// The fresh side holds nothing but samples that the base side holds too.
    NotMeasuredAgain,
}

/// One side of a comparison.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SideSummary {
    /// Geometric mean over runs, or the pooled proportion.
    pub value: f64,
    /// Runs.
    pub runs: u32,
    /// Sessions that the runs come from.
    pub sessions: u32,
}

impl Comparison {
    /// Fresh against base: a fraction of the base, or a difference of proportions. Absent where a
    /// side is. Where something was tested, it is the estimate that was tested.
    #[must_use]
    pub fn change(&self) -> Option<f64> {
        let (base, fresh) = (self.base?, self.fresh?);
        if self.metric.is_proportion() {
            return Some(fresh.value - base.value);
        }
        match &self.contrast {
            Some(contrast) => Some(contrast.estimate.exp_m1()),
            None => Some(fresh.value / base.value - 1.0),
        }
    }

    /// An interval of differences on the scale of the test, in the terms of [`Self::change`].
    ///
    /// A difference of angles means more or less in proportions depending on where it starts. Each
    /// end is held against both sides and the wider one kept, so that swapping the sides mirrors
    /// the interval and no rate near zero makes it look narrow.
    #[must_use]
    pub fn as_change(&self, (low, high): (f64, f64)) -> Option<[f64; 2]> {
        let change = self.change()?;
        let Some((base, fresh)) = self.angles else { return Some([low.exp_m1(), high.exp_m1()]) };
        let from_base = |difference: f64| proportion(base + difference) - proportion(base);
        let to_fresh = |difference: f64| proportion(fresh) - proportion(fresh - difference);
        Some([
            from_base(low).min(to_fresh(low)).min(change),
            from_base(high).max(to_fresh(high)).max(change),
        ])
    }
}

/// The proportion at an angle.
fn proportion(angle: f64) -> f64 {
    angle.clamp(0.0, std::f64::consts::FRAC_PI_2).sin().powi(2)
}
