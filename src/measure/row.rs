//! Rows: one benchmark, or one group of requests, in one run.

use std::collections::BTreeMap;

use super::{Definition, Evidence, Figure, Metric, Unit};

/// The tags that identify a row, sorted by key.
///
/// k6: every grouping tag, with an empty value where a request lacks it.
/// criterion: `group`, and `function` and `value` where present.
/// postgres: one of `query`, `plan`, `table`, `database` and `script`.
pub type Tags = BTreeMap<String, String>;

/// One benchmark, or one group of requests, in one run.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// For display: criterion's `full_id`, or tag values joined by ` / ` in the order of grouping.
    pub id: String,
    /// What identifies the row within its suite and tool.
    pub tags: Tags,
    /// The unit of the row's times.
    pub unit: Unit,
    /// Latencies or samples behind the times; 0 where the file carries no count.
    pub n: u64,
    /// What lies behind the figures.
    pub evidence: Evidence,
    /// How percentiles were computed.
    pub definition: Definition,
    /// Percentiles come from a sketch, not from the full sample.
    pub approximate: bool,
    /// Part of the row's data is known to be lost, so the row cannot be steady.
    pub damaged: bool,
    /// What a decision is made from. A row without figures is a row without data.
    pub figures: BTreeMap<Metric, Figure>,
    /// What the file says, for people: name and value in the row's unit, as read.
    pub statistics: BTreeMap<String, f64>,
    /// Sketch and windows, where they were asked for.
    pub detail: Option<Detail>,
}

impl Row {
    /// A row without data: the starting point of every reader.
    #[must_use]
    pub fn empty(id: String, tags: Tags, unit: Unit, evidence: Evidence) -> Self {
        Self {
            id,
            tags,
            unit,
            n: 0,
            evidence,
            definition: Definition::R7,
            approximate: false,
            damaged: false,
            figures: BTreeMap::new(),
            statistics: BTreeMap::new(),
            detail: None,
        }
    }
}

/// What a run leaves behind for later questions; no verdict depends on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Detail {
    /// An `HdrHistogram` of the times, 2 significant digits (1 % or better), in the V2 wire format:
    /// of load tests in nanoseconds, of criterion in thousandths of the row's unit (picoseconds, because a
    /// benchmark may take less than a nanosecond). Histograms of several runs merge by adding
    /// counts.
    pub sketch: Vec<u8>,
    /// Consecutive windows of equal counts, in time order: up to 60 of a load test, up to 20 of
    /// criterion.
    pub windows: Vec<Window>,
}

/// One window of a run. Times are in the row's unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    /// Latencies or samples in the window.
    pub n: u64,
    /// Median.
    pub p50: f64,
    /// 95th percentile.
    pub p95: f64,
    /// 99th percentile.
    pub p99: f64,
    /// Mean.
    pub mean: f64,
}
