//! Refreshing baselines: merged, repeatable, and whole whatever happens.

#![allow(clippy::expect_used, reason = "a test that cannot be set up has failed")]

mod common;

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use common::{criterion_run, micro_config, run, stderr, stdout, tailguard};

const NAMES: [&str; 4] = ["alpha", "beta", "gamma", "delta"];

fn baseline(dir: &Path) -> String {
    fs::read_to_string(dir.join("baselines/micro/test.json")).unwrap_or_default()
}

fn session(dir: &Path, name: &str, level: f64) {
    let _ = fs::remove_dir_all(dir.join("fresh"));
    for i in 0..3 {
        criterion_run(
            &dir.join(format!("fresh/{i}")),
            &NAMES,
            level * (1.0 + 0.003 * f64::from(i)),
        );
    }
    let output = run(dir, &["baseline", "refresh", "--session", name]);
    assert!(output.status.success(), "{}", stderr(&output));
}

/// Puts a `[gate]` section before the suites.
fn limit(dir: &Path, gate: &str) {
    let path = dir.join("tailguard.toml");
    let suites = fs::read_to_string(&path).expect("the configuration is there");
    fs::write(path, format!("{gate}{suites}")).expect("writable");
}

/// The lines of the row with this id, from its own to that before the next row's.
fn lines_of<'t>(text: &'t str, id: &str) -> Vec<&'t str> {
    let is_row = |line: &&str| line.starts_with(" {") && line.contains("\"definition\"");
    let row = |line: &&str| is_row(line) && line.contains(&format!("\"id\":\"{id}\""));
    let mut lines = text.lines().skip_while(|line| !row(line));
    let first = lines.next();
    let is_over = |line: &&str| is_row(line) || *line == "}" || line.starts_with("\"history\"");
    first.into_iter().chain(lines.take_while(|line| !is_over(line))).collect()
}

/// Without the comma or bracket that only tells whether another row follows.
fn ended(mut lines: Vec<&str>) -> Vec<&str> {
    if let Some(last) = lines.last_mut() {
        *last = last.trim_end_matches([',', ']']);
    }
    lines
}

#[test]
fn refreshing_one_row_leaves_the_bytes_of_the_others() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    micro_config(dir.path());
    session(dir.path(), "monday", 1000.0);
    let before = baseline(dir.path());
    let _ = fs::remove_dir_all(dir.path().join("fresh"));
    criterion_run(&dir.path().join("fresh/0"), &NAMES, 1001.0);
    let matching = ["baseline", "refresh", "--session", "tuesday", "--match", "beta"];
    let output = run(dir.path(), &matching);
    assert!(output.status.success(), "{}", stderr(&output));
    let after = baseline(dir.path());
    assert_ne!(lines_of(&before, "beta"), lines_of(&after, "beta"));
    assert_eq!(lines_of(&after, "beta").len(), 5, "a head and four runs: {after}");
    for name in ["alpha", "gamma", "delta"] {
        let stored = ended(lines_of(&after, name));
        assert_eq!(ended(lines_of(&before, name)), stored, "{name}");
        assert_eq!(stored.len(), 4, "a head and three runs: {after}");
    }
}

#[test]
fn all_suites_are_checked_before_the_first_is_written() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let suite = |name: &str| {
        format!(
            "[[suite]]\nname = \"{name}\"\nsource = \"criterion\"\npath = \"{name}/*\"\n\
             environment = \"test\"\n"
        )
    };
    let config = format!("{}{}", suite("one"), suite("two"));
    fs::write(dir.path().join("tailguard.toml"), config).expect("writable");
    let stored = |name: &str| {
        fs::read_to_string(dir.path().join(format!("baselines/{name}/test.json"))).ok()
    };
    criterion_run(&dir.path().join("one/0"), &["alpha"], 1000.0);
    let refused = run(dir.path(), &["baseline", "refresh"]);
    assert_eq!(refused.status.code(), Some(1), "{}", stderr(&refused));
    assert_eq!((stored("one"), stored("two")), (None, None));

    criterion_run(&dir.path().join("two/0"), &["beta"], 1000.0);
    let taken = run(dir.path(), &["baseline", "refresh"]);
    assert!(taken.status.success(), "{}", stderr(&taken));
    let (one, two) = (stored("one").expect("written"), stored("two").expect("written"));
    assert!(one.contains("alpha") && !one.contains("beta"), "{one}");
    assert!(two.contains("beta") && !two.contains("alpha"), "{two}");
}

/// The shell's limit on the size of files stands for a full disk: writing fails halfway.
#[cfg(unix)]
#[test]
fn a_full_disk_leaves_the_old_baseline() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    micro_config(dir.path());
    let names: Vec<String> = (0..40).map(|i| format!("name-{i}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    criterion_run(&dir.path().join("fresh/0"), &names, 1000.0);
    assert!(run(dir.path(), &["baseline", "refresh", "--session", "monday"]).status.success());
    let before = baseline(dir.path());
    let files = || {
        let mut names: Vec<_> = fs::read_dir(dir.path().join("baselines/micro"))
            .expect("it exists")
            .map(|entry| entry.expect("readable").file_name())
            .collect();
        names.sort();
        names
    };
    let whole = files();
    criterion_run(&dir.path().join("fresh/1"), &names, 1000.5);
    // From no room at all to room for the details but not for the baseline, in blocks of 512 bytes.
    let mut failed = 0;
    for blocks in [0, 1, 4, 8, 12, 16, 20] {
        let script = format!("trap '' XFSZ; ulimit -f {blocks} || exit 99; exec \"$@\"");
        let limited = std::process::Command::new("sh")
            .args(["-c", &script, "sh", env!("CARGO_BIN_EXE_tailguard")])
            .args(["baseline", "refresh", "--session", "tuesday"])
            .current_dir(dir.path())
            .output()
            .expect("there is a shell");
        assert_ne!(limited.status.code(), Some(99), "the limit cannot be set");
        if limited.status.success() {
            break;
        }
        failed += 1;
        assert_eq!(limited.status.code(), Some(1), "{blocks}: {}", stderr(&limited));
        assert!(stderr(&limited).contains("cannot write "), "{}", stderr(&limited));
        assert_eq!(baseline(dir.path()), before, "{blocks}");
        assert_eq!(files(), whole, "{blocks}: nothing unfinished is left");
        let verified = run(dir.path(), &["baseline", "verify"]);
        assert!(verified.status.success(), "{blocks}: {}", stderr(&verified));
    }
    assert!(failed >= 3, "the limit stopped {failed} of them only");
    assert!(run(dir.path(), &["baseline", "refresh", "--session", "tuesday"]).status.success());
    assert!(baseline(dir.path()).contains("tuesday"));
}

#[test]
fn refreshing_twice_is_refreshing_once() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    micro_config(dir.path());
    session(dir.path(), "monday", 1000.0);
    let once = baseline(dir.path());
    let detail = fs::read(dir.path().join("baselines/micro/test.detail.json.gz")).expect("details");
    session(dir.path(), "tuesday", 1000.0);
    // The same bytes again, under another session's name, are still Monday's runs.
    assert_eq!(once, baseline(dir.path()));
    let again = fs::read(dir.path().join("baselines/micro/test.detail.json.gz")).expect("details");
    assert_eq!(detail, again);
    assert!(once.contains("monday") && !once.contains("tuesday"));
}

#[test]
fn a_stored_run_takes_less_than_300_bytes_a_row() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    micro_config(dir.path());
    session(dir.path(), "monday", 1000.0);
    let lines: Vec<_> = baseline(dir.path()).lines().map(str::to_owned).collect();
    let figures: Vec<_> = lines.iter().filter(|line| line.contains("\"median\":")).collect();
    assert_eq!(figures.len(), 3 * NAMES.len(), "one line a run and row");
    assert!(figures.iter().all(|line| line.len() < 300), "{figures:?}");
}

#[test]
fn sessions_and_runs_beyond_the_limits_are_dropped_oldest_first() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    micro_config(dir.path());
    limit(dir.path(), "[gate]\nkeep-sessions = 3\nkeep-runs = 2\n");
    for day in 0..5 {
        let _ = fs::remove_dir_all(dir.path().join("fresh"));
        for i in 0..3 {
            let root = dir.path().join(format!("fresh/{i}"));
            criterion_run(&root, &NAMES, 1000.0 + f64::from(3 * day + i));
            let sidecar = format!(
                r#"{{"session":"day {day}","time":"2026-11-0{}T0{i}:00:00Z","machine":"test"}}"#,
                day + 1
            );
            fs::write(root.join("tailguard-run.json"), sidecar).expect("writable");
        }
        let output = run(dir.path(), &["baseline", "refresh"]);
        assert!(output.status.success(), "{}", stderr(&output));
    }
    let kept = baseline(dir.path());
    for (day, kept_session) in [(0, false), (1, false), (2, true), (3, true), (4, true)] {
        assert_eq!(kept.contains(&format!("\"id\":\"day {day}\"")), kept_session, "{kept}");
    }
    assert_eq!(kept.matches("\"tool\":\"criterion\",\"format\"").count(), 6);
    assert!(
        !kept.contains("2026-11-05T00") && kept.contains("2026-11-05T02"),
        "the newest runs stay"
    );
}

#[test]
fn a_dry_run_shows_the_change_and_writes_nothing() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    micro_config(dir.path());
    criterion_run(&dir.path().join("fresh/0"), &NAMES, 1000.0);
    let output = run(dir.path(), &["baseline", "refresh", "--dry-run"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stdout(&output).contains("micro alpha") && stdout(&output).contains("+++ b/"));
    assert!(!dir.path().join("baselines").exists());
}

#[test]
fn a_regression_is_refused_until_a_reason_is_given() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    micro_config(dir.path());
    for day in 0..5 {
        session(dir.path(), &format!("day {day}"), 1000.0 + f64::from(day));
    }
    let before = baseline(dir.path());
    for i in 0..3 {
        criterion_run(&dir.path().join(format!("fresh/{i}")), &NAMES, 1500.0 + f64::from(i));
    }
    let refused = run(dir.path(), &["baseline", "refresh", "--session", "slow"]);
    assert_eq!(refused.status.code(), Some(10), "{}", stdout(&refused));
    assert_eq!(before, baseline(dir.path()));
    let reason = ["--accept-regression", "the check is worth it"];
    let taken =
        run(dir.path(), &[&["baseline", "refresh", "--session", "slow"], &reason[..]].concat());
    assert!(taken.status.success(), "{}", stderr(&taken));
    let after = baseline(dir.path());
    assert!(after.contains("the check is worth it"));
    assert!(!after.contains("day 0"), "the rows restart at their new level: {after}");
}

#[test]
fn two_writers_do_not_meet() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    micro_config(dir.path());
    criterion_run(&dir.path().join("fresh/0"), &NAMES, 1000.0);
    fs::create_dir_all(dir.path().join("baselines")).expect("writable");
    let held = fs::File::open(dir.path().join("baselines")).expect("it exists");
    held.lock().expect("nobody else holds it");
    let output = run(dir.path(), &["baseline", "refresh"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("another tailguard is writing"), "{}", stderr(&output));
    drop(held);
    assert!(run(dir.path(), &["baseline", "refresh"]).status.success());
}

/// Kills the process at moments that sweep over its whole life, many times: the baseline is always
/// the old or the new one, and always whole.
#[test]
fn a_killed_refresh_leaves_the_old_or_the_new_baseline() {
    const KILLS: u32 = 60;
    let dir = tempfile::tempdir().expect("a temporary directory");
    micro_config(dir.path());
    limit(dir.path(), "[gate]\nkeep-sessions = 3\nkeep-runs = 2\n");
    session(dir.path(), "start", 1000.0);
    let fresh = dir.path().join("fresh");
    let life = {
        let begun = Instant::now();
        session(dir.path(), "warm", 1000.5);
        begun.elapsed()
    };
    let (mut kept, mut replaced) = (0, 0);
    for kill in 0..KILLS {
        let _ = fs::remove_dir_all(&fresh);
        criterion_run(&fresh.join("0"), &NAMES, 1000.0 + 0.01 * f64::from(kill));
        let before = baseline(dir.path());
        let name = format!("kill {kill}");
        let mut child = tailguard(dir.path())
            .args(["baseline", "refresh", "--session", &name])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the command starts");
        std::thread::sleep(
            life.mul_f64(f64::from(kill) / f64::from(KILLS) * 1.2) + Duration::from_micros(200),
        );
        let _ = child.kill();
        child.wait().expect("the child ends");
        let after = baseline(dir.path());
        if after == before {
            kept += 1;
        } else {
            assert!(after.contains(&name), "neither old nor new: {after}");
            let sessions = after.matches("{\"id\":\"kill ").count();
            assert!(sessions <= 3, "not pruned: {after}");
            replaced += 1;
        }
        let verified = run(dir.path(), &["baseline", "verify"]);
        assert!(verified.status.success(), "kill {kill}: {}", stderr(&verified));
    }
    // Both ends of the sweep were reached, so the moments between them were too.
    assert!(kept > 0 && replaced > 0, "kept {kept}, replaced {replaced}");
    session(dir.path(), "end", 1000.7);
    let left: Vec<_> = fs::read_dir(dir.path().join("baselines/micro"))
        .expect("it exists")
        .map(|entry| entry.expect("readable").file_name())
        .collect();
    assert_eq!(left.len(), 2, "what killed writers left is swept up: {left:?}");
}
