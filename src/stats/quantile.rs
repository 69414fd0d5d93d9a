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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_and_beyond_are_the_extremes() {
        let sorted = [1.0, 2.0, 4.0];
        for (q, expected) in [(0.0, 1.0), (-3.0, 1.0), (1.0, 4.0), (7.0, 4.0), (0.5, 2.0)] {
            assert!((r7(&sorted, q) - expected).abs() < 1e-15, "{q}");
        }
        assert!((r7(&[5.0], 0.95) - 5.0).abs() < 1e-15);
    }

    #[test]
    fn no_values_or_no_rank_have_no_quantile() {
        assert!(r7(&[], 0.5).is_nan());
        assert!(r7(&[1.0, 2.0], f64::NAN).is_nan());
    }
}
