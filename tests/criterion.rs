//! criterion's directories, as the real tool wrote them: 0.2.11, 0.3.6, 0.5.1 and 0.8.2.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tailguard::measure::{Evidence, Figure, Metric, Row, Run, Severity, Tool, Unit};
use tailguard::source::{Reading, read};

fn fixture(version: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/criterion").join(version)
}

fn run(path: &Path) -> Run {
    read(path, &Reading::default()).unwrap()
}

fn row<'a>(run: &'a Run, id: &str) -> &'a Row {
    run.rows.iter().find(|row| row.id == id).unwrap()
}

fn codes(run: &Run) -> Vec<(&str, Severity, Option<&str>)> {
    run.problems.iter().map(|p| (p.code, p.severity, p.row.as_deref())).collect()
}

fn refusal(path: &Path, reading: &Reading) -> String {
    let message = read(path, reading).unwrap_err().to_string();
    assert!(message.starts_with("cannot read "), "{message}");
    assert!(message.contains("\nhint: "), "{message}");
    message
}

/// A copy of a fixture that a test may damage.
fn copy(version: &str) -> tempfile::TempDir {
    fn copy_into(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
            let target = to.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                copy_into(&entry.path(), &target);
            } else {
                fs::copy(entry.path(), target).unwrap();
            }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    copy_into(&fixture(version), folder.path());
    folder
}

/// Every file of this name below a directory.
fn below(folder: &Path, name: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                open.push(path);
            } else if path.file_name().is_some_and(|n| n == name) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// Compares a row with the `estimates.json` that criterion wrote beside the same sample, and gives
/// the number of values compared.
fn compare_with_estimates(row: &Row, measurement: &Path) -> usize {
    let estimates = json(&measurement.join("estimates.json"));
    let old = ["Mean", "Median", "Slope", "StdDev", "MedianAbsDev"];
    let new = ["mean", "median", "slope", "std_dev", "median_abs_dev"];
    let mut compared = 0;
    for (name, old) in new.into_iter().zip(old) {
        let estimate = estimates.get(name).or_else(|| estimates.get(old));
        let expected = estimate.and_then(|e| e["point_estimate"].as_f64());
        let read = row.statistics.get(name).copied();
        let close = match (expected, read) {
            (Some(expected), Some(read)) => (read - expected).abs() <= 1e-9 * expected.abs(),
            (expected, read) => expected == read,
        };
        assert!(
            close,
            "{}: {name} is {read:?}, criterion says {expected:?}",
            measurement.display()
        );
        compared += usize::from(expected.is_some());
    }
    compared
}

#[test]
fn every_version_yields_what_it_printed() {
    for (version, benchmarks, values) in
        [("0.2.11", 5, 25), ("0.3.6", 4, 19), ("0.5.1", 4, 19), ("0.8.2", 11, 53)]
    {
        let root = fixture(version);
        let run = run(&root);
        assert_eq!((run.tool, run.format), (Tool::Criterion, "directory"));
        assert_eq!(run.rows.len(), benchmarks, "{version}");
        assert_eq!(codes(&run), [], "{version}");
        let mut compared = 0;
        for path in below(&root, "benchmark.json") {
            let measurement = path.parent().unwrap();
            if measurement.file_name().unwrap() == "new" {
                let id = json(&path)["full_id"].as_str().unwrap().to_owned();
                compared += compare_with_estimates(row(&run, &id), measurement);
            }
        }
        assert_eq!(compared, values, "{version}");
    }
}

#[test]
fn rows_are_keyed_by_the_three_parts() {
    let run = run(&fixture("0.8.2"));
    let tags = |id: &str| {
        let tags = &row(&run, id).tags;
        let part = |key: &str| tags.get(key).cloned();
        (part("group"), part("function"), part("value"))
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(tags("linear/fold"), (some("linear"), some("fold"), None));
    assert_eq!(tags("linear/fold/1000"), (some("linear"), some("fold"), some("1000")));
    assert_eq!(tags("a/b/f/"), (some("a/b"), some("f"), some("")));
    assert_eq!(tags("a/b/c/d é \"<x>\""), (some("a/b"), some("c/d é \"<x>\""), None));
    for name in ["report", "new", "base", "change"] {
        assert_eq!(tags(name), (some(name), None, None));
    }
    assert!(run.rows.is_sorted_by(|a, b| a.tags < b.tags));
}

#[test]
fn figures_carry_an_error_where_samples_suffice() {
    let run = run(&fixture("0.8.2"));
    let linear = row(&run, "linear/fold/1000");
    assert_eq!((linear.n, linear.unit, linear.evidence), (20, Unit::Ns, Evidence::Batches));
    let metrics: Vec<_> = linear.figures.keys().copied().collect();
    assert_eq!(metrics, [Metric::Median, Metric::Mean, Metric::Slope, Metric::P95]);
    for figure in linear.figures.values() {
        assert!(matches!(figure, Figure::Log { s: Some(s), .. } if *s > 0.0), "{figure:?}");
    }
    let flat = row(&run, "flat/fold");
    assert!(!flat.figures.contains_key(&Metric::Slope) && !flat.statistics.contains_key("slope"));
    let ten = row(&run, "report");
    assert!(ten.figures.values().all(|figure| matches!(figure, Figure::Log { s: None, .. })));
    // 4096 bytes an iteration, seven elements an iteration.
    for (row, count) in [(linear, 4096.0), (flat, 7.0), (row(&run, "flat/both"), 7.0)] {
        let expected = count / (row.statistics["median"] * 1e-9);
        assert!((row.statistics["throughput"] / expected - 1.0).abs() < 1e-12);
    }
}

#[test]
fn any_directory_on_the_way_is_the_same_run() {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("project");
    fs::create_dir_all(project.join("target/debug/deps/g/f/new")).unwrap();
    fs::write(project.join("target/debug/deps/g/f/new/sample.json"), "not read").unwrap();
    fs::write(project.join("Cargo.toml"), "").unwrap();
    fs::write(project.join("target/CACHEDIR.TAG"), "").unwrap();
    fs::rename(copy("0.8.2").keep(), project.join("target/criterion")).unwrap();

    let identified = Reading { identify: true, ..Reading::default() };
    let read = |path: &str| read(&project.join(path), &identified).unwrap();
    let whole = read("target/criterion");
    assert_eq!(whole.id.len(), 64);
    for path in ["", "target", "target/criterion/", "target/criterion/../criterion"] {
        let run = read(path);
        assert_eq!((&run.rows, &run.id), (&whole.rows, &whole.id), "{path}");
    }
    let ids = |run: Run| run.rows.into_iter().map(|row| row.id).collect::<Vec<_>>();
    assert_eq!(ids(read("target/criterion/linear")), ["linear/fold", "linear/fold/1000"]);
    assert_eq!(ids(read("target/criterion/flat/both")), ["flat/both"]);
    assert_eq!(ids(read("target/criterion/flat/both/new")), ["flat/both"]);
    assert_eq!(ids(read("target/criterion/report")), ["report"]);
    assert_ne!(read("target/criterion/linear").id, whole.id);
}

#[test]
fn a_named_baseline_is_read_and_a_copy_of_new_is_said() {
    let named =
        |name: &str| Reading { criterion_baseline: Some(name.to_owned()), ..Reading::default() };
    let new = run(&fixture("0.8.2"));
    let main = read(&fixture("0.8.2"), &named("main")).unwrap();
    assert_eq!(main.rows.len(), new.rows.len());
    assert_ne!(main.rows, new.rows);
    assert_eq!(codes(&main), []);

    let base = read(&fixture("0.8.2"), &named("base")).unwrap();
    assert_eq!(base.rows, new.rows);
    assert_eq!(codes(&base), [("identical-base", Severity::Warning, None)]);
    assert!(base.problems[0].message.starts_with("11 of 11 benchmarks"), "{:?}", base.problems);

    let message = refusal(&fixture("0.8.2"), &named("pr-7"));
    assert!(message.contains("without pr-7 (there are: base, main, new)"), "{message}");
}

#[test]
fn lost_and_broken_files_are_said() {
    let folder = copy("0.5.1");
    let at = |path: &str| folder.path().join(path);
    let whole = run(folder.path());

    fs::remove_file(at("group/flat/new/sample.json")).unwrap();
    fs::remove_file(at("alone/new/benchmark.json")).unwrap();
    let sample = fs::read(at("group/7/new/sample.json")).unwrap();
    fs::write(at("group/7/new/sample.json"), &sample[..sample.len() / 2]).unwrap();
    let partial = run(folder.path());
    assert_eq!(
        codes(&partial),
        [
            ("partial", Severity::Error, None),
            ("corrupt", Severity::Error, Some("group/7")),
            ("partial", Severity::Warning, Some("group/flat")),
        ]
    );
    assert!(partial.problems[0].message.contains("alone/new"));
    assert_eq!(partial.rows.len(), 3);
    let broken = row(&partial, "group/7");
    assert!(broken.damaged && broken.figures.is_empty());
    let lost = row(&partial, "group/flat");
    assert_eq!((lost.evidence, lost.n, lost.damaged), (Evidence::Quantiles, 0, false));
    let before = row(&whole, "group/flat");
    for metric in [Metric::Median, Metric::Mean] {
        let Figure::Log { y, s } = lost.figures[&metric] else { panic!() };
        assert!((y.exp() / before.figures[&metric].value() - 1.0).abs() < 1e-8);
        assert_eq!(s, None);
    }
    assert!(!lost.figures.contains_key(&Metric::P95) && !lost.statistics.contains_key("p95"));

    for path in below(folder.path(), "benchmark.json") {
        fs::write(path, "{").unwrap();
    }
    let message = refusal(folder.path(), &Reading::default());
    assert!(message.contains("no whole benchmark"), "{message}");
}

#[test]
fn a_benchmark_with_base_but_without_new_is_said() {
    let folder = copy("0.8.2");
    fs::remove_dir_all(folder.path().join("flat/fold/new")).unwrap();
    let run = run(folder.path());
    assert_eq!((codes(&run), run.rows.len()), (vec![("partial", Severity::Warning, None)], 10));
    assert!(run.problems[0].message.contains("flat/fold"), "{:?}", run.problems);
}

#[test]
fn a_benchmark_that_is_there_twice_is_said() {
    let folder = copy("0.5.1");
    let (first, again) = (folder.path().join("alone"), folder.path().join("alone_2"));
    fs::create_dir_all(again.join("new")).unwrap();
    for name in ["benchmark.json", "sample.json"] {
        fs::copy(first.join("new").join(name), again.join("new").join(name)).unwrap();
    }
    let run = run(folder.path());
    assert_eq!(codes(&run), [("duplicate", Severity::Error, Some("alone"))]);
    assert_eq!(run.rows.len(), 4);
    assert!(row(&run, "alone").damaged);
}

#[test]
fn two_trees_are_not_one_run() {
    let folder = tempfile::tempdir().unwrap();
    fs::rename(copy("0.5.1").keep(), folder.path().join("one")).unwrap();
    fs::rename(copy("0.3.6").keep(), folder.path().join("two")).unwrap();
    let message = refusal(folder.path(), &Reading::default());
    assert!(message.contains("found 2 criterion directories"), "{message}");
    assert!(message.contains("/one") && message.contains("/two"), "{message}");
}

#[test]
fn the_unit_is_the_users_word() {
    let counted = Reading { unit: Some(Unit::Count), ..Reading::default() };
    let run = read(&fixture("0.8.2"), &counted).unwrap();
    assert!(run.rows.iter().all(|row| row.unit == Unit::Count));
    assert!(run.rows.iter().all(|row| !row.statistics.contains_key("throughput")));
}

#[test]
fn detail_is_given_if_asked_for() {
    assert!(run(&fixture("0.8.2")).rows.iter().all(|row| row.detail.is_none()));
    let detailed = Reading { detail: true, ..Reading::default() };
    for row in read(&fixture("0.8.2"), &detailed).unwrap().rows {
        let detail = row.detail.unwrap();
        assert!(!detail.sketch.is_empty());
        assert_eq!(detail.windows.iter().map(|window| window.n).sum::<u64>(), row.n);
    }
}

#[cfg(unix)]
#[test]
fn hostile_trees_end_in_words() {
    let folder = copy("0.5.1");
    let at = |path: &str| folder.path().join(path);
    let whole = run(folder.path());
    std::os::unix::fs::symlink(folder.path(), at("group/loop")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", at("group/flat/sample.json")).unwrap();
    fs::write(at("new"), "a file").unwrap();
    fs::create_dir_all(at("1/2/3/4/5/6/7/8/9/10/11/12")).unwrap();
    assert_eq!(run(folder.path()).rows, whole.rows);

    let deep = [b"[".repeat(1 << 20), b"]".repeat(1 << 20)].concat();
    fs::write(at("alone/new/sample.json"), deep).unwrap();
    let long = format!("[[{0}1],[{0}1]]", "1,".repeat(1 << 20));
    fs::write(at("group/7/new/sample.json"), long).unwrap();
    fs::remove_file(at("group/flat/new/sample.json")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", at("group/flat/new/sample.json")).unwrap();
    let hostile = run(folder.path());
    assert_eq!(
        codes(&hostile),
        [
            ("corrupt", Severity::Error, Some("alone")),
            ("partial", Severity::Warning, Some("group/flat")),
        ]
    );
    assert_eq!(row(&hostile, "group/7").n, (1 << 20) + 1);
}

proptest::proptest! {
    #[test]
    fn a_damaged_file_is_a_run_with_problems_or_a_refusal(
        name in proptest::sample::select(vec!["benchmark.json", "sample.json", "estimates.json"]),
        (from, to) in (0_usize..2000, 0_usize..2000),
        with in proptest::collection::vec(proptest::sample::select(b"[]{}\",:-.0 9eEnul\xff".to_vec()), 0..8),
        sampled in proptest::bool::ANY,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let new = folder.path().join("alone/new");
        fs::create_dir_all(&new).unwrap();
        for file in ["benchmark.json", "sample.json", "estimates.json"] {
            if sampled || file != "sample.json" {
                fs::copy(fixture("0.5.1").join("alone/new").join(file), new.join(file)).unwrap();
            }
        }
        let mut bytes = fs::read(fixture("0.5.1").join("alone/new").join(name)).unwrap();
        let from = from.min(bytes.len());
        let to = to.clamp(from, bytes.len());
        bytes.splice(from..to, with);
        fs::write(new.join(name), bytes).unwrap();
        let reading = Reading { identify: true, detail: true, ..Reading::default() };
        match read(folder.path(), &reading) {
            Ok(run) => {
                let row = &run.rows[0];
                proptest::prop_assert!(!row.figures.is_empty() || !run.problems.is_empty());
            }
            Err(error) => proptest::prop_assert!(error.to_string().contains("\nhint: ")),
        }
    }
}
