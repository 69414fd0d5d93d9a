//! `check`: fresh results against the committed baselines.

use std::collections::BTreeMap;

use super::error::Error;
use super::fresh::{Host, SuitePaths, read_fresh, read_runs, settle};
use super::judge::{Judged, judge_all};
use super::measurement::Measurement;
use super::taken::{Taken, one_session, sides};
use crate::baseline::Shelf;
use crate::policy::config::{Config, Suite};

/// What a check is asked to do.
pub struct CheckPlan<'a> {
    /// The configuration.
    pub config: &'a Config,
    /// Where this runs.
    pub host: &'a Host,
    /// The suites to judge, and where their fresh results lie instead of where the configuration
    /// says; empty for every suite.
    pub fresh: &'a BTreeMap<String, SuitePaths>,
    /// Base sides that were measured in the same job: they stand in for the stored baselines of
    /// their suites.
    pub base: &'a BTreeMap<String, SuitePaths>,
    /// The date by which waivers expire.
    pub today: jiff::civil::Date,
}

/// Reads, loads, compares, judges.
///
/// # Errors
/// Where a result or a baseline cannot be read, or nothing can be compared.
pub fn check(plan: &CheckPlan<'_>) -> Result<(Judged, Measurement), Error> {
    let config = plan.config;
    let chosen = chosen(config, plan.fresh)?;
    if let Some(name) = plan.base.keys().find(|name| !chosen.iter().any(|(s, _)| s.name == **name))
    {
        return Err(Error::Usage(format!(
            "--base names suite {name:?}, which is not judged\nhint: name its fresh results too: \
             --fresh {name}=PATH"
        )));
    }
    let taken: Vec<Taken> =
        chosen.iter().map(|(suite, paths)| take(plan, suite, paths)).collect::<Result<_, _>>()?;
    let measurement = Measurement::of(&taken, plan.host.commit.clone());
    let shelf = Shelf::new(config.baselines());
    let mut suites = Vec::new();
    let mut notices = Vec::new();
    for taken in taken {
        let (both, said) = sides(config, &shelf, taken)?;
        suites.push(both);
        notices.extend(said);
    }
    Ok((judge_all(config, suites, notices, plan.today)?, measurement))
}

/// Reads what was measured of a suite.
fn take(plan: &CheckPlan<'_>, suite: &Suite, paths: &SuitePaths) -> Result<Taken, Error> {
    let (name, reading) = (&suite.name, suite.reading());
    let environment = suite.environment.as_deref();
    let Some(base) = plan.base.get(name) else {
        let fresh = read_fresh(name, paths, &reading, plan.host, environment)?;
        return Ok(Taken::new(name, one_session(fresh.runs), None, fresh.notices));
    };
    let (mut fresh, mut said) = read_runs(name, paths, &reading)?;
    let (mut base, copies) = read_runs(name, base, &reading)?;
    said.extend(copies);
    let host = plan.host.of_both_sides();
    settle(&mut fresh, &host, environment);
    settle(&mut base, &host, environment);
    Ok(Taken::new(name, fresh, Some(base), said))
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
            None if !fresh.is_empty() || suite.elsewhere => continue,
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
