//! A suite that moved as a whole: more often the machine than the code.

use crate::measure::Metric;
use crate::stats::quantile::r7;

use super::comparison::{Comparison, Presence};

/// All rows of a suite moved together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shift {
    /// The metric.
    pub metric: Metric,
    /// Rows.
    pub rows: usize,
    /// Median change, as a fraction.
    pub change: f64,
}

/// Fewer rows than this moving together are no sign of anything.
const FEWEST_ROWS: usize = 5;

/// A shared move below this is not worth a word.
const SMALLEST_MOVE: f64 = 0.02;

/// Whether nearly all rows of a suite moved the same way by about the same factor.
///
/// The rows' changes must agree in sign, and the middle half of them must lie closer together than
/// half of the median change.
#[must_use]
pub fn suite_shift<'c>(
    comparisons: impl Iterator<Item = &'c Comparison>,
    metric: Metric,
) -> Option<Shift> {
    let mut moves: Vec<f64> = comparisons
        .filter(|c| c.metric == metric && c.presence == Presence::Both)
        // Proportions move on another scale, and rarely because of the machine.
        .filter(|c| !c.metric.is_proportion())
        .filter_map(|c| c.contrast.as_ref().map(|contrast| contrast.estimate))
        .collect();
    moves.sort_by(f64::total_cmp);
    let median = r7(&moves, 0.5);
    let together = moves.len() >= FEWEST_ROWS
        && median.abs() >= SMALLEST_MOVE
        && moves.iter().all(|m| m.signum().total_cmp(&median.signum()).is_eq())
        && r7(&moves, 0.75) - r7(&moves, 0.25) < median.abs() / 2.0;
    together.then(|| Shift { metric, rows: moves.len(), change: median.exp_m1() })
}
