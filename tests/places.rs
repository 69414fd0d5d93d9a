//! Where output goes: files, links, pipes, and nowhere that it could do harm.

mod common;

use std::fs;
use std::path::Path;

use common::{criterion_run, micro_config, run, stderr, stdout};

fn suite(dir: &Path) {
    micro_config(dir);
    criterion_run(&dir.join("fresh/0"), &["alpha"], 1000.0);
}

#[cfg(unix)]
#[test]
fn an_output_that_is_a_link_is_written_through() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    suite(dir.path());
    fs::write(dir.path().join("real.json"), "old").expect("writable");
    std::os::unix::fs::symlink("real.json", dir.path().join("link.json")).expect("writable");
    let inspect = ["inspect", "fresh/0", "--format", "json", "--output"];
    let output = run(dir.path(), &[&inspect[..], &["link.json"]].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(dir.path().join("link.json").is_symlink());
    let text = fs::read_to_string(dir.path().join("real.json")).expect("it is there");
    assert!(text.contains("alpha"), "{text}");
    let piped = run(dir.path(), &[&inspect[..], &["/dev/stdout"]].concat());
    assert_eq!(stdout(&piped), text, "{}", stderr(&piped));
    assert_eq!(piped.stderr, b"");
}

/// What lies in files must not speak to the terminal or to the CI that shows the log.
#[test]
fn hostile_names_say_nothing_on_stderr_and_in_show() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    suite(dir.path());
    let name = "x\n::error::y\u{1b}[2J\u{202e}##[error]";
    let sidecar = serde_json::json!({"session": name, "time": name, "commit": name,
        "machine": "test"});
    fs::write(dir.path().join("fresh/0/tailguard-run.json"), sidecar.to_string()).expect("ok");
    let key = serde_json::json!({name: 1, "metrics": {}}).to_string();
    fs::write(dir.path().join("key.json"), key).expect("writable");
    fs::write(dir.path().join(name.replace('/', "")), "nothing").expect("writable");
    let config = format!("[gate]\n{} = 1\n", serde_json::json!(name));
    fs::write(dir.path().join("bad.toml"), config).expect("writable");
    for arguments in [
        &["baseline", "refresh"][..],
        &["baseline", "show"],
        &["baseline", "refresh", "--dry-run", "--accept-regression", name],
        &["inspect", "key.json"],
        &["inspect", name],
        &["check", "--config", "bad.toml"],
        &["check", "--fresh", name],
        &[name],
    ] {
        let output = run(dir.path(), arguments);
        let all = format!("{}{}", stdout(&output), stderr(&output));
        assert!(!all.is_empty(), "{arguments:?}");
        let quiet = |c: char| (c == '\n' || !c.is_control()) && c != '\u{202e}';
        assert!(all.chars().all(quiet), "{arguments:?}: {all:?}");
        assert!(!all.contains("##["), "{arguments:?}: {all}");
        assert!(!all.lines().any(|line| line.trim_start().starts_with("::")), "{all}");
    }
}
