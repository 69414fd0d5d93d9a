//! `tailguard.calibration/v1`.

use serde::Serialize;

use super::{CalibratedSuite, Calibration};
use crate::calibrate::Doubt;
use crate::measure::{Metric, Tags, Unit};

/// The schema of the JSON report.
const SCHEMA: &str = "tailguard.calibration/v1";

#[derive(Serialize)]
pub(super) struct Shape<'a> {
    schema: &'static str,
    seed: u64,
    suites: &'a [CalibratedSuite],
    pull_requests: u64,
    failed: u64,
    interval: [f64; 2],
    detect: f64,
    replayed: Vec<ReplayedV1<'a>>,
    rows: Vec<RowV1<'a>>,
}

#[derive(Serialize)]
struct ReplayedV1<'a> {
    suite: &'a str,
    session: &'a str,
    worse: &'a [String],
}

#[derive(Serialize)]
struct RowV1<'a> {
    suite: &'a str,
    id: &'a str,
    tags: &'a Tags,
    metric: Metric,
    unit: Unit,
    value: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    run_sd: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_sd: Option<f64>,
    alarms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    detectable: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rounds: Option<u32>,
    threshold: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    suggested_threshold: Option<f64>,
    doubts: Vec<&'static str>,
}

/// The shape of a calibration.
pub(super) fn shape(found: &Calibration) -> Shape<'_> {
    let replayed = found.replayed.iter().map(|one| ReplayedV1 {
        suite: &one.suite,
        session: &one.session,
        worse: &one.worse,
    });
    let rows = found.rows.iter().map(|row| RowV1 {
        suite: &row.suite,
        id: &row.id,
        tags: &row.tags,
        metric: row.metric,
        unit: row.unit,
        value: row.value,
        run_sd: row.spread.map(|spread| spread.0),
        session_sd: row.spread.map(|spread| spread.1),
        alarms: row.alarms,
        detectable: row.detectable,
        rounds: row.rounds,
        threshold: row.threshold,
        suggested_threshold: row.suggested(),
        doubts: row.doubts.iter().map(name).collect(),
    });
    Shape {
        schema: SCHEMA,
        seed: found.seed,
        suites: &found.suites,
        pull_requests: found.pull_requests,
        failed: found.failed,
        interval: [found.interval.0, found.interval.1],
        detect: found.detect,
        replayed: replayed.collect(),
        rows: rows.collect(),
    }
}

fn name(doubt: &Doubt) -> &'static str {
    match doubt {
        Doubt::TwoGroups { .. } => "bimodal",
        Doubt::Drifts { .. } => "drifting",
        Doubt::Steps { .. } => "quantised",
        Doubt::Short => "too-short",
    }
}
