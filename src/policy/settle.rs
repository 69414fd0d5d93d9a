//! What this much measuring can see, and how much more would settle a row.

use crate::compare::{Comparison, Design};
use crate::stats::contrast;
use crate::stats::mann_whitney::least_p;
use crate::stats::student::student_quantile;

use super::Tolerance;
use super::margin::Margin;

/// The power that "would have been found" stands for.
const POWER: f64 = 0.8;

/// More runs a side than this are no reasonable advice.
const MOST_RUNS: u32 = 100;

/// The smallest worsening, in the terms of [`Comparison::change`] and positive, that the test finds
/// four times in five: it must clear both the level of the test and the threshold.
pub(super) fn detectable(
    comparison: &Comparison,
    tolerance: &Tolerance,
    alpha: f64,
) -> Option<f64> {
    let contrast = comparison.contrast.as_ref()?;
    if !ranks_can_reach(comparison, alpha) {
        return None;
    }
    let margin = student_quantile(POWER, contrast.df) * contrast.standard_error();
    let difference =
        contrast.detectable(alpha, POWER).max(threshold(comparison, tolerance) + margin);
    as_worsening(comparison, difference).filter(|change| change.is_finite())
}

/// Runs a side, all in one session, with which a change of the threshold's size is found four times
/// in five. `None` where the number is beyond reason or the variance between runs is unknown.
pub(super) fn runs_needed(
    comparison: &Comparison,
    tolerance: &Tolerance,
    alpha: f64,
) -> Option<u32> {
    let between = comparison.contrast.as_ref().map_or(comparison.prior.v0, |c| c.variance);
    let variance = comparison.run_variance.unwrap_or(between);
    let change = threshold(comparison, tolerance);
    let freedom = if comparison.design == Design::Rounds { 1.0 } else { 2.0 };
    let known = (comparison.prior, freedom);
    let runs = contrast::runs_needed(variance, known, change, alpha, POWER, MOST_RUNS)?;
    match comparison.rank_p {
        Some(_) => (runs..=MOST_RUNS).find(|&m| least_p(m as usize, m as usize) / 2.0 < alpha),
        None => Some(runs),
    }
}

/// Whether the best outcome that ranks of this many repetitions can show is below the level. True
/// where ranks do not decide.
pub(super) fn ranks_can_reach(comparison: &Comparison, alpha: f64) -> bool {
    let (Some(_), Some(base), Some(fresh)) = (comparison.rank_p, comparison.base, comparison.fresh)
    else {
        return true;
    };
    let units = |runs: u32, sessions: u32| match comparison.design {
        Design::Sessions => sessions as usize,
        _ => runs as usize,
    };
    let (n1, n2) = (units(base.runs, base.sessions), units(fresh.runs, fresh.sessions));
    least_p(n1, n2) / 2.0 < alpha
}

/// The tolerated worsening on the scale of the test, from the baseline's value.
fn threshold(comparison: &Comparison, tolerance: &Tolerance) -> f64 {
    if !comparison.metric.is_proportion() {
        return Margin::of(comparison, tolerance).threshold;
    }
    let base = comparison.base.map_or(f64::NAN, |side| side.value);
    let worse = base + comparison.metric.better().worsening(tolerance.threshold);
    (angle(worse) - angle(base)).abs()
}

/// A difference on the scale of the test as a positive worsening from the baseline's value.
fn as_worsening(comparison: &Comparison, difference: f64) -> Option<f64> {
    let base = comparison.base?.value;
    let worse = comparison.metric.better().worsening(difference);
    if !comparison.metric.is_proportion() {
        return Some(worse.exp_m1().abs());
    }
    let to = (angle(base) + worse).clamp(0.0, std::f64::consts::FRAC_PI_2);
    Some((to.sin().powi(2) - base).abs())
}

/// The arcsine of the square root of a proportion.
fn angle(proportion: f64) -> f64 {
    proportion.clamp(0.0, 1.0).sqrt().asin()
}
