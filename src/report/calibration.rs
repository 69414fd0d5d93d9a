//! What `calibrate` found, in words and as JSON.

use std::io::{self, Write};

use serde::Serialize;

use super::sheet::{Section, Sheet};
use super::{Dialect, Scale, calibration_v1, escape, number};
use crate::calibrate::{Doubt, FEWEST_SESSIONS, Replayed};
use crate::measure::{Metric, Severity, Tags, Unit};

/// A threshold above this guards nothing.
const HIGHEST: f64 = 1.0;

/// How often this gate would be wrong here, and what it can see.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// What was looked at.
    pub suites: Vec<CalibratedSuite>,
    /// Gating rows, in the order of suites and names.
    pub rows: Vec<CalibratedRow>,
    /// Simulated pull requests that change nothing.
    pub pull_requests: u64,
    /// Those of them that fail.
    pub failed: u64,
    /// The 95 % interval of their share.
    pub interval: (f64, f64),
    /// Every stored session against the others of its suite.
    pub replayed: Vec<Replayed>,
    /// Whether replayed sessions are worse more often than simulated pull requests fail: the lower end of the
    /// one's interval is above the upper end of the other's.
    pub replay_is_worse: bool,
    /// The slowdown that should be seen, as a share.
    pub detect: f64,
    /// Decides what is drawn.
    pub seed: u64,
}

/// The stored runs of a suite.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CalibratedSuite {
    /// Its name.
    pub suite: String,
    /// The machine.
    pub environment: String,
    /// Sessions that are stored.
    pub sessions: usize,
    /// Runs that are stored.
    pub runs: usize,
    /// Runs that a fresh session is taken to have.
    pub fresh_runs: usize,
}

/// One metric of one row that can fail the build.
#[derive(Debug, Clone, PartialEq)]
pub struct CalibratedRow {
    /// The suite's name.
    pub suite: String,
    /// The row, for display.
    pub id: String,
    /// The row's identity.
    pub tags: Tags,
    /// The metric.
    pub metric: Metric,
    /// The unit of its values.
    pub unit: Unit,
    /// What was measured, on average.
    pub value: f64,
    /// Standard deviations between the runs of one session and between sessions, as shares; `None` of
    /// proportions.
    pub spread: Option<(f64, f64)>,
    /// Simulated pull requests in which it is called worse though nothing changed.
    pub alarms: u64,
    /// The smallest worsening that a check against the baselines finds four times in five.
    pub detectable: Option<f64>,
    /// Rounds a side of `run --against`, all in one session, that find the wished slowdown four times in
    /// five; `None` where a hundred would not do.
    pub rounds: Option<u32>,
    /// The threshold in force.
    pub threshold: f64,
    /// What makes it hard to judge.
    pub doubts: Vec<Doubt>,
}

impl CalibratedRow {
    /// A check against the baselines would miss the wished slowdown more often than one time in five.
    fn is_blind(&self, detect: f64) -> bool {
        self.detectable.is_none_or(|size| size > detect)
    }

    fn scale(&self) -> Scale {
        if self.metric.is_proportion() { Scale::Absolute } else { Scale::Relative }
    }

    /// What a check finds, where that is more than the threshold in force.
    fn beyond(&self) -> Option<f64> {
        self.detectable.filter(|size| !self.metric.is_proportion() && *size > self.threshold)
    }

    /// The next threshold in steps that people write, at or above what is found; none where a doubling
    /// would be missed.
    pub(super) fn suggested(&self) -> Option<f64> {
        let size = self.beyond().filter(|size| *size <= HIGHEST)?;
        let step = if size < 0.2 { 0.01 } else { 0.05 };
        Some((size / step).ceil() * step)
    }
}

/// Writes it. The same calibration gives the same bytes.
///
/// # Errors
/// What the writer says; [`io::ErrorKind::Unsupported`] for `JUnit` and HTML.
pub fn render_calibration(
    found: &Calibration,
    dialect: Dialect,
    out: &mut dyn Write,
) -> io::Result<()> {
    match dialect {
        Dialect::Terminal(layout) => sheet(found).terminal(layout, out),
        Dialect::Markdown => sheet(found).markdown(out),
        Dialect::Json => {
            serde_json::to_writer_pretty(&mut *out, &calibration_v1::shape(found))?;
            writeln!(out)
        }
        Dialect::Junit | Dialect::Html => {
            Err(io::Error::new(io::ErrorKind::Unsupported, "no such form of a calibration"))
        }
    }
}

/// The verdict in plain words.
#[must_use]
pub fn calibration_headline(found: &Calibration) -> String {
    let share = |share: f64| number::size(share, Scale::Relative);
    let (low, high) = found.interval;
    let simulated = format!(
        "{} of {} simulated ones, 95% interval [{}, {}]",
        found.failed,
        found.pull_requests,
        share(low),
        share(high)
    );
    if found.failed == 0 {
        return format!(
            "this gate fails an unchanged pull request less often than once in {}: {simulated}",
            (1.0 / high).floor() as u64
        );
    }
    let once = (found.pull_requests as f64 / found.failed as f64).round() as u64;
    format!("this gate fails an unchanged pull request about once in {}: {simulated}", once)
}

fn sheet(found: &Calibration) -> Sheet {
    let mut sections: Vec<Section> = found.suites.iter().map(of_suite).collect();
    if found.suites.iter().any(|suite| suite.sessions < FEWEST_SESSIONS) {
        let message = format!(
            "a suite has fewer than {FEWEST_SESSIONS} sessions: how far sessions scatter is not known, \
             and what they show is taken for it"
        );
        sections.push(Section::Remark(Severity::Warning, message));
    }
    sections.extend(replay(&found.replayed));
    if found.replay_is_worse {
        let message = "stored sessions are worse more often than the simulated noise explains: a session \
                       in which the machine was slow, or a change that was taken in; refresh from more \
                       sessions";
        sections.push(Section::Remark(Severity::Warning, message.to_owned()));
    }
    sections.push(Section::Table(
        vec!["row", "measured", "±runs", "±sessions", "alarms", "finds", "rounds"],
        found.rows.iter().map(|row| cells(row, found.pull_requests)).collect(),
    ));
    sections.push(Section::Item(
        format!(
            "\"±runs\" and \"±sessions\": how far runs of one session and sessions scatter; \"alarms\": pull \
             requests in which the row is called worse though nothing changed; \"finds\": the smallest \
             worsening that a check against the baselines finds four times in five; \"rounds\": rounds a \
             side of `run --against` that find {} four times in five",
            number::size(found.detect, Scale::Relative)
        ),
        Vec::new(),
    ));
    let blind: Vec<&CalibratedRow> = found
        .rows
        .iter()
        .filter(|row| !row.metric.is_proportion() && row.is_blind(found.detect))
        .collect();
    if !blind.is_empty() {
        let size = number::size(found.detect, Scale::Relative);
        sections.push(Section::Remark(
            Severity::Warning,
            format!(
                "{} of {} rows are too noisy for a check against the baselines to find {size}",
                blind.len(),
                found.rows.len()
            ),
        ));
        sections.extend(
            blind.iter().map(|row| {
                Section::Item(format!("{} {}", row.id, row.metric.name()), reasons(row))
            }),
        );
    }
    let rules: Vec<String> = blind.iter().filter_map(|row| rule(row)).flatten().collect();
    if !rules.is_empty() {
        sections.push(Section::Title(
            "what a check against the baselines can hold, for tailguard.toml",
        ));
        sections.push(Section::Code("toml", rules));
    }
    sections.push(Section::Item(format!("seed {}", found.seed), Vec::new()));
    Sheet { headline: calibration_headline(found), sections }
}

fn of_suite(suite: &CalibratedSuite) -> Section {
    let plural =
        |n: usize, word: &str| if n == 1 { format!("1 {word}") } else { format!("{n} {word}s") };
    Section::Item(
        format!(
            "{} on {}: {} of {} stored, a fresh session of {}",
            suite.suite,
            suite.environment,
            plural(suite.runs, "run"),
            plural(suite.sessions, "session"),
            plural(suite.fresh_runs, "run")
        ),
        Vec::new(),
    )
}

fn replay(replayed: &[Replayed]) -> Option<Section> {
    if replayed.is_empty() {
        let text = "nothing to replay: no suite has two sessions";
        return Some(Section::Remark(Severity::Notice, text.to_owned()));
    }
    let worse: Vec<&Replayed> = replayed.iter().filter(|one| !one.worse.is_empty()).collect();
    let line = format!(
        "replayed: {} of {} stored sessions are worse than the others of their suite",
        worse.len(),
        replayed.len()
    );
    let of = |one: &&Replayed| format!("{} {}: {}", one.suite, one.session, one.worse.join(", "));
    Some(Section::Item(line, worse.iter().map(of).collect()))
}

fn cells(row: &CalibratedRow, pull_requests: u64) -> Vec<String> {
    let share = |share: f64| number::size(share, Scale::Relative);
    let (runs, sessions) = row
        .spread
        .map_or((String::new(), String::new()), |(runs, sessions)| (share(runs), share(sessions)));
    vec![
        format!("{} {}", row.id, row.metric.name()),
        number::value(row.value, row.unit),
        runs,
        sessions,
        share(row.alarms as f64 / pull_requests.max(1) as f64),
        row.detectable.map_or_else(|| "nothing".to_owned(), |size| number::size(size, row.scale())),
        match (row.rounds, row.metric.is_proportion()) {
            (_, true) => String::new(),
            (Some(rounds), _) => rounds.to_string(),
            (None, _) => "over 100".to_owned(),
        },
    ]
}

/// Why a row is too noisy.
fn reasons(row: &CalibratedRow) -> Vec<String> {
    let told: Vec<String> = row.doubts.iter().map(doubt).collect();
    match (told.is_empty(), row.spread) {
        (true, Some((runs, sessions))) => {
            let share = |share: f64| number::size(share, Scale::Relative);
            vec![format!(
                "scattering: by {} between runs and {} between sessions, and in no odd way",
                share(runs),
                share(sessions)
            )]
        }
        _ => told,
    }
}

fn doubt(doubt: &Doubt) -> String {
    let share = |share: f64| number::size(share.abs(), Scale::Relative);
    match doubt {
        Doubt::TwoGroups { apart } => {
            format!("bimodal: its runs lie in two groups, {} apart", share(*apart))
        }
        Doubt::Drifts { by } => {
            let way = if *by > 0.0 { "rises" } else { "falls" };
            format!(
                "drifting: it {way} by {} from the first run of a session to the last",
                share(*by)
            )
        }
        Doubt::Steps { values, runs } => {
            format!("quantised: {runs} runs have {values} different values")
        }
        Doubt::Short => {
            "too short: what scatters inside a run is most of what scatters between runs".to_owned()
        }
    }
}

fn rule(row: &CalibratedRow) -> Option<Vec<String>> {
    let size = row.beyond()?;
    let text = escape::toml_string;
    let remedy = match row.suggested() {
        Some(threshold) => format!("threshold = \"{:.0}%\"", 100.0 * threshold),
        None => format!(
            "gates     = false   # a check finds nothing below {}",
            number::size(size, Scale::Relative)
        ),
    };
    Some(vec![
        "[[rule]]".to_owned(),
        format!("suite     = {}", text(&row.suite)),
        format!("row       = {}", text(&row.id)),
        format!("metric    = {}", text(row.metric.name())),
        remedy,
        String::new(),
    ])
}
