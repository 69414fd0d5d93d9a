//! Metrics and units.

use serde::{Deserialize, Serialize};

/// Which direction is good news.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Better {
    /// A smaller value is better: latency, time, error rate.
    Lower,
    /// A larger value is better: throughput, passed checks.
    Higher,
}

impl Better {
    /// How much worse a rise by `difference` makes things; negative where it makes them better.
    #[must_use]
    pub fn worsening(self, difference: f64) -> f64 {
        match self {
            Self::Lower => difference,
            Self::Higher => -difference,
        }
    }
}

/// A quantity that is compared between two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Median of per-iteration times (criterion), or of a plan's executions (postgres).
    Median,
    /// Mean of per-iteration times (criterion), or of a query's executions (postgres).
    Mean,
    /// Slope of total time over iterations through the origin (criterion, linear sampling only).
    Slope,
    /// 50th percentile of latencies.
    P50,
    /// 95th percentile of latencies, or of a benchmark's per-iteration batch means.
    P95,
    /// 99th percentile of latencies.
    P99,
    /// Failed requests, or transactions, out of all.
    ErrorRate,
    /// Requests, calls or transactions a second over the window in which they ran.
    Throughput,
    /// Iterations that never started, out of all that should have.
    Dropped,
    /// Passed checks out of all checks.
    Checks,
    /// Blocks of shared memory that one execution of a query touches, found there or read.
    Buffers,
    /// Rows of tables read for one row returned.
    RowsRead,
    /// Blocks found in shared memory out of all blocks asked for.
    CacheHit,
    /// Scans of a table that used an index out of all its scans.
    IndexCoverage,
    /// Blocks written to temporary files out of all blocks touched.
    TempBlocks,
    /// Transactions that a deadlock ended out of all transactions.
    Deadlocks,
    /// Connections in use out of those that the server allows.
    Connections,
}

impl Metric {
    /// Every metric, in the order in which reports list them.
    pub const ALL: [Self; 17] = [
        Self::Median,
        Self::Mean,
        Self::Slope,
        Self::P50,
        Self::P95,
        Self::P99,
        Self::ErrorRate,
        Self::Throughput,
        Self::Dropped,
        Self::Checks,
        Self::Buffers,
        Self::RowsRead,
        Self::CacheHit,
        Self::IndexCoverage,
        Self::TempBlocks,
        Self::Deadlocks,
        Self::Connections,
    ];

    /// The name in configuration, reports and stored baselines.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Median => "median",
            Self::Mean => "mean",
            Self::Slope => "slope",
            Self::P50 => "p50",
            Self::P95 => "p95",
            Self::P99 => "p99",
            Self::ErrorRate => "error_rate",
            Self::Throughput => "throughput",
            Self::Dropped => "dropped",
            Self::Checks => "checks",
            Self::Buffers => "buffers",
            Self::RowsRead => "rows_read",
            Self::CacheHit => "cache_hit",
            Self::IndexCoverage => "index_coverage",
            Self::TempBlocks => "temp_blocks",
            Self::Deadlocks => "deadlocks",
            Self::Connections => "connections",
        }
    }

    /// The metric of that name, if there is one.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|m| m.name() == name)
    }

    /// Which direction is good news.
    #[must_use]
    pub fn better(self) -> Better {
        match self {
            Self::Throughput | Self::Checks | Self::CacheHit | Self::IndexCoverage => {
                Better::Higher
            }
            _ => Better::Lower,
        }
    }

    /// Whether the metric is a time, carried in the row's own unit.
    #[must_use]
    pub fn is_time(self) -> bool {
        matches!(self, Self::Median | Self::Mean | Self::Slope | Self::P50 | Self::P95 | Self::P99)
    }

    /// Whether the metric is a share of events, whose changes are differences and not ratios.
    #[must_use]
    pub fn is_proportion(self) -> bool {
        matches!(
            self,
            Self::ErrorRate
                | Self::Dropped
                | Self::Checks
                | Self::CacheHit
                | Self::IndexCoverage
                | Self::TempBlocks
                | Self::Deadlocks
                | Self::Connections
        )
    }

    /// Whether the metric is made of a database's counters, so that a row can stand on it without
    /// a time.
    #[must_use]
    pub fn is_of_counters(self) -> bool {
        matches!(
            self,
            Self::Buffers
                | Self::RowsRead
                | Self::CacheHit
                | Self::IndexCoverage
                | Self::TempBlocks
                | Self::Deadlocks
                | Self::Connections
        )
    }

    /// The unit of the metric in a row whose times are in `row`.
    #[must_use]
    pub fn unit(self, row: Unit) -> Unit {
        match self {
            _ if self.is_proportion() => Unit::Ratio,
            Self::Throughput => Unit::PerSecond,
            Self::Buffers | Self::RowsRead => Unit::Count,
            _ => row,
        }
    }
}

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Nanoseconds.
    Ns,
    /// Microseconds.
    Us,
    /// Milliseconds.
    Ms,
    /// Seconds.
    S,
    /// Bytes.
    Bytes,
    /// A plain number, or a unit that the tool did not record.
    Count,
    /// A share of one.
    Ratio,
    /// Events a second.
    PerSecond,
}

impl Unit {
    /// Nanoseconds in one of this unit, where it is a time.
    #[must_use]
    pub fn nanoseconds(self) -> Option<f64> {
        match self {
            Self::Ns => Some(1.0),
            Self::Us => Some(1e3),
            Self::Ms => Some(1e6),
            Self::S => Some(1e9),
            Self::Bytes | Self::Count | Self::Ratio | Self::PerSecond => None,
        }
    }
}
