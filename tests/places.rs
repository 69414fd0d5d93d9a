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
