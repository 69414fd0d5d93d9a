//! Unchanged measurements with the noise of stored ones, judged by the gate's own code.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::judged::{Sides, confirmed, judged};
use super::noise::{Amount, RowNoise};
use crate::measure::{Evidence, Figure, Metric, Provenance, Row, Run, Tags, Tool, Unit};
use crate::policy::Verdict;
use crate::policy::config::Config;

/// Rounds in which `run --against` screens all rows unless told otherwise.
const SCREENING: usize = 3;

/// How much is measured of a suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Stored sessions; none where both sides are measured in one session.
    pub sessions: usize,
    /// Runs of each stored session, or of the base side.
    pub runs: usize,
    /// Runs of the fresh side.
    pub fresh: usize,
}

/// What became of simulated unchanged measurements.
#[derive(Debug, Clone, PartialEq)]
pub struct Simulated {
    /// Measurements of all suites together: what a pull request is judged by.
    pub pull_requests: u64,
    /// Those of them with any row that is called worse.
    pub failed: u64,
    /// Gating rows that could be tested.
    pub rows: Vec<SimulatedRow>,
}

/// One metric of one row.
#[derive(Debug, Clone, PartialEq)]
pub struct SimulatedRow {
    /// The suite's name.
    pub suite: String,
    /// The tool.
    pub tool: Tool,
    /// The row's identity.
    pub tags: Tags,
    /// The metric.
    pub metric: Metric,
    /// Measurements in which it is called worse.
    pub alarms: u64,
    /// The median of the worsenings that are found four times in five; `None` where nothing could be
    /// tested.
    pub detectable: Option<f64>,
}

/// A row of a suite without its numbers.
struct Frame<'a> {
    id: &'a str,
    tags: &'a Tags,
    unit: Unit,
    metrics: Vec<&'a RowNoise>,
}

/// Judges so many unchanged measurements: as a check does where there are stored sessions, else as
/// `run --against` does. Every draw has a stream of its own that follows from the seed, so
/// that the result does not depend on the order. Run and session effects are normal and independent between
/// rows.
#[must_use]
pub fn simulated(
    config: &Config,
    suites: &[(String, Shape, Vec<RowNoise>)],
    pull_requests: u64,
    seed: u64,
) -> Simulated {
    let in_one_session = suites.iter().all(|(_, shape, _)| shape.sessions == 0);
    let one = |number: u64| {
        let mut random = fastrand::Rng::with_seed(stream(seed, number));
        let sides: Vec<Sides<'_>> = suites
            .iter()
            .map(|(name, shape, rows)| {
                let (base, fresh) = measurement(*shape, rows, &mut random);
                (name.as_str(), base, fresh)
            })
            .collect();
        let mut told = BTreeMap::new();
        let findings = match in_one_session {
            true => confirmed(config, &sides, SCREENING),
            false => judged(config, &sides),
        };
        for finding in findings {
            if !finding.tolerance.gates || finding.tested.is_none() {
                continue;
            }
            let comparison = finding.comparison;
            let key = (finding.suite, comparison.tool, comparison.tags, comparison.metric);
            let worse = finding.verdict == Verdict::Regressed;
            told.insert(key, (worse, finding.tested.and_then(|tested| tested.detectable)));
        }
        told
    };
    let mut failed = 0;
    let mut rows: BTreeMap<_, (u64, Vec<f64>)> = BTreeMap::new();
    let all: Vec<_> = (0..pull_requests).into_par_iter().map(one).collect();
    for told in all {
        failed += u64::from(told.values().any(|(worse, _)| *worse));
        for (key, (worse, detectable)) in told {
            let (alarms, sizes) = rows.entry(key).or_default();
            *alarms += u64::from(worse);
            sizes.extend(detectable);
        }
    }
    let rows = rows.into_iter().map(|((suite, tool, tags, metric), (alarms, mut sizes))| {
        sizes.sort_by(f64::total_cmp);
        let detectable = sizes.get(sizes.len() / 2).copied();
        SimulatedRow { suite, tool, tags, metric, alarms, detectable }
    });
    Simulated { pull_requests, failed, rows: rows.collect() }
}

/// Streams that are far apart for neighbouring numbers (the finaliser of SplitMix64; Steele, Lea and
/// Flood, "Fast Splittable Pseudorandom Number Generators", 2014).
fn stream(seed: u64, number: u64) -> u64 {
    let mut z = seed.wrapping_add(number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Stored sessions, and a fresh one.
fn measurement(
    shape: Shape,
    rows: &[RowNoise],
    random: &mut fastrand::Rng,
) -> (Vec<Run>, Vec<Run>) {
    if shape.sessions == 0 {
        let mut both = one_session("both", shape.runs + shape.fresh, rows, random);
        let base = both.len() * shape.runs / (shape.runs + shape.fresh);
        let mut fresh = both.split_off(base);
        for side in [&mut both, &mut fresh] {
            for (round, run) in side.iter_mut().enumerate() {
                run.provenance.round = u32::try_from(round).ok();
            }
        }
        return (both, fresh);
    }
    let mut base = Vec::new();
    for session in 0..shape.sessions {
        base.extend(one_session(&format!("stored {session}"), shape.runs, rows, random));
    }
    (base, one_session("fresh", shape.fresh, rows, random))
}

fn one_session(name: &str, runs: usize, rows: &[RowNoise], random: &mut fastrand::Rng) -> Vec<Run> {
    let effects: Vec<f64> = rows
        .iter()
        .map(|row| match row.amount {
            Amount::Positive { session, .. } => session.sqrt() * normal(random),
            Amount::Share { .. } => 0.0,
        })
        .collect();
    let frames = frames(rows);
    let mut made = Vec::new();
    for number in 0..runs {
        let figures: Vec<Option<Figure>> =
            rows.iter().zip(&effects).map(|(row, effect)| figure(row, *effect, random)).collect();
        for (tool, frames) in &frames {
            let rows = frames.iter().map(|(frame, places)| {
                let evidence = match tool {
                    Tool::Criterion => Evidence::Batches,
                    _ => Evidence::Requests,
                };
                let mut row =
                    Row::empty(frame.id.to_owned(), frame.tags.clone(), frame.unit, evidence);
                let of = frame.metrics.iter().zip(places);
                row.figures = of.filter_map(|(m, at)| Some((m.metric, figures[*at]?))).collect();
                row
            });
            made.push(Run {
                id: format!("{name} {number} {tool:?}"),
                path: String::new(),
                tool: *tool,
                format: "ndjson",
                tool_version: None,
                workload: None,
                provenance: Provenance { session: Some(name.to_owned()), ..Provenance::default() },
                rows: rows.collect(),
                problems: Vec::new(),
            });
        }
    }
    made
}

/// The rows by tool, with the places of their metrics.
fn frames(rows: &[RowNoise]) -> BTreeMap<Tool, Vec<(Frame<'_>, Vec<usize>)>> {
    let mut all: BTreeMap<(Tool, &Tags), (Frame<'_>, Vec<usize>)> = BTreeMap::new();
    for (place, row) in rows.iter().enumerate() {
        let new = || {
            let unit = if row.metric.is_time() { row.unit } else { Unit::Ms };
            (Frame { id: &row.id, tags: &row.tags, unit, metrics: Vec::new() }, Vec::new())
        };
        let (frame, places) = all.entry((row.tool, &row.tags)).or_insert_with(new);
        if row.metric.is_time() {
            frame.unit = row.unit;
        }
        frame.metrics.push(row);
        places.push(place);
    }
    let mut tools: BTreeMap<Tool, Vec<_>> = BTreeMap::new();
    for ((tool, _), frame) in all {
        tools.entry(tool).or_default().push(frame);
    }
    tools
}

fn figure(row: &RowNoise, effect: f64, random: &mut fastrand::Rng) -> Option<Figure> {
    match row.amount {
        Amount::Positive { level, run, .. } => {
            let s = row.within.map(f64::sqrt);
            Figure::positive((level + effect + run.sqrt() * normal(random)).exp(), s)
        }
        // The normal limit of a binomial; of nothing, nothing fails.
        Amount::Share { events, trials, of } => {
            let share = events as f64 / of.max(1) as f64;
            let n = trials as f64;
            let drawn = n * share + (n * share * (1.0 - share)).sqrt() * normal(random);
            Figure::share(drawn.round().clamp(0.0, n) as u64, trials)
        }
    }
}

/// A standard normal number (Box and Muller, "A Note on the Generation of Random Normal Deviates", 1958).
fn normal(random: &mut fastrand::Rng) -> f64 {
    let radius = (-2.0 * (1.0 - random.f64()).ln()).sqrt();
    radius * (std::f64::consts::TAU * random.f64()).cos()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calibrate::noise::noise;
    use crate::policy::config::Gate;
    use crate::source::Reading;

    fn shape() -> Shape {
        Shape { sessions: 5, runs: 3, fresh: 3 }
    }

    /// Rows whose runs scatter by 3 %, and whose sessions do by 2 %.
    fn rows(number: usize) -> Vec<RowNoise> {
        let row = |index: usize| RowNoise {
            suite: "s".to_owned(),
            tool: Tool::K6,
            id: index.to_string(),
            tags: [("row".to_owned(), index.to_string())].into(),
            metric: Metric::P95,
            unit: Unit::Ms,
            amount: Amount::Positive { level: 3.0, run: 9e-4, session: 4e-4 },
            sessions: Vec::new(),
            within: None,
            prior: crate::stats::prior::Prior { d0: 10.0, v0: 9e-4 },
        };
        (0..number).map(row).collect()
    }

    #[test]
    fn the_noise_that_is_drawn_is_the_noise_that_is_found() {
        let mut random = fastrand::Rng::with_seed(5);
        let many = Shape { sessions: 400, runs: 4, fresh: 1 };
        let (base, _) = measurement(many, &rows(4), &mut random);
        for row in noise("s", &base) {
            let Amount::Positive { run, session, .. } = row.amount else { panic!("{row:?}") };
            assert!((run / 9e-4 - 1.0).abs() < 0.15, "{run}");
            assert!((session / 4e-4 - 1.0).abs() < 0.35, "{session}");
        }
    }

    #[test]
    fn unchanged_pull_requests_rarely_fail_and_the_same_seed_says_the_same() {
        let config = Config::standalone("s", Gate::default(), Reading::default());
        let suites = [("s".to_owned(), shape(), rows(12))];
        let found = simulated(&config, &suites, 400, 1);
        assert!(found.failed <= 16, "{} of 400", found.failed);
        assert_eq!(found.rows.len(), 12);
        assert!(found.rows.iter().all(|row| row.detectable.is_some_and(|size| size > 0.05)));
        assert_eq!(simulated(&config, &suites, 400, 1), found);
        let noisy: Vec<RowNoise> = rows(12)
            .into_iter()
            .map(|row| RowNoise {
                amount: Amount::Positive { level: 3.0, run: 9e-2, session: 4e-2 },
                ..row
            })
            .collect();
        let noisy = simulated(&config, &[("s".to_owned(), shape(), noisy)], 100, 1);
        let size = |found: &Simulated| found.rows[0].detectable.unwrap_or(f64::INFINITY);
        assert!(size(&noisy) > 3.0 * size(&found));
    }
}
