//! Confidence interval of the median from order statistics: no distribution assumed.

use statrs::distribution::{Binomial, DiscreteCDF};

/// The narrowest symmetric pair of order statistics, of an ascending sample, that encloses the
/// median with confidence of at least `level` (David and Nagaraja, *Order Statistics*, 2003,
/// section 7.1). `None` where even the extremes do not: below 6 values at 0.95.
#[must_use]
pub fn median_interval(sorted: &[f64], level: f64) -> Option<(f64, f64)> {
    let k = order(sorted.len(), level)?;
    Some((*sorted.get(k - 1)?, *sorted.get(sorted.len() - k)?))
}

/// The largest `k` with `1 - 2 P(Bin(n, 1/2) <= k - 1) >= level`.
fn order(n: usize, level: f64) -> Option<usize> {
    let heads = Binomial::new(0.5, u64::try_from(n).ok()?).ok()?;
    let encloses = |k: usize| 1.0 - 2.0 * heads.cdf(k as u64 - 1) >= level;
    let (mut low, mut high) = (0, n / 2);
    while low < high {
        let middle = high - (high - low) / 2;
        if encloses(middle) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    (low > 0).then_some(low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_few_values_have_no_interval() {
        for n in 0..6 {
            assert_eq!(median_interval(&vec![1.0; n], 0.95), None, "{n} values");
        }
        assert_eq!(median_interval(&[1.0; 50], f64::NAN), None);
        assert_eq!(median_interval(&[1.0; 50], 1.0), None);
    }

    #[test]
    fn many_values_meet_the_normal_limit() {
        let n = 100_001;
        let sorted: Vec<f64> = (0..n).map(f64::from).collect();
        let (low, high) = median_interval(&sorted, 0.95).unwrap();
        let half = 1.959_964 * f64::from(n).sqrt() / 2.0;
        assert!(((high - low) / 2.0 - half).abs() < 1.0, "{low} {high}");
    }
}
