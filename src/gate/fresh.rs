//! Reading the results of one suite, and settling where and when they were measured.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::copies;
use super::error::Error;
use crate::host;
use crate::measure::{EnvironmentKey, Machine, Run};
use crate::report::Notice;
use crate::source::{self, Reading};

/// Where this process runs, and what the command line says about it.
#[derive(Debug, Clone, Default)]
pub struct Host {
    /// This machine.
    pub machine: Machine,
    /// `--session`.
    pub session: Option<String>,
    /// `--environment`.
    pub environment: Option<String>,
    /// The CI job's session id.
    pub job: Option<String>,
    /// The commit that is checked out.
    pub commit: Option<String>,
}

/// Where the results of a suite lie.
#[derive(Debug, Clone, PartialEq)]
pub struct SuitePaths {
    /// Files, directories or globs.
    pub patterns: Vec<String>,
    /// What relative patterns are relative to.
    pub dir: PathBuf,
}

/// The results of one suite, measured on one machine.
#[derive(Debug, Clone, PartialEq)]
pub struct Fresh {
    /// At least one run, each with a session, a machine and a content hash.
    pub runs: Vec<Run>,
    /// The environment key of every run.
    pub environment: EnvironmentKey,
    /// What was left out.
    pub notices: Vec<Notice>,
}

/// Reads every run of a suite.
///
/// # Errors
/// Where a path cannot be read, or the runs come from different machines.
pub fn read_fresh(
    suite: &str,
    paths: &SuitePaths,
    reading: &Reading,
    host: &Host,
    suite_environment: Option<&str>,
) -> Result<Fresh, Error> {
    let (mut runs, notices) = read_runs(suite, paths, reading)?;
    settle(&mut runs, host, suite_environment);
    Ok(Fresh { environment: one_environment(suite, &runs)?, runs, notices })
}

/// The environment key of runs that are to be compared with stored ones.
///
/// # Errors
/// Where they come from different machines.
pub(super) fn one_environment(suite: &str, runs: &[Run]) -> Result<EnvironmentKey, Error> {
    let keys: BTreeSet<EnvironmentKey> = runs.iter().map(environment).collect();
    match keys.into_iter().collect::<Vec<_>>().as_slice() {
        [environment] => Ok(environment.clone()),
        several => Err(Error::MixedMachines {
            suite: suite.to_owned(),
            machines: several.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        }),
    }
}

/// Reads every run that the patterns name, in a stable order, each once.
pub(super) fn read_runs(
    suite: &str,
    paths: &SuitePaths,
    reading: &Reading,
) -> Result<(Vec<Run>, Vec<Notice>), Error> {
    let mut found: Vec<PathBuf> = Vec::new();
    let mut seen = BTreeSet::new();
    for pattern in &paths.patterns {
        let matches = source::find(pattern, &paths.dir)?;
        // A run that two patterns name is one run.
        found.extend(matches.into_iter().filter(|path| seen.insert(path.clone())));
    }
    let reading = Reading { identify: true, ..reading.clone() };
    let runs: Result<Vec<Run>, _> =
        found.par_iter().map(|path| source::read(path, &reading)).collect();
    Ok(copies::leave_out(suite, runs?))
}

/// The environment key of a run whose machine is settled.
pub(super) fn environment(run: &Run) -> EnvironmentKey {
    run.provenance.machine.as_ref().map_or_else(|| EnvironmentKey::new(""), Machine::key)
}

/// Fills in what the sidecars leave open: the command line, then the suite, then the CI job, then
/// this call and this machine.
pub(super) fn settle(runs: &mut [Run], host: &Host, suite_environment: Option<&str>) {
    let name = host.environment.as_deref().or(suite_environment);
    let session =
        host.session.clone().or_else(|| host.job.clone()).unwrap_or_else(|| call_session(runs));
    for run in runs {
        let provenance = &mut run.provenance;
        provenance.session.get_or_insert_with(|| session.clone());
        provenance.machine.get_or_insert_with(|| Machine {
            name: name.map(str::to_owned),
            ..host.machine.clone()
        });
        provenance.commit = provenance.commit.take().or_else(|| host.commit.clone());
        provenance.time = provenance.time.take().map(|time| utc(&time));
    }
}

/// One session a call: named after what was read, so that the same input gives the same bytes.
fn call_session(runs: &[Run]) -> String {
    let mut ids: Vec<&str> = runs.iter().map(|run| run.id.as_str()).collect();
    ids.sort_unstable();
    let digest = Sha256::digest(ids.concat());
    let hex: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("local-{hex}")
}

/// Times sort as text only in one time zone.
fn utc(time: &str) -> String {
    time.parse::<jiff::Timestamp>().map_or_else(|_| time.to_owned(), |time| time.to_string())
}

/// The host of this process.
impl Host {
    /// What the system and the CI tell; `dir` is where the commit is looked up.
    #[must_use]
    pub fn here(dir: &Path) -> Self {
        Self {
            machine: host::this_machine(),
            session: None,
            environment: None,
            job: host::session_of_job(&|name| std::env::var(name).ok()),
            commit: host::head(dir),
        }
    }

    /// The host of two sides: what has neither a sidecar nor a name was measured here and now, both
    /// alike.
    pub(super) fn of_both_sides(&self) -> Self {
        match (&self.session, &self.job) {
            (None, None) => Self { session: Some("this comparison".to_owned()), ..self.clone() },
            _ => self.clone(),
        }
    }
}
