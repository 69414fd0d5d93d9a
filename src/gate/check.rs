//! `check`: fresh results against the committed baselines.

use std::collections::BTreeMap;

use super::error::Error;
use super::fresh::{Host, SuitePaths, read_fresh};
use super::judge::{Base, Judged, Sides, judge_all};
use super::measurement::Measurement;
use super::notices::{notice, severity};
use crate::baseline::Shelf;
use crate::measure::{EnvironmentKey, Run, Severity};
use crate::policy::Level;
use crate::policy::config::{Config, Suite};
use crate::report::Notice;

/// What a check is asked to do.
pub struct CheckPlan<'a> {
    /// The configuration.
    pub config: &'a Config,
    /// Where this runs.
    pub host: &'a Host,
    /// The suites to judge, and where their fresh results lie instead of where the configuration
    /// says; empty for every suite.
    pub fresh: &'a BTreeMap<String, SuitePaths>,
    /// The date by which waivers expire.
    pub today: jiff::civil::Date,
}

/// Reads, loads, compares, judges.
///
/// # Errors
/// Where a result or a baseline cannot be read, or nothing can be compared.
pub fn check(plan: &CheckPlan<'_>) -> Result<(Judged, Measurement), Error> {
    let config = plan.config;
    let shelf = Shelf::new(config.baselines());
    let mut suites = Vec::new();
    let mut notices = Vec::new();
    for (suite, paths) in chosen(config, plan.fresh)? {
        let environment = suite.environment.as_deref();
        let fresh = read_fresh(&suite.name, &paths, &suite.reading(), plan.host, environment)?;
        notices.extend(fresh.notices);
        let runs = one_session(fresh.runs);
        let (base, said) = stored(config, &shelf, &suite.name, &fresh.environment)?;
        notices.extend(said);
        suites.push(Sides { suite: suite.name.clone(), base, fresh: runs });
    }
    let measurement = Measurement::of_fresh(&suites);
    Ok((judge_all(config, suites, notices, plan.today)?, measurement))
}

/// The suites that are asked for, with the places of their fresh results.
///
/// # Errors
/// Where a suite is not configured, or has no path.
pub(super) fn chosen<'c>(
    config: &'c Config,
    fresh: &BTreeMap<String, SuitePaths>,
) -> Result<Vec<(&'c Suite, SuitePaths)>, Error> {
    let known = || config.suites.iter().map(|s| s.name.as_str()).collect::<Vec<_>>().join(", ");
    if let Some(name) = fresh.keys().find(|name| !config.suites.iter().any(|s| s.name == **name)) {
        return Err(Error::Usage(format!(
            "no suite {name:?} in {}\nhint: the suites are: {}",
            config.path.display(),
            known()
        )));
    }
    if config.suites.is_empty() {
        return Err(Error::Usage(format!(
            "no [[suite]] in {}\nhint: name at least one suite with its path",
            config.path.display()
        )));
    }
    let mut chosen = Vec::new();
    for suite in &config.suites {
        let paths = match fresh.get(&suite.name) {
            Some(paths) if !paths.patterns.is_empty() => paths.clone(),
            None if !fresh.is_empty() => continue,
            _ if suite.paths.is_empty() => {
                return Err(Error::Usage(format!(
                    "suite {:?} has no path in {}\nhint: add `path = \"…\"`, or pass --fresh {}=PATH",
                    suite.name,
                    config.path.display(),
                    suite.name
                )));
            }
            _ => SuitePaths { patterns: suite.paths.clone(), dir: config.dir.clone() },
        };
        chosen.push((suite, paths));
    }
    Ok(chosen)
}

/// The stored runs to compare with: of the same environment, or of another if policy allows that.
fn stored(
    config: &Config,
    shelf: &Shelf,
    suite: &str,
    environment: &EnvironmentKey,
) -> Result<(Base, Option<Notice>), Error> {
    if let Some(baseline) = shelf.load(suite, environment)? {
        return Ok((Base::Runs(baseline.runs), None));
    }
    let others = shelf.environments(suite)?;
    let Some(other) = others.last() else {
        let message = format!(
            "no baseline in {}: take these results in with `tailguard baseline refresh`, and \
             commit the file",
            shelf.dir().join(suite).display()
        );
        let notice = Box::new(notice(Severity::Error, "no-baseline", suite, message));
        return Ok((Base::Absent { notice, other: None }, None));
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
        return Ok((Base::Absent { notice, other }, None));
    }
    let message = format!(
        "compared with a baseline of another machine, {other}, as the configuration allows: the \
         difference between the machines is in every number"
    );
    Ok((Base::Runs(runs), Some(notice(severity(level), "other-machine", suite, message))))
}

/// All fresh runs of a check are one session: the one that every run names, else a session of its
/// own that no stored one can equal.
fn one_session(mut runs: Vec<Run>) -> Vec<Run> {
    let mut names: Vec<String> =
        runs.iter().filter_map(|run| run.provenance.session.clone()).collect();
    names.sort();
    names.dedup();
    if names.len() > 1 {
        let session = names.join("+");
        for run in &mut runs {
            run.provenance.session = Some(session.clone());
        }
    }
    runs
}
