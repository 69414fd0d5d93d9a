//! The directory of a measurement: a new one, or one that an interrupted measurement left.

use std::path::{Path, PathBuf};

use super::super::error::Error;
use super::plan::{Place, RunPlan, chosen};
use crate::policy::Looks;
use crate::policy::config::Suite;
use crate::rounds::{Folder, Plan, Repository, SuitePlan};

/// The directory with its plan, and the repository where two sides are measured.
pub(super) struct Placed {
    pub(super) folder: Folder,
    pub(super) plan: Plan,
    pub(super) repository: Option<Repository>,
    /// The working tree has changes that no commit has.
    pub(super) dirty: bool,
}

/// Makes the directory of a new measurement, or opens that of an interrupted one.
///
/// # Errors
/// Where the base is no commit, the directory cannot be used, or the interrupted measurement was one
/// of something else.
pub(super) fn placed<'c>(asked: &RunPlan<'c>) -> Result<(Placed, Vec<&'c Suite>), Error> {
    let dir = directory(asked.config.dir.as_path());
    let resumed = match asked.place {
        Place::Resume(path) => Some((Folder::open(path)?, path)),
        Place::Keep(_) | Place::Temporary => None,
    };
    let then = resumed.as_ref().map(|((_, plan), _)| plan);
    let suites = match then {
        Some(plan) if asked.suites.is_empty() => {
            let names: Vec<String> = plan.suites.iter().map(|suite| suite.name.clone()).collect();
            chosen(asked.config, &names)?
        }
        _ => chosen(asked.config, asked.suites)?,
    };
    let base = match (then, asked.against) {
        (Some(plan), None) => plan.base.clone(),
        (_, against) => against.map(str::to_owned),
    };
    let repository = match base {
        Some(_) => Some(Repository::around(dir)?),
        // Without a base it is of use, and need not be there.
        None => Repository::around(dir).ok(),
    };
    // Before a directory is made: a commit that is not there leaves nothing behind.
    let commit = match (&repository, &base) {
        (Some(repository), Some(base)) => Some(repository.commit(base)?),
        _ => None,
    };
    let path = match (&resumed, asked.place) {
        (Some(((folder, _), _)), _) => folder.path().to_owned(),
        (None, Place::Keep(path) | Place::Resume(path)) => absolute(path),
        (None, Place::Temporary) => temporary()?,
    };
    let mut fresh = Plan::new(asked.seed, session(asked));
    // What cannot be confirmed is one measurement of all rounds.
    let whole = base.is_some() && !Looks::suit(asked.config.gate.test);
    fresh.rounds = if whole { asked.max_rounds } else { asked.rounds };
    fresh.max_rounds = asked.max_rounds;
    fresh.warmup = asked.warmup;
    fresh.suites = suites.iter().map(|suite| planned(suite)).collect();
    fresh.environment.clone_from(&asked.host.environment);
    fresh.head.clone_from(&asked.host.commit);
    let mut dirty = false;
    if let Some(repository) = &repository {
        fresh.base = commit;
        // A repository without a commit has no state, and nothing to compare it with.
        let state = if base.is_some() {
            Some(repository.state(&path)?)
        } else {
            repository.state(&path).ok()
        };
        if let Some((state, changed)) = state {
            fresh.state = Some(state);
            dirty = changed;
        }
    }
    let (folder, plan) = match resumed {
        None => (Folder::create(&path, &fresh)?, fresh),
        Some(((folder, plan), path)) => {
            same(path, &plan, &fresh)?;
            (folder, plan)
        }
    };
    Ok((Placed { folder, plan, repository, dirty }, suites))
}

/// Whether an interrupted measurement was one of what is to be measured now.
fn same(path: &Path, then: &Plan, now: &Plan) -> Result<(), Error> {
    let changed = if then.suites != now.suites {
        "other suites, commands or builds"
    } else if then.base != now.base {
        "another base commit"
    } else if then.head != now.head || then.state != now.state {
        "another working tree"
    } else {
        return Ok(());
    };
    Err(Error::Usage(format!(
        "cannot go on in {}: it measured {changed}\nhint: rounds of different things are not \
         comparable; measure anew, without --resume",
        path.display()
    )))
}

fn planned(suite: &Suite) -> SuitePlan {
    SuitePlan {
        name: suite.name.clone(),
        command: suite.command.clone().unwrap_or_default(),
        build: suite.build.clone(),
    }
}

/// The session of every round: what the command line or the CI job says, else the time at which it
/// began.
fn session(asked: &RunPlan<'_>) -> String {
    let known = asked.host.session.clone().or_else(|| asked.host.job.clone());
    known.unwrap_or_else(|| format!("run-{}", jiff::Timestamp::now().strftime("%Y%m%dT%H%M%S.%3f")))
}

fn temporary() -> Result<PathBuf, Error> {
    let made = tempfile::Builder::new().prefix("tailguard-").tempdir();
    let path = std::env::temp_dir();
    let dir = made.map_err(|source| Error::Write { path, source })?;
    Ok(absolute(&dir.keep()))
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// The directory of a configuration; an empty path is this one.
pub(super) fn directory(dir: &Path) -> &Path {
    if dir.as_os_str().is_empty() { Path::new(".") } else { dir }
}
