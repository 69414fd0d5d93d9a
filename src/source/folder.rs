//! What a directory holds: a criterion tree, or one load test.

use std::path::{Path, PathBuf};

use super::detect::LoadTest;
use super::open::{io_error, open, unreadable};
use super::{Reading, SourceError, SourceName, criterion, detect, k6, postgres, sidecar};

/// The one run in a directory.
pub(crate) enum Holding {
    /// The directories that criterion wrote.
    Criterion(criterion::Measurements),
    /// A load test's file.
    LoadTest(PathBuf),
    /// Snapshots of PostgreSQL, pgbench's logs, or both.
    Postgres(postgres::Parts),
}

/// How many files of one directory are looked into.
const MOST_FILES: usize = 5_000;

/// Finds the one run in a directory. Only criterion's directories are looked for further down; a
/// load test's file lies in the directory itself.
///
/// # Errors
/// There is no run, or more than one.
pub(crate) fn survey(path: &Path, reading: &Reading) -> Result<Holding, SourceError> {
    let benchmarks = match reading.source {
        Some(SourceName::K6 | SourceName::Postgres) => None,
        _ => Some(criterion::find(path, reading)?),
    };
    let files = match reading.source {
        Some(SourceName::Criterion) => Files::default(),
        _ => load_tests(path, reading)?,
    };
    let measured = benchmarks.as_ref().is_some_and(|found| !found.wanted.is_empty());
    let tools = [measured, !files.k6.is_empty(), !files.postgres.is_empty()];
    if tools.into_iter().filter(|found| *found).count() > 1 {
        return Err(several_tools(path, measured, &files));
    }
    match benchmarks {
        Some(benchmarks) if measured => Ok(Holding::Criterion(benchmarks)),
        _ if !files.k6.is_empty() => one_of(path, files.k6).map(Holding::LoadTest),
        _ if !files.postgres.is_empty() => {
            postgres::gather(path, &files.postgres, &files.reports).map(Holding::Postgres)
        }
        benchmarks => Err(nothing(path, benchmarks, &files, reading)),
    }
}

/// The run that a file of PostgreSQL belongs to, with the files beside it.
///
/// # Errors
/// The run is not whole, or the directory cannot be listed.
pub(crate) fn around(
    path: &Path,
    kind: postgres::Kind,
    reading: &Reading,
) -> Result<postgres::Parts, SourceError> {
    let folder = path.parent().filter(|parent| *parent != Path::new(""));
    let reading = Reading { source: Some(SourceName::Postgres), ..reading.clone() };
    let files = match kind {
        postgres::Kind::Snapshot => Files::default(),
        postgres::Kind::Log => load_tests(folder.unwrap_or(Path::new(".")), &reading)?,
    };
    postgres::of_file(path, kind, &files.postgres, &files.reports)
}

fn several_tools(folder: &Path, measured: bool, files: &Files) -> SourceError {
    let mut tools = Vec::new();
    let mut found = Vec::new();
    if measured {
        tools.push("--source criterion");
        found.push("criterion's results".to_owned());
    }
    if !files.k6.is_empty() {
        tools.push("--source k6");
        found.push(format!("load-test results ({})", named(files.k6.iter().map(|(p, _)| p))));
    }
    if !files.postgres.is_empty() {
        tools.push("--source postgres");
        let names = named(files.postgres.iter().map(|(p, _)| p));
        found.push(format!("results of PostgreSQL ({names})"));
    }
    unreadable(
        folder,
        found.join(" and "),
        "the results of one tool",
        format!("say which with {}, or give the file", tools.join(" or ")),
    )
}

/// The files of a directory, by what they are.
#[derive(Default)]
struct Files {
    k6: Vec<(PathBuf, k6::Shape)>,
    postgres: Vec<(PathBuf, postgres::Kind)>,
    /// What pgbench printed; a part of a run only beside a log.
    reports: Vec<PathBuf>,
    others: Vec<PathBuf>,
}

impl Files {
    /// The only file that can be meant as the result; what pgbench printed goes with another.
    fn meant(&self) -> Option<&PathBuf> {
        let others = self.others.iter().filter(|path| !self.reports.contains(path));
        match (others.collect::<Vec<_>>().as_slice(), self.reports.as_slice()) {
            ([only], _) => Some(only),
            ([], [only]) => Some(only),
            _ => None,
        }
    }
}

fn load_tests(folder: &Path, reading: &Reading) -> Result<Files, SourceError> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(io_error(folder))? {
        let path = entry.map_err(io_error(folder))?.path();
        let own = path.file_name().is_some_and(|name| name == sidecar::NAME);
        if own || !path.is_file() {
            continue;
        }
        if paths.len() == MOST_FILES {
            return Err(unreadable(
                folder,
                format!("more than {MOST_FILES} files"),
                "one run",
                "give the result file itself",
            ));
        }
        paths.push(path);
    }
    paths.sort();
    let mut files = Files::default();
    for path in paths {
        let head = open(&path)?.head;
        match detect::sniff(&head, reading) {
            Some(LoadTest::K6(shape)) => files.k6.push((path, shape)),
            Some(LoadTest::Postgres(kind)) => files.postgres.push((path, kind)),
            None => {
                if postgres::is_report(&head) {
                    files.reports.push(path.clone());
                }
                files.others.push(path);
            }
        }
    }
    Ok(files)
}

/// The one result file; of several formats of one run the one that says most.
fn one_of(folder: &Path, mut results: Vec<(PathBuf, k6::Shape)>) -> Result<PathBuf, SourceError> {
    let same_run = sidecar::read_inside(folder)?.is_some_and(|sidecar| sidecar.formats_of_one_run);
    if same_run && let Some(best) = results.iter().map(|(_, shape)| rank(shape)).min() {
        results.retain(|(_, shape)| rank(shape) == best);
    }
    if let [(path, _)] = results.as_slice() {
        return Ok(path.clone());
    }
    Err(unreadable(
        folder,
        format!(
            "{} load-test results ({})",
            results.len(),
            named(results.iter().map(|(path, _)| path))
        ),
        "one run",
        "give each file as a PATH of its own, or a glob such as 'DIR/*.json'",
    ))
}

/// How much a format says: every request, or a summary. k6 may still change its machine-readable
/// summary, so that one comes last.
fn rank(shape: &k6::Shape) -> u8 {
    match shape {
        k6::Shape::Ndjson => 0,
        k6::Shape::Csv => 1,
        k6::Shape::HandleSummary => 2,
        k6::Shape::SummaryExport => 3,
        k6::Shape::MachineReadable => 4,
    }
}

fn nothing(
    folder: &Path,
    benchmarks: Option<criterion::Measurements>,
    files: &Files,
    reading: &Reading,
) -> SourceError {
    let others = &files.others;
    let baselines = benchmarks.map(|found| found.other_baselines()).unwrap_or_default();
    if !baselines.is_empty() {
        let wanted = criterion::wanted(reading);
        return unreadable(
            folder,
            format!("criterion's results without {wanted} (there are: {})", baselines.join(", ")),
            format!("benchmarks with {wanted}"),
            "run `cargo bench`, or name what is there with --criterion-baseline",
        );
    }
    // A single file is meant to be the result, so its own refusal says more.
    if let Some(only) = files.meant()
        && let Err(refusal) =
            open(only).and_then(|file| detect::load_test(only, &file.head, reading))
    {
        return refusal;
    }
    let found = match others.as_slice() {
        [] => "a directory without results".to_owned(),
        _ => format!("a directory without results (its files: {})", named(others)),
    };
    unreadable(
        folder,
        found,
        detect::expected(reading),
        "give the directory that criterion wrote (usually target/criterion, also of a workspace \
         member), or a file that k6 wrote",
    )
}

pub(crate) fn named<'a>(paths: impl IntoIterator<Item = &'a PathBuf>) -> String {
    const SHOWN: usize = 5;
    let names: Vec<_> = paths
        .into_iter()
        .map(|path| path.file_name().unwrap_or_default().to_string_lossy())
        .collect();
    let shown = names.iter().take(SHOWN).map(AsRef::as_ref).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
