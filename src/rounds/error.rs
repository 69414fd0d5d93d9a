//! Why a measurement could not go on.

use std::io;
use std::path::PathBuf;

/// Why a measurement could not go on.
#[derive(Debug, thiserror::Error)]
pub enum RoundError {
    /// Somebody asked to stop.
    #[error("interrupted")]
    Interrupted {
        /// The number of the signal.
        signal: u8,
    },
    /// A file or directory.
    #[error("cannot {does} {}: {source}\nhint: {hint}", path.display())]
    File {
        /// What was tried: `write`, `read`.
        does: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
        /// What to do.
        hint: &'static str,
    },
    /// A command could not be started.
    #[error("cannot start {command:?} in {}: {source}\nhint: the directory has to exist, and `sh` to be on the PATH", dir.display())]
    Start {
        /// The command.
        command: String,
        /// Where.
        dir: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A command failed.
    #[error("{what} {how}: {command:?}\nhint: {hint}")]
    Failed {
        /// Which command, for people: `round 2 of suite "api" (head)`.
        what: String,
        /// How it ended: `exited with 1`.
        how: String,
        /// The command.
        command: String,
        /// Its last lines.
        tail: Vec<String>,
        /// What to do.
        hint: String,
    },
    /// What git said.
    #[error("cannot {does}: {said}\nhint: {hint}")]
    Git {
        /// What was tried.
        does: String,
        /// Git's own words.
        said: String,
        /// What to do.
        hint: &'static str,
    },
    /// The directory of rounds does not fit what is asked for.
    #[error("cannot use {}: {found}\nhint: {hint}", path.display())]
    Folder {
        /// The directory.
        path: PathBuf,
        /// What is wrong with it.
        found: String,
        /// What to do.
        hint: &'static str,
    },
}

impl RoundError {
    /// An error of a file, for `map_err`.
    pub(super) fn file(
        does: &'static str,
        path: impl Into<PathBuf>,
        hint: &'static str,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { does, path, source, hint }
    }
}

impl RoundError {
    /// The last lines of the command that failed.
    #[must_use]
    pub fn last_lines(&self) -> &[String] {
        match self {
            Self::Failed { tail, .. } => tail,
            _ => &[],
        }
    }
}
