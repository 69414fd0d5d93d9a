//! What a verdict is about.

use super::Error;
use crate::github::pulls::PullRequest;
use crate::github::runs::WorkflowRun;

/// What the command line says about the target; it wins over the event.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The pull request's number.
    pub pull: Option<u64>,
    /// The commit that the verdict is about.
    pub sha: Option<String>,
    /// The branch whose configuration and baselines decide.
    pub base: Option<String>,
    /// The workflow run that measured.
    pub run: Option<u64>,
    /// The attempt of that run.
    pub attempt: Option<u64>,
    /// The file of the measuring workflow.
    pub workflow: String,
}

/// What a verdict is about.
#[derive(Debug, Clone)]
pub(super) enum Target {
    /// An open pull request, at this head.
    PullRequest(Box<PullRequest>),
    /// The group of a merge queue.
    MergeGroup { sha: String, base: String },
    /// A commit on a branch.
    Commit { sha: String, branch: String },
}

impl Target {
    /// The commit that the check stands on.
    pub(super) fn sha(&self) -> &str {
        match self {
            Self::PullRequest(pull) => &pull.head_sha,
            Self::MergeGroup { sha, .. } | Self::Commit { sha, .. } => sha,
        }
    }

    /// The branch whose configuration and baselines decide.
    pub(super) fn base(&self) -> &str {
        match self {
            Self::PullRequest(pull) => &pull.base_ref,
            Self::MergeGroup { base, .. } => base,
            Self::Commit { branch, .. } => branch,
        }
    }

    pub(super) fn pull(&self) -> Option<&PullRequest> {
        match self {
            Self::PullRequest(pull) => Some(pull),
            _ => None,
        }
    }
}

/// Where a verdict goes.
#[derive(Debug)]
pub(super) enum Aim {
    /// There, and the run that measured where one did.
    At { target: Target, run: Option<Box<WorkflowRun>> },
    /// Nowhere, and why: there is nobody to tell any more.
    Nowhere(String),
    /// On a commit, that it is not clear whose it is.
    Unclear { target: Target, why: String },
}

/// A pull request at the head that was measured, or nowhere if it has another by now.
pub(super) fn of_pull(
    pull: PullRequest,
    measured: Option<&str>,
    run: Option<Box<WorkflowRun>>,
) -> Result<Aim, Error> {
    if let Some(sha) = measured.filter(|sha| *sha != pull.head_sha) {
        return Ok(Aim::Nowhere(format!(
            "pull request {} has moved from {} to {}: the verdict on its new head is another",
            pull.number,
            short(sha),
            short(&pull.head_sha)
        )));
    }
    if pull.state != "open" {
        return Ok(Aim::Nowhere(format!("pull request {} is {}", pull.number, pull.state)));
    }
    Ok(Aim::At { target: Target::PullRequest(Box::new(pull)), run })
}

/// A commit as people write it.
pub(super) fn short(sha: &str) -> &str {
    sha.get(..10).unwrap_or(sha)
}
