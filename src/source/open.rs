//! Opening a file: compression and text encoding are taken off before any reader looks.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use super::SourceError;

/// A file that is ready to be read as text.
pub(crate) struct Opened {
    /// The beginning of the text, for detection; `text` starts with it too.
    pub(crate) head: Vec<u8>,
    /// The whole text: decompressed, in UTF-8 where an encoding was marked, without the mark.
    pub(crate) text: Box<dyn BufRead + Send>,
}

/// How much of a text detection gets to see, in bytes.
const HEAD: usize = 64 << 10;

/// The largest UTF-16 file, in bytes of text, that is decoded; decoding holds all of it.
const UTF16_LIMIT: u64 = 64 << 20;

const BUFFER: usize = 256 << 10;

/// Opens a regular file and takes off gzip, a UTF-8 byte order mark and UTF-16.
///
/// A damaged gzip stream is an error only if nothing comes out of it; otherwise the text ends with
/// the decoder's error, which is for the reader to judge.
pub(crate) fn open(path: &Path) -> Result<Opened, SourceError> {
    let kind = std::fs::metadata(path).map_err(io_error(path))?;
    if !kind.is_file() {
        return Err(unreadable(
            path,
            "a pipe or a device",
            "a regular file",
            "write the results to a file first",
        ));
    }
    let mut stored = BufReader::with_capacity(BUFFER, File::open(path).map_err(io_error(path))?);
    let magic = stored.fill_buf().map_err(io_error(path))?;
    let zipped = magic.starts_with(&[0x1f, 0x8b]);
    let mut content: Box<dyn BufRead + Send> = if zipped {
        Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(stored)))
    } else {
        Box::new(stored)
    };

    let (mut head, failure) = fill(&mut content);
    if let Some(error) = failure {
        if head.is_empty() {
            return Err(unopened(path, zipped, error));
        }
        content = Box::new(BufReader::new(Failed(Some(error))));
    }
    if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
        return utf16(path, &head, content);
    }
    if head.starts_with(&[0xef, 0xbb, 0xbf]) {
        head.drain(..3);
    }
    Ok(Opened { text: Box::new(Cursor::new(head.clone()).chain(content)), head })
}

/// Turns what the system said about `path` into an error that names it.
pub(crate) fn io_error(path: &Path) -> impl FnOnce(io::Error) -> SourceError {
    let path = path.to_owned();
    move |source| SourceError::Io { path, source }
}

/// The refusal of `path`.
pub(crate) fn unreadable(
    path: &Path,
    found: impl Into<String>,
    expected: impl Into<String>,
    hint: impl Into<String>,
) -> SourceError {
    SourceError::Unreadable {
        path: path.to_owned(),
        found: found.into(),
        expected: expected.into(),
        hint: hint.into(),
    }
}

/// Kinds with which decoders report a broken stream.
pub(crate) fn is_damage(kind: io::ErrorKind) -> bool {
    use io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};

    matches!(kind, UnexpectedEof | InvalidData | InvalidInput)
}

fn unopened(path: &Path, zipped: bool, error: io::Error) -> SourceError {
    if !zipped {
        return SourceError::Io { path: path.to_owned(), source: error };
    }
    unreadable(
        path,
        format!("damaged gzip data ({error})"),
        "a whole gzip file",
        "measure again, or copy the file again: nothing could be decompressed",
    )
}

/// Reads until the head is full, the text ends, or reading fails.
fn fill(content: &mut dyn BufRead) -> (Vec<u8>, Option<io::Error>) {
    let mut head = Vec::new();
    let failure = content.take(HEAD as u64).read_to_end(&mut head).err();
    (head, failure)
}

fn utf16(path: &Path, head: &[u8], content: Box<dyn BufRead>) -> Result<Opened, SourceError> {
    let mut bytes = head.to_vec();
    content.take(UTF16_LIMIT).read_to_end(&mut bytes).map_err(io_error(path))?;
    if bytes.len() as u64 > UTF16_LIMIT {
        return Err(unreadable(
            path,
            format!("more than {} MiB of UTF-16 text", UTF16_LIMIT >> 20),
            "UTF-8 text",
            "convert it first: iconv -f UTF-16 -t UTF-8",
        ));
    }
    let unit =
        if head.starts_with(&[0xff, 0xfe]) { u16::from_le_bytes } else { u16::from_be_bytes };
    let (pairs, _) = bytes.as_chunks::<2>();
    let text: String = char::decode_utf16(pairs.iter().skip(1).map(|pair| unit(*pair)))
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect();
    let text = text.into_bytes();
    let head = text.iter().take(HEAD).copied().collect();
    Ok(Opened { head, text: Box::new(Cursor::new(text)) })
}

/// Says once more, after the head, what stopped the reading of it.
struct Failed(Option<io::Error>);

impl Read for Failed {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn opened(bytes: &[u8]) -> (Result<String, io::ErrorKind>, Vec<u8>) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let mut opened = open(file.path()).unwrap();
        let mut text = String::new();
        let outcome = opened.text.read_to_string(&mut text).map_err(|e| e.kind());
        (outcome.map(|_| text), opened.head)
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn takes_off_what_is_around_the_text() {
        let little: Vec<u8> = "\u{feff}{é}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = "\u{feff}{é}".encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [
            "{é}".as_bytes(),
            "\u{feff}{é}".as_bytes(),
            &gzip("{é}".as_bytes()),
            &gzip("\u{feff}{é}".as_bytes()),
            &[gzip("{".as_bytes()), gzip("é}".as_bytes())].concat(),
            &little,
            &big,
            &gzip(&big),
        ] {
            let (text, head) = opened(bytes);
            assert_eq!(text.as_deref(), Ok("{é}"));
            assert_eq!(head, "{é}".as_bytes());
        }
    }

    #[test]
    fn a_cut_gzip_file_yields_its_beginning_and_then_an_error() {
        let long: Vec<u8> = (0..400_000_u32).flat_map(|i| i.to_string().into_bytes()).collect();
        let zipped = gzip(&long);
        let (text, head) = opened(&zipped[..zipped.len() / 2]);
        assert_eq!(text, Err(io::ErrorKind::UnexpectedEof));
        assert_eq!(head, long[..HEAD]);

        let small = gzip(b"some text that is short");
        let (text, head) = opened(&small[..small.len() - 8]);
        assert_eq!(text, Err(io::ErrorKind::UnexpectedEof));
        assert_eq!(head, b"some text that is short");
    }

    #[test]
    fn a_gzip_file_without_content_is_refused() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&[0x1f, 0x8b, 8, 0, 0]).unwrap();
        let message = open(file.path()).err().unwrap().to_string();
        assert!(message.contains("found damaged gzip data"), "{message}");
        assert!(message.contains("\nhint: "), "{message}");
    }
}
