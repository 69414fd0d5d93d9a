//! The stored form, version 1: what is on disk, apart from how the program thinks about it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::figures::StoredFigures;
use super::strict;

use crate::measure::{
    Definition, EnvironmentKey, Evidence, FORMATS, Figure, Machine, Provenance, Row, Run, Tags,
    Tool, Unit, Workload, drops, unique,
};

/// Runs in compact form: the shape that baselines and saved measurements share.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measured {
    pub(super) sessions: Vec<StoredSession>,
    pub(super) rows: Vec<StoredRow>,
}

/// One job on one machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredSession {
    pub(super) id: String,
    /// Why it was taken in although it regressed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) accepted: Option<String>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "strict::machine"
    )]
    pub(super) machine: Option<Machine>,
    pub(super) runs: Vec<StoredRun>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredRun {
    pub(super) id: String,
    pub(super) tool: Tool,
    pub(super) format: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) tool_version: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) workload: Option<Workload>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) commit: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) time: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) command: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) round: Option<u32>,
}

/// One row, with the figures of every run that has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredRow {
    pub(super) tool: Tool,
    pub(super) id: String,
    #[serde(deserialize_with = "unique")]
    pub(super) tags: Tags,
    pub(super) unit: Unit,
    pub(super) definition: Definition,
    /// Keyed by the first [`SHORT`] characters of the run's id.
    #[serde(deserialize_with = "unique")]
    pub(super) runs: BTreeMap<String, StoredFigures>,
}

/// Characters of a run's id that stand for it inside one file.
pub(super) const SHORT: usize = 16;

/// What is wrong with a stored file.
#[derive(Debug, thiserror::Error)]
pub enum FormError {
    /// Not JSON, or not of this shape.
    #[error("{0}")]
    Json(#[from] serde_json::Error),
    /// A version that this program does not know.
    #[error("found schema {found:?}, expected {expected:?}")]
    Schema {
        /// What the file says.
        found: String,
        /// What this program reads.
        expected: &'static str,
    },
    /// More text than an honest file of this kind has.
    #[error("more than {} MiB", limit >> 20)]
    TooLarge {
        /// In bytes.
        limit: u64,
    },
    /// More of something than an honest text of this kind has.
    #[error("more than {limit} {what}")]
    TooMany {
        /// Of what, in the plural.
        what: &'static str,
        /// How many there may be.
        limit: u64,
    },
    /// The parts do not fit together.
    #[error("{0}")]
    Inconsistent(String),
}

impl Measured {
    /// The stored form of runs, in their order; the runs of one session and machine stand
    /// together.
    #[must_use]
    pub fn of(runs: &[Run], accepted: &BTreeMap<String, String>) -> Self {
        let mut sessions: Vec<StoredSession> = Vec::new();
        let mut places: BTreeMap<(String, Option<EnvironmentKey>), usize> = BTreeMap::new();
        for run in runs {
            let id = run.provenance.session.clone().unwrap_or_default();
            let key = (id.clone(), run.provenance.machine.as_ref().map(Machine::key));
            let place = *places.entry(key).or_insert_with(|| {
                sessions.push(StoredSession {
                    accepted: accepted.get(&id).cloned(),
                    machine: run.provenance.machine.clone(),
                    id,
                    runs: Vec::new(),
                });
                sessions.len() - 1
            });
            sessions[place].runs.push(stored_run(run));
        }
        Self { sessions, rows: stored_rows(runs) }
    }

    /// The commits that the runs name.
    pub fn commits(&self) -> impl Iterator<Item = &str> {
        let runs = self.sessions.iter().flat_map(|session| &session.runs);
        runs.filter_map(|run| run.commit.as_deref())
    }

    /// The runs of the stored form, and the accepted regressions.
    ///
    /// # Errors
    /// [`FormError::Inconsistent`] where the parts do not fit together.
    pub fn runs(&self) -> Result<(Vec<Run>, BTreeMap<String, String>), FormError> {
        let mut accepted = BTreeMap::new();
        let mut runs: BTreeMap<&str, Run> = BTreeMap::new();
        let mut sequence = Vec::new();
        for session in &self.sessions {
            if let Some(reason) = &session.accepted {
                accepted.insert(session.id.clone(), reason.clone());
            }
            for stored in &session.runs {
                let short = short(&stored.id);
                let run = run_of(stored, &session.id, session.machine.as_ref())?;
                if runs.insert(short, run).is_some() {
                    return Err(inconsistent(format!("run {short} is listed twice")));
                }
                sequence.push(short);
            }
        }
        let mut seen = BTreeSet::new();
        for row in &self.rows {
            if !seen.insert((row.tool, &row.tags, row.unit, row.definition)) {
                return Err(inconsistent(format!("row {:?} is listed twice", row.id)));
            }
            for (short, figures) in &row.runs {
                let run = runs.get_mut(short.as_str()).ok_or_else(|| {
                    inconsistent(format!("row {:?} names run {short}, which is not listed", row.id))
                })?;
                if run.tool != row.tool {
                    return Err(inconsistent(format!(
                        "row {:?} is of {} and names run {short} of {}",
                        row.id,
                        row.tool.name(),
                        run.tool.name()
                    )));
                }
                run.rows.push(row_of(row, figures)?);
            }
        }
        let mut ordered: Vec<Run> = sequence.iter().filter_map(|s| runs.remove(s)).collect();
        for run in &mut ordered {
            run.rows.sort_by(|a, b| a.tags.cmp(&b.tags));
            // Files of older versions hold drops out of themselves.
            run.rows = drops::out_of_all(std::mem::take(&mut run.rows));
        }
        Ok((ordered, accepted))
    }
}

/// What stands for a run inside one file.
pub(super) fn short(id: &str) -> &str {
    id.get(..SHORT).unwrap_or(id)
}

fn stored_run(run: &Run) -> StoredRun {
    StoredRun {
        id: run.id.clone(),
        tool: run.tool,
        format: run.format.to_owned(),
        tool_version: run.tool_version.clone(),
        workload: run.workload,
        commit: run.provenance.commit.clone(),
        time: run.provenance.time.clone(),
        command: run.provenance.command.clone(),
        round: run.provenance.round,
    }
}

fn stored_rows(runs: &[Run]) -> Vec<StoredRow> {
    let mut rows: BTreeMap<(Tool, &Tags, Unit, Definition), StoredRow> = BTreeMap::new();
    for run in runs {
        for row in &run.rows {
            let stored = rows
                .entry((run.tool, &row.tags, row.unit, row.definition))
                .or_insert_with(|| StoredRow {
                    tool: run.tool,
                    id: row.id.clone(),
                    tags: row.tags.clone(),
                    unit: row.unit,
                    definition: row.definition,
                    runs: BTreeMap::new(),
                });
            stored.runs.insert(short(&run.id).to_owned(), StoredFigures::of(row));
        }
    }
    rows.into_values().collect()
}

fn run_of(stored: &StoredRun, session: &str, machine: Option<&Machine>) -> Result<Run, FormError> {
    let format = FORMATS
        .into_iter()
        .find(|known| *known == stored.format)
        .ok_or_else(|| inconsistent(format!("run {} has format {:?}", stored.id, stored.format)))?;
    if stored.id.len() != 64 || !stored.id.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(inconsistent(format!("{:?} is not the id of a run", stored.id)));
    }
    Ok(Run {
        id: stored.id.clone(),
        path: String::new(),
        tool: stored.tool,
        format,
        tool_version: stored.tool_version.clone(),
        workload: stored.workload,
        provenance: Provenance {
            session: Some(session.to_owned()),
            round: stored.round,
            machine: machine.cloned(),
            commit: stored.commit.clone(),
            time: stored.time.clone(),
            command: stored.command.clone(),
        },
        rows: Vec::new(),
        problems: Vec::new(),
    })
}

fn row_of(row: &StoredRow, stored: &StoredFigures) -> Result<Row, FormError> {
    let mut figures = BTreeMap::new();
    for (metric, figure) in &stored.figures {
        let figure = figure.0.ok_or_else(|| {
            inconsistent(format!("row {:?} has a {} that is no figure", row.id, metric.name()))
        })?;
        figures.insert(*metric, figure);
    }
    let sampled = figures.values().any(|f| matches!(f, Figure::Log { s: Some(_), .. }));
    let evidence = match (sampled, row.tool) {
        (false, _) => Evidence::Quantiles,
        (true, Tool::Criterion) => Evidence::Batches,
        (true, Tool::K6 | Tool::Postgres) => Evidence::Requests,
    };
    let mut read = Row::empty(row.id.clone(), row.tags.clone(), row.unit, evidence);
    read.n = stored.n;
    read.approximate = stored.approximate;
    read.damaged = stored.damaged;
    read.definition = row.definition;
    read.figures = figures;
    Ok(read)
}

fn inconsistent(message: String) -> FormError {
    FormError::Inconsistent(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    fn read(tool: &str, runs: &str) -> Result<(), String> {
        let text = format!(
            r#"{{"sessions":[{{"id":"s","runs":[{{"id":"{ID}","tool":"k6","format":"csv"}}]}}],
            "rows":[{{"tool":"{tool}","id":"r","tags":{{}},"unit":"ms","definition":"r7",
            "runs":{{{runs}}}}}]}}"#
        );
        let measured: Measured = serde_json::from_str(&text).map_err(|e| e.to_string())?;
        measured.runs().map(|_| ()).map_err(|e| e.to_string())
    }

    #[test]
    fn what_a_bad_merge_leaves_is_refused() {
        let run = |figures: &str| format!(r#""0123456789abcdef":{{"n":3,{figures}}}"#);
        let p95 = r#""p95":{"ln":1.0}"#;
        assert_eq!(read("k6", &run(p95)), Ok(()));
        for (tool, runs, why) in [
            ("k6", run(&format!("{p95},{p95}")), "duplicate field `p95`"),
            ("k6", run(r#""p96":{"ln":1.0}"#), "unknown variant `p96`"),
            ("k6", run(r#""n":3"#), "duplicate field `n`"),
            ("k6", format!("{},{}", run(p95), run(p95)), "\"0123456789abcdef\" appears twice"),
            ("criterion", run(p95), "is of criterion and names run 0123456789abcdef of k6"),
        ] {
            let message = read(tool, &runs).unwrap_err();
            assert!(message.contains(why), "{message}");
        }
    }
}
