//! Whatever a report holds, no dialect is broken by it.

use std::collections::BTreeMap;

use proptest::prelude::*;
use tailguard::measure::{Machine, Metric, Severity, Unit};
use tailguard::policy::{Level, Outcome, SloState, Verdict};
use tailguard::report::{
    Dialect, Environment, Layout, Notice, Report, ReportRow, Rule, SCHEMA, Scale, Side, SloResult,
};

use super::{rendered, sample};

/// Characters that mean something somewhere, mixed with any others.
fn text() -> impl Strategy<Value = String> {
    let loaded = proptest::sample::select(sample::hostile_names());
    prop_oneof![any::<String>(), loaded, "[a-z|`<>&@#:\\[\\]()!*_~$\\\\\u{0}-\u{1f}\u{202e}]{0,40}"]
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![any::<f64>(), -2.0..2.0, 0.0..1e9, Just(0.0), Just(f64::NAN), Just(f64::INFINITY)]
}

/// Limits, thresholds and alpha come from the configuration, which takes finite numbers only.
fn chosen() -> impl Strategy<Value = f64> {
    prop_oneof![-1e300..1e300, 0.0..1.0, Just(0.0)]
}

fn unit() -> impl Strategy<Value = Unit> {
    use Unit::{Bytes, Count, Ms, Ns, PerSecond, Ratio, S, Us};
    proptest::sample::select(vec![Ns, Us, Ms, S, Bytes, Count, Ratio, PerSecond])
}

fn level() -> impl Strategy<Value = Level> {
    proptest::sample::select(vec![Level::Allow, Level::Warn, Level::Deny])
}

fn metric() -> impl Strategy<Value = Metric> {
    proptest::sample::select(Metric::ALL.to_vec())
}

fn side() -> impl Strategy<Value = Option<Side>> {
    let side = (number(), any::<u32>(), any::<u32>());
    proptest::option::of(side.prop_map(|(value, runs, sessions)| Side { value, runs, sessions }))
}

fn row() -> impl Strategy<Value = ReportRow> {
    let names = (text(), text(), text());
    let kinds = (metric(), unit(), level(), proptest::sample::select(Verdict::ALL.to_vec()));
    let numbers = (side(), side(), proptest::option::of(number()), proptest::option::of(number()));
    let interval = proptest::option::of([number(), number()]);
    let rest = (any::<bool>(), any::<bool>(), any::<bool>(), proptest::option::of(any::<u32>()));
    (names, kinds, numbers, interval, rest).prop_map(
        |(
            (suite, id, because),
            (metric, unit, level, verdict),
            (base, fresh, change, other),
            interval,
            (gates, suspect, relative, runs_needed),
        )| ReportRow {
            tags: BTreeMap::from([(suite.clone(), id.clone())]),
            suite,
            id,
            metric,
            unit,
            better: metric.better(),
            gates,
            base,
            fresh,
            change,
            scale: if relative { Scale::Relative } else { Scale::Absolute },
            interval,
            p: other,
            p_adjusted: other,
            threshold: 0.05,
            detectable: other,
            runs_needed,
            suspect,
            verdict,
            level,
            file: Some(because.clone()),
            because,
        },
    )
}

fn slo() -> impl Strategy<Value = SloResult> {
    let states = proptest::sample::select(SloState::ALL.to_vec());
    let numbers = (chosen(), proptest::option::of(number()), number(), states);
    (text(), text(), metric(), unit(), level(), numbers).prop_map(
        |(suite, id, metric, unit, level, (target, measured, other, state))| SloResult {
            metric,
            unit,
            name: Some(id.clone()),
            interval: Some([other, other]),
            margin: Some(other),
            load: Some(other),
            state,
            met: None,
            level,
            ..sample::limit(&suite, &id, target, measured)
        },
    )
}

fn notice() -> impl Strategy<Value = Notice> {
    (proptest::option::of(text()), text(), text()).prop_map(|(suite, code, message)| Notice {
        severity: Severity::Error,
        code,
        suite,
        message,
    })
}

fn report() -> impl Strategy<Value = Report> {
    use proptest::collection::vec;
    let outcome = proptest::sample::select(vec![Outcome::Pass, Outcome::Fail, Outcome::Undecided]);
    let rest = (text(), chosen(), text(), any::<bool>());
    (outcome, vec(row(), 0..8), vec(slo(), 0..3), vec(notice(), 0..3), rest).prop_map(
        |(outcome, rows, slo, notices, (cpu, alpha, test, same))| Report {
            schema: SCHEMA.to_owned(),
            outcome,
            exit_code: outcome.exit_code(),
            rows,
            slo,
            environment: Environment {
                same,
                base: Machine::default(),
                fresh: Machine { cpu, load: Some(f64::NAN), ..Machine::default() },
            },
            notices,
            rule: Rule { test, alpha, family: 3, confirmation: None },
        },
    )
}

fn terminal_is_plain(report: &Report) {
    for (color, width) in [(false, 0), (false, 80), (true, 120), (false, usize::MAX)] {
        let dialect = Dialect::Terminal(Layout { color, width, all: true });
        let mut shown = rendered(report, dialect);
        for sgr in
            ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[2m", "\u{1b}[1;31m", "\u{1b}[32m", "\u{1b}[33m"]
        {
            if color {
                shown = shown.replace(sgr, "");
            }
        }
        for c in shown.chars() {
            assert!(c == '\n' || !c.is_control(), "{c:?} in {shown}");
            assert!(!matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'), "{shown}");
        }
        assert!(!shown.contains("##["), "{shown}");
        for line in shown.lines() {
            assert!(!line.trim_start().starts_with("::"), "{line}");
        }
    }
}

fn markdown_is_ours(report: &Report) {
    let shown = rendered(report, Dialect::Markdown);
    for line in shown.lines().filter(|line| line.starts_with('|')) {
        assert_eq!(line.matches('|').count(), 7, "{line}");
    }
    let mut options = comrak::Options::default();
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.strikethrough = true;
    options.extension.tasklist = true;
    options.extension.footnotes = true;
    options.extension.math_dollars = true;
    options.render.r#unsafe = true;
    let html = format!("<body>{}</body>", comrak::markdown_to_html(&shown, &options));
    let document = roxmltree::Document::parse(&html).unwrap_or_else(|e| panic!("{e}: {html}"));
    let known = [
        "body", "p", "strong", "code", "table", "thead", "tbody", "tr", "th", "td", "ul", "li",
        "details", "summary",
    ];
    for node in document.descendants() {
        let name = node.tag_name().name();
        assert!(!node.is_element() || known.contains(&name), "<{name}> in {shown}");
        assert!(node.attributes().all(|a| a.name() == "align"), "{:?} in {shown}", node);
        let text = if node.is_text() { node.text().unwrap_or_default() } else { "" };
        for (at, sign) in text.match_indices(['@', '#']) {
            let after = text[at + sign.len()..].chars().next();
            assert!(!after.is_some_and(|c| c.is_alphanumeric() || c == '_'), "{text}");
        }
        let known_text = node.ancestors().any(|a| a.has_tag_name("code"));
        assert!(known_text || !text.contains("UNTRUSTED"), "{text}");
    }
}

fn xml_is_well_formed(report: &Report) {
    let junit = rendered(report, Dialect::Junit);
    let document = roxmltree::Document::parse(&junit).unwrap_or_else(|e| panic!("{e}: {junit}"));
    let known =
        ["testsuites", "testsuite", "testcase", "failure", "error", "skipped", "system-out"];
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        assert!(known.contains(&node.tag_name().name()), "{junit}");
    }
    let red = document.descendants().any(|n| n.has_tag_name("failure") || n.has_tag_name("error"));
    assert!(red || report.outcome == Outcome::Pass, "a gate that does not pass looks green");
    let html = rendered(report, Dialect::Html);
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    roxmltree::Document::parse_with_options(&html, options)
        .unwrap_or_else(|e| panic!("{e}: {html}"));
}

fn json_reads_back(report: &Report) {
    let json = rendered(report, Dialect::Json);
    let back: Report = serde_json::from_str(&json).unwrap_or_else(|e| panic!("{e}: {json}"));
    assert_eq!(back.rows.len(), report.rows.len());
    for (back, row) in back.rows.iter().zip(&report.rows) {
        assert_eq!((&back.id, &back.suite), (&row.id, &row.suite));
        assert_eq!(back.change, row.change.filter(|change| change.is_finite()));
    }
}

#[test]
fn names_stand_in_code_wherever_they_stand() {
    let name = || "UNTRUSTED".to_owned();
    let mut report = sample::every_verdict();
    for row in &mut report.rows {
        (row.suite, row.id) = (name(), name());
    }
    for limit in &mut report.slo {
        (limit.suite, limit.id) = (name(), name());
    }
    for notice in &mut report.notices {
        (notice.suite, notice.message) = (Some(name()), name());
    }
    report.environment.fresh =
        Machine { name: Some(name()), os: name(), arch: name(), cpu: name(), ..sample::machine() };
    markdown_is_ours(&report);
    for outcome in [Outcome::Pass, Outcome::Fail, Outcome::Undecided] {
        markdown_is_ours(&Report { outcome, ..report.clone() });
        markdown_is_ours(&Report { outcome, rows: vec![], ..report.clone() });
    }
}

#[test]
fn hostile_names_break_no_dialect() {
    let report = sample::hostile();
    terminal_is_plain(&report);
    markdown_is_ours(&report);
    xml_is_well_formed(&report);
    json_reads_back(&report);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_report_breaks_a_dialect(report in report()) {
        terminal_is_plain(&report);
        markdown_is_ours(&report);
        xml_is_well_formed(&report);
        json_reads_back(&report);
    }

    #[test]
    fn columns_line_up_whatever_the_names(names in proptest::collection::vec(text(), 1..6)) {
        use unicode_width::UnicodeWidthStr;
        let rows: Vec<_> = names
            .into_iter()
            .map(|id| ReportRow { id, because: String::new(), ..sample::regressed() })
            .collect();
        let dialect = Dialect::Terminal(Layout { color: false, width: 100, all: true });
        let shown = rendered(&sample::report(Outcome::Fail, rows), dialect);
        let columns: Vec<_> = shown
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(" p95 "))
            .map(|(before, _)| before.width())
            .collect();
        prop_assert!(columns.windows(2).all(|pair| pair[0] == pair[1]), "{}", shown);
    }
}
