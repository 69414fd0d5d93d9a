//! The directory of a measurement: a new one, or one that an interrupted measurement left.

use std::path::{Path, PathBuf};

use super::super::error::Error;
use super::plan::{Place, RunPlan};
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
pub(super) fn placed(asked: &RunPlan<'_>, suites: &[&Suite]) -> Result<Placed, Error> {
    let dir = directory(asked.config.dir.as_path());
    let resumed = match asked.place {
        Place::Resume(path) => Some((Folder::open(path)?, path)),
        Place::Keep(_) | Place::Temporary => None,
    };
    let base = match (&resumed, asked.against) {
        (Some(((_, plan), _)), None) => plan.base.clone(),
        (_, against) => against.map(str::to_owned),
    };
    let repository = base.as_ref().map(|_| Repository::around(dir)).transpose()?;
    let mut fresh = Plan::new(asked.seed, session(asked));
    fresh.rounds = asked.rounds;
    fresh.max_rounds = asked.max_rounds;
    fresh.warmup = asked.warmup;
    fresh.suites = suites.iter().map(|suite| planned(suite)).collect();
    fresh.head.clone_from(&asked.host.commit);
    let mut dirty = false;
    if let (Some(repository), Some(base)) = (&repository, &base) {
        fresh.base = Some(repository.commit(base)?);
        let (state, changed) = repository.state()?;
        fresh.state = Some(state);
        dirty = changed;
    }
    let (folder, plan) = match resumed {
        None => {
            let path = match asked.place {
                Place::Keep(path) | Place::Resume(path) => path.to_owned(),
                Place::Temporary => temporary(&fresh.session),
            };
            (Folder::create(&path, &fresh)?, fresh)
        }
        Some(((folder, plan), path)) => {
            same(path, &plan, &fresh)?;
            (folder, plan)
        }
    };
    Ok(Placed { folder, plan, repository, dirty })
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

fn temporary(session: &str) -> PathBuf {
    let name: String =
        session.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    std::env::temp_dir().join(format!("tailguard-{name}-{}", std::process::id()))
}

/// The directory of a configuration; an empty path is this one.
pub(super) fn directory(dir: &Path) -> &Path {
    if dir.as_os_str().is_empty() { Path::new(".") } else { dir }
}
