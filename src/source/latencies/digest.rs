//! What a row says about its latencies, whatever holds them.

/// What a row says about its latencies, in ms.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Digest {
    pub(crate) n: u64,
    pub(crate) approximate: bool,
    pub(crate) mean: f64,
    pub(crate) std_dev: Option<f64>,
    pub(crate) min: f64,
    pub(crate) max: f64,
    /// For each quantile asked for: its value and the within-run error of its logarithm.
    pub(crate) quantiles: Vec<(f64, Option<f64>)>,
}
