//! Files that several programs of one step append to.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

/// A file to append to, and what it holds already.
pub(super) struct Log {
    file: File,
    /// Its size, in bytes.
    pub(super) size: u64,
    /// Whether what is appended starts a line.
    pub(super) at_line_start: bool,
}

impl Log {
    /// Opens the file, and makes it where there is none.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
        let size = file.metadata()?.len();
        let mut last = [b'\n'];
        if size > 0 {
            file.seek(SeekFrom::End(-1))?;
            file.read_exact(&mut last)?;
        }
        Ok(Self { file, size, at_line_start: last == [b'\n'] })
    }

    /// Appends the text, whole.
    pub(super) fn append(mut self, text: &str) -> io::Result<()> {
        self.file.write_all(text.as_bytes())?;
        self.file.flush()
    }
}
