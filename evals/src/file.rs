//! Files of bounded size, read and written as a whole.

use std::fs::File;
use std::io::{self, BufReader, Read as _};
use std::path::Path;

use flate2::{Compression, GzBuilder, read::GzDecoder};
use serde::{Serialize, de::DeserializeOwned};
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

/// Packed JSON: gzip without a name or a time, so that its bytes depend on the content only. Returns how
/// many there are; more than `limit` are not written, and the hint says what to do about it.
pub(crate) fn write_packed<T: Serialize>(
    path: &Path,
    value: &T,
    limit: u64,
    hint: &'static str,
) -> Result<usize, Error> {
    let packed = || -> io::Result<Vec<u8>> {
        let mut packed = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
        serde_json::to_writer(&mut packed, value)?;
        packed.finish()
    };
    let packed = packed().map_err(|error| Error::content(path, error, hint))?;
    if packed.len() as u64 > limit {
        let what = format!("{} bytes are too many to commit", packed.len());
        return Err(Error::content(path, what, hint));
    }
    write(path, &packed)?;
    Ok(packed.len())
}

/// At most so many bytes of packed JSON, and of the text in it.
pub(crate) fn read_packed<T: DeserializeOwned>(
    path: &Path,
    limit: u64,
    most_text: u64,
    hint: &'static str,
) -> Result<T, Error> {
    let packed = read(path, limit, hint)?;
    let mut text = BufReader::new(GzDecoder::new(packed.as_slice()).take(most_text));
    let value =
        serde_json::from_reader(&mut text).map_err(|error| Error::content(path, error, hint))?;
    // What follows the text, and the check sum of the whole.
    io::copy(&mut text, &mut io::sink()).map_err(|error| Error::content(path, error, hint))?;
    Ok(value)
}
