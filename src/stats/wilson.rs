//! A share of counted cases, with its interval: Wilson, "Probable Inference, the Law of Succession, and
//! Statistical Inference" (1927).

use super::student::student_quantile;

/// The two-sided score interval of a proportion at `level`; all of [0, 1] without a case. Shares in and
/// out.
#[must_use]
pub fn wilson(events: u64, of: u64, level: f64) -> (f64, f64) {
    if of == 0 {
        return (0.0, 1.0);
    }
    let z = student_quantile(0.5 + level / 2.0, f64::INFINITY);
    let (n, share, z2) = (of as f64, events as f64 / of as f64, z * z);
    let centre = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = z * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt() / (1.0 + z2 / n);
    ((centre - half).max(0.0), (centre + half).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_agree_with_published_ones() {
        // Newcombe, "Two-Sided Confidence Intervals for the Single Proportion" (1998), table I.
        for (events, of, low, high) in
            [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611)]
        {
            let (found_low, found_high) = wilson(events, of, 0.95);
            assert!((found_low - low).abs() < 1e-4 && (found_high - high).abs() < 1e-4);
        }
        assert_eq!(wilson(0, 0, 0.95), (0.0, 1.0));
    }
}
