//! What there is to measure in a repository.

use std::fs;
use std::path::{Path, PathBuf};

/// Directories that hold no code of the project's own.
const SKIPPED: [&str; 5] = ["target", "node_modules", ".git", "vendor", "perf"];

/// How deep manifests and load scripts are looked for.
const DEPTH: usize = 4;

/// How many directory entries are looked at before the search is given up.
const ENTRIES: usize = 20_000;

/// Larger files are no manifests and no scripts.
const LARGEST: u64 = 1 << 20;

/// What there is to measure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// A manifest at the root: there is something that cargo builds.
    pub(super) cargo: bool,
    /// Whether criterion is used, and by which packages.
    pub(super) criterion: Option<Packages>,
    /// The one file of benchmarks, where there is exactly one: `benches/x.rs`.
    pub(super) bench: Option<String>,
    /// A k6 script, relative to the directory, with `/` between its parts.
    pub(super) script: Option<String>,
}

/// Whose benchmarks there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packages {
    /// Those of the package at the root.
    Root,
    /// Those of other packages of the workspace.
    Workspace,
}

/// Looks around in a directory.
pub(super) fn look_around(dir: &Path) -> Found {
    let manifest = text_of(&dir.join("Cargo.toml"));
    let mut files = Vec::new();
    let mut budget = ENTRIES;
    collect(dir, DEPTH, &mut budget, &mut files);
    let uses_criterion = |path: &&PathBuf| {
        path.file_name().is_some_and(|name| name == "Cargo.toml")
            && text_of(path).is_some_and(|text| text.contains("criterion"))
    };
    let criterion = manifest.as_ref().and_then(|manifest| {
        if manifest.contains("criterion") {
            return Some(Packages::Root);
        }
        let workspace = manifest.contains("[workspace]");
        (workspace && files.iter().any(|path| uses_criterion(&path))).then_some(Packages::Workspace)
    });
    let script = files.iter().find(|path| is_k6_script(path));
    let script = script.and_then(|path| shown(dir, path));
    let mut benches = files.iter().filter(|path| {
        path.parent() == Some(&dir.join("benches")) && path.extension().is_some_and(|e| e == "rs")
    });
    let bench = benches.next().filter(|_| benches.next().is_none());
    let bench = bench.and_then(|path| shown(dir, path)).filter(|_| criterion.is_some());
    Found { cargo: manifest.is_some(), criterion, bench, script }
}

/// Files in this directory first, then those below, each in the order of names.
fn collect(dir: &Path, depth: usize, budget: &mut usize, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(dir) else { return };
    let mut entries: Vec<PathBuf> = entries.take(*budget).flatten().map(|e| e.path()).collect();
    entries.sort();
    *budget = budget.saturating_sub(entries.len());
    files.extend(entries.iter().filter(|path| path.is_file()).cloned());
    let Some(below) = depth.checked_sub(1) else { return };
    let skipped =
        |path: &PathBuf| path.file_name().is_some_and(|name| SKIPPED.iter().any(|s| name == *s));
    let is_dir = |path: &PathBuf| fs::symlink_metadata(path).is_ok_and(|kind| kind.is_dir());
    for dir in entries.iter().filter(|path| is_dir(path) && !skipped(path)) {
        collect(dir, below, budget, files);
    }
}

fn is_k6_script(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "js" || e == "ts")
        && text_of(path).is_some_and(|text| text.contains("from 'k6") || text.contains("from \"k6"))
}

fn text_of(path: &Path) -> Option<String> {
    let kind = fs::metadata(path).ok()?;
    (kind.is_file() && kind.len() < LARGEST).then(|| fs::read_to_string(path).ok()).flatten()
}

/// A path below the directory as it is written in a configuration. One that is no text, or has
/// characters that would need care in a comment, is not proposed.
fn shown(dir: &Path, path: &Path) -> Option<String> {
    let parts = path.strip_prefix(dir).ok()?.components();
    let parts: Option<Vec<&str>> = parts.map(|part| part.as_os_str().to_str()).collect();
    Some(parts?.join("/")).filter(|path| !path.chars().any(char::is_control))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository(files: &[(&str, &str)]) -> Found {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        look_around(dir.path())
    }

    #[test]
    fn benchmarks_are_those_of_the_root_or_of_its_workspace() {
        let uses = "[dev-dependencies]\ncriterion = \"0.8\"\n";
        let root = repository(&[("Cargo.toml", uses), ("benches/a.rs", "")]);
        assert_eq!(root.criterion, Some(Packages::Root));
        assert_eq!(root.bench.as_deref(), Some("benches/a.rs"));
        let two = repository(&[("Cargo.toml", uses), ("benches/a.rs", ""), ("benches/b.rs", "")]);
        assert_eq!(two.bench, None);
        let member = repository(&[("Cargo.toml", "[workspace]\n"), ("crates/a/Cargo.toml", uses)]);
        assert_eq!(member.criterion, Some(Packages::Workspace));
        let example = repository(&[("Cargo.toml", "[package]\n"), ("examples/a/Cargo.toml", uses)]);
        assert_eq!(example.criterion, None);
        assert_eq!(repository(&[("a/Cargo.toml", uses)]), Found::default());
    }

    #[test]
    fn a_load_script_is_one_that_imports_k6_and_is_the_project_s_own() {
        let script = "import http from 'k6/http';\n";
        let found = repository(&[
            ("app.js", "import x from 'y';\n"),
            ("node_modules/k6/a.js", script),
            ("z/load.js", script),
            ("tests/load/steady.ts", "import { check } from \"k6\";\n"),
        ]);
        assert_eq!(found.script.as_deref(), Some("tests/load/steady.ts"));
        assert_eq!(repository(&[("a/b/c/d/e/deep.js", script)]).script, None);
        assert_eq!(repository(&[("a\nb.js", script)]).script, None);
    }
}
