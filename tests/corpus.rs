//! Result files of other people's projects, which are not part of this one: set `TAILGUARD_CORPUS`
//! to a directory of them, with criterion's below `criterion/`.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test panics, and says what it skips"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;
use tailguard::source::{Reading, read};

fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("TAILGUARD_CORPUS").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("SKIPPED: TAILGUARD_CORPUS is not set, so no foreign result file was read");
    }
    folder
}

/// Every file and directory below one, itself included.
fn below(folder: &Path) -> Vec<PathBuf> {
    let mut all = vec![folder.to_owned()];
    let mut next = 0;
    while let Some(path) = all.get(next).cloned() {
        if path.is_dir() {
            all.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        }
        next += 1;
    }
    all.sort();
    all
}

#[test]
fn criterion_figures_are_what_criterion_printed() {
    let Some(corpus) = corpus() else { return };
    let (mut directories, mut values) = (0, 0);
    for measurement in below(&corpus.join("criterion")) {
        let estimates = measurement.join("estimates.json");
        if !measurement.join("benchmark.json").is_file() || !estimates.is_file() {
            continue;
        }
        let baseline = measurement.file_name().unwrap().to_str().unwrap().to_owned();
        let reading = Reading { criterion_baseline: Some(baseline), ..Reading::default() };
        let run = read(&measurement, &reading).unwrap();
        let estimates: Value = serde_json::from_slice(&fs::read(estimates).unwrap()).unwrap();
        assert_eq!(run.rows.len(), 1, "{}", measurement.display());
        for (name, old) in [
            ("mean", "Mean"),
            ("median", "Median"),
            ("slope", "Slope"),
            ("std_dev", "StdDev"),
            ("median_abs_dev", "MedianAbsDev"),
        ] {
            let estimate = estimates.get(name).or_else(|| estimates.get(old));
            let expected = estimate.and_then(|estimate| estimate["point_estimate"].as_f64());
            let read = run.rows[0].statistics.get(name).copied();
            let close = match (expected, read) {
                (Some(expected), Some(read)) => (read - expected).abs() <= 1e-9 * expected.abs(),
                (expected, read) => expected == read,
            };
            assert!(close, "{}: {name}: {read:?}, not {expected:?}", measurement.display());
            values += usize::from(expected.is_some());
        }
        directories += 1;
    }
    eprintln!("{directories} directories, {values} values compared");
    assert!(directories > 0);
}

#[test]
fn every_path_is_read_or_refused_with_a_reason() {
    let Some(corpus) = corpus() else { return };
    let everything = Reading { identify: true, detail: true, ..Reading::default() };
    let (mut runs, mut refusals) = (0, 0);
    let mut slowest = (Duration::ZERO, PathBuf::new());
    for path in below(&corpus) {
        let start = Instant::now();
        match read(&path, &everything) {
            Ok(run) => {
                assert!(!run.rows.is_empty(), "{} is an empty run", path.display());
                runs += 1;
            }
            Err(error) => {
                let message = error.to_string();
                assert!(message.starts_with("cannot read "), "{message}");
                assert!(message.contains("\nhint: "), "{message}");
                if std::env::var_os("TAILGUARD_CORPUS_SHOW").is_some() {
                    eprintln!("{message}");
                }
                refusals += 1;
            }
        }
        slowest = slowest.max((start.elapsed(), path));
    }
    eprintln!("{runs} runs, {refusals} refusals; slowest: {slowest:?}");
    assert!(slowest.0 < Duration::from_secs(10));
    assert!(runs > 0);
}
