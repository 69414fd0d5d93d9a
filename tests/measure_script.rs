//! The script that measures two commits alternately, run for real with stand-ins for the tools that
//! it starts.

#![cfg(unix)]
#![allow(clippy::expect_used, reason = "a test that cannot be set up has failed")]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use common::{criterion_run, run, stderr, stdout, undisturbed};

/// Notes what was asked of it, and leaves what a benchmark run would. Fails to build in a checkout
/// that says so.
const CARGO: &str = r#"#!/bin/sh
side=$(basename "$PWD")
case "$*" in
  *--no-run*) echo "build $side $(cat state)" >>"$LOG"; test "$(cat state)" != broken ;;
  "build --release") ;;
  *) echo "bench $side ${CRITERION_HOME#"$TOP"/}" >>"$LOG"
     test "$(cat state)" = empty || mkdir -p "$CRITERION_HOME/a/new" ;;
esac
"#;

const K6: &str = r#"#!/bin/sh
echo "k6 $(basename "$PWD")" >>"$LOG"
for word; do case $word in json=*) echo >"${word#json=}" ;; esac; done
exit 99
"#;

/// Stands in for the command that judges.
const JUDGE: &str = "#!/bin/sh\necho \"judge $*\" >>\"$LOG\"\nexit ${JUDGED:-0}\n";

struct Place {
    dir: tempfile::TempDir,
}

impl Place {
    /// A repository of two commits, the first in a state of its own, with what `init` writes.
    fn new(base: &str, k6: bool) -> Self {
        let place = Self { dir: tempfile::tempdir().expect("a temporary directory") };
        for (name, text) in [("cargo", CARGO), ("k6", K6), ("judge", JUDGE)] {
            let path = place.dir.path().join("bin").join(name);
            write(&path, text);
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("ours");
        }
        let top = place.top();
        write(&top.join("Cargo.toml"), "[dev-dependencies]\ncriterion = \"0.8\"\n");
        write(&top.join("state"), base);
        place.git(&["init", "-q"]);
        place.git(&["add", "-A"]);
        place.git(&["commit", "-qm", "base"]);
        write(&top.join("state"), "good");
        if k6 {
            write(&top.join("load/steady.js"), "import http from 'k6/http';\n");
        }
        let made = run(&top, &["init"]);
        assert!(made.status.success(), "{}", stderr(&made));
        place.git(&["add", "-A"]);
        place.git(&["commit", "-qm", "head"]);
        place
    }

    fn top(&self) -> std::path::PathBuf {
        self.dir.path().join("repository")
    }

    fn git(&self, arguments: &[&str]) -> String {
        fs::create_dir_all(self.top()).expect("writable");
        let identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"];
        let mut command = Command::new("git");
        let output = command.arg("-C").arg(self.top()).args(identity).args(arguments).output();
        let output = output.expect("git is there");
        assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
        stdout(&output).trim().to_owned()
    }

    fn measure(&self, arguments: &[&str], judged: &str) -> Output {
        let path = std::env::var("PATH").expect("there is one");
        let bin = self.dir.path().join("bin");
        let mut command = Command::new("bash");
        command.arg(self.top().join(".github/tailguard/measure.sh")).args(arguments);
        command.env("PATH", format!("{}:{path}", bin.display()));
        command.env("LOG", self.dir.path().join("log")).env("TOP", self.top());
        command.env("TAILGUARD", bin.join("judge")).env("JUDGED", judged);
        command.env("TMPDIR", self.dir.path()).env_remove("RUNNER_TEMP").env_remove("WORK");
        command.output().expect("bash is there")
    }

    /// What was done since the last time that this was asked.
    fn log(&self) -> Vec<String> {
        let path = self.dir.path().join("log");
        let text = fs::read_to_string(&path).unwrap_or_default();
        let _ = fs::remove_file(path);
        text.lines().map(str::to_owned).collect()
    }
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("below a directory")).expect("writable");
    fs::write(path, text).expect("writable");
}

#[test]
fn both_sides_are_built_first_and_then_take_turns_at_being_first() {
    let place = Place::new("old", false);
    let done = place.measure(&["--rounds", "3"], "0");
    assert!(done.status.success(), "{}", stderr(&done));
    let expected = [
        "build head good",
        "build base old",
        "bench base perf/base/micro/1",
        "bench head perf/micro/1",
        "bench head perf/micro/2",
        "bench base perf/base/micro/2",
        "bench base perf/base/micro/3",
        "bench head perf/micro/3",
    ];
    assert_eq!(place.log(), expected);
    for (side, revision) in [("perf", "HEAD"), ("perf/base", "HEAD^1")] {
        let path = place.top().join(side).join("micro/tailguard-run.json");
        let sidecar = fs::read_to_string(path).expect("it was written");
        let commit = place.git(&["rev-parse", revision]);
        assert!(sidecar.contains(&format!("\"commit\":\"{commit}\"")), "{sidecar}");
    }
    // Nothing of it stays in git's books or in the temporary directory.
    assert_eq!(place.git(&["worktree", "list"]).lines().count(), 1);
    let left = fs::read_dir(place.dir.path()).expect("readable").flatten();
    assert!(left.into_iter().all(|e| !e.file_name().to_string_lossy().starts_with("measure.")));
}

#[test]
fn the_gate_s_verdict_does_not_fail_the_stage_and_its_errors_do() {
    let place = Place::new("old", false);
    assert!(place.measure(&["--rounds", "1"], "0").status.success());
    place.log();
    for (code, expected) in [("0", 0), ("10", 0), ("11", 0), ("1", 1), ("2", 2)] {
        let judged = place.measure(&["--judge"], code);
        assert_eq!(judged.status.code(), Some(expected), "{}", stderr(&judged));
        let asked = "judge check --fresh micro=perf/micro/* --base micro=perf/base/micro/* \
                     --save measurement.json";
        assert_eq!(place.log(), [asked]);
    }
}

#[test]
fn a_base_that_cannot_be_compared_leaves_the_committed_baselines() {
    for (base, builds) in [("broken", false), ("empty", true)] {
        let place = Place::new(base, false);
        let done = place.measure(&["--rounds", "1"], "0");
        assert!(done.status.success(), "{}", stderr(&done));
        assert_eq!(stderr(&done).contains("the base cannot be built"), !builds);
        assert_eq!(place.log().iter().any(|line| line.starts_with("bench base")), builds);
        assert!(place.measure(&["--judge"], "11").status.success());
        assert_eq!(
            place.log(),
            ["judge check --fresh micro=perf/micro/* --save measurement.json"],
            "{base}"
        );
    }
}

#[test]
fn a_head_that_cannot_be_built_fails() {
    let place = Place::new("old", false);
    write(&place.top().join("state"), "broken");
    place.git(&["commit", "-qam", "broken"]);
    assert!(!place.measure(&["--rounds", "1"], "0").status.success());
    assert_eq!(place.log(), ["build head broken"]);
}

#[test]
fn the_base_is_the_first_parent_unless_a_known_commit_is_named() {
    let place = Place::new("old", false);
    write(&place.top().join("state"), "newest");
    place.git(&["commit", "-qam", "newest"]);
    let none = "0".repeat(40);
    let unknown = "1".repeat(40);
    let named = place.git(&["rev-parse", "HEAD~2"]);
    for (base, state) in [("", "good"), (&none, "good"), (&unknown, "good"), (&named, "old")] {
        let done = place.measure(&["--rounds", "1", "--base", base], "0");
        assert!(done.status.success(), "{}", stderr(&done));
        assert!(place.log().contains(&format!("build base {state}")), "{base:?}");
    }
    let done = place.measure(&["--rounds", "1", "--head", &named], "0");
    assert!(!done.status.success() && stderr(&done).contains("fetch-depth: 0"));
    assert!(place.measure(&["--rounds", "1", "--alone", "--head", &named], "0").status.success());
    assert_eq!(place.log(), ["build head old", "bench head perf/micro/1"]);
}

#[test]
fn wrong_words_are_refused_before_anything_is_touched() {
    let place = Place::new("old", false);
    write(&place.top().join("perf/micro/mine"), "");
    for words in [&["--rounds", "0"][..], &["--rounds", "5; true"], &["--rounds"], &["main"]] {
        let refused = place.measure(words, "0");
        assert_eq!(refused.status.code(), Some(2), "{words:?}");
        assert!(stderr(&refused).contains("usage: measure.sh"), "{}", stderr(&refused));
    }
    let refused = place.measure(&["--head", "--exec=x"], "0");
    assert_eq!(refused.status.code(), Some(1));
    assert!(place.top().join("perf/micro/mine").exists() && place.log().is_empty());
}

#[test]
fn load_tests_wait_for_the_service_to_be_filled_in() {
    let place = Place::new("old", true);
    let done = place.measure(&["--rounds", "1"], "0");
    assert!(!done.status.success());
    assert!(stderr(&done).contains("fill in start_service"), "{}", stderr(&done));

    let script = place.top().join(".github/tailguard/measure.sh");
    let text = fs::read_to_string(&script).expect("it was written");
    let started = "  sleep 100 & service=$!\n  echo \"start $(basename \"$PWD\")\" >>\"$LOG\"\n";
    let filled = text.replace(
        "  say \"fill in start_service in .github/tailguard/measure.sh\"\n  return 1\n",
        started,
    );
    assert_ne!(filled, text);
    write(&script, &filled);
    place.log();
    let done = place.measure(&["--rounds", "1"], "0");
    assert!(done.status.success(), "{}", stderr(&done));
    // The base has no load script yet; k6's exit code for crossed thresholds is no failure.
    let k6 = |line: &&String| line.starts_with("k6") || line.starts_with("start");
    assert_eq!(place.log().iter().filter(k6).collect::<Vec<_>>(), ["start head", "k6 head"]);
    assert!(place.top().join("perf/api/1.json.gz").exists());
    place.measure(&["--judge"], "0");
    assert_eq!(
        place.log(),
        ["judge check --fresh micro=perf/micro/* --base micro=perf/base/micro/* \
          --fresh api=perf/api/*.json.gz --save measurement.json"]
    );
}

#[test]
fn the_real_gate_judges_what_the_script_lays_out() {
    let place = Place::new("old", false);
    assert!(place.measure(&["--rounds", "1"], "0").status.success());
    for (side, level) in [("perf/base", 1000.0), ("perf", 1300.0)] {
        for round in 1..=5 {
            let root = place.top().join(side).join(format!("micro/{round}"));
            criterion_run(&root, &["alpha", "beta"], level + f64::from(round));
        }
    }
    let mut command = Command::new("bash");
    undisturbed(&mut command);
    command.arg(place.top().join(".github/tailguard/measure.sh")).arg("--judge");
    let done = command.env("TAILGUARD", env!("CARGO_BIN_EXE_tailguard")).output().expect("bash");
    // 30 % slower: the gate fails, the stage does not.
    assert!(done.status.success(), "{}{}", stdout(&done), stderr(&done));
    assert!(stdout(&done).starts_with("FAIL: 2 of 2 rows regressed"), "{}", stdout(&done));
    let saved = fs::read_to_string(place.top().join("measurement.json")).expect("it was saved");
    for revision in ["HEAD", "HEAD^1"] {
        assert!(saved.contains(&place.git(&["rev-parse", revision])), "{revision}");
    }
}
