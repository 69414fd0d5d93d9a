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
    Some(slope * mean_error(&shares))
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
    let error = mean_error(&means) / mean;
    error.is_finite().then_some(error)
}

/// Standard error of the logarithm of the slope through the origin of `times` over `iterations`,
/// by batch sums of the linearised estimator (Taylor expansion of a ratio of sums; Cochran,
/// *Sampling Techniques*, 1977, chapter 6). `None` with fewer values than batches.
#[must_use]
pub fn ln_slope_error(iterations: &[f64], times: &[f64], batches: usize) -> Option<f64> {
    let squares: f64 = iterations.iter().map(|i| i * i).sum();
    let slope = iterations.iter().zip(times).map(|(i, t)| i * t).sum::<f64>() / squares;
    let parts: Vec<f64> = iterations.iter().zip(times).map(|(i, t)| i * (t - slope * i)).collect();
    let sums = batch_values(&parts, batches, |batch| batch.iter().sum())?;
    let error = mean_error(&sums) * sums.len() as f64 / (squares * slope);
    error.is_finite().then_some(error)
}

/// Standard error of the mean of values that are taken as independent.
#[must_use]
pub fn mean_error(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = mean(values);
    let squares: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
    (squares / (n - 1.0) / n).sqrt()
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
