//! One report: plain data that every dialect prints. Verdicts are final before it is made.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::measure::{Better, Machine, Metric, Severity, Tags, Unit};
use crate::policy::{Level, Outcome, Verdict};

use super::SloResult;

/// The schema word of the JSON dialect.
pub const SCHEMA: &str = "tailguard.report/v1";

/// The result of one comparison, ready to print.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// What follows for the build.
    pub outcome: Outcome,
    /// The process exit code that belongs to the outcome.
    pub exit_code: u8,
    /// One entry a row and metric, worst first: by level, verdict, then size of the change.
    pub rows: Vec<ReportRow>,
    /// Targets, in the order of the configuration.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slo: Vec<SloResult>,
    /// The machines on both sides.
    pub environment: Environment,
    /// What a reader should know beside the rows, most severe first.
    pub notices: Vec<Notice>,
    /// How it was decided.
    pub rule: Rule,
}

/// One metric of one row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReportRow {
    /// The suite's name.
    pub suite: String,
    /// The row, for display. Hostile text.
    pub id: String,
    /// What identifies the row within suite and tool. Hostile text.
    pub tags: Tags,
    /// The metric.
    pub metric: Metric,
    /// The unit of both values.
    pub unit: Unit,
    /// Which direction is good news.
    pub better: Better,
    /// Whether this metric of this row can fail the build.
    pub gates: bool,
    /// The baseline's side, absent for a new row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Side>,
    /// The fresh side, absent for a missing row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fresh: Option<Side>,
    /// Fresh against base, on `scale`: 0.182 is +18.2 %, or 0.005 half a percentage point.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<f64>,
    /// What `change`, `interval`, `threshold` and `detectable` are fractions of.
    pub scale: Scale,
    /// Two-sided 98 % confidence interval of the change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<[f64; 2]>,
    /// One-sided, in the direction of the estimate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p: Option<f64>,
    /// The same after correction for the number of rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p_adjusted: Option<f64>,
    /// The smallest change that matters.
    pub threshold: f64,
    /// The smallest worsening that this comparison would have found four times in five.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detectable: Option<f64>,
    /// Runs a side, measured in one session, that would settle an undecided row; `None` where the
    /// row is settled or no reasonable number would do.
    pub runs_needed: Option<u32>,
    /// Beyond its threshold, and only the correction for many rows holds it back.
    pub suspect: bool,
    /// What can be said.
    pub verdict: Verdict,
    /// What policy makes of it.
    pub level: Level,
    /// Why, in one sentence for people. Contains numbers and words of ours only, no names.
    pub because: String,
    /// The file of the repository that annotations of this row point at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}

/// One side of a row.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Side {
    /// Geometric mean over runs, or the pooled proportion; in the row's unit.
    pub value: f64,
    /// Runs.
    pub runs: u32,
    /// Sessions that the runs come from.
    pub sessions: u32,
}

/// What a change is measured on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    /// Fractions of the baseline's value.
    Relative,
    /// Differences of proportions.
    Absolute,
}

/// The machines on both sides.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Environment {
    /// Whether every compared pair of sides has one environment key.
    pub same: bool,
    /// The baseline's machine, as recorded.
    pub base: Machine,
    /// The fresh side's machine.
    pub fresh: Machine,
}

/// What a reader should know beside the rows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Notice {
    /// How bad it is.
    pub severity: Severity,
    /// A stable word for machines.
    pub code: String,
    /// The suite concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suite: Option<String>,
    /// One or two sentences for people. May contain names from result files: hostile text.
    pub message: String,
}

/// How it was decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// `moderated-t` or `mann-whitney`.
    pub test: String,
    /// Family-wise error rate over the gating rows.
    pub alpha: f64,
    /// Gating rows that were tested: the family of the correction. Where rows were screened, those
    /// that were flagged.
    pub family: usize,
    /// How it was confirmed, where rows were screened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmation: Option<Looked>,
}

/// The looks at a confirmation, over which the error rate is spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Looked {
    /// Looks that were planned.
    pub planned: u32,
    /// Looks that were taken.
    pub taken: u32,
}

impl Report {
    /// Rows with each verdict; verdicts without rows are left out.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<Verdict, usize> {
        let mut counts = BTreeMap::new();
        for row in &self.rows {
            *counts.entry(row.verdict).or_insert(0) += 1;
        }
        counts
    }
}
