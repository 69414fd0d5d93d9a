//! From a measurement to a report, by the rules of the base branch.

use jiff::civil::Date;

use super::acceptance::{self, Acceptances, Marks};
use super::base::{self, Base};
use super::target::Target;
use super::{Error, mark};
use crate::gate::{self, BaselineAge, Measurement, Rejudge};
use crate::github::pulls::{self, ChangedFile};
use crate::github::{Client, Repository, git};
use crate::measure::Severity;
use crate::report::{Notice, Report};

/// A report, and what a comment says beside it.
pub(super) struct Verdict {
    pub(super) report: Report,
    pub(super) beside: Beside,
}

/// What a comment says beside a report.
#[derive(Default)]
pub(super) struct Beside {
    /// The commit that was measured.
    pub(super) measured: Option<String>,
    /// The commit of the base branch that the measured merge commit contains.
    pub(super) merged_into: Option<String>,
    /// Whether the base side came with the measurement.
    pub(super) both_sides_measured: bool,
    /// How old what it was compared with is.
    pub(super) ages: Vec<BaselineAge>,
    /// Files of the gate that the pull request changes.
    pub(super) changed: Vec<ChangedFile>,
    /// What was asked to be accepted.
    pub(super) acceptances: Vec<acceptance::Asked>,
}

/// What is to be judged, and by what.
pub(super) struct Case<'a> {
    pub(super) client: &'a Client,
    pub(super) repository: &'a Repository,
    pub(super) target: &'a Target,
    pub(super) base: &'a Base,
    /// The configuration's path in the repository.
    pub(super) config_path: &'a str,
    pub(super) measurement: &'a Measurement,
    /// When the measurement was uploaded.
    pub(super) uploaded: Option<&'a str>,
    pub(super) today: Date,
}

/// GitHub lists no more files of a pull request.
const MOST_FILES: usize = 3000;

/// Judges a measurement with the configuration and the baselines of the base branch.
///
/// # Errors
/// Where GitHub cannot be asked, or nothing can be compared.
pub(super) fn judge(case: &Case<'_>) -> Result<Verdict, Error> {
    let Case { client, repository, base, measurement, .. } = *case;
    let suites: Vec<&str> = measurement.suites().collect();
    base::baselines(client, repository, base, &suites, false)?;
    let mut changed = Vec::new();
    let mut said = Vec::new();
    let mut asked = Acceptances::default();
    if let Target::PullRequest(pull) = case.target {
        changed = pulls::files(client, repository, pull.number)?;
        let cut_short = changed.len() >= MOST_FILES;
        if cut_short {
            said.push(notice("files-unlisted", "GitHub lists 3,000 changed files and no more: changes of the configuration or the baselines may be missing here".to_owned()));
        }
        let is_ours = |path: &str| path == case.config_path || base.is_baseline(path);
        changed.retain(|file| is_ours(&file.path) || file.previous.as_deref().is_some_and(is_ours));
        let marks = Marks {
            config: case.config_path,
            config_changed: cut_short || changed.iter().any(|file| file.path == case.config_path),
            key: &mark::key(&base.config.github),
            uploaded: case.uploaded,
        };
        asked = acceptance::of(client, repository, pull, base, marks, case.today)?;
        said.extend(asked.unreadable.take().map(|why| notice("unreadable-config", why)));
    }
    let judged = gate::rejudge(&Rejudge {
        config: &base.config,
        measurement,
        waivers: &asked.waivers,
        today: case.today,
    })?;
    let beside = Beside {
        merged_into: merged_into(case)?,
        measured: measurement.commit().map(str::to_owned),
        both_sides_measured: measurement.own_base_sides().next().is_some(),
        ages: gate::baseline_ages(&base.config, measurement)?,
        changed,
        acceptances: asked.asked,
    };
    let mut report = gate::report(&judged);
    report.notices.extend(said);
    Ok(Verdict { report, beside })
}

fn notice(code: &str, message: String) -> Notice {
    Notice { severity: Severity::Warning, code: code.to_owned(), suite: None, message }
}

/// The other parent of the merge commit that was measured.
fn merged_into(case: &Case<'_>) -> Result<Option<String>, Error> {
    let head = case.target.sha();
    let Some(merge) = case.measurement.commit().filter(|commit| *commit != head) else {
        return Ok(None);
    };
    match git::commit(case.client, case.repository, merge) {
        Ok(commit) => Ok(commit.parents.into_iter().find(|parent| parent != head)),
        Err(crate::github::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
