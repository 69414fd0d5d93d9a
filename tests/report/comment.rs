//! Whole comments and check runs, read as a reviewer reads them.

use insta::{assert_debug_snapshot, assert_snapshot};
use tailguard::measure::{Metric, Unit};
use tailguard::policy::{Level, Outcome, Verdict};
use tailguard::report::{
    Acceptance, AcceptedBy, BaselineAge, ChangedFile, Commits, LabelOffer, NoVerdict, Report,
    ReportRow, Setting, Standing, StoredSession, check_run, check_without_verdict, comment,
    comment_without_verdict,
};

use super::sample;

/// What the caller passes for GitHub's 65,536 characters.
const LIMIT: usize = 65_000;

const HEAD: &str = "def5678aa0def5678aa0def5678aa0def5678aa0";
const MERGE: &str = "abc1234bb1abc1234bb1abc1234bb1abc1234bb1";
const BASE: &str = "0123abccc20123abccc20123abccc20123abccc2";
const TIP: &str = "89abcdedd389abcdedd389abcdedd389abcdedd3";

pub(super) fn commits() -> Commits<'static> {
    Commits {
        head: HEAD,
        merge: Some(MERGE),
        base_ref: Some("main"),
        base: Some(BASE),
        judged_by: Some(TIP),
        ..Commits::default()
    }
}

const BASELINES: &[BaselineAge<'_>] = &[
    BaselineAge {
        suite: "api",
        sessions: 6,
        newest: StoredSession {
            time: Some("2026-11-20T09:30:00Z"),
            days: Some(3),
            commit: Some(BASE),
        },
        oldest: StoredSession {
            time: Some("2026-10-02T14:05:00Z"),
            days: Some(52),
            commit: Some(TIP),
        },
    },
    BaselineAge {
        suite: "micro",
        sessions: 1,
        newest: StoredSession { time: None, days: None, commit: None },
        oldest: StoredSession { time: None, days: None, commit: None },
    },
];

pub(super) fn setting() -> Setting<'static> {
    Setting {
        commits: Some(commits()),
        baselines: BASELINES,
        offers: &[LabelOffer { label: "perf-accepted", rows: &["api/*"], up_to: "20%" }],
        expires: Some("2026-12-23"),
        reproduce: &[
            "git fetch origin pull/12/head && git checkout def5678aa0def5678aa0def5678aa0def5678aa0",
            "tailguard run --rounds 5",
            "tailguard check",
        ],
        run_url: Some("https://github.com/octo/api/actions/runs/101"),
        summary_url: Some("https://github.com/octo/api/actions/runs/102"),
        ..Setting::default()
    }
}

fn verdicts(wanted: &[Verdict]) -> Vec<ReportRow> {
    sample::every_verdict().rows.into_iter().filter(|row| wanted.contains(&row.verdict)).collect()
}

#[test]
fn fail() {
    assert_snapshot!(comment(&sample::every_verdict(), &setting(), LIMIT));
}

#[test]
fn pass() {
    let report = sample::report(Outcome::Pass, verdicts(&[Verdict::Steady, Verdict::Improved]));
    assert_snapshot!(comment(&report, &setting(), LIMIT));
}

#[test]
fn undecided_by_both_sides_of_one_job() {
    let deny = |row| ReportRow { level: Level::Deny, ..row };
    let rows = verdicts(&[Verdict::Inconclusive, Verdict::Untested, Verdict::Steady]);
    let (steady, open): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|row| row.verdict == Verdict::Steady || !row.gates);
    let rows = open.into_iter().map(deny).chain(steady).collect();
    let setting = Setting { both_sides_measured: true, baselines: &[], ..setting() };
    assert_snapshot!(comment(&sample::report(Outcome::Undecided, rows), &setting, LIMIT));
}

#[test]
fn accepted_by_label() {
    let rows = verdicts(&[Verdict::Waived, Verdict::Steady]);
    let because = "p95 rose 10%; a person accepted it by label".to_owned();
    let rows = rows.into_iter().map(|row| match row.verdict {
        Verdict::Waived => ReportRow { because: because.clone(), ..row },
        _ => row,
    });
    let report = sample::report(Outcome::Pass, rows.collect());
    let label =
        |at| AcceptedBy::Label { name: "perf-accepted", actor: Some("octocat"), at: Some(at) };
    let accepted = Acceptance {
        by: label("2026-11-23T10:00:00Z"),
        standing: Standing::Applied,
        rows: &["api/*"],
        up_to: "20%",
        reason: None,
    };
    let acceptances = [
        accepted,
        Acceptance {
            by: label("2026-11-22T10:00:00Z"),
            standing: Standing::Void("it was set before the current head was measured"),
            ..accepted
        },
        Acceptance {
            by: AcceptedBy::Waiver { added: true, expires: "2027-01-31" },
            rows: &["audit"],
            up_to: "15%",
            reason: Some("the audit log is written twice until the migration ends"),
            ..accepted
        },
    ];
    assert_snapshot!(comment(&report, &Setting { acceptances: &acceptances, ..setting() }, LIMIT));
}

#[test]
fn fork_with_a_proposed_waiver() {
    let report = sample::report(Outcome::Fail, verdicts(&[Verdict::Regressed, Verdict::Steady]));
    let proposed = [Acceptance {
        by: AcceptedBy::Waiver { added: true, expires: "2027-01-31" },
        standing: Standing::Proposed,
        rows: &["read"],
        up_to: "50%",
        reason: Some("please @octocat"),
    }];
    let changed = [
        ChangedFile { path: "tailguard.toml", status: "modified", previous: None },
        ChangedFile {
            path: "baselines/api/b.json",
            status: "renamed",
            previous: Some("baselines/api/a.json"),
        },
    ];
    let setting = Setting {
        commits: Some(Commits { fork: Some("mona/api"), ..commits() }),
        acceptances: &proposed,
        changed: &changed,
        ..setting()
    };
    assert_snapshot!(comment(&report, &setting, LIMIT));
}

#[test]
fn no_verdict() {
    let reasons = [
        NoVerdict::RunFailed,
        NoVerdict::RunCancelled,
        NoVerdict::RunTimedOut,
        NoVerdict::NothingLeft,
        NoVerdict::Unreadable("measurement.json ends within line 3"),
        NoVerdict::NotJudged("tailguard.toml:4: there is no key 'treshold'"),
        NoVerdict::NotMeasured("the workflow perf.yml has no run for it"),
    ];
    let whole = comment_without_verdict(&reasons[0], &setting(), LIMIT);
    let heads = reasons.map(|why| {
        let shown = comment_without_verdict(&why, &Setting::default(), LIMIT);
        let check = check_without_verdict(&why, &Setting::default());
        assert_eq!(format!("<!-- tailguard:v1 id=default -->\n{}", check.summary), shown);
        format!("title: {}\n{}", check.title, check.summary)
    });
    assert_snapshot!(format!("{whole}\n-----\n{}", heads.join("\n-----\n")));
}

/// A report of many rows: every third regressed, every third undecided, the others steady.
pub(super) fn large(n: usize) -> Report {
    let rows = |verdict, level| {
        let all = verdicts(&[verdict]);
        let row = all.into_iter().find(|row| row.gates).unwrap();
        (0..n / 3).map(move |at| ReportRow { id: format!("{} {at}", row.id), level, ..row.clone() })
    };
    let all = rows(Verdict::Regressed, Level::Deny)
        .chain(rows(Verdict::Inconclusive, Level::Warn))
        .chain(rows(Verdict::Steady, Level::Allow))
        .collect();
    Report { notices: sample::every_verdict().notices, ..sample::report(Outcome::Fail, all) }
}

#[test]
fn two_thousand_rows() {
    let shown = comment(&large(2001), &setting(), LIMIT);
    // The rows between the first and the last shown are all alike.
    let lines: Vec<&str> = shown.lines().collect();
    let alike = |line: &str| line.starts_with("| ❌") || line.starts_with("| ⚠️");
    let short: Vec<String> = lines
        .iter()
        .enumerate()
        .filter(|(at, line)| {
            let next = lines.get(at + 1).copied().unwrap_or_default();
            !alike(line) || !alike(next) || !alike(lines.get(at.wrapping_sub(1)).unwrap_or(&""))
        })
        .map(|(_, line)| (*line).to_owned())
        .collect();
    assert_snapshot!(format!("{} bytes\n{}", shown.len(), short.join("\n")));
}

#[test]
fn checks() {
    let file = |row: ReportRow| ReportRow { file: Some("load/steady.js".to_owned()), ..row };
    let every = sample::every_verdict();
    let rows: Vec<_> = every.rows.iter().cloned().map(file).collect();
    let check = check_run(&Report { rows, ..every }, &setting());
    assert_debug_snapshot!((check.title, check.annotations));
}

#[test]
fn titles_of_checks() {
    use Verdict::{Improved, Inconclusive, Missing, New, Regressed, Steady, Untested, Waived};
    let title = |outcome, wanted: &[Verdict]| {
        check_run(&sample::report(outcome, verdicts(wanted)), &Setting::default()).title
    };
    let limit = Report {
        slo: sample::every_verdict().slo,
        ..sample::report(Outcome::Fail, verdicts(&[Steady]))
    };
    let titles = [
        title(Outcome::Fail, &[Regressed, Steady]),
        title(Outcome::Fail, &[]),
        check_run(&limit, &Setting::default()).title,
        title(Outcome::Undecided, &[Missing, Steady]),
        title(Outcome::Undecided, &[Steady]),
        title(Outcome::Undecided, &[]),
        title(Outcome::Pass, &[Improved, New, Steady]),
        title(Outcome::Pass, &[Inconclusive, Untested, Waived, Steady]),
        title(Outcome::Pass, &[Regressed, Steady]),
    ];
    assert_snapshot!(titles.join("\n"));
}

#[test]
fn a_summary_is_the_comment_without_its_marker() {
    let report = sample::every_verdict();
    let shown = comment(&report, &setting(), LIMIT);
    let (marker, rest) = shown.split_once('\n').unwrap();
    assert_eq!(marker, "<!-- tailguard:v1 id=default -->");
    assert_eq!(check_run(&report, &setting()).summary, rest);
}

#[test]
fn an_annotation_needs_a_path_within_the_repository() {
    let with = |file: &str| {
        let row = ReportRow { file: Some(file.to_owned()), ..sample::regressed() };
        check_run(&sample::report(Outcome::Fail, vec![row]), &Setting::default()).annotations.len()
    };
    assert_eq!(with("packages/@octo/load.js"), 1);
    for odd in ["", "/etc/passwd", "../x", "a//b", "a/./b", "a\\b", "a\nb", "a\u{202e}b"] {
        assert_eq!(with(odd), 0, "{odd:?}");
    }
}

#[test]
fn a_pasted_waiver_names_the_row_whatever_it_is_called() {
    let id = "a \"b\" \\ ``` [x @me\n#1 \u{202e}";
    let throughput = ReportRow {
        change: Some(-0.21),
        interval: Some([-0.281, -0.14]),
        ..sample::row(id, Metric::Throughput, Unit::PerSecond, 200.0, 158.0)
    };
    let errors = ReportRow {
        id: id.to_owned(),
        ..verdicts(&[Verdict::Regressed]).into_iter().find(|r| r.metric.is_proportion()).unwrap()
    };
    let rows = [throughput, errors].map(|row| ReportRow {
        verdict: Verdict::Regressed,
        level: Level::Deny,
        ..row
    });
    let shown = comment(&sample::report(Outcome::Fail, rows.to_vec()), &setting(), LIMIT);
    let (_, rest) = shown.split_once("```toml\n").unwrap();
    let (toml, _) = rest.split_once("```").unwrap();
    let toml: toml::Table = toml::from_str(toml).unwrap();
    let waivers = toml["waiver"].as_array().unwrap();
    let text = |at: usize, key: &str| waivers[at][key].as_str().unwrap().to_owned();
    assert_eq!(waivers.len(), 2);
    for at in [0, 1] {
        assert_eq!(text(at, "suite"), "api");
        let pattern = tailguard::policy::Pattern::new(&text(at, "row")).unwrap();
        assert!(pattern.matches(id), "{pattern}");
        assert_eq!(text(at, "reason"), "", "a reason is for people to write");
        assert_eq!(waivers[at]["expires"].as_datetime().unwrap().to_string(), "2026-12-23");
    }
    assert_eq!((text(0, "metric").as_str(), text(0, "up-to").as_str()), ("throughput", "29%"));
    assert_eq!((text(1, "metric").as_str(), text(1, "up-to").as_str()), ("error_rate", "0.9pp"));
}
