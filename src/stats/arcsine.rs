//! Proportions on a scale where their variance hardly depends on them: Anscombe, "The
//! Transformation of Poisson, Binomial and Negative-Binomial Data" (1948).

/// `asin(sqrt((events + 3/8) / (of + 3/4)))`, in radians. More events than trials count as all.
#[must_use]
pub fn arcsine(events: u64, of: u64) -> f64 {
    ((events.min(of) as f64 + 0.375) / (of as f64 + 0.75)).sqrt().asin()
}

/// Variance of [`arcsine`] for independent events: `1 / (4 of)`; infinite for no trials. Events
/// that come in clusters scatter more, so this is a floor and no estimate.
#[must_use]
pub fn arcsine_variance(of: u64) -> f64 {
    1.0 / (4.0 * of as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against the variance summed over the exact binomial distribution.
    #[test]
    fn the_variance_holds_for_rare_and_for_common_events() {
        for (n, share, tolerance) in [(200u64, 0.5, 0.01), (200, 0.1, 0.02), (2000, 0.01, 0.03)] {
            let (mut mean, mut square) = (0.0, 0.0);
            let mut ln_choose = 0.0;
            for k in 0..=n {
                let p =
                    (ln_choose + k as f64 * f64::ln(share) + (n - k) as f64 * f64::ln(1.0 - share))
                        .exp();
                mean += p * arcsine(k, n);
                square += p * arcsine(k, n).powi(2);
                ln_choose += ((n - k) as f64 / (k + 1) as f64).ln();
            }
            let variance = square - mean * mean;
            let ratio = variance / arcsine_variance(n);
            assert!((ratio - 1.0).abs() < tolerance, "{n} at {share}: ratio {ratio}");
        }
    }

    #[test]
    fn no_trials_and_impossible_counts() {
        assert!((arcsine(0, 0) - std::f64::consts::FRAC_PI_4).abs() < 1e-15);
        assert!(arcsine_variance(0).is_infinite());
        assert!((arcsine(9, 3) - arcsine(3, 3)).abs() < 1e-15);
        assert!(arcsine(u64::MAX, u64::MAX).is_finite());
    }
}
