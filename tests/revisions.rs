//! `baseline diff --rev`: what a revision had stored, against what is stored now.

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::{criterion_run, micro_config, run, stderr, stdout};

fn git(dir: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"];
    let output = Command::new("git").arg("-C").arg(dir).args(identity).args(arguments).output();
    let output = output.expect("git is there");
    assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
}

fn commit(dir: &Path) {
    git(dir, &["add", "-A"]);
    git(dir, &["commit", "-qm", "state"]);
}

fn diff(dir: &Path, arguments: &[&str]) -> String {
    let output = run(dir, &[&["baseline", "diff"], arguments].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    stdout(&output)
}

#[test]
fn files_of_either_side_are_compared_row_by_row_and_as_text() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let dir = dir.path();
    git(dir, &["init", "-q"]);
    micro_config(dir);
    criterion_run(&dir.join("fresh/0"), &["alpha"], 1000.0);
    let refreshed = run(dir, &["baseline", "refresh", "--session", "monday"]);
    assert!(refreshed.status.success(), "{}", stderr(&refreshed));
    commit(dir);
    assert_eq!(diff(dir, &["--rev", "HEAD"]), "no difference\n");

    criterion_run(&dir.join("fresh/1"), &["beta"], 1000.0);
    assert!(run(dir, &["baseline", "refresh", "--session", "tuesday"]).status.success());
    let added = diff(dir, &["--rev", "HEAD"]);
    let (rows, text) = added.split_once("\n\n").expect("a table, then a diff");
    assert!(rows.contains("micro beta") && !rows.contains("micro alpha"), "{rows}");
    assert!(text.starts_with("--- a/") && text.contains("\n+  {\"id\":"), "{text}");
    commit(dir);

    // A file that is gone now is a change as well, even with its whole directory.
    fs::remove_dir_all(dir.join("baselines")).expect("it was there");
    let gone = diff(dir, &["--rev", "HEAD"]);
    assert!(gone.contains("micro alpha") && gone.contains("gone"), "{gone}");
    assert!(gone.contains("\n-\"suite\": \"micro\","), "{gone}");
    git(dir, &["checkout", "-q", "--", "baselines"]);

    let path = dir.join("baselines/micro/test.json");
    let whole = fs::read_to_string(&path).expect("it is there");
    fs::write(&path, &whole[..whole.len() / 2]).expect("writable");
    commit(dir);
    fs::write(&path, whole).expect("writable");
    let output = run(dir, &["baseline", "diff", "--rev", "HEAD"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("as of revision \"HEAD\""), "{}", stderr(&output));
}
