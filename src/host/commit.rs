//! What version control can tell.

use std::path::Path;
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

fn git(dir: &Path, arguments: &[&str]) -> Option<Vec<u8>> {
    let output = Command::new("git").arg("-C").arg(dir).args(arguments).output().ok()?;
    output.status.success().then_some(output.stdout)
}
