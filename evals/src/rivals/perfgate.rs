//! perfgate (EffortlessMetrics): `determine_status` in `domain/budget.rs`, `compute_significance` in
//! `domain/significance.rs`, and how `comparison.rs` joins them.

use crate::rivals::stats::median;
use crate::rivals::welch;

/// The default `threshold`: a regression above it fails.
const BUDGET: f64 = 0.20;

/// The usual `--significance-alpha`.
const ALPHA: f64 = 0.05;

/// The default of `--significance-min-samples`, for each side. Its default repeat is 5 to 7, so the
/// defaults of both never reach a test.
pub const MIN_SAMPLES: usize = 8;

/// Whether the median rose by more than the budget of 20 %: perfgate's default.
#[must_use]
pub fn perfgate(base: &[f64], fresh: &[f64]) -> bool {
    let (before, after) = (median(base), median(fresh));
    (after - before) / before > BUDGET
}

/// The same with `require_significance`: where Welch's test on the means is not significant, or cannot
/// be made with `min_samples` values a side, the failure becomes a pass.
///
/// The test is two-sided and knows no direction; the direction is that of the medians.
#[must_use]
pub fn perfgate_significant(base: &[f64], fresh: &[f64], min_samples: usize) -> bool {
    perfgate(base, fresh)
        && base.len().min(fresh.len()) >= min_samples
        && welch::test(base, fresh).is_some_and(|(_, p)| p <= ALPHA)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_is_of_medians() {
        assert!(!perfgate(&[100.0], &[120.0]) && perfgate(&[100.0], &[120.1]));
        assert!(!perfgate(&[100.0, 100.0, 100.0], &[100.0, 100.0, 900.0]));
    }

    #[test]
    fn too_few_samples_pass() {
        let (base, fresh) = ([100.0, 101.0, 99.0], [200.0, 201.0, 199.0]);
        assert!(perfgate(&base, &fresh));
        assert!(!perfgate_significant(&base, &fresh, MIN_SAMPLES));
        assert!(perfgate_significant(&base, &fresh, 3));
    }

    #[test]
    fn significance_is_that_of_its_own_tests() {
        // `significance.rs`: the example of `compute_significance`, and constant sides.
        let base = [100.0, 102.0, 98.0, 101.0, 99.0, 100.0, 101.0, 99.0];
        let fresh: Vec<f64> = base.iter().map(|value| value + 10.0).collect();
        assert!(welch::test(&base, &fresh).is_some_and(|(_, p)| p < 0.05));
        assert!(!perfgate_significant(&base, &fresh, MIN_SAMPLES));
        let far: Vec<f64> = base.iter().map(|value| value * 1.3).collect();
        assert!(perfgate_significant(&base, &far, MIN_SAMPLES));
        assert_eq!(welch::test(&[100.0; 10], &[100.0; 10]), Some((0.0, 1.0)));
        assert_eq!(welch::test(&[100.0; 10], &[110.0; 10]), Some((f64::INFINITY, 0.0)));
        assert!(perfgate_significant(&[100.0; 10], &[130.0; 10], MIN_SAMPLES));
    }

    #[test]
    fn degenerate_values_are_not_slower() {
        let some = [1.0, 2.0, 3.0];
        for odd in [&[][..], &[f64::NAN, 9.0], &[f64::INFINITY, 9.0]] {
            assert!(!perfgate(&some, odd) && !perfgate(odd, &some), "{odd:?}");
            assert!(!perfgate_significant(&some, odd, 0) && !perfgate_significant(odd, &some, 0));
        }
        assert!(!perfgate(&[0.0], &[0.0]) && !perfgate_significant(&[1.0], &[9.0], 1));
    }
}
