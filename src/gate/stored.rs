//! `baseline show` and `baseline diff`: what is stored, and against what.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::check::chosen;
use super::error::Error;
use super::fresh::{Host, SuitePaths, read_fresh};
use crate::baseline::{self, Baseline, Shelf};
use crate::host;
use crate::measure::{EnvironmentKey, Figure, Metric, Run, Tags, Tool, Unit};
use crate::policy::config::Config;
use crate::report::{Change, Side};
use crate::text_diff::{self, Versions};

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

/// What a git revision had stored against what is stored now: rows, and the files' text as one
/// unified diff. A file of either side alone counts too, also of a suite that is no longer
/// configured.
///
/// # Errors
/// Where a baseline of either side cannot be read.
pub fn against_revision(
    config: &Config,
    suites: &[String],
    revision: &str,
) -> Result<(Vec<Change>, String), Error> {
    let shelf = Shelf::new(config.baselines());
    if !host::is_revision(&config.dir, revision) {
        return Err(Error::Usage(format!(
            "no revision {revision:?} in the repository of {}\nhint: name a commit, branch or tag \
             that `git log` shows",
            config.dir.display()
        )));
    }
    let asked = |suite: &str| suites.is_empty() || suites.iter().any(|name| name == suite);
    let mut files: BTreeSet<(String, EnvironmentKey)> = host::files_at(revision, shelf.dir())
        .iter()
        .filter_map(|file| Shelf::names(file))
        .filter(|(suite, _)| asked(suite))
        .collect();
    for suite in config.suites.iter().filter(|suite| asked(&suite.name)) {
        let environments = shelf.environments(&suite.name)?;
        files.extend(environments.into_iter().map(|key| (suite.name.clone(), key)));
    }
    let mut all = Vec::new();
    let mut diff = String::new();
    for (suite, environment) in &files {
        let path = shelf.file(suite, environment);
        let before = host::file_at(revision, &path);
        let old = match &before {
            Some(bytes) => baseline::parse_for(bytes, suite, environment)
                .map(|baseline| baseline.runs)
                .map_err(|source| Error::Revision {
                    path: path.clone(),
                    revision: revision.to_owned(),
                    source,
                })?,
            None => Vec::new(),
        };
        let new = shelf.load(suite, environment)?.map(|baseline| baseline.runs);
        all.extend(changes(suite, &old, &new.unwrap_or_default()));
        diff.push_str(&text_diff::unified(Versions {
            name: &path.display().to_string(),
            old: &String::from_utf8_lossy(&before.unwrap_or_default()),
            new: &String::from_utf8_lossy(&shelf.bytes(suite, environment)?.unwrap_or_default()),
        }));
    }
    Ok((all, diff))
}

/// What one state of the baselines has against another, for some suites.
///
/// # Errors
/// Where a baseline of either side cannot be read.
pub fn between(old: &Config, new: &Config, suites: &[&str]) -> Result<Vec<Change>, Error> {
    let (old, new) = (Shelf::new(old.baselines()), Shelf::new(new.baselines()));
    let mut all = Vec::new();
    for suite in suites {
        let mut environments = old.environments(suite)?;
        environments.extend(new.environments(suite)?);
        environments.sort();
        environments.dedup();
        for environment in environments {
            let runs = |shelf: &Shelf| -> Result<Vec<Run>, Error> {
                Ok(shelf.load(suite, &environment)?.map(|b| b.runs).unwrap_or_default())
            };
            all.extend(changes(suite, &runs(&old)?, &runs(&new)?));
        }
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
