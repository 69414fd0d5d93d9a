//! rustc-perf: `HistoricalData` and `TestResultComparison` in `site/src/comparison.rs`.

use crate::rivals::stats::quantile;

/// `NUM_PREVIOUS_COMMITS`.
const PREVIOUS: usize = 30;

/// `IQR_MULTIPLIER`.
const IQR_MULTIPLIER: f64 = 3.0;

/// The fence `Q3 + 3 (Q3 - Q1)` of the absolute relative changes between neighbours among the last 30
/// values of a history, oldest first. NaN of fewer than two values.
///
/// Quartiles R-7; rustc-perf takes the medians of two halves, which lie within one order statistic.
#[must_use]
pub fn fence(history: &[f64]) -> f64 {
    let last = &history[history.len().saturating_sub(PREVIOUS)..];
    let changes: Vec<f64> =
        last.iter().zip(last.iter().skip(1)).map(|(a, b)| (b - a).abs() / a).collect();
    let (q1, q3) = (quantile(&changes, 0.25), quantile(&changes, 0.75));
    q3 + IQR_MULTIPLIER * (q3 - q1)
}

/// Whether the change from the last value of the history reaches the fence, upwards.
///
/// rustc-perf itself falls back to 0.2 % where there are fewer than 30 values; here a short history has
/// the fence of what it has.
#[must_use]
pub fn rustc_perf(history: &[f64], new: f64) -> bool {
    history.last().is_some_and(|last| new > *last && new / last - 1.0 >= fence(history))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fence_is_of_relative_changes() {
        // Quartiles .02 and .04 of the changes.
        let mut history = vec![100.0];
        for change in [0.03, 0.01, 0.05, 0.02, 0.04] {
            history.push(history[history.len() - 1] * (1.0 + change));
        }
        assert!((fence(&history) - (0.04 + 3.0 * 0.02)).abs() < 1e-12);
        let last = history[history.len() - 1];
        assert!(rustc_perf(&history, last * 1.1001) && !rustc_perf(&history, last * 1.0999));
        assert!(!rustc_perf(&history, last * 0.5));
    }

    #[test]
    fn only_the_last_thirty_count() {
        let mut history = vec![1.0, 100.0, 1.0, 100.0];
        history.extend((0..30).map(|i| if i % 2 == 0 { 100.0 } else { 101.0 }));
        assert!(fence(&history) < 0.011);
        assert!(rustc_perf(&history, 103.0));
    }

    #[test]
    fn degenerate_histories_are_not_slower() {
        for odd in [&[][..], &[1.0], &[f64::NAN, 1.0], &[0.0, 0.0], &[0.0, 1.0]] {
            assert!(!rustc_perf(odd, 9.0), "{odd:?}");
        }
        assert!(!rustc_perf(&[1.0, 2.0], f64::NAN));
        // A constant history has a fence of nothing: any rise reaches it, and no change does not.
        assert!(rustc_perf(&[1.0; 5], 1.0001) && !rustc_perf(&[1.0; 5], 1.0));
    }
}
