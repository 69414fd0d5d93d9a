//! The bytes of criterion's files.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::source::SourceError;
use crate::source::open::io_error;

/// The largest file, in bytes. A sample of a million numbers takes a third of it.
pub(super) const LIMIT: u64 = 64 << 20;

/// What lies in a file of at most [`LIMIT`] bytes; of a larger one, a little more than that, which
/// then is cut JSON.
pub(super) fn bytes(path: &Path) -> Result<Vec<u8>, SourceError> {
    // Most files are a few kilobytes, so asking for the length would cost more than it saves.
    let mut bytes = Vec::with_capacity(8 << 10);
    File::open(path)
        .and_then(|file| file.take(LIMIT + 1).read_to_end(&mut bytes))
        .map_err(io_error(path))?;
    Ok(bytes)
}

/// Parses JSON, after a byte order mark if there is one.
pub(super) fn json<'a, T: serde::Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, String> {
    if bytes.len() as u64 > LIMIT {
        return Err(format!("more than {} MiB", LIMIT >> 20));
    }
    serde_json::from_slice(without_mark(bytes)).map_err(|error| error.to_string())
}

pub(super) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes)
}
