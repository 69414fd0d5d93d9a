//! What is said of a verdict: everything that stands beside the report, and the finished texts.

use jiff::Timestamp;
use jiff::civil::Date;

use super::acceptance;
use super::base::Base;
use super::evidence::Absent;
use super::target::Target;
use super::verdict::Beside;
use crate::gate;
use crate::github::Repository;
use crate::github::runs::WorkflowRun;
use crate::policy::Verdict;
use crate::policy::config::{CommentWhen, Config, Github};
use crate::report::{
    self, Acceptance, AcceptedBy, BaselineAge, ChangedFile, CheckText, Commits, LabelOffer, Report,
    Setting, Standing, StoredSession,
};
use crate::runner::Job;

/// GitHub takes 65,536 characters; bytes are never fewer than characters.
pub(super) const LONGEST_COMMENT: usize = 65_000;

/// A step's summary may have 1 MiB.
const LONGEST_SUMMARY: usize = 950_000;

/// For how long a waiver is proposed, in days.
const WAIVED_DAYS: i64 = 60;

/// Where a verdict stands: all that is known beside report and measurement.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) repository: &'a Repository,
    pub(super) job: &'a Job,
    pub(super) target: &'a Target,
    pub(super) run: Option<&'a WorkflowRun>,
    pub(super) base: Option<&'a Base>,
    pub(super) github: &'a Github,
    pub(super) now: Timestamp,
    pub(super) today: Date,
}

/// The finished texts.
pub(super) struct Told {
    /// The comment.
    pub(super) body: String,
    /// The step's summary.
    pub(super) summary: String,
    /// The check run.
    pub(super) check: CheckText,
    /// Whether it is a verdict, which a label can accept.
    pub(super) is_verdict: bool,
}

/// The texts of a report.
pub(super) fn of_report(report: &Report, beside: &Beside, place: &Place<'_>) -> Told {
    with_setting(beside, place, |setting| Told {
        body: report::comment(report, setting, LONGEST_COMMENT),
        summary: report::comment(report, setting, LONGEST_SUMMARY),
        check: report::check_run(report, setting),
        is_verdict: true,
    })
}

/// The texts where there is no verdict.
pub(super) fn of_nothing(absent: &Absent, place: &Place<'_>) -> Told {
    with_setting(&Beside::default(), place, |setting| {
        let why = absent.told();
        Told {
            body: report::comment_without_verdict(&why, setting, LONGEST_COMMENT),
            summary: report::comment_without_verdict(&why, setting, LONGEST_SUMMARY),
            check: report::check_without_verdict(&why, setting),
            is_verdict: false,
        }
    })
}

/// The texts of a merge group that is not measured.
pub(super) fn of_trust() -> Told {
    let words = "The pull requests of this merge group were measured each on its own; the \
                 configuration trusts that (`merge-queue = \"trust\"`).\n";
    Told {
        body: String::new(),
        summary: words.to_owned(),
        check: CheckText {
            title: "not measured again: the pull requests of the group were".to_owned(),
            summary: words.to_owned(),
            annotations: Vec::new(),
        },
        is_verdict: false,
    }
}

/// Whether the policy wants a comment where there is none yet.
pub(super) fn worth_a_comment(report: &Report, github: &Github) -> bool {
    match github.comment {
        CommentWhen::Always => true,
        CommentWhen::OnFail => report.exit_code != 0,
        CommentWhen::OnChange => {
            let quiet = |row: &report::ReportRow| {
                matches!(row.verdict, Verdict::Steady | Verdict::Inconclusive) && !row.suspect
            };
            report.exit_code != 0 || !report.rows.iter().all(quiet)
        }
    }
}

/// The page of this job, where it has one.
pub(super) fn details_url(job: &Job, repository: &Repository) -> Option<String> {
    let run = job.run_id?;
    Some(format!("{}/{repository}/actions/runs/{run}", job.server_url))
}

fn with_setting<T>(beside: &Beside, place: &Place<'_>, tell: impl FnOnce(&Setting<'_>) -> T) -> T {
    let config = place.base.map(|base| &base.config);
    let ages: Vec<BaselineAge<'_>> = beside.ages.iter().map(|age| aged(age, place.now)).collect();
    let changed: Vec<ChangedFile<'_>> = beside
        .changed
        .iter()
        .map(|file| ChangedFile {
            path: &file.path,
            status: &file.status,
            previous: file.previous.as_deref(),
        })
        .collect();
    let rows: Vec<Vec<&str>> = beside
        .acceptances
        .iter()
        .map(|asked| asked.rows.iter().map(String::as_str).collect())
        .collect();
    let acceptances: Vec<Acceptance<'_>> =
        beside.acceptances.iter().zip(&rows).map(|(asked, rows)| acceptance(asked, rows)).collect();
    let patterns: Vec<Vec<&str>> = config.map_or_else(Vec::new, |config| {
        config.accepts.iter().map(|a| a.rows.iter().map(|row| row.as_str()).collect()).collect()
    });
    let ceilings: Vec<String> = config.map_or_else(Vec::new, |config| {
        config.accepts.iter().map(|a| acceptance::ceiling(a.up_to, &a.metrics)).collect()
    });
    let offers: Vec<LabelOffer<'_>> = config
        .map_or(&[][..], |config| &config.accepts)
        .iter()
        .zip(&patterns)
        .zip(&ceilings)
        .map(|((accept, rows), up_to)| LabelOffer { label: &accept.label, rows, up_to })
        .collect();
    let reproduce = reproduce(beside, place, config);
    let reproduce: Vec<&str> = reproduce.iter().map(String::as_str).collect();
    let expires = place.today.checked_add(jiff::Span::new().days(WAIVED_DAYS));
    let expires = expires.map_or_else(|_| None, |day| Some(day.to_string()));
    let summary_url = details_url(place.job, place.repository);
    tell(&Setting {
        id: &place.github.id,
        commits: Some(commits(beside, place)),
        both_sides_measured: beside.both_sides_measured,
        baselines: &ages,
        changed: &changed,
        acceptances: &acceptances,
        offers: &offers,
        expires: expires.as_deref(),
        reproduce: &reproduce,
        run_url: place.run.map(|run| run.url.as_str()),
        summary_url: summary_url.as_deref(),
    })
}

fn commits<'a>(beside: &'a Beside, place: &Place<'a>) -> Commits<'a> {
    let pull = place.target.pull();
    let here = place.repository.to_string();
    let head = place.target.sha();
    Commits {
        head,
        fork: pull
            .and_then(|pull| pull.head_repo.as_deref())
            .filter(|from| !from.eq_ignore_ascii_case(&here)),
        merge_group: matches!(place.target, Target::MergeGroup { .. }),
        merge: beside.measured.as_deref().filter(|measured| *measured != head),
        base_ref: Some(place.base.map_or_else(|| place.target.base(), |base| &base.branch)),
        base: beside.merged_into.as_deref(),
        judged_by: place.base.map(|base| base.commit.as_str()),
    }
}

fn aged(age: &gate::BaselineAge, now: Timestamp) -> BaselineAge<'_> {
    BaselineAge {
        suite: &age.suite,
        sessions: age.sessions,
        newest: stored(age.newest.as_deref(), age.commit.as_deref(), now),
        oldest: stored(age.oldest.as_deref(), None, now),
    }
}

fn stored<'a>(time: Option<&'a str>, commit: Option<&'a str>, now: Timestamp) -> StoredSession<'a> {
    let at: Option<Timestamp> = time.and_then(|time| time.parse().ok());
    let seconds = at.map(|at| now.as_second().saturating_sub(at.as_second()));
    let days = seconds.and_then(|seconds| u64::try_from(seconds / 86_400).ok());
    StoredSession { time, days, commit }
}

fn acceptance<'a>(asked: &'a acceptance::Asked, rows: &'a [&'a str]) -> Acceptance<'a> {
    Acceptance {
        by: match &asked.by {
            acceptance::By::Label { name, actor, at } => {
                AcceptedBy::Label { name, actor: actor.as_deref(), at: at.as_deref() }
            }
            acceptance::By::Waiver { expires } => AcceptedBy::Waiver { added: true, expires },
        },
        standing: match &asked.standing {
            acceptance::Standing::Applied => Standing::Applied,
            acceptance::Standing::Proposed => Standing::Proposed,
            acceptance::Standing::Void(why) => Standing::Void(why),
        },
        rows,
        up_to: &asked.up_to,
        reason: asked.reason.as_deref(),
    }
}

/// Commands that fetch what was measured and judge it here. They hold numbers and paths of the base
/// branch, nothing of the pull request's.
fn reproduce(beside: &Beside, place: &Place<'_>, config: Option<&Config>) -> Vec<String> {
    let measured = beside.measured.as_deref().unwrap_or(place.target.sha());
    let mut lines =
        vec![format!("git fetch origin {measured} && git checkout --detach {measured}")];
    let suites = config.map_or(&[][..], |config| &config.suites);
    let by_command = !suites.is_empty() && suites.iter().all(|suite| suite.command.is_some());
    match (beside.both_sides_measured, by_command) {
        (true, true) => lines.push("tailguard run --against HEAD^1".to_owned()),
        (true, false) => {
            lines.push(
                "git worktree add ../base HEAD^1   # measure both, in turns, then".to_owned(),
            );
            let side = |path: &str| {
                suites.iter().map(|s| format!(" {}='{path}…'", s.name)).collect::<String>()
            };
            let (base, fresh) = (side("../base/"), side(""));
            lines.push(format!("tailguard check --base{base} --fresh{fresh}"));
        }
        (false, _) => {
            lines.extend(suites.iter().map(|suite| match &suite.command {
                Some(command) => format!("{command}   # suite {}", suite.name),
                None => {
                    format!("# measure suite {} into {}", suite.name, suite.paths.join(" and "))
                }
            }));
            lines.push("tailguard check".to_owned());
        }
    }
    lines
}
