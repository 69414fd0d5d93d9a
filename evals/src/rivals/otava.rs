//! Apache Otava, formerly Hunter: `compute_change_points` of `otava/analysis.py` (Fleming and others,
//! "Hunter: Using Change Point Detection to Hunt for Performance Regressions", 2023), which is E-divisive
//! (Matteson and James, 2014) in windows, with t tests in place of permutations.

use crate::rivals::stats::{mean, student_two_sided, usable};

/// The default `window_len`.
pub const WINDOW_LEN: usize = 50;

/// The default `max_pvalue`.
pub const MAX_PVALUE: f64 = 0.001;

/// The default `min_magnitude`.
pub const MIN_MAGNITUDE: f64 = 0.0;

/// A change that begins at `index`: p of the stretches on both sides, and their means.
#[derive(Debug, Clone, Copy)]
struct Change {
    index: usize,
    p: f64,
    before: f64,
    after: f64,
}

/// Whether Otava with its defaults finds a rise within one value of where the fresh values begin.
#[must_use]
pub fn otava(history: &[f64], fresh: &[f64]) -> bool {
    changes(&[history, fresh].concat(), WINDOW_LEN, MAX_PVALUE, MIN_MAGNITUDE)
        .iter()
        .any(|change| change.index.abs_diff(history.len()) <= 1 && change.after > change.before)
}

/// The indexes at which a change begins, ascending. None in a series that is not all numbers, with
/// windows of fewer than two values and with levels that are no numbers.
#[must_use]
pub fn change_points(
    series: &[f64],
    window_len: usize,
    max_pvalue: f64,
    min_magnitude: f64,
) -> Vec<usize> {
    let changes = changes(series, window_len, max_pvalue, min_magnitude);
    changes.iter().map(|change| change.index).collect()
}

/// The indexes at which a rise begins, ascending, with the defaults.
#[must_use]
pub fn rises(series: &[f64]) -> Vec<usize> {
    changes(series, WINDOW_LEN, MAX_PVALUE, MIN_MAGNITUDE)
        .iter()
        .filter(|change| change.after > change.before)
        .map(|change| change.index)
        .collect()
}

fn changes(series: &[f64], window_len: usize, max_p: f64, min_magnitude: f64) -> Vec<Change> {
    if !usable(series) || window_len < 2 || max_p.is_nan() || min_magnitude.is_nan() {
        return Vec::new();
    }
    let weak = split(series, window_len, first_pass(max_p));
    let all = (0..weak.len()).map(|at| change(series, &weak, at)).collect();
    merge(series, all, max_p, min_magnitude)
}

/// The level at which weak points are collected before the merge.
fn first_pass(max_p: f64) -> f64 {
    match max_p {
        p if p < 0.05 => p * 10.0,
        p if p < 0.5 => p * 2.0,
        p => p,
    }
}

/// `split`: the points of all windows, which begin half a window apart or at the last point found.
fn split(series: &[f64], window_len: usize, max_p: f64) -> Vec<usize> {
    let (mut found, mut start) = (Vec::new(), 0);
    while start < series.len() {
        let end = series.len().min(start.saturating_add(window_len));
        let inside = divide(&series[start..end], max_p);
        let last = inside.last().map_or(0, |at| start + at);
        found.extend(inside.iter().map(|at| start + at));
        start = last.max(start + window_len / 2);
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// `ChangePointDetector`: halves the piece with the greatest statistic while the halves differ.
fn divide(window: &[f64], max_p: f64) -> Vec<usize> {
    let mut found: Vec<usize> = Vec::new();
    loop {
        let mut best: Option<(usize, f64)> = None;
        for piece in 0..=found.len() {
            let (start, end) = (before(&found, piece), after(&found, piece, window.len()));
            if let Some((at, q)) = candidate(&window[start..end])
                && best.is_none_or(|(_, most)| q > most)
            {
                best = Some((start + at, q));
            }
        }
        let Some((index, _)) = best else { return found };
        let at = found.partition_point(|other| *other < index);
        found.insert(at, index);
        if change(window, &found, at).p > max_p {
            found.remove(at);
            return found;
        }
    }
}

fn before(points: &[usize], at: usize) -> usize {
    at.checked_sub(1).and_then(|previous| points.get(previous)).copied().unwrap_or(0)
}

fn after(points: &[usize], at: usize, end: usize) -> usize {
    points.get(at).copied().unwrap_or(end)
}

/// `PairDistanceCalculator`: the first index of the right part, and the statistic Q, of the split of any
/// beginning of the piece that has the greatest Q; of equals, the earliest split.
fn candidate(piece: &[f64]) -> Option<(usize, f64)> {
    let mut best: Option<(usize, f64)> = None;
    // The sum of distances from each value to the ones after it, up to the end of the beginning.
    let mut ahead = vec![0.0; piece.len()];
    let mut within_left = vec![0.0; piece.len()];
    for end in 1..=piece.len() {
        let last = end - 1;
        let mut behind = 0.0;
        for t in 0..last {
            let distance = (piece[t] - piece[last]).abs();
            ahead[t] += distance;
            behind += distance;
        }
        // Distances within the values up to and with the last.
        within_left[last] = behind + if last > 0 { within_left[last - 1] } else { 0.0 };
        let all = within_left[last];
        let mut within_right = 0.0;
        for cut in (1..end).rev() {
            within_right += ahead[cut];
            let (n, m) = (cut as f64, (end - cut) as f64);
            let left = within_left[cut - 1];
            let across = 2.0 / (n + m) * (all - left - within_right);
            let on_left = if cut > 1 { 2.0 * m / ((n + m) * (n - 1.0)) * left } else { 0.0 };
            let on_right =
                if m > 1.0 { 2.0 * n / ((n + m) * (m - 1.0)) * within_right } else { 0.0 };
            let q = across - on_left - on_right;
            if best.is_none_or(|(at, most)| q > most || (q >= most && cut < at)) {
                best = Some((cut, q));
            }
        }
    }
    best
}

/// `TTestSignificanceTester` at the point `points[at]`: Student's t with one variance, fed with standard
/// deviations that have n below, as Otava feeds it. p is 1 where nothing can be tested.
fn change(series: &[f64], points: &[usize], at: usize) -> Change {
    let index = after(points, at, series.len());
    let left = &series[before(points, at)..index];
    let right = &series[index..after(points, at + 1, series.len())];
    let (before, after) = (mean(left), mean(right));
    let spread = |side: &[f64], center: f64| {
        side.iter().map(|value| (value - center).powi(2)).sum::<f64>() / side.len() as f64
    };
    let (n, m) = (left.len() as f64, right.len() as f64);
    let df = n + m - 2.0;
    let pooled = ((n - 1.0) * spread(left, before) + (m - 1.0) * spread(right, after)) / df;
    let t = (before - after) / (pooled * (1.0 / n + 1.0 / m)).sqrt();
    let p = student_two_sided(t, df);
    Change { index, p: if p.is_nan() { 1.0 } else { p }, before, after }
}

/// `merge`: removes the weakest point, by p and then by size, until all that stay are strong enough.
fn merge(series: &[f64], mut all: Vec<Change>, max_p: f64, min_magnitude: f64) -> Vec<Change> {
    loop {
        let weakest = extreme(&all, |change| change.p).filter(|at| all[*at].p >= max_p);
        let smallest = || {
            extreme(&all, |change| -magnitude(change))
                .filter(|at| magnitude(&all[*at]) <= min_magnitude)
        };
        let Some(at) = weakest.or_else(smallest) else { return all };
        all.remove(at);
        // Otava renews these two: not the one before, whose right stretch grew, but the one after next.
        let points: Vec<usize> = all.iter().map(|change| change.index).collect();
        for neighbour in at..all.len().min(at + 2) {
            all[neighbour] = change(series, &points, neighbour);
        }
    }
}

/// The first point with the greatest key.
fn extreme(all: &[Change], key: impl Fn(&Change) -> f64) -> Option<usize> {
    (0..all.len()).reduce(|best, at| if key(&all[at]) > key(&all[best]) { at } else { best })
}

/// The greater of the relative changes forwards and backwards.
fn magnitude(change: &Change) -> f64 {
    let relative =
        |from: f64, to: f64| if from.abs() > 0.0 { (to / from - 1.0).abs() } else { 0.0 };
    relative(change.before, change.after).max(relative(change.after, change.before))
}

#[cfg(test)]
mod tests;
