//! Suites that are drawn from recorded rounds of an unchanged program.

use std::collections::BTreeMap;

use tailguard::measure::{Figure, Metric, Row, Tags, Tool};

use super::trial::{Place, Point, Sides, Trial};
use crate::benchmarks::{Benchmarks, Timed};
use crate::faults::arms::BASE;
use crate::faults::packed::Recorded;
use crate::random::without_replacement;

/// The arm of a recording that is the unchanged service once more.
const UNCHANGED: &str = "unchanged";

/// Everything that was recorded.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Recordings {
    /// The clinic under load.
    pub clinic: Pairs<Point>,
    /// Criterion benchmarks of real crates.
    pub benchmarks: Pairs<Timed>,
}

/// Two runs of the same program in one round after the other, by row.
#[derive(Debug, Clone, PartialEq)]
pub struct Pairs<R> {
    rows: Vec<Vec<(R, R)>>,
}

/// A suite of benchmarks with the samples of those runs that are compared sample by sample.
#[derive(Debug, Clone, PartialEq)]
pub struct Benchmarked {
    /// The runs of all rows.
    pub trial: Trial,
    /// By row, the samples of the last run of the base side and of the first fresh one.
    pub pairs: Vec<(Vec<f64>, Vec<f64>)>,
}

impl<R> Default for Pairs<R> {
    fn default() -> Self {
        Self { rows: Vec::new() }
    }
}

impl<R: Clone> Pairs<R> {
    /// So many rounds without replacement; in each of them it is by chance which of its two runs is called
    /// the fresh one. Changes are put into the first row: each has its turn. Returns both sides by row.
    fn draw(&self, rounds: usize, stream: &str, seed: u64, number: u64) -> Vec<(Vec<R>, Vec<R>)> {
        let recorded = self.rows.first().map_or(0, Vec::len);
        let places = without_replacement(seed, stream, number, recorded, rounds);
        // A permutation decides the sides: the parity of what it puts in a place is a fair coin each.
        let coins = without_replacement(seed, &format!("{stream}, sides"), number, 1 << 16, rounds);
        let turn = number as usize % self.rows.len().max(1);
        let rows = self.rows[turn..].iter().chain(&self.rows[..turn]);
        let of_row = |row: &Vec<(R, R)>| {
            let of_round = |(place, coin): (&usize, &usize)| {
                let (one, other) = row[*place].clone();
                if coin % 2 == 0 { (one, other) } else { (other, one) }
            };
            places.iter().zip(&coins).map(of_round).unzip()
        };
        rows.map(of_row).collect()
    }
}

fn in_rounds(rounds: usize) -> Vec<Place> {
    (0..rounds as u32).map(|round| Place { session: 0, round: Some(round) }).collect()
}

fn trial(tool: Tool, rows: Vec<Sides>) -> Trial {
    let places = in_rounds(rows.first().map_or(0, |row| row.base.len()));
    Trial { tool, rows, base: places.clone(), fresh: places }
}

impl Pairs<Point> {
    /// The p95 of the rows that both unchanged arms of the clinic have in every round.
    #[must_use]
    pub fn of(recorded: &Recorded) -> Self {
        let side = |arm: &str| -> Vec<BTreeMap<Tags, Point>> {
            let rounds = recorded.arm(arm).into_values();
            rounds.map(|round| round.run().rows.into_iter().filter_map(p95).collect()).collect()
        };
        let (base, again) = (side(BASE), side(UNCHANGED));
        let Some(first) = base.first() else { return Self::default() };
        let of_row = |tags: &Tags| -> Option<Vec<(Point, Point)>> {
            base.iter().zip(&again).map(|(b, a)| Some((*b.get(tags)?, *a.get(tags)?))).collect()
        };
        Self { rows: first.keys().filter_map(of_row).collect() }
    }

    /// A suite of so many rounds.
    #[must_use]
    pub fn suite(&self, rounds: usize, stream: &str, seed: u64, number: u64) -> Trial {
        let rows = self.draw(rounds, stream, seed, number);
        trial(Tool::K6, rows.into_iter().map(|(base, fresh)| Sides { base, fresh }).collect())
    }
}

impl Pairs<Timed> {
    /// The recorded benchmarks.
    #[must_use]
    pub fn of(recorded: &Benchmarks) -> Self {
        Self { rows: recorded.rounds() }
    }

    /// A suite of so many rounds.
    #[must_use]
    pub fn suite(&self, rounds: usize, stream: &str, seed: u64, number: u64) -> Benchmarked {
        let (mut rows, mut pairs) = (Vec::new(), Vec::new());
        for (base, fresh) in self.draw(rounds, stream, seed, number) {
            let samples = |run: Option<&Timed>| run.map(|run| run.samples.clone());
            pairs.push((
                samples(base.last()).unwrap_or_default(),
                samples(fresh.first()).unwrap_or_default(),
            ));
            let point = |run: &Timed| Point { y: run.y, s: run.s, body: None };
            let points = |side: &[Timed]| side.iter().map(point).collect();
            rows.push(Sides { base: points(&base), fresh: points(&fresh) });
        }
        Benchmarked { trial: trial(Tool::Criterion, rows), pairs }
    }
}

impl Benchmarked {
    /// The same with a first row that is slower by a share.
    #[must_use]
    pub fn first_slower(&self, by: f64) -> Self {
        let mut changed = Self { trial: self.trial.first_slower(by), pairs: self.pairs.clone() };
        if let Some((_, fresh)) = changed.pairs.first_mut() {
            fresh.iter_mut().for_each(|time| *time *= 1.0 + by);
        }
        changed
    }
}

fn p95(row: Row) -> Option<(Tags, Point)> {
    let log = |metric: Metric| match row.figures.get(&metric)? {
        Figure::Log { y, s } => Some((*y, *s)),
        Figure::Share { .. } => None,
    };
    let (y, s) = log(Metric::P95)?;
    let body = log(Metric::P50).map(|(y, _)| y);
    Some((row.tags, Point { y, s, body }))
}
