//! Mozilla's Perfherder: `analyze`, `linear_weights` and `calc_t` in treeherder's `perfalert`.

use crate::rivals::stats::usable;

/// `min_back_window` and `fore_window`.
pub const WINDOW: usize = 12;

/// `t_threshold`.
const THRESHOLD: f64 = 7.0;

/// The average with weights `(n - k) / n`, the first value weighing most, and the variance of the
/// unweighted values around it.
fn analyze(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let weight = |k: usize| (n - k as f64) / n;
    let weights: f64 = (0..values.len()).map(weight).sum();
    let sum: f64 = values.iter().enumerate().map(|(k, value)| value * weight(k)).sum();
    let average = sum / weights;
    let squares: f64 = values.iter().map(|value| (value - average).powi(2)).sum();
    (average, if values.len() > 1 { squares / (n - 1.0) } else { 0.0 })
}

/// The weighted t of what follows a point against what went before it, both beginning at the point;
/// 0 where there is nothing to compare.
#[must_use]
pub fn weighted_t(back_newest_first: &[f64], forward: &[f64]) -> f64 {
    if !usable(back_newest_first) || !usable(forward) {
        return 0.0;
    }
    let (before, spread_before) = analyze(back_newest_first);
    let (after, spread_after) = analyze(forward);
    let difference = after - before;
    let variance =
        spread_before / back_newest_first.len() as f64 + spread_after / forward.len() as f64;
    if difference.abs() > 0.0 { difference / variance.sqrt() } else { 0.0 }
}

/// Whether t of the first 12 fresh values against the last 12 of the history is above 7. Fewer than 12
/// on a side are no evidence yet.
///
/// The search for the point of the greatest t among its neighbours is left out: the point is given.
#[must_use]
pub fn mozilla(history_oldest_first: &[f64], fresh_oldest_first: &[f64]) -> bool {
    let back: Vec<f64> = history_oldest_first.iter().rev().take(WINDOW).copied().collect();
    let Some(forward) = fresh_oldest_first.get(..WINDOW) else { return false };
    back.len() == WINDOW && weighted_t(&back, forward) > THRESHOLD
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn averages_are_those_of_treeherder() {
        // mozilla/treeherder, tests of `analyze` and `calc_t`.
        let (average, variance) = analyze(&[1.0, 2.0, 3.0, 4.0]);
        assert!((average - 2.0).abs() < 1e-12 && (variance - 2.0).abs() < 1e-12);
        assert_eq!(analyze(&[3.0]), (3.0, 0.0));
        assert!(weighted_t(&[0.0, 0.0], &[0.0, 0.0]).abs() < 1e-12);
        assert!(weighted_t(&[0.0, 0.0], &[1.0, 1.0]).is_infinite());
    }

    #[test]
    fn a_step_is_seen_from_seven_standard_errors() {
        let noise = |center: f64| (0..12).map(move |i| center + f64::from(i * 5 % 12) / 12.0);
        let history: Vec<f64> = noise(100.0).collect();
        assert!(mozilla(&history, &noise(102.0).collect::<Vec<_>>()));
        assert!(!mozilla(&history, &noise(100.5).collect::<Vec<_>>()));
        assert!(!mozilla(&history, &noise(98.0).collect::<Vec<_>>()));
    }

    #[test]
    fn the_newest_weigh_most() {
        let (mut back, mut forward) = ([0.0; 12], [0.0; 12]);
        (back[11], forward[0]) = (1.0, 1.0);
        // Equal values at the point of the change weigh the same on both sides.
        let reversed: Vec<f64> = back.iter().rev().copied().collect();
        assert!(weighted_t(&reversed, &forward).abs() < 1e-12);
        assert!(weighted_t(&back, &forward) > 0.0);
    }

    #[test]
    fn degenerate_values_are_not_slower() {
        for odd in [vec![], vec![1.0], vec![9.0; 11], vec![f64::NAN; 12], vec![f64::INFINITY; 12]] {
            assert!(!mozilla(&[1.0; 12], &odd) && !mozilla(&odd, &[9.0; 12]), "{odd:?}");
        }
        assert!(!mozilla(&[0.0; 12], &[0.0; 12]) && mozilla(&[1.0; 12], &[2.0; 12]));
    }
}
