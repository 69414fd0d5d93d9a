//! One path into one run.

use std::path::Path;

use crate::measure::{Problem, Provenance, Run, Severity};

use super::detect::LoadTest;
use super::folder::{Holding, around, survey};
use super::open::{io_error, open};
use super::sidecar::{self, Sidecar};
use super::{Reading, SourceError, criterion, detect, identity, k6, postgres};

/// Reads one run: a result file, or a directory with one run in it (criterion's, one load test's, or
/// what belongs to one run of PostgreSQL). A file that is a part of such a run stands for all of it. The sidecar beside it, if there is one, becomes the run's provenance.
///
/// A directory with several load-test files is refused, unless a sidecar inside it says
/// `"formats-of-one-run": true`: then the format that says most is read.
///
/// # Errors
/// The path cannot be read, holds no run or more than one, or is not what `reading.source` asks
/// for; or its sidecar is broken.
pub fn read(path: &Path, reading: &Reading) -> Result<Run, SourceError> {
    if !std::fs::metadata(path).map_err(io_error(path))?.is_dir() {
        return read_file(path, sidecar::read_beside(path)?, reading);
    }
    match survey(path, reading)? {
        Holding::LoadTest(file) => {
            let sidecar = sidecar::read_beside(&file)?;
            let sidecar = if sidecar.is_some() { sidecar } else { sidecar::read_beside(path)? };
            read_file(&file, sidecar, reading)
        }
        Holding::Postgres(parts) => {
            let sidecar = sidecar::read_beside(path)?;
            read_postgres(path, &parts, sidecar, reading)
        }
        Holding::Criterion(found) => {
            let mut tree = criterion::read(path, &found, reading)?;
            let sidecar = sidecar::read_beside(&tree.root)?;
            let sidecar = if sidecar.is_some() { sidecar } else { sidecar::read_beside(path)? };
            if !reading.identify && sidecar.as_ref().is_some_and(|s| s.runs.is_some()) {
                let identified = Reading { identify: true, ..reading.clone() };
                tree = criterion::read(path, &found, &identified)?;
            }
            Ok(with_sidecar(tree.run, tree.identity, sidecar, reading))
        }
    }
}

fn read_file(path: &Path, sidecar: Option<Sidecar>, reading: &Reading) -> Result<Run, SourceError> {
    let mut opened = open(path)?;
    let shape = match detect::load_test(path, &opened.head, reading)? {
        LoadTest::K6(shape) => shape,
        LoadTest::Postgres(kind) => {
            return read_postgres(path, &around(path, kind, reading)?, sidecar, reading);
        }
    };
    let hashed = reading.identify || sidecar.as_ref().is_some_and(|s| s.runs.is_some());
    // The file is read twice, at the same time: its stored bytes and its decoded text.
    let (run, identity) = rayon::join(
        move || k6::read(path, shape, &mut opened.text, reading),
        || if hashed { identity::of_file(path) } else { Ok(String::new()) },
    );
    Ok(with_sidecar(run?, identity?, sidecar, reading))
}

fn read_postgres(
    path: &Path,
    parts: &postgres::Parts,
    sidecar: Option<Sidecar>,
    reading: &Reading,
) -> Result<Run, SourceError> {
    let hashed = reading.identify || sidecar.as_ref().is_some_and(|s| s.runs.is_some());
    let (run, identity) = postgres::read(path, parts, reading, hashed)?;
    Ok(with_sidecar(run, identity, sidecar, reading))
}

fn with_sidecar(
    mut run: Run,
    identity: String,
    sidecar: Option<Sidecar>,
    reading: &Reading,
) -> Run {
    match sidecar {
        Some(sidecar) if sidecar.speaks_of(&identity) => {
            let told = sidecar.provenance();
            // Where the sidecar names no time, the results may.
            let time = told.time.or(run.provenance.time);
            run.provenance = Provenance { time, ..told };
        }
        Some(_) => {
            run.problems.push(Problem {
                severity: Severity::Notice,
                code: "stale-sidecar",
                row: None,
                message: format!("{} speaks of other results and is ignored", sidecar::NAME),
            });
        }
        None => {}
    }
    run.id = if reading.identify { identity } else { String::new() };
    run
}
