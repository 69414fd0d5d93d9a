//! What a verdict is about, and which workflow run measured it.

use super::Error;
use crate::github::pulls::PullRequest;
use crate::github::runs::WorkflowRun;
use crate::github::{Client, Repository, git, pulls, runs};
use crate::runner::{Event, Job};

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

/// Finds the target from the command line, else from the event.
///
/// # Errors
/// Where neither names one, or GitHub cannot be asked.
pub(super) fn aim(
    client: &Client,
    repository: &Repository,
    job: &Job,
    asked: &Asked,
) -> Result<Aim, Error> {
    if let Some(id) = asked.run {
        return of_run(client, repository, id, asked);
    }
    if let Some(number) = asked.pull {
        let pull = pulls::get(client, repository, number)?;
        return of_pull(pull, asked.sha.as_deref(), None);
    }
    if let (Some(sha), Some(branch)) = (&asked.sha, &asked.base) {
        let target = Target::Commit { sha: sha.clone(), branch: branch.clone() };
        return Ok(Aim::At { target, run: None });
    }
    let here = |sha: Option<&String>, branch: Option<&String>| {
        let (Some(sha), Some(branch)) =
            (asked.sha.as_ref().or(sha), asked.base.as_ref().or(branch))
        else {
            return Aim::Nowhere("the event names no branch and no commit".to_owned());
        };
        let target = Target::Commit { sha: sha.clone(), branch: branch.clone() };
        Aim::At { target, run: None }
    };
    match &job.event {
        Event::WorkflowRun(run) => {
            let asked = Asked { attempt: asked.attempt.or(Some(run.attempt)), ..asked.clone() };
            of_run(client, repository, run.id, &asked)
        }
        Event::PullRequest(event) => {
            let pull = pulls::get(client, repository, event.number)?;
            of_pull(pull, asked.sha.as_deref().or(Some(&event.head_sha)), None)
        }
        Event::PullRequestTarget(event) => {
            // The runs of this event are older than the label that made it: the stored
            // measurement of the head is judged again.
            let workflow = &asked.workflow;
            let head = &event.head_sha;
            let from = (event.head_repo.as_deref(), Some(event.head_ref.as_str()));
            match runs::newest(client, repository, workflow, head, from, "pull_request")? {
                Some(run) if run.status == "completed" => {
                    let asked = Asked { pull: Some(event.number), ..asked.clone() };
                    of_pulls_run(client, repository, run, &asked)
                }
                Some(_) => Ok(Aim::Nowhere(
                    "the head is being measured; its verdict comes when that is done".to_owned(),
                )),
                None => {
                    let head = short(head);
                    Ok(Aim::Nowhere(format!("no run of {workflow} has measured the head {head}")))
                }
            }
        }
        Event::MergeGroup { head_sha, base_ref, .. } => Ok(Aim::At {
            target: Target::MergeGroup { sha: head_sha.clone(), base: base_ref.clone() },
            run: None,
        }),
        Event::Push { branch, after } => Ok(here(Some(after), branch.as_ref())),
        Event::Dispatch | Event::Schedule => Ok(here(job.sha.as_ref(), job.branch.as_ref())),
        Event::Other(name) => Err(Error::Usage(format!(
            "the event {name:?} names no pull request\nhint: pass --pr N, or --sha SHA with --base BRANCH"
        ))),
        Event::None => Err(Error::Usage(
            "no pull request to tell\nhint: pass --pr N, or --sha SHA with --base BRANCH; in GitHub \
             Actions the event names them"
                .to_owned(),
        )),
    }
}

fn of_run(client: &Client, repository: &Repository, id: u64, asked: &Asked) -> Result<Aim, Error> {
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
fn of_pulls_run(
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

/// A pull request at the head that was measured, or nowhere if it has another by now.
fn of_pull(
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

/// The base branch of a merge group, from the name that GitHub gives its branch:
/// `gh-readonly-queue/BASE/pr-N-SHA`.
fn base_of_group(branch: &str) -> Option<String> {
    let (base, last) = branch.strip_prefix("gh-readonly-queue/")?.rsplit_once('/')?;
    (last.starts_with("pr-") && !base.is_empty()).then(|| base.to_owned())
}

/// A commit as people write it.
pub(super) fn short(sha: &str) -> &str {
    sha.get(..10).unwrap_or(sha)
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
