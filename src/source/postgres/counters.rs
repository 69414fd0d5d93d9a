//! The row of the database as a whole.

use super::document::Snapshot;
use super::shared::{insert, problem, row, statistics};
use super::window::{Misfit, Window, grown};
use super::{queries, tables};
use crate::measure::{Evidence, Figure, Metric, Problem, Row, Severity, Unit};

/// The size of a block where the settings do not tell, in bytes.
const BLOCK: u64 = 8192;

/// The row of the database, and what should be known about it.
///
/// # Errors
/// A counter went back.
pub(super) fn row_of(window: &Window) -> Result<(Row, Vec<Problem>), Misfit> {
    let (before, after) = (&window.before.counters, &window.after.counters);
    let grown = |what: &str, before, after| {
        grown(|| format!("the database's count of {what}"), before, after)
    };
    let commits = grown("commits", before.commits, after.commits)?;
    let rollbacks = grown("rollbacks", before.rollbacks, after.rollbacks)?;
    let hit = grown("blocks hit", before.blocks_hit, after.blocks_hit)?;
    let read = grown("blocks read", before.blocks_read, after.blocks_read)?;
    let temp_files = grown("temporary files", before.temp_files, after.temp_files)?;
    let temp_bytes = grown("bytes in temporary files", before.temp_bytes, after.temp_bytes)?;
    let deadlocks = grown("deadlocks", before.deadlocks, after.deadlocks)?;

    let transactions = commits.saturating_add(rollbacks);
    let touched = hit.saturating_add(read);
    let temp_blocks = temp_bytes.div_ceil(block_size(&window.after));
    // The load may have begun after the first snapshot, or let go before the second.
    let connections = window.before.in_use().max(window.after.in_use());
    let allowed = window.after.connections.allowed;
    let rows_read = tables::rows_read(window)?;
    let returned = queries::returned(window);

    let mut row = row("database", &window.after.database, Unit::Count, Evidence::Quantiles);
    row.n = transactions;
    let per_second = transactions as f64 / window.seconds;
    insert(&mut row, Metric::Throughput, Figure::positive(per_second, None));
    insert(&mut row, Metric::CacheHit, Figure::share(hit, touched));
    let of = touched.saturating_add(temp_blocks);
    insert(&mut row, Metric::TempBlocks, Figure::share(temp_blocks, of));
    insert(&mut row, Metric::Deadlocks, Figure::share(deadlocks, transactions));
    insert(&mut row, Metric::Connections, Figure::share(connections, allowed));
    let per_row = returned.map(|returned| rows_read as f64 / returned as f64);
    insert(&mut row, Metric::RowsRead, per_row.and_then(|rows| Figure::positive(rows, None)));
    row.statistics = statistics([
        ("temp_files", temp_files as f64),
        ("temp_bytes", temp_bytes as f64),
        ("deadlocks", deadlocks as f64),
        ("connections", connections as f64),
        ("connections_mean", mean_connections(before.session_ms, after.session_ms, window)),
        ("active_mean", mean_connections(before.active_ms, after.active_ms, window)),
    ]);

    let mut problems = Vec::new();
    let mut push = |code, message| {
        problems.push(problem(Severity::Warning, code, Some(&row), message));
    };
    if temp_files > 0 {
        let message = format!(
            "{temp_files} temporary files of {temp_bytes} bytes in all: raise work_mem, or sort less"
        );
        push("temporary-files", message);
    }
    if deadlocks > 0 {
        push("deadlocks", format!("{deadlocks} deadlocks in {transactions} transactions"));
    }
    if window.before.server.started_at != window.after.server.started_at {
        push("restarted", "the server was started again between the snapshots".to_owned());
    }
    problems.extend(changed_settings(window));
    Ok((row, problems))
}

/// How many sessions there were, or were executing, on average; not a number where the server does
/// not tell.
fn mean_connections(before: Option<f64>, after: Option<f64>, window: &Window) -> f64 {
    match (before, after) {
        (Some(before), Some(after)) => (after - before).max(0.0) / 1000.0 / window.seconds,
        _ => f64::NAN,
    }
}

fn block_size(snapshot: &Snapshot) -> u64 {
    let told = snapshot.settings.get("block_size").and_then(|size| size.parse().ok());
    told.filter(|size| *size > 0).unwrap_or(BLOCK)
}

/// Numbers of two configurations are no measurement of either.
fn changed_settings(window: &Window) -> Option<Problem> {
    let settings = &window.after.settings;
    let changed: Vec<&str> = settings
        .iter()
        .filter(|(name, value)| window.before.settings.get(*name) != Some(value))
        .map(|(name, _)| name.as_str())
        .collect();
    (!changed.is_empty()).then(|| {
        let message = format!("settings changed between the snapshots: {}", changed.join(", "));
        problem(Severity::Warning, "changed-settings", None, message)
    })
}
