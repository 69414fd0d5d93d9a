//! One window of a run, whatever measured it.

use crate::measure::Window;
use crate::stats::quantile::r7;

/// The window that these values, in time order, make. They must not be empty.
pub(super) fn window(in_order: &[f64]) -> Window {
    let mut sorted = in_order.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    Window {
        n: in_order.len() as u64,
        p50: r7(&sorted, 0.5),
        p95: r7(&sorted, 0.95),
        p99: r7(&sorted, 0.99),
        mean: in_order.iter().sum::<f64>() / in_order.len() as f64,
    }
}
