//! Why a baseline could not be used.

use std::io;
use std::path::PathBuf;

use super::form::FormError;

/// Why a baseline could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// The file system said no.
    #[error("cannot {verb} {}: {source}", path.display())]
    Io {
        /// `read`, `write` or `lock`.
        verb: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is there and is not a whole baseline.
    #[error("corrupt baseline {}: {source}\nhint: restore it from version control, or remove it and refresh", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: FormError,
    },
    /// The file is whole, as far as anybody can tell, and larger than what is read.
    #[error("cannot read {}: it holds more than {} MiB\nhint: {hint}", path.display(), limit >> 20)]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// In bytes.
        limit: u64,
        /// What to do about it.
        hint: &'static str,
    },
    /// A file among the baselines that is none.
    #[error("stray {}: {found}\nhint: remove it; `tailguard baseline refresh` names its files itself", path.display())]
    Stray {
        /// The file.
        path: PathBuf,
        /// What it is.
        found: &'static str,
    },
    /// Another process is writing.
    #[error("cannot lock {}: another tailguard is writing there\nhint: wait for it, then try again", path.display())]
    Locked {
        /// The directory of baselines.
        path: PathBuf,
    },
}
