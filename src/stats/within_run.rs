//! The error of one run's own numbers, from batches in time order.
//!
//! Neighbouring requests are correlated, so the usual formulas for independent samples are far too
//! sure. Batch means (Schmeiser, "Batch Size Effects in the Analysis of Simulation Output", 1982)
//! need no model of that correlation: the scatter of a few long consecutive batches carries it.

use super::quantile::r7;

/// Half-width, as a share, of the stretch of the quantile function whose slope turns an error of a
/// share into an error of the quantile.
pub const HALF_WIDTH: f64 = 0.01;

/// Batches for the requests of a load test.
pub const REQUEST_BATCHES: usize = 30;

/// Batches for the samples of one benchmark process.
pub const SAMPLE_BATCHES: usize = 20;

/// Standard error of `ln Q(q)` of one run: a closed form of the block bootstrap.
///
/// `in_order` holds the values in time order, `sorted` the same values ascending. The share of each
/// batch strictly above `Q(q)` scatters with standard error `se`; the slope of `ln Q` around `q`
/// turns that into the error of `ln Q(q)`. `None` with fewer values than batches, or where a
/// logarithm does not exist.
#[must_use]
pub fn ln_quantile_error(in_order: &[f64], sorted: &[f64], q: f64, batches: usize) -> Option<f64> {
    let level = r7(sorted, q);
    let shares = batch_values(in_order, batches, |batch| {
        batch.iter().filter(|x| **x > level).count() as f64 / batch.len() as f64
    })?;
    let slope = ln_quantile_slope(q, |p| r7(sorted, p))?;
    let error = slope * mean_error(&shares);
    error.is_finite().then_some(error)
}

/// Slope `d ln Q / dp` around `q`, for a quantile function given as `quantile(p)`.
#[must_use]
pub fn ln_quantile_slope(q: f64, quantile: impl Fn(f64) -> f64) -> Option<f64> {
    let below = (q - HALF_WIDTH).max(q / 2.0);
    let above = (q + HALF_WIDTH).min(1.0 - (1.0 - q) / 2.0);
    let slope = (quantile(above).ln() - quantile(below).ln()) / (above - below);
    slope.is_finite().then_some(slope)
}

/// Standard error of `ln mean` of one run, by batch means. `None` with fewer values than batches.
#[must_use]
pub fn ln_mean_error(in_order: &[f64], batches: usize) -> Option<f64> {
    let mean = mean(in_order);
    let means = batch_values(in_order, batches, self::mean)?;
    positive_share(mean_error(&means), mean)
}

/// Standard error of the logarithm of the slope through the origin of `times` over `iterations`,
/// by batch sums of the linearised estimator (Taylor expansion of a ratio of sums; Cochran,
/// *Sampling Techniques*, 1977, chapter 6). `None` with fewer values than batches.
#[must_use]
pub fn ln_slope_error(iterations: &[f64], times: &[f64], batches: usize) -> Option<f64> {
    let pairs = || iterations.iter().zip(times);
    let squares: f64 = pairs().map(|(i, _)| i * i).sum();
    let slope = pairs().map(|(i, t)| i * t).sum::<f64>() / squares;
    let parts: Vec<f64> = pairs().map(|(i, t)| i * (t - slope * i)).collect();
    let sums = batch_values(&parts, batches, |batch| batch.iter().sum())?;
    positive_share(mean_error(&sums) * sums.len() as f64 / squares, slope)
}

/// Standard error of the mean of values that are taken as independent; NaN for fewer than two.
#[must_use]
pub fn mean_error(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = mean(values);
    let squares: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
    (squares / (n - 1.0) / n).sqrt()
}

/// `error` as a share of `value`, where `value` has a logarithm.
fn positive_share(error: f64, value: f64) -> Option<f64> {
    let share = error / value;
    (value > 0.0 && share.is_finite()).then_some(share)
}

/// `value` of each of `batches` equal consecutive batches; a remainder at the end is left out.
fn batch_values(
    in_order: &[f64],
    batches: usize,
    value: impl Fn(&[f64]) -> f64,
) -> Option<Vec<f64>> {
    let size = in_order.len() / batches.max(2);
    (size > 0).then(|| in_order.chunks_exact(size).take(batches.max(2)).map(value).collect())
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_no_logarithm_exists_there_is_no_error() {
        let falling: Vec<f64> = (0..300).map(|i| -f64::from(i)).collect();
        let rising: Vec<f64> = falling.iter().rev().copied().collect();
        assert_eq!(ln_quantile_error(&falling, &rising, 0.95, REQUEST_BATCHES), None);
        assert_eq!(ln_mean_error(&falling, REQUEST_BATCHES), None);
        let ones = vec![1.0; 300];
        assert_eq!(ln_slope_error(&ones, &falling, SAMPLE_BATCHES), None);
        assert_eq!(ln_slope_error(&[0.0; 300], &ones, SAMPLE_BATCHES), None);
    }

    #[test]
    fn too_few_values_and_no_numbers_have_no_error() {
        for n in [0, 1, 29] {
            let few = vec![1.0; n];
            assert_eq!(ln_quantile_error(&few, &few, 0.95, REQUEST_BATCHES), None, "{n} values");
            assert_eq!(ln_mean_error(&few, REQUEST_BATCHES), None, "{n} values");
        }
        let unknown = [f64::NAN; 60];
        assert_eq!(ln_quantile_error(&unknown, &unknown, 0.95, REQUEST_BATCHES), None);
        assert_eq!(ln_mean_error(&unknown, REQUEST_BATCHES), None);
        assert_eq!(ln_slope_error(&unknown, &unknown[..20], SAMPLE_BATCHES), None);
        assert!(mean_error(&[]).is_nan() && mean_error(&[1.0]).is_nan());
    }

    #[test]
    fn equal_values_have_no_error_at_all() {
        let same = [2.0; 90];
        assert_eq!(ln_quantile_error(&same, &same, 0.95, REQUEST_BATCHES), Some(0.0));
        assert_eq!(ln_mean_error(&same, REQUEST_BATCHES), Some(0.0));
        assert_eq!(ln_slope_error(&same, &same, SAMPLE_BATCHES), Some(0.0));
    }

    #[test]
    fn the_stretch_stays_inside_the_quantile_function() {
        for q in [0.0, 0.001, 0.5, 0.95, 0.999, 1.0] {
            let inside = |p: f64| if (0.0..=1.0).contains(&p) { (3.0 * p).exp() } else { f64::NAN };
            let slope = ln_quantile_slope(q, inside).unwrap();
            assert!((slope - 3.0).abs() < 1e-9, "{q}: {slope}");
        }
        assert_eq!(ln_quantile_slope(f64::NAN, |p| p), None);
    }
}
