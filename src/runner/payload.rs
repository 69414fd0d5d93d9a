//! The payload of an event, into what is needed of it.
//!
//! The fields are those of GitHub's "Webhook events and payloads"; all others are passed over.

use serde::Deserialize;

use super::error::Unfit;
use super::event::{Event, PullEvent, RunEvent};
use super::shape;

/// Reads a payload.
pub(super) type Read = fn(&[u8]) -> Result<Event, Unfit>;

/// How the payload of an event of this name is read; `None` where nothing of it is needed.
pub(super) fn reader(event: &str) -> Option<Read> {
    Some(match event {
        "pull_request" => |payload| pull(payload).map(Event::PullRequest),
        "pull_request_target" => |payload| pull(payload).map(Event::PullRequestTarget),
        "merge_group" => merge_group,
        "workflow_run" => |payload| run(payload).map(Event::WorkflowRun),
        "push" => push,
        _ => return None,
    })
}

#[derive(Deserialize)]
struct PullPayload {
    action: String,
    pull_request: Pull,
    label: Option<Label>,
}

#[derive(Deserialize)]
struct Pull {
    number: u64,
    head: Side,
    base: Side,
}

#[derive(Deserialize)]
struct Side {
    #[serde(rename = "ref")]
    branch: String,
    sha: String,
    repo: Option<Repository>,
}

#[derive(Deserialize)]
struct Repository {
    full_name: String,
}

#[derive(Deserialize)]
struct Label {
    name: String,
}

fn pull(payload: &[u8]) -> Result<PullEvent, Unfit> {
    let PullPayload { action, pull_request: Pull { number, head, base }, label } =
        serde_json::from_slice(payload)?;
    let base_repo = base.repo.ok_or(Unfit::Missing { field: "pull_request.base.repo" })?;
    Ok(PullEvent {
        number: shape::ordinal("pull_request.number", number)?,
        head_sha: shape::sha("pull_request.head.sha", &head.sha)?,
        head_ref: shape::branch("pull_request.head.ref", &head.branch)?,
        head_repo: head
            .repo
            .map(|repo| shape::repository("pull_request.head.repo.full_name", &repo.full_name))
            .transpose()?,
        base_ref: shape::branch("pull_request.base.ref", &base.branch)?,
        base_sha: shape::sha("pull_request.base.sha", &base.sha)?,
        base_repo: shape::repository("pull_request.base.repo.full_name", &base_repo.full_name)?,
        action: shape::word("action", &action)?,
        label: label.map(|label| shape::label("label.name", &label.name)).transpose()?,
    })
}

#[derive(Deserialize)]
struct MergeGroupPayload {
    merge_group: MergeGroup,
}

#[derive(Deserialize)]
struct MergeGroup {
    head_sha: String,
    base_ref: String,
    base_sha: String,
}

fn merge_group(payload: &[u8]) -> Result<Event, Unfit> {
    let MergeGroupPayload { merge_group } = serde_json::from_slice(payload)?;
    let base_ref = shape::branch_of("merge_group.base_ref", &merge_group.base_ref)?;
    Ok(Event::MergeGroup {
        head_sha: shape::sha("merge_group.head_sha", &merge_group.head_sha)?,
        // GitHub gives the full reference.
        base_ref: match base_ref {
            Some(branch) => branch,
            None => shape::branch("merge_group.base_ref", &merge_group.base_ref)?,
        },
        base_sha: shape::sha("merge_group.base_sha", &merge_group.base_sha)?,
    })
}

#[derive(Deserialize)]
struct RunPayload {
    workflow_run: Run,
}

#[derive(Deserialize)]
struct Run {
    id: u64,
    run_attempt: u64,
    event: String,
    conclusion: Option<String>,
    head_sha: String,
    head_branch: Option<String>,
    head_repository: Option<Repository>,
}

fn run(payload: &[u8]) -> Result<RunEvent, Unfit> {
    let RunPayload { workflow_run: run } = serde_json::from_slice(payload)?;
    Ok(RunEvent {
        id: shape::ordinal("workflow_run.id", run.id)?,
        attempt: shape::ordinal("workflow_run.run_attempt", run.run_attempt)?,
        event: shape::word("workflow_run.event", &run.event)?,
        conclusion: run
            .conclusion
            .map(|conclusion| shape::word("workflow_run.conclusion", &conclusion))
            .transpose()?,
        head_sha: shape::sha("workflow_run.head_sha", &run.head_sha)?,
        head_branch: run
            .head_branch
            .map(|branch| shape::branch("workflow_run.head_branch", &branch))
            .transpose()?,
        head_repository: run
            .head_repository
            .map(|repo| shape::repository("workflow_run.head_repository", &repo.full_name))
            .transpose()?,
    })
}

#[derive(Deserialize)]
struct PushPayload {
    #[serde(rename = "ref")]
    reference: String,
    after: String,
}

fn push(payload: &[u8]) -> Result<Event, Unfit> {
    let PushPayload { reference, after } = serde_json::from_slice(payload)?;
    Ok(Event::Push {
        branch: shape::branch_of("ref", &reference)?,
        after: shape::sha("after", &after)?,
    })
}
