//! What a PATH means, and what is refused in which words.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use tailguard::measure::Machine;
use tailguard::source::sidecar::{self, Sidecar};
use tailguard::source::{Reading, SourceName, find, read};

const POINT: &str = r#"{"metric":"http_reqs","type":"Metric","data":{"name":"http_reqs","type":"counter","contains":"default","thresholds":[],"submetrics":null}}
{"metric":"http_reqs","type":"Point","data":{"time":"2025-01-01T00:00:00Z","value":1,"tags":{"scenario":"default"}}}
"#;

const CSV: &str = "metric_name,timestamp,metric_value,check,error,error_code,expected_response,\
                   group,method,name,proto,scenario,service,status,subproto,tls_version,url,\
                   extra_tags,metadata\n";

fn criterion() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/criterion/0.5.1")
}

fn refusal(path: &Path, reading: &Reading) -> String {
    let message = read(path, reading).unwrap_err().to_string();
    assert!(message.starts_with("cannot read "), "{message}");
    message
}

fn only(source: SourceName) -> Reading {
    Reading { source: Some(source), ..Reading::default() }
}

#[test]
fn a_path_is_taken_literally_before_it_is_a_glob() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a[1].json", "a1.json", "b.json", "tailguard-run.json"] {
        fs::write(folder.path().join(name), "").unwrap();
    }
    let found = |pattern: &str| {
        find(pattern, folder.path()).map_err(|e| e.to_string()).map(|paths| {
            let names = paths.iter().map(|path| path.strip_prefix(folder.path()).unwrap());
            names.map(|name| name.display().to_string()).collect::<Vec<_>>()
        })
    };
    let names = |names: &[&str]| Ok(names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>());
    assert_eq!(found("a[1].json"), names(&["a[1].json"]));
    assert_eq!(found("?1.json"), names(&["a1.json"]));
    assert_eq!(found("*.json"), names(&["a1.json", "a[1].json", "b.json"]));
    assert_eq!(found("**/b.json"), names(&["b.json"]));
    for (pattern, said) in [
        ("*.csv", "found nothing that matches this glob"),
        ("c.json", "found no such file or directory"),
        ("c[.json", "found a broken glob"),
    ] {
        let message = found(pattern).unwrap_err();
        assert!(message.contains(said) && message.contains("\nhint: "), "{message}");
        assert!(message.contains(pattern), "{message}");
    }
    let path = folder.path().join("b.json");
    assert_eq!(find(path.to_str().unwrap(), Path::new("/elsewhere")).unwrap(), [path]);
}

#[test]
fn a_glob_stands_in_a_folder_with_odd_characters() {
    let folder = tempfile::tempdir().unwrap();
    let odd = folder.path().join("[ab]*");
    fs::create_dir(&odd).unwrap();
    fs::write(odd.join("x.json"), "").unwrap();
    assert_eq!(find("*.json", &odd).unwrap(), [odd.join("x.json")]);
}

#[cfg(unix)]
#[test]
fn a_glob_does_not_run_in_circles() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["one", "two"] {
        std::os::unix::fs::symlink(folder.path(), folder.path().join(name)).unwrap();
    }
    fs::write(folder.path().join("x.json"), "").unwrap();
    assert_eq!(find("**/x.json", folder.path()).unwrap(), [folder.path().join("x.json")]);
}

#[test]
fn content_decides_and_refusals_say_what_was_found() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("results.json");
    for (content, found) in [
        (&b""[..], "found an empty file"),
        (b"\x7fELF\x00\x00\x01", "found binary data"),
        (b"<!DOCTYPE html><html></html>", "found an HTML page"),
        (b"\x1f\x8b\x08", "found damaged gzip data"),
        (b"hello world", "found text of an unknown kind, beginning \"hello world\""),
        (b"{\"iters\":[1.0],\"times\":[1.0]}", "found a part of one criterion benchmark"),
    ] {
        fs::write(&file, content).unwrap();
        let message = refusal(&file, &Reading::default());
        assert!(message.contains(found) && message.contains("results.json"), "{message}");
        assert!(message.contains(", expected ") && message.contains("\nhint: "), "{message}");
        // The only file of a directory is refused in the same words.
        assert_eq!(refusal(folder.path(), &Reading::default()), message);
    }
    let none = refusal(&folder.path().join("none"), &Reading::default());
    assert!(none.contains("No such file"), "{none}");
}

#[test]
fn the_named_source_alone_is_tried() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("results.json");
    fs::write(&file, POINT).unwrap();
    let message = refusal(&file, &only(SourceName::Criterion));
    assert!(message.contains("expected a criterion directory, which was asked for"), "{message}");
    let message = refusal(&criterion(), &only(SourceName::K6));
    assert!(message.contains("expected a k6 result"), "{message}");
}

#[test]
fn a_directory_holds_one_run() {
    let folder = tempfile::tempdir().unwrap();
    let empty = refusal(folder.path(), &Reading::default());
    assert!(empty.contains("found a directory without results"), "{empty}");

    fs::write(folder.path().join("a.json"), POINT).unwrap();
    fs::write(folder.path().join("b.csv"), CSV).unwrap();
    fs::write(folder.path().join("stdout.txt"), "running\n").unwrap();
    let several = refusal(folder.path(), &Reading::default());
    assert!(several.contains("found 2 load-test results (a.json, b.csv)"), "{several}");

    let one_run = Sidecar { formats_of_one_run: true, ..Sidecar::default() };
    sidecar::write(folder.path(), &one_run).unwrap();
    if let Err(error) = read(folder.path(), &Reading::default()) {
        assert!(error.to_string().contains("a.json"), "{error}");
    }
    fs::write(folder.path().join("c.json"), POINT).unwrap();
    let two_streams = refusal(folder.path(), &Reading::default());
    assert!(two_streams.contains("found 2 load-test results (a.json, c.json)"), "{two_streams}");
}

/// Each file has a few words only, so that reading fails and the refusal names the chosen file.
#[test]
fn of_several_summaries_of_one_run_the_one_that_says_most_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let files = [
        ("machine.json", r#"{"version":"1.0.0","results":{"metrics":[]}}"#),
        ("export.json", r#"{"metrics":{},"root_group":{"path":""}}"#),
        ("handle.json", r#"{"root_group":{"path":"","groups":[]},"options":{},"metrics":{}}"#),
    ];
    let one_run = Sidecar { formats_of_one_run: true, ..Sidecar::default() };
    sidecar::write(folder.path(), &one_run).unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
        let message = refusal(folder.path(), &Reading::default());
        assert!(message.contains(name), "{name}: {message}");
    }
}

#[test]
fn criterion_and_a_load_test_in_one_directory_are_two_runs() {
    let folder = tempfile::tempdir().unwrap();
    let new = folder.path().join("alone/new");
    fs::create_dir_all(&new).unwrap();
    for name in ["benchmark.json", "sample.json"] {
        fs::copy(criterion().join("alone/new").join(name), new.join(name)).unwrap();
    }
    fs::write(folder.path().join("k6.json"), POINT).unwrap();
    let message = refusal(folder.path(), &Reading::default());
    assert!(message.contains("criterion's results and load-test results (k6.json)"), "{message}");
    let run = read(folder.path(), &only(SourceName::Criterion)).unwrap();
    assert_eq!(run.rows.len(), 1);
}

#[test]
fn the_sidecar_becomes_the_provenance() {
    let folder = tempfile::tempdir().unwrap();
    let new = folder.path().join("criterion/alone/new");
    fs::create_dir_all(&new).unwrap();
    for name in ["benchmark.json", "sample.json"] {
        fs::copy(criterion().join("alone/new").join(name), new.join(name)).unwrap();
    }
    let root = folder.path().join("criterion");
    let identified = Reading { identify: true, ..Reading::default() };
    let bare = read(&root, &identified).unwrap();
    assert_eq!(bare.provenance.session, None);

    let mut about = Sidecar {
        session: Some("s1".to_owned()),
        machine: Some(Machine { name: Some("box".to_owned()), ..Machine::default() }),
        runs: Some(vec![bare.id.clone()]),
        ..Sidecar::default()
    };
    sidecar::write(&folder.path().join("a file"), &about).unwrap();
    // From beside the root, whichever directory was given, and whether or not a hash was asked for.
    for path in [folder.path().to_owned(), root.clone(), root.join("alone")] {
        let run = read(&path, &Reading::default()).unwrap();
        assert_eq!(run.provenance.session.as_deref(), Some("s1"), "{}", path.display());
        assert_eq!((run.id.as_str(), run.problems), ("", Vec::new()));
    }

    about.runs = Some(vec!["another".to_owned()]);
    sidecar::write(&root, &about).unwrap();
    let stale = read(&root, &Reading::default()).unwrap();
    assert_eq!(stale.provenance.session, None);
    assert_eq!(stale.problems.iter().map(|p| p.code).collect::<Vec<_>>(), ["stale-sidecar"]);

    fs::write(root.join(sidecar::NAME), "{").unwrap();
    let message = refusal(&root, &Reading::default());
    assert!(message.contains("tailguard-run.json") && message.contains("\nhint: "), "{message}");
}

#[test]
fn utf_16_is_decoded_before_detection() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("summary.json");
    let mut bytes = vec![0xff, 0xfe];
    bytes.extend("{\"group_id\": \"é\"}".encode_utf16().flat_map(u16::to_le_bytes));
    fs::File::create(&file).unwrap().write_all(&bytes).unwrap();
    let message = refusal(&file, &Reading::default());
    assert!(message.contains("found a part of one criterion benchmark"), "{message}");
}
