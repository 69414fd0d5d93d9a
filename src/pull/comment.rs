//! The story of a verdict: who is told, what was measured, what follows, where it is shown.

use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Date;

use super::Error;
use super::aim::aim;
use super::base::{self, Base};
use super::evidence::{self, Absent, Evidence};
use super::post::{self, Posted};
use super::target::{Aim, Asked, Target};
use super::verdict::{self, Beside, Verdict};
use super::words::{self, Place, Told};
use crate::gate::Measurement;
use crate::github::runs::WorkflowRun;
use crate::github::{Client, Repository};
use crate::measure::Severity;
use crate::policy::config::{Github, MergeQueue};
use crate::report::{self, CheckText, Notice, Report};
use crate::runner::{Event, Job};

/// What a comment is asked to do.
pub struct CommentPlan<'a> {
    /// The way to GitHub.
    pub client: &'a Client,
    /// The repository.
    pub repository: &'a Repository,
    /// The CI job around this process.
    pub job: &'a Job,
    /// What the command line says about the target.
    pub asked: &'a Asked,
    /// The configuration's path in the repository.
    pub config_path: &'a str,
    /// A report or a measurement, in place of what a workflow run left.
    pub file: Option<&'a Path>,
    /// The time by which baselines have an age.
    pub now: Timestamp,
    /// The date by which waivers expire.
    pub today: Date,
    /// Nothing is written.
    pub dry_run: bool,
}

/// What came of it.
#[derive(Debug)]
pub struct Concluded {
    /// The verdict; `None` where there is none.
    pub report: Option<Report>,
    /// Why there is no verdict, or nobody to tell.
    pub why: Option<String>,
    /// The process exit code that follows.
    pub exit_code: u8,
    /// The comment, as Markdown.
    pub body: String,
    /// The same without a limit that matters, for the summary of the step.
    pub summary: String,
    /// The check run's title and its annotations.
    pub check: Option<CheckText>,
    /// Where the verdict was posted, and where it could not be.
    pub posted: Posted,
}

/// Finds the target and what was measured, judges by the rules of the base branch, and posts.
///
/// # Errors
/// Where the target cannot be found or GitHub cannot be asked. What could not be posted is no error:
/// the verdict stands.
pub fn comment(plan: &CommentPlan<'_>) -> Result<Concluded, Error> {
    if plan.file.is_some() && matches!(plan.job.event, Event::WorkflowRun(_)) {
        return Err(Error::Usage(
            "a file is not posted from a workflow_run event: whoever measured could have written it\n\
             hint: pass --run-id ID; the measurement is then fetched and judged here"
                .to_owned(),
        ));
    }
    let given = plan.file.map(evidence::of_file).transpose()?;
    let (client, repository) = (plan.client, plan.repository);
    let (target, run) = match aim(client, repository, plan.job, plan.asked)? {
        Aim::At { target, run } => (target, run),
        Aim::Nowhere(why) => return Ok(nobody(why)),
        Aim::Unclear { target, why } => return unclear(plan, &target, &why),
    };
    let base = match (read_base(plan, &target), &given) {
        (Ok(base), _) => Some(base),
        // A report is posted as it is; the base branch only says how.
        (Err(_), Some(Evidence::Report(_))) => None,
        // Whoever waits for the check learns why it cannot come.
        (Err(error @ (Error::Config { .. } | Error::Base(_))), _) => {
            let scene = Scene { plan, target: &target, run: run.as_deref(), base: None };
            let exit_code = error.exit_code();
            let github = match &error {
                Error::Config { github, .. } => github.as_ref().clone(),
                _ => Github::default(),
            };
            return without_verdict(&scene, &github, &not_judged(&error), exit_code);
        }
        (Err(error), _) => return Err(error),
    };
    let github = base.as_ref().map_or_else(Github::default, |base| base.config.github.clone());
    let scene = Scene { plan, target: &target, run: run.as_deref(), base: base.as_ref() };
    let is_group = matches!(target, Target::MergeGroup { .. });
    if is_group && github.merge_queue == MergeQueue::Trust {
        return trusted(&scene, &github);
    }
    match verdict(&scene, &github, given) {
        Ok(concluded) => Ok(concluded),
        Err(error @ Error::Usage(_)) => Err(error),
        // Whatever else went wrong, a required check must not wait for ever.
        Err(error) => {
            let exit_code = error.exit_code();
            without_verdict(&scene, &github, &in_the_repository(&scene, &error), exit_code)
        }
    }
}

/// The story once it is known who is told: evidence, verdict, and where both are shown.
fn verdict(
    scene: &Scene<'_>,
    github: &Github,
    given: Option<Evidence>,
) -> Result<Concluded, Error> {
    let Scene { plan, target, run, .. } = scene;
    let (client, repository) = (plan.client, plan.repository);
    let evidence = match (given, run) {
        (Some(given), _) => given,
        (None, Some(run)) => evidence::of_run(client, repository, run)?,
        (None, None) => {
            return Err(Error::Usage(
                "nothing to judge\nhint: pass the file that `tailguard check --save FILE` wrote, or \
                 the run that measured with --run-id ID"
                    .to_owned(),
            ));
        }
    };
    match evidence {
        Evidence::Nothing(absent) => without_verdict(scene, github, &absent, 1),
        Evidence::Report(report) => {
            conclude(scene, github, Verdict { report: *report, beside: Beside::default() })
        }
        Evidence::Measurement(measurement, uploaded) => {
            if let Some(why) =
                evidence::of_another(client, repository, &measurement, target, run.is_some())?
            {
                return match run {
                    Some(_) => without_verdict(scene, github, &Absent::Unreadable(why), 1),
                    None => Err(Error::Usage(format!(
                        "the measurement is of another commit: {why}\nhint: measure the pull request's \
                         head or its merge commit, as it is now"
                    ))),
                };
            }
            conclude(scene, github, judge(scene, &measurement, uploaded.as_deref())?)
        }
    }
}

/// Nobody can be told by name; the check says why.
fn unclear(plan: &CommentPlan<'_>, target: &Target, why: &str) -> Result<Concluded, Error> {
    let base = base::read(plan.client, plan.repository, target.base(), plan.config_path).ok();
    let github = base.as_ref().map_or_else(Github::default, |base| base.config.github.clone());
    let scene = Scene { plan, target, run: None, base: base.as_ref() };
    without_verdict(&scene, &github, &Absent::NotMeasured(why.to_owned()), 1)
}

/// What every ending of the story needs.
struct Scene<'a> {
    plan: &'a CommentPlan<'a>,
    target: &'a Target,
    run: Option<&'a WorkflowRun>,
    base: Option<&'a Base>,
}

/// The base branch at its tip; of a commit on the branch itself, and nothing else asked, that commit.
fn read_base(plan: &CommentPlan<'_>, target: &Target) -> Result<Base, Error> {
    let (client, repository, path) = (plan.client, plan.repository, plan.config_path);
    let branch = plan.asked.base.as_deref().unwrap_or(target.base());
    match target {
        Target::Commit { sha, .. } if plan.asked.base.is_none() => {
            base::at(client, repository, branch, sha.clone(), path)
        }
        _ => base::read(client, repository, branch, path),
    }
}

fn judge(
    scene: &Scene<'_>,
    measurement: &Measurement,
    uploaded: Option<&str>,
) -> Result<Verdict, Error> {
    let Scene { plan, target, base, .. } = scene;
    let Some(base) = base else { return Err(Error::Base("no base branch was read".to_owned())) };
    verdict::judge(&verdict::Case {
        client: plan.client,
        repository: plan.repository,
        target,
        base,
        config_path: plan.config_path,
        measurement,
        uploaded,
        today: plan.today,
    })
}

fn conclude(scene: &Scene<'_>, github: &Github, verdict: Verdict) -> Result<Concluded, Error> {
    let Verdict { report, beside } = verdict;
    let told = words::of_report(&report, &beside, &place(scene, github));
    let exit_code = report.exit_code;
    let wanted = words::worth_a_comment(&report, github);
    let posted = write(scene, github, &told, exit_code, wanted)?;
    // A verdict on a head that is no more is nobody's failure.
    let exit_code = if posted.moved.is_some() { 0 } else { exit_code };
    let mut report = report;
    report.notices.extend(posted.failed.iter().map(not_posted));
    Ok(Concluded { exit_code, ..concluded(told, posted, Some(report), None) })
}

/// What could not be posted is said by every report that is written after it.
fn not_posted(error: &crate::github::Error) -> Notice {
    let text = error.to_string();
    Notice {
        severity: Severity::Warning,
        code: "not-posted".to_owned(),
        suite: None,
        message: text.lines().next().unwrap_or_default().to_owned(),
    }
}

fn without_verdict(
    scene: &Scene<'_>,
    github: &Github,
    absent: &Absent,
    exit_code: u8,
) -> Result<Concluded, Error> {
    let told = words::of_nothing(absent, &place(scene, github));
    let posted = write(scene, github, &told, exit_code, true)?;
    let why = told.check.title.clone();
    Ok(Concluded { exit_code, ..concluded(told, posted, None, Some(why)) })
}

fn not_judged(error: &dyn std::error::Error) -> Absent {
    let text = error.to_string();
    Absent::NotJudged(text.lines().next().unwrap_or_default().to_owned())
}

/// The same with paths as the repository has them: ours is another directory every time.
fn in_the_repository(scene: &Scene<'_>, error: &dyn std::error::Error) -> Absent {
    match (not_judged(error), scene.base) {
        (Absent::NotJudged(why), Some(base)) => {
            Absent::NotJudged(why.replace(&format!("{}/", base.root().display()), ""))
        }
        (other, _) => other,
    }
}

/// The merge group passes: what it consists of was measured.
fn trusted(scene: &Scene<'_>, github: &Github) -> Result<Concluded, Error> {
    let told = words::of_trust();
    let posted = write(scene, github, &told, 0, false)?;
    Ok(concluded(told, posted, None, None))
}

fn concluded(told: Told, posted: Posted, report: Option<Report>, why: Option<String>) -> Concluded {
    let Told { body, mut summary, check, .. } = told;
    for error in &posted.failed {
        summary.push_str(&report::not_posted(&error.to_string()));
    }
    Concluded { report, why, exit_code: 0, body, summary, check: Some(check), posted }
}

fn nobody(why: String) -> Concluded {
    Concluded {
        report: None,
        why: Some(why),
        exit_code: 0,
        body: String::new(),
        summary: String::new(),
        check: None,
        posted: Posted::default(),
    }
}

fn place<'a>(scene: &'a Scene<'a>, github: &'a Github) -> Place<'a> {
    Place {
        repository: scene.plan.repository,
        job: scene.plan.job,
        target: scene.target,
        run: scene.run,
        base: scene.base,
        github,
        now: scene.plan.now,
        today: scene.plan.today,
    }
}

fn write(
    scene: &Scene<'_>,
    github: &Github,
    told: &Told,
    exit_code: u8,
    wanted: bool,
) -> Result<Posted, Error> {
    if scene.plan.dry_run {
        return Ok(Posted::default());
    }
    let (client, repository) = (scene.plan.client, scene.plan.repository);
    let url = words::details_url(scene.plan.job, repository);
    let letter = post::Letter { github, told, exit_code, wanted, details_url: url.as_deref() };
    Ok(post::deliver(client, repository, scene.target, &letter))
}
