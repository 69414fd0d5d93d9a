//! Many tests at once.

/// Holm's step-down adjustment ("A Simple Sequentially Rejective Multiple Test Procedure", 1979),
/// in the order given: rejecting where the adjusted p is below alpha keeps the chance of any false
/// rejection below alpha, whatever the dependence. A p-value that is NaN counts as 1.
#[must_use]
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut adjusted = vec![1.0; p.len()];
    let mut largest = 0.0f64;
    for (rank, (index, p)) in ascending(p).into_iter().enumerate() {
        largest = largest.max(p * (adjusted.len() - rank) as f64);
        adjusted[index] = largest.min(1.0);
    }
    adjusted
}

/// Benjamini and Hochberg's step-up adjustment ("Controlling the False Discovery Rate", 1995), in
/// the order given: rejecting where the adjusted p is below alpha keeps the expected share of false
/// rejections below alpha for independent tests. A p-value that is NaN counts as 1.
#[must_use]
pub fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    let mut adjusted = vec![1.0; p.len()];
    let mut smallest = 1.0f64;
    for (rank, (index, p)) in ascending(p).into_iter().enumerate().rev() {
        // The factor first: it is never below 1, so the result is never below p.
        smallest = smallest.min(p * (adjusted.len() as f64 / (rank + 1) as f64));
        adjusted[index] = smallest;
    }
    adjusted
}

/// The p-values with their places, smallest first.
fn ascending(p: &[f64]) -> Vec<(usize, f64)> {
    let mut sorted: Vec<(usize, f64)> =
        p.iter().map(|p| if p.is_nan() { 1.0 } else { p.clamp(0.0, 1.0) }).enumerate().collect();
    sorted.sort_by(|a, b| a.1.total_cmp(&b.1));
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(got: &[f64], expected: &[f64]) {
        assert_eq!(got.len(), expected.len());
        for (g, e) in got.iter().zip(expected) {
            assert!((g - e).abs() < 1e-12, "{got:?} is not {expected:?}");
        }
    }

    // Worked by hand from the definitions.
    #[test]
    fn a_hand_case() {
        let p = [0.04, 0.01, 0.03, 0.005];
        near(&holm(&p), &[0.06, 0.03, 0.06, 0.02]);
        near(&benjamini_hochberg(&p), &[0.04, 0.02, 0.04, 0.02]);
    }

    #[test]
    fn no_test_one_test_and_no_number() {
        assert!(holm(&[]).is_empty() && benjamini_hochberg(&[]).is_empty());
        near(&holm(&[0.3]), &[0.3]);
        near(&holm(&[f64::NAN, 0.01, 7.0]), &[1.0, 0.03, 1.0]);
        near(&benjamini_hochberg(&[f64::NAN, 0.01, -1.0]), &[1.0, 0.015, 0.0]);
    }
}
