//! Stories: each folder here is one, and its name is the sentence it proves.
//!
//! A folder holds `setup` (a shell script that prepares an empty directory, with `$QUICKSTART`,
//! `$FAILING` and `$TAILGUARD` set; left out where nothing is to be prepared), `arguments` (what
//! tailguard is then started with, as the shell reads it), `exit` (the exit code) and `output.snap`
//! (all that it prints). To add one: make the folder, add its name below, and review the snapshot
//! with `cargo insta review`.

#![allow(clippy::expect_used, reason = "a test that cannot be set up has failed")]

#[path = "../common/mod.rs"]
mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

macro_rules! scenarios {
    ($($name:ident)*) => {
        const NAMES: &[&str] = &[$(stringify!($name)),*];
        $(#[test] fn $name() { play(stringify!($name)); })*
    };
}

scenarios! {
    a_base_side_needs_fresh_results
    a_base_side_of_the_same_job_needs_no_baseline
    a_file_against_itself_cannot_be_judged
    corrupt_baseline_is_refused
    dead_server_is_no_data
    deleted_benchmark_fails
    error_rate_doubles_and_fails
    expired_waiver_no_longer_holds
    noise_passes
    nothing_in_common_is_an_error
    one_foreign_session_sees_gross_changes_only
    one_run_is_too_few
    other_machine_is_not_compared
    p95_regresses_and_fails
    refresh_keeps_other_rows
    three_runs_are_too_few_for_ranks
    unknown_key_names_the_nearest
    waiver_holds_until_it_expires
}

#[test]
fn every_folder_is_played() {
    let mut folders: Vec<String> = fs::read_dir("tests/scenarios")
        .expect("the test runs at the root of the package")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.is_dir())
        .map(|path| path.file_name().unwrap_or_default().to_string_lossy().into_owned())
        .collect();
    folders.sort();
    assert_eq!(folders, NAMES);
}

fn play(name: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios").join(name);
    let stage = tempfile::tempdir().expect("a temporary directory");
    if folder.join("setup").exists() {
        let script = format!("set -eu; . '{}'", folder.join("setup").display());
        let done = shell(stage.path(), &script);
        assert!(done.status.success(), "setup: {}", common::stderr(&done));
    }
    let arguments = fs::read_to_string(folder.join("arguments")).expect("a scenario has arguments");
    let ended = shell(stage.path(), &format!("exec \"$TAILGUARD\" {}", arguments.trim()));
    let wanted = fs::read_to_string(folder.join("exit")).expect("a scenario has an exit code");
    let output = scrubbed(&format!("{}{}", common::stdout(&ended), common::stderr(&ended)));
    insta::with_settings!({
        snapshot_path => &folder,
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_snapshot!("output", output);
    });
    assert_eq!(
        ended.status.code().map(|code| code.to_string()).as_deref(),
        Some(wanted.trim()),
        "{output}"
    );
}

fn shell(dir: &Path, script: &str) -> Output {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new("sh");
    common::undisturbed(&mut command);
    command
        .current_dir(dir)
        .args(["-c", script])
        .env("TAILGUARD", env!("CARGO_BIN_EXE_tailguard"))
        .env("QUICKSTART", root.join("examples/quickstart"))
        .env("FAILING", root.join("tests/fixtures/failing"))
        .output()
        .expect("a shell starts")
}

/// Files are sometimes told by their whole path, which differs from stage to stage.
fn scrubbed(text: &str) -> String {
    let root = env!("CARGO_MANIFEST_DIR");
    let text = text.replace(root, "$ROOT");
    let temporary = std::env::temp_dir();
    let mut scrubbed = String::new();
    for line in text.lines() {
        let mut rest = line;
        while let Some(at) = rest.find(&*temporary.to_string_lossy()) {
            scrubbed.push_str(&rest[..at]);
            scrubbed.push_str("$STAGE");
            let tail = &rest[at + temporary.to_string_lossy().len() + 1..];
            rest = tail.find('/').map_or("", |slash| &tail[slash..]);
        }
        scrubbed.push_str(rest);
        scrubbed.push('\n');
    }
    scrubbed
}
