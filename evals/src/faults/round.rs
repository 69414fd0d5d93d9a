//! One round of one arm in compact form: what a verdict needs of it, and nothing of single requests.

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use tailguard::measure::{
    Evidence, Figure, Machine, Metric, Problem, Provenance, Row, Run, Severity, Tags, Tool, Unit,
    Workload,
};
use tailguard::source::{self, Reading};

use super::latencies::{Counts, counts};
use crate::Error;
use crate::file;

const SCHEMA: &str = "tailguard.evals.round/v1";
const LARGEST: u64 = 4 << 20;
const HINT: &str = "remove the file, and record that round again";

/// What makes a row of the load test.
pub const GROUP_BY: [&str; 2] = ["category", "endpoint"];

/// One round of one arm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Round {
    schema: String,
    /// How it was recorded.
    pub origin: Origin,
    /// The version of the tool that measured.
    tool_version: Option<String>,
    rows: Vec<CompactRow>,
}

/// How a round was recorded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// The arm's name.
    pub arm: String,
    /// The number of the round, from 0.
    pub round: u32,
    /// The arm's settings.
    pub environment: BTreeMap<String, String>,
    /// A hash of the service and its load test: rounds of different ones are not comparable.
    pub service: String,
    /// The seed of the order of arms.
    pub seed: u64,
    /// The commit that was checked out.
    pub commit: Option<String>,
    /// When it ended, as an RFC 3339 time.
    pub time: String,
    /// How long it took, the start of the service and of its database included.
    pub seconds: f64,
    /// The machine.
    pub machine: Machine,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CompactRow {
    tags: Tags,
    n: u64,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    damaged: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    approximate: bool,
    figures: BTreeMap<Metric, CompactFigure>,
    /// `HdrHistogram` V2 wire format in nanoseconds, in base64. A row that only tells of requests that
    /// were dropped has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sketch: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum CompactFigure {
    Log { y: f64, s: Option<f64> },
    Share { events: u64, of: u64 },
}

impl Round {
    /// Reads the load test's output.
    ///
    /// # Errors
    /// Where it cannot be read, part of it is lost, or it has no latencies.
    pub fn take(raw: &Path, origin: Origin) -> Result<Self, Error> {
        const HINT: &str = "record the round again; a whole load test has rows of requests";
        let reading = Reading {
            group_by: Some(GROUP_BY.map(str::to_owned).to_vec()),
            workload: Some(Workload::Open),
            detail: true,
            ..Reading::default()
        };
        let run = source::read(raw, &reading)?;
        // Of a load test that was stopped, at least the last line is cut.
        let lost = |p: &&Problem| p.severity == Severity::Error || p.code == "truncated-line";
        if let Some(problem) = run.problems.iter().find(lost) {
            return Err(Error::content(raw, &problem.message, HINT));
        }
        let rows = run.rows.iter().map(compact).collect();
        let schema = SCHEMA.to_owned();
        let round = Self { schema, origin, tool_version: run.tool_version, rows };
        round.check().map_err(|what| Error::content(raw, what, HINT))?;
        Ok(round)
    }

    /// Reads a file that [`Self::write`] wrote.
    ///
    /// # Errors
    /// Where it is none.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let bytes = file::read(path, LARGEST, HINT)?;
        let round: Self =
            serde_json::from_slice(&bytes).map_err(|error| Error::content(path, error, HINT))?;
        round.check().map_err(|what| Error::content(path, what, HINT))?;
        Ok(round)
    }

    /// Writes the round as a file, as a whole or not at all.
    ///
    /// # Errors
    /// What the file system says.
    pub fn write(&self, path: &Path) -> Result<(), Error> {
        let text = serde_json::to_vec(self).map_err(|error| Error::content(path, error, HINT))?;
        file::write(path, &text)
    }

    /// Says what is not as [`Self::take`] makes it.
    pub(super) fn check(&self) -> Result<(), String> {
        let Origin { arm, round, seconds, .. } = &self.origin;
        let place = format!("round {round} of {arm:?}");
        if self.schema != SCHEMA {
            return Err(format!("{place} is {:?}, not {SCHEMA:?}", self.schema));
        }
        if !seconds.is_finite() || *seconds <= 0.0 {
            return Err(format!("{place} took {seconds} seconds"));
        }
        if self.rows.iter().all(|row| row.sketch.is_none()) {
            return Err(format!("{place} has no row with latencies"));
        }
        for row in &self.rows {
            let fine = row.figures.values().all(CompactFigure::is_fine);
            if !fine || row.figures.contains_key(&Metric::P95) != row.sketch.is_some() {
                return Err(format!("{place}: figures of {:?} that are none", row.tags));
            }
            if row.sketch.is_some() && row.counts().is_none() {
                return Err(format!("{place}: a sketch of {:?} that is none", row.tags));
            }
        }
        Ok(())
    }

    /// The round as a run of the one session in which all were recorded.
    #[must_use]
    pub fn run(&self) -> Run {
        let Origin { arm, round, commit, time, machine, .. } = &self.origin;
        Run {
            id: format!("{arm}-{round}"),
            path: format!("{arm}-{round}"),
            tool: Tool::K6,
            format: "ndjson",
            tool_version: self.tool_version.clone(),
            workload: Some(Workload::Open),
            provenance: Provenance {
                session: Some("recorded".to_owned()),
                round: Some(*round),
                machine: Some(machine.clone()),
                commit: commit.clone(),
                time: Some(time.clone()),
                command: None,
            },
            rows: self.rows.iter().map(CompactRow::row).collect(),
            problems: Vec::new(),
        }
    }

    /// The sketch of each row that has latencies.
    pub fn sketches(&self) -> impl Iterator<Item = (&Tags, Vec<u8>)> {
        self.rows.iter().filter_map(|row| Some((&row.tags, row.bytes()?)))
    }
}

fn compact(row: &Row) -> CompactRow {
    let figures = row.figures.iter().map(|(metric, figure)| (*metric, CompactFigure::of(*figure)));
    CompactRow {
        tags: row.tags.clone(),
        n: row.n,
        damaged: row.damaged,
        approximate: row.approximate,
        figures: figures.collect(),
        sketch: row.detail.as_ref().map(|detail| STANDARD.encode(&detail.sketch)),
    }
}

impl CompactRow {
    fn bytes(&self) -> Option<Vec<u8>> {
        STANDARD.decode(self.sketch.as_ref()?).ok()
    }

    fn counts(&self) -> Option<Counts> {
        counts(&self.bytes()?)
    }

    fn row(&self) -> Row {
        let values = GROUP_BY.map(|key| self.tags.get(key).map_or("", String::as_str));
        let id = values.join(" / ");
        let mut row = Row::empty(id, self.tags.clone(), Unit::Ms, Evidence::Requests);
        row.n = self.n;
        row.damaged = self.damaged;
        row.approximate = self.approximate;
        row.figures = self.figures.iter().map(|(metric, f)| (*metric, f.figure())).collect();
        row
    }
}

impl CompactFigure {
    fn of(figure: Figure) -> Self {
        match figure {
            Figure::Log { y, s } => Self::Log { y, s },
            Figure::Share { events, of } => Self::Share { events, of },
        }
    }

    fn figure(self) -> Figure {
        match self {
            Self::Log { y, s } => Figure::Log { y, s },
            Self::Share { events, of } => Figure::Share { events, of },
        }
    }

    fn is_fine(&self) -> bool {
        match *self {
            Self::Log { y, s } => y.abs() < 100.0 && s.is_none_or(|s| (0.0..100.0).contains(&s)),
            Self::Share { events, of } => of > 0 && events <= of,
        }
    }
}
