//! A measurement that is asked to stop at any moment leaves no process, work tree, lock or half-written
//! file, and goes on where it was.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]
#![allow(clippy::print_stdout, reason = "the moments are what a reader of a failure wants to know")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::{commit, criterion_run, tailguard};

/// What every process of a measurement carries in its command line, one a test.
const MARKS: [&str; 3] = ["86.4173", "86.4174", "86.4175"];

fn repository(dir: &Path, mark: &str) {
    for round in 0..12 {
        let wobble = 1.0 + 0.002 * f64::from((round * 7) % 12);
        criterion_run(&dir.join(format!("results/{round}")), &["a", "b"], 1000.0 * wobble);
    }
    // Everything that a command may leave behind: a child in the background, one in a session of its
    // own, half a file.
    let config = format!(
        "[[suite]]\nname = \"micro\"\nsource = \"criterion\"\nenvironment = \"test\"\n\
         build = \"sleep {mark} & sleep 0.1; touch built\"\n\
         command = '''sleep {mark} & setsid sleep {mark} & echo half > \"$TAILGUARD_OUT/half\"; \
         sleep 0.15; n=$(cat turn 2>/dev/null || echo 0); echo $(((n + 1) % 6)) > turn; \
         case $PWD in *base-checkout) n=$((n + 6)) ;; esac; \
         cp -r results/$n/. \"$TAILGUARD_OUT\"; rm \"$TAILGUARD_OUT/half\"'''\n"
    );
    fs::write(dir.join("tailguard.toml"), config).unwrap();
    fs::write(dir.join(".gitignore"), "/turn\n/built\n/kept*\n").unwrap();
    commit(dir, "first");
}

/// Processes of these measurements that are still alive.
fn living(mark: &str) -> usize {
    let pattern = format!("^sleep {mark}$");
    let output = Command::new("pgrep").args(["--full", "--count", &pattern]).output().unwrap();
    String::from_utf8_lossy(&output.stdout).trim().parse().unwrap()
}

/// Files that must not be there after a measurement was ended.
fn litter(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let within_git = path.components().any(|part| part.as_os_str() == ".git");
            let bad = name.contains("unfinished") || name.contains("tmp") || name.contains("lock");
            if !within_git
                && (bad || name == "half" || name == "base-checkout" || name == "worktrees")
            {
                found.push(path.clone());
            }
            // What git keeps for itself may be called anything, but for a lock that nobody holds.
            if within_git && name.ends_with(".lock") {
                found.push(path.clone());
            }
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
    if dir.join(".git/worktrees").exists() {
        found.push(dir.join(".git/worktrees"));
    }
    found
}

/// Starts a measurement, asks it to stop at a random moment, and checks that it leaves nothing behind.
/// Returns what it said where it was interrupted; a measurement that was already over, or that did not
/// listen yet, was not.
fn interrupted(
    dir: &Path,
    mark: &str,
    random: &mut fastrand::Rng,
    start: impl FnOnce(&mut Command),
) -> Option<String> {
    let (signal, code) = if random.bool() { ("-INT", 130) } else { ("-TERM", 143) };
    // The whole takes some four seconds.
    let moment = Duration::from_millis(random.u64(0..3500));
    let mut command = tailguard(dir);
    command.args(["run", "--against", "HEAD", "--seed", "7"]);
    start(&mut command);
    let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(moment);
    let asked = Instant::now();
    Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    let output = child.wait_with_output().unwrap();
    println!("{signal} after {moment:?}: {}, {:?} later", output.status, asked.elapsed());
    assert_eq!(living(mark), 0, "{signal} after {moment:?} leaves processes");
    assert_eq!(litter(dir), [] as [PathBuf; 0], "{signal} after {moment:?}");
    // Before the handlers are there, a signal ends the process by itself, and so does nothing.
    match output.status.code() {
        Some(0) | None => None,
        Some(ended) => {
            assert_eq!(ended, code, "{signal} after {moment:?}");
            Some(common::stderr(&output))
        }
    }
}

#[test]
fn a_measurement_can_be_ended_at_any_moment() {
    let dir = tempfile::tempdir().unwrap();
    repository(dir.path(), MARKS[0]);
    let mut random = fastrand::Rng::with_seed(5);
    let mut count = 0;
    for attempt in 0..12 {
        let kept = format!("kept-{attempt}");
        let keep = |command: &mut Command| {
            command.args(["--keep", &kept]);
        };
        count += u32::from(interrupted(dir.path(), MARKS[0], &mut random, keep).is_some());
        if dir.path().join(&kept).join("plan.json").exists() && attempt % 5 == 0 {
            let output = tailguard(dir.path()).args(["run", "--resume", &kept]).output().unwrap();
            assert_eq!(output.status.code(), Some(0), "{}", common::stderr(&output));
        }
    }
    assert!(count >= 6, "only {count} of 12 were interrupted");
}

#[test]
fn an_ended_measurement_leaves_its_finished_rounds_alone() {
    let dir = tempfile::tempdir().unwrap();
    repository(dir.path(), MARKS[2]);
    let mut random = fastrand::Rng::with_seed(6);
    let (mut count, mut resumable) = (0, 0);
    for attempt in 0..12 {
        let temporary = dir.path().join(format!("kept-{attempt}"));
        fs::create_dir(&temporary).unwrap();
        let place = |command: &mut Command| {
            command.env("TMPDIR", &temporary);
        };
        let Some(said) = interrupted(dir.path(), MARKS[2], &mut random, place) else { continue };
        count += 1;
        let left: Vec<PathBuf> =
            fs::read_dir(&temporary).unwrap().map(|entry| entry.unwrap().path()).collect();
        match said.split("--resume ").nth(1) {
            Some(kept) => {
                resumable += 1;
                assert_eq!(left, [PathBuf::from(kept.trim())], "{said}");
            }
            None => assert_eq!(left, [] as [PathBuf; 0], "{said}"),
        }
    }
    assert!(
        count >= 6 && resumable >= 1,
        "{count} of 12 were interrupted, {resumable} after a round"
    );
}

/// Finished rounds of the only measurement below a directory.
fn finished_rounds(dir: &Path) -> usize {
    let facts = |path: &Path| path.extension().is_some_and(|end| end == "json");
    let measurement = fs::read_dir(dir).unwrap().next().map(|entry| entry.unwrap().path());
    let rounds = measurement.map(|path| path.join("rounds/micro"));
    rounds.and_then(|path| fs::read_dir(path).ok()).map_or(0, |entries| {
        entries.filter(|entry| entry.as_ref().is_ok_and(|e| facts(&e.path()))).count()
    })
}

#[test]
fn an_interrupted_measurement_says_how_to_go_on() {
    let dir = tempfile::tempdir().unwrap();
    repository(dir.path(), MARKS[1]);
    let temporary = dir.path().join("kept-temporary");
    fs::create_dir(&temporary).unwrap();
    let child = tailguard(dir.path())
        .args(["run", "--against", "HEAD"])
        .env("TMPDIR", &temporary)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    while finished_rounds(&temporary) == 0 {
        assert!(begun.elapsed() < Duration::from_secs(60), "no round was ever finished");
        std::thread::sleep(Duration::from_millis(10));
    }
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    let output = child.wait_with_output().unwrap();
    let said = common::stderr(&output);
    assert_eq!(output.status.code(), Some(130), "{said}");
    let kept = said.split("--resume ").nth(1).unwrap_or_else(|| panic!("{said}")).trim();
    let output = tailguard(dir.path()).args(["run", "--resume", kept]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", common::stderr(&output));
}
