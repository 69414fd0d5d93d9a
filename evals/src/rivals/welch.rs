//! The t test of Welch, "The Generalization of 'Student's' Problem when Several Different Population
//! Variances are Involved" (1947), with the degrees of freedom of Satterthwaite (1946).

use crate::rivals::stats::{moments, student_two_sided};

/// t of the fresh values against the base values, and its two-sided p. None of fewer than two values on
/// a side and of values that are not finite.
///
/// Two constant sides have no spread to compare with: p is 0 where they differ, and 1 otherwise.
#[must_use]
pub fn test(base: &[f64], fresh: &[f64]) -> Option<(f64, f64)> {
    let (before, spread_before) = moments(base)?;
    let (after, spread_after) = moments(fresh)?;
    let (v, w) = (spread_before / base.len() as f64, spread_after / fresh.len() as f64);
    let difference = after - before;
    if v + w <= 0.0 {
        let moved = difference.abs() > 0.0;
        return Some(if moved { (f64::INFINITY.copysign(difference), 0.0) } else { (0.0, 1.0) });
    }
    // The shares of the variance rather than their squares, which a tiny unit could make vanish.
    let (share_v, share_w) = (v / (v + w), w / (v + w));
    let inverse =
        share_v.powi(2) / (base.len() - 1) as f64 + share_w.powi(2) / (fresh.len() - 1) as f64;
    let t = difference / (v + w).sqrt();
    Some((t, student_two_sided(t, 1.0 / inverse)))
}

/// Whether the fresh mean is greater at a two-sided `alpha`. Runs, or all requests of one run a side as
/// if each were a repetition.
#[must_use]
pub fn welch(base: &[f64], fresh: &[f64], alpha: f64) -> bool {
    test(base, fresh).is_some_and(|(t, p)| t > 0.0 && p < alpha)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p_is_that_of_scipy() {
        // scipy.stats.ttest_ind(fresh, base, equal_var=False), 1.17.
        let (few, others) = ([3.0, 4.0, 1.0, 2.1], [490.2, 340.0, 433.9]);
        let (t, p) = test(&few, &others).unwrap_or_default();
        assert!((t - 9.559_497_721_932_658).abs() < 1e-9, "{t}");
        assert!((p - 0.010_751_561_149_784_488).abs() < 1e-9, "{p}");
        let base = [
            27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7,
            21.4,
        ];
        let fresh = [
            27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 30.2,
            23.8,
        ];
        let (t, p) = test(&base, &fresh).unwrap_or_default();
        assert!((t - 2.824_131_454_307_991_6).abs() < 1e-9, "{t}");
        assert!((p - 0.008_671_286_527_655_503).abs() < 1e-9, "{p}");
    }

    #[test]
    fn slower_is_one_direction() {
        let (low, high) = ([10.0, 10.1, 10.2], [11.0, 11.1, 11.3]);
        assert!(welch(&low, &high, 0.05) && !welch(&high, &low, 0.05));
        assert!(!welch(&low, &low, 0.05));
    }

    #[test]
    fn degenerate_values_are_not_slower() {
        let some = [1.0, 2.0, 3.0];
        for odd in [&[][..], &[1.0], &[f64::NAN, 1.0], &[f64::INFINITY, 1.0], &[f64::MAX, f64::MIN]]
        {
            assert!(!welch(&some, odd, 0.05) && !welch(odd, &some, 0.05), "{odd:?}");
        }
        assert!(!welch(&[0.1; 3], &[0.1; 7], 0.05) && welch(&[0.1; 3], &[0.2; 7], 0.05));
        assert!(!welch(&[0.0; 3], &[0.0; 3], 0.05));
    }
}
