//! Scaling triggers: what is due or comes next first, then each with its threshold and distance.

use std::io::{self, Write};

use jiff::civil::Date;
use serde::Serialize;

use crate::capacity::figure::Known;
use crate::capacity::triggers::{Side, Watched};
use crate::measure::{Severity, Unit};

use super::json::{self, KnownV1};
use super::plan::unsupported;
use super::words::{both, source};
use crate::report::sheet::{Section, Sheet};
use crate::report::{Dialect, number};

/// The schema word.
const SCHEMA: &str = "tailguard.triggers/v1";

/// Every trigger, and from when growth counts.
#[derive(Debug, Clone, PartialEq)]
pub struct TriggersReport {
    /// Triggers, in the order of the configuration.
    pub triggers: Vec<TriggerReport>,
    /// The day on which things stand as they are told.
    pub from: Option<Date>,
    /// Growth of the number of organisations a month.
    pub growth: Option<f64>,
}

/// One trigger.
#[derive(Debug, Clone, PartialEq)]
pub struct TriggerReport {
    /// Its name.
    pub name: String,
    /// What is done when it is due.
    pub does: String,
    /// The phase of the infrastructure that begins.
    pub phase: Option<u32>,
    /// What is watched, in words.
    pub watch: String,
    /// The unit of what is watched.
    pub unit: Unit,
    /// Threshold and current value.
    pub watched: Watched,
    /// Why the threshold is there.
    pub because: String,
    /// What speaks against the threshold.
    pub warning: Option<String>,
    /// Where things stand is what a load test left behind, and not what follows from today's organisations.
    pub is_of_a_test: bool,
    /// The current value out of the threshold.
    pub used: Result<f64, String>,
    /// When it is reached.
    pub reached: Reached,
    /// How long it must be passed, in seconds.
    pub lasting: f64,
    /// How Prometheus computes what is watched.
    pub promql: Option<String>,
}

/// When a threshold is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reached {
    /// It is.
    Now,
    /// On a day, if growth stays as it is.
    On {
        /// The day.
        on: Date,
        /// The earliest and the latest, by the intervals of both numbers.
        between: Option<(Date, Date)>,
        /// It may be later: the threshold is only what was shown so far.
        or_later: bool,
    },
    /// Not at this growth, or not within a century.
    Never,
    /// Not known, for a reason: a lowercase fragment.
    Unknown(String),
}

/// Writes the triggers. The same triggers give the same bytes.
///
/// # Errors
/// What the writer says; [`io::ErrorKind::Unsupported`] for `JUnit` and HTML.
pub fn render_triggers(
    report: &TriggersReport,
    dialect: Dialect,
    out: &mut dyn Write,
) -> io::Result<()> {
    match dialect {
        Dialect::Terminal(layout) => sheet(report).terminal(layout, out),
        Dialect::Markdown => sheet(report).markdown(out),
        Dialect::Json => json::write(&TriggersV1::of(report), out),
        Dialect::Junit | Dialect::Html => Err(unsupported("a trigger")),
    }
}

/// What is due, and what comes next, in one line.
#[must_use]
pub fn triggers_headline(report: &TriggersReport) -> String {
    let due: Vec<&str> = report
        .triggers
        .iter()
        .filter(|trigger| trigger.reached == Reached::Now)
        .map(|trigger| trigger.name.as_str())
        .collect();
    let dated = report.triggers.iter().filter_map(|trigger| match trigger.reached {
        Reached::On { on, .. } => Some((on, trigger)),
        _ => None,
    });
    let next = match dated.min_by_key(|(on, _)| *on) {
        Some((on, trigger)) => format!("next is {}, about {on}", trigger.name),
        None => "no day is known for any other".to_owned(),
    };
    let all = report.triggers.len();
    let known = |trigger: &&TriggerReport| trigger.used.is_ok();
    let unknown = all - report.triggers.iter().filter(known).count();
    let open = match unknown {
        0 => String::new(),
        some => format!("; {some} of {all} not measured"),
    };
    match due.as_slice() {
        [] if unknown == all => format!("whether anything is due is not measured{open}"),
        [] if unknown == 0 => format!("nothing is due; {next}"),
        [] => format!("nothing that is measured is due{open}; {next}"),
        due => format!("due: {}; {next}{open}", due.join(", ")),
    }
}

/// `66% for 15min`, with the side.
#[must_use]
pub fn trigger_when(trigger: &TriggerReport) -> String {
    let side = match trigger.watched.side {
        Side::Above => "over",
        Side::Below => "under",
    };
    let lasting = lasting(trigger.lasting);
    match &trigger.watched.threshold.amount {
        Ok(amount) => format!("{side} {} for {lasting}", both(*amount, trigger.unit)),
        Err(_) => format!("{side} what is not measured, for {lasting}"),
    }
}

/// A duration in its largest whole unit.
#[must_use]
pub fn lasting(seconds: f64) -> String {
    let minutes = seconds / 60.0;
    match minutes.fract() == 0.0 {
        true => format!("{}min", number::whole(minutes)),
        false => number::value(seconds, Unit::S),
    }
}

fn sheet(report: &TriggersReport) -> Sheet {
    let mut sections = Vec::new();
    if let (Some(from), Some(growth)) = (report.from, report.growth) {
        let growth = number::term(growth, Unit::Ratio);
        let line = format!("days count from {from}, at {growth} more organisations a month");
        sections.push(Section::Item(line, Vec::new()));
    }
    let heading = vec!["trigger", "watches", "when", "now", "of it", "reached"];
    sections.push(Section::Table(heading, report.triggers.iter().map(row).collect()));
    sections.push(Section::Title("what is done, and why there"));
    sections.extend(report.triggers.iter().map(item));
    sections.extend(report.triggers.iter().filter(|t| t.reached == Reached::Now).map(|trigger| {
        Section::Remark(Severity::Warning, format!("{} is due: {}", trigger.name, trigger.does))
    }));
    Sheet { headline: triggers_headline(report), sections }
}

fn row(trigger: &TriggerReport) -> Vec<String> {
    let current = match &trigger.watched.current.amount {
        Ok(amount) if trigger.is_of_a_test => {
            format!("{} (tested)", both(*amount, trigger.unit))
        }
        Ok(amount) => both(*amount, trigger.unit),
        Err(_) => "not measured".to_owned(),
    };
    let used = trigger.used.as_ref().ok().map(|used| number::value(*used, Unit::Ratio));
    let reached = match &trigger.reached {
        Reached::Now => "now".to_owned(),
        Reached::On { on, or_later: true, .. } => format!("{on} or later"),
        Reached::On { on, .. } => on.to_string(),
        Reached::Never => "not at this growth".to_owned(),
        Reached::Unknown(_) => "not known".to_owned(),
    };
    vec![
        trigger.name.clone(),
        trigger.watch.clone(),
        trigger_when(trigger),
        current,
        used.unwrap_or_default(),
        reached,
    ]
}

fn item(trigger: &TriggerReport) -> Section {
    let phase = trigger.phase.map(|n| format!("phase {n}: ")).unwrap_or_default();
    let watched = &trigger.watched;
    let mut below = vec![format!("{}: {}", watched.basis.name(), trigger.because)];
    for (what, known) in [("threshold", &watched.threshold), ("now", &watched.current)] {
        below.extend(told(what, known));
    }
    match &trigger.reached {
        Reached::Unknown(why) => below.push(format!("no day is known: {why}")),
        Reached::On { between: Some((early, late)), .. } => {
            below.push(format!("reached between {early} and {late}, by the intervals of both"));
        }
        _ => {}
    }
    if trigger.is_of_a_test && watched.current.amount.is_ok() {
        below.push("now: as a load test left it, not as it is in production".to_owned());
    }
    below.extend(trigger.warning.iter().map(|warning| format!("warning: {warning}")));
    Section::Item(format!("{}: {phase}{}", trigger.name, trigger.does), below)
}

fn told(what: &str, known: &Known) -> Option<String> {
    match &known.amount {
        Err(why) => Some(format!("{what} is not measured: {why}")),
        Ok(_) if known.source.file.is_empty() => None,
        Ok(_) => Some(format!("{what}: from {}", source(&known.source))),
    }
}

#[derive(Serialize)]
struct TriggersV1<'a> {
    schema: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    growth_per_month: Option<f64>,
    triggers: Vec<TriggerV1<'a>>,
}

#[derive(Serialize)]
struct TriggerV1<'a> {
    name: &'a str,
    does: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    phase: Option<u32>,
    metric: &'a str,
    unit: Unit,
    side: &'static str,
    threshold: KnownV1<'a>,
    basis: &'static str,
    because: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<&'a str>,
    for_seconds: f64,
    current: KnownV1<'a>,
    current_of: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    used: Option<f64>,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reached_on: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reached_between: Option<[String; 2]>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    or_later: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    promql: Option<&'a str>,
}

impl<'a> TriggersV1<'a> {
    fn of(report: &'a TriggersReport) -> Self {
        Self {
            schema: SCHEMA,
            from: report.from.map(|from| from.to_string()),
            growth_per_month: report.growth,
            triggers: report.triggers.iter().map(TriggerV1::from).collect(),
        }
    }
}

impl<'a> From<&'a TriggerReport> for TriggerV1<'a> {
    fn from(trigger: &'a TriggerReport) -> Self {
        let watched = &trigger.watched;
        let (state, on, between, or_later, why) = match &trigger.reached {
            Reached::Now => ("due", None, None, false, None),
            Reached::On { on, between, or_later } => {
                let between = between.map(|(early, late)| [early.to_string(), late.to_string()]);
                ("dated", Some(on.to_string()), between, *or_later, None)
            }
            Reached::Never => ("not-at-this-growth", None, None, false, None),
            Reached::Unknown(why) => ("not-known", None, None, false, Some(why.as_str())),
        };
        Self {
            name: &trigger.name,
            does: &trigger.does,
            phase: trigger.phase,
            metric: &trigger.watch,
            unit: trigger.unit,
            side: match watched.side {
                Side::Above => "above",
                Side::Below => "below",
            },
            threshold: KnownV1::from(&watched.threshold),
            basis: watched.basis.name(),
            because: &trigger.because,
            warning: trigger.warning.as_deref(),
            for_seconds: trigger.lasting,
            current: KnownV1::from(&watched.current),
            current_of: if trigger.is_of_a_test { "test" } else { "today" },
            used: trigger.used.as_ref().ok().copied().filter(|used| used.is_finite()),
            state,
            reached_on: on,
            reached_between: between,
            or_later,
            why,
            promql: trigger.promql.as_deref(),
        }
    }
}

#[cfg(test)]
pub(super) mod tests;
