//! Why a command could not do its job.

use std::io;
use std::path::PathBuf;

use crate::baseline::{BaselineError, FormError};
use crate::capacity::fit::FitError;
use crate::pages::PageError;
use crate::policy::Outcome;
use crate::policy::config::ConfigError;
use crate::rounds::RoundError;
use crate::slo::openslo::OpenSloError;
use crate::source::SourceError;

/// Why a command could not do its job; one variant a room.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Wrong words on the command line.
    #[error("{0}")]
    Usage(String),
    /// Nothing is stored that the command could work on.
    #[error("{0}")]
    NoBaseline(String),
    /// A configuration that is wrong, or none.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A result that could not be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// A baseline that could not be read or written.
    #[error(transparent)]
    Baseline(#[from] BaselineError),
    /// Steps that no curve can be fitted to.
    #[error(transparent)]
    Fit(#[from] FitError),
    /// A page that is not in order, or could not be read, drawn or written.
    #[error(transparent)]
    Pages(#[from] PageError),
    /// Both sides can be read and have nothing to compare.
    #[error(
        "no row in common in suite {suite:?}: the baseline has {base}, the fresh results have {fresh}\nhint: compare `tailguard inspect` of both sides; names, tags and `group-by` have to agree"
    )]
    NothingInCommon {
        /// The suite.
        suite: String,
        /// Examples of the baseline's rows.
        base: String,
        /// Examples of the fresh rows.
        fresh: String,
    },
    /// Fresh results of one suite that were measured on different machines.
    #[error(
        "the fresh results of suite {suite:?} come from different machines: {machines}\nhint: check the results of each machine on its own"
    )]
    MixedMachines {
        /// The suite.
        suite: String,
        /// The environment keys.
        machines: String,
    },
    /// A saved measurement that cannot be judged.
    #[error("cannot judge the measurement: {0}\nhint: save it with --save of the same version")]
    Measurement(FormError),
    /// A measurement that no reader would take.
    #[error("cannot save {}: {source}\nhint: save fewer suites, rows or runs at a time", path.display())]
    Save {
        /// The file.
        path: PathBuf,
        /// What is too much.
        source: FormError,
    },
    /// A saved measurement of other suites than the configuration's.
    #[error(
        "no suite in common: the measurement has {measured}, the configuration has {configured}\nhint: judge it by the configuration that it was measured with"
    )]
    NoSuiteInCommon {
        /// The measurement's suites.
        measured: String,
        /// The configuration's suites.
        configured: String,
    },
    /// A baseline of another revision that could not be read.
    #[error(
        "corrupt baseline {} as of revision {revision:?}: {source}\nhint: compare with another revision; the file as it is now was not looked at",
        path.display()
    )]
    Revision {
        /// The file.
        path: PathBuf,
        /// The revision, as it was asked for.
        revision: String,
        /// What is wrong.
        source: FormError,
    },
    /// Targets in a foreign form that were not taken, or not written.
    #[error(transparent)]
    OpenSlo(#[from] OpenSloError),
    /// A measurement that could not go on.
    #[error(transparent)]
    Rounds(#[from] RoundError),
    /// Somebody asked to stop while it was measured.
    #[error("interrupted\nhint: the finished rounds are kept; go on with --resume {}", kept.display())]
    Interrupted {
        /// The number of the signal.
        signal: u8,
        /// Where the finished rounds lie.
        kept: PathBuf,
    },
    /// Something else ended it, after rounds that were measured already.
    #[error("{source}; the finished rounds are kept: --resume {} goes on with them", kept.display())]
    AfterRounds {
        /// What ended it.
        source: Box<Self>,
        /// Where the finished rounds lie.
        kept: PathBuf,
    },
    /// No round of a suite was done in time.
    #[error(
        "no round of suite {suite:?} was done in time\nhint: give --max-minutes more, or measure one suite at a time with --suite"
    )]
    NoTime {
        /// The suite.
        suite: String,
    },
    /// A file could not be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl Error {
    /// The process exit code.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) | Self::Config(_) => 2,
            Self::NoBaseline(_) => Outcome::Undecided.exit_code(),
            Self::OpenSlo(error) if error.wants_a_flag() => 2,
            // What shells say of a program that a signal ended.
            Self::Interrupted { signal, .. } | Self::Rounds(RoundError::Interrupted { signal }) => {
                128 | signal
            }
            Self::AfterRounds { source, .. } => source.exit_code(),
            _ => 1,
        }
    }

    /// The last lines of a command that failed.
    #[must_use]
    pub fn last_lines(&self) -> &[String] {
        match self {
            Self::Rounds(error) => error.last_lines(),
            Self::AfterRounds { source, .. } => source.last_lines(),
            _ => &[],
        }
    }
}
