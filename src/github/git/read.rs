//! What is in a repository.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;

use super::{Commit, Entry, READ};
use crate::github::call::{Call, encode};
use crate::github::{Client, Error, Repository};

/// The longest listing of a tree, in bytes; GitHub cuts its listings at 7 MB.
const LISTING: u64 = 64 << 20;

/// The newest commit of a branch; none where there is no such branch.
///
/// # Errors
/// Everything the API refuses.
pub fn tip(
    client: &Client,
    repository: &Repository,
    branch: &str,
) -> Result<Option<String>, Error> {
    let path = repository.path(&format!("git/ref/heads/{}", encode(branch)));
    let doing = format!("read the branch {branch} of {repository}");
    match client.fetch::<Reference>(&Call::get(path, READ, doing)) {
        Ok(reference) => Ok(Some(reference.object.sha)),
        Err(Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The branch that the repository shows first.
///
/// # Errors
/// Everything the API refuses.
pub fn default_branch(client: &Client, repository: &Repository) -> Result<String, Error> {
    #[derive(Deserialize)]
    struct Shown {
        default_branch: String,
    }
    let doing = format!("read what the default branch of {repository} is");
    let shown: Shown = client.fetch(&Call::get(repository.root(), "metadata: read", doing))?;
    Ok(shown.default_branch)
}

/// A commit.
///
/// # Errors
/// Everything the API refuses.
pub fn commit(client: &Client, repository: &Repository, sha: &str) -> Result<Commit, Error> {
    let path = repository.path(&format!("git/commits/{}", encode(sha)));
    let doing = format!("read the commit {sha} of {repository}");
    client.fetch::<Wire>(&Call::get(path, READ, doing)).map(Commit::from)
}

/// A file of a commit; none where there is no such file.
///
/// # Errors
/// Everything the API refuses.
pub fn file_at(
    client: &Client,
    repository: &Repository,
    commit_sha: &str,
    path: &str,
) -> Result<Option<Entry>, Error> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let Some(tree) = folder_at(client, repository, commit_sha, folder)? else { return Ok(None) };
    let nodes = listing(client, repository, &tree, false)?;
    let node = nodes.into_iter().find(|node| node.kind == "blob" && node.path == name);
    Ok(node.map(|node| entry(folder, node)))
}

/// The files of a commit below a folder, with their paths from the root; submodules are left out.
/// Only what lies there is listed, so that the size of the repository does not matter.
///
/// # Errors
/// Everything the API refuses, and [`Error::Truncated`] where it does not tell all files.
pub fn files_below(
    client: &Client,
    repository: &Repository,
    commit_sha: &str,
    folder: &str,
) -> Result<Vec<Entry>, Error> {
    let Some(tree) = folder_at(client, repository, commit_sha, folder)? else {
        return Ok(Vec::new());
    };
    let nodes = listing(client, repository, &tree, true)?;
    let files = nodes.into_iter().filter(|node| node.kind == "blob");
    Ok(files.map(|node| entry(folder, node)).collect())
}

/// The tree of a folder of a commit; of the root for an empty path.
fn folder_at(
    client: &Client,
    repository: &Repository,
    commit_sha: &str,
    folder: &str,
) -> Result<Option<String>, Error> {
    let mut tree = commit(client, repository, commit_sha)?.tree;
    for part in folder.split('/').filter(|part| !part.is_empty()) {
        let nodes = listing(client, repository, &tree, false)?;
        match nodes.into_iter().find(|node| node.kind == "tree" && node.path == part) {
            Some(node) => tree = node.sha,
            None => return Ok(None),
        }
    }
    Ok(Some(tree))
}

fn listing(
    client: &Client,
    repository: &Repository,
    tree: &str,
    recursive: bool,
) -> Result<Vec<Node>, Error> {
    let depth = if recursive { "?recursive=1" } else { "" };
    let path = repository.path(&format!("git/trees/{}{depth}", encode(tree)));
    let doing = format!("list the files of tree {tree} of {repository}");
    let mut call = Call::get(path, READ, doing);
    call.limit = LISTING;
    let listed: Tree = client.fetch(&call)?;
    match listed.truncated {
        true => Err(Error::Truncated { doing: call.doing }),
        false => Ok(listed.tree),
    }
}

fn entry(folder: &str, node: Node) -> Entry {
    Entry {
        path: if folder.is_empty() { node.path } else { format!("{folder}/{}", node.path) },
        sha: node.sha,
        size: node.size.unwrap_or_default(),
        mode: node.mode,
    }
}

/// The content of a file, up to `limit` bytes.
///
/// # Errors
/// Everything the API refuses, and [`Error::TooLarge`].
pub fn blob(
    client: &Client,
    repository: &Repository,
    sha: &str,
    limit: u64,
) -> Result<Vec<u8>, Error> {
    let path = repository.path(&format!("git/blobs/{}", encode(sha)));
    let doing = format!("read the file {sha} of {repository}");
    let mut call = Call::get(path, READ, doing);
    // Base64 in lines of 60, whose ends JSON writes as two characters, and room for the rest.
    call.limit = limit.saturating_add(limit / 2).saturating_add(16 << 10);
    let blob: Blob = match client.fetch(&call) {
        Err(Error::TooLarge { doing, .. }) => return Err(Error::TooLarge { doing, limit }),
        other => other?,
    };
    let content = match &*blob.encoding {
        "base64" => {
            let packed: String = blob.content.split_ascii_whitespace().collect();
            BASE64_STANDARD.decode(packed).map_err(|error| Error::Decode {
                doing: call.doing.clone(),
                message: error.to_string(),
            })?
        }
        _ => blob.content.into_bytes(),
    };
    if content.len() as u64 > limit {
        return Err(Error::TooLarge { doing: call.doing, limit });
    }
    Ok(content)
}

#[derive(Deserialize)]
pub(super) struct Reference {
    pub(super) object: Object,
}

#[derive(Deserialize)]
pub(super) struct Object {
    pub(super) sha: String,
}

#[derive(Deserialize)]
struct Wire {
    sha: String,
    tree: Object,
    parents: Vec<Object>,
    message: String,
}

#[derive(Deserialize)]
struct Tree {
    tree: Vec<Node>,
    #[serde(default)]
    truncated: bool,
}

#[derive(Deserialize)]
struct Node {
    path: String,
    mode: String,
    #[serde(rename = "type")]
    kind: String,
    sha: String,
    size: Option<u64>,
}

#[derive(Deserialize)]
struct Blob {
    content: String,
    encoding: String,
}

impl From<Wire> for Commit {
    fn from(wire: Wire) -> Self {
        Self {
            sha: wire.sha,
            tree: wire.tree.sha,
            parents: wire.parents.into_iter().map(|parent| parent.sha).collect(),
            message: wire.message,
        }
    }
}
