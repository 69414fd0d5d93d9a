//! Why a k6 file is not read; the path is added in one place.

use std::io;
use std::path::Path;

use crate::source::SourceError;

/// Why a k6 file is not read.
#[derive(Debug)]
pub(super) enum Fault {
    /// The file system said no.
    Io(io::Error),
    /// The content is not usable.
    Content {
        /// What was found.
        found: String,
        /// What would have been read.
        expected: &'static str,
        /// What to do about it.
        hint: String,
    },
}

impl Fault {
    /// Content that is not usable.
    pub(super) fn content(
        found: impl Into<String>,
        expected: &'static str,
        hint: impl Into<String>,
    ) -> Self {
        Self::Content { found: found.into(), expected, hint: hint.into() }
    }

    /// The error for people, which names the path.
    pub(super) fn at(self, path: &Path) -> SourceError {
        let path = path.to_owned();
        match self {
            Self::Io(source) => SourceError::Io { path, source },
            Self::Content { found, expected, hint } => {
                SourceError::Unreadable { path, found, expected: expected.to_owned(), hint }
            }
        }
    }
}
