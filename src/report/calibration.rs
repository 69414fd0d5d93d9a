//! What `calibrate` found, in words and as JSON.

use std::io::{self, Write};

use serde::Serialize;

use super::sheet::{Section, Sheet};
use super::{Dialect, Scale, escape, number};
use crate::calibrate::{Doubt, Replayed};
use crate::measure::{Metric, Severity, Tags, Unit};

/// The schema of the JSON report.
const SCHEMA: &str = "tailguard.calibration/v1";

/// Fewer sessions say nothing of how far sessions scatter.
const FEWEST_SESSIONS: usize = 3;

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
    fn suggested(&self) -> Option<f64> {
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
            serde_json::to_writer_pretty(&mut *out, &Shape::of(found))?;
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
    sections.push(Section::Table(
        vec![
            "row",
            "measured",
            "runs scatter",
            "sessions scatter",
            "a check finds",
            "rounds that find it",
        ],
        found.rows.iter().map(cells).collect(),
    ));
    sections.push(Section::Item(
        format!(
            "\"a check finds\": the smallest worsening that a check against the baselines finds four \
             times in five; \"rounds that find it\": rounds a side of `run --against` that find {} four \
             times in five",
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
        sections.extend(blind.iter().map(|row| {
            Section::Item(
                format!("{} {}", row.id, row.metric.name()),
                row.doubts.iter().map(doubt).collect(),
            )
        }));
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

fn cells(row: &CalibratedRow) -> Vec<String> {
    let share = |share: f64| number::size(share, Scale::Relative);
    let (runs, sessions) = row
        .spread
        .map_or((String::new(), String::new()), |(runs, sessions)| (share(runs), share(sessions)));
    vec![
        format!("{} {}", row.id, row.metric.name()),
        number::value(row.value, row.unit),
        runs,
        sessions,
        row.detectable.map_or_else(|| "nothing".to_owned(), |size| number::size(size, row.scale())),
        match (row.rounds, row.metric.is_proportion()) {
            (_, true) => String::new(),
            (Some(rounds), _) => rounds.to_string(),
            (None, _) => "over 100".to_owned(),
        },
    ]
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

#[derive(Serialize)]
struct Shape<'a> {
    schema: &'static str,
    seed: u64,
    suites: &'a [CalibratedSuite],
    pull_requests: u64,
    failed: u64,
    interval: [f64; 2],
    detect: f64,
    replayed: Vec<ReplayedV1<'a>>,
    rows: Vec<RowV1<'a>>,
}

#[derive(Serialize)]
struct ReplayedV1<'a> {
    suite: &'a str,
    session: &'a str,
    worse: &'a [String],
}

#[derive(Serialize)]
struct RowV1<'a> {
    suite: &'a str,
    id: &'a str,
    tags: &'a Tags,
    metric: Metric,
    unit: Unit,
    value: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    run_sd: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_sd: Option<f64>,
    alarms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    detectable: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rounds: Option<u32>,
    threshold: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    suggested_threshold: Option<f64>,
    doubts: Vec<&'static str>,
}

impl<'a> Shape<'a> {
    fn of(found: &'a Calibration) -> Self {
        let replayed = found.replayed.iter().map(|one| ReplayedV1 {
            suite: &one.suite,
            session: &one.session,
            worse: &one.worse,
        });
        let rows = found.rows.iter().map(|row| RowV1 {
            suite: &row.suite,
            id: &row.id,
            tags: &row.tags,
            metric: row.metric,
            unit: row.unit,
            value: row.value,
            run_sd: row.spread.map(|spread| spread.0),
            session_sd: row.spread.map(|spread| spread.1),
            alarms: row.alarms,
            detectable: row.detectable,
            rounds: row.rounds,
            threshold: row.threshold,
            suggested_threshold: row.suggested(),
            doubts: row.doubts.iter().map(name).collect(),
        });
        Self {
            schema: SCHEMA,
            seed: found.seed,
            suites: &found.suites,
            pull_requests: found.pull_requests,
            failed: found.failed,
            interval: [found.interval.0, found.interval.1],
            detect: found.detect,
            replayed: replayed.collect(),
            rows: rows.collect(),
        }
    }
}

fn name(doubt: &Doubt) -> &'static str {
    match doubt {
        Doubt::TwoGroups { .. } => "bimodal",
        Doubt::Drifts { .. } => "drifting",
        Doubt::Steps { .. } => "quantised",
        Doubt::Short => "too-short",
    }
}
