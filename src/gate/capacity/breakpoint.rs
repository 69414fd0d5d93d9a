//! `capacity breakpoint`: a ramp, second by second, and where the service stops to keep up.

use std::path::{Path, PathBuf};

use super::super::error::Error;
use super::super::fresh::SuitePaths;
use super::ramp_targets::{RampTargets, ramp_targets};
use crate::capacity::breakpoint::{Part, QueryTime, Question, find};
use crate::capacity::schedule::Schedule;
use crate::measure::timeline::Timeline;
use crate::measure::{Metric, Provenance};
use crate::policy::config::Config;
use crate::report::{BreakpointReport, PartTarget, RampSource};
use crate::source::{self, Reading, SourceError, SourceName, sidecar};

/// What is looked for, and in what.
#[derive(Debug, Clone, Copy)]
pub struct BreakpointPlan<'a> {
    /// The files of one ramp, one a load generator.
    pub paths: &'a SuitePaths,
    /// The tag and the value that requests and iterations must have.
    pub only: Option<&'a (String, String)>,
    /// The target of p95, in ms.
    pub p95_ms: Option<f64>,
    /// The budget of errors, a share.
    pub errors: Option<f64>,
    /// Where the targets are that are not given otherwise.
    pub config: Option<&'a Config>,
    /// The suite whose targets they are.
    pub targets: Option<&'a str>,
    /// What was offered.
    pub offered: Option<&'a Schedule>,
    /// Seconds in a row that confirm a limit.
    pub sustained: usize,
    /// What was captured beside the load.
    pub captured: Option<&'a Path>,
    /// Two snapshots of the database around the load.
    pub database: Option<&'a Path>,
}

/// The most queries of the database that are named.
const MOST_QUERIES: usize = 5;

/// Reads a ramp and looks for its breaking point.
///
/// # Errors
/// A path cannot be read, the paths are not of one test, or the load is too short to tell.
pub fn capacity_breakpoint(plan: &BreakpointPlan<'_>) -> Result<BreakpointReport, Error> {
    let mut found: Vec<PathBuf> = Vec::new();
    for pattern in &plan.paths.patterns {
        found.extend(source::find(pattern, &plan.paths.dir)?);
    }
    found.sort();
    found.dedup();
    let timeline = source::timeline(&found, plan.only)?;
    let captured = plan.captured.map(source::captured).transpose()?;
    let queries = plan.database.map(queries).transpose()?.unwrap_or_default();
    let mut targets = match plan.config {
        Some(config) => ramp_targets(config, plan.targets, plan.only)?,
        None => RampTargets::default(),
    };
    // What the command line says of all requests stands instead of what the configuration says.
    for part in &mut targets.parts {
        part.p95_ms = part.p95_ms.filter(|_| plan.p95_ms.is_none());
        part.errors = part.errors.filter(|_| plan.errors.is_none());
    }
    targets.parts.retain(|part| part.p95_ms.is_some() || part.errors.is_some());
    let parts = parts(&mut targets, &found, &timeline)?;
    let question = Question {
        p95_ms: plan.p95_ms.or(targets.whole.p95_ms),
        errors: plan.errors.or(targets.whole.errors),
        parts: &parts,
        offered: plan.offered,
        sustained: plan.sustained,
        captured: captured.as_ref(),
        queries: &queries,
        ..Question::default()
    };
    let breakpoint = find(&timeline, &question).map_err(|short| {
        Error::Source(SourceError::Unreadable {
            path: found.first().cloned().unwrap_or_default(),
            found: format!("{} s of load that grows", short.seconds),
            expected: format!("a ramp of at least {} s", short.needed),
            hint: "let the load grow over a minute or so, well beyond what the service carries"
                .to_owned(),
        })
    })?;
    Ok(BreakpointReport {
        breakpoint,
        p95_ms: question.p95_ms,
        errors: question.errors,
        parts: targets.parts,
        set_aside: targets.set_aside,
        only: plan.only.cloned(),
        sources: sources(&found, &timeline)?,
        problems: timeline.problems,
    })
}

/// Where each file comes from; where no sidecar tells when, the ramp itself does.
fn sources(paths: &[PathBuf], timeline: &Timeline) -> Result<Vec<RampSource>, Error> {
    let began = jiff::Timestamp::from_nanosecond(i128::from(timeline.start_ns)).ok();
    let began = began.map(|began| began.to_string());
    let mut sources = Vec::new();
    for path in paths {
        let told = sidecar::read_beside(path)?.filter(|sidecar| sidecar.runs.is_none());
        let told = told.map(sidecar::Sidecar::provenance).unwrap_or_default();
        let time = told.time.or_else(|| began.clone());
        let provenance = Provenance { time, ..told };
        sources.push(RampSource { path: path.display().to_string(), provenance });
    }
    Ok(sources)
}

/// The requests of a ramp with targets of their own, second by second. A target on requests that the ramp
/// does not have is set aside.
fn parts(
    targets: &mut RampTargets,
    files: &[PathBuf],
    whole: &Timeline,
) -> Result<Vec<Part>, SourceError> {
    let mut parts = Vec::new();
    let mut kept: Vec<PartTarget> = Vec::new();
    for target in std::mem::take(&mut targets.parts) {
        match source::timeline(files, Some(&target.of)) {
            Ok(alone) => {
                parts.push(Part {
                    of: target.of.clone(),
                    p95_ms: target.p95_ms,
                    errors: target.errors,
                    windows: Part::aligned(whole, &alone),
                });
                kept.push(target);
            }
            // The whole could be read.
            Err(SourceError::Unreadable { .. }) => {
                let (tag, value) = &target.of;
                targets.set_aside.push(format!("no request of {tag}={value} is in this ramp"));
            }
            Err(error) => return Err(error),
        }
    }
    targets.parts = kept;
    Ok(parts)
}

/// The queries that took most of the database's time, from snapshots around the load.
fn queries(path: &Path) -> Result<Vec<QueryTime>, Error> {
    let reading = Reading { source: Some(SourceName::Postgres), ..Reading::default() };
    let run = source::read(path, &reading)?;
    let mut queries: Vec<QueryTime> = run
        .rows
        .iter()
        .filter_map(|row| {
            let name = row.tags.get("query")?;
            let mean_s = row.figures.get(&Metric::Mean)?.value() * row.unit.nanoseconds()? / 1e9;
            let calls_per_s = row.figures.get(&Metric::Throughput)?.value();
            Some(QueryTime { name: name.clone(), busy: mean_s * calls_per_s })
        })
        .collect();
    queries.sort_by(|a, b| b.busy.total_cmp(&a.busy));
    queries.truncate(MOST_QUERIES);
    Ok(queries)
}
