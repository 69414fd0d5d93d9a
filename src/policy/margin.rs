//! The threshold and the floor of one row, on one scale on which both are symmetric: swapping the
//! sides mirrors every verdict.

use super::{Finding, Tolerance};
use crate::compare::Comparison;
use crate::stats::contrast::Contrast;

/// One-sided level of each bound of the equivalence test.
const EQUIVALENCE_ALPHA: f64 = 0.05;

/// What a row's change is held against.
pub(super) struct Margin {
    /// The relative threshold alone, or the threshold of a proportion.
    pub(super) relative: f64,
    /// What a change must exceed to matter: the threshold and the floor.
    pub(super) threshold: f64,
}

impl Margin {
    pub(super) fn of(comparison: &Comparison, tolerance: &Tolerance) -> Self {
        if comparison.metric.is_proportion() {
            return Self { relative: tolerance.threshold, threshold: tolerance.threshold };
        }
        // |fresh - base| = 2 g sinh(|ln fresh/base| / 2) with g the geometric mean of the sides.
        let middle = match (comparison.base, comparison.fresh) {
            (Some(base), Some(fresh)) => (base.value * fresh.value).sqrt(),
            _ => f64::INFINITY,
        };
        let floor = 2.0 * (tolerance.floor / (2.0 * middle)).asinh();
        let relative = tolerance.threshold.ln_1p();
        Self { relative, threshold: relative.max(floor) }
    }

    /// How much worse the fresh side is, on the margin's scale; negative where it is better.
    pub(super) fn worsening(comparison: &Comparison, contrast: &Contrast) -> f64 {
        let difference = match comparison.metric.is_proportion() {
            true => comparison.change().unwrap_or(0.0),
            false => contrast.estimate,
        };
        comparison.metric.better().worsening(difference)
    }
}

/// Whether a tested row is no worse than it may be, certain or not.
#[must_use]
pub fn is_within(finding: &Finding) -> bool {
    let margin = Margin::of(&finding.comparison, &finding.tolerance);
    finding.comparison.contrast.as_ref().is_some_and(|contrast| {
        Margin::worsening(&finding.comparison, contrast) <= margin.threshold
    })
}

/// Whether the change surely lies within twice the threshold: two one-sided tests (Schuirmann
/// 1987).
pub(super) fn is_equivalent(
    comparison: &Comparison,
    contrast: &Contrast,
    tolerance: &Tolerance,
) -> bool {
    let (low, high) =
        (contrast.bound_lower(EQUIVALENCE_ALPHA), contrast.bound_upper(EQUIVALENCE_ALPHA));
    let twice = 2.0 * tolerance.threshold;
    if comparison.metric.is_proportion() {
        let bounds = comparison.as_change((low, high));
        return bounds.is_some_and(|[low, high]| low > -twice && high < twice);
    }
    low > -twice.ln_1p() && high < twice.ln_1p()
}
