//! Where baselines lie, and how they are replaced without anybody seeing half of one.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::detail::Details;
use super::error::BaselineError;
use super::{Baseline, text};
use crate::measure::{EnvironmentKey, Run};

/// How the names of files begin that are still being written.
const UNFINISHED: &str = ".tailguard-";

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
        match read(&self.file(suite, environment))? {
            Some(bytes) => self.parse(suite, environment, &bytes).map(Some),
            None => Ok(None),
        }
    }

    /// The baseline of one suite and environment from the bytes of its file, of whatever revision.
    ///
    /// # Errors
    /// Where they are no whole baseline of that suite and environment.
    pub fn parse(
        &self,
        suite: &str,
        environment: &EnvironmentKey,
        bytes: &[u8],
    ) -> Result<Baseline, BaselineError> {
        let path = self.file(suite, environment);
        text::parse_for(bytes, suite, environment)
            .map_err(|source| BaselineError::Corrupt { path, source })
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
    /// the old or the new baseline with at least its own details.
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
        let before = self.details(&detail_path)?;
        let mut details = before.clone();
        details.add(fresh);
        let both = details.clone();
        details.keep(&baseline.runs);
        if both != before {
            write_details(&detail_path, &both)?;
        }
        if read(&path)?.as_deref() != Some(bytes.as_bytes()) {
            write_atomically(&path, bytes.as_bytes())
                .map_err(|source| failed("write", &path, source))?;
        }
        if details != both {
            write_details(&detail_path, &details)?;
        }
        Ok(())
    }

    pub(super) fn details(&self, path: &Path) -> Result<Details, BaselineError> {
        match read(path)? {
            None => Ok(Details::empty()),
            Some(packed) => Details::unpack(&packed)
                .map_err(|source| BaselineError::Corrupt { path: path.to_owned(), source }),
        }
    }
}

/// Replaces a file as a whole: a temporary file beside it, flushed to the disk, then renamed.
///
/// # Errors
/// What the file system says; the old file then stands as it was.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let dir = match path.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir,
        _ => Path::new("."),
    };
    fs::create_dir_all(dir)?;
    let mut file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(dir)?;
    file.write_all(bytes)?;
    readable(file.as_file())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|e| e.error)?;
    // The rename itself is on the disk only once the directory is.
    File::open(dir)?.sync_all()
}

/// Removes what a writer that was killed left behind. Whoever holds the lock is the only writer, and
/// what cannot be removed does no harm.
fn sweep(dir: &Path) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Temporary files are private; what replaces a committed file is as readable as any other.
#[cfg(unix)]
fn readable(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_file: &File) -> io::Result<()> {
    Ok(())
}

fn write_details(path: &Path, details: &Details) -> Result<(), BaselineError> {
    details
        .pack()
        .and_then(|packed| write_atomically(path, &packed))
        .map_err(|source| failed("write", path, source))
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, BaselineError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(failed("read", path, source)),
    }
}

fn failed(verb: &'static str, path: &Path, source: io::Error) -> BaselineError {
    BaselineError::Io { verb, path: path.to_owned(), source }
}
