//! Real histories that nobody labelled: how often a rule alarms where nothing lasting happened, and how
//! often it finds what is put in.
//!
//! A build of a row counts as unchanged where the median of it and the seven builds after it lies within
//! 2 % of that of the twelve before. That is no truth, and the same for every rule. All rows of a commit
//! are one pull request.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use tailguard::compare::Test;
use tailguard::measure::Tool;

use super::gate::{Call, configuration, one_shot};
use super::histories::{Alarm, BACK, FIRST, KEPT, RULES};
use super::trial::{Place, Point, Sides, Trial};
use crate::rivals::stats::median;

/// Builds before and after by which a build counts as unchanged.
const BEFORE: usize = 12;
const AFTER: usize = 8;

/// How far medians may lie apart there, on the scale of logarithms.
const SAME: f64 = 0.02;

/// What is put into one row.
const CHANGES: [f64; 2] = [0.10, 0.20];

/// The history of one suite: of every row, the measurements of each build, none where it was not measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Suite {
    /// One a row; all with the same builds, oldest first.
    pub rows: Vec<Vec<Vec<f64>>>,
}

/// What one rule said of one collection of histories.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unlabelled {
    /// The collection.
    pub data: String,
    /// The rule.
    pub rule: String,
    /// Rows of builds that count as unchanged, and those of them that are called slower.
    pub rows: u64,
    /// See [`Self::rows`].
    pub alarms: u64,
    /// Builds with such rows, and those of them with an alarm.
    pub builds: u64,
    /// See [`Self::builds`].
    pub failed: u64,
    /// Builds in which one such row was made slower, by 10 and by 20 %, and found.
    pub found: [u64; 2],
}

/// Every rule on every suite of a collection.
#[must_use]
pub fn unlabelled(data: &str, suites: &[Suite]) -> Vec<Unlabelled> {
    let places: Vec<(&Suite, usize)> = suites
        .iter()
        .flat_map(|suite| {
            let builds = suite.rows.first().map_or(0, Vec::len);
            let first = BEFORE.max(FIRST);
            (first..builds.saturating_sub(AFTER - 1)).map(move |build| (suite, build))
        })
        .collect();
    let of_rule = |(name, alarm): &(&str, Alarm)| {
        let gate = *name == RULES[0].0;
        let counts = places.par_iter().map(|(suite, build)| match gate {
            true => of_build(suite, *build, &|rows, changed| of_gate(suite, rows, *build, changed)),
            false => of_build(suite, *build, &|rows, changed| {
                of_rows(suite, rows, *build, changed, *alarm)
            }),
        });
        let [rows, alarms, builds, failed, ten, twenty] =
            counts.reduce(|| [0; 6], |a, b| std::array::from_fn(|place| a[place] + b[place]));
        let (data, rule) = (data.to_owned(), (*name).to_owned());
        Unlabelled { data, rule, rows, alarms, builds, failed, found: [ten, twenty] }
    };
    // Variants know of no second build here, and of no other rows.
    RULES.iter().filter(|(name, _)| !name.starts_with("tailguard,")).map(of_rule).collect()
}

/// What a rule says of some rows of a build, one of them slower by a share.
type Judge<'a> = &'a dyn Fn(&[usize], Option<(usize, f64)>) -> Vec<bool>;

fn of_build(suite: &Suite, build: usize, judge: Judge<'_>) -> [u64; 6] {
    let measured: Vec<usize> =
        (0..suite.rows.len()).filter(|row| is_measured(&suite.rows[*row], build)).collect();
    let unchanged: Vec<usize> =
        (0..measured.len()).filter(|at| is_unchanged(&suite.rows[measured[*at]], build)).collect();
    // Every row gets its turn to be the slower one.
    let Some(&slower) = unchanged.get(build % unchanged.len().max(1)) else { return [0; 6] };
    let said = judge(&measured, None);
    let alarms = unchanged.iter().filter(|at| said[**at]).count() as u64;
    let [ten, twenty] =
        CHANGES.map(|by| u64::from(judge(&measured, Some((measured[slower], by)))[slower]));
    [unchanged.len() as u64, alarms, 1, u64::from(alarms > 0), ten, twenty]
}

/// Whether a row has the build, and as many before it as the gate keeps.
fn is_measured(row: &[Vec<f64>], build: usize) -> bool {
    row[build.saturating_sub(KEPT)..=build].iter().all(|values| !values.is_empty())
}

fn is_unchanged(row: &[Vec<f64>], build: usize) -> bool {
    let (before, after) = (&row[build - BEFORE..build], &row[build..build + AFTER]);
    let [Some(before), Some(after)] = [before, after].map(level) else { return false };
    (after - before).abs() < SAME
}

/// The median of the logarithms of the builds' means; none where a build was not measured.
fn level(builds: &[Vec<f64>]) -> Option<f64> {
    let of = |values: &Vec<f64>| {
        (!values.is_empty()).then(|| (values.iter().sum::<f64>() / values.len() as f64).ln())
    };
    let all: Vec<f64> = builds.iter().map(of).collect::<Option<_>>()?;
    (!all.is_empty()).then(|| median(&all))
}

/// All rows together, each build a session.
fn of_gate(
    suite: &Suite,
    rows: &[usize],
    build: usize,
    changed: Option<(usize, f64)>,
) -> Vec<bool> {
    let first = build.saturating_sub(KEPT);
    // A trial has the same runs of every row: as many of a build as its row with the fewest.
    let runs = |at: usize| rows.iter().map(|row| suite.rows[*row][at].len()).min().unwrap_or(0);
    let points = |row: usize, at: usize| {
        let values = suite.rows[row][at].iter().take(runs(at));
        values.map(|value| Point { y: value.ln(), s: None, body: None }).collect::<Vec<_>>()
    };
    let sides = |row: &usize| {
        let sides = Sides {
            base: (first..build).flat_map(|at| points(*row, at)).collect(),
            fresh: points(*row, build),
        };
        match changed {
            Some((slower, by)) if slower == *row => sides.slower(by),
            _ => sides,
        }
    };
    let places = |at: usize| vec![Place { session: at, round: None }; runs(at)];
    let trial = Trial {
        tool: Tool::K6,
        rows: rows.iter().map(sides).collect(),
        base: (first..build).flat_map(places).collect(),
        fresh: places(build),
    };
    let said = one_shot(&configuration(0.05, 0.02), &trial, Test::ModeratedT);
    said.rows.iter().map(|call| *call == Call::Slower).collect()
}

/// Every row by itself.
fn of_rows(
    suite: &Suite,
    rows: &[usize],
    build: usize,
    changed: Option<(usize, f64)>,
    alarm: Alarm,
) -> Vec<bool> {
    let of_row = |row: &usize| {
        let history = &suite.rows[*row][..=build];
        let measured = history.iter().rev().take_while(|values| !values.is_empty()).count();
        let mut builds = history[history.len() - measured.min(BACK + 1)..].to_vec();
        if let (Some((slower, by)), Some(fresh)) = (changed, builds.last_mut())
            && slower == *row
        {
            fresh.iter_mut().for_each(|value| *value *= 1.0 + by);
        }
        alarm(&builds)
    };
    // Only the changed row is asked of where there is one.
    rows.iter().map(|row| changed.is_none_or(|(slower, _)| slower == *row) && of_row(row)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows that scatter by half a per cent, and do not change.
    fn suite(rows: usize, builds: usize) -> Suite {
        let value = |row: usize, build: usize| {
            let scatter = ((row * 31 + build * 17) % 13) as f64 / 13.0 - 0.5;
            vec![100.0 * (0.01 * scatter).exp()]
        };
        Suite { rows: (0..rows).map(|r| (0..builds).map(|b| value(r, b)).collect()).collect() }
    }

    fn gate(suite: Suite) -> Unlabelled {
        unlabelled("data", &[suite]).swap_remove(0)
    }

    #[test]
    fn what_is_put_in_is_found_and_nothing_else() {
        let all = unlabelled("data", &[suite(6, 40)]);
        assert_eq!(all.len(), RULES.len() - 2);
        for counted in &all {
            assert_eq!((counted.rows, counted.builds), (6 * 21, 21), "{counted:?}");
        }
        assert_eq!((all[0].alarms, all[0].failed, all[0].found), (0, 0, [21, 21]), "{:?}", all[0]);
    }

    #[test]
    fn a_build_that_changed_for_good_is_none_that_is_unchanged() {
        let mut stepped = suite(1, 40);
        stepped.rows[0][20..].iter_mut().for_each(|values| values[0] *= 1.5);
        let counted = gate(stepped);
        assert!(counted.builds < 21 && counted.builds > 2, "{counted:?}");
    }

    #[test]
    fn a_row_that_was_not_measured_is_left_out() {
        let mut gap = suite(2, 40);
        gap.rows[1][25].clear();
        let counted = gate(gap);
        assert_eq!(counted.builds, 21);
        assert!(counted.rows > 21 && counted.rows < 42, "{counted:?}");
        assert_eq!(gate(Suite { rows: Vec::new() }).builds, 0);
    }
}
