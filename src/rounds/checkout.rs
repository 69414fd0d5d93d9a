//! The checkout of another commit, for as long as it is measured.

use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

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

    /// What the working tree holds, as a hash over its commit, what differs from that, and the files
    /// that are neither tracked nor ignored; and whether anything but the commit counts. What lies
    /// in `except` is left out.
    ///
    /// # Errors
    /// What git says.
    pub fn state(&self, except: &Path) -> Result<(String, bool), RoundError> {
        let does = "look at the working tree";
        let hint = "see `git status`";
        let head = self.commit("HEAD")?;
        let others = ["ls-files", "--others", "--exclude-standard", "-z"];
        let others = git(&self.root, &others, does, hint)?;
        let difference =
            git(&self.root, &["diff", "HEAD", "--binary", "--no-ext-diff"], does, hint)?;
        let mut hash = Sha256::new();
        let mut take = |part: &[u8]| {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        };
        take(head.as_bytes());
        take(difference.as_bytes());
        let mut dirty = !difference.is_empty();
        for name in others.split('\0').filter(|name| !name.is_empty()) {
            let path = self.root.join(name);
            if !path.starts_with(except) {
                dirty = true;
                take(name.as_bytes());
                // One that cannot be read, or is gone already, counts by its name.
                take(&std::fs::read(&path).unwrap_or_default());
            }
        }
        let hex = hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        Ok((hex, dirty))
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
    // The last line is what ended it; before that it may have named a thousand files.
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said.trim().lines().next_back().map(str::to_owned);
    let signal = || output.status.signal().map(|n| format!("git was ended by signal {n}"));
    let silent = || signal().unwrap_or_else(|| "git finds nothing of that name".to_owned());
    Err(failed(last.unwrap_or_else(silent)))
}

fn run(dir: &Path, words: &[&str]) -> std::io::Result<Output> {
    // Hooks of the repository are for people's checkouts.
    let settings = [
        "--no-optional-locks",
        "-c",
        "core.hooksPath=/dev/null",
        "-c",
        "advice.detachedHead=false",
    ];
    let mut command = Command::new("git");
    // Inside a hook these speak of another place.
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX"] {
        command.env_remove(name);
    }
    // Ctrl-C on a terminal is for this process alone, which lets git finish and then tidies up.
    command.arg("-C").arg(dir).args(settings).args(words).stdin(Stdio::null()).process_group(0);
    command.output()
}
