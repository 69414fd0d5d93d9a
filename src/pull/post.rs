//! Posting a verdict: the check run first, because builds wait for it, then the comment. What cannot
//! be posted changes nothing about the verdict.

use super::mark;
use super::target::Target;
use super::words::Told;
use crate::github::checks::{CheckRun, Conclusion, Published};
use crate::github::comments::Sticky;
use crate::github::pulls::PullRequest;
use crate::github::statuses::State;
use crate::github::{Client, Error, Repository, checks, comments, identity, pulls, statuses};
use crate::policy::config::{Github, Undecided};
use crate::report;

/// Whose the comments of a workflow's own token are.
const ACTIONS: &str = "github-actions[bot]";

/// What is to be posted.
pub(super) struct Letter<'a> {
    pub(super) github: &'a Github,
    pub(super) told: &'a Told,
    pub(super) exit_code: u8,
    /// Whether a comment is created where none is.
    pub(super) wanted: bool,
    /// The page of this job.
    pub(super) details_url: Option<&'a str>,
}

/// What was posted and what was not.
#[derive(Debug, Default)]
pub struct Posted {
    /// What was done, a line each.
    pub done: Vec<String>,
    /// What could not be done.
    pub failed: Vec<Error>,
    /// The pull request moved on meanwhile: nothing more was written.
    pub moved: Option<Error>,
}

/// Posts the check run and, on a pull request, the comment.
pub(super) fn deliver(
    client: &Client,
    repository: &Repository,
    target: &Target,
    letter: &Letter<'_>,
) -> Posted {
    let mut posted = Posted::default();
    let still = || match target {
        Target::PullRequest(pull) => {
            let now = pulls::get(client, repository, pull.number)?;
            let stands = |pull: &PullRequest| {
                format!("{} into {} ({})", pull.head_sha, pull.base_ref, pull.state)
            };
            match (stands(pull), stands(&now)) {
                (was, is) if was == is => Ok(()),
                (was, is) => Err(Error::Moved { was, is }),
            }
        }
        _ => Ok(()),
    };
    let steps: [&dyn Fn() -> Result<Option<String>, Vec<Error>>; 2] =
        [&|| check(client, repository, target.sha(), letter, &still).map(Some), &|| match target
            .pull()
        {
            Some(pull) => {
                say(client, repository, pull.number, letter, &still).map_err(|error| vec![error])
            }
            None => Ok(None),
        }];
    for step in steps {
        match step() {
            Ok(done) => posted.done.extend(done),
            Err(errors) => {
                for error in errors {
                    match error {
                        Error::Moved { .. } => posted.moved = Some(error),
                        error => posted.failed.push(error),
                    }
                }
            }
        }
        if posted.moved.is_some() {
            break;
        }
    }
    posted
}

/// The check run, or a commit status where the token may write none.
fn check(
    client: &Client,
    repository: &Repository,
    sha: &str,
    letter: &Letter<'_>,
    still: &dyn Fn() -> Result<(), Error>,
) -> Result<String, Vec<Error>> {
    let github = letter.github;
    let conclusion = conclusion(github, letter.exit_code);
    let text = &letter.told.check;
    let annotations: Vec<checks::Annotation> = text.annotations.iter().map(annotation).collect();
    let run = CheckRun {
        name: &github.check,
        head_sha: sha,
        key: &mark::key(github),
        kind: if letter.told.is_verdict { mark::VERDICT } else { mark::NO_VERDICT },
        conclusion,
        title: &text.title,
        summary: &text.summary,
        details_url: letter.details_url,
        annotations: &annotations,
    };
    let refused = match checks::publish(client, repository, &run, still) {
        Ok(Published::Created { url, .. }) => return Ok(format!("check run created: {url}")),
        Ok(Published::Unchanged { url, .. }) => {
            return Ok(format!("check run is as it was: {url}"));
        }
        Err(error @ Error::Forbidden { .. }) => error,
        Err(error) => return Err(vec![error]),
    };
    let state = match conclusion {
        Conclusion::Success | Conclusion::Neutral => State::Success,
        Conclusion::Failure => State::Failure,
        Conclusion::ActionRequired => State::Error,
    };
    let status = statuses::set(
        client,
        repository,
        sha,
        &statuses::Status {
            state,
            context: &github.check,
            description: &text.title,
            target_url: letter.details_url,
        },
        still,
    );
    match status {
        Ok(()) => Ok("commit status set, in place of a check run".to_owned()),
        Err(moved @ Error::Moved { .. }) => Err(vec![moved]),
        // The missing right to the check run is the one to grant.
        Err(_) => Err(vec![refused]),
    }
}

fn say(
    client: &Client,
    repository: &Repository,
    pull: u64,
    letter: &Letter<'_>,
    still: &dyn Fn() -> Result<(), Error>,
) -> Result<Option<String>, Error> {
    let marker = report::marker(&letter.github.id);
    let author = match &letter.github.author {
        Some(author) => author.clone(),
        // The token of a workflow's job is not told whose it is, and is always the same bot's.
        None => identity::login(client)?.unwrap_or_else(|| ACTIONS.to_owned()),
    };
    let sticky =
        Sticky { marker: &marker, author: &author, body: &letter.told.body, create: letter.wanted };
    use comments::Posted::{Created, Unchanged, Updated, Withheld};
    Ok(Some(match comments::upsert(client, repository, pull, &sticky, still)? {
        Created(comment) if !comment.author.eq_ignore_ascii_case(&author) => {
            format!(
                "comment created: {} (by {}; set `author = {:?}` in [github], or the next run \
                 creates another)",
                comment.url, comment.author, comment.author
            )
        }
        Created(comment) => format!("comment created: {}", comment.url),
        Updated(comment) => format!("comment updated: {}", comment.url),
        Unchanged(comment) => format!("comment is as it was: {}", comment.url),
        Withheld => return Ok(None),
    }))
}

/// The conclusion that follows the exit code. GitHub counts `neutral` as passed, so only a verdict of
/// a gate that is to fail nothing concludes so.
fn conclusion(github: &Github, exit_code: u8) -> Conclusion {
    match (exit_code, github.advisory, github.undecided) {
        (0, _, _) => Conclusion::Success,
        (10 | 11, true, _) => Conclusion::Neutral,
        (11, false, Undecided::ActionRequired) => Conclusion::ActionRequired,
        _ => Conclusion::Failure,
    }
}

fn annotation(from: &report::CheckAnnotation) -> checks::Annotation {
    checks::Annotation {
        path: from.path.clone(),
        line: from.line,
        level: match from.level {
            report::AnnotationLevel::Failure => checks::Level::Failure,
            report::AnnotationLevel::Warning => checks::Level::Warning,
        },
        title: from.title.clone(),
        message: from.message.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_advisory_gate_is_neutral() {
        let plain = Github::default();
        let asks = Github { undecided: Undecided::ActionRequired, ..Github::default() };
        let advisory = Github { advisory: true, ..Github::default() };
        for (exit_code, expected) in [
            (0, [Conclusion::Success, Conclusion::Success, Conclusion::Success]),
            (1, [Conclusion::Failure, Conclusion::Failure, Conclusion::Failure]),
            (2, [Conclusion::Failure, Conclusion::Failure, Conclusion::Failure]),
            (10, [Conclusion::Failure, Conclusion::Failure, Conclusion::Neutral]),
            (11, [Conclusion::Failure, Conclusion::ActionRequired, Conclusion::Neutral]),
        ] {
            let found = [&plain, &asks, &advisory].map(|github| conclusion(github, exit_code));
            assert_eq!(found, expected, "{exit_code}");
        }
    }
}
