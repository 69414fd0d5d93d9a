//! What a reader should know beside the rows, and the runs that must not be compared.

use std::collections::{BTreeMap, BTreeSet};

use super::judge::Confirmation;
use crate::compare::{Comparison, Design, Shift};
use crate::history::KnownNoise;
use crate::measure::{Metric, Run, Severity, Tool, Workload};
use crate::policy::config::Config;
use crate::policy::{Finding, Level, Verdict};
use crate::report::{Notice, Scale, number};

/// Rows or runs of one problem that are named before the rest is counted.
const NAMED: usize = 3;

/// The problems of the runs of one side, each told once, with the rows and paths concerned.
pub(super) fn of_runs(suite: &str, runs: &[Run]) -> Vec<Notice> {
    type Told<'a> = BTreeMap<(Severity, &'static str, &'a str), Concerned<'a>>;
    let mut told: Told<'_> = BTreeMap::new();
    for run in runs {
        for problem in &run.problems {
            let key = (problem.severity, problem.code, problem.message.as_str());
            let concerned = told.entry(key).or_default();
            concerned.paths.insert(&run.path);
            concerned.rows.extend(problem.row.as_deref());
        }
    }
    told.into_iter()
        .map(|((severity, code, message), concerned)| {
            let rows = match concerned.rows.len() {
                0 => String::new(),
                1 => format!("row {}: ", some_of(&concerned.rows)),
                _ => format!("rows {}: ", some_of(&concerned.rows)),
            };
            let message = format!("{rows}{message} ({})", some_of(&concerned.paths));
            notice(severity, code, suite, message)
        })
        .collect()
}

/// What a problem is about.
#[derive(Default)]
struct Concerned<'a> {
    rows: BTreeSet<&'a str>,
    paths: BTreeSet<&'a str>,
}

fn some_of(names: &BTreeSet<&str>) -> String {
    let named = names.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

/// Where rows with one session a side were judged by what a calibration told of them.
pub(super) fn by_known_noise(
    suite: &str,
    noise: &[KnownNoise],
    findings: &[Finding],
) -> Option<Notice> {
    let by_it: Vec<&Comparison> = findings
        .iter()
        .filter(|f| f.suite == suite && f.comparison.design == Design::Assumed)
        .map(|f| &f.comparison)
        .filter(|c| c.contrast.as_ref().is_some_and(|contrast| contrast.df.is_finite()))
        .collect();
    let rows = by_it.iter().map(|c| (c.tool, &c.tags)).collect::<BTreeSet<_>>().len();
    let is_of = |known: &&KnownNoise| {
        let of = (known.of.tool, &known.of.tags, known.of.metric);
        by_it.iter().any(|c| (c.tool, &c.tags, c.metric) == of)
    };
    let sessions = noise.iter().filter(is_of).map(|known| known.sessions).max()?;
    let message = format!(
        "{} with one session a side {} by the noise that {} showed to `calibrate --store`",
        number::count(rows, "row"),
        if rows == 1 { "is judged" } else { "are judged" },
        number::count(sessions as usize, "session")
    );
    Some(notice(Severity::Notice, "known-noise", suite, message))
}

/// The runs that may be compared, and what is said about the others: a run that lies on both sides
/// proves nothing, and runs of different workload models measure different things.
pub(super) fn set_aside(suite: &str, base: &[Run], fresh: &[Run]) -> (Vec<Run>, Vec<Notice>) {
    let mut notices = Vec::new();
    let ids: BTreeSet<&str> = fresh.iter().map(|run| run.id.as_str()).collect();
    let same: Vec<&Run> = base.iter().filter(|run| ids.contains(run.id.as_str())).collect();
    // Where the baseline has other sessions, a session that shares a run with the fresh side is the
    // fresh side's own session under another name, and all of it has to go.
    let sessions: BTreeSet<_> = base.iter().map(|run| &run.provenance.session).collect();
    let tainted: BTreeSet<_> = match sessions.len() {
        0 | 1 => BTreeSet::new(),
        _ => same.iter().map(|run| &run.provenance.session).collect(),
    };
    let mut kept: Vec<Run> = base
        .iter()
        .filter(|run| !ids.contains(run.id.as_str()))
        .filter(|run| !tainted.contains(&run.provenance.session))
        .cloned()
        .collect();
    if !same.is_empty() {
        let message = format!(
            "{} of {} fresh runs are byte for byte in the baseline; {} baseline runs of the same \
             measurement were set aside",
            same.len(),
            fresh.len(),
            base.len() - kept.len()
        );
        notices.push(notice(Severity::Warning, "same-run", suite, message));
    }
    if let Some(model) = fresh.iter().find_map(|run| run.workload) {
        let other = |run: &Run| run.workload.is_some_and(|w| w != model);
        let count = kept.iter().filter(|run| other(run)).count();
        kept.retain(|run| !other(run));
        if count > 0 {
            let (here, there) = match model {
                Workload::Open => ("open", "closed"),
                Workload::Closed => ("closed", "open"),
            };
            let message = format!(
                "{count} baseline runs offered load by the {there} model and the fresh runs by the \
                 {here} model; they were not compared"
            );
            notices.push(notice(Severity::Warning, "other-workload", suite, message));
        }
    }
    notices.extend(other_version(suite, &kept, fresh));
    (kept, notices)
}

/// Nothing is left to compare.
pub(super) fn nothing_left(suite: &str) -> Notice {
    let message = "no baseline run is left to compare with: measure again, or compare with another \
                   baseline";
    notice(Severity::Error, "nothing-compared", suite, message.to_owned())
}

/// A suite that moved as a whole.
pub(super) fn shifted(suite: &str, shift: Shift) -> Notice {
    let message = format!(
        "all {} rows moved by about {} ({}): suspect the machine before the code",
        shift.rows,
        number::change(shift.change, Scale::Relative),
        shift.metric.name()
    );
    notice(Severity::Warning, "suite-shift", suite, message)
}

/// A suite of which no gating row could be tested, or whose first metric nobody measured: both look
/// like a pass and are none.
pub(super) fn nothing_tested(config: &Config, suite: &str, findings: &[Finding]) -> Vec<Notice> {
    let severity = severity(config.levels(suite).nothing_tested);
    let gating: Vec<&Finding> =
        findings.iter().filter(|f| f.suite == suite && f.tolerance.gates).collect();
    let tested = |f: &&&Finding| match f.verdict {
        Verdict::Untested | Verdict::New | Verdict::Missing | Verdict::NoData => false,
        // Gross changes for the better show in one session; that nothing got worse does not.
        Verdict::Improved => f.comparison.design != Design::Assumed,
        _ => true,
    };
    let mut notices = Vec::new();
    if !gating.iter().any(|f| tested(&f)) && findings.iter().any(|f| f.suite == suite) {
        let message = "no gating row could be tested: collect more sessions with `tailguard \
                       baseline refresh`, or measure both sides in one job, at least 3 runs each";
        notices.push(notice(severity, "nothing-tested", suite, message.to_owned()));
    }
    for metric in expected(config, suite, findings) {
        if !gating.iter().any(|f| f.comparison.metric == metric) {
            let message = format!(
                "no row has a {}, which should gate: let the results carry it, or change `gates`",
                metric.name()
            );
            notices.push(notice(severity, "metric-absent", suite, message));
        }
    }
    notices
}

/// The metrics that some row of a suite has to have: those that the configuration lists, else the
/// first metric of each tool.
fn expected(config: &Config, suite: &str, findings: &[Finding]) -> BTreeSet<Metric> {
    let tools: BTreeSet<Tool> =
        findings.iter().filter(|f| f.suite == suite).map(|f| f.comparison.tool).collect();
    match config.suite(suite).and_then(|suite| suite.gates.as_ref()) {
        Some(gates) => {
            let measured = |metric: &Metric| tools.iter().any(|tool| tool.measures(*metric));
            gates.iter().copied().filter(measured).collect()
        }
        None if config.rules.iter().any(|rule| rule.gates.is_some()) => BTreeSet::new(),
        None => tools.iter().map(|tool| tool.primary()).collect(),
    }
}

/// The flagged rows that the confirmation neither confirmed nor cleared.
pub(super) fn undecided(confirmation: &Confirmation) -> Vec<Notice> {
    let of_suite = |(suite, rows): (&String, &BTreeSet<String>)| {
        let names: BTreeSet<&str> = rows.iter().map(String::as_str).collect();
        let message = format!(
            "still undecided after the last round: {}; more rounds may decide (--max-rounds, \
             --max-minutes)",
            some_of(&names)
        );
        notice(Severity::Warning, "undecided", suite, message)
    };
    confirmation.open.iter().map(of_suite).collect()
}

/// A notice about one suite.
pub(super) fn notice(severity: Severity, code: &str, suite: &str, message: String) -> Notice {
    Notice { severity, code: code.to_owned(), suite: Some(suite.to_owned()), message }
}

/// How loud a level is.
pub(super) fn severity(level: Level) -> Severity {
    match level {
        Level::Allow => Severity::Notice,
        Level::Warn => Severity::Warning,
        Level::Deny => Severity::Error,
    }
}

fn other_version(suite: &str, base: &[Run], fresh: &[Run]) -> Option<Notice> {
    let versions = |runs: &[Run]| -> BTreeSet<String> {
        runs.iter()
            .filter_map(|run| Some(format!("{} {}", run.tool.name(), run.tool_version.as_ref()?)))
            .collect()
    };
    let (base, fresh) = (versions(base), versions(fresh));
    if base.is_empty() || fresh.is_empty() || base == fresh {
        return None;
    }
    let list = |set: BTreeSet<String>| set.into_iter().collect::<Vec<_>>().join(", ");
    let message = format!("measured by {} against a baseline of {}", list(fresh), list(base));
    Some(notice(Severity::Notice, "other-version", suite, message))
}
