//! From the files of one run to the run.

use std::path::Path;

use super::files::Parts;
use super::window::{self, Misfit, Window};
use super::{counters, pgbench, plans, queries, tables};
use crate::measure::{Problem, Provenance, Row, Run, Tool};
use crate::source::open::{io_error, open, unreadable};
use crate::source::{Reading, SourceError, identity};

/// Reads one run; `path` is what the user gave. Returns it with its identity, which is computed
/// only where `hashed`.
///
/// # Errors
/// A file cannot be read, or the snapshots make no window.
pub(crate) fn read(
    path: &Path,
    parts: &Parts,
    reading: &Reading,
    hashed: bool,
) -> Result<(Run, String), SourceError> {
    let mut read = Read::default();
    if let Some((before, after)) = &parts.snapshots {
        let misfit = |misfit: Misfit| unreadable(after, misfit.found, misfit.expected, misfit.hint);
        let window = window::window(window::load(before)?, window::load(after)?).map_err(misfit)?;
        read.snapshots(&window).map_err(misfit)?;
    }
    if !parts.logs.is_empty() {
        read.logs(parts, reading)?;
    }
    if read.rows.is_empty() {
        return Err(unreadable(
            path,
            "files without a transaction",
            "queries or transactions of a load",
            "check that the load ran, between the snapshots where there are two",
        ));
    }
    read.rows.sort_by(|a, b| a.tags.cmp(&b.tags));
    let format = match (&parts.snapshots, parts.logs.is_empty()) {
        (Some(_), true) => "snapshots",
        (Some(_), false) => "snapshots-and-pgbench-log",
        (None, _) => "pgbench-log",
    };
    let run = Run {
        id: String::new(),
        path: path.display().to_string(),
        tool: Tool::Postgres,
        format,
        tool_version: read.version,
        workload: reading.workload,
        provenance: Provenance { time: read.time, ..Provenance::default() },
        rows: read.rows,
        problems: read.problems,
    };
    Ok((run, if hashed { identity_of(parts)? } else { String::new() }))
}

#[derive(Default)]
struct Read {
    rows: Vec<Row>,
    problems: Vec<Problem>,
    version: Option<String>,
    time: Option<String>,
}

impl Read {
    fn add(&mut self, (rows, problems): (Vec<Row>, Vec<Problem>)) {
        self.rows.extend(rows);
        self.problems.extend(problems);
    }

    fn snapshots(&mut self, window: &Window) -> Result<(), Misfit> {
        let (database, problems) = counters::row_of(window)?;
        self.add((vec![database], problems));
        self.add(queries::rows(window));
        self.add(tables::rows(window)?);
        self.add(plans::rows(window));
        self.version = Some(window.after.server.version.clone());
        self.time = Some(window.before.taken_at.clone());
        Ok(())
    }

    fn logs(&mut self, parts: &Parts, reading: &Reading) -> Result<(), SourceError> {
        let report = match &parts.report {
            Some(path) => pgbench::report(&mut open(path)?.text).map_err(io_error(path))?,
            None => pgbench::Report::default(),
        };
        let log = pgbench::read(&parts.logs)?;
        self.add(pgbench::rows(&log, &report, reading.detail));
        let start = log.span.and_then(|(start, _)| i64::try_from(start).ok());
        let start = start.and_then(|us| jiff::Timestamp::from_microsecond(us).ok());
        self.time = self.time.take().or(start.map(|start| start.to_string()));
        self.version = self.version.take().or(report.version);
        Ok(())
    }
}

/// The identity of the files' content, wherever they lie and whatever they are called.
fn identity_of(parts: &Parts) -> Result<String, SourceError> {
    let mut named = Vec::new();
    if let Some((before, after)) = &parts.snapshots {
        named.push(("before".to_owned(), identity::of_file(before)?));
        named.push(("after".to_owned(), identity::of_file(after)?));
    }
    for log in &parts.logs {
        // Threads are alike, so that their order tells nothing.
        let content = identity::of_file(log)?;
        named.push((format!("log {content}"), content));
    }
    if let Some(report) = &parts.report {
        named.push(("report".to_owned(), identity::of_file(report)?));
    }
    Ok(identity::of_parts(named))
}
