//! criterion.rs: `src/analysis/compare.rs` and the verdict of `src/report.rs`, default configuration.

use crate::rivals::stats::{moments, normal_two_sided};

/// `significance_level`.
const SIGNIFICANCE: f64 = 0.05;

/// `noise_threshold`.
const NOISE: f64 = 0.01;

/// The normal limit of the .95 interval.
const Z: f64 = 1.96;

/// Whether criterion would print "Performance has regressed": p of the difference of the means below
/// .05 and the whole .95 interval of the relative change above +1 %.
///
/// Both bootstraps of 100,000 resamples are replaced by their normal limits; the standard error of the
/// ratio is that of the delta method. The values are what criterion takes for independent samples:
/// averages of batches within one process, or windows of one run.
#[must_use]
pub fn criterion(base: &[f64], fresh: &[f64]) -> bool {
    let (Some((before, spread_before)), Some((after, spread_after))) =
        (moments(base), moments(fresh))
    else {
        return false;
    };
    let (v, w) = (spread_before / base.len() as f64, spread_after / fresh.len() as f64);
    let t = (after - before) / (v + w).sqrt();
    let ratio = after / before;
    let error = ratio * (w / after.powi(2) + v / before.powi(2)).sqrt();
    normal_two_sided(t) < SIGNIFICANCE && ratio - 1.0 - Z * error > NOISE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(center: f64, spread: f64) -> Vec<f64> {
        (0..100).map(|i| center + spread * f64::from(i % 5 - 2)).collect()
    }

    #[test]
    fn a_change_has_to_clear_the_noise_threshold() {
        // Spread 1.42 a side: the error of the ratio is .0020, and .01 + 1.96 * .0020 = .0139.
        let base = around(100.0, 1.0);
        assert!(!criterion(&base, &around(101.0, 1.0)));
        assert!(!criterion(&base, &around(101.3, 1.0)));
        assert!(criterion(&base, &around(101.5, 1.0)));
        assert!(!criterion(&base, &around(98.0, 1.0)));
        // Significance alone would need 0.4 %.
        assert!(!criterion(&base, &around(100.6, 1.0)));
    }

    #[test]
    fn degenerate_values_are_not_slower() {
        let some = [1.0, 2.0, 3.0];
        for odd in [&[][..], &[9.0], &[f64::NAN, 9.0], &[f64::INFINITY, 9.0]] {
            assert!(!criterion(&some, odd) && !criterion(odd, &some), "{odd:?}");
        }
        assert!(!criterion(&[0.0; 3], &[0.0; 3]) && !criterion(&[1.0; 3], &[1.0; 3]));
        assert!(criterion(&[1.0; 3], &[2.0; 3]));
    }
}
