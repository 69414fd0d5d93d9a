//! Who accepts a regression of a pull request: a waiver that it adds, or a label that a person set.

use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Date;

use super::base::{Base, text_at};
use super::target::short;
use super::{Error, mark};
use crate::github::labels::LabelEvent;
use crate::github::pulls::PullRequest;
use crate::github::{Client, Repository, checks, labels};
use crate::measure::Metric;
use crate::policy::config;
use crate::policy::{Accept, Origin, Waiver};
use crate::report::number;

/// What was asked to be accepted, and what of it counts.
#[derive(Debug, Default)]
pub(super) struct Acceptances {
    /// What counts.
    pub(super) waivers: Vec<Waiver>,
    /// Everything that was asked, for people.
    pub(super) asked: Vec<Asked>,
    /// Why the pull request's own configuration was not looked at. Foreign text.
    pub(super) unreadable: Option<String>,
}

/// One wish to accept a regression. All of it is foreign text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    /// By which means.
    pub(super) by: By,
    /// Whether it counts.
    pub(super) standing: Standing,
    /// Which rows, as written.
    pub(super) rows: Vec<String>,
    /// The ceiling.
    pub(super) up_to: String,
    /// The reason that was given.
    pub(super) reason: Option<String>,
}

/// By which means a regression is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum By {
    /// A label.
    Label { name: String, actor: Option<String>, at: Option<String> },
    /// A waiver that the pull request adds.
    Waiver { expires: String },
}

/// Whether it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Standing {
    /// It does.
    Applied,
    /// A fork proposes it.
    Proposed,
    /// It does not, and why.
    Void(String),
}

/// A ceiling as it is written in a configuration.
pub(super) fn ceiling(up_to: f64, metrics: &[Metric]) -> String {
    // Seven per cent are 0.07, and a hundred times that is not quite 7.
    let hundredths = (up_to * 1e8).round() / 1e6;
    let unit = if metrics.iter().all(|metric| metric.is_proportion()) { "pp" } else { "%" };
    format!("{}{unit}", number::chosen(hundredths))
}

/// Everything that is asked on a pull request. `config` is the configuration's path in the
/// repository, `key` the mark of our check runs.
///
/// # Errors
/// Where GitHub cannot be asked.
pub(super) fn of(
    client: &Client,
    repository: &Repository,
    pull: &PullRequest,
    base: &Base,
    marks: Marks<'_>,
    today: Date,
) -> Result<Acceptances, Error> {
    let mut all = Acceptances::default();
    if marks.config_changed {
        added_waivers(client, repository, pull, base, marks.config, &mut all)?;
    }
    let accepts = &base.config.accepts;
    if accepts.is_empty() {
        return Ok(all);
    }
    let on = labels::on(client, repository, pull.number)?;
    let set: Vec<&Accept> = accepts.iter().filter(|accept| on.contains(&accept.label)).collect();
    if set.is_empty() {
        return Ok(all);
    }
    let events = labels::events(client, repository, pull.number)?;
    let first = first_verdict(client, repository, pull, base, marks.key)?;
    // A later measurement of the same head has its own verdict, which nobody has seen before it.
    let uploaded: Option<Timestamp> = marks.uploaded.and_then(|at| at.parse().ok());
    let verdict = first.map(|first| uploaded.map_or(first, |uploaded| first.max(uploaded)));
    for accept in set {
        let last = last_set(&events, &accept.label);
        let standing = match last {
            None => Standing::Void("nothing tells who set the label".to_owned()),
            Some(event) => match refusal(client, repository, pull, event, verdict)? {
                Some(why) => Standing::Void(why),
                None => Standing::Applied,
            },
        };
        let actor = last.and_then(|event| event.actor.clone());
        if standing == Standing::Applied {
            let who = actor.as_deref().unwrap_or_default();
            all.waivers.push(accept.waiver(format!("accepted by {who}"), today));
        }
        all.asked.push(Asked {
            by: By::Label {
                name: accept.label.clone(),
                actor,
                at: last.map(|event| event.at.clone()),
            },
            standing,
            rows: accept.rows.iter().map(ToString::to_string).collect(),
            up_to: ceiling(accept.up_to, &accept.metrics),
            reason: accept.reason.clone(),
        });
    }
    Ok(all)
}

/// What to look for.
#[derive(Clone, Copy)]
pub(super) struct Marks<'a> {
    /// The configuration's path in the repository.
    pub(super) config: &'a str,
    /// Whether the pull request changes it.
    pub(super) config_changed: bool,
    /// By which the external ids of our check runs are known.
    pub(super) key: &'a str,
    /// When what is judged was uploaded: a label that is older is about something else.
    pub(super) uploaded: Option<&'a str>,
}

/// The waivers that the pull request's configuration has and the base branch's has not.
fn added_waivers(
    client: &Client,
    repository: &Repository,
    pull: &PullRequest,
    base: &Base,
    path: &str,
    all: &mut Acceptances,
) -> Result<(), Error> {
    let Some(bytes) = text_at(client, repository, &pull.head_sha, path)? else { return Ok(()) };
    let text = String::from_utf8_lossy(&bytes);
    let theirs = match config::parse(&text, Path::new(path)) {
        Ok(theirs) => theirs,
        Err(error) => {
            let why = error.to_string();
            let why = why.lines().next().unwrap_or_default();
            all.unreadable = Some(format!(
                "the configuration of the pull request cannot be read, so its waivers do not count: \
                 {why}"
            ));
            return Ok(());
        }
    };
    let bare = |waiver: &Waiver| Waiver { line: 0, ..waiver.clone() };
    let known: Vec<Waiver> = base.config.waivers.iter().map(bare).collect();
    let from_here = pull
        .head_repo
        .as_deref()
        .is_some_and(|head| head.eq_ignore_ascii_case(&repository.to_string()));
    for waiver in theirs.waivers.iter().filter(|waiver| !known.contains(&bare(waiver))) {
        let row = waiver.scope.row.as_ref();
        let standing = if !from_here {
            Standing::Proposed
        } else if !row.is_some_and(|row| row.is_plain()) {
            Standing::Void(
                "it names no exact row, and from a pull request only exact rows count".to_owned(),
            )
        } else {
            Standing::Applied
        };
        if standing == Standing::Applied {
            all.waivers.push(Waiver { origin: Origin::PullRequest, ..waiver.clone() });
        }
        let named = row.map(|row| match &waiver.scope.suite {
            Some(suite) => format!("{suite}/{row}"),
            None => row.to_string(),
        });
        all.asked.push(Asked {
            by: By::Waiver { expires: waiver.expires.to_string() },
            standing,
            rows: named.into_iter().collect(),
            up_to: ceiling(waiver.up_to, &waiver.scope.metrics),
            reason: Some(waiver.reason.clone()),
        });
    }
    Ok(())
}

/// When the first verdict on the current head was given.
fn first_verdict(
    client: &Client,
    repository: &Repository,
    pull: &PullRequest,
    base: &Base,
    key: &str,
) -> Result<Option<Timestamp>, Error> {
    let name = &base.config.github.check;
    let seen = match checks::seen(client, repository, &pull.head_sha, name) {
        Ok(seen) => seen,
        // A token that may not read check runs has made none.
        Err(crate::github::Error::Forbidden { .. }) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let begin = format!("{key}:{}:", mark::VERDICT);
    let verdicts = seen
        .iter()
        .filter(|check| check.external_id.as_deref().is_some_and(|id| id.starts_with(&begin)));
    Ok(verdicts.filter_map(|check| check.completed_at.as_deref()?.parse().ok()).min())
}

/// The event that set the label which is there now.
fn last_set<'e>(events: &'e [LabelEvent], label: &str) -> Option<&'e LabelEvent> {
    let last = events.iter().rfind(|event| event.label == label)?;
    last.added.then_some(last)
}

/// Why a label does not count.
fn refusal(
    client: &Client,
    repository: &Repository,
    pull: &PullRequest,
    event: &LabelEvent,
    verdict: Option<Timestamp>,
) -> Result<Option<String>, Error> {
    let Some(actor) = event.actor.as_deref().filter(|_| event.is_person) else {
        return Ok(Some("it was not set by a person".to_owned()));
    };
    let head = short(&pull.head_sha);
    let Some(verdict) = verdict else {
        return Ok(Some(format!(
            "it was set before there was a verdict on {head}: set it again to accept this one"
        )));
    };
    match event.at.parse::<Timestamp>() {
        Ok(set) if set > verdict => {}
        _ => {
            return Ok(Some(format!(
                "it was set before the verdict on {head}: take it off and set it again to accept \
                 this one"
            )));
        }
    }
    match labels::may_write(client, repository, actor)? {
        true => Ok(None),
        false => Ok(Some("whoever set it may not write to this repository".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(label: &str, added: bool, at: &str) -> LabelEvent {
        LabelEvent {
            label: label.to_owned(),
            added,
            actor: Some("a".to_owned()),
            is_person: true,
            at: at.to_owned(),
        }
    }

    #[test]
    fn the_label_that_counts_is_the_one_set_last() {
        let events = [
            event("ok", true, "2026-01-01T00:00:00Z"),
            event("ok", false, "2026-01-02T00:00:00Z"),
            event("ok", true, "2026-01-03T00:00:00Z"),
            event("other", true, "2026-01-04T00:00:00Z"),
        ];
        let at = |events: &[LabelEvent]| last_set(events, "ok").map(|e| e.at.clone());
        assert_eq!(at(&events).as_deref(), Some("2026-01-03T00:00:00Z"));
        assert_eq!(at(&events[..2]), None);
        assert_eq!(at(&[]), None);
    }
}
