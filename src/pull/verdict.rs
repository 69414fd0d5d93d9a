//! From a measurement to a report, by the rules of the base branch.

use jiff::civil::Date;

use super::acceptance::{self, Acceptances, Marks};
use super::base::{self, Base};
use super::target::Target;
use super::{Error, words};
use crate::gate::{self, BaselineAge, Measurement, Rejudge};
use crate::github::pulls::{self, ChangedFile};
use crate::github::{Client, Repository, git};
use crate::report::Report;

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

/// Judges a measurement with the configuration and the baselines of the base branch.
///
/// # Errors
/// Where GitHub cannot be asked, or nothing can be compared.
pub(super) fn judge(
    client: &Client,
    repository: &Repository,
    target: &Target,
    base: &Base,
    config_path: &str,
    measurement: &Measurement,
    today: Date,
) -> Result<Verdict, Error> {
    let suites: Vec<&str> = measurement.suites().collect();
    base::baselines(client, repository, base, &suites, false)?;
    let mut changed = Vec::new();
    let mut asked = Acceptances::default();
    if let Target::PullRequest(pull) = target {
        changed = pulls::files(client, repository, pull.number)?;
        let is_ours = |path: &str| path == config_path || base.is_baseline(path);
        changed.retain(|file| is_ours(&file.path) || file.previous.as_deref().is_some_and(is_ours));
        let marks = Marks {
            config: config_path,
            config_changed: changed.iter().any(|file| file.path == config_path),
            key: &words::key(&base.config.github),
        };
        asked = acceptance::of(client, repository, pull, base, marks, today)?;
    }
    let judged = gate::rejudge(&Rejudge {
        config: &base.config,
        measurement,
        waivers: &asked.waivers,
        today,
    })?;
    let both_sides_measured = measurement.own_base_sides().next().is_some();
    let ages = gate::baseline_ages(&base.config, measurement)?;
    let beside = Beside {
        merged_into: merged_into(client, repository, target, measurement)?,
        measured: measurement.commit().map(str::to_owned),
        both_sides_measured,
        ages,
        changed,
        acceptances: asked.asked,
    };
    Ok(Verdict { report: gate::report(&judged), beside })
}

/// The other parent of the merge commit that was measured.
fn merged_into(
    client: &Client,
    repository: &Repository,
    target: &Target,
    measurement: &Measurement,
) -> Result<Option<String>, Error> {
    let merge = measurement.commit().filter(|commit| *commit != target.sha());
    let Some(merge) = merge else { return Ok(None) };
    let commit = git::commit(client, repository, merge)?;
    Ok(commit.parents.into_iter().find(|parent| parent != target.sha()))
}
