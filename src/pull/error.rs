//! Why a story of a pull request could not be told.

use std::path::PathBuf;

use crate::policy::config::{ConfigError, Github};
use crate::{gate, github, runner};

/// Why a story of a pull request could not be told.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Wrong words on the command line, or the wrong place to say them.
    #[error("{0}")]
    Usage(String),
    /// What GitHub said, or that it could not be asked.
    #[error(transparent)]
    Github(#[from] github::Error),
    /// What the CI job tells of itself is not readable.
    #[error(transparent)]
    Runner(#[from] runner::Error),
    /// Judging, or the baselines.
    #[error(transparent)]
    Gate(#[from] gate::Error),
    /// A configuration of the base branch that is wrong.
    #[error("the configuration of {branch} at {commit} cannot be used: {source}")]
    Config {
        /// The base branch.
        branch: String,
        /// Its tip.
        commit: String,
        /// What is wrong.
        source: Box<ConfigError>,
        /// How a verdict is shown all the same.
        github: Box<Github>,
    },
    /// A base branch without what a verdict needs.
    #[error("{0}")]
    Base(String),
    /// A file that could not be read or written.
    #[error("cannot {verb} {}: {source}\nhint: check the path, its rights, and the room on the disk", path.display())]
    File {
        /// `read` or `write`.
        verb: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

impl Error {
    /// The process exit code.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) | Self::Config { .. } | Self::Github(github::Error::Settings { .. }) => {
                2
            }
            Self::Gate(error) => error.exit_code(),
            _ => 1,
        }
    }
}
