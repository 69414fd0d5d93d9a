//! The commands around the gate, as a shell meets them.

#![allow(clippy::expect_used, reason = "a test that cannot be set up has failed")]

mod common;

use std::fs;
use std::process::Stdio;

use common::{criterion_run, micro_config, run, stderr, stdout, tailguard};

const NAMES: [&str; 3] = ["alpha", "beta", "gamma"];

#[test]
fn completions_and_manual_pages_name_every_command() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let text = stdout(&run(dir.path(), &["completions", shell]));
        assert!(["check", "compare", "inspect", "baseline"].iter().all(|c| text.contains(c)));
    }
    assert!(stdout(&run(dir.path(), &["man"])).contains(".TH tailguard"));
    assert!(run(dir.path(), &["man", "--dir", "pages"]).status.success());
    assert!(dir.path().join("pages/tailguard-baseline-refresh.1").exists());
}

#[test]
fn the_saved_measurement_holds_both_sides_of_a_comparison() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    for (side, level) in [("base", 1000.0), ("fresh", 1000.5)] {
        for i in 0..3 {
            let root = dir.path().join(format!("{side}/{i}"));
            criterion_run(&root, &NAMES, level + f64::from(i));
        }
    }
    let saved = ["--save", "measurement.json"];
    let sides = ["compare", "--base", "base/*", "--fresh", "fresh/*"];
    let done = run(dir.path(), &[&sides[..], &saved[..]].concat());
    assert_eq!(done.status.code(), Some(0), "{}{}", stdout(&done), stderr(&done));
    let text = fs::read_to_string(dir.path().join("measurement.json")).expect("it was saved");
    let value: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    assert_eq!(value["schema"], "tailguard.measurement/v1");
    for side in ["base", "fresh"] {
        let rows = value["suites"][0][side]["rows"].as_array().expect("rows");
        assert_eq!(rows.len(), NAMES.len());
        assert!(rows.iter().all(|row| row["runs"].as_object().is_some_and(|r| r.len() == 3)));
    }
}

#[test]
fn a_real_report_keeps_to_its_published_schema() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    micro_config(dir.path());
    for i in 0..3 {
        criterion_run(&dir.path().join(format!("fresh/{i}")), &NAMES, 1000.0 + f64::from(i));
    }
    let inspected = run(dir.path(), &["inspect", "--format", "json", "fresh/*"]);
    let checked = run(dir.path(), &["check", "--format", "json"]);
    assert_eq!(checked.status.code(), Some(11), "there is no baseline yet");
    for (schema, output) in [("report", checked), ("inspect", inspected)] {
        let text = fs::read_to_string(format!("docs/performance/schemas/{schema}-v1.json"));
        let schema: serde_json::Value =
            serde_json::from_str(&text.expect("the schema is there")).expect("it is JSON");
        let report: serde_json::Value =
            serde_json::from_str(&stdout(&output)).expect("the report is JSON");
        let validator = jsonschema::validator_for(&schema).expect("the schema is one");
        let errors: Vec<_> = validator.iter_errors(&report).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
}

#[test]
fn another_machine_is_said_in_the_report() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    micro_config(dir.path());
    for i in 0..3 {
        criterion_run(&dir.path().join(format!("fresh/{i}")), &NAMES, 1000.0 + f64::from(i));
    }
    assert!(run(dir.path(), &["baseline", "refresh"]).status.success());
    for i in 0..3 {
        let root = dir.path().join(format!("fresh/{i}"));
        criterion_run(&root, &NAMES, 1005.0 + f64::from(i));
        fs::write(root.join("tailguard-run.json"), r#"{"machine":"another"}"#).expect("writable");
    }
    let checked = run(dir.path(), &["check", "--format", "json"]);
    assert_eq!(checked.status.code(), Some(11), "{}", stderr(&checked));
    let report: serde_json::Value = serde_json::from_str(&stdout(&checked)).expect("JSON");
    assert_eq!(report["environment"]["same"], false);
}

#[test]
fn a_closed_pipe_is_no_error_and_quiet_says_nothing() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    criterion_run(&dir.path().join("run"), &NAMES, 1000.0);
    let mut child = tailguard(dir.path())
        .args(["inspect", "run"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    drop(child.stdout.take());
    let ended = child.wait_with_output().expect("the command ends");
    assert_eq!((ended.status.code(), stderr(&ended).as_str()), (Some(0), ""));
    micro_config(dir.path());
    criterion_run(&dir.path().join("fresh/0"), &NAMES, 1000.0);
    assert_eq!(stderr(&run(dir.path(), &["-q", "baseline", "refresh"])), "");
}

#[test]
fn colour_is_for_those_who_ask() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    criterion_run(&dir.path().join("a"), &NAMES, 1000.0);
    criterion_run(&dir.path().join("b"), &NAMES, 1100.0);
    let compare = ["compare", "--base", "a", "--fresh", "b"];
    let plain = stdout(&run(dir.path(), &compare));
    assert!(!plain.contains('\u{1b}') && plain.starts_with("UNDECIDED"), "{plain}");
    let coloured = stdout(&run(dir.path(), &[&compare[..], &["--color", "always"]].concat()));
    assert!(coloured.contains("\u{1b}["));
}

#[test]
fn a_named_criterion_baseline_is_compared_with_what_came_after() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let root = dir.path().join("criterion");
    criterion_run(&root, &NAMES, 1000.0);
    for name in NAMES {
        fs::rename(root.join(name).join("new"), root.join(name).join("main")).expect("writable");
    }
    criterion_run(&root, &NAMES, 1100.0);
    let sides = ["compare", "--base", "criterion", "--fresh", "criterion"];
    let against = |arguments: &[&str]| {
        let output = run(dir.path(), &[&sides[..], arguments].concat());
        assert_eq!(output.status.code(), Some(11));
        stdout(&output)
    };
    let named = against(&["--criterion-baseline", "main"]);
    assert!(named.contains("+10.0%") && named.contains("one run against one run"), "{named}");
    assert!(against(&[]).contains("byte for byte"));
}

#[test]
fn five_copies_of_one_run_are_one_run() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    for i in 0..5 {
        criterion_run(&dir.path().join(format!("a/{i}")), &NAMES, 1000.0);
        criterion_run(&dir.path().join(format!("b/{i}")), &NAMES, 1001.0);
    }
    let compared = run(dir.path(), &["compare", "--base", "a/*", "--fresh", "b/*"]);
    assert_eq!(compared.status.code(), Some(11), "{}", stdout(&compared));
    assert!(stdout(&compared).contains("count once"), "{}", stdout(&compared));
}

#[test]
fn a_benchmark_that_was_not_run_again_is_untested() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    micro_config(dir.path());
    for i in 0..3 {
        criterion_run(&dir.path().join(format!("fresh/{i}")), &NAMES, 1000.0 + f64::from(i));
    }
    assert!(run(dir.path(), &["baseline", "refresh", "--session", "a"]).status.success());
    // gamma's directory stays as it was.
    for i in 0..3 {
        let root = dir.path().join(format!("fresh/{i}"));
        criterion_run(&root, &NAMES[..2], 1005.0 + f64::from(i));
        let _ = fs::remove_file(root.join("tailguard-run.json"));
    }
    let checked = run(dir.path(), &["check", "--session", "b", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&stdout(&checked)).expect("JSON");
    let rows = report["rows"].as_array().expect("rows");
    let gamma = rows.iter().find(|row| row["id"] == "gamma").expect("gamma is told");
    assert_eq!(gamma["verdict"], "untested");
    assert!(stdout(&run(dir.path(), &["check", "--session", "b"])).contains("not measured again"));
}

#[test]
fn a_limit_fails_whatever_the_baseline_says() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    micro_config(dir.path());
    let config = fs::read_to_string(dir.path().join("tailguard.toml")).expect("just written");
    for (limit, code) in [("900ns", 10), ("1100ns", 11), ("5MiB", 11)] {
        let slo = format!(
            "[[slo]]\nsuite = \"micro\"\nmetric = \"median\"\nat-most = \"{limit}\"\nat = \"1 user\"\n"
        );
        fs::write(dir.path().join("tailguard.toml"), format!("{config}\n{slo}")).expect("writable");
        criterion_run(&dir.path().join("fresh/0"), &NAMES, 1000.0);
        // Without a baseline nothing is tested, and a broken limit still outweighs that.
        let checked = run(dir.path(), &["check"]);
        assert!(
            checked.status.code() == Some(code)
                || limit == "5MiB" && checked.status.code() == Some(2),
            "{limit}: {}{}",
            stdout(&checked),
            stderr(&checked)
        );
    }
}
