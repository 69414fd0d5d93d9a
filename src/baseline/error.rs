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
    /// Another process is writing.
    #[error("cannot lock {}: another tailguard is writing there\nhint: wait for it, then try again", path.display())]
    Locked {
        /// The directory of baselines.
        path: PathBuf,
    },
}
