//! From the two sides of every suite to one judgement.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::copies::{self, Copied};
use super::error::Error;
use super::limits;
use super::notices;
use super::slo_result::{self, Measured};
use super::slo_unknown;
use super::taken::Again;
use crate::compare::{Presence, Test, compare_known, suite_shift};
use crate::history::KnownNoise;
use crate::measure::{Machine, Metric, Row, Run, Severity, Tags, Tool};
use crate::policy::config::Config;
use crate::policy::{
    Because, Confirmed, Finding, Level, Looks, Outcome, Procedure, Staged, Verdict, confirm, judge,
    weighed,
};
use crate::report::{Environment, Notice, SloResult};

/// Both sides of one suite.
#[derive(Debug, Clone)]
pub(super) struct Sides {
    pub(super) suite: String,
    pub(super) base: Base,
    pub(super) fresh: Vec<Run>,
    /// How rows scatter, as far as a calibration told.
    pub(super) noise: Vec<KnownNoise>,
    /// What was measured again of both sides, where they were screened.
    pub(super) again: Option<Again>,
}

/// Both sides of one suite, with all that must not be compared left out.
struct Comparable<'a> {
    suite: &'a str,
    base: Vec<Run>,
    fresh: Vec<Run>,
    /// Fresh rows that hold nothing but samples of the base side.
    copied: Copied,
    noise: &'a [KnownNoise],
    again: Option<&'a Again>,
}

/// What there is to compare with.
#[derive(Debug, Clone)]
pub(super) enum Base {
    /// Runs of the same environment, or of another where policy allows that.
    Runs(Vec<Run>),
    /// Nothing, and why; perhaps because all there is was measured on another machine.
    Absent { notice: Box<Notice>, other: Option<Box<Machine>> },
}

/// Everything that was decided, before it is put into words.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// What follows for the build.
    pub outcome: Outcome,
    /// One a row and metric.
    pub findings: Vec<Finding>,
    /// Absolute limits.
    pub limits: Vec<SloResult>,
    /// What a reader should know beside.
    pub notices: Vec<Notice>,
    /// The machines of both sides.
    pub environment: Environment,
    /// The name of the test.
    pub test: Test,
    /// Family-wise error rate.
    pub alpha: f64,
    /// Gating rows that were tested; where rows were screened, those that were flagged.
    pub family: usize,
    /// How it was confirmed, where rows were screened.
    pub confirmation: Option<Confirmation>,
}

/// How a confirmation went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// Looks that were planned.
    pub planned: u32,
    /// Looks that were taken.
    pub taken: u32,
    /// By suite, the rows that more rounds could still confirm.
    pub open: BTreeMap<String, BTreeSet<String>>,
}

/// Judges all suites together. `notices` are what reading them told.
pub(super) fn judge_all(
    config: &Config,
    suites: Vec<Sides>,
    mut notices: Vec<Notice>,
    today: jiff::civil::Date,
) -> Result<Judged, Error> {
    let mut comparable = Vec::new();
    let mut denied = false;
    let mut environment =
        Environment { same: true, base: Machine::default(), fresh: Machine::default() };
    let fresh: Vec<_> = suites.iter().map(|s| (s.suite.as_str(), s.fresh.as_slice())).collect();
    let limits = limits::measure(config, &fresh);
    slo_unknown::refuse(config, &everything_known(&suites))?;
    for sides in &suites {
        if let Some(run) = sides.fresh.first() {
            environment.fresh = run.provenance.machine.clone().unwrap_or_default();
        }
        let base = match &sides.base {
            Base::Absent { notice, other } => {
                notices.push(notice.as_ref().clone());
                denied = true;
                environment.same &= other.is_none();
                environment.base = other.as_deref().cloned().unwrap_or(environment.base);
                continue;
            }
            Base::Runs(runs) => runs,
        };
        if let Some(run) = base.first() {
            environment.base = run.provenance.machine.clone().unwrap_or_default();
            environment.same &= environment.base.key() == environment.fresh.key();
        }
        let (base, said) = notices::set_aside(&sides.suite, base, &sides.fresh);
        notices.extend(said);
        if base.is_empty() {
            notices.push(notices::nothing_left(&sides.suite));
            denied = true;
            continue;
        }
        in_common(&sides.suite, &base, &sides.fresh)?;
        let (fresh, copied) = copies::leave_out_stored(&sides.fresh, &base);
        notices.extend(copies::told(&sides.suite, &copied, "a baseline run"));
        let (suite, again) = (sides.suite.as_str(), sides.again.as_ref());
        let noise = &sides.noise;
        comparable.push(Comparable { suite, base, fresh, copied, noise, again });
    }
    let planned = suites.iter().filter_map(|sides| Some(sides.again.as_ref()?.rounds)).max();
    let looks = planned.and_then(Looks::over).filter(|_| Looks::suit(config.gate.test));
    let (screened, whole): (Vec<_>, Vec<_>) = comparable
        .iter()
        .partition(|suite: &&Comparable<'_>| looks.is_some() && suite.again.is_some());
    let (mut findings, mut family) = one_shot(config, &whole);
    let confirmation = looks.filter(|_| !screened.is_empty()).map(|looks| {
        let confirmed = staged(config, &screened, &looks);
        findings.extend(confirmed.findings);
        family += confirmed.family;
        Confirmation { planned: looks.number(), taken: confirmed.looks, open: confirmed.open }
    });
    for Comparable { suite, noise, .. } in &comparable {
        notices.extend(notices::by_known_noise(suite, noise, &findings));
        for metric in Metric::ALL {
            let rows = findings.iter().filter(|finding| finding.suite == *suite);
            if let Some(shift) = suite_shift(rows.map(|finding| &finding.comparison), metric) {
                notices.push(notices::shifted(suite, shift));
            }
        }
    }
    notices.extend(confirmation.iter().flat_map(notices::undecided));
    findings = one_line_a_whole_row(findings);
    let waivers = limits::apply_waivers(config, &mut findings, today);
    denied |= waivers.iter().any(|notice| notice.severity == Severity::Error);
    notices.extend(waivers);
    for sides in suites.iter().filter(|sides| matches!(sides.base, Base::Runs(_))) {
        let untested = notices::nothing_tested(config, &sides.suite, &findings);
        denied |= untested.iter().any(|notice| notice.severity == Severity::Error);
        notices.extend(untested);
    }
    findings.sort_by(worst_first);
    notices.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.cmp(b)));
    notices.dedup();
    let outcome = outcome(&findings, &limits, denied);
    let (test, alpha) = (config.gate.test, config.gate.alpha);
    Ok(Judged {
        outcome,
        findings,
        limits,
        notices,
        environment,
        test,
        alpha,
        family,
        confirmation,
    })
}

/// The runs of both sides of every suite that has a baseline: without one, a row may be new.
fn everything_known(suites: &[Sides]) -> Vec<Measured<'_>> {
    let mut known = Vec::new();
    for Sides { suite, base, fresh, .. } in suites {
        if let Base::Runs(base) = base {
            known.extend([base, fresh].map(|runs| Measured { suite, runs, file: None }));
        }
    }
    known
}

/// Every row by all that was measured of it; with the number of gating rows.
fn one_shot(config: &Config, suites: &[&Comparable<'_>]) -> (Vec<Finding>, usize) {
    let mut cases = Vec::new();
    for Comparable { suite, base, fresh, copied, noise, .. } in suites {
        let mut comparisons = compare_known(base, fresh, config.gate.test, noise);
        for comparison in &mut comparisons {
            let key = (comparison.tool, comparison.tags.clone());
            if comparison.presence == Presence::OnlyBase && copied.contains_key(&key) {
                comparison.presence = Presence::NotMeasuredAgain;
            }
        }
        cases.extend(weighed(config, suite, comparisons));
    }
    judge(cases, config.gate.alpha, Procedure::OneShot)
}

/// Rows that were screened, by what confirms it.
fn staged(config: &Config, suites: &[&Comparable<'_>], looks: &Looks) -> Confirmed {
    // Samples that were seen before confirm nothing.
    let fresh_only = |suite: &Comparable<'_>| match suite.again {
        None => (Vec::new(), Vec::new()),
        Some(again) => {
            let (base, _) = copies::leave_out_stored(&again.base, &suite.base);
            let seen = [suite.base.as_slice(), &suite.fresh, &base].concat();
            let (fresh, _) = copies::leave_out_stored(&again.fresh, &seen);
            (base, fresh)
        }
    };
    let again: Vec<_> = suites.iter().map(|suite| fresh_only(suite)).collect();
    let sides: Vec<Staged<'_>> = suites
        .iter()
        .zip(&again)
        .map(|(Comparable { suite, base, fresh, .. }, (base_again, fresh_again))| Staged {
            suite,
            base,
            fresh,
            base_again,
            fresh_again,
        })
        .collect();
    confirm(config, &sides, looks)
}

fn outcome(findings: &[Finding], limits: &[SloResult], undecided: bool) -> Outcome {
    let denied: Vec<&Finding> = findings.iter().filter(|f| f.level == Level::Deny).collect();
    let limits = slo_result::outcome(limits);
    if limits == Outcome::Fail || denied.iter().any(|f| f.verdict == Verdict::Regressed) {
        Outcome::Fail
    } else if undecided || !denied.is_empty() || limits == Outcome::Undecided {
        Outcome::Undecided
    } else {
        Outcome::Pass
    }
}

/// A row that is gone, new, stale or without data is one piece of news and not one a metric: its first
/// gating metric stands for all.
fn one_line_a_whole_row(findings: Vec<Finding>) -> Vec<Finding> {
    let key = |f: &Finding| (f.suite.clone(), f.comparison.tool, f.comparison.tags.clone());
    let compared: BTreeSet<_> =
        findings.iter().filter(|f| !is_of_whole_row(f.because)).map(key).collect();
    let mut told = BTreeSet::new();
    let mut kept = findings;
    // What is denied first, then what gates, so that the one that is kept is the one that counts.
    kept.sort_by_key(|f| (Reverse(f.level), !f.tolerance.gates));
    kept.retain(|f| {
        !is_of_whole_row(f.because)
            || compared.contains(&key(f))
            || told.insert((key(f), f.verdict))
    });
    kept
}

fn is_of_whole_row(because: Because) -> bool {
    matches!(
        because,
        Because::OnlyBase
            | Because::OnlyFresh
            | Because::NothingMeasured
            | Because::NotMeasuredAgain
    )
}

/// By level, then verdict, then how certain, then name: what a reader must see comes first.
fn worst_first(a: &Finding, b: &Finding) -> std::cmp::Ordering {
    let size = |f: &Finding| f.comparison.contrast.as_ref().map_or(0.0, |c| c.estimate.abs());
    b.level
        .cmp(&a.level)
        .then_with(|| a.verdict.cmp(&b.verdict))
        .then_with(|| b.suspect.cmp(&a.suspect))
        .then_with(|| b.tolerance.gates.cmp(&a.tolerance.gates))
        .then_with(|| size(b).total_cmp(&size(a)))
        .then_with(|| a.suite.cmp(&b.suite))
        .then_with(|| a.comparison.id.cmp(&b.comparison.id))
        .then_with(|| a.comparison.tags.cmp(&b.comparison.tags))
        .then_with(|| a.comparison.metric.cmp(&b.comparison.metric))
}

fn in_common(suite: &str, base: &[Run], fresh: &[Run]) -> Result<(), Error> {
    let rows = |runs: &[Run]| -> BTreeSet<(Tool, Tags)> {
        runs.iter()
            .flat_map(|run| run.rows.iter().map(|row| (run.tool, row.tags.clone())))
            .collect()
    };
    if !rows(base).is_disjoint(&rows(fresh)) {
        return Ok(());
    }
    Err(Error::NothingInCommon {
        suite: suite.to_owned(),
        base: examples(base),
        fresh: examples(fresh),
    })
}

/// The first few rows of a side, for an error message.
fn examples(runs: &[Run]) -> String {
    let rows: BTreeSet<&str> =
        runs.iter().flat_map(|run| run.rows.iter().map(|row: &Row| row.id.as_str())).collect();
    let shown: Vec<String> = rows.iter().take(3).map(|id| format!("{id:?}")).collect();
    match (rows.len(), shown.len()) {
        (0, _) => "no rows".to_owned(),
        (all, some) if all > some => format!("{} and {} more", shown.join(", "), all - some),
        _ => shown.join(", "),
    }
}
