//! The checkout of another commit, for as long as it is measured.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sha2::{Digest as _, Sha256};

use super::{RoundError, Stop};

/// A git repository as seen from a directory in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// Where its working tree begins.
    root: PathBuf,
    /// The directory relative to that; empty for the root itself.
    prefix: PathBuf,
}

impl Repository {
    /// The repository around a directory.
    ///
    /// # Errors
    /// Where there is none, or git is not there.
    pub fn around(dir: &Path) -> Result<Self, RoundError> {
        let does = format!("find the repository around {}", dir.display());
        let hint =
            "measure in a git checkout, or leave --against out to compare with the baselines";
        let said = git(dir, &["rev-parse", "--show-toplevel", "--show-prefix"], &does, hint)?;
        let mut lines = said.lines();
        let root = PathBuf::from(lines.next().unwrap_or_default());
        Ok(Self { root, prefix: PathBuf::from(lines.next().unwrap_or_default()) })
    }

    /// The full name of the commit that a revision names.
    ///
    /// # Errors
    /// Where it names none.
    pub fn commit(&self, revision: &str) -> Result<String, RoundError> {
        let does = format!("find the commit {revision:?}");
        let hint = "name a commit, branch or tag that is there; a shallow clone may lack it (fetch-depth: 0)";
        let commit = format!("{revision}^{{commit}}");
        let words = ["rev-parse", "--verify", "--quiet", "--end-of-options", &commit];
        Ok(git(&self.root, &words, &does, hint)?.trim().to_owned())
    }

    /// What the working tree holds, as a hash over its commit, what differs from that, and the names
    /// of files that are not tracked; and whether anything but the commit counts.
    ///
    /// # Errors
    /// What git says.
    pub fn state(&self) -> Result<(String, bool), RoundError> {
        let does = "look at the working tree";
        let hint = "see `git status`";
        let head = self.commit("HEAD")?;
        let listing = git(&self.root, &["status", "--porcelain=v1", "-z"], does, hint)?;
        let difference =
            git(&self.root, &["diff", "HEAD", "--binary", "--no-ext-diff"], does, hint)?;
        let mut hash = Sha256::new();
        for part in [&head, &listing, &difference] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        let hex = hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        Ok((hex, !listing.is_empty()))
    }
}

/// A working tree of one commit, beside the repository's own; gone when this is dropped.
#[derive(Debug)]
pub struct Checkout {
    repository: Repository,
    path: PathBuf,
}

impl Checkout {
    /// Checks a commit out into a directory. What a killed measurement left there is removed.
    ///
    /// # Errors
    /// What git says; where somebody asked to stop meanwhile, that.
    pub fn of(
        repository: &Repository,
        commit: &str,
        path: &Path,
        stop: &Stop,
    ) -> Result<Self, RoundError> {
        let checkout = Self { repository: repository.clone(), path: path.to_owned() };
        checkout.remove();
        let does = format!("check {commit} out");
        let text = path.to_string_lossy();
        let words = ["worktree", "add", "--quiet", "--force", "--detach", &text, commit];
        let made = git(&repository.root, &words, &does, "is there space left on the disk?");
        if let Some(signal) = stop.asked() {
            return Err(RoundError::Interrupted { signal });
        }
        made?;
        let dir = checkout.dir();
        if !dir.is_dir() {
            return Err(RoundError::Git {
                does: format!("measure {commit}"),
                said: format!("it has no directory {}", repository.prefix.display()),
                hint: "measure against a commit that has the directory of the configuration",
            });
        }
        Ok(checkout)
    }

    /// The directory in it that the repository was looked at from.
    #[must_use]
    pub fn dir(&self) -> PathBuf {
        self.path.join(&self.repository.prefix)
    }
}

impl Checkout {
    fn remove(&self) {
        let root = &self.repository.root;
        let text = self.path.to_string_lossy();
        let removed = run(root, &["worktree", "remove", "--force", "--force", &text]);
        if !removed.is_ok_and(|output| output.status.success()) {
            // It was no working tree any more, or not yet: nothing is there, or half of one.
            let _ = std::fs::remove_dir_all(&self.path);
            let _ = run(root, &["worktree", "prune"]);
        }
    }
}

impl Drop for Checkout {
    fn drop(&mut self) {
        self.remove();
    }
}

/// What git prints.
fn git(dir: &Path, words: &[&str], does: &str, hint: &'static str) -> Result<String, RoundError> {
    let failed = |said: String| RoundError::Git { does: does.to_owned(), said, hint };
    let output = run(dir, words).map_err(|error| failed(format!("git does not start: {error}")))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(failed(if said.is_empty() { "git finds nothing of that name".to_owned() } else { said }))
}

fn run(dir: &Path, words: &[&str]) -> std::io::Result<Output> {
    // Hooks of the repository are for people's checkouts.
    let settings = ["-c", "core.hooksPath=/dev/null", "-c", "advice.detachedHead=false"];
    Command::new("git").arg("-C").arg(dir).args(settings).args(words).output()
}
