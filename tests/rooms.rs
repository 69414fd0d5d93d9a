//! The rooms of the library and which of them may import which: the arrows form no cycle, and a
//! wrong import fails here with both rooms named.

#![allow(clippy::expect_used, reason = "a test that cannot be set up has failed")]

use std::fs;
use std::path::{Path, PathBuf};

/// Each room, and the rooms that it may import.
const ROOMS: &[(&str, &[&str])] = &[
    ("atomic", &[]),
    ("measure", &[]),
    ("history", &["measure"]),
    ("stats", &[]),
    ("text_diff", &[]),
    ("github", &[]),
    ("runner", &[]),
    ("host", &["measure"]),
    ("source", &["atomic", "measure", "stats"]),
    ("postgres", &["source"]),
    ("rounds", &["atomic"]),
    ("capacity", &["measure", "stats"]),
    ("compare", &["measure", "history", "stats"]),
    ("baseline", &["atomic", "measure", "history"]),
    ("policy", &["measure", "stats", "source", "capacity", "compare"]),
    ("calibrate", &["measure", "history", "stats", "source", "compare", "policy"]),
    ("slo", &["measure", "stats", "capacity", "policy"]),
    ("report", &["measure", "history", "capacity", "baseline", "policy", "calibrate", "slo"]),
    ("pages", &["atomic", "measure", "text_diff", "report"]),
    (
        "gate",
        &[
            "measure",
            "history",
            "text_diff",
            "host",
            "source",
            "rounds",
            "capacity",
            "compare",
            "baseline",
            "policy",
            "calibrate",
            "slo",
            "report",
            "pages",
            "stats",
        ],
    ),
    ("pull", &["github", "runner", "measure", "baseline", "policy", "report", "gate", "host"]),
    (
        "cli",
        &[
            "atomic", "github", "runner", "measure", "source", "rounds", "postgres", "capacity",
            "baseline", "policy", "slo", "report", "pages", "gate", "pull",
        ],
    ),
];

#[test]
fn every_room_is_listed_after_the_rooms_that_it_imports() {
    for (place, (room, imports)) in ROOMS.iter().enumerate() {
        for import in *imports {
            let before = ROOMS[..place].iter().any(|(name, _)| name == import);
            assert!(before, "{room} imports {import}, which is not listed before it");
        }
    }
    let mut rooms: Vec<String> = entries(Path::new("src"))
        .iter()
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .filter(|name| name != "lib" && name != "main")
        .collect();
    rooms.sort();
    let mut listed: Vec<&str> = ROOMS.iter().map(|(room, _)| *room).collect();
    listed.sort_unstable();
    assert_eq!(rooms, listed, "the rooms of src and of this test");
}

#[test]
fn no_room_imports_another_that_it_may_not() {
    let mut seen = 0;
    for (room, allowed) in ROOMS {
        for file in files_of(room) {
            let text = fs::read_to_string(&file).expect("sources are readable");
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            for import in code.flat_map(imports) {
                seen += 1;
                assert!(
                    import == *room || allowed.contains(&import.as_str()),
                    "{}: {room} may not import {import}",
                    file.display()
                );
            }
        }
    }
    assert!(seen > 100, "only {seen} imports were seen: the scan is broken");
}

#[test]
fn a_room_s_front_page_holds_no_logic() {
    for (room, _) in ROOMS {
        for file in files_of(room).into_iter().filter(|f| f.ends_with("mod.rs")) {
            let text = fs::read_to_string(&file).expect("sources are readable");
            let logic = text.lines().any(|line| line.trim_start().starts_with("fn "));
            assert!(!logic, "{} holds logic", file.display());
        }
    }
}

/// The rooms named by `crate::` paths in a line of code.
fn imports(line: &str) -> Vec<String> {
    line.match_indices("crate::")
        .map(|(at, word)| {
            line[at + word.len()..]
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                .collect()
        })
        .filter(|room: &String| !room.is_empty())
        .collect()
}

fn files_of(room: &str) -> Vec<PathBuf> {
    let single = PathBuf::from(format!("src/{room}.rs"));
    if single.exists() {
        return vec![single];
    }
    let mut files = Vec::new();
    let mut folders = vec![PathBuf::from("src").join(room)];
    while let Some(folder) = folders.pop() {
        for path in entries(&folder) {
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    assert!(!files.is_empty(), "room {room} has no files");
    files
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the test runs at the root of the package")
        .map(|entry| entry.expect("folders are readable").path())
        .collect();
    entries.sort();
    entries
}
