//! Values to print: one report with every verdict, small ones for each outcome, and two runs.

use std::collections::BTreeMap;

use tailguard::measure::{
    Evidence, Figure, Machine, Metric, Problem, Row, Run, Severity, Tool, Unit, Workload,
};
use tailguard::policy::{Level, Outcome, SloState, Verdict};
use tailguard::report::{
    Bound, Environment, Inspection, Notice, Report, ReportRow, Rule, SCHEMA, Scale, Side, SloResult,
};

/// A row that was measured on both sides, steady until told otherwise.
pub(super) fn row(id: &str, metric: Metric, unit: Unit, base: f64, fresh: f64) -> ReportRow {
    ReportRow {
        suite: "api".to_owned(),
        id: id.to_owned(),
        tags: BTreeMap::from([("category".to_owned(), id.to_owned())]),
        metric,
        unit,
        better: metric.better(),
        gates: true,
        base: Some(Side { value: base, runs: 5, sessions: 1 }),
        fresh: Some(Side { value: fresh, runs: 5, sessions: 1 }),
        change: Some(fresh / base - 1.0),
        scale: Scale::Relative,
        interval: Some([fresh / base - 1.02, fresh / base - 0.98]),
        p: Some(0.2),
        p_adjusted: Some(0.9),
        threshold: 0.05,
        detectable: Some(0.04),
        runs_needed: None,
        suspect: false,
        verdict: Verdict::Steady,
        level: Level::Allow,
        because: "p95 lies within 10%, twice the threshold".to_owned(),
        file: None,
    }
}

/// The row of the published example.
pub(super) fn regressed() -> ReportRow {
    ReportRow {
        change: Some(0.182),
        interval: Some([0.109, 0.26]),
        p: Some(1.4e-6),
        p_adjusted: Some(2.0e-5),
        detectable: Some(0.08),
        verdict: Verdict::Regressed,
        level: Level::Deny,
        because: "p95 rose 18% [11%, 26%], over 5%; p = 0.00002 after Holm over 14 rows".to_owned(),
        ..row("read", Metric::P95, Unit::Ms, 2.2, 2.6)
    }
}

fn untested(row: ReportRow) -> ReportRow {
    ReportRow {
        interval: None,
        p: None,
        p_adjusted: None,
        detectable: None,
        verdict: Verdict::Untested,
        level: Level::Warn,
        ..row
    }
}

/// What was not compared has neither change nor test.
fn uncompared(row: ReportRow) -> ReportRow {
    ReportRow { change: None, ..untested(row) }
}

/// One report with all nine verdicts.
pub(super) fn every_verdict() -> Report {
    let missing = ReportRow {
        fresh: None,
        verdict: Verdict::Missing,
        level: Level::Deny,
        because: "the baseline has this row, the fresh results do not".to_owned(),
        ..uncompared(row("search", Metric::P95, Unit::Ms, 41.3, 1.0))
    };
    let no_data = ReportRow {
        fresh: None,
        verdict: Verdict::NoData,
        level: Level::Deny,
        because: "all 5 fresh runs lack data: every request failed to connect".to_owned(),
        ..uncompared(row("login", Metric::P95, Unit::Ms, 88.0, 1.0))
    };
    let errors = ReportRow {
        change: Some(0.0062),
        scale: Scale::Absolute,
        interval: Some([0.0041, 0.0085]),
        p: Some(3.1e-7),
        p_adjusted: Some(4.0e-6),
        threshold: 0.005,
        detectable: Some(0.002),
        verdict: Verdict::Regressed,
        level: Level::Deny,
        because: "error_rate rose 0.62pp [0.41pp, 0.85pp], over 0.5pp".to_owned(),
        ..row("write", Metric::ErrorRate, Unit::Ratio, 0.0012, 0.0074)
    };
    let two_runs = ReportRow {
        fresh: Some(Side { value: 61.0, runs: 1, sessions: 1 }),
        runs_needed: Some(3),
        because: "one fresh run is too few for any test".to_owned(),
        ..untested(row("export", Metric::P95, Unit::Ms, 58.0, 61.0))
    };
    let suspect = ReportRow {
        interval: Some([0.004, 0.181]),
        p: Some(0.004),
        p_adjusted: Some(0.052),
        detectable: Some(0.13),
        runs_needed: Some(9),
        suspect: true,
        verdict: Verdict::Inconclusive,
        level: Level::Warn,
        because: "p95 rose 9.1%, over 5%, but p = 0.052 after Holm over 14 rows".to_owned(),
        ..row("write", Metric::P95, Unit::Ms, 5.5, 6.0)
    };
    let inconclusive = ReportRow {
        interval: Some([-0.09, 0.08]),
        detectable: Some(0.12),
        runs_needed: None,
        verdict: Verdict::Inconclusive,
        level: Level::Warn,
        because: "the interval reaches past 5% on both sides".to_owned(),
        ..row("読み取り / 一覧", Metric::P95, Unit::Ms, 951.0, 944.0)
    };
    let waived = ReportRow {
        interval: Some([0.07, 0.13]),
        p: Some(1.0e-9),
        p_adjusted: Some(1.3e-8),
        verdict: Verdict::Waived,
        because: "p95 rose 10%; waived up to 15% until 2026-12-31: audit log".to_owned(),
        ..row("audit", Metric::P95, Unit::Ms, 10.0, 11.0)
    };
    let added = ReportRow {
        base: None,
        verdict: Verdict::New,
        because: "the baseline does not have this row".to_owned(),
        level: Level::Allow,
        ..uncompared(row("tags", Metric::P95, Unit::Ms, 1.0, 3.3))
    };
    let improved = ReportRow {
        interval: Some([-0.31, -0.19]),
        p: Some(2.0e-8),
        p_adjusted: Some(2.6e-7),
        verdict: Verdict::Improved,
        because: "p95 fell 25% [19%, 31%], over 5%".to_owned(),
        ..row("feed", Metric::P95, Unit::Ms, 120.0, 90.0)
    };
    let info = ReportRow {
        gates: false,
        level: Level::Allow,
        because: "the interval reaches past 5%".to_owned(),
        ..inconclusive.clone()
    };
    let info = ReportRow { metric: Metric::P99, ..info };
    let rate = row("read", Metric::Throughput, Unit::PerSecond, 12_345.0, 12_330.0);
    Report {
        schema: SCHEMA.to_owned(),
        outcome: Outcome::Fail,
        exit_code: Outcome::Fail.exit_code(),
        rows: vec![
            regressed(),
            errors,
            missing,
            no_data,
            two_runs,
            suspect,
            inconclusive,
            waived,
            added,
            improved,
            info,
            rate,
            row("read", Metric::Checks, Unit::Ratio, 0.9997, 0.9998),
        ],
        slo: vec![
            SloResult {
                level: Level::Warn,
                because: Some(
                    "no run carried 190/s, which is 95% of 200/s; the most was 120/s".to_owned(),
                ),
                ..limit("api", "login", 500.0, None)
            },
            SloResult {
                metric: Metric::Throughput,
                unit: Unit::PerSecond,
                bound: Bound::AtLeast,
                interval: Some([12_100.0, 12_560.0]),
                state: SloState::Met,
                met: Some(true),
                ..limit("api", "read", 10_000.0, Some(12_330.0))
            },
            limit("api", "read", 2.5, Some(2.6)),
        ],
        environment: Environment { same: true, base: machine(), fresh: machine() },
        notices: vec![
            Notice {
                severity: Severity::Warning,
                code: "one-session".to_owned(),
                suite: Some("api".to_owned()),
                message: "both sides come from one session each, so a difference between sessions \
                          cannot be told from a change; collect more sessions, or measure both \
                          sides in one job"
                    .to_owned(),
            },
            Notice {
                severity: Severity::Notice,
                code: "kernel".to_owned(),
                suite: None,
                message: "the kernel changed from 6.1.0 to 6.8.0".to_owned(),
            },
        ],
        rule: Rule { test: "moderated-t".to_owned(), alpha: 0.02, family: 14, confirmation: None },
    }
}

/// A target on a p95 in ms, broken where something was measured.
pub(super) fn limit(suite: &str, id: &str, target: f64, measured: Option<f64>) -> SloResult {
    SloResult {
        suite: suite.to_owned(),
        id: id.to_owned(),
        metric: Metric::P95,
        unit: Unit::Ms,
        bound: Bound::AtMost,
        target,
        at: "200/s".to_owned(),
        objective: None,
        name: None,
        load: measured.map(|_| 201.0),
        measured,
        interval: measured.map(|value| [value * 0.99, value * 1.01]),
        margin: measured.map(|value| (target - value) / target),
        contract: None,
        state: if measured.is_some() { SloState::Broken } else { SloState::NotMeasured },
        met: measured.map(|_| false),
        level: Level::Deny,
        because: None,
        source: None,
    }
}

pub(super) fn machine() -> Machine {
    Machine {
        os: "linux".to_owned(),
        arch: "x86_64".to_owned(),
        cpu: "AMD EPYC 7763".to_owned(),
        cores: 4,
        ..Machine::default()
    }
}

/// A report of an outcome with the given rows and nothing else.
pub(super) fn report(outcome: Outcome, rows: Vec<ReportRow>) -> Report {
    Report {
        outcome,
        exit_code: outcome.exit_code(),
        rows,
        slo: vec![],
        notices: vec![],
        ..every_verdict()
    }
}

/// Names that attack a renderer, each in its own way.
pub(super) fn hostile_names() -> Vec<String> {
    [
        "a | b",
        "`code` and ``more``",
        "<script>alert(1)</script>",
        "</code><img src=x onerror=alert(1)>",
        "two\nlines\r\nand\ttabs",
        "\n::error::fake",
        "##[error]fake",
        "@everyone and @octo/team",
        "#123 octo/repo#4",
        "\u{202e}txt.exe",
        "\u{1b}[31mred\u{1b}[0m \u{1b}]8;;http://x\u{7}link",
        "[link](https://example.org) www.example.org me@example.org",
        "![image](https://example.org/x.png)",
        "*bold* _it_ ~~gone~~ $x^2$ :tada:",
        "]]> &amp; \u{0} \u{fffe} \" '",
        "\u{200b}\u{202e}\u{1b}",
    ]
    .into_iter()
    .map(str::to_owned)
    .chain([std::iter::repeat_n("long ", 2_000).collect()])
    .collect()
}

/// A report in which every text from outside is hostile.
pub(super) fn hostile() -> Report {
    let names = hostile_names();
    let row = |name: &String| ReportRow {
        suite: name.clone(),
        id: name.clone(),
        tags: BTreeMap::from([(name.clone(), name.clone())]),
        ..regressed()
    };
    let notice = |name: &String| Notice {
        severity: Severity::Error,
        code: "truncated".to_owned(),
        suite: Some(name.clone()),
        message: format!("the file ends within a line of {name}"),
    };
    let name = |at: usize| names.get(at).cloned().unwrap_or_default();
    Report {
        rows: names.iter().map(row).collect(),
        slo: names.iter().map(|name| limit(name, name, 2.5, Some(2.6))).collect(),
        notices: names.iter().map(notice).collect(),
        environment: Environment {
            same: false,
            base: Machine { name: Some(name(2)), os: name(3), cpu: name(9), ..machine() },
            fresh: Machine { arch: name(11), cpu: name(16), ..machine() },
        },
        ..every_verdict()
    }
}

/// Two runs: a load test with a row without data, and benchmarks.
pub(super) fn inspection() -> Inspection {
    let tags = |key: &str, value: &str| BTreeMap::from([(key.to_owned(), value.to_owned())]);
    let statistics = |values: &[(&str, f64)]| {
        values.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect()
    };
    let read = Row {
        n: 12_000,
        figures: [
            (Metric::P95, Figure::positive(2.2, None)),
            (Metric::ErrorRate, Figure::share(0, 12_000)),
            (Metric::Throughput, Figure::positive(200.1, None)),
        ]
        .into_iter()
        .filter_map(|(metric, figure)| Some((metric, figure?)))
        .collect(),
        statistics: statistics(&[("mean", 1.2), ("p50", 1.0), ("p95", 2.2), ("p99", 4.0)]),
        ..Row::empty("read".to_owned(), tags("category", "read"), Unit::Ms, Evidence::Requests)
    };
    let write =
        Row::empty("write".to_owned(), tags("category", "write"), Unit::Ms, Evidence::Requests);
    let load = Run {
        id: String::new(),
        path: "results.json.gz".to_owned(),
        tool: Tool::K6,
        format: "ndjson",
        tool_version: None,
        workload: Some(Workload::Open),
        provenance: Default::default(),
        rows: vec![Row { approximate: true, ..read }, write],
        problems: vec![Problem {
            severity: Severity::Warning,
            code: "no-data",
            row: Some("write".to_owned()),
            message: "no request carries this tag".to_owned(),
        }],
    };
    let bench = Row {
        n: 100,
        statistics: statistics(&[
            ("mean", 812.4),
            ("median", 811.9),
            ("slope", 812.0),
            ("std_dev", 3.1),
            ("p95", 818.0),
        ]),
        ..Row::empty("sum/1k".to_owned(), tags("group", "sum"), Unit::Ns, Evidence::Batches)
    };
    let benches = Run {
        path: "target/criterion".to_owned(),
        tool: Tool::Criterion,
        format: "directory",
        tool_version: Some("0.8".to_owned()),
        workload: None,
        rows: vec![bench],
        problems: vec![],
        ..load.clone()
    };
    Inspection { runs: vec![load, benches] }
}
