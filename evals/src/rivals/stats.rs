//! The few statistics that the rules share.

use statrs::distribution::{ContinuousCDF, StudentsT};
use statrs::function::erf::erfc;

/// From here the normal limit of t is used: the continued fraction of the incomplete beta function
/// stops after a fixed number of terms, which tens of thousands of degrees of freedom exceed.
const NORMAL_FROM: f64 = 1000.0;

/// Whether there are values and all of them are numbers.
#[must_use]
pub fn usable(values: &[f64]) -> bool {
    !values.is_empty() && values.iter().all(|value| value.is_finite())
}

/// The mean, by Welford's updates, so that equal values have exactly their value as the mean. NaN of
/// nothing.
#[must_use]
pub fn mean(values: &[f64]) -> f64 {
    let mut mean = if values.is_empty() { f64::NAN } else { 0.0 };
    for (before, value) in values.iter().enumerate() {
        mean += (value - mean) / (before + 1) as f64;
    }
    mean
}

/// The mean and the variance with n - 1 below. None of fewer than two values and where either is not
/// finite.
#[must_use]
pub fn moments(values: &[f64]) -> Option<(f64, f64)> {
    if values.len() < 2 {
        return None;
    }
    let mean = mean(values);
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    let variance = squares / (values.len() - 1) as f64;
    (mean.is_finite() && variance.is_finite()).then_some((mean, variance))
}

/// The quantile R-7 (Hyndman and Fan, "Sample Quantiles in Statistical Packages", 1996). NaN of nothing
/// and of values that are not all finite.
#[must_use]
pub fn quantile(values: &[f64], q: f64) -> f64 {
    if !usable(values) {
        return f64::NAN;
    }
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let at = q.clamp(0.0, 1.0) * (sorted.len() - 1) as f64;
    let below = at.floor();
    let index = below as usize;
    let Some(lower) = sorted.get(index) else { return f64::NAN };
    let upper = sorted.get(index + 1).unwrap_or(lower);
    lower + (upper - lower) * (at - below)
}

/// The median. NaN of nothing.
#[must_use]
pub fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}

/// `P(|Z| >= |z|)` of a standard normal Z.
#[must_use]
pub fn normal_two_sided(z: f64) -> f64 {
    erfc(z.abs() / std::f64::consts::SQRT_2)
}

/// `P(|T| >= |t|)` with `df` degrees of freedom; NaN where there is no such distribution.
///
/// For many degrees of freedom the normal limit of Abramowitz and Stegun, 26.7.8.
#[must_use]
pub fn student_two_sided(t: f64, df: f64) -> f64 {
    if t.is_nan() {
        f64::NAN
    } else if t.is_infinite() {
        0.0
    } else if df > NORMAL_FROM {
        normal_two_sided(t * (1.0 - 1.0 / (4.0 * df)) / (1.0 + t * t / (2.0 * df)).sqrt())
    } else {
        StudentsT::new(0.0, 1.0, df).map_or(f64::NAN, |student| 2.0 * student.sf(t.abs()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9
    }

    #[test]
    fn quantiles_are_those_of_r_7() {
        // numpy.quantile, method "linear".
        let values = [1.0, 2.0, 3.0, 4.0, 10.0, 20.0, 30.0, 40.0, 50.0, 100.0];
        assert!(near(quantile(&values, 0.5), 15.0));
        assert!(near(quantile(&values, 0.9), 55.0));
        assert!(near(quantile(&values, 0.95), 77.5));
        assert!(near(quantile(&values, 0.99), 95.5));
        let five = [15.0, 20.0, 35.0, 40.0, 50.0];
        assert!(near(quantile(&five, 0.3), 23.0));
        assert!(near(quantile(&five, 1.0), 50.0));
    }

    #[test]
    fn equal_values_have_no_variance() {
        assert_eq!(moments(&[0.1; 3]), Some((0.1, 0.0)));
        assert_eq!(moments(&[0.1; 7]), Some((0.1, 0.0)));
    }

    #[test]
    fn tails_of_t() {
        // The .99 and .95 quantiles of printed tables.
        assert!(near(student_two_sided(3.746_947_388, 4.0), 0.02));
        assert!(near(student_two_sided(-2.624_494_068, 14.0), 0.02));
        assert!(near(student_two_sided(1.734_063_607, 18.0), 0.1));
        // scipy.stats.t.sf, beyond where the limit of 26.7.8 begins.
        for (t, df, p) in [
            (1.96, 1000.1, 0.050_273_157_208_506_69),
            (2.5, 5000.0, 0.012_451_116_199_721_14),
            (4.0, 40_000.0, 6.345_631_195_696_37e-5),
        ] {
            assert!((student_two_sided(t, df) / p - 1.0).abs() < 1e-5, "{t} {df}");
        }
    }

    #[test]
    fn nothing_has_no_statistics() {
        assert!(mean(&[]).is_nan() && median(&[]).is_nan() && median(&[1.0, f64::NAN]).is_nan());
        assert_eq!(moments(&[1.0]), None);
        assert_eq!(moments(&[1.0, f64::NAN]), None);
        assert!(student_two_sided(f64::NAN, 3.0).is_nan() && student_two_sided(1.0, 0.0).is_nan());
        assert!(student_two_sided(1.0, f64::NAN).is_nan());
        assert!(!usable(&[]) && !usable(&[f64::INFINITY]));
    }
}
