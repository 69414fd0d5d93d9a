//! One commit with all its files, and the branch that leads to it.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::read::{Object, Reference, tip};
use super::{NewCommit, WRITE};
use crate::github::call::{Call, encode};
use crate::github::{Client, Error, Guard, Repository};

/// Makes a commit and returns its name. No branch leads to it yet.
///
/// # Errors
/// Everything the API or `guard` refuses. Blobs, trees and commits are named by their content: one
/// that was made twice does no harm, so these are simply tried again.
pub fn commit_files(
    client: &Client,
    repository: &Repository,
    new: &NewCommit<'_>,
    guard: Guard<'_>,
) -> Result<String, Error> {
    let mut entries: Vec<Value> = Vec::with_capacity(new.files.len() + new.removed.len());
    for (path, content) in new.files {
        // A tree takes text as it is; everything else has to be a blob first.
        let (key, value) = match std::str::from_utf8(content) {
            Ok(text) => ("content", text.to_owned()),
            Err(_) => ("sha", blob(client, repository, path, content, guard)?),
        };
        entries.push(json!({ "path": path, "mode": "100644", "type": "blob", key: value }));
    }
    entries.extend(
        new.removed
            .iter()
            .map(|path| json!({ "path": path, "mode": "100644", "type": "blob", "sha": null })),
    );
    let body = json!({ "base_tree": new.base_tree, "tree": entries });
    let doing = format!("write the files of a commit to {repository}");
    let tree = made(client, &Call::post(repository.path("git/trees"), body, WRITE, doing), guard)?;
    let body = json!({ "message": new.message, "tree": tree, "parents": new.parents });
    let doing = format!("write a commit to {repository}");
    made(client, &Call::post(repository.path("git/commits"), body, WRITE, doing), guard)
}

/// Makes a branch that leads to a commit.
///
/// # Errors
/// Everything the API or `guard` refuses; [`Error::Invalid`] where the branch is there already. An
/// attempt that ended in doubt succeeded if the branch leads to the commit.
pub fn create_branch(
    client: &Client,
    repository: &Repository,
    name: &str,
    sha: &str,
    guard: Guard<'_>,
) -> Result<(), Error> {
    let body = json!({ "ref": format!("refs/heads/{name}"), "sha": sha });
    let doing = format!("make the branch {name} in {repository}");
    let look = || {
        let there = tip(client, repository, name)?.filter(|tip| tip == sha);
        Ok(there.map(|sha| Reference { object: Object { sha } }))
    };
    let call = Call::post(repository.path("git/refs"), body, WRITE, doing);
    client.create(&call, guard, &look).map(|_: Reference| ())
}

/// Lets a branch lead to another commit; without `force` only to a descendant.
///
/// # Errors
/// Everything the API or `guard` refuses.
pub fn move_branch(
    client: &Client,
    repository: &Repository,
    name: &str,
    sha: &str,
    force: bool,
    guard: Guard<'_>,
) -> Result<(), Error> {
    let path = repository.path(&format!("git/refs/heads/{}", encode(name)));
    let body = json!({ "sha": sha, "force": force });
    let doing = format!("move the branch {name} of {repository}");
    client.send(&Call::patch(path, body, WRITE, doing), Some(guard)).map(|_| ())
}

fn blob(
    client: &Client,
    repository: &Repository,
    path: &str,
    content: &[u8],
    guard: Guard<'_>,
) -> Result<String, Error> {
    let body = json!({ "content": BASE64_STANDARD.encode(content), "encoding": "base64" });
    let doing = format!("write the file {path} to {repository}");
    made(client, &Call::post(repository.path("git/blobs"), body, WRITE, doing), guard)
}

fn made(client: &Client, call: &Call, guard: Guard<'_>) -> Result<String, Error> {
    let object: Object = client.send(call, Some(guard))?.read(call)?;
    Ok(object.sha)
}
