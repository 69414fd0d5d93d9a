//! Judging a saved measurement: the second judge, who has only the file, says what the first said.

#![allow(clippy::expect_used, reason = "a test that cannot be set up has failed")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use common::criterion_run;
use serde_json::{Value, json};
use tailguard::gate::{
    self, CheckPlan, ComparePlan, Error, Host, Judged, Measurement, Rejudge, SuitePaths,
};
use tailguard::measure::{Machine, Severity};
use tailguard::policy::config::{self, Config, Gate};
use tailguard::policy::{Origin, Outcome, Scope, Verdict, Waiver};
use tailguard::report::Report;
use tailguard::source::Reading;

type Paths = BTreeMap<String, SuitePaths>;

#[test]
fn the_second_judge_agrees_with_the_first() {
    for (file, outcome) in [("unchanged.toml", Outcome::Pass), ("tailguard.toml", Outcome::Fail)] {
        let config = quickstart(file);
        let (first, saved) = check(&config, &Paths::new());
        assert_eq!(first.outcome, outcome);
        agree(&config, &first, &saved);
    }
}

#[test]
fn lost_data_are_lost_for_the_second_judge_too() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let results = root().join("examples/quickstart/results/unchanged");
    for run in 1..=5 {
        let bytes = fs::read(results.join(format!("run-{run}/k6.json.gz"))).expect("there");
        let whole = if run == 3 { bytes.len() - 2000 } else { bytes.len() };
        fs::write(dir.path().join(format!("{run}.json.gz")), &bytes[..whole]).expect("writable");
    }
    let config = quickstart("unchanged.toml");
    let fresh = Paths::from([("api".to_owned(), paths(dir.path(), "*.json.gz"))]);
    let host = Host { machine: of_quickstart(), ..Host::default() };
    let (first, saved) = check_at(&config, &fresh, &Paths::new(), &host);
    let truncated = |judged: &Judged| {
        judged.notices.iter().any(|n| n.severity == Severity::Error && n.message.contains("3.json"))
    };
    assert!(truncated(&first), "{:?}", first.notices);
    assert!(first.findings.iter().all(|f| f.verdict != Verdict::Steady || !f.comparison.damaged));
    let one_suite = Config { suites: vec![config.suites[0].clone()], ..config };
    agree(&one_suite, &first, &saved);
}

#[test]
fn comparisons_are_judged_again_like_checks() {
    let results = root().join("examples/quickstart/results");
    let failing = root().join("tests/fixtures/failing");
    for (base, fresh, outcome) in [
        (
            paths(&results, "unchanged/run-*/k6.json.gz"),
            paths(&results, "slower/run-*/k6.json.gz"),
            None,
        ),
        (
            paths(&results, "unchanged/run-*/criterion"),
            paths(&results, "slower/run-*/criterion"),
            Some(Outcome::Fail),
        ),
        // A row without data, and requests that fail more often.
        (paths(&failing, "tenth-*.json"), paths(&failing, "dead-*.json"), Some(Outcome::Undecided)),
        (paths(&failing, "twentieth-*.json"), paths(&failing, "tenth-*.json"), Some(Outcome::Fail)),
    ] {
        let config = Config::standalone(gate::COMPARE_SUITE, Gate::default(), Reading::default());
        let (first, saved) = compare(&config, &base, &fresh);
        assert!(outcome.is_none_or(|outcome| outcome == first.outcome), "{:?}", first.outcome);
        agree(&config, &first, &saved);
        assert_eq!(saved.own_base_sides().collect::<Vec<_>>(), [gate::COMPARE_SUITE]);
    }
}

#[test]
fn sides_of_different_machines_are_not_compared_by_anybody() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let side = |name: &str, machine: &str, level: f64| {
        for run in 0..3 {
            let root = dir.path().join(format!("{name}/{run}"));
            criterion_run(&root, &["one"], level + f64::from(run));
            let sidecar = json!({"schema": "tailguard.run/v1", "session": "s", "machine": machine});
            fs::write(root.join("tailguard-run.json"), sidecar.to_string()).expect("writable");
        }
        paths(&dir.path().join(name), "*")
    };
    let config = Config::standalone(gate::COMPARE_SUITE, Gate::default(), Reading::default());
    let (base, fresh) = (side("base", "one", 1000.0), side("fresh", "other", 1000.5));
    let (first, saved) = compare(&config, &base, &fresh);
    assert_eq!(first.outcome, Outcome::Undecided);
    assert!(first.notices.iter().any(|n| n.code == "other-machine"));
    agree(&config, &first, &saved);
    // Two machines on one side, under the name of one session.
    let mixed =
        SuitePaths { patterns: [base.patterns, fresh.patterns].concat(), dir: PathBuf::new() };
    let (first, saved) = compare(&config, &mixed, &mixed);
    assert!(first.notices.iter().any(|n| n.code == "other-machine"));
    agree(&config, &first, &saved);
    let without_base = altered(&saved, |value| {
        value["suites"][0].as_object_mut().expect("a suite").remove("base");
    });
    let refused = rejudge(&config, &without_base).expect_err("machines are mixed");
    assert!(matches!(refused, Error::MixedMachines { .. }), "{refused}");
}

#[test]
fn a_base_side_of_the_same_job_stands_in_for_the_stored_baseline() {
    let config = quickstart("tailguard.toml");
    let results = root().join("examples/quickstart/results");
    let base = Paths::from([("micro".to_owned(), paths(&results, "unchanged/run-*/criterion"))]);
    let (first, saved) = check_at(&config, &Paths::new(), &base, &Host::default());
    assert_eq!(first.outcome, Outcome::Fail);
    agree(&config, &first, &saved);
    assert_eq!(saved.own_base_sides().collect::<Vec<_>>(), ["micro"]);
    let ages = gate::baseline_ages(&config, &saved).expect("baselines are readable");
    assert_eq!(ages.len(), 1, "micro needs no baseline");
    let text = fs::read_to_string(
        root().join("examples/quickstart/baselines/api/linux-x86_64-amd-epyc-2c.json"),
    );
    let stored: Value = serde_json::from_str(&text.expect("readable")).expect("JSON");
    let sessions = stored["sessions"].as_array().expect("sessions");
    let runs = sessions.iter().flat_map(|s| s["runs"].as_array().expect("runs"));
    let times: Vec<&str> = runs.filter_map(|run| run["time"].as_str()).collect();
    assert_eq!(ages[0].suite, "api");
    assert_eq!(ages[0].sessions, sessions.len());
    assert_eq!(ages[0].newest.as_deref(), times.iter().max().copied());
    assert_eq!(ages[0].oldest.as_deref(), times.iter().min().copied());
}

#[test]
fn a_suite_that_was_not_measured_is_never_a_pass() {
    let config = quickstart("unchanged.toml");
    let (_, saved) = check(&config, &Paths::new());
    let without = altered(&saved, |value| {
        value["suites"].as_array_mut().expect("suites").remove(1);
    });
    let judged = rejudge(&config, &without).expect("one suite is left");
    assert_eq!(judged.outcome, Outcome::Undecided);
    let notice = judged.notices.iter().find(|n| n.code == "not-measured").expect("it is told");
    assert_eq!((notice.severity, notice.suite.as_deref()), (Severity::Error, Some("micro")));
    // Neither is one that the configuration does not know: it is told and not judged.
    let renamed = altered(&saved, |value| value["suites"][1]["suite"] = json!("other"));
    let judged = rejudge(&config, &renamed).expect("one suite is left");
    assert_eq!(judged.outcome, Outcome::Undecided);
    assert!(judged.notices.iter().any(|n| {
        n.code == "unknown-suite" && n.severity == Severity::Warning && n.message.contains("other")
    }));
    assert!(judged.findings.iter().all(|f| f.suite == "api"));
    let nothing = altered(&renamed, |value| value["suites"][0]["suite"] = json!("another"));
    let refused = rejudge(&config, &nothing).expect_err("nothing can be judged");
    assert_eq!(refused.exit_code(), 1);
    assert!(refused.to_string().starts_with("no suite in common"), "{refused}");
}

#[test]
fn what_is_accepted_beside_the_configuration_counts() {
    let config = quickstart("tailguard.toml");
    let (first, saved) = check(&config, &Paths::new());
    let worse = first.findings.iter().filter(|f| f.verdict == Verdict::Regressed);
    assert!(worse.count() > 0);
    let metrics = tailguard::measure::Metric::ALL.into_iter().filter(|m| m.is_time()).collect();
    let waiver = |up_to: f64| Waiver {
        scope: Scope { metrics, ..Scope::default() },
        up_to,
        reason: "known".to_owned(),
        expires: today(),
        issue: None,
        origin: Origin::PullRequest,
        line: 1,
    };
    let waivers = [waiver(2.0)];
    let plan = Rejudge { config: &config, measurement: &saved, waivers: &waivers, today: today() };
    let judged = gate::rejudge(&plan).expect("it can be judged");
    assert_eq!(judged.outcome, Outcome::Pass, "{:?}", judged.notices);
    assert!(judged.findings.iter().any(|f| f.waived_by == Some(Origin::PullRequest)));
}

#[test]
fn a_measurement_names_what_was_checked_out() {
    let config = quickstart("unchanged.toml");
    let host = Host { commit: Some("0123abc".to_owned()), ..Host::default() };
    let (_, saved) = check_at(&config, &Paths::new(), &Paths::new(), &host);
    let saved = parsed(&saved);
    assert_eq!(saved.commit(), Some("0123abc"));
    assert_eq!(saved.version(), env!("CARGO_PKG_VERSION"));
    assert_eq!(saved.suites().collect::<Vec<_>>(), ["api", "micro"]);
    assert_eq!(saved.own_base_sides().count(), 0);
    assert!(!saved.fresh_commits().is_empty());
    assert_eq!(saved.own_base_sides().next(), None);
}

/// Judges the file of a measurement again, and compares the whole reports.
fn agree(config: &Config, first: &Judged, saved: &Measurement) {
    let first: Report = gate::report(first);
    let saved = parsed(saved);
    let second = gate::report(&rejudge(config, &saved).expect("it can be judged again"));
    let text = |report: &Report| serde_json::to_string_pretty(report).expect("reports are JSON");
    assert_eq!(text(&first), text(&second));
}

fn rejudge(config: &Config, saved: &Measurement) -> Result<Judged, Error> {
    gate::rejudge(&Rejudge { config, measurement: saved, waivers: &[], today: today() })
}

/// Through the bytes of the file.
fn parsed(saved: &Measurement) -> Measurement {
    Measurement::parse(&saved.bytes().expect("it can be saved")).expect("it can be read")
}

fn altered(saved: &Measurement, alter: impl FnOnce(&mut Value)) -> Measurement {
    let mut value = serde_json::from_slice(&saved.bytes().expect("bytes")).expect("JSON");
    alter(&mut value);
    Measurement::parse(value.to_string().as_bytes()).expect("it can be read")
}

fn check(config: &Config, fresh: &Paths) -> (Judged, Measurement) {
    check_at(config, fresh, &Paths::new(), &Host::default())
}

fn check_at(config: &Config, fresh: &Paths, base: &Paths, host: &Host) -> (Judged, Measurement) {
    let plan = CheckPlan { config, host, fresh, base, today: today() };
    gate::check(&plan).expect("it can be judged")
}

fn compare(config: &Config, base: &SuitePaths, fresh: &SuitePaths) -> (Judged, Measurement) {
    let (host, reading) = (Host::default(), Reading::default());
    let (base_sessions, today) = (&[][..], today());
    let plan =
        ComparePlan { config, host: &host, reading: &reading, base, base_sessions, fresh, today };
    gate::compare(&plan).expect("it can be judged")
}

fn quickstart(file: &str) -> Config {
    config::load(&root().join("examples/quickstart").join(file)).expect("it is a configuration")
}

/// The machine of the stored baselines.
fn of_quickstart() -> Machine {
    Machine {
        os: "linux".to_owned(),
        arch: "x86_64".to_owned(),
        cpu: "AMD EPYC".to_owned(),
        cores: 2,
        ..Machine::default()
    }
}

fn paths(dir: &Path, pattern: &str) -> SuitePaths {
    let pattern = dir.join(pattern).to_string_lossy().into_owned();
    SuitePaths { patterns: vec![pattern], dir: PathBuf::new() }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn today() -> jiff::civil::Date {
    jiff::civil::date(2026, 11, 23)
}
