//! What the baselines know of one number: the measured inputs of plan, pools and triggers.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::super::error::Error;
use crate::baseline::Shelf;
use crate::capacity::figure::{Amount, Known, Source};
use crate::measure::EnvironmentKey;
use crate::measure::{Metric, Row, Run, Tags, Tool, Unit};
use crate::policy::config::{Config, LimitOf, Watch};
use crate::slo::spread::{self, Observation};
use crate::source::sidecar::{self, Sidecar};
use crate::stats::prior::Prior;

/// The baseline of one suite.
pub(super) struct Stored {
    pub(super) runs: Vec<Run>,
    pub(super) source: Source,
}

/// The baseline of a suite on the machine that counts, or why there is none: a lowercase fragment.
///
/// # Errors
/// A baseline that cannot be read.
pub(super) fn stored(config: &Config, suite: &str) -> Result<Result<Stored, String>, Error> {
    let shelf = Shelf::new(config.baselines());
    let none = || Ok(Err(format!("no baseline of suite {suite} is stored")));
    if shelf.environments(suite)?.is_empty() {
        return none();
    }
    let Some(environment) = counting(config)? else { return none() };
    let Some(baseline) = shelf.load(suite, &environment)? else {
        return Ok(Err(format!("no baseline of suite {suite} is of {environment}")));
    };
    let file = config.gate.baselines.join(suite).join(format!("{environment}.json"));
    let source = source(&baseline.runs, &file);
    Ok(Ok(Stored { runs: baseline.runs, source }))
}

/// The machine whose baselines count: the one that `[capacity]` names, else the one that was measured last.
/// One for all suites, for what different machines carry does not add up; and by what is committed, so
/// that every machine computes the same.
///
/// # Errors
/// A baseline that cannot be read.
pub(in crate::gate) fn counting(config: &Config) -> Result<Option<EnvironmentKey>, Error> {
    let named = config.capacity.as_ref().and_then(|capacity| capacity.environment.as_deref());
    if let Some(name) = named {
        return Ok(Some(EnvironmentKey::new(name)));
    }
    let shelf = Shelf::new(config.baselines());
    let mut places: BTreeMap<EnvironmentKey, Vec<&str>> = BTreeMap::new();
    for suite in suites_that_count(config) {
        for environment in shelf.environments(suite)? {
            places.entry(environment).or_default().push(suite);
        }
    }
    if places.len() <= 1 {
        return Ok(places.into_keys().next());
    }
    let mut newest: Option<(Option<String>, EnvironmentKey)> = None;
    for (environment, suites) in places {
        let mut last: Option<String> = None;
        for suite in suites {
            let runs = shelf.load(suite, &environment)?.map(|baseline| baseline.runs);
            let times = runs.iter().flatten().filter_map(|run| run.provenance.time.clone());
            last = last.into_iter().chain(times).max();
        }
        if newest.as_ref().is_none_or(|(known, _)| last > *known) {
            newest = Some((last, environment));
        }
    }
    Ok(newest.map(|(_, environment)| environment))
}

/// The suites that plans, pools, triggers and pages of load tests rest on: where the others were measured
/// says nothing of these.
fn suites_that_count(config: &Config) -> BTreeSet<&str> {
    let mut suites = BTreeSet::new();
    if let Some(capacity) = &config.capacity {
        suites.extend(capacity.size.as_ref().map(|size| size.suite.as_str()));
        suites.extend(capacity.limits.iter().filter_map(|limit| match &limit.of {
            LimitOf::Carried { of, .. } => Some(of.suite.as_str()),
            LimitOf::Breakpoint(_) | LimitOf::Fit(_) => None,
        }));
    }
    suites.extend(config.database.as_ref().and_then(|database| database.suite.as_deref()));
    suites.extend(config.triggers.iter().filter_map(|trigger| match &trigger.watch {
        Watch::Row(of) => Some(of.suite.as_str()),
        _ => None,
    }));
    let scenarios = config.docs.iter().flat_map(|docs| &docs.scenarios);
    suites.extend(scenarios.filter_map(|scenario| scenario.suite.as_deref()));
    suites
}

/// Where the numbers of some runs come from.
fn source(runs: &[Run], file: &Path) -> Source {
    let commits: BTreeSet<&str> =
        runs.iter().filter_map(|run| run.provenance.commit.as_deref()).collect();
    let times: BTreeSet<&str> =
        runs.iter().filter_map(|run| run.provenance.time.as_deref()).collect();
    let machine = runs.iter().find_map(|run| run.provenance.machine.as_ref());
    Source {
        file: slashes(file),
        commits: commits.into_iter().map(str::to_owned).collect(),
        machine: machine.map(|machine| machine.key().to_string()),
        times: times.first().zip(times.last()).map(|(a, b)| ((*a).to_owned(), (*b).to_owned())),
    }
}

/// Where a file comes from that says nothing of it itself: what the sidecar beside it says.
///
/// # Errors
/// A sidecar that is there and cannot be read.
pub(super) fn beside(dir: &Path, file: &str) -> Result<Source, Error> {
    let known = sidecar::read_beside(&dir.join(file))?.map(Sidecar::provenance).unwrap_or_default();
    let time = known.time;
    Ok(Source {
        file: slashes(Path::new(file)),
        commits: known.commit.into_iter().collect(),
        machine: known.machine.map(|machine| machine.key().to_string()),
        times: time.map(|time| (time.clone(), time)),
    })
}

/// A path as every system writes it in the repository.
pub(super) fn slashes(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

impl Stored {
    /// One metric of one row over all runs, in the unit that is returned with it.
    pub(super) fn figure(&self, id: &str, metric: Metric) -> (Known, Unit) {
        let rows: Vec<(&Run, &Row)> = self.rows(|row| row.id == id);
        let unit = metric.unit(rows.first().map_or(Unit::Ms, |(_, row)| row.unit));
        let known = |amount| Known { amount, source: self.source.clone() };
        match rows.as_slice() {
            [] => (known(Err(format!("the baseline has no row {id:?}"))), unit),
            rows => (known(self.estimate(rows, metric)), unit),
        }
    }

    /// The rows of all runs that fit.
    pub(super) fn rows(&self, fits: impl Fn(&Row) -> bool) -> Vec<(&Run, &Row)> {
        let mut found = Vec::new();
        for run in &self.runs {
            found.extend(run.rows.iter().filter(|row| fits(row)).map(|row| (run, row)));
        }
        found
    }

    /// One metric of the rows of one kind, one a run. One run of a dead server, and nothing is known.
    pub(super) fn estimate(&self, rows: &[(&Run, &Row)], metric: Metric) -> Result<Amount, String> {
        let mut observations = Vec::new();
        for (run, row) in rows {
            match row.figures.get(&metric) {
                Some(figure) if !row.damaged => {
                    observations.push(Observation { session: session(run), figure: *figure });
                }
                _ => return Err(format!("a run has no {} of {}", metric.name(), row.id)),
            }
        }
        let estimate = spread::estimate(&observations, self.prior(metric));
        estimate.map(Amount::of).ok_or_else(|| format!("no {} is stored", metric.name()))
    }

    /// How the metric scatters between repetitions, by the rows of the whole suite.
    fn prior(&self, metric: Metric) -> Prior {
        let mut rows: BTreeMap<(Tool, &Tags), Vec<Observation<'_>>> = BTreeMap::new();
        for run in &self.runs {
            for row in &run.rows {
                if let Some(figure) = row.figures.get(&metric) {
                    let observation = Observation { session: session(run), figure: *figure };
                    rows.entry((run.tool, &row.tags)).or_default().push(observation);
                }
            }
        }
        let variances: Vec<_> = rows.values().filter_map(|seen| spread::variance(seen)).collect();
        spread::prior(&variances)
    }
}

fn session(run: &Run) -> &str {
    run.provenance.session.as_deref().unwrap_or_default()
}
