//! `baseline show` and `baseline diff`: what is stored, and against what.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::check::chosen;
use super::error::Error;
use super::fresh::{Host, SuitePaths, read_fresh};
use crate::baseline::{Baseline, Shelf};
use crate::host;
use crate::measure::{EnvironmentKey, Figure, Metric, Run, Tags, Tool, Unit};
use crate::policy::config::Config;
use crate::report::{Change, Side};

/// Every stored baseline of the chosen suites, by file.
///
/// # Errors
/// Where a baseline cannot be read.
pub fn show(config: &Config, suites: &[String]) -> Result<Vec<(PathBuf, Baseline)>, Error> {
    let shelf = Shelf::new(config.baselines());
    let mut stored = Vec::new();
    for suite in &config.suites {
        if !suites.is_empty() && !suites.contains(&suite.name) {
            continue;
        }
        for environment in shelf.environments(&suite.name)? {
            if let Some(baseline) = shelf.load(&suite.name, &environment)? {
                stored.push((shelf.file(&suite.name, &environment), baseline));
            }
        }
    }
    Ok(stored)
}

/// What one baseline holds, row by row.
#[must_use]
pub fn as_stored(baseline: &Baseline) -> Vec<Change> {
    changes(&baseline.suite, &[], &baseline.runs)
}

/// What is stored against fresh results.
///
/// # Errors
/// Where a result or a baseline cannot be read.
pub fn against_fresh(
    config: &Config,
    host: &Host,
    fresh: &BTreeMap<String, SuitePaths>,
) -> Result<Vec<Change>, Error> {
    let shelf = Shelf::new(config.baselines());
    let mut all = Vec::new();
    for (suite, paths) in chosen(config, fresh)? {
        let environment = suite.environment.as_deref();
        let fresh = read_fresh(&suite.name, &paths, &suite.reading(), host, environment)?;
        let stored = shelf.load(&suite.name, &fresh.environment)?;
        let runs = stored.map(|baseline| baseline.runs).unwrap_or_default();
        all.extend(changes(&suite.name, &runs, &fresh.runs));
    }
    Ok(all)
}

/// What a git revision had stored against what is stored now.
///
/// # Errors
/// Where a baseline of either side cannot be read.
pub fn against_revision(
    config: &Config,
    suites: &[String],
    revision: &str,
) -> Result<Vec<Change>, Error> {
    let shelf = Shelf::new(config.baselines());
    if !host::is_revision(&config.dir, revision) {
        return Err(Error::Usage(format!(
            "no revision {revision:?} in the repository of {}\nhint: name a commit, branch or tag \
             that `git log` shows",
            config.dir.display()
        )));
    }
    let mut all = Vec::new();
    for (path, baseline) in show(config, suites)? {
        let environment: &EnvironmentKey = &baseline.environment;
        let before = match host::file_at(revision, &path) {
            Some(bytes) => shelf.parse(&baseline.suite, environment, &bytes)?.runs,
            None => Vec::new(),
        };
        all.extend(changes(&baseline.suite, &before, &baseline.runs));
    }
    Ok(all)
}

/// Rows of either side, old against new, in a stable order; equal rows are left out.
pub(super) fn changes(suite: &str, old: &[Run], new: &[Run]) -> Vec<Change> {
    type Rows<'a> = BTreeMap<(Tool, &'a Tags, Metric), Vec<(&'a Run, &'a str, Unit, Figure)>>;
    let rows = |runs: &'_ [Run]| -> BTreeMap<_, _> {
        let mut rows: Rows<'_> = BTreeMap::new();
        for run in runs {
            for row in &run.rows {
                for (metric, figure) in &row.figures {
                    let key = (run.tool, &row.tags, *metric);
                    let unit = metric.unit(row.unit);
                    rows.entry(key).or_default().push((run, &row.id, unit, *figure));
                }
            }
        }
        rows.into_iter()
            .map(|((tool, tags, metric), seen)| {
                let (_, id, unit, _) = seen[0];
                let summary = summary(seen.iter().map(|(run, _, _, figure)| (*run, *figure)));
                ((tool, tags.clone(), metric), (id.to_owned(), unit, summary))
            })
            .collect()
    };
    let (old, new) = (rows(old), rows(new));
    let mut keys: Vec<_> = old.keys().chain(new.keys()).collect();
    keys.sort();
    keys.dedup();
    keys.into_iter()
        .filter(|key| old.get(key) != new.get(key))
        .filter_map(|key| {
            let (id, unit, _) = new.get(key).or_else(|| old.get(key))?;
            Some(Change {
                suite: suite.to_owned(),
                id: id.clone(),
                metric: key.2,
                unit: *unit,
                old: old.get(key).map(|(_, _, summary)| *summary),
                new: new.get(key).map(|(_, _, summary)| *summary),
            })
        })
        .collect()
}

fn summary<'a>(seen: impl Iterator<Item = (&'a Run, Figure)>) -> Side {
    let (runs, figures): (Vec<&Run>, Vec<Figure>) = seen.unzip();
    let mut sessions: Vec<_> = runs.iter().map(|run| &run.provenance.session).collect();
    sessions.sort();
    sessions.dedup();
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let value = Figure::mean(&figures).unwrap_or(f64::NAN);
    Side { value, runs: count(runs.len()), sessions: count(sessions.len()) }
}
