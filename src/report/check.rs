//! The check run: a short title, the comment's text, and annotations where a row has a file.

use super::absent::NoVerdict;
use super::cells::{change_text, label, sides_text};
use super::comment;
use super::escape::{self, LONGEST_MESSAGE};
use super::headline::{denied, gating};
use super::number::count;
use super::setting::Setting;
use super::sign;
use super::text::{Piece, Text};
use super::{Report, ReportRow};
use crate::policy::{Level, Outcome, Verdict};

/// What a check run shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckText {
    /// One short line of plain text.
    pub title: String,
    /// GitHub-flavoured Markdown of at most 65,000 bytes.
    pub summary: String,
    /// One a denied or pointed-out row that has a file, worst first.
    pub annotations: Vec<CheckAnnotation>,
}

/// A remark at a line of a file of the pull request. Plain text, names disarmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckAnnotation {
    /// The path in the repository.
    pub path: String,
    /// The line, from 1.
    pub line: u64,
    /// How loud it is.
    pub level: AnnotationLevel,
    /// What happened to which row.
    pub title: String,
    /// Why, with both values.
    pub message: String,
}

/// How loud an annotation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnnotationLevel {
    /// Of a row that is pointed out.
    Warning,
    /// Of a row that does not pass.
    Failure,
}

/// What GitHub takes is 65,535 characters.
const LONGEST_SUMMARY: usize = 65_000;

/// The longest name in a title.
const LONGEST_IN_TITLE: usize = 60;

/// The longest title.
const LONGEST_TITLE: usize = 200;

/// The longest path that an annotation points at, in bytes.
const LONGEST_PATH: usize = 1000;

/// The check run of a report.
#[must_use]
pub fn check_run(report: &Report, setting: &Setting<'_>) -> CheckText {
    CheckText {
        title: shortened(&title(report)),
        summary: comment::of_report("", report, setting, LONGEST_SUMMARY),
        annotations: report.rows.iter().filter_map(annotation).collect(),
    }
}

/// The check run of a pull request without a verdict.
#[must_use]
pub fn check_without_verdict(why: &NoVerdict<'_>, setting: &Setting<'_>) -> CheckText {
    CheckText {
        title: shortened(&Text::from("no verdict: ").then(why.what())),
        summary: comment::of_nothing("", why, setting, LONGEST_SUMMARY),
        annotations: vec![],
    }
}

fn title(report: &Report) -> Text<'_> {
    let gating = count(gating(report).count(), "row");
    match report.outcome {
        Outcome::Fail => failed(report, &gating),
        Outcome::Undecided => match denied(report).count() {
            0 if report.rows.is_empty() => "nothing was compared".into(),
            0 => "nothing could be judged".into(),
            n => format!("{n} of {gating} cannot be judged").into(),
        },
        Outcome::Pass => passed(report, &gating),
    }
}

fn failed<'a>(report: &'a Report, gating: &str) -> Text<'a> {
    let regressed: Vec<_> =
        denied(report).filter(|row| row.verdict == Verdict::Regressed).collect();
    let broken = report
        .slo
        .iter()
        .filter(|limit| limit.level == Level::Deny && limit.met == Some(false))
        .count();
    let limits = format!("{} broken", count(broken, "limit"));
    match (regressed.first(), broken) {
        (None, 0) if report.rows.is_empty() => "nothing was compared".into(),
        (None, 0) => "the gate fails".into(),
        (None, _) => limits.into(),
        (Some(worst), _) => {
            let lead = format!("{} of {gating} regressed", regressed.len());
            let lead = if broken == 0 { lead } else { format!("{lead}, {limits}") };
            let of = if regressed.len() > 1 { "; worst: " } else { ": " };
            Text::from(lead + of)
                .then(label(&worst.suite, &worst.id, worst.metric))
                .words(format!(" {}", change_text(worst).0))
        }
    }
}

fn passed<'a>(report: &'a Report, gating_rows: &str) -> Text<'a> {
    let with =
        |verdicts: &[Verdict]| gating(report).filter(|row| verdicts.contains(&row.verdict)).count();
    let accepted = with(&[Verdict::Waived]);
    let mut title = match report.rows.iter().filter(|row| row.verdict == Verdict::Regressed).count()
    {
        0 if accepted > 0 => {
            format!("{} accepted, nothing else regressed in {gating_rows}", count(accepted, "row"))
        }
        0 => format!("nothing regressed in {gating_rows}"),
        n => format!("{} regressed, which does not fail the build", count(n, "row")),
    };
    for (n, word) in [
        (with(&[Verdict::Inconclusive, Verdict::Untested]), "undecided"),
        (with(&[Verdict::Missing]), "missing"),
        (with(&[Verdict::NoData]), "without data"),
    ] {
        if n > 0 {
            title.push_str(&format!("; {n} {word}"));
        }
    }
    title.into()
}

fn annotation(row: &ReportRow) -> Option<CheckAnnotation> {
    let level = match row.level {
        Level::Deny => AnnotationLevel::Failure,
        Level::Warn => AnnotationLevel::Warning,
        Level::Allow => return None,
    };
    let path = row.file.clone().filter(|path| is_path(path))?;
    let title = Text::from(format!("{}: ", sign::of_row(row).word))
        .then(label(&row.suite, &row.id, row.metric));
    let message = match sides_text(row) {
        values if values.is_empty() => Text::new().message(&row.because),
        values => Text::new().message(&row.because).words(format!(" ({values})")),
    };
    Some(CheckAnnotation {
        path,
        line: 1,
        level,
        title: shortened(&title),
        message: plain(&message),
    })
}

/// Whether a text is the path of a file within the repository. An odd one would make GitHub refuse
/// the whole batch of annotations.
fn is_path(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= LONGEST_PATH
        && escape::plain(text, usize::MAX).replace('\u{200b}', "") == text
        && !text.contains('\\')
        && text.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

/// A title in one short line.
fn shortened(text: &Text<'_>) -> String {
    escape::plain(&plain(text), LONGEST_TITLE)
}

fn plain(text: &Text<'_>) -> String {
    text.write(|piece| match piece {
        Piece::Words(words) => escape::plain(words, usize::MAX),
        Piece::Name(name) => escape::plain(name, LONGEST_IN_TITLE),
        Piece::Message(message) => escape::plain(message, LONGEST_MESSAGE),
    })
}
