//! Expanding a glob, one path component at a time.
//!
//! `*`, `?`, `[…]` and `{…}` match within a component, `**` any number of directories. As in a
//! shell, a name that begins with a dot is matched only by a pattern that does. `**` does not
//! follow symbolic links, which may lead in circles.

use std::io;
use std::path::{Component, Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};

/// A parsed glob.
#[derive(Debug)]
pub(super) struct Glob(Vec<Step>);

/// Why a glob could not be expanded.
#[derive(Debug)]
pub(super) enum Failure {
    /// This directory cannot be listed.
    Io(PathBuf, io::Error),
    /// More than [`MOST_ENTRIES`] directory entries were looked at.
    TooMany,
}

/// How many directory entries are looked at before a glob is refused as a mistake.
pub(super) const MOST_ENTRIES: usize = 1_000_000;

/// How many directories deep `**` goes.
const DEEPEST: usize = 32;

#[derive(Debug)]
enum Step {
    Literal(PathBuf),
    Name { matcher: GlobMatcher, hidden: bool },
    AnyDirectories,
}

impl Glob {
    pub(super) fn parse(pattern: &str) -> Result<Self, globset::Error> {
        Path::new(pattern).components().map(step).collect::<Result<_, _>>().map(Self)
    }

    /// What exists and matches, seen from `base`, sorted.
    pub(super) fn expand(&self, base: &Path) -> Result<Vec<PathBuf>, Failure> {
        let mut entries = 0;
        let mut paths = vec![base.to_owned()];
        for (i, step) in self.0.iter().enumerate() {
            let last = i + 1 == self.0.len();
            let mut next = Vec::new();
            for path in &paths {
                match step {
                    Step::Literal(name) => next.push(path.join(name)),
                    Step::Name { matcher, hidden } => {
                        for entry in list(path, &mut entries)? {
                            let name = entry.file_name();
                            let dotted = name.as_encoded_bytes().starts_with(b".");
                            if (*hidden || !dotted) && matcher.is_match(&name) {
                                next.push(path.join(name));
                            }
                        }
                    }
                    Step::AnyDirectories => descend(path, last, 0, &mut entries, &mut next)?,
                }
            }
            next.retain(|path| if last { path.exists() } else { path.is_dir() });
            next.sort();
            next.dedup();
            paths = next;
        }
        Ok(paths)
    }
}

fn step(component: Component<'_>) -> Result<Step, globset::Error> {
    let name = match component {
        Component::Normal(name) => name.to_string_lossy(),
        other => return Ok(Step::Literal(PathBuf::from(other.as_os_str()))),
    };
    if name == "**" {
        return Ok(Step::AnyDirectories);
    }
    if !name.contains(['*', '?', '[', '{']) {
        return Ok(Step::Literal(PathBuf::from(name.as_ref())));
    }
    let matcher = GlobBuilder::new(&name).literal_separator(true).build()?.compile_matcher();
    Ok(Step::Name { matcher, hidden: name.starts_with('.') })
}

/// Adds a directory and all directories below it; at the end of a glob, their files too.
fn descend(
    path: &Path,
    with_files: bool,
    depth: usize,
    entries: &mut usize,
    into: &mut Vec<PathBuf>,
) -> Result<(), Failure> {
    into.push(path.to_owned());
    if depth == DEEPEST {
        return Ok(());
    }
    for entry in list(path, entries)? {
        let kind = entry.file_type().map_err(|e| Failure::Io(path.to_owned(), e))?;
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if kind.is_dir() {
            descend(&entry.path(), with_files, depth + 1, entries, into)?;
        } else if with_files {
            into.push(entry.path());
        }
    }
    Ok(())
}

fn list(path: &Path, entries: &mut usize) -> Result<Vec<std::fs::DirEntry>, Failure> {
    let failed = |error| Failure::Io(path.to_owned(), error);
    let here = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    let mut listed = Vec::new();
    for entry in std::fs::read_dir(here).map_err(failed)? {
        *entries += 1;
        if *entries > MOST_ENTRIES {
            return Err(Failure::TooMany);
        }
        listed.push(entry.map_err(failed)?);
    }
    Ok(listed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_match_one_by_one() {
        let folder = tempfile::tempdir().unwrap();
        for path in ["a/x/r.json", "a/y/r.json", "b/r.json", "b/.r.json", ".c/r.json", "b/s.csv"] {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        for (pattern, expected) in [
            ("*/r.json", "b/r.json"),
            ("a/*/r.json", "a/x/r.json a/y/r.json"),
            ("**/r.json", "a/x/r.json a/y/r.json b/r.json"),
            ("b/{r,s}.*", "b/r.json b/s.csv"),
            ("b/.*", "b/.r.json"),
            ("[.]c/*", ""),
            (".c/*", ".c/r.json"),
            ("a/?", "a/x a/y"),
            ("b/../a/*", "b/../a/x b/../a/y"),
            ("*/none", ""),
            ("b/**", "b b/r.json b/s.csv"),
        ] {
            let found = Glob::parse(pattern).unwrap().expand(folder.path()).unwrap();
            let found: Vec<_> =
                found.iter().map(|path| path.strip_prefix(folder.path()).unwrap()).collect();
            let expected: Vec<_> = expected.split_whitespace().map(Path::new).collect();
            assert_eq!(found, expected, "{pattern}");
        }
        assert!(Glob::parse("a/[b").is_err());
        assert!(Glob::parse("a/{b").is_err());
    }
}
