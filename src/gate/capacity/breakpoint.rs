//! `capacity breakpoint`: a ramp, second by second, and where the service stops to keep up.

use std::path::{Path, PathBuf};

use super::super::error::Error;
use super::super::fresh::SuitePaths;
use crate::capacity::breakpoint::{QueryTime, Question, find};
use crate::capacity::schedule::Schedule;
use crate::measure::timeline::Timeline;
use crate::measure::{Metric, Provenance, Tags, Tool, Unit};
use crate::policy::config::Config;
use crate::policy::{Bound, Slo, Subject};
use crate::report::{BreakpointReport, RampSource};
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
    let question = Question {
        p95_ms: plan.p95_ms.or_else(|| target(plan, Metric::P95, Unit::Ms)),
        errors: plan.errors.or_else(|| target(plan, Metric::ErrorRate, Unit::Ms)),
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

/// The strictest limit of the configuration on a metric of these requests. A target of one suite is about
/// the load of that suite, and the ramp is none.
fn target(plan: &BreakpointPlan<'_>, metric: Metric, unit: Unit) -> Option<f64> {
    let config = plan.config?;
    let tags: Tags = plan.only.cloned().into_iter().collect();
    let id = plan.only.map_or("(all)", |(_, value)| value.as_str());
    let covers = |slo: &&Slo| {
        slo.metric == metric
            && slo.bound == Bound::AtMost
            && slo.suite().is_none()
            && config.suites.iter().any(|suite| {
                let subject =
                    Subject { suite: &suite.name, tool: Tool::K6, id, tags: &tags, metric, unit };
                slo.covers(&subject)
            })
    };
    let limits = config.slos.iter().filter(covers).filter_map(|slo| slo.target_in(unit));
    limits.reduce(f64::min)
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
