//! Targets on what nobody knows: a misspelt endpoint must not stand as one that was not measured.

use std::collections::BTreeSet;

use super::slo_result::Measured;
use crate::measure::{Row, Run};
use crate::policy::config::{Config, ConfigError};
use crate::policy::quantity::shown;
use crate::policy::{Pattern, Slo};
use crate::slo;

/// Names that an error lists.
const LISTED: usize = 10;

/// Refuses targets that no row of the runs is about. `known` holds everything that is known of a
/// suite; a target that may be about another suite is not spoken of.
///
/// # Errors
/// The first such target, by its line.
pub(super) fn refuse(config: &Config, known: &[Measured<'_>]) -> Result<(), ConfigError> {
    for slo in &config.slos {
        let mut suites =
            config.suites.iter().map(|suite| suite.name.as_str()).filter(|name| slo.is_about(name));
        let of = |name: &str| known.iter().any(|set| set.suite == name && !set.runs.is_empty());
        if !suites.all(of) {
            continue;
        }
        let sets: Vec<&Measured<'_>> = known.iter().filter(|set| slo.is_about(set.suite)).collect();
        if sets.iter().any(|set| slo::covers(slo, set.suite, set.runs)) {
            continue;
        }
        let runs: Vec<&Run> = sets.iter().flat_map(|set| set.runs).collect();
        let (what, hint) = unknown(slo, &runs);
        let message = format!("no row of {} {what}", place(slo));
        let (path, line) = (config.path.clone(), slo.line);
        return Err(ConfigError::Invalid { path, line, message, hint });
    }
    Ok(())
}

fn place(slo: &Slo) -> String {
    match &slo.scope.suite {
        Some(suite) => format!("suite {}", shown(suite)),
        None => "any suite".to_owned(),
    }
}

/// What the rows lack, and what was perhaps meant.
fn unknown(slo: &Slo, runs: &[&Run]) -> (String, String) {
    let rows: Vec<&Row> = runs.iter().flat_map(|run| &run.rows).collect();
    for (key, wanted) in &slo.scope.tags {
        let values: BTreeSet<&str> =
            rows.iter().filter_map(|row| row.tags.get(key)).map(String::as_str).collect();
        if values.is_empty() {
            let keys: BTreeSet<&str> =
                rows.iter().flat_map(|row| row.tags.keys()).map(String::as_str).collect();
            return (format!("has a tag '{}'", shown(key)), meant(key, &keys));
        }
        if !values.iter().any(|value| wanted.matches(value)) {
            let what = format!("has {} = '{}'", shown(key), shown(wanted.as_str()));
            return (what, meant(wanted.as_str(), &values));
        }
    }
    let ids: BTreeSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let fits = |row: &Pattern| ids.iter().any(|id| row.matches(id));
    if let Some(row) = slo.scope.row.as_ref().filter(|row| !fits(row)) {
        return (format!("is '{}'", shown(row.as_str())), meant(row.as_str(), &ids));
    }
    if !runs.iter().any(|run| run.tool.measures(slo.metric)) {
        let hint = "docs/performance/policy.md lists the metrics of each tool".to_owned();
        return (format!("has a {}", slo.metric.name()), hint);
    }
    let hint = "compare the target with what `tailguard inspect` shows".to_owned();
    ("is all that the target names".to_owned(), hint)
}

/// The nearest of some names, or the first of them.
fn meant(word: &str, known: &BTreeSet<&str>) -> String {
    let known: Vec<&str> = known.iter().copied().collect();
    // 0.6 is difflib's customary bound for a near match.
    if let Some(near) = similar::get_close_matches(word, &known, 1, 0.6).first() {
        return format!("did you mean '{}'?", shown(near));
    }
    let listed: Vec<String> = known.iter().take(LISTED).map(|name| shown(name)).collect();
    match known.len().saturating_sub(LISTED) {
        0 if listed.is_empty() => "nothing was measured".to_owned(),
        0 => format!("there are: {}", listed.join(", ")),
        more => format!("there are: {} and {more} more", listed.join(", ")),
    }
}
