//! What a rule gets to see: the runs of both sides of every row of a suite.

use std::collections::BTreeMap;

use tailguard::measure::{Evidence, Figure, Metric, Provenance, Row, Run, Tags, Tool, Unit};

/// One run of one row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Natural logarithm of p95 in ms, or of the median in ns of a benchmark.
    pub y: f64,
    /// Within-run standard error of `y`, where it is known.
    pub s: Option<f64>,
    /// Natural logarithm of the median, where it is known.
    pub body: Option<f64>,
}

/// Where a run belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The session, by a number that both sides share.
    pub session: usize,
    /// The round of the session, where both sides were measured in turns.
    pub round: Option<u32>,
}

/// Both sides of a row, in the order of time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sides {
    /// The base side.
    pub base: Vec<Point>,
    /// The fresh side.
    pub fresh: Vec<Point>,
}

/// A suite that was measured on both sides.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// What measured it: what is compared are p95 in ms of a load test, and medians in ns of criterion.
    pub tool: Tool,
    /// One a row; all with the same runs.
    pub rows: Vec<Sides>,
    /// Where the runs of the base side belong.
    pub base: Vec<Place>,
    /// Where the runs of the fresh side belong.
    pub fresh: Vec<Place>,
}

impl Sides {
    /// The p95 of the runs of either side, in ms.
    #[must_use]
    pub fn values(&self) -> (Vec<f64>, Vec<f64>) {
        let of = |side: &[Point]| side.iter().map(|point| point.y.exp()).collect();
        (of(&self.base), of(&self.fresh))
    }

    /// The same with a fresh side that is slower by a share.
    #[must_use]
    pub fn slower(&self, by: f64) -> Self {
        let slow = |point: &Point| Point {
            y: point.y + by.ln_1p(),
            body: point.body.map(|body| body + by.ln_1p()),
            ..*point
        };
        Self { base: self.base.clone(), fresh: self.fresh.iter().map(slow).collect() }
    }
}

impl Trial {
    /// The same with a first row that is slower by a share.
    #[must_use]
    pub fn first_slower(&self, by: f64) -> Self {
        let mut changed = self.clone();
        if let Some(first) = changed.rows.first_mut() {
            *first = first.slower(by);
        }
        changed
    }

    /// The runs as the gate reads them.
    #[must_use]
    pub fn runs(&self) -> (Vec<Run>, Vec<Run>) {
        let side = |name: &str, places: &[Place], of: fn(&Sides) -> &[Point]| {
            let run = |(index, place): (usize, &Place)| {
                let rows = self.rows.iter().enumerate();
                let row = |(row, sides)| gate_row(self.tool, row, of(sides)[index]);
                gate_run(self.tool, &format!("{name}-{index}"), *place, rows.map(row).collect())
            };
            places.iter().enumerate().map(run).collect()
        };
        (side("base", &self.base, |s| &s.base), side("fresh", &self.fresh, |s| &s.fresh))
    }
}

fn gate_run(tool: Tool, id: &str, place: Place, rows: Vec<Row>) -> Run {
    Run {
        id: id.to_owned(),
        path: String::new(),
        tool,
        format: if tool == Tool::Criterion { "criterion" } else { "ndjson" },
        tool_version: None,
        workload: None,
        provenance: Provenance {
            session: Some(place.session.to_string()),
            round: place.round,
            ..Provenance::default()
        },
        rows,
        problems: Vec::new(),
    }
}

/// Rows are told apart by their number, which is their display id too.
fn gate_row(tool: Tool, index: usize, point: Point) -> Row {
    let id = index.to_string();
    let tags: Tags = [("row".to_owned(), id.clone())].into();
    let (metric, unit, evidence) = match tool {
        Tool::Criterion => (Metric::Median, Unit::Ns, Evidence::Batches),
        _ => (Metric::P95, Unit::Ms, Evidence::Requests),
    };
    let mut row = Row::empty(id, tags, unit, evidence);
    row.figures = BTreeMap::from([(metric, Figure::Log { y: point.y, s: point.s })]);
    row.figures.extend(point.body.map(|y| (Metric::P50, Figure::Log { y, s: None })));
    row
}
