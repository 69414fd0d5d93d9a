//! Pull requests: where they come from, what they change, and those that we open ourselves.

mod wire;

use serde::Deserialize;
use serde_json::json;

use super::call::{Call, encode};
use super::{Client, Error, Guard, Repository};

const READ: &str = "pull-requests: read";
const WRITE: &str = "pull-requests: write";

/// A pull request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "wire::Pull")]
pub struct PullRequest {
    /// Its number.
    pub number: u64,
    /// `open` or `closed`.
    pub state: String,
    /// Its page.
    pub url: String,
    /// The newest commit of its branch.
    pub head_sha: String,
    /// Its branch.
    pub head_ref: String,
    /// The repository of its branch, `owner/name`; none where that is gone.
    pub head_repo: Option<String>,
    /// The branch that it wants to be merged into.
    pub base_ref: String,
    /// The commit of the base when GitHub last looked; the branch may be further.
    pub base_sha: String,
    /// The repository of the base, `owner/name`.
    pub base_repo: String,
    /// The login of who opened it; empty where the account is gone.
    pub author: String,
}

/// A file that a pull request changes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ChangedFile {
    /// Its path.
    #[serde(rename = "filename")]
    pub path: String,
    /// Its path before, if it was moved.
    #[serde(default, rename = "previous_filename")]
    pub previous: Option<String>,
    /// `added`, `modified`, `removed`, `renamed`, and some more.
    pub status: String,
}

/// A commit of a pull request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "wire::Commit")]
pub struct Commit {
    /// Its name.
    pub sha: String,
    /// The login of its author, where its address belongs to an account.
    pub author: Option<String>,
    /// Its whole message.
    pub message: String,
}

/// A pull request that is to be opened.
#[derive(Debug, Clone, Copy)]
pub struct NewPull<'a> {
    /// Its title.
    pub title: &'a str,
    /// The branch with the changes, in the same repository.
    pub head: &'a str,
    /// The branch that it is to be merged into.
    pub base: &'a str,
    /// Its description, Markdown.
    pub body: &'a str,
}

/// One pull request.
///
/// # Errors
/// Everything the API refuses.
pub fn get(client: &Client, repository: &Repository, number: u64) -> Result<PullRequest, Error> {
    let path = repository.path(&format!("pulls/{number}"));
    client.fetch(&Call::get(path, READ, format!("read {repository}#{number}")))
}

/// The open pull requests whose branch is `branch` of `owner`.
///
/// # Errors
/// Everything the API refuses.
pub fn open_with_head(
    client: &Client,
    repository: &Repository,
    owner: &str,
    branch: &str,
) -> Result<Vec<PullRequest>, Error> {
    let head = encode(&format!("{owner}:{branch}"));
    let path = repository.path(&format!("pulls?state=open&head={head}&per_page=100"));
    let doing = format!("look for pull requests of {owner}:{branch} in {repository}");
    client.list(Call::get(path, READ, doing))
}

/// What a pull request changes; GitHub tells at most 3,000 files.
///
/// # Errors
/// Everything the API refuses.
pub fn files(
    client: &Client,
    repository: &Repository,
    number: u64,
) -> Result<Vec<ChangedFile>, Error> {
    let path = repository.path(&format!("pulls/{number}/files?per_page=100"));
    client.list(Call::get(path, READ, format!("read what {repository}#{number} changes")))
}

/// The commits of a pull request; GitHub tells at most 250.
///
/// # Errors
/// Everything the API refuses.
pub fn commits(
    client: &Client,
    repository: &Repository,
    number: u64,
) -> Result<Vec<Commit>, Error> {
    let path = repository.path(&format!("pulls/{number}/commits?per_page=100"));
    client.list(Call::get(path, READ, format!("read the commits of {repository}#{number}")))
}

/// Opens a pull request.
///
/// # Errors
/// Everything the API or `guard` refuses. An attempt that ended in doubt is looked for by head and
/// base before it is repeated.
pub fn open(
    client: &Client,
    repository: &Repository,
    new: &NewPull<'_>,
    guard: Guard<'_>,
) -> Result<PullRequest, Error> {
    let body = json!({ "title": new.title, "head": new.head, "base": new.base, "body": new.body });
    let doing = format!("open a pull request of {} in {repository}", new.head);
    let look = || {
        let open = open_with_head(client, repository, &repository.owner, new.head)?;
        Ok(open.into_iter().find(|pull| pull.base_ref == new.base && pull.head_ref == new.head))
    };
    client.create(&Call::post(repository.path("pulls"), body, WRITE, doing), guard, &look)
}

/// Gives a pull request another description.
///
/// # Errors
/// Everything the API or `guard` refuses.
pub fn edit(
    client: &Client,
    repository: &Repository,
    number: u64,
    body: &str,
    guard: Guard<'_>,
) -> Result<PullRequest, Error> {
    let path = repository.path(&format!("pulls/{number}"));
    let doing = format!("edit the description of {repository}#{number}");
    let call = Call::patch(path, json!({ "body": body }), WRITE, doing);
    client.send(&call, Some(guard))?.read(&call)
}
