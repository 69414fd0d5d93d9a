//! One golden a dialect, read by eye before it was accepted, and the words of each outcome.

use insta::assert_snapshot;
use tailguard::measure::Severity;
use tailguard::policy::{Level, Outcome, Verdict};
use tailguard::report::{Dialect, Layout, Notice, Report, ReportRow};

use super::{inspected, rendered, sample};

const WIDE: Dialect = Dialect::Terminal(Layout { color: false, width: 120, all: false });
const EIGHTY: Dialect = Dialect::Terminal(Layout { color: false, width: 80, all: true });
const COLOR: Dialect = Dialect::Terminal(Layout { color: true, width: 100, all: false });

#[test]
fn terminal() {
    assert_snapshot!(rendered(&sample::every_verdict(), WIDE));
}

#[test]
fn terminal_narrow_with_all_rows() {
    assert_snapshot!(rendered(&sample::every_verdict(), EIGHTY));
}

#[test]
fn terminal_in_colour_says_the_same_words() {
    let plain = Dialect::Terminal(Layout { color: false, width: 100, all: false });
    let colored = rendered(&sample::every_verdict(), COLOR);
    assert!(colored.contains("\u{1b}[1;31m✗ regressed"));
    let mut stripped = String::new();
    let mut rest = colored.as_str();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        stripped.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    assert_eq!(stripped + rest, rendered(&sample::every_verdict(), plain));
}

#[test]
fn markdown() {
    assert_snapshot!(rendered(&sample::every_verdict(), Dialect::Markdown));
}

#[test]
fn json() {
    assert_snapshot!(rendered(
        &sample::report(Outcome::Fail, vec![sample::regressed()]),
        Dialect::Json
    ));
}

#[test]
fn junit() {
    assert_snapshot!(rendered(&sample::every_verdict(), Dialect::Junit));
}

#[test]
fn html() {
    assert_snapshot!(rendered(&sample::every_verdict(), Dialect::Html));
}

#[test]
fn hostile_terminal() {
    assert_snapshot!(rendered(&sample::hostile(), WIDE));
}

#[test]
fn hostile_markdown() {
    assert_snapshot!(rendered(&sample::hostile(), Dialect::Markdown));
}

#[test]
fn inspection_terminal() {
    assert_snapshot!(inspected(&sample::inspection(), WIDE));
}

#[test]
fn inspection_markdown() {
    assert_snapshot!(inspected(&sample::inspection(), Dialect::Markdown));
}

#[test]
fn inspection_json() {
    assert_snapshot!(inspected(&sample::inspection(), Dialect::Json));
}

#[test]
fn inspection_html() {
    assert_snapshot!(inspected(&sample::inspection(), Dialect::Html));
}

#[test]
fn junit_of_an_inspection_is_refused() {
    let refusal = tailguard::report::render_inspection(
        &sample::inspection(),
        Dialect::Junit,
        &mut Vec::new(),
    );
    assert_eq!(refusal.unwrap_err().kind(), std::io::ErrorKind::Unsupported);
}

/// The first line of a report.
fn first_line(report: &Report) -> String {
    rendered(report, WIDE).lines().next().unwrap().to_owned()
}

fn with(verdict: Verdict, level: Level) -> ReportRow {
    let all = sample::every_verdict().rows;
    let row = all.into_iter().find(|row| row.verdict == verdict).unwrap();
    ReportRow { level, ..row }
}

#[test]
fn headlines() {
    use Verdict::{Improved, Inconclusive, Missing, New, NoData, Regressed, Steady, Untested};
    let pass = |rows| first_line(&sample::report(Outcome::Pass, rows));
    let fail = |rows| first_line(&sample::report(Outcome::Fail, rows));
    let undecided = |rows| first_line(&sample::report(Outcome::Undecided, rows));
    let steady = || with(Steady, Level::Allow);
    let limit = Report {
        slo: sample::every_verdict().slo,
        ..sample::report(Outcome::Fail, vec![steady()])
    };
    let no_baseline = Report {
        notices: vec![Notice {
            severity: Severity::Error,
            code: "no-baseline".to_owned(),
            suite: Some("api".to_owned()),
            message: "there is no baseline for this machine".to_owned(),
        }],
        ..sample::report(Outcome::Undecided, vec![])
    };
    let info = ReportRow { gates: false, ..with(Regressed, Level::Allow) };
    let lines = [
        fail(vec![with(Regressed, Level::Deny), steady(), steady()]),
        fail(vec![with(Regressed, Level::Deny), with(Regressed, Level::Deny), steady()]),
        first_line(&sample::every_verdict()),
        first_line(&limit),
        fail(vec![]),
        pass(vec![steady(), steady()]),
        pass(vec![with(Improved, Level::Allow), with(New, Level::Allow), steady()]),
        pass(vec![with(Inconclusive, Level::Warn), steady(), with(Untested, Level::Warn)]),
        pass(vec![info, steady()]),
        pass(vec![with(Regressed, Level::Warn), steady()]),
        undecided(vec![with(Missing, Level::Deny), steady()]),
        undecided(vec![with(NoData, Level::Deny), with(NoData, Level::Deny), steady()]),
        undecided(vec![with(Untested, Level::Deny), with(Inconclusive, Level::Deny)]),
        undecided(vec![]),
        first_line(&no_baseline),
    ];
    assert_snapshot!(lines.join("\n"));
}
