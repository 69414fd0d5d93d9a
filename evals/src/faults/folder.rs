//! The rounds recorded so far, a file each, and those that are left.

use std::fs;
use std::path::{Path, PathBuf};

use tailguard::measure::Machine;

use super::arms::Arm;
use super::round::Round;
use crate::Error;
use crate::random::without_replacement;

const HINT: &str = "record into another folder with --out, or remove this one's files";

/// What is to be recorded.
#[derive(Debug, Clone, Copy)]
pub struct Plan<'a> {
    /// All arms.
    pub arms: &'a [Arm],
    /// The names of the arms to record; all of them where there are none.
    pub only: &'a [String],
    /// Rounds of each arm.
    pub rounds: u32,
    /// Decides the order of the arms within a round.
    pub seed: u64,
    /// A hash of the service and its load test.
    pub service: &'a str,
    /// The machine that records.
    pub machine: &'a Machine,
}

/// The file of a round.
#[must_use]
pub fn file(dir: &Path, arm: &str, round: u32) -> PathBuf {
    dir.join(format!("{arm}.{round:02}.json"))
}

/// The rounds that are not recorded yet, in the order in which they are to be. In each round all arms
/// take their turn in an order of its own, so that a drift of the machine meets all alike.
///
/// # Errors
/// Where a recorded round cannot be read, or was recorded otherwise.
pub fn pending<'a>(dir: &Path, plan: Plan<'a>) -> Result<Vec<(u32, &'a Arm)>, Error> {
    let mut left = Vec::new();
    for round in 0..plan.rounds {
        let all = plan.arms.len();
        for place in without_replacement(plan.seed, "order", u64::from(round), all, all) {
            let arm = &plan.arms[place];
            if !plan.only.is_empty() && !plan.only.contains(&arm.name) {
                continue;
            }
            let path = file(dir, &arm.name, round);
            if path.exists() {
                same(&path, &Round::read(&path)?, arm, plan)?;
            } else {
                left.push((round, arm));
            }
        }
    }
    Ok(left)
}

fn same(path: &Path, recorded: &Round, arm: &Arm, plan: Plan<'_>) -> Result<(), Error> {
    let origin = &recorded.origin;
    let differs = if origin.environment != arm.environment {
        "with other settings of the arm"
    } else if origin.service != plan.service {
        "of another version of the service"
    } else if origin.seed != plan.seed {
        "with another seed"
    } else if origin.machine.key() != plan.machine.key() {
        "on another machine"
    } else {
        return Ok(());
    };
    Err(Error::content(path, format!("it was recorded {differs}"), HINT))
}

/// All recorded rounds, by arm in the order of `arms`, then by number.
///
/// # Errors
/// Where one cannot be read, or is of no arm as it is now.
pub fn recorded(dir: &Path, arms: &[Arm]) -> Result<Vec<Round>, Error> {
    let failed = |source| Error::File {
        does: "read",
        path: dir.to_owned(),
        source,
        hint: "evals/faults/record makes it",
    };
    let mut rounds = Vec::new();
    for entry in fs::read_dir(dir).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let round = Round::read(&path)?;
        let Some(place) = arms.iter().position(|arm| arm.name == round.origin.arm) else {
            return Err(Error::content(&path, "it is of no arm in arms.toml", HINT));
        };
        if arms[place].environment != round.origin.environment {
            return Err(Error::content(&path, "the arm's settings have changed since", HINT));
        }
        rounds.push((place, round));
    }
    rounds.sort_by_key(|(place, round)| (*place, round.origin.round));
    Ok(rounds.into_iter().map(|(_, round)| round).collect())
}
