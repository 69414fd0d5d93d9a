//! Writing pages and figures: all of them, or none.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::PageError;
use super::blocks::fill;
use super::generate::{FIGURES, Generated, PAGES};
use super::text::text_of;
use crate::atomic;

/// A page or a figure as it is, and as it should be.
#[derive(Debug)]
pub(super) struct Pair {
    /// Its file, relative to the pages, with `/` between components.
    pub(super) file: String,
    pub(super) path: PathBuf,
    pub(super) is_figure: bool,
    /// `None` where there is none.
    pub(super) old: Option<Vec<u8>>,
    pub(super) new: String,
}

impl Pair {
    pub(super) fn differs(&self) -> bool {
        self.old.as_deref() != Some(self.new.as_bytes())
    }
}

/// Every page and figure of a directory, pages first. A page that is not there begins as its
/// template.
///
/// # Errors
/// Where a page cannot be read, or its markers are not in order.
pub(super) fn pairs(dir: &Path, generated: &Generated) -> Result<Vec<Pair>, PageError> {
    let mut pairs = Vec::new();
    for page in PAGES {
        let Some(blocks) = generated.blocks.get(page.file) else { continue };
        let path = dir.join(page.file);
        let old = read(&path)?;
        let text = match &old {
            Some(bytes) => text_of(&path, bytes)?,
            None => page.template,
        };
        let new =
            fill(text, blocks).map_err(|fault| PageError::Markers { path: path.clone(), fault })?;
        pairs.push(Pair { file: page.file.to_owned(), path, is_figure: false, old, new });
    }
    for (name, new) in &generated.figures {
        let path = dir.join(FIGURES).join(name);
        let old = read(&path)?;
        let (file, new) = (format!("{FIGURES}/{name}"), new.clone());
        pairs.push(Pair { file, path, is_figure: true, old, new });
    }
    Ok(pairs)
}

/// Writes what differs, and says which files those are. Pages that are not there are written from
/// their templates. Everything is read and put together before the first is written, and where one
/// cannot be written, those before it are put back.
///
/// # Errors
/// Where a page cannot be read or written, or its markers are not in order.
pub fn write(dir: &Path, generated: &Generated) -> Result<Vec<String>, PageError> {
    let pairs = pairs(dir, generated)?;
    let changed: Vec<&Pair> = pairs.iter().filter(|pair| pair.differs()).collect();
    for (at, pair) in changed.iter().enumerate() {
        if let Err(source) = atomic::replace(&pair.path, pair.new.as_bytes()) {
            let path = pair.path.clone();
            return Err(match put_back(changed.get(..at).unwrap_or_default()) {
                Ok(()) => PageError::Write { path, source },
                Err(left) => PageError::HalfWritten { path, source, left },
            });
        }
    }
    Ok(changed.into_iter().map(|pair| pair.file.clone()).collect())
}

/// Puts files back as they were; the first that cannot be is the error.
fn put_back(written: &[&Pair]) -> Result<(), PathBuf> {
    for pair in written {
        let done = match &pair.old {
            Some(bytes) => atomic::replace(&pair.path, bytes),
            None => fs::remove_file(&pair.path),
        };
        done.map_err(|_| pair.path.clone())?;
    }
    Ok(())
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, PageError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(PageError::Read { path: path.to_owned(), source }),
    }
}

#[cfg(test)]
mod tests {
    use super::super::generate;
    use super::super::model::Model;
    use super::*;

    fn generated() -> Generated {
        let mut generated = generate(&Model::default(), None).unwrap();
        generated.figures.insert("a.svg".to_owned(), "<svg/>\n".to_owned());
        generated
    }

    #[test]
    fn only_what_differs_is_written() {
        let dir = tempfile::tempdir().unwrap();
        let first = write(dir.path(), &generated()).unwrap();
        assert_eq!(first.len(), PAGES.len() + 1);
        assert_eq!(write(dir.path(), &generated()).unwrap(), Vec::<String>::new());
        fs::write(dir.path().join("figures/a.svg"), "other").unwrap();
        assert_eq!(write(dir.path(), &generated()).unwrap(), ["figures/a.svg"]);
    }

    #[test]
    fn nothing_is_written_where_one_page_is_not_in_order() {
        let dir = tempfile::tempdir().unwrap();
        let broken = "# Ours\n\n<!-- tailguard:begin targets -->\n";
        fs::write(dir.path().join("slos.md"), broken).unwrap();
        let message = write(dir.path(), &generated()).unwrap_err().to_string();
        assert!(message.contains("slos.md: block \"targets\" of line 3 does not end"), "{message}");
        let files: Vec<_> = fs::read_dir(dir.path()).unwrap().collect();
        assert_eq!(files.len(), 1);
        assert_eq!(fs::read_to_string(dir.path().join("slos.md")).unwrap(), broken);
    }

    #[test]
    fn nothing_stays_where_one_file_cannot_be_written() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("slos.md"), old_page()).unwrap();
        // A directory of figures cannot be made where a file is.
        fs::write(dir.path().join(FIGURES), "").unwrap();
        let error = write(dir.path(), &generated()).unwrap_err();
        assert!(matches!(error, PageError::Read { .. } | PageError::Write { .. }), "{error}");
        assert_eq!(fs::read_to_string(dir.path().join("slos.md")).unwrap(), old_page());
        assert!(!dir.path().join("README.md").exists());
    }

    fn old_page() -> String {
        let page = PAGES.into_iter().find(|page| page.file == "slos.md").unwrap();
        page.template.replace("# Service levels", "# Ours")
    }

    #[test]
    fn what_was_written_before_a_failure_is_put_back() {
        let dir = tempfile::tempdir().unwrap();
        let pair = |file: &str, old: Option<&str>| Pair {
            file: file.to_owned(),
            path: dir.path().join(file),
            is_figure: false,
            old: old.map(|text| text.as_bytes().to_vec()),
            new: "new".to_owned(),
        };
        let pairs = [pair("was", Some("old")), pair("was-not", None)];
        for pair in &pairs {
            fs::write(&pair.path, &pair.new).unwrap();
        }
        put_back(&[&pairs[0], &pairs[1]]).unwrap();
        assert_eq!(fs::read_to_string(dir.path().join("was")).unwrap(), "old");
        assert!(!dir.path().join("was-not").exists());
    }

    #[test]
    fn a_page_that_is_no_text_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("slos.md"), [0xff, 0xfe]).unwrap();
        let message = write(dir.path(), &generated()).unwrap_err().to_string();
        assert!(message.contains("slos.md: it is not UTF-8"), "{message}");
    }
}
