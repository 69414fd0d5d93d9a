//! What fresh runs are held against: stored runs of the same machine, or nothing, and why.

use std::collections::BTreeSet;

use super::error::Error;
use super::fresh::environment;
use super::judge::Base;
use super::notices::{notice, severity};
use crate::baseline::Shelf;
use crate::history::KnownNoise;
use crate::measure::{EnvironmentKey, Run, Severity};
use crate::policy::Level;
use crate::policy::config::Config;
use crate::report::Notice;

/// The stored runs to compare with, of the same environment, or of another if policy allows that; with how
/// rows are known to scatter on this one.
pub(super) fn stored(
    config: &Config,
    shelf: &Shelf,
    suite: &str,
    environment: &EnvironmentKey,
) -> Result<(Base, Vec<KnownNoise>, Option<Notice>), Error> {
    if let Some(baseline) = shelf.load(suite, environment)? {
        return Ok((Base::Runs(baseline.runs), baseline.noise, None));
    }
    let others = shelf.environments(suite)?;
    let Some(other) = others.last() else {
        let message = format!(
            "no baseline in {}: take these results in with `tailguard baseline refresh`, and \
             commit the file",
            config.gate.baselines.join(suite).display()
        );
        let notice = Box::new(notice(Severity::Error, "no-baseline", suite, message));
        return Ok((Base::Absent { notice, other: None }, Vec::new(), None));
    };
    let runs = shelf.load(suite, other)?.map(|b| b.runs).unwrap_or_default();
    let level = config.levels(suite).other_machine;
    if level == Level::Deny {
        let list = others.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let message = format!(
            "no baseline for this machine ({environment}), only for {list}: times of different \
             machines are not compared; refresh on this machine, or measure both sides in one job"
        );
        let notice = Box::new(notice(Severity::Error, "other-machine", suite, message));
        let other = runs.first().and_then(|run| run.provenance.machine.clone()).map(Box::new);
        return Ok((Base::Absent { notice, other }, Vec::new(), None));
    }
    let message = format!(
        "compared with a baseline of another machine, {other}, as the configuration allows: the \
         difference between the machines is in every number"
    );
    let notice = notice(severity(level), "other-machine", suite, message);
    Ok((Base::Runs(runs), Vec::new(), Some(notice)))
}

/// Sides of different machines, or a side of several, are not compared.
pub(super) fn other_machine(suite: &str, base: &[Run], fresh: &[Run]) -> Option<Base> {
    let here = environment(fresh.first()?);
    let other = base.iter().chain(fresh).find(|run| environment(run) != here)?;
    let there = environment(other);
    let message = format!(
        "the runs were measured on different machines ({here} and {there}): their times are not \
         compared"
    );
    let notice = Box::new(notice(Severity::Error, "other-machine", suite, message));
    Some(Base::Absent { notice, other: other.provenance.machine.clone().map(Box::new) })
}

/// How old the stored baseline is that a suite is held against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaselineAge {
    /// The suite.
    pub suite: String,
    /// Sessions in the baseline; 0 where there is none for this machine.
    pub sessions: usize,
    /// When its newest run was measured, as an RFC 3339 time, where any run tells.
    pub newest: Option<String>,
    /// When its oldest run was measured.
    pub oldest: Option<String>,
    /// The commit of its newest run.
    pub commit: Option<String>,
}

/// The age of the baseline that a suite's runs of one environment are held against.
///
/// # Errors
/// Where a baseline cannot be read.
pub(super) fn age(
    config: &Config,
    shelf: &Shelf,
    suite: &str,
    environment: &EnvironmentKey,
) -> Result<BaselineAge, Error> {
    let runs = match stored(config, shelf, suite, environment)? {
        (Base::Runs(runs), ..) => runs,
        (Base::Absent { .. }, ..) => Vec::new(),
    };
    let sessions: BTreeSet<_> = runs.iter().map(|run| &run.provenance.session).collect();
    let times = || runs.iter().filter_map(|run| run.provenance.time.clone());
    // Runs are stored oldest first, whether or not anything tells when they were measured.
    let newest = runs.iter().max_by_key(|run| &run.provenance.time);
    Ok(BaselineAge {
        suite: suite.to_owned(),
        sessions: sessions.len(),
        newest: times().max(),
        oldest: times().min(),
        commit: newest.and_then(|run| run.provenance.commit.clone()),
    })
}
