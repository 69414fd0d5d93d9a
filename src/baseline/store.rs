//! Where baselines lie, and how they are replaced without anybody seeing half of one.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::detail::{self, Details};
use super::error::BaselineError;
use super::form::FormError;
use super::{Baseline, text};
use crate::atomic;
use crate::measure::{EnvironmentKey, Run};

/// The largest file that is read, in bytes.
const LARGEST: u64 = 256 << 20;

const DETAIL_HINT: &str = "remove it and refresh: no verdict needs it";

/// A directory of baselines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shelf {
    dir: PathBuf,
}

/// The right to write to a [`Shelf`], held until dropped. The system takes it back from a process
/// that dies.
#[derive(Debug)]
pub struct Lock {
    _held: File,
}

impl Shelf {
    /// The shelf in a directory, which need not exist yet.
    #[must_use]
    pub fn new(dir: PathBuf) -> Self {
        Self { dir }
    }

    /// The directory.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The file of one suite and environment.
    #[must_use]
    pub fn file(&self, suite: &str, environment: &EnvironmentKey) -> PathBuf {
        self.dir.join(suite).join(format!("{environment}.json"))
    }

    /// The file of sketches and windows beside it.
    #[must_use]
    pub fn detail_file(&self, suite: &str, environment: &EnvironmentKey) -> PathBuf {
        self.dir.join(suite).join(format!("{environment}.detail.json.gz"))
    }

    /// The environments for which a suite has a baseline, sorted.
    ///
    /// # Errors
    /// Where the directory cannot be listed; a directory that does not exist has no baselines.
    pub fn environments(&self, suite: &str) -> Result<Vec<EnvironmentKey>, BaselineError> {
        let dir = self.dir.join(suite);
        let names = match fs::read_dir(&dir) {
            Ok(entries) => entries
                .map(|entry| entry.map(|e| e.file_name()))
                .collect::<io::Result<Vec<_>>>()
                .map_err(|source| failed("read", &dir, source))?,
            Err(e) if e.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(source) => return Err(failed("read", &dir, source)),
        };
        let mut environments: Vec<EnvironmentKey> = names
            .iter()
            .filter_map(|name| name.to_str()?.strip_suffix(".json"))
            .filter(|name| EnvironmentKey::new(name).as_str() == *name)
            .map(EnvironmentKey::new)
            .collect();
        environments.sort();
        Ok(environments)
    }

    /// The baseline of one suite and environment, if there is one.
    ///
    /// # Errors
    /// Where the file is there but cannot be read, or is no whole baseline of that suite and
    /// environment.
    pub fn load(
        &self,
        suite: &str,
        environment: &EnvironmentKey,
    ) -> Result<Option<Baseline>, BaselineError> {
        let Some(bytes) = self.bytes(suite, environment)? else { return Ok(None) };
        text::parse_for(&bytes, suite, environment).map(Some).map_err(|source| {
            BaselineError::Corrupt { path: self.file(suite, environment), source }
        })
    }

    /// The bytes of the file of one suite and environment, if there is one.
    ///
    /// # Errors
    /// Where the file is there but cannot be read.
    pub fn bytes(
        &self,
        suite: &str,
        environment: &EnvironmentKey,
    ) -> Result<Option<Vec<u8>>, BaselineError> {
        read(&self.file(suite, environment))
    }

    /// The suite and environment of a file, from its path relative to the shelf; `None` for what is
    /// no baseline.
    #[must_use]
    pub fn names(file: &Path) -> Option<(String, EnvironmentKey)> {
        let suite = file.parent()?.to_str().filter(|suite| !suite.is_empty())?;
        let stem = file.file_name()?.to_str()?.strip_suffix(".json")?;
        let environment = EnvironmentKey::new(stem);
        let plain = Path::new(suite).components().count() == 1 && environment.as_str() == stem;
        plain.then(|| (suite.to_owned(), environment))
    }

    /// Takes the right to write, without waiting.
    ///
    /// # Errors
    /// [`BaselineError::Locked`] while another process holds it.
    pub fn lock(&self) -> Result<Lock, BaselineError> {
        fs::create_dir_all(&self.dir).map_err(|source| failed("write", &self.dir, source))?;
        // The directory itself is locked, so that no lock file is left in the repository.
        let held = File::open(&self.dir).map_err(|source| failed("lock", &self.dir, source))?;
        match held.try_lock() {
            Ok(()) => Ok(Lock { _held: held }),
            Err(TryLockError::WouldBlock) => Err(BaselineError::Locked { path: self.dir.clone() }),
            Err(TryLockError::Error(source)) => Err(failed("lock", &self.dir, source)),
        }
    }

    /// Replaces a baseline. `fresh` are the runs whose sketches and windows may be new.
    ///
    /// Three steps, each whole in itself: the details of both the old and the new runs, then the
    /// baseline, then the details of the new runs alone. A process that dies between them leaves
    /// the old or the new baseline with at least its own details, as far as they fit.
    /// Without an old baseline there is no first step, so that no details stand alone.
    ///
    /// # Errors
    /// Where a file cannot be read or written; what was not reached stays as it was.
    pub fn save(
        &self,
        baseline: &Baseline,
        fresh: &[Run],
        _lock: &Lock,
    ) -> Result<(), BaselineError> {
        let path = self.file(&baseline.suite, &baseline.environment);
        let detail_path = self.detail_file(&baseline.suite, &baseline.environment);
        let bytes =
            text(baseline).map_err(|source| failed("write", &path, io::Error::other(source)))?;
        sweep(&self.dir.join(&baseline.suite));
        let mut details = self.details(&detail_path)?;
        let added = details.add(fresh);
        let fitted = details
            .fit(&baseline.runs, detail::LARGEST)
            .map_err(|source| failed("write", &detail_path, source))?;
        let before = read(&path)?;
        let grew = added || fitted;
        if grew && before.is_some() {
            write_details(&detail_path, &details)?;
        }
        if before.as_deref() != Some(bytes.as_bytes()) {
            atomic::replace(&path, bytes.as_bytes())
                .map_err(|source| failed("write", &path, source))?;
        }
        if details.keep(&baseline.runs) || (grew && before.is_none()) {
            write_details(&detail_path, &details)?;
        }
        Ok(())
    }

    pub(super) fn details(&self, path: &Path) -> Result<Details, BaselineError> {
        match read(path)? {
            None => Ok(Details::empty()),
            Some(packed) => Details::unpack(&packed).map_err(|source| match source {
                FormError::TooLarge { limit } => too_large(path, limit, DETAIL_HINT),
                source => BaselineError::Corrupt { path: path.to_owned(), source },
            }),
        }
    }
}

/// Removes what a writer that was killed left behind. Whoever holds the lock is the only writer, and
/// what cannot be removed does no harm.
fn sweep(dir: &Path) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(atomic::UNFINISHED) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn write_details(path: &Path, details: &Details) -> Result<(), BaselineError> {
    details
        .pack()
        .and_then(|packed| atomic::replace(path, &packed))
        .map_err(|source| failed("write", path, source))
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, BaselineError> {
    let kind = match fs::metadata(path) {
        Ok(kind) => kind,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(failed("read", path, source)),
    };
    // A pipe would wait for a writer, and some devices never end.
    if !kind.is_file() {
        return Err(failed("read", path, io::Error::other("it is no regular file")));
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes))
        .map_err(|source| failed("read", path, source))?;
    match bytes.len() as u64 > LARGEST {
        true => Err(too_large(path, LARGEST, "keep fewer sessions and runs, or split the suite")),
        false => Ok(Some(bytes)),
    }
}

fn too_large(path: &Path, limit: u64, hint: &'static str) -> BaselineError {
    BaselineError::TooLarge { path: path.to_owned(), limit, hint }
}

fn failed(verb: &'static str, path: &Path, source: io::Error) -> BaselineError {
    BaselineError::Io { verb, path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::measure::{Detail, Evidence, Provenance, Row, Tags, Tool, Unit};

    #[cfg(unix)]
    #[test]
    fn details_never_stand_without_a_baseline() {
        let dir = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(dir.path().to_owned());
        let key = EnvironmentKey::new("test");
        let mut row = Row::empty("r".to_owned(), Tags::new(), Unit::Ms, Evidence::Requests);
        row.detail = Some(Detail { sketch: Vec::new(), windows: Vec::new() });
        let run = Run {
            id: "0".repeat(64),
            path: String::new(),
            tool: Tool::K6,
            format: "csv",
            tool_version: None,
            workload: None,
            provenance: Provenance::default(),
            rows: vec![row],
            problems: Vec::new(),
        };
        let baseline = Baseline {
            suite: "micro".to_owned(),
            environment: key.clone(),
            runs: vec![run.clone()],
            accepted: BTreeMap::new(),
            noise: Vec::new(),
            history: Vec::new(),
        };
        let (path, detail_path) = (shelf.file("micro", &key), shelf.detail_file("micro", &key));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        // A baseline that cannot be written, as if the process had died before it was.
        std::os::unix::fs::symlink("/dev/null/none", &path).unwrap();
        let lock = shelf.lock().unwrap();
        assert!(shelf.save(&baseline, std::slice::from_ref(&run), &lock).is_err());
        assert!(!detail_path.exists());
        fs::remove_file(&path).unwrap();
        shelf.save(&baseline, &[run], &lock).unwrap();
        assert!(path.exists() && detail_path.exists());
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_or_too_large_is_not_read() {
        let dir = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(dir.path().to_owned());
        let key = EnvironmentKey::new("test");
        let path = shelf.file("micro", &key);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let message = || shelf.load("micro", &key).unwrap_err().to_string();
        std::os::unix::fs::symlink("/dev/zero", &path).unwrap();
        assert!(message().contains("it is no regular file"), "{}", message());
        fs::remove_file(&path).unwrap();
        // A file of holes: it takes no room on the disk.
        File::create(&path).unwrap().set_len(LARGEST + 1).unwrap();
        assert!(message().contains("it holds more than 256 MiB"), "{}", message());
        File::create(&path).unwrap();
        assert!(message().starts_with("corrupt baseline"), "{}", message());
        assert!(shelf.load("micro", &EnvironmentKey::new("other")).unwrap().is_none());
    }
}
