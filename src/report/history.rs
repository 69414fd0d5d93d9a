//! What became of what recorded checks called worse, in words and as JSON.

use std::io::{self, Write};

use serde::Serialize;

use super::sheet::{Section, Sheet};
use super::{Dialect, Scale, number};
use crate::history::{Alarm, Became, Class, Hindsight, PastVerdict};
use crate::measure::{Metric, Severity, Tags, Tool};

/// The schema of the JSON report.
const SCHEMA: &str = "tailguard.history/v1";

/// Characters of a commit's id that people read.
const COMMIT: usize = 10;

/// What recorded checks said, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct LookedBack {
    /// Checks by what became of their alarms.
    pub sums: Hindsight,
    /// Checks that are known to have failed for nothing.
    pub known: FalseAlarms,
    /// The same with all of which nothing tells a reason.
    pub at_most: FalseAlarms,
    /// The share of unchanged measurements that policy lets fail.
    pub alpha: f64,
    /// Whether version control was there to tell what was reverted.
    pub knows_reverts: bool,
    /// One a suite that has recorded verdicts.
    pub suites: Vec<SuiteHistory>,
}

/// Checks that failed for nothing, of those that did not fail for a reason.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FalseAlarms {
    /// How many.
    pub n: u64,
    /// Of how many.
    pub of: u64,
    /// The 95 % interval of their share.
    pub interval: (f64, f64),
}

/// The recorded verdicts of one suite.
#[derive(Debug, Clone, PartialEq)]
pub struct SuiteHistory {
    /// Its name.
    pub suite: String,
    /// The machine.
    pub environment: String,
    /// What was said, oldest first.
    pub history: Vec<PastVerdict>,
    /// What became of it.
    pub alarms: Vec<Alarm>,
}

/// Writes it. The same history gives the same bytes.
///
/// # Errors
/// What the writer says; [`io::ErrorKind::Unsupported`] for `JUnit` and HTML.
pub fn render_history(found: &LookedBack, dialect: Dialect, out: &mut dyn Write) -> io::Result<()> {
    match dialect {
        Dialect::Terminal(layout) => sheet(found).terminal(layout, out),
        Dialect::Markdown => sheet(found).markdown(out),
        Dialect::Json => {
            serde_json::to_writer_pretty(&mut *out, &Shape::of(found))?;
            writeln!(out)
        }
        Dialect::Junit | Dialect::Html => {
            Err(io::Error::new(io::ErrorKind::Unsupported, "no such form of a history"))
        }
    }
}

fn headline(sums: Hindsight) -> String {
    let recorded = number::count(sums.checks as usize, "recorded check");
    if sums.alarmed() == 0 {
        return format!("{recorded}, and no alarm");
    }
    let told: Vec<String> = [
        (sums.real, "for a reason"),
        (sums.not_real, "for nothing"),
        (sums.unexplained, "for what was gone at the next commit"),
        (sums.open, "not settled yet"),
    ]
    .into_iter()
    .filter(|(n, _)| *n > 0)
    .map(|(n, words)| format!("{n} {words}"))
    .collect();
    format!("{recorded}, {} with an alarm: {}", sums.alarmed(), told.join(", "))
}

fn sheet(found: &LookedBack) -> Sheet {
    let mut sections = Vec::new();
    for suite in &found.suites {
        let refreshes = suite.history.iter().filter(|verdict| verdict.check.is_none()).count();
        let checks = number::count(suite.history.len() - refreshes, "check");
        let refreshes = match refreshes {
            0 => String::new(),
            1 => " and 1 refresh".to_owned(),
            n => format!(" and {n} refreshes"),
        };
        let line = format!("{} on {}: {checks}{refreshes}", suite.suite, suite.environment);
        let alarms = suite.alarms.iter().map(|alarm| line_of(suite, alarm));
        sections.push(Section::Item(line, alarms.collect()));
    }
    if found.sums.checks > 0 {
        sections.push(Section::Item(false_alarms(found), Vec::new()));
    } else {
        let text = "nothing is known of false alarms: no check was run with --record";
        sections.push(Section::Remark(Severity::Notice, text.to_owned()));
    }
    if !found.knows_reverts {
        let text = "no repository is here to tell which commits were reverted";
        sections.push(Section::Remark(Severity::Notice, text.to_owned()));
    }
    Sheet { headline: headline(found.sums), sections }
}

/// `read p95 +18.0% at 3f2a1b0c9d, 2026-11-02, and once more: accepted: more fields`
fn line_of(suite: &SuiteHistory, alarm: &Alarm) -> String {
    let first = &suite.history[alarm.seen[0]];
    let commit = first.commit.as_deref().map(|commit| commit.get(..COMMIT).unwrap_or(commit));
    let day = first.time.as_deref().and_then(|time| time.get(..10));
    let place: Vec<&str> = commit.into_iter().chain(day).collect();
    let place = if place.is_empty() {
        "a commit that is not recorded".to_owned()
    } else {
        place.join(", ")
    };
    let scale = match alarm.of.metric.is_proportion() {
        true => Scale::Absolute,
        false => Scale::Relative,
    };
    let again = match alarm.seen.len() - 1 {
        0 => String::new(),
        1 => ", and once more".to_owned(),
        n => format!(", and {n} times more"),
    };
    format!(
        "{} {} {} at {place}{again}: {}",
        alarm.of.id,
        alarm.of.metric.name(),
        number::change(alarm.change, scale),
        words(&alarm.became)
    )
}

fn words(became: &Became) -> String {
    match became {
        Became::Accepted(reason) => format!("accepted: {reason}"),
        Became::Reverted => "its commit was reverted".to_owned(),
        Became::Mended => "seen again, then gone at a later commit".to_owned(),
        Became::Lasts => "it lasts".to_owned(),
        Became::NotAgain => "false: the same commit, measured again, was not worse".to_owned(),
        Became::GoneAtNext => "gone at the next commit: mended, or never there".to_owned(),
        Became::Undecided => "what was measured since says nothing certain of it".to_owned(),
        Became::Open => "not measured since".to_owned(),
    }
}

/// What share of the checks failed for nothing: as far as is known, and at most.
fn false_alarms(found: &LookedBack) -> String {
    let size = |share: f64| number::size(share, Scale::Relative);
    let share = |alarms: FalseAlarms| {
        let (low, high) = alarms.interval;
        format!("{} of {} [{}, {}]", alarms.n, alarms.of, size(low), size(high))
    };
    let known = format!("checks that failed for nothing: {}", share(found.known));
    let most = match found.at_most.n > found.known.n {
        true => format!("; with those that nothing explains {}", share(found.at_most)),
        false => String::new(),
    };
    format!("{known}{most}; policy lets {} of the unchanged ones fail", size(found.alpha))
}

#[derive(Serialize)]
struct Shape<'a> {
    schema: &'static str,
    checks: u64,
    real: u64,
    #[serde(rename = "false")]
    not_real: u64,
    unexplained: u64,
    open: u64,
    unchanged: u64,
    interval: [f64; 2],
    interval_at_most: [f64; 2],
    alpha: f64,
    suites: Vec<SuiteV1<'a>>,
}

#[derive(Serialize)]
struct SuiteV1<'a> {
    suite: &'a str,
    environment: &'a str,
    verdicts: usize,
    alarms: Vec<AlarmV1<'a>>,
}

#[derive(Serialize)]
struct AlarmV1<'a> {
    tool: Tool,
    id: &'a str,
    tags: &'a Tags,
    metric: Metric,
    change: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<&'a str>,
    seen: usize,
    class: &'static str,
    became: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

impl<'a> Shape<'a> {
    fn of(found: &'a LookedBack) -> Self {
        let of_suite = |suite: &'a SuiteHistory| SuiteV1 {
            suite: &suite.suite,
            environment: &suite.environment,
            verdicts: suite.history.len(),
            alarms: suite.alarms.iter().map(|alarm| AlarmV1::of(suite, alarm)).collect(),
        };
        let Hindsight { checks, real, open, unexplained, not_real } = found.sums;
        Self {
            schema: SCHEMA,
            checks,
            real,
            not_real,
            unexplained,
            open,
            unchanged: found.known.of,
            interval: found.known.interval.into(),
            interval_at_most: found.at_most.interval.into(),
            alpha: found.alpha,
            suites: found.suites.iter().map(of_suite).collect(),
        }
    }
}

impl<'a> AlarmV1<'a> {
    fn of(suite: &'a SuiteHistory, alarm: &'a Alarm) -> Self {
        let first = &suite.history[alarm.seen[0]];
        let (became, reason) = match &alarm.became {
            Became::Accepted(reason) => ("accepted", Some(reason.as_str())),
            Became::Reverted => ("reverted", None),
            Became::Mended => ("mended", None),
            Became::Lasts => ("lasts", None),
            Became::NotAgain => ("not-again", None),
            Became::GoneAtNext => ("gone-at-next", None),
            Became::Undecided => ("undecided", None),
            Became::Open => ("open", None),
        };
        Self {
            tool: alarm.of.tool,
            id: &alarm.of.id,
            tags: &alarm.of.tags,
            metric: alarm.of.metric,
            change: alarm.change,
            commit: first.commit.as_deref(),
            session: first.session.as_deref(),
            time: first.time.as_deref(),
            seen: alarm.seen.len(),
            class: match alarm.became.class() {
                Class::Real => "real",
                Class::Open => "open",
                Class::Unexplained => "unexplained",
                Class::False => "false",
            },
            became,
            reason,
        }
    }
}
