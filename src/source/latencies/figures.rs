//! From latencies to what is judged and what is shown.

use std::collections::BTreeMap;

use super::digest::Digest;
use crate::measure::{Figure, Metric};

/// The quantiles that are judged.
pub(crate) const QUANTILES: [(Metric, f64); 3] =
    [(Metric::P50, 0.50), (Metric::P95, 0.95), (Metric::P99, 0.99)];

impl Digest {
    /// The figures of [`QUANTILES`], which the digest was made for. A quantile of zero has none.
    pub(crate) fn figures(&self) -> BTreeMap<Metric, Figure> {
        let figures = QUANTILES.iter().zip(&self.quantiles);
        figures
            .filter_map(|((metric, _), (value, s))| Some((*metric, Figure::positive(*value, *s)?)))
            .collect()
    }

    /// What people are shown.
    pub(crate) fn statistics(&self) -> BTreeMap<String, f64> {
        let mut statistics = BTreeMap::from(
            [("mean", self.mean), ("min", self.min), ("max", self.max)]
                .map(|(name, value)| (name.to_owned(), value)),
        );
        statistics.extend(self.std_dev.map(|sd| ("std_dev".to_owned(), sd)));
        for ((metric, _), (value, _)) in QUANTILES.iter().zip(&self.quantiles) {
            statistics.insert(metric.name().to_owned(), *value);
        }
        statistics
    }
}

/// `n` events a second, over a window of which both ends were told by a clock that ticks every
/// `tick` seconds. It moves both ends by up to one tick; the difference of two uniform errors has
/// the standard deviation tick / sqrt(6).
pub(crate) fn throughput(n: u64, window: f64, tick: f64) -> Option<Figure> {
    (window > 0.0)
        .then(|| Figure::positive(n as f64 / window, Some(tick / 6f64.sqrt() / window)))
        .flatten()
}
