//! What several test crates share.

#![allow(dead_code, reason = "each test crate uses its own part")]
#![allow(unreachable_pub, reason = "every test crate has its own copy")]
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

pub mod simulated;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tailguard::measure::{Provenance, Row, Run, Tool};

/// The command, with nothing of this process's CI or terminal in its environment.
pub fn tailguard(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tailguard"));
    undisturbed(&mut command);
    command.current_dir(dir);
    command
}

/// Takes what a CI job or a terminal may have set out of a command's environment.
pub fn undisturbed(command: &mut Command) {
    for name in ["GITHUB_RUN_ID", "CI_JOB_ID", "NO_COLOR", "COLUMNS", "CRITERION_HOME", "ImageOS"] {
        command.env_remove(name);
    }
}

/// Runs the command with arguments.
pub fn run(dir: &Path, arguments: &[&str]) -> Output {
    tailguard(dir).args(arguments).output().unwrap()
}

/// stdout as text.
pub fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// stderr as text.
pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A criterion directory as criterion 0.8 lays it out: one benchmark a name, 20 samples each, whose
/// per-iteration times scatter by half a per cent around `level` nanoseconds.
pub fn criterion_run(root: &Path, names: &[&str], level: f64) {
    for (index, name) in names.iter().enumerate() {
        let dir = root.join(name).join("new");
        fs::create_dir_all(&dir).unwrap();
        let identity = format!(
            r#"{{"group_id":"{name}","function_id":null,"value_str":null,"throughput":null,"full_id":"{name}","directory_name":"{name}","title":"{name}"}}"#
        );
        fs::write(dir.join("benchmark.json"), identity).unwrap();
        let times: Vec<String> = (0..20)
            .map(|i| {
                let wobble = f64::from((i * 7 + i32::try_from(index).unwrap()) % 5) - 2.0;
                format!("{}", 100.0 * level * (1.0 + 0.0025 * wobble))
            })
            .collect();
        let sample = format!(
            r#"{{"sampling_mode":"Flat","iters":[{}],"times":[{}]}}"#,
            vec!["100.0"; 20].join(","),
            times.join(",")
        );
        fs::write(dir.join("sample.json"), sample).unwrap();
    }
}

/// A configuration with one criterion suite called `micro`.
pub fn micro_config(dir: &Path) {
    let text = "[[suite]]\nname = \"micro\"\nsource = \"criterion\"\npath = \"fresh/*\"\n\
                environment = \"test\"\n";
    fs::write(dir.join("tailguard.toml"), text).unwrap();
}

/// A k6 run in memory.
pub fn one_run(id: String, session: String, rows: Vec<Row>) -> Run {
    Run {
        id,
        path: String::new(),
        tool: Tool::K6,
        format: "ndjson",
        tool_version: None,
        workload: None,
        provenance: Provenance { session: Some(session), ..Provenance::default() },
        rows,
        problems: Vec::new(),
    }
}

/// Runs git in a directory, as somebody.
pub fn git(dir: &Path, words: &[&str]) {
    let identity = ["-c", "user.name=T", "-c", "user.email=t@example.com"];
    let output = Command::new("git").arg("-C").arg(dir).args(identity).args(words).output();
    assert!(output.unwrap().status.success(), "git {words:?}");
}

/// Commits all that lies in a directory; a repository is made where there is none.
pub fn commit(dir: &Path, message: &str) {
    git(dir, &["init", "--quiet"]);
    git(dir, &["add", "."]);
    git(dir, &["commit", "--quiet", "--message", message]);
}
