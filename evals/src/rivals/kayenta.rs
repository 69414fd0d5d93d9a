//! Spinnaker's Kayenta, the Netflix judge: `MannWhitneyClassifier` and the interval of `MannWhitney`.

use crate::rivals::stats::{median, usable};

/// The tolerance, as a share of the estimated shift.
const TOLERANCE: f64 = 0.25;

/// The normal quantile of the confidence level .98.
const Z: f64 = 2.326;

/// Whether the judge would call the metric "High" with its default tolerance and level, on values of
/// time windows.
#[must_use]
pub fn kayenta(base: &[f64], fresh: &[f64]) -> bool {
    high(base, fresh, TOLERANCE, Z)
}

/// Whether the lower confidence limit of the shift is above `tolerance` times the estimated shift.
/// Of one value a side Kayenta makes no interval.
#[must_use]
pub fn high(base: &[f64], fresh: &[f64], tolerance: f64, z: f64) -> bool {
    base.len() + fresh.len() > 2
        && shift(base, fresh, z)
            .is_some_and(|(lower, estimate)| estimate > 0.0 && lower > tolerance * estimate.abs())
}

/// The lower confidence limit of the shift, and its estimate, of Hodges and Lehmann (1963): the median
/// of all differences `fresh - base`, and the one at the rank that the normal limit of the rank test
/// gives (Hollander and Wolfe, *Nonparametric Statistical Methods*, section 4.3).
///
/// Kayenta finds both with a root search on the same steps, with ties and continuity in the variance.
/// Where the rank is below the least difference, the least is the limit, as in its `findRoot`. All
/// differences are held: for windows, not for requests.
fn shift(base: &[f64], fresh: &[f64], z: f64) -> Option<(f64, f64)> {
    if !usable(base) || !usable(fresh) {
        return None;
    }
    let mut differences: Vec<f64> =
        fresh.iter().flat_map(|after| base.iter().map(move |before| after - before)).collect();
    differences.sort_unstable_by(f64::total_cmp);
    let (n, m) = (base.len() as f64, fresh.len() as f64);
    let rank = (n * m / 2.0 - z * (n * m * (n + m + 1.0) / 12.0).sqrt()).floor().max(1.0);
    Some((*differences.get(rank as usize - 1)?, median(&differences)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// spinnaker/kayenta, `ClassifierSuite`: tolerance .10, confidence .95.
    fn classified_high(control: &[f64], experiment: &[f64]) -> bool {
        high(control, experiment, 0.10, 1.96)
    }

    #[test]
    fn classes_are_those_of_kayenta() {
        let (rising, falling) = ([1.0, 2.0, 3.0, 4.0, 5.0], [5.0, 4.0, 3.0, 2.0, 1.0]);
        assert!(classified_high(&[1.0, 2.2, 1.1, 2.5, 3.0], &[20.0, 22.0, 21.0, 25.0, 30.0]));
        assert!(!classified_high(&falling, &rising));
        assert!(!classified_high(&[1.0; 5], &[0.0, 1.0, 1.0, 1.0, 1.0]));
        assert!(!classified_high(&[1.0; 5], &[1.0, 1.0, 1.0, 1.0, 10.0]));
        assert!(classified_high(&[1.0; 5], &[10.0; 5]));
        assert!(classified_high(&[0.0; 5], &[10.0; 5]));
        assert!(!classified_high(&[1.0; 2], &[1.0; 3]));
        assert!(!classified_high(&rising, &[]));
    }

    fn parsed(values: &str) -> Vec<f64> {
        values.split_whitespace().filter_map(|value| value.parse().ok()).collect()
    }

    #[test]
    fn limits_are_those_of_kayenta() {
        // spinnaker/kayenta, `MannWhitneySuite`; the second case, with ties, lies on a step of the
        // statistic, where its root search ends within 1e-3.
        let near = |a: f64, b: f64, by: f64| assert!((a - b).abs() < by, "{a} {b}");
        let (y, x) = ([1.0, 2.0, 3.0, 4.0], [10.0, 20.0, 30.0, 40.0]);
        let (lower, estimate) = shift(&y, &x, 1.96).unwrap_or_default();
        near(lower, 6.0, 1e-6);
        near(estimate, 22.5, 1e-6);
        let (control, experiment) = (parsed(CONTROL), parsed(EXPERIMENT));
        assert_eq!((control.len(), experiment.len()), (90, 90));
        let (lower, estimate) = shift(&control, &experiment, 1.96).unwrap_or_default();
        near(lower, -0.500_002_521_696_696, 1e-3);
        near(estimate, -0.499_939_390_718_032_3, 1e-3);
        let (lower, _) = shift(&experiment, &control, 1.96).unwrap_or_default();
        near(lower, 3.486_287_505_871_302e-5, 1e-3);
    }

    const CONTROL: &str = "1.5 6 5 2.5 2.5 2 2 3.5 3 3 3 2 3 8 4 2.5 3 2.5 2.5 2 2.5 2 2 2.5 3.5 3 1.5 5 2.5 5.5 2 \
        2.5 3.5 2 2.5 4 2 2 2 2 5.5 4.5 4 3 3 3.5 2.5 3 2.5 4 6 2 5 6 3.5 3 54.5 3 5 6 3.5 4.5 \
        2.5 2 6 5 2.5 3.5 2 3 2.5 3.5 3.5 2.5 3 4.5 3 15.5 5 2.5 3 4 3.5 4 4 2 4.5 2.5 4 3";

    const EXPERIMENT: &str = "2.5 2.5 2 2.5 3.5 2 3.5 1.5 3 3 2.5 3.5 2 2.5 2 2 5 3 2 1.5 2 4 3 2.5 3 2 2 2 2.5 3.5 \
        1.5 1.5 3.5 2 2.5 2.5 3 3.5 2.5 6.5 2.5 4 2.5 3 2.5 6.5 2.5 3 1.5 2 2.5 3 7.5 1.5 2 4 \
        2.5 2 2.5 3.5 4 2.5 3 2.5 2 3.5 3 16.5 3 3 7 4.5 5 2 3.5 6 1.5 3 2.5 4 3 1.5 5 3 2.5 5.5 \
        3 1.5 2.5 6";

    #[test]
    fn the_tolerance_is_relative_to_the_shift() {
        // However small the shift is, it is "High" where it is certain.
        let base: Vec<f64> = (0..60).map(|i| 100.0 + f64::from(i % 6) * 1e-4).collect();
        let fresh: Vec<f64> = base.iter().map(|value| value + 0.01).collect();
        assert!(kayenta(&base, &fresh) && !kayenta(&fresh, &base) && !kayenta(&base, &base));
    }

    #[test]
    fn degenerate_values_are_not_slower() {
        for odd in [&[][..], &[f64::NAN, 9.0], &[f64::INFINITY, 9.0]] {
            assert!(!kayenta(&[1.0, 2.0], odd) && !kayenta(odd, &[1.0, 2.0]), "{odd:?}");
        }
        assert!(!kayenta(&[1.0], &[9.0]) && !kayenta(&[0.0; 3], &[0.0; 3]));
    }
}
