//! Absolute limits and waivers: the rules that people wrote down.

use std::collections::BTreeSet;

use super::notices::notice;
use crate::measure::{Better, Figure, Run, Severity, Unit};
use crate::policy::config::{Config, Slo, Subject, Waiver};
use crate::policy::{Finding, Level, Verdict};
use crate::report::{Bound, Notice, SloResult, number};

/// Holds the absolute limits of a suite against what was measured, whatever the baseline says.
pub(super) fn measure(config: &Config, suite: &str, runs: &[Run]) -> Vec<SloResult> {
    let slos = config.slos.iter().filter(|slo| slo.suite == suite);
    slos.flat_map(|slo| measure_one(config, slo, suite, runs)).collect()
}

fn measure_one(config: &Config, slo: &Slo, suite: &str, runs: &[Run]) -> Vec<SloResult> {
    let level = config.gate.levels.slo;
    let mut results = Vec::new();
    let mut seen = BTreeSet::new();
    for (run, row) in runs.iter().flat_map(|run| run.rows.iter().map(move |row| (run, row))) {
        let unit = slo.metric.unit(row.unit);
        let subject = Subject {
            suite,
            tool: run.tool,
            id: &row.id,
            tags: &row.tags,
            metric: slo.metric,
            unit,
        };
        if !slo.covers(&subject) || !seen.insert((run.tool, &row.tags)) {
            continue;
        }
        let figures: Option<Vec<Figure>> = runs
            .iter()
            .flat_map(|r| r.rows.iter().filter(|other| other.tags == row.tags))
            .map(|row| row.figures.get(&slo.metric).copied())
            .collect();
        let measured = figures.and_then(|figures| Figure::mean(&figures));
        let target = slo.target_in(unit);
        let met = measured.zip(target).map(|(measured, target)| match slo.bound {
            Bound::AtMost => measured <= target,
            Bound::AtLeast => measured >= target,
        });
        let target = target.unwrap_or(f64::MAX);
        results.push(result(suite, row.id.clone(), slo, unit, target, measured, met, level));
    }
    if results.is_empty() {
        let unit = slo.metric.unit(Unit::Ms);
        let target = slo.target_in(unit).unwrap_or(f64::MAX);
        results.push(result(suite, slo.row_text(), slo, unit, target, None, None, level));
    }
    results
}

#[expect(clippy::too_many_arguments, reason = "one call site a case, each names every field")]
fn result(
    suite: &str,
    id: String,
    slo: &Slo,
    unit: Unit,
    target: f64,
    measured: Option<f64>,
    met: Option<bool>,
    level: Level,
) -> SloResult {
    let (metric, bound) = (slo.metric, slo.bound);
    SloResult { suite: suite.to_owned(), id, metric, unit, bound, target, measured, met, level }
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
        let expired = today > waiver.expires;
        let mut used = false;
        for finding in findings.iter_mut().filter(|f| f.verdict == Verdict::Regressed) {
            if !waiver.covers(&subject(finding)) {
                continue;
            }
            used = true;
            if !expired && within(waiver, finding) {
                finding.verdict = Verdict::Waived;
                finding.level = Level::Allow;
            }
        }
        if expired {
            notices.push(expiry(config, waiver));
        } else if !used && findings.iter().any(|f| f.suite == waiver.suite) {
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
        "the waiver at {}:{} for {} expired after {}: fix the regression, or renew the waiver with \
         a reason",
        config.path.display(),
        waiver.line,
        waiver.row_text(),
        waiver.expires
    );
    notice(severity(config.gate.levels.expired_waiver), "expired-waiver", &waiver.suite, message)
}

fn unused(config: &Config, waiver: &Waiver) -> Notice {
    let message = format!(
        "the waiver at {}:{} for {} (up to {}) covers no regression any more: remove it",
        config.path.display(),
        waiver.line,
        waiver.row_text(),
        number::change(waiver.up_to)
    );
    notice(severity(config.gate.levels.unused_waiver), "unused-waiver", &waiver.suite, message)
}

fn severity(level: Level) -> Severity {
    match level {
        Level::Allow => Severity::Notice,
        Level::Warn => Severity::Warning,
        Level::Deny => Severity::Error,
    }
}
