//! What became of what recorded checks called worse, in words and as JSON.

use std::io::{self, Write};

use serde::Serialize;

use super::sheet::{Section, Sheet};
use super::{Dialect, Scale, number};
use crate::baseline::PastVerdict;
use crate::calibrate::{Alarm, Became, Class, Hindsight};
use crate::measure::{Metric, Severity, Tags, Tool};
use crate::stats::wilson;

/// The schema of the JSON report.
const SCHEMA: &str = "tailguard.history/v1";

/// Characters of a commit's id that people read.
const COMMIT: usize = 10;

/// The level of the intervals.
const LEVEL: f64 = 0.95;

/// What recorded checks said, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct LookedBack {
    /// One a suite that has recorded checks.
    pub suites: Vec<SuiteHistory>,
    /// The share of unchanged measurements that policy lets fail.
    pub alpha: f64,
    /// Whether version control was there to tell what was reverted.
    pub knows_reverts: bool,
}

/// The recorded checks of one suite.
#[derive(Debug, Clone, PartialEq)]
pub struct SuiteHistory {
    /// Its name.
    pub suite: String,
    /// The machine.
    pub environment: String,
    /// What was said, oldest first.
    pub history: Vec<PastVerdict>,
    /// What became of it.
    pub hindsight: Hindsight,
}

/// Checks by what became of their alarms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Sums {
    checks: u64,
    real: u64,
    open: u64,
    unexplained: u64,
    not_real: u64,
}

impl Sums {
    fn of(found: &LookedBack) -> Self {
        found.suites.iter().fold(Self::default(), |sum, SuiteHistory { hindsight, .. }| Self {
            checks: sum.checks + hindsight.checks,
            real: sum.real + hindsight.real,
            open: sum.open + hindsight.open,
            unexplained: sum.unexplained + hindsight.unexplained,
            not_real: sum.not_real + hindsight.not_real,
        })
    }

    fn alarmed(self) -> u64 {
        self.real + self.open + self.unexplained + self.not_real
    }
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

fn headline(sums: Sums) -> String {
    let recorded = number::count(sums.checks as usize, "recorded check");
    if sums.alarmed() == 0 {
        return format!("{recorded}, and none began to call anything worse");
    }
    let told: Vec<String> = [
        (sums.real, "for a reason"),
        (sums.not_real, "for nothing"),
        (sums.unexplained, "for what was gone at the next commit"),
        (sums.open, "for what nothing tells yet"),
    ]
    .into_iter()
    .filter(|(n, _)| *n > 0)
    .map(|(n, words)| format!("{n} {words}"))
    .collect();
    format!("{recorded}, of which {} began an alarm: {}", sums.alarmed(), told.join(", "))
}

fn sheet(found: &LookedBack) -> Sheet {
    let sums = Sums::of(found);
    let mut sections = Vec::new();
    for suite in &found.suites {
        let checks = number::count(suite.hindsight.checks as usize, "check");
        let line = format!("{} on {}: {checks}", suite.suite, suite.environment);
        let alarms = suite.hindsight.alarms.iter().map(|alarm| line_of(suite, alarm));
        sections.push(Section::Item(line, alarms.collect()));
    }
    sections.push(Section::Item(false_alarms(sums, found.alpha), Vec::new()));
    if !found.knows_reverts {
        let text = "no repository is here to tell which commits were reverted";
        sections.push(Section::Remark(Severity::Notice, text.to_owned()));
    }
    Sheet { headline: headline(sums), sections }
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
        Became::Open => "not measured since".to_owned(),
    }
}

/// What share of the checks failed for nothing: as far as is known, and at most.
fn false_alarms(sums: Sums, alpha: f64) -> String {
    let share = |n: u64| {
        let (low, high) = wilson(n, sums.checks, LEVEL);
        let size = |share: f64| number::size(share, Scale::Relative);
        format!("{n} of {} [{}, {}]", sums.checks, size(low), size(high))
    };
    let promised = number::size(alpha, Scale::Relative);
    let known = format!("checks that failed for nothing: {}", share(sums.not_real));
    let rest = sums.unexplained + sums.open;
    let most = match rest {
        0 => String::new(),
        _ => format!("; with those that nothing explains {}", share(sums.not_real + rest)),
    };
    format!("{known}{most}; policy lets {promised} of the unchanged ones fail")
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
    /// Of the share of checks that failed for nothing.
    interval: [f64; 2],
    alpha: f64,
    suites: Vec<SuiteV1<'a>>,
}

#[derive(Serialize)]
struct SuiteV1<'a> {
    suite: &'a str,
    environment: &'a str,
    checks: u64,
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
        let sums = Sums::of(found);
        let (low, high) = wilson(sums.not_real, sums.checks, LEVEL);
        let of_suite = |suite: &'a SuiteHistory| SuiteV1 {
            suite: &suite.suite,
            environment: &suite.environment,
            checks: suite.hindsight.checks,
            alarms: suite.hindsight.alarms.iter().map(|alarm| AlarmV1::of(suite, alarm)).collect(),
        };
        Self {
            schema: SCHEMA,
            checks: sums.checks,
            real: sums.real,
            not_real: sums.not_real,
            unexplained: sums.unexplained,
            open: sums.open,
            interval: [low, high],
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
