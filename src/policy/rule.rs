//! The tolerance in force for one metric of one row.

use std::collections::BTreeMap;

use super::config::Config;
use super::quantity::Quantity;
use super::{Case, Level, Levels, Scope, Subject};
use crate::measure::{Metric, Tool};

/// Changes what is tolerated of the rows that it covers.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Which rows and metrics.
    pub scope: Scope,
    /// What changes.
    pub adjustment: Adjustment,
    /// Whether the metrics can fail the build.
    pub gates: Option<bool>,
    /// Where it stands in the configuration, from 1.
    pub line: usize,
}

/// What a suite or a rule changes; what is left out stays as it was.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Adjustment {
    /// Relative threshold: 0.05 is 5 %.
    pub threshold: Option<f64>,
    /// Threshold of proportions: 0.005 is half a percentage point.
    pub error_rate: Option<f64>,
    /// Floor of times, or of sizes.
    pub floor: Option<Quantity>,
    /// Levels.
    pub levels: BTreeMap<Case, Level>,
    /// The file of the repository that annotations point at.
    pub file: Option<String>,
}

/// What is tolerated of one metric of one row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tolerance {
    /// The smallest change that matters: relative (0.05 is 5 %); for proportions absolute (0.005
    /// is half a percentage point).
    pub threshold: f64,
    /// A smaller absolute change never fails; in the row's unit, 0 for proportions and throughput.
    pub floor: f64,
    /// Whether this metric of this row can fail the build.
    pub gates: bool,
    /// How much each case matters.
    pub levels: Levels,
}

/// The tolerance in force for one metric of one row: defaults, then the suite, then the rules that
/// cover it, in order.
#[must_use]
pub fn tolerance(config: &Config, subject: &Subject<'_>) -> Tolerance {
    let suite = config.suite(subject.suite);
    let rules: Vec<&Rule> = config.rules.iter().filter(|r| r.scope.covers(subject)).collect();
    let mut adjustments: Vec<&Adjustment> = suite.map(|s| &s.adjustment).into_iter().collect();
    adjustments.extend(rules.iter().map(|rule| &rule.adjustment));

    let threshold = if subject.metric.is_proportion() {
        adjustments.iter().rev().find_map(|a| a.error_rate).unwrap_or(config.gate.error_rate)
    } else {
        adjustments.iter().rev().find_map(|a| a.threshold).unwrap_or(config.gate.threshold)
    };
    let floor = if subject.metric.is_time() {
        let tool = match subject.tool {
            Tool::K6 => config.gate.floor.load,
            Tool::Criterion => config.gate.floor.bench,
            Tool::Postgres => config.gate.floor.database,
        };
        // A floor of another dimension than the row says nothing about it, so an earlier one stays.
        let fitting = adjustments.iter().rev().find_map(|a| a.floor?.in_unit(subject.unit));
        fitting.or_else(|| tool.in_unit(subject.unit)).unwrap_or(0.0)
    } else {
        0.0
    };
    let by_suite = match suite.and_then(|s| s.gates.as_ref()) {
        Some(gates) => gates.contains(&subject.metric),
        None => gates_by_default(subject.tool, subject.metric),
    };
    let gates = rules.iter().rev().find_map(|rule| rule.gates).unwrap_or(by_suite);
    let levels = adjustments.iter().fold(config.gate.levels, |levels, a| levels.with(&a.levels));
    Tolerance { threshold, floor, gates, levels }
}

/// The file that annotations of a metric of a row point at: the suite's, or that of the last rule
/// which covers it and names one.
#[must_use]
pub fn file_of<'c>(config: &'c Config, subject: &Subject<'_>) -> Option<&'c str> {
    let rules = config.rules.iter().filter(|rule| rule.scope.covers(subject));
    let of_rules = rules.filter_map(|rule| rule.adjustment.file.as_deref()).next_back();
    of_rules.or_else(|| config.suite(subject.suite)?.adjustment.file.as_deref())
}

/// Metrics that fail the build unless the configuration says otherwise; the others are shown.
fn gates_by_default(tool: Tool, metric: Metric) -> bool {
    match tool {
        Tool::K6 => matches!(metric, Metric::P95 | Metric::ErrorRate | Metric::Throughput),
        Tool::Criterion => matches!(metric, Metric::Median),
        // The rest depends on what else the server holds and does.
        Tool::Postgres => {
            matches!(metric, Metric::Mean | Metric::P95 | Metric::ErrorRate | Metric::Deadlocks)
        }
    }
}
