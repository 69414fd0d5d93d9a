//! Why a configuration was not taken.

use std::io;
use std::path::PathBuf;

/// Why a configuration was not taken. Every message names the file once.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file system said no.
    #[error(
        "cannot read {}: {source}\nhint: `tailguard init` writes a configuration, `--config FILE` names another",
        path.display()
    )]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The content is not a configuration.
    #[error("{}:{line}: {message}\nhint: {hint}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What was found there, and what was expected: a lowercase fragment.
        message: String,
        /// What to do about it.
        hint: String,
    },
}
