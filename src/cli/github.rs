//! The `github` commands: from the job and the flags to a story, and what the step says of it.

use std::path::Path;

use super::args::{Comment, Github, Global, RefreshPr, Where};
use super::baseline::{Asked as AskedRows, refused, tell_notices};
use super::output::{complain, publish, say, to_stdout};
use super::plan::{load_config, today};
use crate::gate;
use crate::github::{Client, Error as PostError, Repository, Settings, Token};
use crate::policy::config::FILE_NAME;
use crate::pull::{self, Asked, CommentPlan, Concluded, Error, Opened, RefreshPull};
use crate::report::{self, AnnotationLevel, Report};
use crate::runner::{self, Job};

pub(super) fn run(global: &Global, command: &Github) -> Result<u8, Error> {
    let job = runner::job(&|name| std::env::var(name).ok())?;
    match command {
        Github::Comment(args) => comment(global, args, &job),
        Github::RefreshPr(args) => refresh(global, args, &job),
    }
}

fn comment(global: &Global, args: &Comment, job: &Job) -> Result<u8, Error> {
    let (client, repository) = connect(job, &args.place, args.dry_run)?;
    let asked = Asked {
        pull: args.pr,
        sha: args.sha.clone(),
        base: args.place.base.clone(),
        run: args.run_id,
        attempt: args.attempt,
        workflow: args.workflow.clone(),
    };
    let config_path = config_path(global)?;
    let concluded = pull::comment(&CommentPlan {
        client: &client,
        repository: &repository,
        job,
        asked: &asked,
        config_path: &config_path,
        file: args.file.as_deref(),
        now: jiff::Timestamp::now(),
        today: today(),
        dry_run: args.dry_run,
    })?;
    if args.dry_run {
        to_stdout(concluded.body.as_bytes()).map_err(|source| written("stdout", source))?;
    } else if let Some(report) = &concluded.report {
        publish(global, &|dialect, out| report::render(report, dialect, out))?;
    }
    tell(global, &concluded);
    answer(global, job, &concluded)?;
    if args.require_comment && !concluded.posted.failed.is_empty() {
        return Ok(1);
    }
    Ok(concluded.exit_code)
}

/// What was done, on stderr.
fn tell(global: &Global, concluded: &Concluded) {
    match (&concluded.why, &concluded.report) {
        (Some(why), _) if concluded.exit_code == 0 => {
            say(global, &format!("nothing to post: {why}"))
        }
        (Some(why), _) => complain(why),
        (None, _) => {}
    }
    for line in &concluded.posted.done {
        say(global, line);
    }
    for error in concluded.posted.moved.iter().chain(&concluded.posted.failed) {
        complain(error);
    }
    let forbidden = |error: &PostError| matches!(error, PostError::Forbidden { .. });
    if concluded.posted.failed.iter().any(forbidden) {
        let _ = std::io::Write::write_all(&mut std::io::stderr(), MISSING_RIGHTS.as_bytes());
    }
}

/// What a token that may not write lacks, as the workflow file has to say it.
const MISSING_RIGHTS: &str = "\
the verdict stands; it could not be posted, because the token may not write.
hint: in the job that comments, write

    permissions:
      contents: read
      actions: read
      pull-requests: write
      checks: write

A pull request from a fork never gets such a token. Measure it in one workflow, and comment in a
second one that starts on workflow_run: `tailguard init` writes both.
";

/// The step's summary, outputs and annotations.
fn answer(global: &Global, job: &Job, concluded: &Concluded) -> Result<(), Error> {
    if let (Some(path), false) = (&job.summary, concluded.summary.is_empty()) {
        runner::append_summary(path, &concluded.summary)?;
    }
    if let Some(path) = &job.output {
        let outputs = outputs(global, concluded);
        let borrowed: Vec<(&str, &str)> =
            outputs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        runner::write_outputs(path, &borrowed)?;
    }
    if let (true, Some(check)) = (job.in_actions, &concluded.check) {
        let annotations: Vec<runner::Annotation> =
            check.annotations.iter().map(annotation).collect();
        let lines = runner::commands(&annotations);
        // The runner reads commands from both streams; stdout belongs to the report.
        let _ = std::io::Write::write_all(&mut std::io::stderr(), lines.as_bytes());
    }
    Ok(())
}

fn outputs(global: &Global, concluded: &Concluded) -> Vec<(String, String)> {
    let outcome = match &concluded.report {
        Some(report) => report.outcome.name(),
        None if concluded.exit_code == 0 => "none",
        None => "error",
    };
    let mut outputs = vec![
        ("outcome".to_owned(), outcome.to_owned()),
        ("exit-code".to_owned(), concluded.exit_code.to_string()),
    ];
    let counts = concluded.report.as_ref().map(Report::counts).unwrap_or_default();
    for verdict in crate::policy::Verdict::ALL {
        let count = counts.get(&verdict).copied().unwrap_or(0);
        outputs.push((verdict.name().to_owned(), count.to_string()));
    }
    let file = global.output.as_deref().or(global.report.first().map(|(_, path)| path.as_path()));
    if let Some(path) = file.and_then(Path::to_str) {
        outputs.push(("report".to_owned(), path.to_owned()));
    }
    outputs
}

fn annotation(from: &report::CheckAnnotation) -> runner::Annotation {
    runner::Annotation {
        level: match from.level {
            AnnotationLevel::Failure => runner::Level::Error,
            AnnotationLevel::Warning => runner::Level::Warning,
        },
        file: Some(from.path.clone()),
        line: Some(from.line),
        title: from.title.clone(),
        message: from.message.clone(),
    }
}

fn refresh(global: &Global, args: &RefreshPr, job: &Job) -> Result<u8, Error> {
    let path = config_path(global)?;
    let config = load_config(Some(Path::new(&path)))?;
    let (client, repository) = connect(job, &args.place, false)?;
    let Some(base) = args.place.base.clone().or_else(|| job.branch.clone()) else {
        return Err(Error::Usage(
            "no base branch\nhint: name the branch whose baselines are refreshed with --base"
                .to_owned(),
        ));
    };
    let asked = AskedRows::of(global, &config, &args.rows)?;
    let opened = pull::refresh(&RefreshPull {
        client: &client,
        repository: &repository,
        base: &base,
        branch: &args.branch,
        config_path: &path,
        config: &config,
        host: &asked.host,
        fresh: &asked.fresh,
        matches: &*asked.matches,
        accept_regression: args.rows.accept_regression.as_deref(),
        forget_missing: args.rows.forget_missing,
        today: today(),
    });
    let is_refused = |opened: &Opened| matches!(opened, Opened::Refused(_));
    asked.settle(global, opened.as_ref().is_ok_and(|opened| !is_refused(opened)));
    let opened = opened?;
    let (done, pull) = match &opened {
        Opened::Refused(done) | Opened::Nothing(done) => (done, None),
        Opened::Created(done, pull) | Opened::Updated(done, pull) => (done, Some(pull)),
    };
    tell_notices(global, done);
    if let Some(refusal) = &done.refused {
        return Ok(refused(global, refusal)?);
    }
    let text = report::page(&report::changes(&done.changes));
    to_stdout(text.as_bytes()).map_err(|source| written("stdout", source))?;
    let Some(pull) = pull else {
        say(global, "nothing to change: the baselines are as they would be");
        return Ok(0);
    };
    let verb = if matches!(opened, Opened::Created(..)) { "opened" } else { "updated" };
    say(global, &format!("pull request {verb}: {}", pull.url));
    if pull.author == "github-actions[bot]" {
        say(
            global,
            "note: a pull request that GITHUB_TOKEN opens starts no workflows; close and reopen it to \
             start them, or pass the token of an App",
        );
    }
    Ok(0)
}

/// The way to GitHub, and the repository.
fn connect(job: &Job, place: &Where, read_only: bool) -> Result<(Client, Repository), Error> {
    let Some(repository) = place.repo.as_ref().or(job.repository.as_ref()) else {
        return Err(Error::Usage(
            "no repository\nhint: name it with --repo OWNER/NAME; in GitHub Actions the job names it"
                .to_owned(),
        ));
    };
    if job.token.is_none() && !read_only {
        return Err(Error::Usage(
            "no token\nhint: set GITHUB_TOKEN; in a workflow: env: GITHUB_TOKEN: ${{ github.token }}"
                .to_owned(),
        ));
    }
    let repository: Repository = repository.parse()?;
    let client = Client::new(&Settings::new(&job.api_url, job.token.clone().map(Token::new)))?;
    Ok((client, repository))
}

/// The configuration's path in the repository; commands start at its root.
fn config_path(global: &Global) -> Result<String, Error> {
    let Some(path) = &global.config else { return Ok(FILE_NAME.to_owned()) };
    let inside = |part: std::path::Component<'_>| matches!(part, std::path::Component::Normal(_));
    match path.to_str().filter(|_| path.components().all(inside)) {
        Some(path) => Ok(path.to_owned()),
        None => Err(Error::Usage(format!(
            "--config got {:?}\nhint: for the github commands it is the path in the repository, such \
             as bench/tailguard.toml",
            path.display().to_string()
        ))),
    }
}

fn written(what: &str, source: std::io::Error) -> Error {
    gate::Error::Write { path: what.into(), source }.into()
}
