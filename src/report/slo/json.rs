//! `tailguard.slo/v1`.

use std::io::{self, Write};

use serde::Serialize;

use super::{AvailabilityPolicy, Promise, SLO_SCHEMA, SloReport, SloResult, SloSource};
use crate::measure::{Metric, Unit};
use crate::policy::{Bound, Level, Outcome, SloState};
use crate::report::{Notice, json_v1};

#[derive(Serialize)]
struct Shape<'a> {
    schema: &'static str,
    outcome: Outcome,
    exit_code: u8,
    slo: Vec<Entry<'a>>,
    availability: &'a [AvailabilityPolicy],
    notices: &'a [Notice],
}

#[derive(Serialize)]
struct Entry<'a> {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    suite: &'a str,
    row: &'a str,
    metric: Metric,
    unit: Unit,
    bound: Bound,
    target: f64,
    at: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    objective: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    load: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    measured: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    interval: Option<[f64; 2]>,
    state: SloState,
    #[serde(skip_serializing_if = "Option::is_none")]
    margin: Option<f64>,
    level: Level,
    #[serde(skip_serializing_if = "Option::is_none")]
    contract: Option<Promise>,
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<SloSource>,
}

pub(super) fn write(report: &SloReport, out: &mut dyn Write) -> io::Result<()> {
    let results: Vec<SloResult> = report.slo.iter().map(SloResult::finite).collect();
    let shape = Shape {
        schema: SLO_SCHEMA,
        outcome: report.outcome,
        exit_code: report.outcome.exit_code(),
        slo: results.iter().map(entry).collect(),
        availability: &report.availability,
        notices: &report.notices,
    };
    serde_json::to_writer_pretty(&mut *out, &shape)?;
    writeln!(out)
}

fn entry(result: &SloResult) -> Entry<'_> {
    let metric = result.objective.map_or(result.metric.name(), |_| "availability");
    let source = result
        .source
        .clone()
        .map(|source| SloSource { machine: json_v1::finite_machine(&source.machine), ..source });
    Entry {
        id: format!("{} {} {metric} at {}", result.suite, result.id, result.at),
        name: result.name.as_deref(),
        suite: &result.suite,
        row: &result.id,
        metric: result.metric,
        unit: result.unit,
        bound: result.bound,
        target: result.target,
        at: &result.at,
        objective: result.objective,
        load: result.load,
        measured: result.measured,
        interval: result.interval,
        state: result.state,
        margin: result.margin,
        level: result.level,
        contract: result.contract,
        because: result.because.as_deref(),
        source,
    }
}
