//! Verdicts of `tailguard run` itself, one a fault.

use std::path::Path;

use serde::{Deserialize, Serialize};
use tailguard::policy::Outcome;
use tailguard::report::Report;

use super::arms::Arm;
use super::verdict::Called;
use crate::Error;
use crate::file;

const SCHEMA: &str = "tailguard.evals.live/v1";
const LARGEST: u64 = 16 << 20;
const HINT: &str = "restore the committed file, or remove it and run evals/faults/live again";

/// Live verdicts, by arm in the order in which they were made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Live {
    schema: String,
    /// One an arm.
    pub verdicts: Vec<LiveVerdict>,
}

/// What `tailguard run` said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LiveVerdict {
    /// The arm's name.
    pub arm: String,
    /// Its settings.
    pub settings: String,
    /// The outcome of the build.
    pub outcome: Outcome,
    /// Rounds a side, without warm-up.
    pub rounds: u32,
    /// Wall time, with warm-up and all else.
    pub minutes: f64,
    /// The commit on both sides.
    pub commit: Option<String>,
    /// When, as an RFC 3339 time.
    pub time: String,
    /// What it says of gating rows.
    pub called: Vec<Called>,
}

impl LiveVerdict {
    /// Reads a report.
    ///
    /// # Errors
    /// Where it is none, or compared nothing.
    pub fn of(
        arm: &Arm,
        report: &Path,
        minutes: f64,
        commit: Option<String>,
        time: String,
    ) -> Result<Self, Error> {
        const HINT: &str = "it has to be the JSON report of tailguard run";
        let bytes = file::read(report, LARGEST, HINT)?;
        let read: Report =
            serde_json::from_slice(&bytes).map_err(|error| Error::content(report, error, HINT))?;
        let rounds = read.rows.iter().filter_map(|row| Some(row.fresh?.runs)).max();
        let rounds = rounds.ok_or_else(|| Error::content(report, "no row was measured", HINT))?;
        let called = read.rows.into_iter().filter(|row| row.gates).map(|row| Called {
            row: row.id,
            tags: row.tags,
            metric: row.metric,
            change: row.change,
            verdict: row.verdict,
        });
        Ok(Self {
            arm: arm.name.clone(),
            settings: arm.settings(),
            outcome: read.outcome,
            rounds,
            minutes,
            commit,
            time,
            called: called.collect(),
        })
    }
}

impl Live {
    /// Reads the file; nothing where there is none.
    ///
    /// # Errors
    /// Where it is none of this program's.
    pub fn read(path: &Path) -> Result<Self, Error> {
        if !path.exists() {
            return Ok(Self { schema: SCHEMA.to_owned(), verdicts: Vec::new() });
        }
        let bytes = file::read(path, LARGEST, HINT)?;
        let live: Self =
            serde_json::from_slice(&bytes).map_err(|error| Error::content(path, error, HINT))?;
        if live.schema != SCHEMA {
            let what = format!("{:?}, not {SCHEMA:?}", live.schema);
            return Err(Error::content(path, what, HINT));
        }
        Ok(live)
    }

    /// Writes the file.
    ///
    /// # Errors
    /// What the file system says.
    pub fn write(&self, path: &Path) -> Result<(), Error> {
        let mut text =
            serde_json::to_vec_pretty(self).map_err(|error| Error::content(path, error, HINT))?;
        text.push(b'\n');
        file::write(path, &text)
    }

    /// The verdict of an arm with its present settings.
    #[must_use]
    pub fn arm(&self, name: &str, settings: &str) -> Option<&LiveVerdict> {
        self.verdicts.iter().find(|verdict| verdict.arm == name && verdict.settings == settings)
    }

    /// Takes a verdict in, in place of an earlier one of the same arm.
    pub fn add(&mut self, verdict: LiveVerdict) {
        self.verdicts.retain(|other| other.arm != verdict.arm);
        self.verdicts.push(verdict);
    }
}
