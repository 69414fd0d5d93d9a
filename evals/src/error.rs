//! Why an evaluation could not be done.

use std::io;
use std::path::{Path, PathBuf};

use tailguard::source::SourceError;

/// Why an evaluation could not be done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file that the system does not hand out or take.
    #[error("cannot {does} {}: {source}\nhint: {hint}", path.display())]
    File {
        /// What was tried: `read`, `write`.
        does: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
        /// What to do.
        hint: &'static str,
    },
    /// A file that is not what it should be.
    #[error("{}: {what}\nhint: {hint}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
        /// What to do.
        hint: &'static str,
    },
    /// A load test's output that cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// What was asked for and cannot be.
    #[error("{what}\nhint: {hint}")]
    Refused {
        /// What cannot be.
        what: String,
        /// What to do.
        hint: String,
    },
}

impl Error {
    pub(crate) fn content(path: &Path, what: impl ToString, hint: &'static str) -> Self {
        Self::Content { path: path.to_owned(), what: what.to_string(), hint }
    }

    pub(crate) fn refused(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Refused { what: what.into(), hint: hint.into() }
    }
}
