//! Pull requests as GitHub writes them.

use serde::Deserialize;

use super::PullRequest;

#[derive(Deserialize)]
pub(super) struct Pull {
    number: u64,
    state: String,
    html_url: String,
    head: Side,
    base: Side,
    user: Option<User>,
}

#[derive(Deserialize)]
struct Side {
    sha: String,
    #[serde(rename = "ref")]
    branch: String,
    repo: Option<Repo>,
}

#[derive(Deserialize)]
struct Repo {
    full_name: String,
}

#[derive(Deserialize)]
struct User {
    login: String,
}

#[derive(Deserialize)]
pub(super) struct Commit {
    sha: String,
    // An account that is gone may come as an object without a login.
    author: Option<serde_json::Value>,
    commit: Message,
}

#[derive(Deserialize)]
struct Message {
    message: String,
}

impl From<Pull> for PullRequest {
    fn from(wire: Pull) -> Self {
        Self {
            number: wire.number,
            state: wire.state,
            url: wire.html_url,
            head_sha: wire.head.sha,
            head_ref: wire.head.branch,
            head_repo: wire.head.repo.map(|repo| repo.full_name),
            base_ref: wire.base.branch,
            base_sha: wire.base.sha,
            base_repo: wire.base.repo.map(|repo| repo.full_name).unwrap_or_default(),
            author: wire.user.map(|user| user.login).unwrap_or_default(),
        }
    }
}

impl From<Commit> for super::Commit {
    fn from(wire: Commit) -> Self {
        let login = |author: serde_json::Value| Some(author.get("login")?.as_str()?.to_owned());
        Self { sha: wire.sha, author: wire.author.and_then(login), message: wire.commit.message }
    }
}
