//! Counting: every rule on every suite of a world, with one row made slower by several shares.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::gate::{Call, Said};
use super::recorded::Recordings;
use super::requests::Slowdown;
use super::rules::{
    Decide, Rule, of_benchmarks, of_one_session, of_requests, of_sessions, row_is_slower,
};
use super::simulated::Layout;
use super::trial::Trial;
use super::worlds::{Kind, Suite, World};

/// What is put into the first row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// Nothing: the suite is unchanged.
    None,
    /// 2 %.
    All2,
    /// 5 %.
    All5,
    /// 10 %.
    All10,
    /// 20 %.
    All20,
    /// The slowest tenth of the requests by 10 %.
    Tail10,
    /// The slowest tenth of the requests by 20 %.
    Tail20,
    /// The fastest nine tenths of the requests are faster by 5 %, and p95 is what it was: to call the row
    /// slower is an alarm.
    Body5,
    /// The same by 10 %.
    Body10,
}

impl Cell {
    /// The mean over suites of what was measured, with its 95 % interval (normal limit): runs a side of a
    /// row, and rounds.
    #[must_use]
    pub fn taken(&self) -> [(f64, [f64; 2]); 2] {
        [self.measured, self.rounds].map(|[sum, squares]| {
            let n = self.suites.max(1) as f64;
            let mean = sum as f64 / n;
            let variance = (squares as f64 / n - mean * mean).max(0.0);
            let reach = 1.96 * (variance / n).sqrt();
            (mean, [mean - reach, mean + reach])
        })
    }
}

impl Change {
    const OF_RUNS: [Self; 5] = [Self::None, Self::All2, Self::All5, Self::All10, Self::All20];
    const OF_REQUESTS: [Self; 9] = [
        Self::None,
        Self::All2,
        Self::All5,
        Self::All10,
        Self::All20,
        Self::Tail10,
        Self::Tail20,
        Self::Body5,
        Self::Body10,
    ];

    fn slowdown(self) -> Slowdown {
        match self {
            Self::None => Slowdown::All(0.0),
            Self::All2 => Slowdown::All(0.02),
            Self::All5 => Slowdown::All(0.05),
            Self::All10 => Slowdown::All(0.10),
            Self::All20 => Slowdown::All(0.20),
            Self::Tail10 => Slowdown::Tail(0.10),
            Self::Tail20 => Slowdown::Tail(0.20),
            Self::Body5 => Slowdown::Body(0.05),
            Self::Body10 => Slowdown::Body(0.10),
        }
    }
}

/// What one rule said of the suites of one world.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// The world's name.
    pub world: String,
    /// The rule's name.
    pub rule: String,
    /// What was put into the first row.
    pub change: Change,
    /// Suites that were judged.
    pub suites: u64,
    /// Rows of which nothing was changed, and those of them that were called slower; all rows of an
    /// unchanged suite, none of a changed one.
    pub unchanged: u64,
    /// See [`Self::unchanged`].
    pub alarms: u64,
    /// Unchanged suites with an alarm.
    pub failed: u64,
    /// Suites of which the changed row was called slower.
    pub found: u64,
    /// Suites of which the changed row was undecided.
    pub undecided: u64,
    /// Runs a side that were measured of a row, summed over rows and suites; and the sum of the squares of
    /// what suites took.
    pub measured: [u64; 2],
    /// The same of the rounds in which anything was measured.
    pub rounds: [u64; 2],
}

/// Counts of one suite, by rule and change.
type Counts = Vec<[u64; 9]>;

/// Judges so many suites of a world, in parallel. The order does not matter.
#[must_use]
pub fn count(world: &World, seed: u64, suites: u64, recorded: &Recordings) -> Vec<Cell> {
    let rules = rules(world);
    let changes = changes(world);
    let counts: Counts = (0..suites)
        .into_par_iter()
        .map(|number| of_suite(&world.suite(seed, number, recorded), &rules, changes))
        .reduce(
            || vec![[0; 9]; rules.len() * changes.len()],
            |mut sum, one| {
                for (sum, one) in sum.iter_mut().zip(one) {
                    sum.iter_mut().zip(one).for_each(|(sum, one)| *sum += one);
                }
                sum
            },
        );
    let kinds = rules.iter().flat_map(|rule| changes.iter().map(move |change| (rule, change)));
    kinds
        .zip(counts)
        .map(|((rule, change), counts)| {
            let [unchanged, alarms, failed, found, undecided, of_runs @ ..] = counts;
            let [runs, runs_squared, rounds, rounds_squared] = of_runs;
            Cell {
                world: world.name.to_owned(),
                rule: rule.name.to_owned(),
                change: *change,
                suites,
                unchanged,
                alarms,
                failed,
                found,
                undecided,
                measured: [runs, runs_squared],
                rounds: [rounds, rounds_squared],
            }
        })
        .collect()
}

fn changes(world: &World) -> &'static [Change] {
    match world.kind {
        Kind::Requests { .. } => &Change::OF_REQUESTS,
        _ => &Change::OF_RUNS,
    }
}

/// The rules that a world has the data for.
#[must_use]
pub fn rules(world: &World) -> Vec<Rule> {
    match world.kind {
        Kind::Simulated { layout: Layout::OneSession { runs }, .. } => {
            of_one_session(runs, world.variants)
        }
        Kind::Recorded { rounds } => of_one_session(rounds, world.variants),
        Kind::Simulated { layout: Layout::Sessions { .. }, .. } => of_sessions(),
        Kind::Requests { .. } => of_requests(),
        Kind::Benchmarks { rounds } => of_benchmarks(rounds, world.variants),
    }
}

fn of_suite(suite: &Suite, rules: &[Rule], changes: &[Change]) -> Counts {
    let changed: Vec<Suite> = changes.iter().map(|change| put_in(suite, *change)).collect();
    let of_rule = |rule: &Rule| {
        let of_change = |(change, suite): (&Change, &Suite)| judged(rule, *change, suite);
        changes.iter().zip(&changed).map(of_change).collect::<Vec<_>>()
    };
    rules.iter().flat_map(of_rule).collect()
}

fn put_in(suite: &Suite, change: Change) -> Suite {
    match (suite, change, change.slowdown()) {
        (same, Change::None, _) => same.clone(),
        (Suite::Requests(loaded), _, by) => Suite::Requests(loaded.first_slower(by)),
        (Suite::Runs(trial), _, Slowdown::All(by) | Slowdown::Tail(by)) => {
            Suite::Runs(trial.first_slower(by))
        }
        (Suite::Benchmarks(all), _, Slowdown::All(by) | Slowdown::Tail(by)) => {
            Suite::Benchmarks(all.first_slower(by))
        }
        // Runs that are known by one quantile alone.
        (same, _, Slowdown::Body(_)) => same.clone(),
    }
}

fn judged(rule: &Rule, change: Change, suite: &Suite) -> [u64; 9] {
    let (trial, pairs) = match suite {
        Suite::Runs(trial) => (trial, None),
        Suite::Requests(loaded) => (&loaded.trial, Some(&loaded.pairs)),
        Suite::Benchmarks(all) => (&all.trial, Some(&all.pairs)),
    };
    let Said { rows: calls, measured, rounds } = match rule.decide {
        Decide::Suite(decide) => decide(trial),
        one_row => {
            // Rows do not know of each other here, so only the changed one is judged where one is.
            let rows = if change == Change::None { trial.rows.len() } else { 1 };
            let of_row = |(index, row)| {
                let pair = pairs.and_then(|pairs| pairs.get(index));
                row_is_slower(one_row, trial, row, pair)
            };
            let calls = trial.rows.iter().take(rows).enumerate().map(of_row).collect();
            let rounds = runs_of(one_row, trial);
            Said { rows: calls, measured: rounds * trial.rows.len() as u64, rounds }
        }
    };
    let slower = calls.iter().filter(|call| **call == Call::Slower).count() as u64;
    let first = calls.first().copied().unwrap_or_default();
    match change {
        Change::None => {
            let (rows, fails) = (calls.len() as u64, u64::from(slower > 0));
            [rows, slower, fails, 0, 0, measured, measured.pow(2), rounds, rounds.pow(2)]
        }
        _ => {
            let [found, undecided] = [Call::Slower, Call::Undecided].map(|c| u64::from(first == c));
            [0, 0, 0, found, undecided, measured, measured.pow(2), rounds, rounds.pow(2)]
        }
    }
}

/// Fresh runs of a row that a rule uses.
fn runs_of(decide: Decide, trial: &Trial) -> u64 {
    match decide {
        Decide::Requests(_) => 1,
        _ => trial.fresh.len() as u64,
    }
}
