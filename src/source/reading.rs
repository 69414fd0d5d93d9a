//! What a reader is asked for.

use serde::Deserialize;

use crate::measure::{Unit, Workload};

/// What a reader is asked for; the same for every path of a suite.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading {
    /// Skips detection by content.
    pub source: Option<SourceName>,
    /// Tags that make a row, in the order of display. `None`: scenario and name, plus category
    /// where present.
    pub group_by: Option<Vec<String>>,
    /// Which of criterion's baselines is read; `None`: `new`.
    pub criterion_baseline: Option<String>,
    /// The unit of criterion's numbers, where a custom measurement does not count nanoseconds.
    pub unit: Option<Unit>,
    /// How load was offered, where the suite says so.
    pub workload: Option<Workload>,
    /// Fill in the run's content hash.
    pub identify: bool,
    /// Fill in each row's sketch and windows.
    pub detail: bool,
}

/// A source that detection can be told to use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceName {
    /// criterion directories.
    Criterion,
    /// Any of k6's result files.
    K6,
    /// Snapshots of PostgreSQL's counters, and pgbench's logs.
    Postgres,
}
