//! Verdicts that are recorded, and what they come to when they are looked back on.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::{criterion_run, micro_config, run, stderr, stdout};
use serde_json::Value;

const BASELINE: &str = "baselines/micro/test.json";

/// Three fresh runs around a level, of which one benchmark is slower by a share.
fn measure(dir: &Path, level: f64, slower: &str, by: f64) {
    let _ = fs::remove_dir_all(dir.join("fresh"));
    for (place, wobble) in [0.0, 2.0, -1.0].into_iter().enumerate() {
        let root = dir.join(format!("fresh/{place}"));
        criterion_run(&root, &["alpha", "beta", "gamma"], level + wobble);
        if by > 0.0 {
            criterion_run(&root, &[slower], (level + wobble) * (1.0 + by));
        }
    }
}

fn git(dir: &Path, arguments: &[&str]) -> String {
    let identity =
        ["-c", "user.name=t", "-c", "user.email=t@localhost", "-c", "commit.gpgsign=false"];
    let output =
        Command::new("git").arg("-C").arg(dir).args(identity).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A commit that changes nothing else: measurements tell it.
fn commit(dir: &Path, message: &str) -> String {
    git(dir, &["commit", "--quiet", "--allow-empty", "--message", message]);
    git(dir, &["rev-parse", "HEAD"])
}

/// Five stored sessions, in a repository.
fn project() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    micro_config(dir.path());
    git(dir.path(), &["init", "--quiet"]);
    commit(dir.path(), "first");
    for (session, level) in
        [("1", 1000.0), ("2", 1004.3), ("3", 998.6), ("4", 1001.7), ("5", 999.2)]
    {
        measure(dir.path(), level, "", 0.0);
        let refreshed = run(dir.path(), &["baseline", "refresh", "--session", session]);
        assert!(refreshed.status.success(), "{}", stderr(&refreshed));
    }
    dir
}

fn check(dir: &Path, session: &str) -> i32 {
    run(dir, &["check", "--record", "--session", session]).status.code().unwrap()
}

fn history(dir: &Path) -> Value {
    let told = run(dir, &["calibrate", "--from-history", "--format", "json"]);
    assert!(told.status.success(), "{}", stderr(&told));
    let told: Value = serde_json::from_str(&stdout(&told)).unwrap();
    let schema = fs::read_to_string("docs/performance/schemas/history-v1.json").unwrap();
    let schema = jsonschema::draft202012::new(&serde_json::from_str(&schema).unwrap()).unwrap();
    let faults: Vec<String> = schema.iter_errors(&told).map(|e| e.to_string()).collect();
    assert!(faults.is_empty(), "{faults:#?}");
    told
}

fn became(told: &Value) -> Vec<(String, String)> {
    let alarms = told["suites"][0]["alarms"].as_array().unwrap();
    let of = |alarm: &Value, key: &str| alarm[key].as_str().unwrap().to_owned();
    alarms.iter().map(|alarm| (of(alarm, "id"), of(alarm, "became"))).collect()
}

#[test]
fn every_refresh_records_what_it_said_and_a_check_does_so_on_request() {
    let dir = project();
    let dir = dir.path();
    let text = || fs::read_to_string(dir.join(BASELINE)).unwrap();
    // The first session had nothing to be judged by.
    let told = history(dir);
    assert_eq!((&told["checks"], &told["suites"][0]["verdicts"]), (&0.into(), &4.into()), "{told}");
    let words = stdout(&run(dir, &["calibrate", "--from-history"]));
    assert!(words.contains("nothing is known of false alarms"), "{words}");
    measure(dir, 1002.0, "beta", 0.3);
    let before = text();
    assert_eq!(run(dir, &["check", "--session", "6"]).status.code(), Some(10));
    assert_eq!(text(), before, "nobody asked for a record");
    assert_eq!(check(dir, "6"), 10);
    let once = text();
    assert!(once.len() > before.len() && once.contains("\"beta\""), "{once}");
    assert_eq!(check(dir, "6"), 10);
    assert_eq!(text(), once, "the same results are recorded once");
    let verified = run(dir, &["baseline", "verify"]);
    assert!(verified.status.success(), "{}", stderr(&verified));
    let told = history(dir);
    assert_eq!((&told["checks"], &told["open"]), (&Value::from(1), &Value::from(1)));
    assert_eq!(became(&told), [("beta".to_owned(), "open".to_owned())]);
    assert!(told["suites"][0]["alarms"][0]["change"].as_f64().unwrap() > 0.25, "{told}");
}

#[test]
fn an_alarm_is_held_against_what_came_after_it() {
    let dir = project();
    let dir = dir.path();
    let mut measured = 1000.0;
    let mut again = |slower: &str, by: f64, session: &str| {
        // Every measurement has samples of its own.
        measured += 0.31;
        measure(dir, measured, slower, by);
        check(dir, session)
    };
    // Nothing was there: the same commit is measured again.
    assert_eq!((again("alpha", 0.3, "6"), again("", 0.0, "7")), (10, 0));
    // A commit that was reverted.
    let slow = commit(dir, "slower");
    assert_eq!(again("beta", 0.3, "8"), 10);
    commit(dir, &format!("Revert \"slower\"\n\nThis reverts commit {slow}."));
    assert_eq!(again("", 0.0, "9"), 0);
    // A new level that was accepted.
    commit(dir, "slower for a reason");
    assert_eq!(again("gamma", 0.3, "10"), 10);
    let accept = ["baseline", "refresh", "--session", "10", "--accept-regression", "more fields"];
    let refreshed = run(dir, &accept);
    assert!(refreshed.status.success(), "{}", stderr(&refreshed));
    let told = history(dir);
    let expected = [("alpha", "not-again"), ("beta", "reverted"), ("gamma", "accepted")];
    let expected = expected.map(|(id, became)| (id.to_owned(), became.to_owned()));
    assert_eq!(became(&told), expected, "{told}");
    assert_eq!(told["suites"][0]["alarms"][2]["reason"], "more fields");
    let counts = ["checks", "real", "false", "unexplained", "open", "unchanged"];
    assert_eq!(counts.map(|key| told[key].as_u64().unwrap()), [5, 2, 1, 0, 0, 3]);
    let words = stdout(&run(dir, &["calibrate", "--from-history"]));
    for said in [
        "5 recorded checks, 3 with an alarm: 2 for a reason, 1 for nothing",
        "accepted: more fields",
        "alpha median +29.9% at ",
    ] {
        assert!(words.contains(said), "{said:?} in\n{words}");
    }
    assert_eq!(words, stdout(&run(dir, &["calibrate", "--from-history"])));
}

#[test]
fn where_nothing_is_recorded_it_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    micro_config(dir);
    measure(dir, 1000.0, "", 0.0);
    assert!(run(dir, &["baseline", "refresh", "--session", "1"]).status.success());
    let told = run(dir, &["calibrate", "--from-history"]);
    assert_eq!(told.status.code(), Some(11));
    assert!(stderr(&told).contains("hint: `tailguard check --record`"), "{}", stderr(&told));
    // The very samples that are stored: there is nothing that could be said of them.
    let checked = run(dir, &["check", "--record", "--session", "1"]);
    let said = format!("{}{}", stdout(&checked), stderr(&checked));
    assert!(said.contains("its verdict is not recorded: no gating row could be tested"), "{said}");
    let refused = run(dir, &["calibrate", "--from-history", "--run"]);
    assert_eq!(refused.status.code(), Some(2));
    let refused =
        run(dir, &["check", "--record", "--fresh", "micro=fresh/*", "--base", "micro=fresh/*"]);
    assert_eq!(refused.status.code(), Some(2));
    fs::remove_dir_all(dir.join("baselines")).unwrap();
    let told = run(dir, &["calibrate", "--from-history"]);
    assert!(stderr(&told).contains("no verdict is recorded"), "{}", stderr(&told));
}

#[test]
fn a_changed_working_tree_is_not_its_commit() {
    let dir = project();
    let dir = dir.path();
    fs::write(dir.join("source"), "1").unwrap();
    git(dir, &["add", "source"]);
    commit(dir, "source");
    fs::write(dir.join("source"), "2").unwrap();
    measure(dir, 1000.5, "alpha", 0.3);
    assert_eq!(check(dir, "6"), 10);
    fs::write(dir.join("source"), "1").unwrap();
    measure(dir, 1000.9, "", 0.0);
    assert_eq!(check(dir, "7"), 0);
    assert_eq!(became(&history(dir)), [("alpha".to_owned(), "gone-at-next".to_owned())]);
}

#[test]
fn a_record_that_cannot_be_written_is_an_error_and_leaves_the_old_state() {
    let dir = project();
    let dir = dir.path();
    let before = fs::read_to_string(dir.join(BASELINE)).unwrap();
    measure(dir, 1000.5, "", 0.0);
    let shelf = fs::File::open(dir.join("baselines")).unwrap();
    shelf.try_lock().unwrap();
    let checked = run(dir, &["check", "--record", "--session", "6"]);
    assert_eq!(checked.status.code(), Some(1), "{}", stderr(&checked));
    assert!(stdout(&checked).starts_with("PASS"), "what was said is told: {}", stdout(&checked));
    drop(shelf);
    assert_eq!(fs::read_to_string(dir.join(BASELINE)).unwrap(), before);
    let broken = before.replace("\"judged\":3", "\"judged\":3,\"judged\":4");
    assert_ne!(broken, before);
    fs::write(dir.join(BASELINE), broken).unwrap();
    let checked = run(dir, &["check", "--record", "--session", "6"]);
    assert_eq!(checked.status.code(), Some(1));
    assert!(stderr(&checked).contains("judged"), "{}", stderr(&checked));
}

#[test]
fn a_check_of_two_suites_is_one_check() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let suite = |name: &str| {
        format!(
            "[[suite]]\nname = \"{name}\"\nsource = \"criterion\"\npath = \"fresh/*\"\nenvironment = \"test\"\n"
        )
    };
    fs::write(dir.join("tailguard.toml"), suite("one") + &suite("two")).unwrap();
    for (session, level) in [("1", 1000.0), ("2", 1004.3), ("3", 998.6), ("4", 1001.7)] {
        measure(dir, level, "", 0.0);
        assert!(run(dir, &["baseline", "refresh", "--session", session]).status.success());
    }
    measure(dir, 1000.7, "beta", 0.3);
    assert_eq!(run(dir, &["check", "--record"]).status.code(), Some(10));
    let told = history(dir);
    assert_eq!((&told["checks"], &told["open"]), (&1.into(), &1.into()), "{told}");
    assert_eq!(told["suites"].as_array().unwrap().len(), 2);
}
