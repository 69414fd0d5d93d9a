//! Whether every stored file is whole.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::error::BaselineError;
use super::store::Shelf;
use crate::measure::EnvironmentKey;

/// A stored file that is not whole, or none of ours.
#[derive(Debug)]
pub struct Fault {
    /// The file.
    pub path: PathBuf,
    /// What is wrong.
    pub error: BaselineError,
}

const DETAIL: &str = ".detail.json.gz";

/// Reads every file of the given suites, of every suite where none is given, whether configured or
/// not. Returns the files that are whole, and the faults, both by path. Hidden files are no concern
/// of ours.
///
/// # Errors
/// Where a directory cannot be listed.
pub fn verify(
    shelf: &Shelf,
    suites: &[String],
) -> Result<(Vec<PathBuf>, Vec<Fault>), BaselineError> {
    let mut whole = Vec::new();
    let mut faults = Vec::new();
    let mut told = |path: PathBuf, outcome: Result<(), BaselineError>| match outcome {
        Ok(()) => whole.push(path),
        Err(error) => faults.push(Fault { path, error }),
    };
    for folder in listed(shelf.dir())? {
        let suite = name(&folder);
        if !suites.is_empty() && !suites.iter().any(|wanted| suite == Some(wanted)) {
            continue;
        }
        match suite {
            Some(suite) if folder.is_dir() => {
                for path in listed(&folder)? {
                    let outcome = check(shelf, suite, &path);
                    told(path, outcome);
                }
            }
            _ => {
                let error = stray(&folder, "baselines lie in a directory for each suite");
                told(folder, Err(error));
            }
        }
    }
    Ok((whole, faults))
}

fn check(shelf: &Shelf, suite: &str, path: &Path) -> Result<(), BaselineError> {
    let file = name(path).unwrap_or_default();
    let environment = |suffix: &str| {
        let stem = file.strip_suffix(suffix)?;
        let key = EnvironmentKey::new(stem);
        (key.as_str() == stem).then_some(key)
    };
    if let Some(key) = environment(DETAIL) {
        if !shelf.file(suite, &key).exists() {
            return Err(stray(path, "the details of a baseline that is not there"));
        }
        return shelf
            .details(path)?
            .check()
            .map_err(|source| BaselineError::Corrupt { path: path.to_owned(), source });
    }
    match environment(".json") {
        Some(key) => shelf.load(suite, &key).map(|_| ()),
        None => Err(stray(path, "neither a baseline nor the details of one")),
    }
}

fn stray(path: &Path, found: &'static str) -> BaselineError {
    BaselineError::Stray { path: path.to_owned(), found }
}

/// What lies in a directory, sorted, without what is hidden; nothing where there is no directory.
fn listed(dir: &Path) -> Result<Vec<PathBuf>, BaselineError> {
    let failed = |source| BaselineError::Io { verb: "read", path: dir.to_owned(), source };
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(failed(source)),
    };
    let mut paths = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<Vec<_>>>()
        .map_err(failed)?;
    paths.retain(|path| {
        !path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
    });
    paths.sort();
    Ok(paths)
}

fn name(path: &Path) -> Option<&str> {
    path.file_name()?.to_str()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::baseline::{Baseline, text};

    fn suite(dir: &Path, name: &str) {
        let environment = EnvironmentKey::new("test");
        let baseline = Baseline {
            suite: name.to_owned(),
            environment: environment.clone(),
            runs: Vec::new(),
            accepted: BTreeMap::new(),
            noise: Vec::new(),
            history: Vec::new(),
        };
        fs::create_dir_all(dir.join(name)).unwrap();
        let path = Shelf::new(dir.to_owned()).file(name, &environment);
        fs::write(path, text(&baseline).unwrap()).unwrap();
    }

    #[test]
    fn every_file_is_looked_at() {
        let dir = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(dir.path().to_owned());
        suite(dir.path(), "known");
        suite(dir.path(), "gone");
        fs::write(dir.path().join("known/.hidden"), "").unwrap();
        let (whole, faults) = verify(&shelf, &[]).unwrap();
        assert_eq!((whole.len(), faults.len()), (2, 0), "{faults:?}");

        fs::create_dir(dir.path().join("gone/deeper")).unwrap();
        for stray in
            ["README", "gone/test.json.orig", "gone/Not A Key.json", "known/x.detail.json.gz"]
        {
            fs::write(dir.path().join(stray), "").unwrap();
        }
        let (whole, faults) = verify(&shelf, &[]).unwrap();
        assert_eq!((whole.len(), faults.len()), (2, 5), "{faults:?}");
        assert!(faults.iter().all(|fault| matches!(fault.error, BaselineError::Stray { .. })));
        let (whole, faults) = verify(&shelf, &["known".to_owned()]).unwrap();
        assert_eq!((whole.len(), faults.len()), (1, 1), "{faults:?}");
    }
}
