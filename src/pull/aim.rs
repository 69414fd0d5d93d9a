//! From the command line, else from the event, to what a verdict is about.

use super::Error;
use super::run::{of_pulls_run, of_run};
use super::target::{Aim, Asked, Target, of_pull, short};
use crate::github::{Client, Repository, pulls, runs};
use crate::runner::{Event, Job};

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
