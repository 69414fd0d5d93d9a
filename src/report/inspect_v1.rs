//! Runs as read, as `tailguard.inspect/v1`: structs of their own, so that the model can move.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use crate::measure::{Better, Metric, Problem, Row, Run, Tags, Tool, Unit, Workload};

/// The schema word.
const SCHEMA: &str = "tailguard.inspect/v1";

pub(super) fn write(runs: &[Run], out: &mut dyn Write) -> io::Result<()> {
    let file = File { schema: SCHEMA, runs: runs.iter().map(RunV1::from).collect() };
    serde_json::to_writer_pretty(&mut *out, &file)?;
    writeln!(out)
}

#[derive(Serialize)]
struct File<'a> {
    schema: &'static str,
    runs: Vec<RunV1<'a>>,
}

#[derive(Serialize)]
struct RunV1<'a> {
    path: &'a str,
    tool: Tool,
    format: &'static str,
    tool_version: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    workload: Option<Workload>,
    rows: Vec<RowV1<'a>>,
    problems: &'a [Problem],
}

#[derive(Serialize)]
struct RowV1<'a> {
    id: &'a str,
    tags: &'a Tags,
    metric: &'static str,
    unit: Unit,
    better: Better,
    #[serde(skip_serializing_if = "Option::is_none")]
    n: Option<u64>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    approximate: bool,
    statistics: BTreeMap<&'a str, f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_rate: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    throughput: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dropped: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    checks: Option<f64>,
    #[serde(flatten)]
    counters: BTreeMap<&'static str, f64>,
}

impl<'a> From<&'a Run> for RunV1<'a> {
    fn from(run: &'a Run) -> Self {
        Self {
            path: &run.path,
            tool: run.tool,
            format: run.format,
            tool_version: run.tool_version.as_deref(),
            workload: run.workload,
            rows: run.rows.iter().map(|row| RowV1::of(row, run.tool)).collect(),
            problems: &run.problems,
        }
    }
}

impl<'a> RowV1<'a> {
    fn of(row: &'a Row, tool: Tool) -> Self {
        let figure = |metric| {
            row.figures.get(&metric).map(|figure| figure.value()).filter(|value| value.is_finite())
        };
        Self {
            id: &row.id,
            tags: &row.tags,
            metric: quantity(row, tool),
            unit: row.unit,
            better: Better::Lower,
            n: super::inspection::count(row),
            approximate: row.approximate,
            statistics: row
                .statistics
                .iter()
                .filter(|(_, value)| value.is_finite())
                .map(|(name, value)| (name.as_str(), *value))
                .collect(),
            error_rate: figure(Metric::ErrorRate),
            throughput: figure(Metric::Throughput),
            dropped: figure(Metric::Dropped),
            checks: figure(Metric::Checks),
            counters: Metric::ALL
                .into_iter()
                .filter(|metric| metric.is_of_counters())
                .filter_map(|metric| Some((metric.name(), figure(metric)?)))
                .collect(),
        }
    }
}

/// What a row's statistics are of.
fn quantity(row: &Row, tool: Tool) -> &'static str {
    match tool {
        Tool::Criterion => "time",
        Tool::K6 => "latency",
        Tool::Postgres if row.unit.nanoseconds().is_none() => "counters",
        Tool::Postgres => "latency",
    }
}
