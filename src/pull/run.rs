//! From a workflow run to what it measured, and whether its verdict still counts.

use super::Error;
use super::target::{Aim, Asked, Target, of_pull, short};
use crate::github::pulls::PullRequest;
use crate::github::runs::WorkflowRun;
use crate::github::{Client, Repository, git, pulls, runs};

/// The target of a run that has ended.
///
/// # Errors
/// Where the run is not one that can be judged, or GitHub cannot be asked.
pub(super) fn of_run(
    client: &Client,
    repository: &Repository,
    id: u64,
    asked: &Asked,
) -> Result<Aim, Error> {
    let run = match asked.attempt {
        Some(attempt) => runs::attempt(client, repository, id, attempt)?,
        None => runs::get(client, repository, id)?,
    };
    let file = run.path.split('@').next().unwrap_or_default();
    if file.rsplit('/').next() != Some(asked.workflow.as_str()) {
        return Err(Error::Usage(format!(
            "workflow run {id} is of {file:?}, not of {}\nhint: name the measuring workflow with \
             --workflow",
            asked.workflow
        )));
    }
    if run.status != "completed" {
        return Err(Error::Usage(format!(
            "workflow run {id} is {}, not completed\nhint: start this from a workflow_run event of \
             type completed",
            run.status
        )));
    }
    let from = (run.head_repository.as_deref(), run.head_branch.as_deref());
    let newest =
        runs::newest(client, repository, &asked.workflow, &run.head_sha, from, &run.event)?;
    if let Some(newer) = newest.filter(|newest| (newest.id, newest.attempt) > (id, run.attempt)) {
        return Ok(Aim::Nowhere(format!(
            "attempt {} of run {id} was followed by attempt {} of run {}, whose verdict counts",
            run.attempt, newer.attempt, newer.id
        )));
    }
    if let Some(sha) = asked.sha.as_ref().filter(|sha| **sha != run.head_sha) {
        return Err(Error::Usage(format!(
            "run {id} measured {}, not {}\nhint: leave --sha out",
            short(&run.head_sha),
            short(sha)
        )));
    }
    let branch = run.head_branch.clone().unwrap_or_default();
    let sha = run.head_sha.clone();
    let target = match run.event.as_str() {
        "pull_request" => return of_pulls_run(client, repository, run, asked),
        "merge_group" => {
            match (asked.base.clone().or_else(|| base_of_group(&branch)), &run.head_repository) {
                (Some(base), Some(from)) if *from == repository.to_string() => {
                    Target::MergeGroup { sha, base }
                }
                _ => {
                    return Ok(Aim::Nowhere(format!(
                        "run {id} is of a merge group whose branch {branch:?} names no base"
                    )));
                }
            }
        }
        "push" | "schedule" | "workflow_dispatch" => {
            // Any branch can bring a configuration of its own, and the check would stand on the head
            // of its pull request.
            let default = git::default_branch(client, repository)?;
            if branch != default {
                return Ok(Aim::Nowhere(format!(
                    "run {id} is of the branch {branch:?}; pushes are judged on {default:?}, others \
                     as pull requests"
                )));
            }
            Target::Commit { sha, branch: asked.base.clone().unwrap_or(branch) }
        }
        other => return Ok(Aim::Nowhere(format!("run {id} was started by {other}"))),
    };
    Ok(Aim::At { target, run: Some(Box::new(run)) })
}

/// The pull request that a run measured.
pub(super) fn of_pulls_run(
    client: &Client,
    repository: &Repository,
    run: WorkflowRun,
    asked: &Asked,
) -> Result<Aim, Error> {
    let sha = run.head_sha.clone();
    match pull_of(client, repository, &run, asked)? {
        Ok(pull) => of_pull(pull, Some(&sha), Some(Box::new(run))),
        Err(other) => Ok(other),
    }
}

/// The one open pull request that a run measured: by head repository, branch and commit, because the
/// run itself names none for a fork.
fn pull_of(
    client: &Client,
    repository: &Repository,
    run: &WorkflowRun,
    asked: &Asked,
) -> Result<Result<PullRequest, Aim>, Error> {
    let (Some(from), Some(branch)) = (&run.head_repository, &run.head_branch) else {
        return Ok(Err(Aim::Nowhere("the repository of the measured branch is gone".to_owned())));
    };
    let owner = from.split('/').next().unwrap_or_default();
    let here = repository.to_string();
    let mut found = pulls::open_with_head(client, repository, owner, branch)?;
    found.retain(|pull| {
        let same_head = pull.head_sha == run.head_sha
            && pull.head_repo.as_deref().is_some_and(|head| head.eq_ignore_ascii_case(from));
        let wanted = asked.pull.is_none_or(|number| number == pull.number)
            && asked.base.as_deref().is_none_or(|base| base == pull.base_ref);
        same_head && wanted && pull.base_repo.eq_ignore_ascii_case(&here)
    });
    let at = format!("{from}, branch {branch}, commit {}", short(&run.head_sha));
    if found.len() > 1 {
        let numbers: Vec<String> = found.iter().map(|pull| format!("#{}", pull.number)).collect();
        let why = format!(
            "the pull requests {} have one head, {at}: it is not clear which one was measured; close \
             one, or give it a commit of its own",
            numbers.join(" and ")
        );
        let branch = found.pop().map(|pull| pull.base_ref).unwrap_or_default();
        let target = Target::Commit { sha: run.head_sha.clone(), branch };
        return Ok(Err(Aim::Unclear { target, why }));
    }
    Ok(found.pop().ok_or_else(|| {
        let why = format!("no open pull request has the head {at}: it was closed or has moved on");
        Aim::Nowhere(why)
    }))
}

/// The base branch of a merge group, from the name that GitHub gives its branch:
/// `gh-readonly-queue/BASE/pr-N-SHA`.
fn base_of_group(branch: &str) -> Option<String> {
    let (base, last) = branch.strip_prefix("gh-readonly-queue/")?.rsplit_once('/')?;
    (last.starts_with("pr-") && !base.is_empty()).then(|| base.to_owned())
}

#[cfg(test)]
mod tests {
    use super::base_of_group;

    #[test]
    fn a_group_s_branch_names_its_base() {
        assert_eq!(base_of_group("gh-readonly-queue/main/pr-7-0a1b").as_deref(), Some("main"));
        assert_eq!(
            base_of_group("gh-readonly-queue/release/1.x/pr-7-0a1b").as_deref(),
            Some("release/1.x")
        );
        for other in ["main", "gh-readonly-queue/pr-7-0a1b", "gh-readonly-queue/main/7"] {
            assert_eq!(base_of_group(other), None, "{other}");
        }
    }
}
