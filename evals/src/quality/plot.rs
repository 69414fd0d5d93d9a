//! The figures of the documentation: how often each rule alarms, by the size of the slowdown.

use tailguard::pages::{Curves, curves};

use super::count::Change;
use super::page::cell;
use super::profile::Counted;
use crate::Error;

/// The world that is shown.
const WORLD: &str = "50 rows, 8 v 8";

/// The rules of each figure: more than five curves cannot be told apart.
const FIGURES: [(&str, [&str; 5]); 2] = [
    (
        "docs/images/gate-quality.svg",
        ["tailguard run", "tailguard", "benchstat", "+10 %, means", "+10 %, one run"],
    ),
    (
        "docs/images/gate-quality-others.svg",
        ["tailguard run", "Welch", "+5 %, means", "perfgate", "twice the last"],
    ),
];

const CHANGES: [(Change, f64); 5] = [
    (Change::None, 0.0),
    (Change::All2, 2.0),
    (Change::All5, 5.0),
    (Change::All10, 10.0),
    (Change::All20, 20.0),
];

/// The figures by path: the share of pull requests with an alarm. Of an unchanged one any alarm counts, of a
/// changed one the changed row's.
///
/// # Errors
/// What the plotting library says.
pub fn figures(counted: &Counted) -> Result<Vec<(&'static str, String)>, Error> {
    FIGURES.iter().map(|(path, rules)| Ok((*path, alarms(counted, rules)?))).collect()
}

fn alarms(counted: &Counted, rules: &[&str]) -> Result<String, Error> {
    let share = |rule: &str, change: Change| {
        let cell = cell(counted, WORLD, rule, change)?;
        let alarms = if change == Change::None { cell.failed } else { cell.found };
        Some(100.0 * alarms as f64 / cell.suites.max(1) as f64)
    };
    let of_rule = |rule: &&str| {
        let points =
            CHANGES.iter().filter_map(|(change, size)| Some((*size, share(rule, *change)?)));
        ((*rule).to_owned(), points.collect::<Vec<_>>())
    };
    let series: Vec<_> = rules.iter().map(of_rule).collect();
    let ends: Vec<String> = series
        .iter()
        .filter_map(|(rule, points)| {
            let at = |size: f64| points.iter().find(|(x, _)| (x - size).abs() < 1e-9).map(|p| p.1);
            Some(format!("{rule}: {:.1} % unchanged, {:.1} % at +10 %", at(0.0)?, at(10.0)?))
        })
        .collect();
    let figure = Curves {
        title: "Pull requests of 50 rows with an alarm, by the slowdown of one row",
        description: &format!("Measured in 8 rounds of both sides. {}.", ends.join("; ")),
        x: "slowdown of one row, %",
        y: "pull requests with an alarm, %",
        series,
    };
    curves(&figure).map_err(|error| Error::refused(format!("cannot draw: {error}"), "report it"))
}
