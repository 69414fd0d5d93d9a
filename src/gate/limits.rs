//! Absolute limits and waivers: the rules that people wrote down.

use std::collections::BTreeSet;

use crate::measure::{Better, Figure, Run, Severity, Unit};
use crate::policy::config::Config;
use crate::policy::{Finding, Level, Slo, Subject, Verdict, Waiver};
use crate::report::{Notice, SloResult};

/// Holds the absolute limits of a suite against what was measured, whatever the baseline says.
pub(super) fn measure(config: &Config, suite: &str, runs: &[Run]) -> Vec<SloResult> {
    let about = |slo: &&Slo| slo.scope.suite.as_deref().is_none_or(|name| name == suite);
    let level = config.levels(suite).slo;
    let limits = config.slos.iter().filter(about);
    limits.flat_map(|slo| measure_one(slo, suite, runs, level)).collect()
}

fn measure_one(slo: &Slo, suite: &str, runs: &[Run], level: Level) -> Vec<SloResult> {
    let mut results = Vec::new();
    let mut seen = BTreeSet::new();
    for (run, row) in runs.iter().flat_map(|run| run.rows.iter().map(move |row| (run, row))) {
        let (tool, id, tags) = (run.tool, row.id.as_str(), &row.tags);
        let subject = Subject { suite, tool, id, tags, metric: slo.metric, unit: row.unit };
        if !slo.covers(&subject) || !seen.insert((run.tool, &row.tags)) {
            continue;
        }
        // One run without the number, of a dead server say, and nothing is known of the limit.
        let figures: Option<Vec<Figure>> = runs
            .iter()
            .flat_map(|r| r.rows.iter().filter(|other| other.tags == row.tags))
            .map(|row| row.figures.get(&slo.metric).copied())
            .collect();
        let measured = figures.and_then(|figures| Figure::mean(&figures));
        results.push(SloResult { measured, ..unmeasured(slo, suite, id, row.unit, level) });
    }
    for result in &mut results {
        result.met = result.measured.map(|measured| slo.bound.allows(measured, result.target));
    }
    if results.is_empty() {
        let row = slo.scope.row.as_ref().map_or_else(|| "any row".to_owned(), ToString::to_string);
        results.push(unmeasured(slo, suite, &row, Unit::Ms, level));
    }
    results
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
    for waiver in &config.waivers {
        let suite = waiver.scope.suite.as_deref();
        let judged = |f: &Finding| suite.is_none_or(|suite| suite == f.suite);
        let mut used = false;
        for finding in findings.iter_mut().filter(|f| f.verdict == Verdict::Regressed) {
            if !waiver.covers(&subject(finding)) {
                continue;
            }
            used = true;
            if waiver.holds_on(today) && within(waiver, finding) {
                finding.verdict = Verdict::Waived;
                finding.level = Level::Allow;
            }
        }
        if !waiver.holds_on(today) {
            notices.push(expiry(config, waiver));
        } else if !used && findings.iter().any(judged) {
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
    finding.comparison.change().is_some_and(|change| match finding.comparison.metric.better() {
        Better::Lower => change <= waiver.up_to,
        Better::Higher => -change <= waiver.up_to,
    })
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
    format!("the waiver at {file}:{} for {row}", waiver.line)
}

fn about(waiver: &Waiver, level: Level, code: &str, message: String) -> Notice {
    let suite = waiver.scope.suite.clone();
    Notice { severity: severity(level), code: code.to_owned(), suite, message }
}

fn severity(level: Level) -> Severity {
    match level {
        Level::Allow => Severity::Notice,
        Level::Warn => Severity::Warning,
        Level::Deny => Severity::Error,
    }
}
