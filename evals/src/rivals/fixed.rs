//! Fixed thresholds on one number a side.

use crate::rivals::stats::{mean, usable};

/// The default `alert-threshold` of github-action-benchmark, 200 %.
const ALERT_THRESHOLD: f64 = 2.0;

/// Whether the mean of the fresh runs is more than `percent` above the mean of the base runs: the
/// threshold that most home-made gates have, and k6 or a CI script with one run a side.
#[must_use]
pub fn percent_over(base: &[f64], fresh: &[f64], percent: f64) -> bool {
    usable(base) && usable(fresh) && mean(fresh) / mean(base) - 1.0 > percent / 100.0
}

/// github-action-benchmark: `findAlerts` in `src/write.ts`, a ratio against the last entry above the
/// default threshold of 200 %.
#[must_use]
pub fn double(previous: f64, fresh: f64) -> bool {
    fresh / previous > ALERT_THRESHOLD
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_above_the_threshold_is_slower() {
        assert!(!percent_over(&[100.0], &[110.0], 10.0 + 1e-9));
        assert!(percent_over(&[100.0], &[110.1], 10.0));
        assert!(percent_over(&[90.0, 110.0], &[100.0, 124.0], 10.0));
        assert!(!percent_over(&[100.0], &[50.0], 10.0));
        assert!(!double(10.0, 20.0) && double(10.0, 20.1));
        // Cases of github-action-benchmark's `test/write.spec.ts` that raise an alert.
        assert!(double(100.0, 210.0) && double(10_000.0, 25_000.0));
    }

    #[test]
    fn no_values_are_not_slower() {
        assert!(!percent_over(&[], &[1.0], 5.0) && !percent_over(&[1.0], &[], 5.0));
        assert!(!percent_over(&[1.0], &[f64::NAN], 5.0) && !percent_over(&[0.0], &[0.0], 5.0));
        assert!(!double(f64::NAN, 1.0) && !double(0.0, 0.0));
        // Anything is more than double of nothing.
        assert!(double(0.0, 1.0) && percent_over(&[0.0], &[1.0], 5.0));
    }
}
