//! What a row says about its latencies, whatever holds them.

/// What a row says about its latencies, in ms.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Digest {
    pub(super) n: u64,
    pub(super) approximate: bool,
    pub(super) mean: f64,
    pub(super) std_dev: Option<f64>,
    pub(super) min: f64,
    pub(super) max: f64,
    /// For each quantile asked for: its value and the within-run error of its logarithm.
    pub(super) quantiles: Vec<(f64, Option<f64>)>,
}
