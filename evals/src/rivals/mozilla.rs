//! Mozilla's Perfherder: `analyze`, `linear_weights`, `calc_t` and `detect_changes` in treeherder's `perfalert`.
//! What its own tests expect of seven Talos series is told on the page of the evaluation, beside what
//! [`detect`] finds in them: the series are not part of this repository.

use crate::rivals::stats::usable;

/// `min_back_window` and `fore_window`.
pub const WINDOW: usize = 12;

/// `t_threshold`.
const THRESHOLD: f64 = 7.0;

/// Values that a point looks back on at most.
const FARTHEST: usize = 24;

/// The average of the values of builds with weights `(n - k) / n`, the first build weighing most; the
/// variance of the unweighted values around it; and how many values there are.
fn analyze(builds: &[&[f64]]) -> (f64, f64, f64) {
    let n = builds.len() as f64;
    let weight = |k: usize| (n - k as f64) / n;
    let (mut sum, mut weights) = (0.0, 0.0);
    for (k, values) in builds.iter().enumerate() {
        sum += weight(k) * values.iter().sum::<f64>();
        weights += weight(k) * values.len() as f64;
    }
    let average = sum / weights;
    let all = || builds.iter().flat_map(|values| values.iter());
    let count = all().count() as f64;
    let squares: f64 = all().map(|value| (value - average).powi(2)).sum();
    (average, if count > 1.0 { squares / (count - 1.0) } else { 0.0 }, count)
}

/// The weighted t of what follows a point against what went before it, both beginning at the point;
/// 0 where there is nothing to compare.
#[must_use]
pub fn weighted_t(back_newest_first: &[&[f64]], forward: &[&[f64]]) -> f64 {
    let fine = |side: &[&[f64]]| !side.is_empty() && side.iter().all(|values| usable(values));
    if !fine(back_newest_first) || !fine(forward) {
        return 0.0;
    }
    let (before, spread_before, n) = analyze(back_newest_first);
    let (after, spread_after, m) = analyze(forward);
    let difference = after - before;
    let variance = spread_before / n + spread_after / m;
    if difference.abs() > 0.0 { difference / variance.sqrt() } else { 0.0 }
}

/// `detect_changes`: the builds at which t is above 7 and above that of both neighbours, with whether the
/// level rises there. A point looks back on 12 builds, on more where none of those before it was above 7, and
/// on at most 24; it needs 12 values on either side.
#[must_use]
pub fn detect(builds: &[Vec<f64>]) -> Vec<(usize, bool)> {
    let mut points: Vec<(f64, bool)> = vec![(0.0, false); builds.len()];
    let mut quiet = 0;
    for at in 1..builds.len() {
        let reach = quiet.clamp(WINDOW, FARTHEST);
        let (mut back, mut behind) = (Vec::new(), 0);
        for values in builds[..at].iter().rev().take(reach) {
            if behind >= FARTHEST {
                break;
            }
            back.push(values.as_slice());
            behind += values.len();
        }
        let (mut forward, mut ahead) = (Vec::new(), 0);
        for values in &builds[at..] {
            if ahead >= WINDOW {
                break;
            }
            forward.push(values.as_slice());
            ahead += values.len();
        }
        let t = weighted_t(&back, &forward);
        quiet = if t.abs() > THRESHOLD { 0 } else { quiet + 1 };
        points[at] = (t, behind >= WINDOW && ahead >= WINDOW);
    }
    let size = |at: usize| points.get(at).map_or(0.0, |(t, _)| t.abs());
    let is_change = |at: &usize| {
        let t = size(*at);
        points[*at].1 && t > THRESHOLD && size(at - 1) <= t && size(at + 1) <= t
    };
    (1..builds.len()).filter(is_change).map(|at| (at, points[at].0 > 0.0)).collect()
}

/// Whether t of the first 12 fresh values against the last 12 of the history is above 7. Fewer than 12
/// on a side are no evidence yet.
///
/// The search for the point of the greatest t among its neighbours is left out: the point is given.
#[must_use]
pub fn mozilla(history_oldest_first: &[f64], fresh_oldest_first: &[f64]) -> bool {
    let back: Vec<&[f64]> = history_oldest_first.rchunks(1).take(WINDOW).collect();
    let Some(forward) = fresh_oldest_first.get(..WINDOW) else { return false };
    back.len() == WINDOW && weighted_t(&back, &forward.chunks(1).collect::<Vec<_>>()) > THRESHOLD
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Builds of one value each.
    fn single(values: &[f64]) -> Vec<&[f64]> {
        values.chunks(1).collect()
    }

    #[test]
    fn a_step_is_found_where_it_is_and_with_its_direction() {
        let level = |at: usize| match at {
            40..80 => 110.0,
            _ => 100.0,
        };
        let noise = |at: usize| f64::from(u32::try_from(at * 5 % 12).unwrap()) / 12.0;
        let builds: Vec<Vec<f64>> = (0..120).map(|at| vec![level(at) + noise(at)]).collect();
        assert_eq!(detect(&builds), [(40, true), (80, false)]);
        assert_eq!(detect(&builds[..48]), [], "fewer than 12 values ahead are no evidence yet");
        assert_eq!(detect(&[]), []);
    }

    #[test]
    fn averages_are_those_of_treeherder() {
        // mozilla/treeherder, tests of `analyze` and `calc_t`.
        let (average, variance, _) = analyze(&single(&[1.0, 2.0, 3.0, 4.0]));
        assert!((average - 2.0).abs() < 1e-12 && (variance - 2.0).abs() < 1e-12);
        assert_eq!(analyze(&single(&[3.0])), (3.0, 0.0, 1.0));
        assert!(weighted_t(&single(&[0.0, 0.0]), &single(&[0.0, 0.0])).abs() < 1e-12);
        assert!(weighted_t(&single(&[0.0, 0.0]), &single(&[1.0, 1.0])).is_infinite());
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
        assert!(weighted_t(&single(&reversed), &single(&forward)).abs() < 1e-12);
        assert!(weighted_t(&single(&back), &single(&forward)) > 0.0);
    }

    #[test]
    fn degenerate_values_are_not_slower() {
        for odd in [vec![], vec![1.0], vec![9.0; 11], vec![f64::NAN; 12], vec![f64::INFINITY; 12]] {
            assert!(!mozilla(&[1.0; 12], &odd) && !mozilla(&odd, &[9.0; 12]), "{odd:?}");
        }
        assert!(!mozilla(&[0.0; 12], &[0.0; 12]) && mozilla(&[1.0; 12], &[2.0; 12]));
    }
}
