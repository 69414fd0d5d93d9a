//! Why a path could not be read.

use std::io;
use std::path::PathBuf;

/// Why a path could not be read. Every message names the path once, and what was found.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The file system said no.
    #[error("cannot read {}: {source}", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The content is not what any reader, or the named reader, takes.
    #[error("cannot read {}: found {found}, expected {expected}\nhint: {hint}", path.display())]
    Unreadable {
        /// The file or directory.
        path: PathBuf,
        /// What was found.
        found: String,
        /// What would have been read.
        expected: String,
        /// What to do about it.
        hint: String,
    },
}
