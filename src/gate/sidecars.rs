//! Sidecars for results that have none, so that whoever reads the same results later knows their
//! session and machine.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::notices::notice;
use crate::measure::{Run, Severity};
use crate::report::Notice;
use crate::source::sidecar::{self, Schema, Sidecar};

/// Writes a sidecar beside every run that has none. It names the runs by their
/// content, so that other results that are put there later are not taken for these.
///
/// A place that cannot be written to is told and is no failure: the baselines are what counts.
pub(super) fn write_missing(suite: &str, runs: &[Run]) -> Vec<Notice> {
    let mut places: BTreeMap<PathBuf, Vec<&Run>> = BTreeMap::new();
    for run in runs {
        let path = PathBuf::from(&run.path);
        // One that is there stays, whatever it speaks of: other results may rely on it.
        if sidecar::read_beside(&path).is_ok_and(|known| known.is_none()) {
            let place = if path.is_dir() { path } else { folder(&path) };
            places.entry(place).or_default().push(run);
        }
    }
    let failed = |(place, runs): (PathBuf, Vec<&Run>)| {
        let written = sidecar::write(&place, &of(&runs));
        written.err().map(|error| {
            notice(Severity::Notice, "no-sidecar", suite, format!("no sidecar written: {error}"))
        })
    };
    places.into_iter().filter_map(failed).collect()
}

fn folder(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// What the runs of one place have in common, and their ids.
fn of(runs: &[&Run]) -> Sidecar {
    let common = |field: fn(&Run) -> Option<&String>| {
        let first = runs.first().and_then(|run| field(run));
        first.filter(|_| runs.iter().all(|run| field(run) == first)).cloned()
    };
    let mut ids: Vec<String> = runs.iter().map(|run| run.id.clone()).collect();
    ids.sort();
    Sidecar {
        schema: Schema,
        session: common(|run| run.provenance.session.as_ref()),
        machine: runs.first().and_then(|run| run.provenance.machine.clone()),
        commit: common(|run| run.provenance.commit.as_ref()),
        time: common(|run| run.provenance.time.as_ref()),
        command: common(|run| run.provenance.command.as_ref()),
        runs: Some(ids),
        formats_of_one_run: false,
    }
}
