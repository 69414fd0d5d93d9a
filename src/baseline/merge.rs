//! Merging fresh runs into a baseline: pure data to data.

use std::collections::{BTreeMap, BTreeSet};

use super::Baseline;
use crate::measure::{Row, Run, Tags, Tool};

/// How much of a row's past is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// The last sessions that have the row.
    pub sessions: usize,
    /// Runs of one session.
    pub runs: usize,
}

/// What a merge is asked to do.
pub struct Merge<'a> {
    /// Fresh runs; rows without figures are ignored.
    pub fresh: &'a [Run],
    /// The rows that may change; every other row stays as it is.
    pub asked: &'a dyn Fn(&Row) -> bool,
    /// Rows whose past no longer tells what is normal: they restart with the fresh sessions.
    pub restart: &'a BTreeSet<(Tool, Tags)>,
    /// Stored rows that the fresh runs lack are forgotten.
    pub forget_missing: bool,
    /// Why the fresh sessions are taken in although they regressed.
    pub accepted: Option<&'a str>,
    /// How much is kept.
    pub keep: Keep,
}

/// The baseline with the fresh runs taken in. A run that is already stored keeps its provenance, so
/// merging the same runs twice changes nothing more.
#[must_use]
pub fn merge(stored: &Baseline, merge: &Merge<'_>) -> Baseline {
    let mut runs: BTreeMap<String, Run> =
        stored.runs.iter().map(|run| (run.id.clone(), run.clone())).collect();
    let mut accepted = stored.accepted.clone();
    let known: BTreeSet<String> = runs.keys().cloned().collect();
    let fresh: BTreeSet<&str> = merge.fresh.iter().map(|run| run.id.as_str()).collect();
    for run in merge.fresh {
        let rows: Vec<Row> = run
            .rows
            .iter()
            .filter(|r| !r.figures.is_empty() && (merge.asked)(r))
            .map(bare)
            .collect();
        if let (Some(reason), Some(session), false) =
            (merge.accepted, &run.provenance.session, known.contains(&run.id))
        {
            accepted.insert(session.clone(), reason.to_owned());
        }
        let kept = runs.entry(run.id.clone()).or_insert_with(|| Run {
            rows: Vec::new(),
            problems: Vec::new(),
            path: String::new(),
            ..run.clone()
        });
        let renewed: BTreeSet<&Tags> = rows.iter().map(|row| &row.tags).collect();
        kept.rows.retain(|old| !renewed.contains(&old.tags));
        kept.rows.extend(rows);
        kept.rows.sort_by(|a, b| a.tags.cmp(&b.tags));
    }
    let mut runs = in_order(stored, merge.fresh, runs);
    let named = |run: &Run, row: &Row| (run.tool, row.tags.clone());
    let measured: BTreeSet<_> = merge
        .fresh
        .iter()
        .flat_map(|run| run.rows.iter().map(move |row| named(run, row)))
        .collect();
    for run in &mut runs {
        let is_fresh = fresh.contains(run.id.as_str());
        let tool = run.tool;
        run.rows.retain(|row| {
            let key = (tool, row.tags.clone());
            let restarted = merge.restart.contains(&key) && !is_fresh;
            let forgotten = merge.forget_missing && !measured.contains(&key);
            !(merge.asked)(row) || !(restarted || forgotten)
        });
    }
    prune(&mut runs, merge);
    runs.retain(|run| !run.rows.is_empty());
    let sessions: BTreeSet<&str> =
        runs.iter().filter_map(|run| run.provenance.session.as_deref()).collect();
    accepted.retain(|session, _| sessions.contains(session.as_str()));
    Baseline { runs, accepted, ..stored.clone() }
}

/// Stored runs first, in their order, then new ones by time: what came last is the newest, whether or
/// not anything tells when it was measured.
fn in_order(stored: &Baseline, fresh: &[Run], mut runs: BTreeMap<String, Run>) -> Vec<Run> {
    let mut ordered: Vec<Run> = stored.runs.iter().filter_map(|run| runs.remove(&run.id)).collect();
    let mut new: Vec<&Run> = fresh.iter().collect();
    new.sort_by_key(|run| (run.provenance.time.clone(), run.id.clone()));
    ordered.extend(new.iter().filter_map(|run| runs.remove(&run.id)));
    ordered
}

/// Drops, row by row, what is older than the last sessions and beyond the runs of one session.
fn prune(runs: &mut [Run], merge: &Merge<'_>) {
    type Places = BTreeMap<(Tool, Tags), Vec<(usize, String)>>;
    let mut places: Places = BTreeMap::new();
    for (i, run) in runs.iter().enumerate() {
        let session = run.provenance.session.clone().unwrap_or_default();
        for row in run.rows.iter().filter(|row| (merge.asked)(row)) {
            places.entry((run.tool, row.tags.clone())).or_default().push((i, session.clone()));
        }
    }
    let mut dropped: BTreeMap<usize, BTreeSet<Tags>> = BTreeMap::new();
    for ((_, tags), places) in places {
        // Newest first.
        let mut kept: Vec<(&str, usize)> = Vec::new();
        for (i, session) in places.iter().rev() {
            let place = kept.iter().position(|(s, _)| s == session);
            let keep = match place {
                Some(p) if kept[p].1 < merge.keep.runs => {
                    kept[p].1 += 1;
                    true
                }
                None if kept.len() < merge.keep.sessions => {
                    kept.push((session, 1));
                    true
                }
                _ => false,
            };
            if !keep {
                dropped.entry(*i).or_default().insert(tags.clone());
            }
        }
    }
    for (i, tags) in dropped {
        runs[i].rows.retain(|row| !tags.contains(&row.tags));
    }
}

/// A row as it is stored: without what was for people or for later questions.
fn bare(row: &Row) -> Row {
    Row { statistics: BTreeMap::new(), detail: None, ..row.clone() }
}
