//! Bencher (bencherdev): the upper boundaries of `lib/bencher_boundary`, one new value against a history.
//!
//! A new value above its boundary raises an alert. `t` and `z` have no boundary, and so never alert,
//! where the history has fewer than two values or no spread.

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

use crate::rivals::stats::{median, moments, quantile};

/// Standard deviations from the mean to the boundary of the t test: that of a prediction interval for
/// one more value after `n`. NaN where there is none.
#[must_use]
pub fn t_multiplier(n: usize, boundary: f64) -> f64 {
    let n = n as f64;
    match StudentsT::new(0.0, 1.0, n - 1.0) {
        Ok(student) if is_share(boundary) => student.inverse_cdf(boundary) * (1.0 + 1.0 / n).sqrt(),
        _ => f64::NAN,
    }
}

/// Standard deviations from the mean to the boundary of the z score. NaN where there is none.
#[must_use]
pub fn z_multiplier(boundary: f64) -> f64 {
    match Normal::new(0.0, 1.0) {
        Ok(normal) if is_share(boundary) => normal.inverse_cdf(boundary),
        _ => f64::NAN,
    }
}

/// `limits/mod.rs`, `NormalTestKind::T`: above `mean + t(boundary, n - 1) sd sqrt(1 + 1/n)`.
#[must_use]
pub fn t(history: &[f64], new: f64, boundary: f64) -> bool {
    beyond(history, new, t_multiplier(history.len(), boundary))
}

/// `limits/mod.rs`, `NormalTestKind::Z`: above `mean + z(boundary) sd`.
#[must_use]
pub fn z(history: &[f64], new: f64, boundary: f64) -> bool {
    beyond(history, new, z_multiplier(boundary))
}

/// `MetricsLimit::iqr_upper`: above `Q2 + boundary (Q3 - Q1)`, the quartiles R-7.
#[must_use]
pub fn iqr(history: &[f64], new: f64, boundary: f64) -> bool {
    new > median(history) + boundary * spread(history)
}

/// `MetricsLimit::delta_iqr_upper`: above `Q2 (1 + boundary (D3 - D1))`, D the quartiles of the absolute
/// relative changes between neighbours of the history, oldest first.
#[must_use]
pub fn delta_iqr(history: &[f64], new: f64, boundary: f64) -> bool {
    let changes: Vec<f64> =
        history.iter().zip(history.iter().skip(1)).map(|(a, b)| ((b - a) / a).abs()).collect();
    let center = median(history);
    new > center + center * boundary * spread(&changes)
}

fn is_share(boundary: f64) -> bool {
    boundary > 0.0 && boundary < 1.0
}

fn beyond(history: &[f64], new: f64, multiplier: f64) -> bool {
    moments(history)
        .is_some_and(|(mean, variance)| variance > 0.0 && new > mean + multiplier * variance.sqrt())
}

fn spread(values: &[f64]) -> f64 {
    quantile(values, 0.75) - quantile(values, 0.25)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIVE: [f64; 5] = [1.0, 2.0, 3.0, 4.0, 5.0];

    fn near(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-9, "{a} {b}");
    }

    #[test]
    fn multipliers_are_those_of_bencher() {
        // bencherdev/bencher, tests of `limits/mod.rs`: six values, boundary .85.
        near(z_multiplier(0.85), 1.036_433_389_493_789_6);
        near(t_multiplier(6, 0.85), 1.248_371_409_497_624_4);
    }

    #[test]
    fn boundaries_are_mean_and_multiples_of_the_deviation() {
        let deviation = 2.5_f64.sqrt();
        let limit = 3.0 + t_multiplier(5, 0.98) * deviation;
        assert!(t(&FIVE, limit + 1e-9, 0.98) && !t(&FIVE, limit - 1e-9, 0.98));
        let limit = 3.0 + z_multiplier(0.98) * deviation;
        assert!(z(&FIVE, limit + 1e-9, 0.98) && !z(&FIVE, limit - 1e-9, 0.98));
    }

    #[test]
    fn quartiles_are_those_of_bencher() {
        // bencherdev/bencher, tests of `quartiles.rs` and `limits/limit.rs`.
        near(spread(&FIVE), 2.0);
        near(spread(&[-6.0, -6.0, 1.0, 1.0, 9.0, 9.0]), 11.25);
        assert!(iqr(&FIVE, 6.01, 1.5) && !iqr(&FIVE, 6.0, 1.5));
        // `delta_quartiles_five`: D3 - D1 = .3125, so the boundary is 3 (1 + 1.5 * .3125).
        let limit = 3.0 * (1.0 + 1.5 * 0.3125);
        assert!(delta_iqr(&FIVE, limit + 1e-9, 1.5) && !delta_iqr(&FIVE, limit - 1e-9, 1.5));
    }

    #[test]
    fn degenerate_histories_are_not_slower() {
        for odd in [&[][..], &[f64::NAN, 1.0], &[f64::INFINITY, 1.0]] {
            for rule in [t, z, iqr, delta_iqr] {
                assert!(!rule(odd, 9.0, 0.98), "{odd:?}");
            }
        }
        for rule in [t, z] {
            assert!(!rule(&[1.0], 9.0, 0.98) && !rule(&[1.0; 5], 9.0, 0.98));
            assert!(!rule(&FIVE, f64::NAN, 0.98) && !rule(&FIVE, 99.0, f64::NAN));
            assert!(!rule(&FIVE, 99.0, 1.0) && !rule(&FIVE, 99.0, 7.0));
        }
        assert!(!delta_iqr(&[1.0], 9.0, 1.5) && !delta_iqr(&[0.0, 0.0, 0.0], 9.0, 1.5));
        // Quartiles without spread are a boundary all the same.
        assert!(iqr(&[1.0; 5], 1.1, 1.5) && !iqr(&[1.0; 5], 1.0, 1.5) && iqr(&[1.0], 9.0, 1.5));
    }
}
