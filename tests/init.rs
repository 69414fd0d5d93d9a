//! `init`: what it writes for a repository, and what it refuses to write over.

#![allow(clippy::expect_used, reason = "a test that cannot be set up has failed")]

mod common;

use std::fs;
use std::path::Path;

use common::{commit, run, stderr, stdout};

const ACTION: &str = "some-org/tailguard@0123456789abcdef0123456789abcdef01234567";

const FILES: [&str; 5] = [
    "tailguard.toml",
    ".github/workflows/perf.yml",
    ".github/workflows/perf-comment.yml",
    ".github/workflows/baseline-refresh.yml",
    "load/measure.sh",
];

fn write(dir: &Path, name: &str, text: &str) {
    let path = dir.join(name);
    fs::create_dir_all(path.parent().expect("below a directory")).expect("writable");
    fs::write(path, text).expect("writable");
}

fn read(dir: &Path, name: &str) -> String {
    fs::read_to_string(dir.join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// A repository with criterion's benchmarks, a k6 script, or both.
fn repository(criterion: bool, k6: bool) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a temporary directory");
    if criterion {
        write(dir.path(), "Cargo.toml", "[dev-dependencies]\ncriterion = \"0.8\"\n");
        write(dir.path(), "benches/decide.rs", "");
    }
    if k6 {
        write(dir.path(), "load/steady.js", "import http from 'k6/http';\n");
    }
    dir
}

/// Everything that was written and what was said.
fn written(dir: &Path, arguments: &[&str]) -> String {
    let made = run(dir, arguments);
    assert!(made.status.success(), "{}", stderr(&made));
    let mut text = format!("$ tailguard {}\n{}", arguments.join(" "), stderr(&made));
    for name in FILES.iter().filter(|name| dir.join(name).exists()) {
        text.push_str(&format!("\n======== {name}\n{}", read(dir, name)));
    }
    text
}

#[test]
fn benchmarks_alone() {
    let dir = repository(true, false);
    insta::assert_snapshot!(written(dir.path(), &["init", "--action", ACTION]));
}

#[test]
fn load_tests_alone() {
    let dir = repository(false, true);
    insta::assert_snapshot!(written(dir.path(), &["init", "--action", ACTION]));
}

#[test]
fn both_without_an_action() {
    let dir = repository(true, true);
    write(dir.path(), ".gitignore", "/target\n/perf/\n");
    insta::assert_snapshot!(written(dir.path(), &["init"]));
}

#[test]
fn with_nothing_to_measure_there_is_only_a_configuration() {
    let dir = repository(false, false);
    insta::assert_snapshot!(written(dir.path(), &["init"]));
    let refused = run(dir.path(), &["init", "--only", "workflows"]);
    assert_eq!(refused.status.code(), Some(2), "{}", stderr(&refused));
    assert!(!dir.path().join(".github").exists());
}

#[test]
fn every_configuration_that_is_written_reads() {
    for (criterion, k6) in [(true, false), (false, true), (true, true), (false, false)] {
        let dir = repository(criterion, k6);
        assert!(run(dir.path(), &["init"]).status.success());
        let text = read(dir.path(), "tailguard.toml");
        let config = tailguard::policy::config::parse(&text, &dir.path().join("tailguard.toml"));
        let suites = config.expect("what init writes reads").suites.len();
        assert_eq!(suites, if criterion == k6 { 2 } else { 1 });
    }
}

/// The first stage from end to end, but for the runner: what `init` writes for a load test, completed
/// as it says, measures both sides and leaves what the second stage reads.
#[test]
#[cfg(unix)]
fn what_is_written_measures_once_it_is_filled_in() {
    let dir = repository(false, true);
    commit(dir.path(), "a service without a gate");
    assert!(run(dir.path(), &["init"]).status.success());
    let script = read(dir.path(), "load/measure.sh");
    let start = script.find("start_service() {").expect("there is one");
    let end = start + script[start..].find("\n}\n").expect("it ends");
    let filled = format!("{}start_service() {{ sleep 600 &{}", &script[..start], &script[end..]);
    // Stands in for k6: writes one point a request, as k6 does, into the file that it is given.
    let stand_in = "k6() { for word; do case $word in json=*) points | gzip >\"${word#json=}\" ;; esac; done; return 99; }\n\
        points() { n=0; while ((n++ < 200)); do printf '{\"type\":\"Point\",\"metric\":\"http_req_duration\",\"data\":{\"time\":\"2026-01-01T00:00:%02d.000Z\",\"value\":%d.%d,\"tags\":{\"expected_response\":\"true\",\"scenario\":\"default\",\"name\":\"/a\"}}}\\n' $((n % 60)) $((10 + n % 7)) $((RANDOM % 10)); done; }\n";
    let filled =
        filled.replacen("set -euo pipefail\n", &format!("set -euo pipefail\n{stand_in}"), 1);
    write(dir.path(), "load/measure.sh", &filled);
    commit(dir.path(), "a gate");
    // The base is older than the script: measured alone, which nothing is stored for.
    let first = run(dir.path(), &["run", "--against", "HEAD^1", "--save", "measurement.json"]);
    assert_eq!(first.status.code(), Some(11), "{}", stderr(&first));
    assert!(stdout(&first).contains("in the base's checkout"), "{}", stdout(&first));
    // From the next commit on there are two sides.
    write(dir.path(), "README.md", "changed\n");
    commit(dir.path(), "a change");
    let second = run(dir.path(), &["run", "--against", "HEAD^1", "--save", "measurement.json"]);
    assert_eq!(second.status.code(), Some(0), "{}{}", stdout(&second), stderr(&second));
    let saved = read(dir.path(), "measurement.json");
    assert!(saved.contains("\"base\":") && saved.contains("\"again\":"), "{saved:.300}");
}

#[test]
fn nothing_is_written_where_one_file_is_in_the_way() {
    for in_the_way in FILES {
        let dir = repository(true, true);
        write(dir.path(), in_the_way, "mine\n");
        let refused = run(dir.path(), &["init"]);
        assert_eq!(refused.status.code(), Some(2));
        assert!(stderr(&refused).contains(&format!("error: {in_the_way} exists already")));
        assert_eq!(read(dir.path(), in_the_way), "mine\n");
        for other in FILES.iter().filter(|name| **name != in_the_way) {
            assert!(!dir.path().join(other).exists(), "{other} beside {in_the_way}");
        }

        let forced = run(dir.path(), &["init", "--force"]);
        assert!(forced.status.success(), "{}", stderr(&forced));
        let said = stderr(&forced);
        for name in FILES {
            let verb = if name == in_the_way { "replaced" } else { "wrote" };
            assert!(said.contains(&format!("{verb} {name}\n")), "{said}");
        }
        assert_ne!(read(dir.path(), in_the_way), "mine\n");
    }
}

#[test]
fn a_part_leaves_the_other_alone() {
    let dir = repository(true, false);
    write(dir.path(), "tailguard.toml", "# mine\n");
    assert!(run(dir.path(), &["init", "--only", "workflows"]).status.success());
    assert_eq!(read(dir.path(), "tailguard.toml"), "# mine\n");
    assert!(FILES[..4].iter().all(|name| dir.path().join(name).exists()));

    let dir = repository(true, true);
    assert!(run(dir.path(), &["init", "--only", "config"]).status.success());
    assert!(!dir.path().join(".github").exists() && dir.path().join("load/measure.sh").exists());
}

#[test]
fn a_directory_that_cannot_be_made_stops_before_the_first_file() {
    let dir = repository(true, false);
    write(dir.path(), ".github", "a file\n");
    let failed = run(dir.path(), &["init"]);
    assert_eq!(failed.status.code(), Some(1), "{}", stderr(&failed));
    assert!(!dir.path().join("tailguard.toml").exists());
}

#[test]
fn an_action_is_pinned_to_a_commit_or_refused() {
    let dir = repository(true, false);
    for wrong in ["some-org/tailguard@v1", "tailguard", "a/b@0123", "a/b@x\n      - run: y"] {
        let refused = run(dir.path(), &["init", "--action", wrong]);
        assert_eq!(refused.status.code(), Some(2));
        assert!(stderr(&refused).contains("OWNER/REPO@SHA"), "{}", stderr(&refused));
        assert!(!dir.path().join("tailguard.toml").exists());
    }
}

#[test]
fn below_the_root_of_a_repository_there_is_only_a_configuration() {
    let root = repository(false, false);
    fs::create_dir(root.path().join(".git")).expect("writable");
    write(root.path(), "service/load.js", "import http from 'k6/http';\n");
    let dir = root.path().join("service");
    let made = run(&dir, &["init"]);
    assert!(made.status.success(), "{}", stderr(&made));
    assert!(stderr(&made).contains("note: no workflows: "), "{}", stderr(&made));
    assert!(dir.join("tailguard.toml").exists() && !dir.join(".github").exists());
    let elsewhere = run(root.path(), &["init", "--config", "elsewhere/gate.toml", "--force"]);
    assert!(elsewhere.status.success(), "{}", stderr(&elsewhere));
    assert!(!root.path().join(".github").exists());
}

/// The workflows that `init` writes and those of this repository.
fn workflows() -> Vec<(String, String)> {
    let dir = repository(true, true);
    assert!(run(dir.path(), &["init", "--action", ACTION]).status.success());
    let names = &FILES[1..4];
    let written = names.iter().map(|name| (format!("written {name}"), read(dir.path(), name)));
    let own = names.iter().map(|name| ((*name).to_owned(), read(Path::new("."), name)));
    written.chain(own).collect()
}

#[test]
fn the_first_stage_can_write_nothing_and_nothing_is_unpinned() {
    for (name, text) in workflows() {
        assert!(text.contains("\npermissions: {}\n"), "{name}");
        if name.ends_with("perf.yml") {
            assert!(!text.contains(": write") && !text.contains("secrets."), "{name}");
            assert_eq!(text.matches("contents: read").count(), 1, "{name}");
        }
        for line in text.lines().filter(|line| line.trim_start().starts_with("- uses: ")) {
            let used = line.trim_start().trim_start_matches("- uses: ");
            let used = used.split(' ').next().expect("a word");
            let pinned = used.split_once('@').is_some_and(|(_, sha)| {
                sha.len() == 40 && sha.chars().all(|c| c.is_ascii_hexdigit())
            });
            assert!(pinned || used == "./", "{name}: {line}");
        }
        // What an expression gives must never become part of a script.
        for (at, _) in text.match_indices("\n        run: ") {
            let script = text[at + 1..].lines().take_while(|line| !line.starts_with("      - "));
            assert!(
                script.into_iter().all(|line| !line.contains("${{")),
                "{name}: {}",
                &text[at..]
            );
        }
    }
}

#[test]
fn the_second_stage_listens_to_the_first_and_shares_its_artifact() {
    let of = |stage: &str| -> Vec<String> {
        let texts = workflows().into_iter().filter(|(name, _)| name.ends_with(stage));
        texts.map(|(_, text)| text).collect()
    };
    for text in of("/perf.yml") {
        assert!(text.contains("\nname: perf #") && text.contains("name: tailguard-measurement\n"));
        assert!(text.contains("fetch-depth: 0") && text.contains("merge_group:"));
    }
    for text in of("/perf-comment.yml") {
        assert!(text.contains("workflows: [perf]") && text.contains("cancel-in-progress: false"));
        assert!(!text.contains("head.sha") && !text.contains(" run: "), "{text}");
    }
}

/// The fenced blocks of a language in the page about GitHub.
fn blocks(language: &str) -> Vec<String> {
    let page = read(Path::new("."), "docs/performance/github.md");
    let fence = format!("```{language}\n");
    let blocks = page.split(&*fence).skip(1);
    blocks.map(|rest| rest.split("```").next().expect("the first part").to_owned()).collect()
}

#[test]
fn what_the_page_says_to_paste_can_be_pasted() {
    let suite = "[[suite]]\nname = \"api\"\npath = \"perf/api/*\"\n";
    let configurations = blocks("toml");
    assert!(configurations.len() >= 5);
    for text in configurations {
        let text = format!("{suite}{text}");
        let read = tailguard::policy::config::parse(&text, Path::new("tailguard.toml"));
        assert!(read.is_ok(), "{text}\n{read:?}");
    }
    let workflows: String = workflows().into_iter().map(|(_, text)| text).collect();
    let yaml = blocks("yaml").concat();
    let used = yaml.lines().filter_map(|line| line.trim_start().strip_prefix("- uses: "));
    for used in used.filter(|used| !used.contains("tailguard@") && !used.starts_with("OWNER/")) {
        assert!(workflows.contains(used), "the page pins {used}, the workflows do not");
    }
}
