//! The first line: is it slower, where, and is that certain.

use crate::policy::{Level, Outcome, Verdict};

use super::cells::{change_text, label, limit_sentence, values_text};
use super::number;
use super::number::count;
use super::text::Text;
use super::{Report, ReportRow, Scale, SloResult, sign};

/// The first line, without the outcome's symbol.
pub(super) fn headline(report: &Report) -> Text<'_> {
    let lead = Text::from(format!("{}: ", sign::of_outcome(report.outcome).word));
    let line = match report.outcome {
        Outcome::Fail => failed(report),
        Outcome::Undecided => undecided(report),
        Outcome::Pass => passed(report),
    };
    lead.then(line)
}

fn failed(report: &Report) -> Text<'_> {
    let denied: Vec<_> = denied(report).filter(|r| r.verdict == Verdict::Regressed).collect();
    let broken: Vec<_> = report
        .slo
        .iter()
        .filter(|limit| limit.level == Level::Deny && limit.met == Some(false))
        .collect();
    let mut line = Text::new();
    if let Some(worst) = denied.first() {
        let lead = if denied.len() > 1 { "; worst: " } else { ": " };
        line = line
            .words(format!("{} of {} regressed{lead}", denied.len(), rows(gating(report).count())))
            .then(with_change(worst));
    }
    if let Some(first) = broken.first() {
        let lead = if denied.is_empty() { "" } else { "; " };
        line = line
            .words(format!("{lead}{} broken: ", count(broken.len(), "limit")))
            .then(label(&first.suite, &first.id, first.metric))
            .words(" ")
            .words(limit_sentence(first));
    }
    if line == Text::new() { no_row_to_blame(report, "the gate fails") } else { line }
}

fn undecided(report: &Report) -> Text<'_> {
    let open: Vec<_> = denied(report).collect();
    let Some(first) = open.first() else {
        return undecided_limits(report)
            .unwrap_or_else(|| no_row_to_blame(report, "nothing could be judged"));
    };
    let mut line = Text::from(format!("{} of {} cannot be judged (", open.len(), {
        rows(gating(report).count())
    }))
    .words(tally(open.iter().copied()))
    .words(if open.len() > 1 { "), first: " } else { "): " })
    .then(label(&first.suite, &first.id, first.metric));
    line = line.words("; what it takes: ");
    let runs = open.iter().filter_map(|row| row.runs_needed).max();
    line.words(match (first.verdict, runs) {
        (Verdict::Missing, _) => "measure it again, or drop it from the baseline".to_owned(),
        (Verdict::NoData, _) => "a measurement with data".to_owned(),
        (_, Some(runs)) => format!("{} a side, measured in one session", count_runs(runs)),
        (_, None) => "more runs a side, measured in one session".to_owned(),
    })
}

/// Denied targets of which nothing is certain, where no row is to blame.
fn undecided_limits(report: &Report) -> Option<Text<'_>> {
    // A missing baseline, say, is the larger news.
    if report.rows.is_empty() {
        return None;
    }
    let uncertain = |l: &&SloResult| l.level == Level::Deny && l.met.is_none();
    let limits: Vec<_> = report.slo.iter().filter(uncertain).collect();
    let first = limits.first()?;
    let line = Text::from(format!("{} open: ", count(limits.len(), "limit")))
        .then(label(&first.suite, &first.id, first.metric))
        .words(" ")
        .words(limit_sentence(first));
    Some(line)
}

fn no_row_to_blame<'a>(report: &'a Report, what: &'static str) -> Text<'a> {
    match report.notices.first() {
        Some(notice) => Text::from(what).words(": ").message(&notice.message),
        None if report.rows.is_empty() => "nothing was compared".into(),
        None => what.into(),
    }
}

fn passed(report: &Report) -> Text<'_> {
    let regressed: Vec<_> =
        report.rows.iter().filter(|row| row.verdict == Verdict::Regressed).collect();
    let waived = report.rows.iter().any(|row| row.verdict == Verdict::Waived);
    let others = gating(report).filter(|row| row.verdict != Verdict::Regressed);
    let counts = tally(others);
    let line = match regressed.first() {
        Some(worst) => {
            let lead = if regressed.len() > 1 { "; worst: " } else { ": " };
            let regressed = rows(regressed.len());
            let line =
                Text::from(format!("{regressed} regressed, which does not fail the build{lead}"))
                    .then(with_change(worst));
            if counts.is_empty() { line } else { line.words(format!("; else {counts}")) }
        }
        None => {
            let but = if waived { " beyond what is accepted," } else { "" };
            let of = rows(gating(report).count());
            Text::from(format!("nothing regressed{but} in {of} ({counts})"))
        }
    };
    match blind_spot(report) {
        Some(size) => line.words(format!("; a worsening under {size} could go unseen")),
        None => line,
    }
}

/// The largest worsening that could hide in an undecided gating row.
fn blind_spot(report: &Report) -> Option<String> {
    let largest = |scale: Scale| {
        gating(report)
            .filter(|row| matches!(row.verdict, Verdict::Inconclusive) && row.scale == scale)
            .filter_map(|row| row.detectable)
            .filter(|size| size.is_finite())
            .max_by(f64::total_cmp)
            .map(|size| number::size(size, scale))
    };
    largest(Scale::Relative).or_else(|| largest(Scale::Absolute))
}

pub(super) fn gating(report: &Report) -> impl Iterator<Item = &ReportRow> {
    report.rows.iter().filter(|row| row.gates || row.level == Level::Deny)
}

pub(super) fn denied(report: &Report) -> impl Iterator<Item = &ReportRow> {
    report.rows.iter().filter(|row| row.level == Level::Deny)
}

/// `api read p95 +18.2% [+10.9%, +26.0%] (2.20 → 2.60 ms)`
fn with_change(row: &ReportRow) -> Text<'_> {
    let mut line = label(&row.suite, &row.id, row.metric);
    let (change, interval) = change_text(row);
    for part in [change, interval].into_iter().filter(|part| !part.is_empty()) {
        line = line.words(" ").words(part);
    }
    match values_text(row) {
        values if values.is_empty() => line,
        values => line.words(format!(" ({values})")),
    }
}

/// `11 steady, 2 inconclusive`: good news first, each verdict once.
fn tally<'a>(rows: impl Iterator<Item = &'a ReportRow>) -> String {
    const ORDER: [&str; 10] = [
        "improved",
        "steady",
        "suspect",
        "inconclusive",
        "untested",
        "waived",
        "new",
        "missing",
        "no data",
        "regressed",
    ];
    let mut counts = [0_usize; ORDER.len()];
    for row in rows {
        let word = sign::of_row(row).word;
        for (count, _) in counts.iter_mut().zip(ORDER).filter(|(_, known)| *known == word) {
            *count += 1;
        }
    }
    let parts: Vec<_> = ORDER
        .into_iter()
        .zip(counts)
        .filter(|(_, n)| *n > 0)
        .map(|(word, n)| format!("{n} {word}"))
        .collect();
    parts.join(", ")
}

fn rows(n: usize) -> String {
    count(n, "row")
}

fn count_runs(runs: u32) -> String {
    count(usize::try_from(runs).unwrap_or(usize::MAX), "run")
}
