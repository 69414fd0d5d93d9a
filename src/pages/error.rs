//! Why pages could not be made or read.

use std::io;
use std::path::PathBuf;

use super::blocks::Fault;

/// Why pages could not be made or read. Every message names the file once.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// The markers of a page are not in order.
    #[error("{}: {fault}", path.display())]
    Markers {
        /// The page.
        path: PathBuf,
        /// What is wrong.
        fault: Fault,
    },
    /// A page, or a figure's directory, could not be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A page is not text.
    #[error("cannot read {}: it is not UTF-8\nhint: save it as UTF-8", path.display())]
    NotText {
        /// The page.
        path: PathBuf,
    },
    /// A page or a figure could not be written; all of them are as they were.
    #[error("cannot write {}: {source}; the pages are as they were", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A page or a figure could not be written, and others could not be put back.
    #[error(
        "cannot write {}: {source}; {} may be new already\nhint: `git checkout` puts them back",
        path.display(),
        left.display()
    )]
    HalfWritten {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
        /// A file that could not be put back.
        left: PathBuf,
    },
    /// A figure could not be drawn.
    #[error("cannot draw {file}: {message}")]
    Draw {
        /// The figure.
        file: String,
        /// What the plotting library said.
        message: String,
    },
}
