//! The report as JUnit XML, which most CI systems list test by test.
//!
//! A suite is a test suite, a gating row a test case. Rows that only inform are left out.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::policy::{Level, Outcome, SloState, Verdict};

use super::cells::{change_text, limit_sentence, values_text};
use super::headline::headline;
use super::text::Piece;
use super::{Report, ReportRow, SloResult, escape, sign};

/// The longest name of a test case, which readers of JUnit take for its key.
const LONGEST_NAME: usize = 500;

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut suites: BTreeMap<&str, Vec<Case>> = BTreeMap::new();
    for row in report.rows.iter().filter(|row| row.gates || row.level == Level::Deny) {
        suites.entry(&row.suite).or_default().push(of_row(row));
    }
    for limit in &report.slo {
        suites.entry(&limit.suite).or_default().push(of_limit(limit));
    }
    let unsaid = !suites.values().flatten().any(|case| case.is(&["failure", "error"]));
    if report.outcome != Outcome::Pass && unsaid {
        // A gate that does not pass without a row to blame would look green.
        suites.entry("tailguard").or_default().push(gate(report));
    }
    let all: Vec<_> = suites.values().flatten().collect();
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"tailguard\" {}>", totals(all.iter().copied()))?;
    for (suite, cases) in &suites {
        let name = escape::xml(suite, LONGEST_NAME);
        writeln!(out, "  <testsuite name=\"{name}\" {}>", totals(cases.iter()))?;
        for case in cases {
            case.write(&name, out)?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

/// A test case: what it is called and, unless it passed, what it says.
struct Case {
    name: String,
    /// Element, type and message.
    result: Option<(&'static str, &'static str, String)>,
    /// Printed below the case.
    note: String,
}

impl Case {
    fn is(&self, elements: &[&str]) -> bool {
        self.result.as_ref().is_some_and(|(element, ..)| elements.contains(element))
    }

    fn write(&self, suite: &str, out: &mut dyn Write) -> io::Result<()> {
        let name = escape::xml(&self.name, LONGEST_NAME);
        writeln!(out, "    <testcase classname=\"{suite}\" name=\"{name}\">")?;
        let note = escape::xml(&self.note, usize::MAX);
        match &self.result {
            Some((element, kind, message)) => {
                let message = escape::xml(message, escape::LONGEST_MESSAGE);
                let kind = if *element == "skipped" {
                    String::new()
                } else {
                    format!(" type=\"{}\"", escape::xml(kind, LONGEST_NAME))
                };
                writeln!(out, "      <{element}{kind} message=\"{message}\">{note}</{element}>")?;
            }
            None if !note.is_empty() => writeln!(out, "      <system-out>{note}</system-out>")?,
            None => {}
        }
        writeln!(out, "    </testcase>")
    }
}

fn totals<'a>(cases: impl Iterator<Item = &'a Case> + Clone) -> String {
    let of = |element| cases.clone().filter(|case| case.is(&[element])).count();
    format!(
        "tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\"",
        cases.clone().count(),
        of("failure"),
        of("error"),
        of("skipped")
    )
}

fn of_row(row: &ReportRow) -> Case {
    let word = sign::of_row(row).word;
    let element = match (row.level, row.verdict) {
        (Level::Deny, Verdict::Regressed) => Some("failure"),
        (Level::Deny, _) => Some("error"),
        (_, Verdict::Untested | Verdict::Inconclusive | Verdict::Missing | Verdict::NoData) => {
            Some("skipped")
        }
        _ => None,
    };
    let (change, interval) = change_text(row);
    let parts = [word.to_owned(), values_text(row), change, interval];
    let note: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    Case {
        name: format!("{} {}", row.id, row.metric.name()),
        result: element.map(|element| (element, word, row.because.clone())),
        note: note.join(", "),
    }
}

fn of_limit(limit: &SloResult) -> Case {
    let message = limit_sentence(limit);
    let element = match (limit.state, limit.level) {
        (SloState::Met, _) => None,
        (SloState::Broken, Level::Deny) => Some("failure"),
        (SloState::AtRisk | SloState::NotMeasured, Level::Deny) => Some("error"),
        (SloState::NotMeasured, _) => Some("skipped"),
        (SloState::Broken | SloState::AtRisk, _) => None,
    };
    Case {
        name: format!("{} {} limit", limit.id, limit.metric.name()),
        result: element
            .map(|e| (e, sign::of_limit(limit.state, limit.level).word, message.clone())),
        note: message,
    }
}

fn gate(report: &Report) -> Case {
    let message = headline(report).write(|piece| match piece {
        Piece::Words(words) => words.clone().into_owned(),
        Piece::Name(text) | Piece::Message(text) => (*text).to_owned(),
    });
    let element = if report.outcome == Outcome::Fail { "failure" } else { "error" };
    Case {
        name: "gate".to_owned(),
        result: Some((element, sign::of_outcome(report.outcome).word, message)),
        note: String::new(),
    }
}
