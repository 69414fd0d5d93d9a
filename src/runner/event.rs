//! What happened that started the workflow.

/// What started the workflow, with what is needed of its payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Nothing: not a workflow.
    None,
    /// `pull_request`: the workflow is the pull request's own, and its token may only read where
    /// it comes from a fork.
    PullRequest(PullEvent),
    /// `pull_request_target`: the workflow is the base branch's, with its rights.
    PullRequestTarget(PullEvent),
    /// `merge_group`: a merge queue asks for checks on the commit that it would make.
    MergeGroup {
        /// The commit that the queue would make.
        head_sha: String,
        /// The branch that it goes to.
        base_ref: String,
        /// The commit that it stands on.
        base_sha: String,
    },
    /// `workflow_run`: another workflow of the repository ended.
    WorkflowRun(RunEvent),
    /// `push`.
    Push {
        /// The branch; `None` for a tag.
        branch: Option<String>,
        /// Its tip now; zeros where it was deleted.
        after: String,
    },
    /// `workflow_dispatch`.
    Dispatch,
    /// `schedule`.
    Schedule,
    /// Any other, by its name.
    Other(String),
}

/// A pull request, as it was when the event happened; a re-run gets the same payload again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullEvent {
    /// Its number.
    pub number: u64,
    /// The newest commit of its branch (not the merge commit that a workflow checks out).
    pub head_sha: String,
    /// Its branch. The author chose the name.
    pub head_ref: String,
    /// The repository of its branch; `None` where that was deleted.
    pub head_repo: Option<String>,
    /// The branch that it goes to.
    pub base_ref: String,
    /// That branch's commit when the event happened.
    pub base_sha: String,
    /// The repository that it goes to.
    pub base_repo: String,
    /// What happened to it, such as `synchronize` or `labeled`.
    pub action: String,
    /// The label that was given or taken.
    pub label: Option<String>,
}

impl PullEvent {
    /// Whether its branch lies in another repository, or in none any more.
    #[must_use]
    pub fn is_fork(&self) -> bool {
        !self.head_repo.as_deref().is_some_and(|head| head.eq_ignore_ascii_case(&self.base_repo))
    }
}

/// A run of another workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunEvent {
    /// Its id.
    pub id: u64,
    /// Which try of it this was, from 1.
    pub attempt: u64,
    /// The event that had started it, such as `pull_request`.
    pub event: String,
    /// How it ended, such as `success`; `None` where it has not.
    pub conclusion: Option<String>,
    /// The commit that it ran for: of a pull request, the newest of its branch.
    pub head_sha: String,
    /// The branch of that commit. The author chose the name.
    pub head_branch: Option<String>,
    /// The repository of that branch; `None` where that was deleted.
    pub head_repository: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::PullEvent;

    #[test]
    fn a_pull_request_is_a_fork_s_unless_its_branch_is_in_the_base_repository() {
        let from = |head_repo: Option<&str>| PullEvent {
            number: 1,
            head_sha: "0".repeat(40),
            head_ref: "main".to_owned(),
            head_repo: head_repo.map(str::to_owned),
            base_ref: "main".to_owned(),
            base_sha: "1".repeat(40),
            base_repo: "octo/repo".to_owned(),
            action: "opened".to_owned(),
            label: None,
        };
        assert!(!from(Some("octo/repo")).is_fork());
        // GitHub's names are the same in either case.
        assert!(!from(Some("Octo/Repo")).is_fork());
        assert!(from(Some("mallory/repo")).is_fork());
        assert!(from(None).is_fork());
    }
}
