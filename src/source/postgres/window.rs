//! The window between two snapshots, and whether they make one.

use std::path::Path;

use jiff::Timestamp;

use super::document::{SCHEMA, Snapshot};
use super::shared::MOST_ROWS;
use crate::source::SourceError;
use crate::source::open::{io_error, open, unreadable};

/// The largest snapshot, in bytes of text.
const LIMIT: u64 = 64 << 20;

/// Two snapshots of one database, the earlier one first.
pub(super) struct Window {
    pub(super) before: Snapshot,
    pub(super) after: Snapshot,
    /// Seconds between the two, by the server's clock.
    pub(super) seconds: f64,
}

/// Why two snapshots make no window: what was found, what was expected, what to do.
pub(super) struct Misfit {
    pub(super) found: String,
    pub(super) expected: &'static str,
    pub(super) hint: &'static str,
}

const AROUND: &str =
    "take both snapshots again, of one database, one before the load and one after";
const NO_RESET: &str = "take both snapshots again, and reset no counters between them";

/// Reads a snapshot.
///
/// # Errors
/// The file cannot be read, or is no whole snapshot.
pub fn load(path: &Path) -> Result<Snapshot, SourceError> {
    let mut bytes = Vec::new();
    let text = open(path)?.text;
    std::io::Read::read_to_end(&mut std::io::Read::take(text, LIMIT + 1), &mut bytes)
        .map_err(io_error(path))?;
    let broken = |found: String| {
        unreadable(path, found, format!("a whole {SCHEMA}"), "take the snapshot again")
    };
    if bytes.len() as u64 > LIMIT {
        return Err(broken(format!("more than {} MiB", LIMIT >> 20)));
    }
    let snapshot: Snapshot = serde_json::from_slice(&bytes)
        .map_err(|error| broken(format!("a broken snapshot ({error})")))?;
    if snapshot.schema != SCHEMA {
        return Err(broken(format!("schema {:?}", snapshot.schema)));
    }
    let most = snapshot.statements.len().max(snapshot.tables.len()).max(snapshot.plans.len());
    if most > MOST_ROWS {
        return Err(broken(format!("{most} statements, tables or plans")));
    }
    Ok(snapshot)
}

/// The window between two snapshots, in the order in which their names or times put them.
///
/// # Errors
/// They are of different databases, in the wrong order, or counters were reset between them.
pub(super) fn window(before: Snapshot, after: Snapshot) -> Result<Window, Misfit> {
    same_database(&before, &after)?;
    let (start, end) = (moment(&before.taken_at)?, moment(&after.taken_at)?);
    let seconds = end.duration_since(start).as_secs_f64();
    if seconds <= 0.0 {
        return Err(Misfit {
            found: format!(
                "a snapshot before the load of {} and one after it of {}, which is not later",
                before.taken_at, after.taken_at
            ),
            expected: "the earlier snapshot as the one before the load",
            hint: "swap the two files, or take both snapshots again",
        });
    }
    not_reset("the database's counters", &before.resets.database, &after.resets.database)?;
    not_reset("pg_stat_statements", &before.resets.statements, &after.resets.statements)?;
    Ok(Window { before, after, seconds })
}

/// What a counter grew by.
///
/// # Errors
/// It went back.
pub(super) fn grown(what: impl Fn() -> String, before: u64, after: u64) -> Result<u64, Misfit> {
    after.checked_sub(before).ok_or_else(|| Misfit {
        found: format!("{}, which went back from {before} to {after}: it was reset", what()),
        expected: "counters that only grow",
        hint: NO_RESET,
    })
}

fn same_database(before: &Snapshot, after: &Snapshot) -> Result<(), Misfit> {
    let differ = |what: &str, one: &str, other: &str| {
        Err(Misfit {
            found: format!("snapshots of different {what}: {one:?} and {other:?}"),
            expected: "two snapshots of one database",
            hint: AROUND,
        })
    };
    if before.database != after.database {
        return differ("databases", &before.database, &after.database);
    }
    if before.server.version_num != after.server.version_num {
        return differ("versions", &before.server.version, &after.server.version);
    }
    match (&before.server.system, &after.server.system) {
        (Some(one), Some(other)) if one != other => differ("servers", one, other),
        _ => Ok(()),
    }
}

fn not_reset(what: &str, before: &Option<String>, after: &Option<String>) -> Result<(), Misfit> {
    if before == after {
        return Ok(());
    }
    Err(Misfit {
        found: match after {
            Some(at) => format!("{what} were reset between the snapshots, at {at}"),
            None => format!("{what} were reset between the snapshots"),
        },
        expected: "counters that only grow",
        hint: NO_RESET,
    })
}

fn moment(text: &str) -> Result<Timestamp, Misfit> {
    text.parse().map_err(|_| Misfit {
        found: format!("a snapshot taken at {text:?}"),
        expected: "an RFC 3339 time",
        hint: AROUND,
    })
}
