//! Judging: the order in which evidence and tolerance make a verdict. The same order stands in
//! `docs/performance/how-it-decides.md`.

use crate::compare::{Comparison, Design, Presence};
use crate::measure::{Better, Metric};
use crate::stats::contrast::Contrast;
use crate::stats::multiplicity::{benjamini_hochberg, holm};

use super::Tolerance;
use super::settle::{detectable, ranks_can_reach, runs_needed};
use super::verdict::{Level, Verdict};

/// One-sided level of the interval that reports show: two-sided 98 %.
const INTERVAL_LEVEL: f64 = 0.98;

/// One-sided level of each bound of the equivalence test.
const EQUIVALENCE_ALPHA: f64 = 0.05;

/// A row beyond its threshold with a p-value below this is suspect even if the correction for many
/// rows holds it back.
const SUSPECT_ALPHA: f64 = 0.01;

/// One comparison with everything that was decided about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The suite's name.
    pub suite: String,
    /// What was weighed.
    pub comparison: Comparison,
    /// What was tolerated.
    pub tolerance: Tolerance,
    /// What was concluded.
    pub verdict: Verdict,
    /// What policy makes of it.
    pub level: Level,
    /// The rule that decided.
    pub because: Because,
    /// Beyond the threshold, and only the correction holds it back.
    pub suspect: bool,
    /// The evidence in numbers, where there was a test.
    pub evidence: Option<Evidence>,
    /// Runs a side, measured in one session, that would settle an undecided row.
    pub runs_needed: Option<u32>,
}

/// The evidence of one test. Differences are in the terms of [`Comparison::change`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evidence {
    /// Two-sided 98 % confidence interval of the change.
    pub interval: [f64; 2],
    /// One-sided p-value in the direction of the estimate.
    pub p: f64,
    /// The same, corrected for the number of rows.
    pub p_adjusted: f64,
    /// The smallest worsening that this test finds four times in five.
    pub detectable: Option<f64>,
}

/// The rule that decided a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Because {
    /// Only the baseline has it.
    OnlyBase,
    /// Only the fresh side has it.
    OnlyFresh,
    /// The row is there and nothing was measured.
    NothingMeasured,
    /// One run against one run.
    OneRunEach,
    /// One session, or one run, a side, and no gross change.
    OneSession,
    /// So few repetitions that no rank test can ever reach the level.
    RanksCannotReach,
    /// Real and larger than the threshold and the floor, in the bad direction.
    Worse,
    /// Real and larger than the threshold and the floor, in the good direction.
    Better,
    /// Certain to lie within twice the threshold, or within twice the floor.
    Equivalent,
    /// Would be steady or improved, but part of the data is lost.
    Damaged,
    /// Faster while more requests fail.
    FasterButFailing,
    /// Beyond the threshold; only the correction for many rows holds it back.
    HeldBack,
    /// Neither a change nor its absence is certain.
    Unsettled,
}

/// A comparison with its suite and tolerance, not yet judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Weighed {
    /// The suite's name.
    pub suite: String,
    /// What was weighed.
    pub comparison: Comparison,
    /// What is tolerated.
    pub tolerance: Tolerance,
}

/// Judges all rows of one check together. The rows that can fail the build form one family with a
/// family-wise error rate (Holm 1979); the others are listed under a false discovery rate (Benjamini
/// and Hochberg 1995). Returns the findings in the order of the cases, and the family's size.
#[must_use]
pub fn judge(cases: Vec<Weighed>, alpha: f64) -> (Vec<Finding>, usize) {
    let adjusted = adjust(&cases);
    let family = cases.iter().filter(|c| c.tolerance.gates && c.comparison.contrast.is_some());
    let family = family.count();
    let failing = rows_that_fail_more(&cases);
    let findings = cases
        .into_iter()
        .zip(adjusted)
        .zip(failing)
        .map(|((case, adjusted), fails_more)| {
            conclude(case, adjusted, &Court { alpha, family, fails_more })
        })
        .collect();
    (findings, family)
}

/// What a row cannot know from itself.
struct Court {
    alpha: f64,
    family: usize,
    /// The error rate of the same row rose.
    fails_more: bool,
}

impl Court {
    /// What the first step of Holm's correction leaves for one row.
    fn alpha_a_row(&self) -> f64 {
        self.alpha / self.family.max(1) as f64
    }
}

/// Adjusted one-sided p-values of a row: worse and better.
#[derive(Clone, Copy)]
struct Adjusted {
    worse: f64,
    better: f64,
}

fn adjust(cases: &[Weighed]) -> Vec<Option<Adjusted>> {
    let mut adjusted = vec![None; cases.len()];
    for gates in [true, false] {
        let members: Vec<usize> = (0..cases.len())
            .filter(|&i| cases[i].tolerance.gates == gates)
            .filter(|&i| cases[i].comparison.contrast.is_some())
            .collect();
        let correct = if gates { holm } else { benjamini_hochberg };
        let (worse, better): (Vec<f64>, Vec<f64>) =
            members.iter().filter_map(|&i| directed_p(&cases[i].comparison)).unzip();
        for ((&i, worse), better) in members.iter().zip(correct(&worse)).zip(correct(&better)) {
            adjusted[i] = Some(Adjusted { worse, better });
        }
    }
    adjusted
}

/// One-sided p-values of a comparison: worse and better.
fn directed_p(comparison: &Comparison) -> Option<(f64, f64)> {
    let contrast = comparison.contrast.as_ref()?;
    let (greater, smaller) =
        comparison.rank_p.unwrap_or_else(|| (contrast.p_greater(), contrast.p_less()));
    Some(match comparison.metric.better() {
        Better::Lower => (greater, smaller),
        Better::Higher => (smaller, greater),
    })
}

/// For each case, whether the error rate of the same row rose by more than its tolerance.
fn rows_that_fail_more(cases: &[Weighed]) -> Vec<bool> {
    let rose = |case: &Weighed| {
        case.comparison.metric == Metric::ErrorRate
            && case.comparison.change().is_some_and(|change| change > case.tolerance.threshold)
    };
    let risen: Vec<_> = cases
        .iter()
        .filter(|case| rose(case))
        .map(|case| (case.suite.clone(), case.comparison.tags.clone()))
        .collect();
    let is_risen = |case: &Weighed| {
        risen.iter().any(|(suite, tags)| *suite == case.suite && *tags == case.comparison.tags)
    };
    cases.iter().map(|case| case.comparison.metric.is_time() && is_risen(case)).collect()
}

fn conclude(case: Weighed, adjusted: Option<Adjusted>, court: &Court) -> Finding {
    let evidence = evidence(&case, adjusted, court);
    let (verdict, because) = decide(&case, adjusted, evidence.as_ref(), court);
    let suspect = because == Because::HeldBack;
    let level = match case.tolerance.gates {
        true => case.tolerance.levels.of(verdict, suspect),
        false => Level::Allow,
    };
    let runs_needed = matches!(verdict, Verdict::Inconclusive | Verdict::Untested)
        .then(|| runs_needed(&case.comparison, &case.tolerance, court.alpha_a_row()))
        .flatten();
    let Weighed { suite, comparison, tolerance } = case;
    Finding {
        suite,
        comparison,
        tolerance,
        verdict,
        level,
        because,
        suspect,
        evidence,
        runs_needed,
    }
}

fn evidence(case: &Weighed, adjusted: Option<Adjusted>, court: &Court) -> Option<Evidence> {
    let contrast = case.comparison.contrast.as_ref()?;
    let adjusted = adjusted?;
    let (worse, better) = directed_p(&case.comparison)?;
    let (low, high) = contrast.interval(INTERVAL_LEVEL);
    let (p, p_adjusted) =
        if worse <= better { (worse, adjusted.worse) } else { (better, adjusted.better) };
    Some(Evidence {
        interval: [case.comparison.as_change(low)?, case.comparison.as_change(high)?],
        p,
        p_adjusted,
        detectable: detectable(&case.comparison, &case.tolerance, court.alpha_a_row()),
    })
}

fn decide(
    case: &Weighed,
    adjusted: Option<Adjusted>,
    evidence: Option<&Evidence>,
    court: &Court,
) -> (Verdict, Because) {
    let comparison = &case.comparison;
    match comparison.presence {
        Presence::OnlyBase => return (Verdict::Missing, Because::OnlyBase),
        Presence::OnlyFresh => return (Verdict::New, Because::OnlyFresh),
        Presence::NoData => return (Verdict::NoData, Because::NothingMeasured),
        Presence::Both => {}
    }
    let (Some(contrast), Some(adjusted), Some(evidence)) =
        (comparison.contrast.as_ref(), adjusted, evidence)
    else {
        return (Verdict::Untested, Because::OneRunEach);
    };
    let margin = Margin::of(comparison, &case.tolerance);
    let beyond = margin.worsening(contrast) > margin.threshold;
    let beneath = -margin.worsening(contrast) > margin.threshold;
    if beyond && adjusted.worse < court.alpha {
        return (Verdict::Regressed, Because::Worse);
    }
    if beneath && adjusted.better < court.alpha {
        return match (comparison.damaged, court.fails_more) {
            (_, true) => (Verdict::Inconclusive, Because::FasterButFailing),
            (true, _) => (Verdict::Inconclusive, Because::Damaged),
            _ => (Verdict::Improved, Because::Better),
        };
    }
    if comparison.design == Design::Assumed {
        return (Verdict::Untested, Because::OneSession);
    }
    if (beyond || beneath) && evidence.p < SUSPECT_ALPHA {
        return (Verdict::Inconclusive, Because::HeldBack);
    }
    if !ranks_can_reach(comparison, court.alpha_a_row()) {
        return (Verdict::Untested, Because::RanksCannotReach);
    }
    if margin.is_equivalent(contrast) {
        return match comparison.damaged {
            true => (Verdict::Inconclusive, Because::Damaged),
            false => (Verdict::Steady, Because::Equivalent),
        };
    }
    (Verdict::Inconclusive, Because::Unsettled)
}

/// The threshold and the floor of one row, on one scale on which both are symmetric: swapping the
/// sides mirrors every verdict.
struct Margin {
    /// A worsening matters beyond this.
    threshold: f64,
    /// A difference within this is as good as none.
    equivalence: f64,
    better: Better,
    /// For proportions: from the arcsine scale to differences of proportions.
    share: Option<Share>,
}

struct Share {
    slope: f64,
    change: f64,
}

impl Margin {
    fn of(comparison: &Comparison, tolerance: &Tolerance) -> Self {
        let better = comparison.metric.better();
        if let Some(slope) = comparison.share_slope {
            return Self {
                threshold: tolerance.threshold,
                equivalence: 2.0 * tolerance.threshold,
                better,
                share: Some(Share { slope, change: comparison.change().unwrap_or(0.0) }),
            };
        }
        // |fresh - base| = 2 g sinh(|ln fresh/base| / 2) with g the geometric mean of the sides.
        let middle = match (comparison.base, comparison.fresh) {
            (Some(base), Some(fresh)) => (base.value * fresh.value).sqrt(),
            _ => f64::INFINITY,
        };
        let floor = |times: f64| 2.0 * (times * tolerance.floor / (2.0 * middle)).asinh();
        Self {
            threshold: tolerance.threshold.ln_1p().max(floor(1.0)),
            equivalence: (2.0 * tolerance.threshold).ln_1p().max(floor(2.0)),
            better,
            share: None,
        }
    }

    /// How much worse the fresh side is; negative where it is better.
    fn worsening(&self, contrast: &Contrast) -> f64 {
        let difference = self.share.as_ref().map_or(contrast.estimate, |share| share.change);
        match self.better {
            Better::Lower => difference,
            Better::Higher => -difference,
        }
    }

    /// Two one-sided tests (Schuirmann 1987).
    fn is_equivalent(&self, contrast: &Contrast) -> bool {
        let (low, high) =
            (contrast.bound_lower(EQUIVALENCE_ALPHA), contrast.bound_upper(EQUIVALENCE_ALPHA));
        let on_scale = |bound: f64| match &self.share {
            Some(share) => share.change + share.slope * (bound - contrast.estimate),
            None => bound,
        };
        on_scale(low) > -self.equivalence && on_scale(high) < self.equivalence
    }
}
