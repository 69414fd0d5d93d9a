//! `docs`, from a configuration and baselines to pages that cannot drift.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use common::{criterion_run, run, stderr, stdout};

const PAGES: [&str; 5] =
    ["README.md", "benchmarks.md", "capacity-planning.md", "load-testing.md", "slos.md"];

/// A folder with a stored baseline, one target, and the pages of both.
fn documented() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let config = "[[suite]]\nname = \"micro\"\nsource = \"criterion\"\npath = \"fresh/*\"\n\
                  environment = \"test\"\n\n[[slo]]\nsuite = \"micro\"\nmetric = \"median\"\n\
                  at-most = \"2us\"\nat = \"10/s\"\n";
    fs::write(dir.path().join("tailguard.toml"), config).unwrap();
    for (session, level) in [("one", 1000.0), ("two", 1010.0)] {
        criterion_run(&dir.path().join("fresh/0"), &["alpha", "beta"], level);
        let refreshed = run(dir.path(), &["baseline", "refresh", "--session", session]);
        assert!(refreshed.status.success(), "{}", stderr(&refreshed));
        fs::remove_dir_all(dir.path().join("fresh")).unwrap();
    }
    let written = run(dir.path(), &["docs"]);
    assert!(written.status.success(), "{}", stderr(&written));
    dir
}

fn pages(dir: &Path) -> PathBuf {
    dir.join("docs/performance")
}

fn check(dir: &Path) -> (Option<i32>, String) {
    let checked = run(dir, &["docs", "--check"]);
    (checked.status.code(), stdout(&checked) + &stderr(&checked))
}

fn bytes(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(pages(dir)).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.filter(|path| path.is_file());
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    files.map(|path| (name(&path), fs::read(path).unwrap())).collect()
}

fn edit(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{from} is not in {text}");
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

#[test]
fn every_page_is_written_and_the_same_data_give_the_same_bytes() {
    let dir = documented();
    assert_eq!(bytes(dir.path()).keys().collect::<Vec<_>>(), PAGES);
    assert_eq!(check(dir.path()).0, Some(0), "{}", check(dir.path()).1);
    let benchmarks = fs::read_to_string(pages(dir.path()).join("benchmarks.md")).unwrap();
    assert!(benchmarks.contains("criterion, 2 runs in 2 sessions"), "{benchmarks}");
    assert!(benchmarks.contains("](../../baselines/micro/test.json)"), "{benchmarks}");
    assert!(benchmarks.contains("| `alpha` | 1.00 µs |"), "{benchmarks}");

    let before = bytes(dir.path());
    let again = run(dir.path(), &["docs"]);
    assert_eq!((again.status.code(), stdout(&again).as_str()), (Some(0), ""));
    assert!(stderr(&again).contains("nothing to write"), "{}", stderr(&again));
    fs::remove_dir_all(pages(dir.path())).unwrap();
    assert!(run(dir.path(), &["docs"]).status.success());
    assert_eq!(bytes(dir.path()), before);
}

#[test]
fn any_number_that_is_edited_in_a_block_is_found() {
    let dir = documented();
    let page = pages(dir.path()).join("benchmarks.md");
    let text = fs::read_to_string(&page).unwrap();
    let begin = text.find("tailguard:begin benchmarks -->").unwrap();
    let end = text.find("<!-- tailguard:end benchmarks").unwrap();
    let block = begin + text.get(begin..end).unwrap().find('\n').unwrap();
    let inside = |at: &usize| (block..end).contains(at);
    let digits = text.char_indices().filter(|(at, c)| inside(at) && c.is_ascii_digit());
    let mut seen = 0;
    for (at, digit) in digits {
        let other = if digit == '9' { "8" } else { "9" };
        let mut edited = text.clone();
        edited.replace_range(at..=at, other);
        fs::write(&page, edited).unwrap();
        let (code, said) = check(dir.path());
        assert_eq!(code, Some(11), "byte {at}: {said}");
        assert!(said.contains("--- a/docs/performance/benchmarks.md\n"), "{said}");
        seen += 1;
    }
    assert!(seen > 10, "only {seen} digits were seen");
}

#[test]
fn an_edited_baseline_makes_the_page_stale() {
    let dir = documented();
    let baseline = dir.path().join("baselines/micro/test.json");
    edit(&baseline, "\"median\":{\"ln\":6.9", "\"median\":{\"ln\":7.9");
    let (code, said) = check(dir.path());
    assert_eq!(code, Some(11), "{said}");
    assert!(said.contains("docs/performance/benchmarks.md is stale\n"), "{said}");
    assert!(said.contains("\n-| `alpha` | 1.00 µs |"), "{said}");
    assert!(said.contains("hint: run `tailguard docs`"), "{said}");
}

#[test]
fn an_edited_target_makes_the_pages_stale() {
    let dir = documented();
    let slos = fs::read_to_string(pages(dir.path()).join("slos.md")).unwrap();
    // A benchmark carries no load, so nothing was measured at that of the target.
    assert!(slos.contains("at most 2.00 µs") && slos.contains("not measured"), "{slos}");
    edit(&dir.path().join("tailguard.toml"), "\"2us\"", "\"3us\"");
    let (code, said) = check(dir.path());
    assert_eq!(code, Some(11), "{said}");
    assert!(said.contains("docs/performance/slos.md is stale\n"), "{said}");
}

#[test]
fn people_s_text_survives_byte_for_byte() {
    let dir = documented();
    let page = pages(dir.path()).join("slos.md");
    edit(&page, "# Service levels\n", "# Unsere Zusagen\r\n\r\n* ä  \n\n");
    let (code, said) = check(dir.path());
    assert_eq!(code, Some(0), "{said}");
    let before = fs::read(&page).unwrap();
    edit(&dir.path().join("tailguard.toml"), "\"2us\"", "\"3us\"");
    assert!(run(dir.path(), &["docs"]).status.success());
    let after = fs::read(&page).unwrap();
    let head = "# Unsere Zusagen\r\n\r\n* ä  \n\n".as_bytes();
    assert!(before.starts_with(head) && after.starts_with(head));
    assert_eq!(check(dir.path()).0, Some(0));
}

#[test]
fn orphaned_figures_and_dead_links_are_named() {
    let dir = documented();
    let figures = pages(dir.path()).join("figures");
    fs::create_dir_all(&figures).unwrap();
    fs::write(figures.join("old.svg"), "<svg/>").unwrap();
    let page = pages(dir.path()).join("README.md");
    let text = fs::read_to_string(&page).unwrap();
    let line = text.lines().count() + 2;
    fs::write(&page, text + "\n[gone](gone.md), [lost](slos.md#lost)\n").unwrap();
    let (code, said) = check(dir.path());
    assert_eq!(code, Some(11), "{said}");
    for expected in [
        "docs/performance/figures/old.svg is orphaned",
        &format!("README.md:{line}: dead link gone.md: there is no such file"),
        &format!("README.md:{line}: dead link slos.md#lost: there is no such heading"),
        "hint: remove what nothing generates, and mend the links",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    // Writing cannot mend them, says so, and removes nothing.
    let written = run(dir.path(), &["docs"]);
    assert_eq!(written.status.code(), Some(0));
    assert!(stderr(&written).contains("old.svg is orphaned"), "{}", stderr(&written));
    assert!(figures.join("old.svg").exists());
}

#[test]
fn markers_that_are_not_in_order_stop_every_page() {
    let dir = documented();
    let page = pages(dir.path()).join("slos.md");
    edit(&page, "<!-- tailguard:end targets -->\n", "");
    edit(&dir.path().join("tailguard.toml"), "\"2us\"", "\"3us\"");
    let before = bytes(dir.path());
    for words in [&["docs"][..], &["docs", "--check"]] {
        let refused = run(dir.path(), words);
        assert_eq!(refused.status.code(), Some(1), "{}", stderr(&refused));
        assert!(stderr(&refused).contains("slos.md: line "), "{}", stderr(&refused));
        assert!(stderr(&refused).contains("\nhint: "), "{}", stderr(&refused));
    }
    assert_eq!(bytes(dir.path()), before);
}

#[test]
fn pages_are_no_report_of_another_format() {
    let dir = documented();
    for words in [&["docs", "--format", "json"][..], &["docs", "--output", "x"]] {
        let refused = run(dir.path(), words);
        assert_eq!(refused.status.code(), Some(2), "{}", stderr(&refused));
    }
}

/// Everything beside baselines and targets that pages are made of.
fn with_load(dir: &Path, row: &str) -> (Option<i32>, String) {
    let steps: String = [1, 2, 4, 8, 12, 16, 24, 32]
        .iter()
        .map(|n| format!("{n},{}\n", 100 * std::cmp::min(*n, 10)))
        .collect();
    fs::write(dir.join("steps.csv"), format!("concurrency,per_s\n{steps}")).unwrap();
    let fitted = run(
        dir,
        &["capacity", "fit", "steps.csv", "--format", "json", "--output", "measured/steps.json"],
    );
    assert!(fitted.status.success(), "{}", stderr(&fitted));
    for (side, level) in [("before", 2000.0), ("after", 1000.0)] {
        for round in 0..3 {
            let level = level * (1.0 + 0.001 * f64::from(round));
            criterion_run(&dir.join(format!("{side}/{round}")), &["alpha"], level);
        }
    }
    let compare = ["compare", "--base", "before/*", "--fresh", "after/*", "--format", "json"];
    let compared = run(dir, &compare);
    fs::write(dir.join("measured/tried.json"), &compared.stdout).unwrap();
    let config = fs::read_to_string(dir.join("tailguard.toml")).unwrap();
    let docs = format!(
        "\n[docs]\nfits = [\"measured/steps.json\"]\n\n[[docs.scenario]]\nname = \"ordinary\"\n\
         asks = \"what a day takes\"\nmodel = \"open\"\nload = \"200/s\"\nsuite = \"micro\"\n\n\
         [[docs.tried]]\nadvice = \"half the work\"\nrule = \"less is faster\"\n\
         report = \"measured/tried.json\"\nrow = \"{row}\"\nmetric = \"median\"\n"
    );
    fs::write(dir.join("tailguard.toml"), config + &docs).unwrap();
    let written = run(dir, &["docs"]);
    (written.status.code(), stdout(&written) + &stderr(&written))
}

#[test]
fn load_tests_and_what_was_tried_stand_on_their_page() {
    let dir = documented();
    fs::create_dir(dir.path().join("measured")).unwrap();
    let (code, said) = with_load(dir.path(), "alpha");
    assert_eq!(code, Some(0), "{said}");
    let page = fs::read_to_string(pages(dir.path()).join("load-testing.md")).unwrap();
    for part in [
        "**hard limit**",
        "](../../measured/steps.json)",
        "](figures/steps-fit.svg)",
        "half the work",
        "Rule: less is faster",
        "improved",
        "| `ordinary` | what a day takes | open | 200/s |",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert_eq!(check(dir.path()).0, Some(0), "{}", check(dir.path()).1);
    // A number of a measurement is edited: the page is stale.
    edit(&dir.path().join("measured/steps.json"), "1000.0", "1001.0");
    let (code, said) = check(dir.path());
    assert_eq!(code, Some(11), "{said}");
    assert!(said.contains("load-testing.md") && said.contains("| 1001 |"), "{said}");
}

#[test]
fn what_was_tried_has_to_be_in_its_report() {
    let dir = documented();
    fs::create_dir(dir.path().join("measured")).unwrap();
    let (code, said) = with_load(dir.path(), "gamma");
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("measured/tried.json has no median of \"gamma\""), "{said}");
    assert!(said.contains("\nhint: "), "{said}");
}
