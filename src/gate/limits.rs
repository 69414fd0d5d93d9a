//! Absolute limits and waivers: the rules that people wrote down.

use std::collections::BTreeMap;

use super::notices::severity;
use crate::measure::{Figure, Row, Run, Tags, Tool, Unit};
use crate::policy::config::Config;
use crate::policy::{Finding, Level, Origin, Slo, Subject, Verdict, Waiver};
use crate::report::{Notice, SloResult};

/// Holds the absolute limits against what was measured, whatever the baselines say. A limit that no
/// row of the judged suites is about stands as not measured.
pub(super) fn measure(config: &Config, suites: &[(&str, &[Run])]) -> Vec<SloResult> {
    let mut results = Vec::new();
    for slo in &config.slos {
        let about = |suite: &str| slo.scope.suite.as_deref().is_none_or(|name| name == suite);
        let judged: Vec<_> = suites.iter().filter(|(suite, _)| about(suite)).collect();
        let before = results.len();
        for (suite, runs) in &judged {
            results.extend(measure_one(slo, suite, runs, config.levels(suite).slo));
        }
        if let (Some((suite, _)), true) = (judged.first(), results.len() == before) {
            let row =
                slo.scope.row.as_ref().map_or_else(|| "any row".to_owned(), ToString::to_string);
            results.push(unmeasured(slo, suite, &row, Unit::Ms, config.levels(suite).slo));
        }
    }
    results
}

fn measure_one(slo: &Slo, suite: &str, runs: &[Run], level: Level) -> Vec<SloResult> {
    // One run without the number, of a dead server say, and nothing is known of the limit.
    type Rows<'a> = BTreeMap<(Tool, &'a Tags), (&'a Row, Option<Vec<Figure>>)>;
    let mut rows: Rows<'_> = BTreeMap::new();
    for (run, row) in runs.iter().flat_map(|run| run.rows.iter().map(move |row| (run, row))) {
        let (tool, id, tags) = (run.tool, row.id.as_str(), &row.tags);
        let subject = Subject { suite, tool, id, tags, metric: slo.metric, unit: row.unit };
        if !tool.measures(slo.metric) || !slo.covers(&subject) {
            continue;
        }
        let (_, figures) = rows.entry((tool, tags)).or_insert_with(|| (row, Some(Vec::new())));
        match (figures.as_mut(), row.figures.get(&slo.metric)) {
            (Some(figures), Some(figure)) => figures.push(*figure),
            _ => *figures = None,
        }
    }
    rows.into_values()
        .map(|(row, figures)| {
            let mut result = unmeasured(slo, suite, &row.id, row.unit, level);
            // A limit on something else than the row measures holds for nothing.
            if slo.target_in(row.unit).is_some() {
                result.measured = figures.and_then(|figures| Figure::mean(&figures));
                result.met = result.measured.map(|value| slo.bound.allows(value, result.target));
            }
            result
        })
        .collect()
}

/// A limit before anything is known of its row; `unit` is that of the row's times.
fn unmeasured(slo: &Slo, suite: &str, id: &str, unit: Unit, level: Level) -> SloResult {
    // Where the row measures something else, the limit stands as it was written and is not met.
    let (target, unit) = match slo.target_in(unit) {
        Some(target) => (target, slo.metric.unit(unit)),
        None => (slo.target.value, slo.target.unit),
    };
    SloResult {
        suite: suite.to_owned(),
        id: id.to_owned(),
        metric: slo.metric,
        unit,
        bound: slo.bound,
        target,
        measured: None,
        met: None,
        level,
    }
}

/// Turns regressions that a waiver accepts into waived rows, and says which waivers have expired or
/// no longer serve.
pub(super) fn apply_waivers(
    config: &Config,
    findings: &mut [Finding],
    today: jiff::civil::Date,
) -> Vec<Notice> {
    let mut notices = Vec::new();
    let everything = config.suites.iter().all(|s| findings.iter().any(|f| f.suite == s.name));
    for waiver in &config.waivers {
        let suite = waiver.scope.suite.as_deref();
        let judged = |f: &Finding| suite.is_none_or(|suite| suite == f.suite);
        let mut used = false;
        let worse = |f: &&mut Finding| matches!(f.verdict, Verdict::Regressed | Verdict::Waived);
        for finding in findings.iter_mut().filter(worse) {
            if !waiver.covers(&subject(finding)) {
                continue;
            }
            used = true;
            if waiver.holds_on(today) && within(waiver, finding) {
                finding.verdict = Verdict::Waived;
                finding.level = Level::Allow;
                finding.waived_by = Some(waiver.origin.clone());
            }
        }
        if !waiver.holds_on(today) {
            notices.push(expiry(config, waiver));
        } else if !used && (suite.is_some() || everything) && findings.iter().any(judged) {
            notices.push(unused(config, waiver));
        }
    }
    notices
}

fn subject(finding: &Finding) -> Subject<'_> {
    let c = &finding.comparison;
    let (id, tags) = (c.id.as_str(), &c.tags);
    Subject { suite: &finding.suite, tool: c.tool, id, tags, metric: c.metric, unit: c.unit }
}

/// Whether the worsening stays under the waiver's ceiling.
fn within(waiver: &Waiver, finding: &Finding) -> bool {
    let better = finding.comparison.metric.better();
    finding.comparison.change().is_some_and(|change| better.worsening(change) <= waiver.up_to)
}

fn expiry(config: &Config, waiver: &Waiver) -> Notice {
    let message = format!(
        "{} expired after {}: fix the regression, or renew the waiver with a reason",
        named(config, waiver),
        waiver.expires
    );
    about(waiver, config.gate.levels.expired_waiver, "expired-waiver", message)
}

fn unused(config: &Config, waiver: &Waiver) -> Notice {
    let message = format!("{} covers no regression any more: remove it", named(config, waiver));
    about(waiver, config.gate.levels.unused_waiver, "unused-waiver", message)
}

fn named(config: &Config, waiver: &Waiver) -> String {
    let row = waiver.scope.row.as_ref().map_or_else(|| "any row".to_owned(), ToString::to_string);
    let file = config.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    match &waiver.origin {
        Origin::Config => format!("the waiver at {file}:{} for {row}", waiver.line),
        Origin::PullRequest => {
            format!("the waiver that the pull request adds at {file}:{} for {row}", waiver.line)
        }
        Origin::Label(label) => format!("the label {label:?}"),
    }
}

fn about(waiver: &Waiver, level: Level, code: &str, message: String) -> Notice {
    let suite = waiver.scope.suite.clone();
    Notice { severity: severity(level), code: code.to_owned(), suite, message }
}
