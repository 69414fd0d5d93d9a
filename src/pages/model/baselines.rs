//! What is stored of every suite.

use super::{Amount, Source};
use crate::measure::{Metric, Unit};

/// What is stored of every suite.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Baselines {
    /// Suites with a baseline, one a machine.
    pub suites: Vec<Suite>,
    /// Suites without one.
    pub missing: Vec<String>,
}

/// One suite on one machine.
#[derive(Debug, Clone, PartialEq)]
pub struct Suite {
    /// Its name.
    pub name: String,
    /// The tool, with its version where that is known.
    pub tool: String,
    /// The file and what is known of its runs.
    pub source: Source,
    /// Runs.
    pub runs: u32,
    /// Sessions.
    pub sessions: u32,
    /// Its rows.
    pub groups: Vec<Group>,
    /// Iterations that never started and that no row can be blamed for.
    pub untold: Option<Untold>,
}

/// Iterations that never started, and of which no result tells to which row they belong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Untold {
    /// How many.
    pub dropped: u64,
    /// All iterations of all runs, dropped ones included.
    pub of: u64,
}

/// Rows that are read together.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// What they have in common: a category, a kind of row.
    pub name: String,
    /// The metric whose spread between sessions is shown.
    pub primary: Metric,
    /// Rows, in order.
    pub rows: Vec<BaselineRow>,
    /// How the latencies of one of them are distributed.
    pub distribution: Option<Distribution>,
}

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct BaselineRow {
    /// For display.
    pub id: String,
    /// Its figures, in the order of [`Metric::ALL`].
    pub figures: Vec<RowFigure>,
    /// Requests, samples or calls a run, where every run tells: the least and the most.
    pub n: Option<(u64, u64)>,
}

/// One metric of one row, over all runs.
#[derive(Debug, Clone, PartialEq)]
pub struct RowFigure {
    /// The metric.
    pub metric: Metric,
    /// The geometric mean over the runs, or the pooled share.
    pub amount: Amount,
    /// The least and the most of the sessions' own means; `None` where there is one session.
    pub sessions: Option<(f64, f64)>,
}

/// The latencies of one row: the newest session against the earlier ones.
#[derive(Debug, Clone, PartialEq)]
pub struct Distribution {
    /// The row, for display.
    pub id: String,
    /// The unit of the latencies.
    pub unit: Unit,
    /// The newest session.
    pub newest: String,
    /// Earlier sessions.
    pub earlier: u32,
    /// Latency by percentile, in order.
    pub points: Vec<QuantilePoint>,
}

/// One percentile.
#[derive(Debug, Clone, PartialEq)]
pub struct QuantilePoint {
    /// Such as `p95`.
    pub name: String,
    /// In the newest session.
    pub newest: f64,
    /// The least and the most of the earlier sessions, where there are any.
    pub earlier: Option<(f64, f64)>,
}
