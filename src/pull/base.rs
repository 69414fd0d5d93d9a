//! The base branch's configuration and baselines, as files of a directory of our own.

use std::fs;
use std::path::{Component, Path};

use tempfile::TempDir;

use super::Error;
use super::target::short;
use crate::github::{Client, Repository, git};
use crate::policy::config::{self, Config};

/// The largest configuration, in bytes: what a reader of files takes as well.
const LARGEST_CONFIG: u64 = 1 << 20;

/// What all baselines together may hold, in bytes.
const LARGEST_BASELINES: u64 = 256 << 20;

/// The mode of a plain file in a git tree; links and submodules are none.
const PLAIN: [&str; 2] = ["100644", "100755"];

/// A branch at its tip, with what decides there.
pub(super) struct Base {
    /// The branch.
    pub(super) branch: String,
    /// Its tip when it was read.
    pub(super) commit: String,
    /// Its configuration, whose paths lead into `dir`.
    pub(super) config: Config,
    /// Where baselines lie in the repository, without a slash at the end.
    pub(super) shelf: String,
    dir: TempDir,
}

impl Base {
    /// Where the files of the repository lie.
    pub(super) fn root(&self) -> &Path {
        self.dir.path()
    }

    /// Whether a path of the repository is among the baselines.
    pub(super) fn is_baseline(&self, path: &str) -> bool {
        path.strip_prefix(&self.shelf).is_some_and(|rest| rest.starts_with('/'))
    }
}

/// Reads the configuration at the tip of a branch. `config` is its path in the repository.
///
/// # Errors
/// Where the branch or the file is not there, or the file is no configuration.
pub(super) fn read(
    client: &Client,
    repository: &Repository,
    branch: &str,
    config: &str,
) -> Result<Base, Error> {
    let Some(commit) = git::tip(client, repository, branch)? else {
        return Err(Error::Base(format!(
            "no branch {branch:?} in {repository}\nhint: name the base branch with --base"
        )));
    };
    at(client, repository, branch, commit, config)
}

/// The same at a commit of the branch.
pub(super) fn at(
    client: &Client,
    repository: &Repository,
    branch: &str,
    commit: String,
    config: &str,
) -> Result<Base, Error> {
    let Some(text) = text_at(client, repository, &commit, config)? else {
        return Err(Error::Base(format!(
            "no {config} on {branch} at {}\nhint: commit the configuration to the base branch first; \
             one that only the pull request has does not count. --config names another path",
            short(&commit)
        )));
    };
    let dir = tempfile::tempdir().map_err(|source| written(Path::new("a directory"), source))?;
    put(dir.path(), config, &text)?;
    let config_error = |source| Error::Config {
        branch: branch.to_owned(),
        commit: commit.clone(),
        source: Box::new(source),
        github: Box::new(config::github_of(&String::from_utf8_lossy(&text))),
    };
    let parsed = config::load(&dir.path().join(config)).map_err(config_error)?;
    let shelf = shelf(config, &parsed)?;
    Ok(Base { branch: branch.to_owned(), commit, config: parsed, shelf, dir })
}

/// Brings the baselines of some suites into the directory; with the details beside them where they
/// are to be written again.
///
/// # Errors
/// Where a file cannot be fetched or written.
pub(super) fn baselines(
    client: &Client,
    repository: &Repository,
    base: &Base,
    suites: &[&str],
    details: bool,
) -> Result<(), Error> {
    let mut left = LARGEST_BASELINES;
    for entry in git::files_below(client, repository, &base.commit, &base.shelf)? {
        let wanted = suites.iter().any(|suite| {
            let rest = entry.path.strip_prefix(&format!("{}/{suite}/", base.shelf));
            rest.is_some_and(|name| !name.contains('/') && (details || !name.ends_with(".gz")))
        });
        if !wanted || !PLAIN.contains(&entry.mode.as_str()) {
            continue;
        }
        let bytes = git::blob(client, repository, &entry.sha, left)?;
        left = left.saturating_sub(bytes.len() as u64);
        put(base.root(), &entry.path, &bytes)?;
    }
    Ok(())
}

/// The bytes of a configuration as of a commit; `None` where it is not there.
pub(super) fn text_at(
    client: &Client,
    repository: &Repository,
    commit: &str,
    path: &str,
) -> Result<Option<Vec<u8>>, Error> {
    let entry = git::file_at(client, repository, commit, path)?;
    let plain = entry.filter(|entry| PLAIN.contains(&entry.mode.as_str()));
    plain.map(|e| Ok(git::blob(client, repository, &e.sha, LARGEST_CONFIG)?)).transpose()
}

/// Where the baselines lie in the repository.
fn shelf(config_path: &str, config: &Config) -> Result<String, Error> {
    let mut parts: Vec<&str> = config_path.split('/').collect();
    parts.pop();
    let written = config.gate.baselines.to_string_lossy().into_owned();
    for part in written.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.pop().is_some() => {}
            ".." => return Err(outside(&written)),
            part => parts.push(part),
        }
    }
    if parts.is_empty() || config.gate.baselines.is_absolute() {
        return Err(outside(&written));
    }
    Ok(parts.join("/"))
}

fn outside(written: &str) -> Error {
    Error::Base(format!(
        "the baselines at {written:?} lie in no directory of the repository\nhint: set `baselines` \
         in [gate] to a directory beside the configuration"
    ))
}

/// Writes a file of the repository below a directory, and nowhere else.
fn put(root: &Path, path: &str, bytes: &[u8]) -> Result<(), Error> {
    let inside = |part: Component<'_>| matches!(part, Component::Normal(_));
    if !Path::new(path).components().all(inside) {
        return Err(Error::Base(format!("{path:?} is not the path of a file in a repository")));
    }
    let file = root.join(path);
    let parent = file.parent().unwrap_or(root);
    fs::create_dir_all(parent)
        .and_then(|()| fs::write(&file, bytes))
        .map_err(|source| written(&file, source))
}

fn written(path: &Path, source: std::io::Error) -> Error {
    Error::File { verb: "write", path: path.to_owned(), source }
}
