//! Workflow runs and the artifacts that they left.

mod download;

use serde::Deserialize;

use super::call::{Call, encode};
use super::{Client, Error, Repository};

pub use download::download;

pub(super) const NEEDS: &str = "actions: read";

/// A run of a workflow, or one attempt of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "Wire")]
pub struct WorkflowRun {
    /// Its number on GitHub; attempts share it.
    pub id: u64,
    /// Which attempt this is, from 1.
    pub attempt: u64,
    /// The event that started it.
    pub event: String,
    /// `queued`, `in_progress`, `completed`, and some more; empty where GitHub tells none.
    pub status: String,
    /// How it ended, once it is completed.
    pub conclusion: Option<String>,
    /// The commit: of a pull request its head.
    pub head_sha: String,
    /// The branch of that commit.
    pub head_branch: Option<String>,
    /// The repository of that branch, `owner/name`; none where that is gone.
    pub head_repository: Option<String>,
    /// The workflow's file, such as `.github/workflows/perf.yml`, without a ref.
    pub path: String,
    /// Its page.
    pub url: String,
    /// When this attempt started, RFC 3339.
    pub started_at: String,
}

/// A file that a run left.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Artifact {
    /// Its number on GitHub.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Its size as a zip file, in bytes.
    #[serde(rename = "size_in_bytes")]
    pub size: u64,
    /// Whether it is gone.
    pub expired: bool,
    /// When it was uploaded, RFC 3339; empty where GitHub tells none.
    #[serde(default, deserialize_with = "or_empty")]
    pub created_at: String,
}

/// A run in its newest attempt.
///
/// # Errors
/// Everything the API refuses.
pub fn get(client: &Client, repository: &Repository, id: u64) -> Result<WorkflowRun, Error> {
    let path = repository.path(&format!("actions/runs/{id}"));
    client.fetch(&Call::get(path, NEEDS, format!("read the run {id} of {repository}")))
}

/// One attempt of a run.
///
/// # Errors
/// Everything the API refuses.
pub fn attempt(
    client: &Client,
    repository: &Repository,
    id: u64,
    attempt: u64,
) -> Result<WorkflowRun, Error> {
    let path = repository.path(&format!("actions/runs/{id}/attempts/{attempt}"));
    let doing = format!("read attempt {attempt} of the run {id} of {repository}");
    client.fetch(&Call::get(path, NEEDS, doing))
}

/// The newest run of a workflow (by the name of its file) for a commit of a repository and branch, and
/// an event. Other repositories may have the commit too.
///
/// # Errors
/// Everything the API refuses.
pub fn newest(
    client: &Client,
    repository: &Repository,
    workflow_file: &str,
    head_sha: &str,
    from: (Option<&str>, Option<&str>),
    event: &str,
) -> Result<Option<WorkflowRun>, Error> {
    #[derive(Deserialize)]
    struct Page {
        workflow_runs: Vec<WorkflowRun>,
    }
    let path = repository.path(&format!(
        "actions/workflows/{}/runs?event={}&head_sha={}&per_page=100",
        encode(workflow_file),
        encode(event),
        encode(head_sha)
    ));
    let doing = format!("look for runs of {workflow_file} for {repository}@{head_sha}");
    // The newest come first, and one commit has no hundred runs.
    let page: Page = client.fetch(&Call::get(path, NEEDS, doing))?;
    let of_head = page.workflow_runs.into_iter().filter(|run| {
        run.head_repository.as_deref() == from.0 && run.head_branch.as_deref() == from.1
    });
    Ok(of_head.max_by_key(|run| run.id))
}

/// The artifacts of a run that have this name, over all its attempts.
///
/// # Errors
/// Everything the API refuses.
pub fn artifacts(
    client: &Client,
    repository: &Repository,
    run_id: u64,
    name: &str,
) -> Result<Vec<Artifact>, Error> {
    #[derive(Deserialize)]
    struct Page {
        artifacts: Vec<Artifact>,
    }
    let path = repository
        .path(&format!("actions/runs/{run_id}/artifacts?name={}&per_page=100", encode(name)));
    let doing = format!("read the artifacts of the run {run_id} of {repository}");
    let mut all = Vec::new();
    client.each_page(Call::get(path, NEEDS, doing), |page: Page| {
        // A server that does not know the filter tells all.
        all.extend(page.artifacts.into_iter().filter(|artifact| artifact.name == name));
        std::ops::ControlFlow::Continue(())
    })?;
    Ok(all)
}

#[derive(Deserialize)]
struct Wire {
    id: u64,
    run_attempt: Option<u64>,
    event: String,
    status: Option<String>,
    conclusion: Option<String>,
    head_sha: String,
    head_branch: Option<String>,
    head_repository: Option<Repo>,
    path: String,
    html_url: String,
    run_started_at: Option<String>,
    created_at: String,
}

#[derive(Deserialize)]
struct Repo {
    full_name: String,
}

impl From<Wire> for WorkflowRun {
    fn from(wire: Wire) -> Self {
        let file = wire.path.split('@').next().unwrap_or_default().to_owned();
        Self {
            id: wire.id,
            attempt: wire.run_attempt.unwrap_or(1),
            event: wire.event,
            status: wire.status.unwrap_or_default(),
            conclusion: wire.conclusion,
            head_sha: wire.head_sha,
            head_branch: wire.head_branch,
            head_repository: wire.head_repository.map(|repo| repo.full_name),
            path: file,
            url: wire.html_url,
            started_at: wire.run_started_at.unwrap_or(wire.created_at),
        }
    }
}

fn or_empty<'de, D: serde::Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(Option::<String>::deserialize(from)?.unwrap_or_default())
}
