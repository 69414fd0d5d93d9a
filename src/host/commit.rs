//! What version control can tell.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The commit that is checked out in a directory.
#[must_use]
pub fn head(dir: &Path) -> Option<String> {
    let output = git(dir, &["rev-parse", "--verify", "HEAD"])?;
    String::from_utf8(output).ok().map(|text| text.trim().to_owned())
}

/// Whether a revision exists in the repository around a directory.
#[must_use]
pub fn is_revision(dir: &Path, revision: &str) -> bool {
    !revision.starts_with('-')
        && git(dir, &["rev-parse", "--verify", "--quiet", &format!("{revision}^{{commit}}")])
            .is_some()
}

/// The bytes of a file as of a revision; `None` where there is no such revision or no such file.
#[must_use]
pub fn file_at(revision: &str, path: &Path) -> Option<Vec<u8>> {
    let dir = path.parent()?;
    let name = path.file_name()?.to_str()?;
    // A revision that looks like an option must not become one.
    if revision.starts_with('-') {
        return None;
    }
    let existing = dir.ancestors().find(|dir| dir.is_dir())?;
    let below = dir.strip_prefix(existing).ok()?.join(name);
    git(existing, &["show", &format!("{revision}:./{}", below.to_str()?)])
}

/// The files below a directory as of a revision, by their path relative to it, sorted; none where
/// there is no such revision or directory.
#[must_use]
pub fn files_at(revision: &str, dir: &Path) -> Vec<PathBuf> {
    let Some(existing) = dir.ancestors().find(|dir| dir.is_dir()) else { return Vec::new() };
    let Ok(below) = dir.strip_prefix(existing) else { return Vec::new() };
    if revision.starts_with('-') {
        return Vec::new();
    }
    // Paths come relative to the directory in which git runs, and only those below it.
    let listing = git(existing, &["ls-tree", "-r", "-z", "--name-only", revision]);
    let listing = listing.unwrap_or_default();
    let mut files: Vec<PathBuf> = listing
        .split(|byte| *byte == 0)
        .filter_map(|name| Path::new(std::str::from_utf8(name).ok()?).strip_prefix(below).ok())
        .filter(|path| !path.as_os_str().is_empty())
        .map(Path::to_owned)
        .collect();
    files.sort();
    files
}

/// Commits of which the last thousands say in their message that they revert them, as `git revert` writes
/// it; `None` where there is no repository.
#[must_use]
pub fn reverted(dir: &Path) -> Option<BTreeSet<String>> {
    const WORDS: &str = "This reverts commit ";
    let grep = format!("--grep={WORDS}");
    let log = git(dir, &["log", "--max-count=5000", "--fixed-strings", &grep, "--format=%B"])?;
    let text = String::from_utf8_lossy(&log);
    let named = text.split(WORDS).skip(1).filter_map(|rest| {
        let commit: String = rest.chars().take_while(char::is_ascii_hexdigit).collect();
        (commit.len() == 40).then_some(commit)
    });
    Some(named.collect())
}

/// Whether every tracked file of the working tree around a directory is as its commit has it, but for one
/// folder in that repository; not where git cannot tell.
#[must_use]
pub fn is_clean(dir: &Path, but: &Path) -> bool {
    let but = format!(":(exclude){}", but.display());
    let status = ["status", "--porcelain", "--untracked-files=no", "--", ":/", &but];
    git(dir, &status).is_some_and(|changed| changed.is_empty())
}

fn git(dir: &Path, arguments: &[&str]) -> Option<Vec<u8>> {
    let output = Command::new("git").arg("-C").arg(dir).args(arguments).output().ok()?;
    output.status.success().then_some(output.stdout)
}
