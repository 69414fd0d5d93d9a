//! Pages and figures as they are, against what the data give.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use super::PageError;
use super::generate::{FIGURES, Generated, PAGES};
use super::links::{Link, Outline, outline, relative};
use super::text::text_of;
use super::write::{Pair, pairs};
use crate::text_diff::{self, Versions};

/// Everything in which pages and figures differ from what the data give.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drift {
    /// Pages, in order.
    pub pages: Vec<StalePage>,
    /// Figures, in order.
    pub figures: Vec<StaleFigure>,
    /// Files among the figures that nothing generates or no page shows.
    pub orphans: Vec<String>,
    /// Links of the pages that lead nowhere, people's own among them.
    pub dead: Vec<DeadLink>,
}

/// A page with a block that is not what the data give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StalePage {
    /// Its file.
    pub file: String,
    /// From what it is to what it should be, as a unified diff; `None` where there is no page.
    pub diff: Option<String>,
}

/// A figure that is not what the data give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaleFigure {
    /// Its file.
    pub file: String,
    /// There is none.
    pub missing: bool,
}

/// A link that leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLink {
    /// The page.
    pub file: String,
    /// The line as it should be, from 1.
    pub line: usize,
    /// Where it leads, as written.
    pub target: String,
    /// What is not there: a lowercase fragment.
    pub lacks: &'static str,
}

impl Drift {
    /// Whether pages and figures are what the data give.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.pages.is_empty()
            && self.figures.is_empty()
            && self.orphans.is_empty()
            && self.dead.is_empty()
    }
}

/// Compares the pages and figures in a directory with what was generated. `name` is what the
/// directory is called in diffs, such as `docs/performance`.
///
/// # Errors
/// Where a page cannot be read, or its markers are not in order.
pub fn drift(dir: &Path, name: &str, generated: &Generated) -> Result<Drift, PageError> {
    let pairs = pairs(dir, generated)?;
    let mut drift = Drift::default();
    for pair in pairs.iter().filter(|pair| pair.differs()) {
        let file = pair.file.clone();
        match (pair.is_figure, &pair.old) {
            (true, old) => {
                drift.figures.push(StaleFigure { file, missing: old.is_none() });
            }
            (false, None) => drift.pages.push(StalePage { file, diff: None }),
            (false, Some(old)) => {
                let old = text_of(&pair.path, old)?;
                let name = format!("{name}/{file}");
                let versions = Versions { name: &name, old, new: &pair.new };
                drift.pages.push(StalePage { file, diff: Some(text_diff::unified(versions)) });
            }
        }
    }
    let outlines: BTreeMap<&str, Outline> = pairs
        .iter()
        .filter(|pair| !pair.is_figure)
        .map(|pair| (pair.file.as_str(), outline(&pair.new)))
        .collect();
    drift.orphans = orphans(dir, &pairs, &outlines)?;
    drift.dead = dead(dir, &pairs, &outlines);
    Ok(drift)
}

/// Files among the figures that nothing generates, or that no page shows.
fn orphans(
    dir: &Path,
    pairs: &[Pair],
    outlines: &BTreeMap<&str, Outline>,
) -> Result<Vec<String>, PageError> {
    let links = outlines.values().flat_map(|outline| &outline.links);
    let shown: BTreeSet<String> =
        links.filter_map(|link| relative(&link.target)).map(|(file, _)| file).collect();
    let kept = |file: &str| shown.contains(file) && pairs.iter().any(|pair| pair.file == file);
    let files = listed(&dir.join(FIGURES))?;
    Ok(files.into_iter().map(|name| format!("{FIGURES}/{name}")).filter(|f| !kept(f)).collect())
}

/// The names in a directory, sorted; none where there is no directory. Hidden files are no concern
/// of ours.
fn listed(dir: &Path) -> Result<Vec<String>, PageError> {
    let failed = |source| PageError::Read { path: dir.to_owned(), source };
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(failed(source)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let name = entry.map_err(failed)?.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn dead(dir: &Path, pairs: &[Pair], outlines: &BTreeMap<&str, Outline>) -> Vec<DeadLink> {
    let mut dead = Vec::new();
    for page in PAGES {
        let Some(outline) = outlines.get(page.file) else { continue };
        for Link { line, target } in &outline.links {
            if let Some(lacks) = lacks(dir, page.file, target, pairs, outlines) {
                let (file, target) = (page.file.to_owned(), target.clone());
                dead.push(DeadLink { file, line: *line, target, lacks });
            }
        }
    }
    dead
}

/// What a link of a page needs and is not there.
fn lacks(
    dir: &Path,
    page: &str,
    target: &str,
    pairs: &[Pair],
    outlines: &BTreeMap<&str, Outline>,
) -> Option<&'static str> {
    let (file, anchor) = relative(target)?;
    let path = normal(&dir.join(if file.is_empty() { page } else { file.as_str() }));
    let ours = pairs.iter().find(|pair| normal(&pair.path) == path);
    if ours.is_none() && !path.exists() {
        return Some("there is no such file");
    }
    let anchor = anchor?;
    if path.extension().is_none_or(|end| end != "md") {
        return None;
    }
    let known = match ours.and_then(|pair| outlines.get(pair.file.as_str())) {
        Some(outline) => outline.anchors.contains(&anchor),
        None => {
            fs::read_to_string(&path).is_ok_and(|text| outline(&text).anchors.contains(&anchor))
        }
    };
    (!known).then_some("there is no such heading")
}

/// A path without `.` and `..`, by its words alone: the pages may lie in a directory that is not
/// there yet.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        let back = matches!(normal.components().next_back(), Some(Component::Normal(_)));
        match component {
            Component::CurDir => {}
            Component::ParentDir if back => {
                normal.pop();
            }
            other => normal.push(other),
        }
    }
    if normal.as_os_str().is_empty() { PathBuf::from(".") } else { normal }
}

#[cfg(test)]
mod tests {
    use super::super::model::Model;
    use super::super::{generate, write};
    use super::*;

    fn written(dir: &Path) -> Generated {
        let generated = generate(&Model::default(), None).unwrap();
        write(dir, &generated).unwrap();
        assert_eq!(drift(dir, "docs", &generated).unwrap(), Drift::default());
        generated
    }

    fn edit(path: &Path, from: &str, to: &str) {
        let text = fs::read_to_string(path).unwrap();
        assert!(text.contains(from), "{from}: {text}");
        fs::write(path, text.replace(from, to)).unwrap();
    }

    #[test]
    fn an_edit_in_a_block_is_shown_as_a_diff_and_one_around_it_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let generated = written(dir.path());
        let page = dir.path().join("slos.md");
        edit(&page, "Nothing is promised", "Much is promised");
        let found = drift(dir.path(), "docs", &generated).unwrap();
        let diff = found.pages[0].diff.clone().unwrap();
        assert!(diff.starts_with("--- a/docs/slos.md\n+++ b/docs/slos.md\n"), "{diff}");
        assert!(diff.contains("\n-Much is promised"), "{diff}");
        assert!(!found.is_none());
        edit(&page, "Much is promised", "Nothing is promised");
        edit(&page, "# Service levels", "# What we promise");
        assert!(drift(dir.path(), "docs", &generated).unwrap().is_none());
    }

    #[test]
    fn links_that_lead_nowhere_are_named_with_their_line() {
        let dir = tempfile::tempdir().unwrap();
        let generated = written(dir.path());
        let page = dir.path().join("slos.md");
        let text = fs::read_to_string(&page).unwrap();
        let lines = text.lines().count();
        let more = "\n[a](none.md) [b](README.md#nowhere)\n[c](#targets) [d](https://x.org/y)\n";
        fs::write(&page, text + more).unwrap();
        let dead = drift(dir.path(), "docs", &generated).unwrap().dead;
        let link = |target: &str, lacks| DeadLink {
            file: "slos.md".to_owned(),
            line: lines + 2,
            target: target.to_owned(),
            lacks,
        };
        assert_eq!(
            dead,
            [
                link("none.md", "there is no such file"),
                link("README.md#nowhere", "there is no such heading")
            ]
        );
    }

    #[test]
    fn files_among_the_figures_that_nothing_generates_are_orphans() {
        let dir = tempfile::tempdir().unwrap();
        let generated = written(dir.path());
        fs::create_dir(dir.path().join(FIGURES)).unwrap();
        fs::write(dir.path().join("figures/old.svg"), "<svg/>").unwrap();
        fs::write(dir.path().join("figures/.hidden"), "").unwrap();
        let found = drift(dir.path(), "docs", &generated).unwrap();
        assert_eq!(found.orphans, ["figures/old.svg"]);
    }

    #[test]
    fn what_is_not_there_is_missing() {
        let dir = tempfile::tempdir().unwrap();
        let mut generated = written(dir.path());
        fs::remove_file(dir.path().join("slos.md")).unwrap();
        generated.figures.insert("new.svg".to_owned(), "<svg/>".to_owned());
        let found = drift(dir.path(), "docs", &generated).unwrap();
        assert_eq!(found.pages, [StalePage { file: "slos.md".to_owned(), diff: None }]);
        let figure = StaleFigure { file: "figures/new.svg".to_owned(), missing: true };
        assert_eq!(found.figures, [figure]);
    }

    #[test]
    fn paths_are_followed_by_their_words() {
        for (path, expected) in
            [("a/b/../../c", "c"), ("./a/./b", "a/b"), ("../a", "../a"), ("a/..", ".")]
        {
            assert_eq!(normal(Path::new(path)), Path::new(expected), "{path}");
        }
    }
}
