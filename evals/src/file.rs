//! Files of bounded size, read and written as a whole.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use tailguard::atomic;

use crate::Error;

/// At most so many bytes of a file.
pub(crate) fn read(path: &Path, limit: u64, hint: &'static str) -> Result<Vec<u8>, Error> {
    let failed = |source| Error::File { does: "read", path: path.to_owned(), source, hint };
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(limit + 1).read_to_end(&mut bytes))
        .map_err(failed)?;
    if bytes.len() as u64 > limit {
        return Err(failed(io::Error::other(format!("more than {limit} bytes"))));
    }
    Ok(bytes)
}

pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    atomic::replace(path, bytes).map_err(|source| Error::File {
        does: "write",
        path: path.to_owned(),
        source,
        hint: "is the directory writable, and is there space on the disk?",
    })
}
