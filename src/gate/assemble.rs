//! From a judgement to a report: the same facts as plain data, with a sentence for people.

use super::because::because;
use super::judge::{Confirmation, Judged};
use crate::compare::SideSummary;
use crate::policy::{Finding, Verdict};
use crate::report::{Looked, Report, ReportRow, Rule, SCHEMA, Scale, Side};

/// The report of a judgement.
#[must_use]
pub fn report(judged: &Judged) -> Report {
    let looked = |confirmation: &Confirmation| Looked {
        planned: confirmation.planned,
        taken: confirmation.taken,
    };
    let rule = Rule {
        test: judged.test.name().to_owned(),
        alpha: judged.alpha,
        family: judged.family,
        confirmation: judged.confirmation.as_ref().filter(|c| c.taken > 0).map(looked),
    };
    Report {
        schema: SCHEMA.to_owned(),
        outcome: judged.outcome,
        exit_code: judged.outcome.exit_code(),
        rows: judged.findings.iter().map(|finding| row(finding, &rule)).collect(),
        slo: judged.limits.clone(),
        environment: judged.environment.clone(),
        notices: judged.notices.clone(),
        rule,
    }
}

fn row(finding: &Finding, rule: &Rule) -> ReportRow {
    let comparison = &finding.comparison;
    let tested = finding.tested.as_ref();
    let scale = scale(finding);
    ReportRow {
        suite: finding.suite.clone(),
        id: comparison.id.clone(),
        tags: comparison.tags.clone(),
        metric: comparison.metric,
        unit: comparison.unit,
        better: comparison.metric.better(),
        gates: finding.tolerance.gates,
        base: comparison.base.map(side),
        fresh: comparison.fresh.map(side),
        change: comparison.change().filter(|change| change.is_finite()),
        scale,
        interval: tested.map(|e| e.interval).filter(|i| i.iter().all(|x| x.is_finite())),
        p: tested.map(|e| e.p).filter(|p| p.is_finite()),
        p_adjusted: tested.map(|e| e.p_adjusted).filter(|p| p.is_finite()),
        threshold: finding.tolerance.threshold,
        // What no number of runs settles needs no advice on how finely it was measured.
        detectable: tested.filter(|_| !is_stuck(finding)).and_then(|e| e.detectable),
        runs_needed: finding.runs_needed,
        suspect: finding.suspect,
        verdict: finding.verdict,
        level: finding.level,
        because: because(finding, rule, scale),
        file: finding.file.clone(),
    }
}

/// What the changes of a row are fractions of.
fn scale(finding: &Finding) -> Scale {
    match finding.comparison.metric.is_proportion() {
        true => Scale::Absolute,
        false => Scale::Relative,
    }
}

fn side(summary: SideSummary) -> Side {
    Side { value: summary.value, runs: summary.runs, sessions: summary.sessions }
}

/// Undecided for another reason than want of runs.
fn is_stuck(finding: &Finding) -> bool {
    finding.verdict == Verdict::Inconclusive && !finding.because.more_runs_would_help()
}
