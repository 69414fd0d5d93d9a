//! What there is to judge: a measurement that a workflow run left, or a file.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use serde::Deserialize;

use super::target::{Target, short};
use crate::gate::{self, Measurement};
use crate::github::runs::{Artifact, WorkflowRun};
use crate::github::{Client, Error, Repository, git, runs};
use crate::report::{self, NoVerdict, Report};

/// The name of the artifact, and of the one file in it.
const ARTIFACT: &str = "tailguard-measurement";
const FILE: &str = "measurement.json";

/// The largest archive, file of a measurement and report, in bytes. Honest measurements of 2,000
/// benchmarks have about 4 MB.
const LARGEST_ARCHIVE: u64 = 16 << 20;
const LARGEST_FILE: u64 = 64 << 20;

/// What there is to judge.
pub(super) enum Evidence {
    /// A report, to be posted as it is.
    Report(Box<Report>),
    /// A measurement, to be judged, and when it was uploaded.
    Measurement(Box<Measurement>, Option<String>),
    /// Nothing, and why.
    Nothing(Absent),
}

/// Why there is no verdict. Foreign text may be in the reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Absent {
    /// The measuring run failed before it had a result.
    RunFailed,
    /// It was cancelled.
    RunCancelled,
    /// It took too long.
    RunTimedOut,
    /// It left no artifact in this attempt.
    NothingLeft,
    /// What it left cannot be read, or is of another commit.
    Unreadable(String),
    /// The configuration or the baselines of the base branch cannot be used.
    NotJudged(String),
    /// The run ended without measuring.
    NotMeasured(String),
}

impl Absent {
    /// The same for a comment.
    pub(super) fn told(&self) -> NoVerdict<'_> {
        match self {
            Self::RunFailed => NoVerdict::RunFailed,
            Self::RunCancelled => NoVerdict::RunCancelled,
            Self::RunTimedOut => NoVerdict::RunTimedOut,
            Self::NothingLeft => NoVerdict::NothingLeft,
            Self::Unreadable(why) => NoVerdict::Unreadable(why),
            Self::NotJudged(why) => NoVerdict::NotJudged(why),
            Self::NotMeasured(why) => NoVerdict::NotMeasured(why),
        }
    }
}

/// Reads a report or a measurement, whichever the file holds.
///
/// # Errors
/// A file that cannot be read, or holds neither.
pub(super) fn of_file(path: &Path) -> Result<Evidence, super::Error> {
    #[derive(Deserialize)]
    struct Schema {
        schema: String,
    }
    let failed = |source| super::Error::File { verb: "read", path: path.to_owned(), source };
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failed)?;
    file.take(LARGEST_FILE + 1).read_to_end(&mut bytes).map_err(failed)?;
    let unfit = |why: String| {
        super::Error::Usage(format!(
            "{}: {why}\nhint: write a report with `tailguard check --report json=FILE`, or a \
             measurement with --save FILE",
            path.display()
        ))
    };
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(unfit(format!("larger than {} MiB", LARGEST_FILE >> 20)));
    }
    let Schema { schema } =
        serde_json::from_slice(&bytes).map_err(|e| unfit(format!("not a report: {e}")))?;
    if schema != report::SCHEMA {
        let measurement = Measurement::parse(&bytes).map_err(|e| unfit(e.to_string()))?;
        return Ok(Evidence::Measurement(Box::new(measurement), None));
    }
    let report = serde_json::from_slice(&bytes).map_err(|e| unfit(format!("not a report: {e}")))?;
    Ok(Evidence::Report(Box::new(report)))
}

/// Fetches what a workflow run measured. What the run left unreadable, or of another commit, is no
/// evidence; that is an answer, not an error.
///
/// # Errors
/// Where GitHub cannot be asked.
pub(super) fn of_run(
    client: &Client,
    repository: &Repository,
    run: &WorkflowRun,
) -> Result<Evidence, super::Error> {
    if let Some(absent) = ended(run) {
        return Ok(Evidence::Nothing(absent));
    }
    let Some(artifact) = newest(runs::artifacts(client, repository, run.id, ARTIFACT)?, run) else {
        return Ok(Evidence::Nothing(Absent::NothingLeft));
    };
    let archive = match runs::download(client, repository, artifact.id, LARGEST_ARCHIVE) {
        Ok(archive) => archive,
        Err(error @ Error::TooLarge { .. }) => return Ok(unreadable(&error.to_string())),
        Err(error) => return Err(error.into()),
    };
    let bytes = gate::only_file(&archive, FILE, LARGEST_FILE);
    // The archive would only lie beside what was in it.
    drop(archive);
    let read = bytes
        .map_err(|error| error.to_string())
        .and_then(|bytes| Measurement::parse(&bytes).map_err(|error| error.to_string()));
    let measurement = match read {
        Ok(measurement) => measurement,
        Err(why) => return Ok(unreadable(&why)),
    };
    Ok(Evidence::Measurement(Box::new(measurement), Some(artifact.created_at)))
}

/// Why a run that ended has nothing to judge, by the way it ended.
fn ended(run: &WorkflowRun) -> Option<Absent> {
    Some(match run.conclusion.as_deref() {
        Some("success") => return None,
        Some("failure") => Absent::RunFailed,
        Some("cancelled") => Absent::RunCancelled,
        Some("timed_out") => Absent::RunTimedOut,
        other => {
            let how = other.unwrap_or("unknown");
            Absent::NotMeasured(format!("the measuring run ended as {how}"))
        }
    })
}

/// The first line says what was found; hints are for the command line.
fn unreadable(why: &str) -> Evidence {
    Evidence::Nothing(Absent::Unreadable(why.lines().next().unwrap_or_default().to_owned()))
}

/// The newest artifact of the attempt: one of an earlier attempt is of another measurement.
fn newest(mut artifacts: Vec<Artifact>, run: &WorkflowRun) -> Option<Artifact> {
    let at = |text: &str| text.parse::<jiff::Timestamp>().ok();
    let started = at(&run.started_at)?;
    artifacts.retain(|artifact| {
        !artifact.expired && at(&artifact.created_at).is_some_and(|made| made >= started)
    });
    artifacts.into_iter().max_by_key(|artifact| (at(&artifact.created_at), artifact.id))
}

/// Why a measurement is not of the target, by what it says: it has to be of the target's commit, or
/// of a merge commit with it. One that names no commit was made outside version control, and is
/// believed.
///
/// # Errors
/// Where GitHub cannot be asked.
pub(super) fn of_another(
    client: &Client,
    repository: &Repository,
    measurement: &Measurement,
    target: &Target,
    measured_here: bool,
) -> Result<Option<String>, super::Error> {
    let Some(commit) = measurement.commit() else {
        return Ok(measured_here.then(|| "it names no commit".to_owned()));
    };
    if let Some(other) = measurement.fresh_commits().into_iter().find(|other| *other != commit) {
        let (other, commit) = (short(other), short(commit));
        return Ok(Some(format!("it has results of commit {other} beside those of {commit}")));
    }
    if commit == target.sha() {
        return Ok(None);
    }
    let is_name = commit.len() >= 40 && commit.bytes().all(|b| b.is_ascii_hexdigit());
    if target.pull().is_some() && is_name {
        match git::commit(client, repository, commit) {
            Ok(merge) if merge.parents.iter().any(|parent| parent == target.sha()) => {
                return Ok(None);
            }
            Ok(_) | Err(Error::NotFound { .. } | Error::Invalid { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Some(format!(
        "it is of commit {}, which is neither {} nor its merge with {}",
        short(commit),
        short(target.sha()),
        target.base()
    )))
}
