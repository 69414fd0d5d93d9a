//! Commands under the stopwatch: how they end, and that nothing of them stays.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command as Process;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tailguard::rounds::{
    Checkout, Command, Ended, Facts, Finished, Folder, Plan, Repository, Round, RoundError, Side,
    Stage, Stop, execute,
};

/// A command takes everything below its process along when it ends, so only one may run at a time.
static ALONE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn run(line: &str, limit: u64) -> Finished {
    let dir = tempfile::tempdir().unwrap();
    let command = Command {
        line,
        dir: dir.path(),
        variables: &[("TAILGUARD_OUT", OsStr::new("here"))],
        log: &dir.path().join("log"),
        limit: Duration::from_secs(limit),
    };
    execute(&command, &Stop::never()).unwrap()
}

/// Living processes whose command line holds a text.
fn living(text: &str) -> usize {
    let entries = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    entries
        .filter(|entry| {
            let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&line).replace('\0', " ").contains(text)
        })
        .count()
}

#[test]
fn exit_codes_signals_and_last_lines_are_told() {
    let _alone = alone();
    let finished = run("echo $TAILGUARD_OUT; printf 'a\\rb\\n\\n'; echo no >&2; exit 99", 60);
    assert_eq!(finished.ended, Ended::Exited(99));
    assert_eq!(finished.tail, ["here", "b", "no"]);
    assert_eq!(run("kill -9 $$", 60).ended, Ended::Killed(9));
    assert_eq!(run("seq 1 1000", 60).tail.first().unwrap(), "981");
}

#[test]
fn what_hangs_is_ended_with_all_that_it_started() {
    let _alone = alone();
    // One goes into a session of its own, where no signal to the group reaches it.
    let finished = run("sleep 76541 & setsid sleep 76541 & sleep 76541", 1);
    assert_eq!(finished.ended, Ended::TimedOut);
    assert_eq!(living("sleep 76541"), 0);
}

#[test]
fn what_a_command_leaves_in_the_background_is_ended() {
    let _alone = alone();
    assert_eq!(run("sleep 76542 & setsid sleep 76542 & exit 0", 60).ended, Ended::Exited(0));
    assert_eq!(living("sleep 76542"), 0);
}

#[test]
fn one_measurement_at_a_time_uses_a_directory() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("kept");
    let plan = Plan::new(7, "session".to_owned());
    let folder = Folder::create(&path, &plan).unwrap();
    assert!(matches!(Folder::open(&path), Err(RoundError::Folder { .. })), "it is locked");
    drop(folder);
    let (folder, read) = Folder::open(&path).unwrap();
    assert_eq!(read, plan);
    drop(folder);
    let error = Folder::create(&path, &plan).unwrap_err().to_string();
    assert!(error.contains("not empty") && error.contains("--resume"), "{error}");
}

#[test]
fn a_round_is_there_when_it_is_finished_and_not_before() {
    let dir = tempfile::tempdir().unwrap();
    let folder = Folder::create(dir.path(), &Plan::new(7, "session".to_owned())).unwrap();
    let round =
        Round { suite: "api".to_owned(), stage: Stage::Screen, number: 0, side: Side::Base };
    let facts = Facts { exit_code: 0, seconds: 1.5, generator: None };
    let (out, _) = folder.begin(&round).unwrap();
    fs::write(out.join("half"), "").unwrap();
    assert_eq!(folder.finished(&round), None);
    // Begun again after it was interrupted.
    let (out, _) = folder.begin(&round).unwrap();
    assert!(!out.join("half").exists());
    fs::write(out.join("whole"), "").unwrap();
    folder.finish(&round, &facts).unwrap();
    assert_eq!(folder.finished(&round), Some(facts));
    assert!(folder.results(&round).join("whole").is_file());
}

#[test]
fn a_broken_plan_is_refused() {
    for text in ["", "{}", "[]", "{\"schema\":\"tailguard.rounds/v9\"}", "\u{0}"] {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("plan.json"), text).unwrap();
        let error = Folder::open(dir.path()).unwrap_err().to_string();
        assert!(error.contains("hint: "), "{text:?}: {error}");
    }
    assert!(Folder::open(Path::new("/nowhere/at/all")).is_err());
}

#[test]
fn another_commit_is_checked_out_for_as_long_as_it_is_needed() {
    // Git is a process below this one, too.
    let _alone = alone();
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("repository");
    fs::create_dir_all(root.join("load")).unwrap();
    let git = |words: &[&str]| {
        let identity = ["-c", "user.name=T", "-c", "user.email=t@example.com"];
        let status = Process::new("git").arg("-C").arg(&root).args(identity).args(words).output();
        assert!(status.unwrap().status.success(), "git {words:?}");
    };
    git(&["init", "--quiet"]);
    fs::write(root.join("load/file"), "old").unwrap();
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message", "old"]);
    fs::write(root.join("load/file"), "new").unwrap();
    let repository = Repository::around(&root.join("load")).unwrap();
    let (state, dirty) = repository.state(Path::new("/nowhere")).unwrap();
    assert!(dirty);
    let commit = repository.commit("HEAD").unwrap();
    let at = dir.path().join("base");
    {
        let checkout = Checkout::of(&repository, &commit, &at, &Stop::never()).unwrap();
        assert_eq!(fs::read_to_string(checkout.dir().join("file")).unwrap(), "old");
        // As a measurement that was killed leaves it.
        std::mem::forget(checkout);
    }
    fs::write(at.join("left"), "").unwrap();
    {
        let checkout = Checkout::of(&repository, &commit, &at, &Stop::never()).unwrap();
        assert!(!at.join("left").exists() && checkout.dir().join("file").exists());
    }
    assert!(!at.exists(), "gone with the checkout");
    assert_eq!(fs::read_dir(root.join(".git/worktrees")).map_or(0, Iterator::count), 0);
    fs::write(root.join("load/file"), "newer").unwrap();
    assert_ne!(repository.state(Path::new("/nowhere")).unwrap().0, state);
    for revision in ["nothing", "--help", ""] {
        let error = repository.commit(revision).unwrap_err().to_string();
        assert!(error.contains("hint: "), "{revision:?}: {error}");
    }
}
