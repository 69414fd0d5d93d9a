//! Paths into the timeline of one load test.

use std::path::{Path, PathBuf};

use super::detect::{self, LoadTest};
use super::folder::{Holding, survey};
use super::k6::{self, Shape};
use super::open::{io_error, open, unreadable};
use super::{Reading, SourceError, SourceName};
use crate::measure::timeline::Timeline;

/// Reads what a load test did, second by second: from files, or directories with one such file, that
/// hold every request (k6's NDJSON and CSV). Several paths are several generators of one test, which
/// add up. `only` is a tag and the value that requests and iterations must have.
///
/// # Errors
/// A path cannot be read, does not hold every request, or holds none of the kind; or the paths are
/// not of one test.
pub fn timeline(
    paths: &[PathBuf],
    only: Option<&(String, String)>,
) -> Result<Timeline, SourceError> {
    let reading = Reading { source: Some(SourceName::K6), ..Reading::default() };
    let mut inputs = Vec::new();
    for path in paths {
        let file = match std::fs::metadata(path).map_err(io_error(path))?.is_dir() {
            true => file_inside(path, &reading)?,
            false => path.clone(),
        };
        inputs.push(input(file, &reading)?);
    }
    k6::timeline(inputs, only)
}

fn file_inside(path: &Path, reading: &Reading) -> Result<PathBuf, SourceError> {
    match survey(path, reading)? {
        Holding::LoadTest(file) => Ok(file),
        Holding::Criterion(_) | Holding::Postgres(_) => Err(unreadable(
            path,
            "no load test's file",
            detect::K6_RESULTS,
            "give the file that k6 wrote",
        )),
    }
}

fn input(path: PathBuf, reading: &Reading) -> Result<k6::Input, SourceError> {
    let opened = open(&path)?;
    match detect::load_test(&path, &opened.head, reading)? {
        LoadTest::K6(shape @ (Shape::Ndjson | Shape::Csv)) => {
            Ok(k6::Input { path, shape, text: Box::new(opened.text) })
        }
        LoadTest::K6(shape) => Err(unreadable(
            &path,
            format!("a summary of k6 ({}), which has no times", shape.format()),
            "every request of a load test",
            "write the file with `k6 run --out json=FILE` or `--out csv=FILE`",
        )),
        LoadTest::Postgres(_) => Err(unreadable(
            &path,
            "a result of PostgreSQL",
            detect::K6_RESULTS,
            "give the file that k6 wrote",
        )),
    }
}
