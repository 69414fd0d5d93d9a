//! Runs: one process invocation or one load test.

use serde::{Deserialize, Serialize};

use super::{Machine, Metric, Row};

/// The tool that measured. Figures of different tools are never paired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tool {
    /// criterion.rs, 0.2 to 0.8.
    Criterion,
    /// k6, 0.3x to 2.x.
    K6,
    /// PostgreSQL 13 to 18: what the server counted, and what pgbench timed.
    Postgres,
}

impl Tool {
    /// The name in configuration and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Criterion => "criterion",
            Self::K6 => "k6",
            Self::Postgres => "postgres",
        }
    }

    /// Whether results of the tool can carry a metric at all.
    #[must_use]
    pub fn measures(self, metric: Metric) -> bool {
        match self {
            Self::Criterion => {
                matches!(metric, Metric::Median | Metric::Mean | Metric::Slope | Metric::P95)
            }
            Self::K6 => matches!(
                metric,
                Metric::P50
                    | Metric::P95
                    | Metric::P99
                    | Metric::ErrorRate
                    | Metric::Throughput
                    | Metric::Dropped
                    | Metric::Checks
            ),
            Self::Postgres => !matches!(metric, Metric::Slope | Metric::Dropped | Metric::Checks),
        }
    }

    /// The metric that a row of the tool is first judged by.
    #[must_use]
    pub fn primary(self) -> Metric {
        match self {
            Self::Criterion => Metric::Median,
            Self::K6 => Metric::P95,
            Self::Postgres => Metric::Mean,
        }
    }
}

/// How a load test offers its load. Runs of different models are never paired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Workload {
    /// Arrivals follow a schedule, whatever the service does.
    Open,
    /// A fixed number of users wait for each answer before they ask again.
    Closed,
}

/// Where, when and from what a run was measured. `None` is "not known", never a default.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// One job on one machine; runs of one session share the machine's mood.
    pub session: Option<String>,
    /// The round of the session, where both sides were measured in rounds: the runs of one round ran
    /// one after the other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round: Option<u32>,
    /// The machine.
    pub machine: Option<Machine>,
    /// The commit that was measured.
    pub commit: Option<String>,
    /// When, as an RFC 3339 time.
    pub time: Option<String>,
    /// What was started.
    pub command: Option<String>,
}

/// The formats that a run can come from.
pub const FORMATS: [&str; 9] = [
    "directory",
    "ndjson",
    "csv",
    "summary-export",
    "handle-summary",
    "machine-readable-summary",
    "snapshots",
    "pgbench-log",
    "snapshots-and-pgbench-log",
];

/// One process invocation or one load test, as read from one file or directory.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Lower-case hexadecimal SHA-256 of the run's content; empty where it was not asked for.
    pub id: String,
    /// Where it was read from, for people.
    pub path: String,
    /// The tool that wrote it.
    pub tool: Tool,
    /// Which of the tool's formats: one of [`FORMATS`].
    pub format: &'static str,
    /// The tool's version, where the file tells.
    pub tool_version: Option<String>,
    /// How load was offered, where it is known.
    pub workload: Option<Workload>,
    /// Where, when and from what.
    pub provenance: Provenance,
    /// Rows, sorted by tags.
    pub rows: Vec<Row>,
    /// What a reader should know about this run.
    pub problems: Vec<Problem>,
}

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing.
    Notice,
    /// The numbers stand, with a reservation.
    Warning,
    /// Part of the data is lost or worthless; the rows concerned cannot be steady.
    Error,
}

/// Something a reader should know, as a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// A stable word for machines, such as `no-data` or `truncated`.
    pub code: &'static str,
    /// The row concerned, by its display id; `None` for the whole run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<String>,
    /// A lowercase fragment for people.
    pub message: String,
}
