//! What the commands share: pages, files, and what is printed.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use evals::{Error, page};

/// A page of the documentation with other texts in its blocks of those names.
pub(crate) fn with_blocks(
    root: &Path,
    page: &str,
    blocks: &[(&str, String)],
) -> Result<(PathBuf, String), Error> {
    let path = root.join("docs/performance").join(page);
    let mut new = text(&path)?;
    for (name, block) in blocks {
        new = page::replaced(&new, name, block).ok_or_else(|| Error::Refused {
            what: format!("{} lacks the markers of {name:?}", path.display()),
            hint: "restore the page from git".to_owned(),
        })?;
    }
    Ok((path, new))
}

pub(crate) fn text(path: &Path) -> Result<String, Error> {
    std::fs::read_to_string(path).map_err(file_error("read", path))
}

pub(crate) fn file_error(does: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::File { does, path, source, hint: "--root names the working tree" }
}

/// A reader who closes the pipe early has seen enough.
pub(crate) fn print(text: &str) -> Result<(), Error> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(file_error("write", Path::new("stdout"))(error))
        }
        _ => Ok(()),
    }
}
