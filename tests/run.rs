//! `run` from end to end: commands in rounds on one and two sides, judged.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod common;

use std::fs;
use std::path::Path;
use std::process::Output;

use common::{commit, criterion_run, stderr, stdout, tailguard};
use serde_json::Value;

/// A repository whose suite copies a criterion directory that lies in the working tree, another
/// one in each round and on each side, so that rounds differ as runs do.
fn repository(dir: &Path, level: f64) {
    rounds_of(dir, level);
    let config = "[[suite]]\nname = \"micro\"\nsource = \"criterion\"\nenvironment = \"test\"\n\
                  build = \"touch built\"\n\
                  command = '''test -e built && n=$(cat turn 2>/dev/null || echo 0) && \
                  echo $(((n + 1) % 10)) > turn && case $PWD in *base-checkout) n=$((n + 10)) ;; esac && cp -r results/$n/. \"$TAILGUARD_OUT\"'''\n";
    fs::write(dir.join("tailguard.toml"), config).unwrap();
    fs::write(dir.join(".gitignore"), "/turn\n/built\n").unwrap();
    commit(dir, "first");
}

fn rounds_of(dir: &Path, level: f64) {
    let _ = fs::remove_dir_all(dir.join("results"));
    for round in 0..20 {
        // Rounds scatter by some per cent.
        let wobble = 1.0 + 0.002 * f64::from((round * 7) % 20 - 10);
        criterion_run(&dir.join(format!("results/{round}")), &["sort"], level * wobble);
        criterion_run(&dir.join(format!("results/{round}")), &["a", "b"], 1000.0 * wobble);
    }
}

/// The same in moods that both sides of a round share: from round to round everything moves by some
/// ten per cent, within a round by some per mille.
fn moody_rounds(dir: &Path, level: f64) {
    let _ = fs::remove_dir_all(dir.join("results"));
    for round in 0..20 {
        let mood = 1.0 + 0.03 * f64::from((round % 10 * 7) % 10 - 5);
        for (place, name) in ["sort", "a", "b"].into_iter().enumerate() {
            let own =
                1.0 + 0.001 * f64::from((round * 3 + 2 * i32::try_from(place).unwrap()) % 7 - 3);
            let level = if name == "sort" { level } else { 1000.0 };
            criterion_run(&dir.join(format!("results/{round}")), &[name], level * mood * own);
        }
    }
}

fn run(dir: &Path, arguments: &[&str]) -> (Output, Option<Value>) {
    let mut words = vec!["run", "--format", "json"];
    words.extend(arguments);
    let output = tailguard(dir).args(words).output().unwrap();
    let report = serde_json::from_slice(&output.stdout).ok();
    (output, report)
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn row<'r>(report: &'r Value, id: &str) -> &'r Value {
    let rows = report["rows"].as_array().unwrap();
    rows.iter().find(|row| row["id"] == id && row["metric"] == "median").unwrap()
}

#[test]
fn a_slower_working_tree_is_flagged_confirmed_and_fails() {
    let dir = tempfile::tempdir().unwrap();
    repository(dir.path(), 1000.0);
    rounds_of(dir.path(), 1300.0);
    let (output, report) = run(dir.path(), &["--against", "HEAD", "--seed", "7"]);
    let report = report.unwrap_or_else(|| panic!("{}", stderr(&output)));
    assert_eq!(code(&output), 10, "{report:#}");
    let sort = row(&report, "sort");
    assert_eq!(sort["verdict"], "regressed");
    assert!(sort["because"].as_str().unwrap().contains("measured again"), "{sort}");
    assert_eq!(row(&report, "a")["verdict"], "steady", "{report:#}");
    assert_eq!(report["rule"]["family"], 1);
    let codes: Vec<&str> =
        report["notices"].as_array().unwrap().iter().filter_map(|n| n["code"].as_str()).collect();
    assert!(codes.contains(&"interleaved") && codes.contains(&"uncommitted"), "{codes:?}");
    // Nothing is left: no work tree, no directory.
    assert!(!dir.path().join(".git/worktrees").exists());
}

#[test]
fn an_unchanged_tree_passes_and_is_not_confirmed() {
    let dir = tempfile::tempdir().unwrap();
    repository(dir.path(), 1000.0);
    let (output, report) = run(dir.path(), &["--against", "HEAD", "--seed", "7"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let report = report.unwrap();
    assert!(report["rule"]["confirmation"].is_null(), "nothing was flagged");
    assert_eq!(row(&report, "sort")["fresh"]["runs"], 3);
}

/// The rows that another judge makes of a saved measurement.
fn rejudged(dir: &Path, saved: &[u8]) -> Value {
    let config = tailguard::policy::config::load(&dir.join("tailguard.toml")).unwrap();
    let judged = tailguard::gate::rejudge(&tailguard::gate::Rejudge {
        config: &config,
        measurement: &tailguard::gate::Measurement::parse(saved).unwrap(),
        waivers: &[],
        today: "2026-01-01".parse().unwrap(),
    })
    .unwrap();
    serde_json::to_value(&tailguard::gate::report(&judged).rows).unwrap()
}

#[test]
fn what_was_saved_is_judged_alike_elsewhere() {
    let dir = tempfile::tempdir().unwrap();
    repository(dir.path(), 1000.0);
    rounds_of(dir.path(), 1300.0);
    let saved = dir.path().join("saved.json");
    let save = saved.to_str().unwrap();
    let (_, report) = run(dir.path(), &["--against", "HEAD", "--seed", "7", "--save", save]);
    let report = report.unwrap();
    assert_eq!(rejudged(dir.path(), &fs::read(&saved).unwrap()), report["rows"]);
}

#[test]
fn what_both_sides_of_a_round_share_is_left_out_here_and_elsewhere() {
    let dir = tempfile::tempdir().unwrap();
    repository(dir.path(), 1000.0);
    moody_rounds(dir.path(), 1000.0);
    commit(dir.path(), "moods");
    moody_rounds(dir.path(), 1100.0);
    let saved = dir.path().join("saved.json");
    let save = saved.to_str().unwrap();
    let (output, report) = run(dir.path(), &["--against", "HEAD", "--seed", "7", "--save", save]);
    let report = report.unwrap_or_else(|| panic!("{}", stderr(&output)));
    assert_eq!(code(&output), 10, "{report:#}");
    let because = row(&report, "sort")["because"].as_str().unwrap();
    assert!(because.contains("] within rounds, over 5.0%"), "{because}");
    assert_eq!(row(&report, "a")["verdict"], "steady", "{report:#}");

    // Rounds are numbered through both stages, and the numbers are saved: elsewhere it is judged alike.
    let text = fs::read(&saved).unwrap();
    let numbers = |value: &Value| -> Vec<u64> {
        let runs = value["sessions"][0]["runs"].as_array().unwrap();
        runs.iter().map(|run| run["round"].as_u64().unwrap()).collect()
    };
    let suite = serde_json::from_slice::<Value>(&text).unwrap()["suites"][0].clone();
    assert_eq!(numbers(&suite["fresh"]), [0, 1, 2]);
    assert_eq!(numbers(&suite["again"]["base"])[..2], [3, 4], "{suite:#}");
    assert_eq!(rejudged(dir.path(), &text), report["rows"]);
    let unnumbered = String::from_utf8(text).unwrap().replace("\"round\":", "\"unknown\":");
    assert!(tailguard::gate::Measurement::parse(unnumbered.as_bytes()).is_err());
}

#[test]
fn without_a_base_the_rounds_are_held_against_the_stored_baselines() {
    let dir = tempfile::tempdir().unwrap();
    repository(dir.path(), 1000.0);
    for session in ["one", "two", "three", "four", "five"] {
        let refresh = ["baseline", "refresh", "--run", "--rounds", "2", "--session", session];
        let output = tailguard(dir.path()).args(refresh).output().unwrap();
        assert_eq!(code(&output), 0, "{}", stderr(&output));
    }
    assert!(dir.path().join("baselines/micro/test.json").exists());
    rounds_of(dir.path(), 2000.0);
    let (output, report) = run(dir.path(), &["--rounds", "2", "--session", "six"]);
    assert_eq!(code(&output), 10, "{}", stderr(&output));
    assert_eq!(row(&report.unwrap(), "sort")["verdict"], "regressed");
}

#[test]
fn a_command_that_fails_says_its_last_lines() {
    let dir = tempfile::tempdir().unwrap();
    repository(dir.path(), 1000.0);
    let fails = |command: &str| {
        let text =
            format!("[[suite]]\nname = \"micro\"\ntimeout = \"1s\"\ncommand = '''{command}'''\n");
        fs::write(dir.path().join("tailguard.toml"), text).unwrap();
        let (output, _) = run(dir.path(), &["--rounds", "1"]);
        assert_eq!(code(&output), 1, "{}", stdout(&output));
        stderr(&output)
    };
    let said = fails("echo one; echo last words >&2; exit 3");
    assert!(said.contains("exited with 3") && said.contains("\n  | last words\nhint: "), "{said}");
    assert!(fails("true").contains("left nothing in $TAILGUARD_OUT"));
    assert!(fails("exit 99").contains("exited with 99"), "99 without results");
    assert!(fails("sleep 60").contains("took longer than 1 s"));
    assert!(fails("kill -9 $$").contains("killed by signal 9"));
}

#[test]
fn a_suite_that_the_base_cannot_build_is_measured_alone() {
    let dir = tempfile::tempdir().unwrap();
    repository(dir.path(), 1000.0);
    for session in ["one", "two", "three", "four", "five"] {
        let refresh = ["baseline", "refresh", "--run", "--rounds", "2", "--session", session];
        assert_eq!(code(&tailguard(dir.path()).args(refresh).output().unwrap()), 0);
    }
    // A file that the base does not have yet.
    fs::write(dir.path().join("bench.rs"), "").unwrap();
    let text = fs::read_to_string(dir.path().join("tailguard.toml")).unwrap();
    let newer = text.replace("touch built", "echo looking && ls bench.rs && touch built");
    fs::write(dir.path().join("tailguard.toml"), newer).unwrap();
    let (output, report) = run(dir.path(), &["--against", "HEAD", "--keep", "kept"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let report = report.unwrap();
    let notices = report["notices"].as_array().unwrap();
    let said = notices.iter().find(|notice| notice["code"] == "base-not-built").unwrap();
    assert!(said["message"].as_str().unwrap().contains("bench.rs"), "{said}");
    // Held against the stored sessions: no run of the base.
    let sessions = row(&report, "sort")["base"]["sessions"].as_u64().unwrap();
    assert!(sessions > 1, "{report:#}");
    assert!(!dir.path().join("kept/rounds/micro/screen-01-base").exists());
    assert!(dir.path().join("kept/rounds/micro/screen-01-head").exists());
    // A working tree that cannot be built is another matter.
    fs::remove_file(dir.path().join("bench.rs")).unwrap();
    let (output, _) = run(dir.path(), &["--against", "HEAD"]);
    assert_eq!(code(&output), 1);
    assert!(stderr(&output).contains("the build of suite \"micro\" (head)"), "{}", stderr(&output));
}

#[test]
fn what_is_measured_gets_no_token() {
    let dir = tempfile::tempdir().unwrap();
    repository(dir.path(), 1000.0);
    let text = "[[suite]]\nname = \"micro\"\ncommand = 'env | grep ^G; exit 1'\n";
    fs::write(dir.path().join("tailguard.toml"), text).unwrap();
    let mut command = tailguard(dir.path());
    command.args(["run", "--rounds", "1"]).env("GITHUB_TOKEN", "secret").env("GH_TOKEN", "secret");
    let said = stderr(&command.env("GIVEN", "yes").output().unwrap());
    assert!(said.contains("| GIVEN=yes") && !said.contains("secret"), "{said}");
}

#[test]
fn crossed_thresholds_of_a_load_test_are_a_notice() {
    let dir = tempfile::tempdir().unwrap();
    repository(dir.path(), 1000.0);
    let text = fs::read_to_string(dir.path().join("tailguard.toml")).unwrap();
    fs::write(dir.path().join("tailguard.toml"), text.replace("OUT\"'''", "OUT\"; exit 99'''"))
        .unwrap();
    let (output, report) = run(dir.path(), &["--against", "HEAD"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(report.unwrap().to_string().contains("thresholds-crossed"));
}

#[test]
fn rounds_that_are_done_are_not_measured_again() {
    let dir = tempfile::tempdir().unwrap();
    repository(dir.path(), 1000.0);
    let (output, first) = run(dir.path(), &["--against", "HEAD", "--keep", "kept"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let turns = fs::read_to_string(dir.path().join("turn")).unwrap();
    let (output, second) = run(dir.path(), &["--resume", "kept"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert_eq!(fs::read_to_string(dir.path().join("turn")).unwrap(), turns, "nothing ran");
    assert_eq!(first.unwrap()["rows"], second.unwrap()["rows"]);
    rounds_of(dir.path(), 1001.0);
    let (output, _) = run(dir.path(), &["--resume", "kept"]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("another working tree"), "{}", stderr(&output));
}

#[test]
fn wrong_words_are_refused_with_a_hint() {
    let dir = tempfile::tempdir().unwrap();
    repository(dir.path(), 1000.0);
    let cases: [(&[&str], i32, &str); 7] = [
        (&["--against", "nothing"], 1, "nothing"),
        (&["--suite", "other"], 2, "no suite"),
        (&["--max-rounds", "5"], 2, "--against"),
        (&["--against", "HEAD", "--rounds", "1"], 2, "at least 2"),
        (&["--against", "HEAD", "--max-rounds", "2"], 2, "fewer than"),
        (&["--resume", "nowhere"], 1, "nowhere"),
        (&["--keep", "results"], 1, "not empty"),
    ];
    for (words, expected, said) in cases {
        let (output, _) = run(dir.path(), words);
        let text = stderr(&output);
        assert_eq!(code(&output), expected, "{words:?}: {text}");
        assert!(text.contains(said) && text.contains("hint: "), "{words:?}: {text}");
    }
}

#[test]
fn ranks_are_judged_by_all_rounds_at_once() {
    let dir = tempfile::tempdir().unwrap();
    repository(dir.path(), 1000.0);
    let text = fs::read_to_string(dir.path().join("tailguard.toml")).unwrap();
    let ranks = format!("[gate]\ntest = \"mann-whitney\"\n\n{text}");
    fs::write(dir.path().join("tailguard.toml"), ranks).unwrap();
    commit(dir.path(), "ranks");
    rounds_of(dir.path(), 10_000.0);
    let (output, report) = run(dir.path(), &["--against", "HEAD"]);
    assert_eq!(code(&output), 10, "{}", stderr(&output));
    assert_eq!(row(&report.unwrap(), "sort")["fresh"]["runs"], 8);
}

#[test]
fn what_the_clock_ends_before_it_is_confirmed_is_judged_by_what_there_is() {
    let dir = tempfile::tempdir().unwrap();
    repository(dir.path(), 1000.0);
    rounds_of(dir.path(), 1300.0);
    // Seven rounds a side of three seconds, and a minute.
    let text = fs::read_to_string(dir.path().join("tailguard.toml")).unwrap();
    let slow = text.replace("OUT\"'''", "OUT\"; sleep 9'''");
    fs::write(dir.path().join("tailguard.toml"), slow).unwrap();
    let words = ["--against", "HEAD", "--max-minutes", "1", "--warmup", "0"];
    let (output, report) = run(dir.path(), &words);
    let report = report.unwrap_or_else(|| panic!("{}", stderr(&output)));
    assert_eq!(code(&output), 10, "{report:#}");
    assert_eq!(row(&report, "sort")["verdict"], "regressed");
    assert!(report.to_string().contains("out-of-time"), "{report:#}");
    assert!(report["rule"]["confirmation"].is_null(), "{report:#}");
}

#[test]
fn a_kept_directory_may_lie_in_the_repository_and_be_named_from_anywhere() {
    let dir = tempfile::tempdir().unwrap();
    repository(dir.path(), 1000.0);
    let below = dir.path().join("below");
    fs::create_dir(&below).unwrap();
    let (output, _) = run(&below, &["--against", "HEAD", "--keep", "kept"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let (output, _) = run(dir.path(), &["--resume", "below/kept"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    fs::write(dir.path().join("new-file"), "one").unwrap();
    let (output, _) = run(dir.path(), &["--resume", "below/kept"]);
    assert_eq!(code(&output), 2, "{}", stderr(&output));
}

#[test]
fn a_plan_that_nobody_can_have_asked_for_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    repository(dir.path(), 1000.0);
    let (output, _) = run(dir.path(), &["--against", "HEAD", "--keep", "kept"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let plan = dir.path().join("kept/plan.json");
    let text = fs::read_to_string(&plan).unwrap();
    fs::write(&plan, text.replace("\"rounds\": 3", "\"rounds\": 4000000000")).unwrap();
    let (output, _) = run(dir.path(), &["--resume", "kept"]);
    assert_eq!(code(&output), 1);
    assert!(stderr(&output).contains("more rounds than anybody"), "{}", stderr(&output));
}
