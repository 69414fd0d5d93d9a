//! Targets and waivers: the rules that people wrote down.

use super::notices::severity;
use super::slo_result::{Measured, of_target};
use crate::measure::Run;
use crate::policy::config::Config;
use crate::policy::{Finding, Level, Origin, Slo, Subject, Verdict, Waiver};
use crate::report::{Notice, SloResult};

/// Holds the targets against what was measured, whatever the baselines say. A target that no row of
/// the judged suites is about stands as not measured.
pub(super) fn measure(config: &Config, suites: &[(&str, &[Run])]) -> Vec<SloResult> {
    let sets: Vec<Measured<'_>> =
        suites.iter().map(|(suite, runs)| Measured { suite, runs, file: None }).collect();
    let judged = |slo: &&Slo| sets.iter().any(|set| slo.is_about(set.suite));
    config.slos.iter().filter(judged).flat_map(|slo| of_target(config, slo, &sets)).collect()
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
