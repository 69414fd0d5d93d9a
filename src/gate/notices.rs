//! What a reader should know beside the rows, and the runs that must not be compared.

use std::collections::{BTreeMap, BTreeSet};

use crate::compare::Shift;
use crate::measure::{Run, Severity, Workload};
use crate::policy::{Finding, Verdict};
use crate::report::{Notice, Scale, number};

/// Runs of one problem that are named before the rest is counted.
const NAMED: usize = 3;

/// The problems of the runs of one side, each told once.
pub(super) fn of_runs(suite: &str, runs: &[Run]) -> Vec<Notice> {
    type Told<'a> = BTreeMap<(Severity, &'static str, &'a str), Vec<&'a str>>;
    let mut told: Told<'_> = BTreeMap::new();
    for run in runs {
        for problem in &run.problems {
            told.entry((problem.severity, problem.code, &problem.message))
                .or_default()
                .push(&run.path);
        }
    }
    told.into_iter()
        .map(|((severity, code, message), paths)| {
            let named = paths.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
            let rest = match paths.len().saturating_sub(NAMED) {
                0 => String::new(),
                n => format!(" and {n} more"),
            };
            notice(severity, code, suite, format!("{message} ({named}{rest})"))
        })
        .collect()
}

/// The runs that may be compared, and what is said about the others: a run that lies on both sides
/// proves nothing, and runs of different workload models measure different things.
pub(super) fn set_aside(
    suite: &str,
    base: &[Run],
    fresh: &[Run],
) -> (Vec<Run>, Vec<Run>, Vec<Notice>) {
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
    (kept, fresh.to_vec(), notices)
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

/// A suite of which no gating row could be tested.
pub(super) fn nothing_tested(suite: &str, findings: &[Finding]) -> Option<Notice> {
    let mut gating = findings.iter().filter(|f| f.suite == suite && f.tolerance.gates).peekable();
    gating.peek()?;
    let tested = |v: Verdict| {
        !matches!(v, Verdict::Untested | Verdict::New | Verdict::Missing | Verdict::NoData)
    };
    if gating.any(|f| tested(f.verdict)) {
        return None;
    }
    let message = "no gating row could be tested: collect more sessions with `tailguard baseline \
                   refresh`, or measure both sides in one job, at least 3 runs each";
    Some(notice(Severity::Error, "nothing-tested", suite, message.to_owned()))
}

/// A notice about one suite.
pub(super) fn notice(severity: Severity, code: &str, suite: &str, message: String) -> Notice {
    Notice { severity, code: code.to_owned(), suite: Some(suite.to_owned()), message }
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
