//! Rows of tables: how often an index was used, between two snapshots.

use std::collections::BTreeMap;

use super::document::{Index, Snapshot, Table};
use super::shared::{insert, problem, row, statistics};
use super::window::{Misfit, Window, grown};
use crate::measure::{Evidence, Figure, Metric, Problem, Row, Severity, Unit};

/// A table of fewer rows is read as fast without an index.
const LARGE: u64 = 10_000;

/// How many unused indexes a message names.
const NAMED: usize = 8;

/// One row a table that was scanned, and what should be known about them.
///
/// # Errors
/// A counter went back.
pub(super) fn rows(window: &Window) -> Result<(Vec<Row>, Vec<Problem>), Misfit> {
    let before = by_name(&window.before);
    let mut rows = Vec::new();
    let mut problems = Vec::new();
    for (name, table) in by_name(&window.after) {
        let scans = Scans::between(&name, before.get(&name).copied(), table)?;
        let all = scans.sequential.saturating_add(scans.by_index);
        if all == 0 {
            continue;
        }
        let mut row = row("table", &name, Unit::Count, Evidence::Quantiles);
        row.n = all;
        insert(&mut row, Metric::IndexCoverage, Figure::share(scans.by_index, all));
        row.statistics = statistics([
            ("seq_scan", scans.sequential as f64),
            ("idx_scan", scans.by_index as f64),
            ("rows_read", scans.rows as f64),
            ("live_rows", table.live_rows as f64),
        ]);
        if scans.by_index == 0 {
            problems.push(sequential_only(&row, table));
        }
        rows.push(row);
    }
    problems.extend(unused(window)?);
    Ok((rows, problems))
}

/// Rows read from all tables.
///
/// # Errors
/// A counter went back.
pub(super) fn rows_read(window: &Window) -> Result<u64, Misfit> {
    let before = by_name(&window.before);
    by_name(&window.after).into_iter().try_fold(0_u64, |sum, (name, table)| {
        let scans = Scans::between(&name, before.get(&name).copied(), table)?;
        Ok(sum.saturating_add(scans.rows))
    })
}

/// What was scanned between two snapshots.
struct Scans {
    sequential: u64,
    by_index: u64,
    rows: u64,
}

impl Scans {
    fn between(name: &str, before: Option<&Table>, after: &Table) -> Result<Self, Misfit> {
        let start = before.cloned().unwrap_or_default();
        let grown =
            |what: &str, before, after| grown(|| format!("{what} of table {name}"), before, after);
        let by_scan = grown("rows read", start.seq_rows, after.seq_rows)?;
        let by_index = grown("rows fetched", start.idx_rows, after.idx_rows)?;
        Ok(Self {
            sequential: grown("sequential scans", start.seq_scan, after.seq_scan)?,
            by_index: grown("index scans", start.idx_scan, after.idx_scan)?,
            rows: by_scan.saturating_add(by_index),
        })
    }
}

/// A ratio of zero among many numbers is easily missed, so it is said in words: the same ones in
/// every run, for the numbers are in the row.
fn sequential_only(row: &Row, table: &Table) -> Problem {
    let (severity, size) = match table.live_rows >= LARGE {
        true => (Severity::Warning, "a large table"),
        false => (Severity::Notice, "a small table"),
    };
    let message = format!("{size} that is only ever scanned sequentially, never by an index");
    problem(severity, "sequential-only", Some(row), message)
}

/// Indexes that cost writes and served no scan. A unique one serves without scans.
fn unused(window: &Window) -> Result<Option<Problem>, Misfit> {
    let before: BTreeMap<_, _> = window.before.indexes.iter().map(|i| (names(i), i)).collect();
    let mut unused = Vec::new();
    for index in window.after.indexes.iter().filter(|index| !index.unique) {
        let start = before.get(&names(index)).map_or(0, |index| index.scans);
        if grown(|| format!("scans of index {}", index.index), start, index.scans)? == 0 {
            unused.push(index.index.as_str());
        }
    }
    let more = unused.len().saturating_sub(NAMED);
    let shown = unused.get(..NAMED).unwrap_or(&unused).join(", ");
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Ok((!unused.is_empty()).then(|| {
        let message = format!("indexes that no scan used: {shown}{more}");
        problem(Severity::Notice, "unused-index", None, message)
    }))
}

fn names(index: &Index) -> (&str, &str) {
    (&index.schema, &index.index)
}

/// Tables by the name that they are shown under.
fn by_name(snapshot: &Snapshot) -> BTreeMap<String, &Table> {
    let name = |table: &Table| match table.schema.as_str() {
        "public" => table.table.clone(),
        schema => format!("{schema}.{}", table.table),
    };
    snapshot.tables.iter().map(|table| (name(table), table)).collect()
}
