//! What every dialect shows: cells, order and folds are decided here once; dialects lay out.

use std::collections::BTreeMap;

use crate::policy::{Level, Verdict};

use super::cells::{change_text, label, limit_in_full, sides_text, values};
use super::headline::headline;
use super::number::count;
use super::sign::Sign;
use super::text::Text;
use super::{Notice, Report, ReportRow, SloResult, footer, number, sign};

/// A report as text, ready to be laid out.
#[derive(Debug)]
pub(super) struct Table<'a> {
    /// Symbol and tone of the outcome.
    pub(super) sign: Sign,
    /// The first line.
    pub(super) headline: Text<'a>,
    /// One line a row and metric, worst first.
    pub(super) lines: Vec<Line<'a>>,
    /// One line an absolute limit.
    pub(super) limits: Vec<Limit<'a>>,
    /// One line an undecided row: what would settle it.
    pub(super) settle: Vec<Text<'a>>,
    /// One line a notice.
    pub(super) notices: Vec<(Sign, Text<'a>)>,
    /// Where and how it was measured and decided.
    pub(super) footer: Vec<Text<'a>>,
}

/// One metric of one row.
#[derive(Debug)]
pub(super) struct Line<'a> {
    pub(super) sign: Sign,
    pub(super) suite: &'a str,
    pub(super) id: &'a str,
    /// The metric, with `(info)` where it cannot fail the build.
    pub(super) metric: String,
    /// The baseline's value; its unit stands with the fresh value where both share a scale.
    pub(super) base: String,
    pub(super) fresh: String,
    /// The change, `~` where nothing is detectable, empty where nothing can be compared.
    pub(super) change: String,
    pub(super) interval: String,
    pub(super) p: String,
    /// Both values on one line.
    pub(super) values: String,
    pub(super) because: &'a str,
    /// Whether the reason says what no number of the line does.
    pub(super) explain: bool,
    /// What would settle the row, where it is undecided.
    pub(super) settle: Option<String>,
    pub(super) place: Place,
}

/// Where a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Needs a reader.
    Open,
    /// Good news: short, and no one has to act.
    Good,
    /// Nothing to tell: folded to a count.
    Folded,
}

/// An absolute limit.
#[derive(Debug)]
pub(super) struct Limit<'a> {
    pub(super) sign: Sign,
    pub(super) label: Text<'a>,
    pub(super) sentence: String,
}

/// Notices, each with its suite before it where it is about one.
pub(super) fn notices(notices: &[Notice]) -> Vec<(Sign, Text<'_>)> {
    notices
        .iter()
        .map(|notice| {
            let suite = match &notice.suite {
                Some(suite) => Text::new().name(suite).words(": "),
                None => Text::new(),
            };
            (sign::of_severity(notice.severity), suite.message(&notice.message))
        })
        .collect()
}

impl<'a> Table<'a> {
    /// Decides what is shown of a report.
    pub(super) fn of(report: &'a Report) -> Self {
        let lines: Vec<_> = report.rows.iter().map(line).collect();
        let settle = lines
            .iter()
            .zip(&report.rows)
            .filter(|(line, _)| line.place == Place::Open)
            .filter_map(|(line, row)| {
                let settle = line.settle.clone()?;
                Some(label(&row.suite, &row.id, row.metric).words(": ").words(settle))
            })
            .collect();
        Self {
            sign: sign::of_outcome(report.outcome),
            headline: headline(report),
            lines,
            limits: report.slo.iter().map(limit).collect(),
            settle,
            notices: notices(&report.notices),
            footer: footer::lines(report),
        }
    }

    /// Whether some line carries the mark of rows that cannot fail the build.
    pub(super) fn has_info(&self) -> bool {
        self.lines.iter().any(|line| line.metric.ends_with(INFO))
    }

    /// What the folded lines of the given places are: `11 steady, 2 inconclusive`.
    pub(super) fn folded(&self, places: &[Place]) -> (usize, String) {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for line in self.lines.iter().filter(|line| places.contains(&line.place)) {
            let info = if line.metric.ends_with(INFO) { INFO } else { "" };
            *counts.entry(format!("{}{info}", line.sign.word)).or_default() += 1;
        }
        let total = counts.values().sum();
        let mut parts: Vec<_> = counts.into_iter().collect();
        parts.sort_by_key(|(_, n)| usize::MAX - n);
        let parts: Vec<_> = parts.into_iter().map(|(word, n)| format!("{n} {word}")).collect();
        (total, parts.join(", "))
    }
}

/// The mark of rows that cannot fail the build.
pub(super) const INFO: &str = " (info)";

/// What the mark means.
pub(super) const INFO_LEGEND: &str = "(info): shown, cannot fail the build";

fn line(row: &ReportRow) -> Line<'_> {
    let (base, fresh) = values(row);
    let (change, interval) = change_text(row);
    Line {
        sign: sign::of_row(row),
        suite: &row.suite,
        id: &row.id,
        metric: format!("{}{}", row.metric.name(), if row.gates { "" } else { INFO }),
        base,
        fresh,
        change,
        interval,
        p: row.p_adjusted.or(row.p).map(number::probability).unwrap_or_default(),
        values: sides_text(row),
        explain: row.change.is_none() || row.verdict == Verdict::Waived,
        because: &row.because,
        settle: settle(row),
        place: place(row),
    }
}

fn place(row: &ReportRow) -> Place {
    match (row.level, row.verdict) {
        (Level::Deny | Level::Warn, _) => Place::Open,
        (_, Verdict::Regressed | Verdict::Waived) => Place::Open,
        (_, Verdict::Steady) => Place::Folded,
        (_, Verdict::Improved) => Place::Good,
        _ if row.gates => Place::Open,
        _ => Place::Folded,
    }
}

fn settle(row: &ReportRow) -> Option<String> {
    if !matches!(row.verdict, Verdict::Inconclusive | Verdict::Untested) {
        return None;
    }
    let seen = row
        .detectable
        .map(|size| format!("a worsening under {} could go unseen", number::size(size, row.scale)));
    let needed = row.runs_needed.map(|runs| {
        let runs = count(usize::try_from(runs).unwrap_or(usize::MAX), "run");
        format!("{runs} a side, measured in one session, would settle it")
    });
    match (seen, needed) {
        (Some(seen), Some(needed)) => Some(format!("{seen}; {needed}")),
        (Some(seen), None) => Some(format!("{seen}; no reasonable number of runs would settle it")),
        (None, needed) => needed,
    }
}

fn limit(slo: &SloResult) -> Limit<'_> {
    Limit {
        sign: sign::of_limit(slo.state, slo.level),
        label: label(&slo.suite, &slo.id, slo.metric),
        sentence: limit_in_full(slo),
    }
}
