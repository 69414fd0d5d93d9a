//! From a log to rows, one a script.

use super::super::shared::{insert, problem, row};
use super::merge::{Log, Script};
use super::report::Report;
use crate::measure::{Evidence, Figure, Metric, Problem, Row, Severity, Unit};
use crate::source::latencies::{QUANTILES, throughput};

/// The clock of the log, in seconds.
const TICK: f64 = 1e-6;

/// Fewer of the counted transactions than this in the log: it was sampled.
const COMPLETE: f64 = 0.98;

/// One row a script, and what should be known about them.
pub(crate) fn rows(log: &Log, report: &Report, detail: bool) -> (Vec<Row>, Vec<Problem>) {
    let mut rows = Vec::new();
    let mut problems = about_log(log);
    let sampled = is_sampled(log);
    let window = log.span.map_or(0.0, |(start, end)| end.saturating_sub(start) as f64 * TICK);
    for (number, script) in &log.scripts {
        let name = name(*number, report);
        let mut row = row("script", &name, Unit::Ms, Evidence::Requests);
        row.damaged = log.damage.is_some();
        problems.extend(fill(&mut row, script, (!sampled).then_some(window)));
        row.detail = detail.then(|| script.latencies.detail()).flatten();
        rows.push(row);
    }
    (rows, problems)
}

/// What a script is called: as the report says, and with its number where several are called so.
fn name(number: u32, report: &Report) -> String {
    let Some(name) = report.scripts.get(&number) else { return number.to_string() };
    match report.scripts.values().filter(|other| *other == name).count() {
        1 => name.clone(),
        _ => format!("{name} {number}"),
    }
}

/// Fills in the row of a script; says what is wrong with it.
fn fill(row: &mut Row, script: &Script, window: Option<f64>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let done = script.latencies.n();
    let lost = script.failed.saturating_add(script.skipped);
    let all = done.saturating_add(lost);
    row.n = done;
    insert(row, Metric::ErrorRate, Figure::share(lost, all));
    if script.skipped > 0 {
        let message = format!("{} of {all} transactions never started: too late", script.skipped);
        problems.push(problem(Severity::Warning, "skipped-transactions", Some(row), message));
    }
    let digest = script.latencies.digest(&QUANTILES.map(|(_, q)| q));
    let Some(digest) = digest.filter(|digest| digest.max > 0.0) else {
        let message = format!("none of {all} transactions was done");
        problems.push(problem(Severity::Error, "no-data", Some(row), message));
        return problems;
    };
    row.approximate = digest.approximate;
    row.statistics = digest.statistics();
    row.figures.extend(digest.figures());
    let rate = window.and_then(|window| throughput(done, window, TICK));
    insert(row, Metric::Throughput, rate);
    problems
}

/// Whether the clients counted more transactions than the log has: `--sampling-rate`.
fn is_sampled(log: &Log) -> bool {
    (log.lines as f64) < COMPLETE * log.counted as f64 - 1.0
}

fn about_log(log: &Log) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut push = |severity, code, message| {
        problems.push(problem(severity, code, None, message));
    };
    if let Some(damage) = &log.damage {
        let message = format!("a log breaks off after {} transactions: {damage}", log.lines);
        push(Severity::Error, "truncated", message);
    }
    if log.cut > 0 {
        let message = "the last line is cut and left out: pgbench was killed while it wrote";
        push(Severity::Warning, "truncated-line", message.to_owned());
    }
    if log.bad_lines > 0 {
        push(Severity::Warning, "bad-line", format!("bad lines left out: {}", log.bad_lines));
    }
    if is_sampled(log) {
        let message = format!(
            "{} of {} transactions are in the log: no throughput of a sample, and a thread's log may \
             be missing",
            log.lines, log.counted
        );
        push(Severity::Warning, "sampled", message);
    }
    problems
}
