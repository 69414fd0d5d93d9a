//! A tree of benchmarks as one run.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::measure::{Evidence, Problem, Provenance, Row, Run, Severity, Tool, Unit};
use crate::source::open::unreadable;
use crate::source::{Reading, SourceError, identity};

use super::benchmark::Benchmark;
use super::files::{bytes, json};
use super::row::{Data, fill};
use super::{sample, tree};

/// One run, and where criterion's directory begins.
pub(crate) struct Tree {
    pub(crate) root: PathBuf,
    pub(crate) run: Run,
    /// The content hash; empty unless asked for.
    pub(crate) identity: String,
}

/// Reads what was found below `path` as one run: the measurements of the baseline asked for.
///
/// # Errors
/// A file cannot be read; no benchmark is readable; the benchmarks belong to several runs.
pub(crate) fn read(
    path: &Path,
    measurements: &tree::Measurements,
    reading: &Reading,
) -> Result<Tree, SourceError> {
    let parts: Vec<_> = measurements.wanted.par_iter().map(|found| part(found, reading)).collect();
    let parts = parts.into_iter().collect::<Result<Vec<_>, _>>()?;
    let root = common_root(path, &parts)?;
    let identity = if reading.identify { identify(path, &root, &parts) } else { String::new() };
    let mut problems = Vec::new();
    problems.extend(identical(&parts, tree::wanted(reading)));
    if tree::wanted(reading) == "new" {
        problems.extend(without_new(measurements));
    }
    let mut placed = Vec::new();
    for part in parts {
        problems.extend(part.problems);
        placed.extend(part.row.map(|row| (row, part.place)));
    }
    let rows = without_duplicates(placed, &mut problems);
    if rows.is_empty() {
        let why = problems.first().map_or("", |problem| problem.message.as_str());
        return Err(unreadable(
            path,
            format!("criterion's files, but no whole benchmark: {why}"),
            "benchmark.json beside sample.json",
            "run `cargo bench` again, and copy criterion's directory as a whole",
        ));
    }
    let run = Run {
        id: String::new(),
        path: path.display().to_string(),
        tool: Tool::Criterion,
        format: "directory",
        tool_version: None,
        workload: None,
        provenance: Provenance::default(),
        rows,
        problems,
    };
    Ok(Tree { root, run, identity })
}

/// What one benchmark adds to the run.
struct Part {
    /// The benchmark's directory.
    place: PathBuf,
    /// Where criterion's directory begins, as the benchmark itself says.
    root: Option<PathBuf>,
    row: Option<Row>,
    problems: Vec<Problem>,
    /// Of the samples, else of the estimates.
    identity: Option<String>,
    is_copy_of_new: bool,
}

fn part(found: &tree::Found, reading: &Reading) -> Result<Part, SourceError> {
    let stored = match (found.sample, found.estimates) {
        (true, _) => Some(bytes(&found.path.join("sample.json"))?),
        (false, true) => Some(bytes(&found.path.join("estimates.json"))?),
        (false, false) => None,
    };
    let mut part = Part {
        place: found.path.parent().unwrap_or(&found.path).to_owned(),
        root: None,
        row: None,
        problems: Vec::new(),
        identity: stored.as_deref().filter(|_| reading.identify).map(identity::of_bytes),
        is_copy_of_new: false,
    };
    let benchmark: Benchmark = match benchmark(found)? {
        Ok(benchmark) => benchmark,
        Err(problem) => return Ok(Part { problems: vec![problem], ..part }),
    };
    let data = match &stored {
        Some(stored) if found.sample => {
            part.is_copy_of_new = is_copy_of_new(found, stored, reading);
            sample::parse(stored).map_or_else(|e| broken("sample.json", &e), Data::Sample)
        }
        Some(stored) => json(stored).map_or_else(|e| broken("estimates.json", &e), Data::Estimates),
        None => Data::Nothing,
    };
    part.root = benchmark.root(&part.place);
    let unit = reading.unit.unwrap_or(Unit::Ns);
    let empty = Row::empty(benchmark.id(), benchmark.tags(), unit, Evidence::Batches);
    let (mut row, problems) = fill(empty, data, reading.detail);
    if let Some(throughput) = per_second(&row, benchmark.throughput.0) {
        row.statistics.insert("throughput".to_owned(), throughput);
    }
    part.problems = problems;
    part.row = Some(row);
    Ok(part)
}

fn benchmark(found: &tree::Found) -> Result<Result<Benchmark, Problem>, SourceError> {
    let unknown = |code, message| Problem { severity: Severity::Error, code, row: None, message };
    let place = found.path.display();
    if !found.benchmark {
        let message =
            format!("{place} has no benchmark.json, so it is not known what was measured there");
        return Ok(Err(unknown("partial", message)));
    }
    let bytes = bytes(&found.path.join("benchmark.json"))?;
    Ok(json(&bytes).map_err(|error| {
        unknown("corrupt", format!("{place} has a broken benchmark.json: {error}"))
    }))
}

fn broken(name: &str, error: &str) -> Data {
    Data::Broken(format!("has a broken {name}: {error}"))
}

fn is_copy_of_new(found: &tree::Found, stored: &[u8], reading: &Reading) -> bool {
    let new = found.path.with_file_name("new").join("sample.json");
    tree::wanted(reading) != "new"
        && new.is_file()
        && bytes(&new).is_ok_and(|new| new.as_slice() == stored)
}

/// Events a second, from a count per iteration and the row's median, where that is a time.
fn per_second(row: &Row, per_iteration: Option<f64>) -> Option<f64> {
    let seconds = row.statistics.get("median")? * row.unit.nanoseconds()? * 1e-9;
    Some(per_iteration? / seconds).filter(|rate| rate.is_finite())
}

/// The one directory in which the benchmarks say they were filed, else the path itself.
fn common_root(path: &Path, parts: &[Part]) -> Result<PathBuf, SourceError> {
    const SHOWN: usize = 5;
    let roots: BTreeSet<_> = parts.iter().filter_map(|part| part.root.as_deref()).collect();
    if roots.len() > 1 {
        let shown: Vec<_> =
            roots.iter().take(SHOWN).map(|root| root.display().to_string()).collect();
        return Err(unreadable(
            path,
            format!("{} criterion directories ({})", roots.len(), shown.join(", ")),
            "one run",
            "give each directory as a PATH of its own, or a glob that matches them",
        ));
    }
    Ok(roots.first().map_or_else(|| path.to_owned(), |root| (*root).to_owned()))
}

/// The content hash: of each benchmark's directory, relative to criterion's, and its data file.
fn identify(path: &Path, root: &Path, parts: &[Part]) -> String {
    let relative = |place: &Path| {
        let inner = place.strip_prefix(root).or_else(|_| place.strip_prefix(path)).unwrap_or(place);
        let names: Vec<_> =
            inner.components().map(|name| name.as_os_str().to_string_lossy()).collect();
        names.join("/")
    };
    let known =
        parts.iter().filter_map(|part| Some((relative(&part.place), part.identity.clone()?)));
    identity::of_parts(known.collect())
}

fn identical(parts: &[Part], baseline: &str) -> Option<Problem> {
    let with_row = || parts.iter().filter_map(|part| Some((part, part.row.as_ref()?)));
    let copies: Vec<_> = with_row().filter(|(part, _)| part.is_copy_of_new).collect();
    let row = match copies.as_slice() {
        [] => return None,
        [(_, row)] => Some(row.id.clone()),
        _ => None,
    };
    let message = format!(
        "{} of {} benchmarks have the very same samples in {baseline} and in new: cargo bench \
         copies new over its baseline, so the two can never show a change; keep the earlier \
         results elsewhere, or save them with --save-baseline",
        copies.len(),
        with_row().count(),
    );
    Some(Problem { severity: Severity::Warning, code: "identical-base", row, message })
}

/// A benchmark that was saved once but has no `new` would be lost without a word.
fn without_new(measurements: &tree::Measurements) -> Option<Problem> {
    let lost = measurements.without_wanted();
    let first = lost.first()?;
    let message = format!(
        "{} without new beside other baselines, such as {}: not measured this time, or only \
         partly copied",
        if lost.len() == 1 {
            "1 benchmark is".to_owned()
        } else {
            format!("{} benchmarks are", lost.len())
        },
        first.display(),
    );
    Some(Problem { severity: Severity::Warning, code: "partial", row: None, message })
}

/// Rows sorted by tags; of several with the same tags the first in the order of their places.
fn without_duplicates(mut placed: Vec<(Row, PathBuf)>, problems: &mut Vec<Problem>) -> Vec<Row> {
    placed.sort_by(|(a, there), (b, here)| (&a.tags, there).cmp(&(&b.tags, here)));
    let mut kept: Vec<(Row, PathBuf)> = Vec::with_capacity(placed.len());
    for (row, place) in placed {
        match kept.last_mut() {
            Some((first, first_place)) if first.tags == row.tags => {
                // Which of the two is stale is not known.
                first.damaged = true;
                problems.push(Problem {
                    severity: Severity::Error,
                    code: "duplicate",
                    row: Some(row.id),
                    message: format!(
                        "is in {} and again in {}; the first is read, but one of them is stale: \
                         delete criterion's directory and measure again",
                        first_place.display(),
                        place.display()
                    ),
                });
            }
            _ => kept.push((row, place)),
        }
    }
    kept.into_iter().map(|(row, _)| row).collect()
}
