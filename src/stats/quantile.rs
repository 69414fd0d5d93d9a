//! Quantiles of a sample.

/// The `q` quantile of a sample in ascending order: linear interpolation at rank `q(n-1)`, type 7
/// of Hyndman and Fan, "Sample Quantiles in Statistical Packages" (1996). k6 and criterion use the
/// same definition. The result has the unit of the sample; NaN for an empty sample.
#[must_use]
pub fn r7(sorted: &[f64], q: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let rank = q.clamp(0.0, 1.0) * last as f64;
    let below = rank.floor() as usize;
    let above = (below + 1).min(last);
    let (low, high) = (sorted[below], sorted[above]);
    // The order of operations is k6's, so that its printed percentiles are met to the last bit.
    low + (high - low) * (rank - rank.floor())
}
