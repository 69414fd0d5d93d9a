//! `slo`: targets against what was measured, fresh or committed.

use std::collections::BTreeMap;
use std::path::Path;

use super::error::Error;
use super::fresh::{Host, SuitePaths, read_fresh};
use super::notices::of_runs;
use super::slo_result::{Measured, of_target, outcome};
use super::slo_unknown;
use crate::baseline::Shelf;
use crate::measure::Run;
use crate::policy::config::{self, Config, Suite};
use crate::policy::quantity::shown;
use crate::policy::{Availability, Slo};
use crate::report::{AvailabilityPolicy, Burn, Notice, SloReport, SloResult, slo_toml};
use crate::slo::availability::{BurnRule, DAYS, RULES, budget_minutes};
use crate::slo::openslo::{self, Import};
use crate::slo::{about, prometheus};
use crate::source::{self, SourceError};

/// What targets are held against.
pub struct SloPlan<'a> {
    /// The configuration.
    pub config: &'a Config,
    /// Where this runs.
    pub host: &'a Host,
    /// Suites whose fresh results lie elsewhere than the configuration says; the others are then
    /// taken from their baselines.
    pub fresh: &'a BTreeMap<String, SuitePaths>,
    /// Whether only what is committed counts, as in pages.
    pub committed: bool,
}

/// Holds every target against the fresh results of its suite, where there are any, else against the
/// committed baselines of every machine.
///
/// # Errors
/// Where there is no target, a result or a baseline cannot be read, or a target is about what nobody
/// knows.
pub fn slo(plan: &SloPlan<'_>) -> Result<SloReport, Error> {
    let config = plan.config;
    if config.slos.is_empty() {
        return Err(Error::Usage(format!(
            "no [[slo]] in {}\nhint: write one: metric = \"p95\", at-most = \"250ms\", at = \"200/s\"",
            config.path.display()
        )));
    }
    if let Some(name) = plan.fresh.keys().find(|name| config.suite(name).is_none()) {
        let known: Vec<&str> = config.suites.iter().map(|suite| suite.name.as_str()).collect();
        return Err(Error::Usage(format!(
            "no suite {name:?} in {}\nhint: the suites are: {}",
            config.path.display(),
            known.join(", ")
        )));
    }
    let mut found = Vec::new();
    let mut notices = Vec::new();
    for suite in config.suites.iter().filter(|suite| is_wanted(config, suite)) {
        let (sets, said) = find(plan, suite)?;
        found.extend(sets);
        notices.extend(said);
    }
    let results: Vec<SloResult> =
        judged(config, &found)?.into_iter().flat_map(|(_, results)| results).collect();
    let availability = config.slos.iter().filter_map(policy).collect();
    Ok(SloReport { outcome: outcome(&results), slo: results, availability, notices })
}

/// What is committed, held against every target, and what availabilities promise.
///
/// # Errors
/// Where a baseline cannot be read, or a target is about what nobody knows.
pub(super) fn committed_targets(config: &Config) -> Result<Judged<'_>, Error> {
    let mut found = Vec::new();
    for suite in config.suites.iter().filter(|suite| is_wanted(config, suite)) {
        found.extend(committed(config, &suite.name)?);
    }
    Ok((judged(config, &found)?, config.slos.iter().filter_map(policy).collect()))
}

/// Every target with its results, and every availability.
type Judged<'c> = (Vec<(&'c Slo, Vec<SloResult>)>, Vec<AvailabilityPolicy>);

/// Whether any target may be about a suite.
fn is_wanted(config: &Config, suite: &Suite) -> bool {
    config.slos.iter().any(|slo| slo.is_about(&suite.name))
}

/// Every target with what follows from runs for it, one result a row.
fn judged<'c>(
    config: &'c Config,
    found: &[Found],
) -> Result<Vec<(&'c Slo, Vec<SloResult>)>, Error> {
    let sets: Vec<Measured<'_>> = found
        .iter()
        .map(|found| Measured { suite: &found.suite, runs: &found.runs, file: found.file.clone() })
        .collect();
    slo_unknown::refuse(config, &sets)?;
    Ok(config.slos.iter().map(|slo| (slo, of_target(config, slo, &sets))).collect())
}

/// Runs of one suite and machine, and the baseline that holds them, if one does.
struct Found {
    suite: String,
    runs: Vec<Run>,
    file: Option<String>,
}

fn find(plan: &SloPlan<'_>, suite: &Suite) -> Result<(Vec<Found>, Vec<Notice>), Error> {
    let name = &suite.name;
    let paths = match plan.fresh.get(name) {
        Some(paths) => Some(paths.clone()),
        None if plan.committed || !plan.fresh.is_empty() => None,
        None => configured(plan.config, suite)?,
    };
    let Some(paths) = paths else { return Ok((committed(plan.config, name)?, Vec::new())) };
    let environment = suite.environment.as_deref();
    let fresh = read_fresh(name, &paths, &suite.reading(), plan.host, environment)?;
    let mut notices = fresh.notices;
    notices.extend(of_runs(name, &fresh.runs));
    Ok((vec![Found { suite: name.clone(), runs: fresh.runs, file: None }], notices))
}

/// Where the configuration says that fresh results lie, if anything lies there.
fn configured(config: &Config, suite: &Suite) -> Result<Option<SuitePaths>, Error> {
    for pattern in &suite.paths {
        match source::find(pattern, &config.dir) {
            Ok(_) => {
                let (patterns, dir) = (suite.paths.clone(), config.dir.clone());
                return Ok(Some(SuitePaths { patterns, dir }));
            }
            Err(SourceError::Unreadable { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(None)
}

/// The baselines of a suite, one a machine.
fn committed(config: &Config, suite: &str) -> Result<Vec<Found>, Error> {
    let shelf = Shelf::new(config.baselines());
    let mut found = Vec::new();
    for environment in shelf.environments(suite)? {
        if let Some(baseline) = shelf.load(suite, &environment)? {
            let file = shelf.file(suite, &environment);
            let file = file.strip_prefix(&config.dir).unwrap_or(&file);
            let file = Some(with_slashes(file));
            found.push(Found { suite: suite.to_owned(), runs: baseline.runs, file });
        }
    }
    Ok(found)
}

/// A path as version control writes it, whatever the system.
fn with_slashes(path: &Path) -> String {
    path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}

fn policy(slo: &Slo) -> Option<AvailabilityPolicy> {
    let Availability { objective, .. } = slo.availability.as_ref()?;
    let promised = slo.contract.map(|contract| contract.value);
    let suite = slo.scope.suite.as_deref().unwrap_or("every suite");
    let own = || format!("{suite} {}", about(&slo.scope));
    let burn = |rule: &BurnRule| Burn {
        severity: rule.severity.name(),
        rate: rule.rate,
        long: rule.long.name,
        short: rule.short.name,
        budget_share: rule.budget_share(),
        hours_to_exhaustion: rule.hours_to_exhaustion(),
    };
    Some(AvailabilityPolicy {
        id: slo.name.clone().unwrap_or_else(own),
        objective: *objective,
        days: DAYS,
        budget_minutes: budget_minutes(slo.target.value),
        contract: promised.map(|lost| ((1.0 - lost) * 1e12).round() / 1e12),
        contract_budget_minutes: promised.map(budget_minutes),
        burn_rates: RULES.iter().map(burn).collect(),
    })
}

/// The targets of `OpenSLO` documents as text to be appended to the configuration, and what was read
/// otherwise than it stands there. What the configuration would refuse is refused.
///
/// # Errors
/// Where a document has no form here, or two of them contradict each other.
pub fn import_slos(text: &str, how: &Import<'_>) -> Result<(String, Vec<String>), Error> {
    let (slos, notes) = openslo::import(text, how)?;
    let entries = slo_toml(&slos);
    let mut suites: Vec<&str> = slos.iter().filter_map(|slo| slo.scope.suite.as_deref()).collect();
    suites.sort_unstable();
    suites.dedup();
    // Whether the suites exist is for the configuration to say that this is appended to.
    let suites: String =
        suites.iter().map(|name| format!("[[suite]]\nname = {name:?}\npath = \"x\"\n")).collect();
    config::parse(&format!("{suites}{entries}"), Path::new("the imported targets"))?;
    Ok((entries, notes))
}

/// The targets of a configuration as `OpenSLO` documents, and those that have no form there.
///
/// # Errors
/// Where no target has a form.
pub fn export_openslo(config: &Config) -> Result<(String, Vec<String>), Error> {
    Ok(openslo::export(&config.slos)?)
}

/// The alert rules of the availabilities of a configuration, for Prometheus.
///
/// # Errors
/// Where there is no availability, or one without promql.
pub fn export_prometheus(config: &Config) -> Result<String, Error> {
    prometheus::rules(&config.slos).map_err(|error| {
        Error::Usage(format!("{}: {error}", shown(&config.path.display().to_string())))
    })
}
