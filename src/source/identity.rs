//! The identity of a run: the SHA-256 of its content, in lower-case hexadecimal.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::SourceError;
use super::open::io_error;

/// The identity of some bytes.
pub(crate) fn of_bytes(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// The identity of a file: of its bytes as they are stored, compressed or not.
pub(crate) fn of_file(path: &Path) -> Result<String, SourceError> {
    let mut file = File::open(path).map_err(io_error(path))?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 256 << 10];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(hexadecimal(&hash.finalize())),
            Ok(n) => hash.update(buffer.get(..n).unwrap_or_default()),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(io_error(path)(error)),
        }
    }
}

/// The identity of a directory: of its parts as lines `name NUL identity LF`, sorted by name.
///
/// It depends neither on where the directory lies nor on the order in which it was listed.
pub(crate) fn of_parts(mut parts: Vec<(String, String)>) -> String {
    parts.sort_unstable();
    let mut hash = Sha256::new();
    for (name, identity) in parts {
        for piece in [name.as_str(), "\0", &identity, "\n"] {
            hash.update(piece);
        }
    }
    hexadecimal(&hash.finalize())
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    /// FIPS 180-2, appendix B.1.
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn is_sha_256() {
        assert_eq!(of_bytes(b"abc"), ABC);
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"abc").unwrap();
        assert_eq!(of_file(file.path()).unwrap(), ABC);
    }

    #[test]
    fn parts_are_sorted() {
        let part = |name: &str| (name.to_owned(), of_bytes(name.as_bytes()));
        assert_eq!(of_parts(vec![part("a"), part("b")]), of_parts(vec![part("b"), part("a")]));
        assert_ne!(of_parts(vec![part("a"), part("b")]), of_parts(vec![part("a")]));
    }
}
