//! What the gate should reach, and whether it does.

use tailguard::stats::wilson;

use super::count::{Cell, Change, rules};
use super::histories::History;
use super::page::{self, LEVEL, cell, percent};
use super::profile::Counted;
use super::rules::{ONE_SHOT, Rule, SCREENED};
use super::worlds::{WORLDS, World};
use crate::target::Target;

/// False alarms of a row, and of a pull request of 50 rows.
const ALARMS: (f64, f64) = (0.01, 0.02);

/// A slowdown of 10 % of one row among 50, found by screening and confirming.
const FOUND: f64 = 0.9;

/// The same of the slowest tenth of the requests, found among 12 rows.
const TAIL_FOUND: f64 = 0.85;

/// What screening and confirming may measure of what measuring everything does.
const MEASURED: f64 = 0.6;

/// Alarms of rustc-perf's rule on the labelled series.
const RUSTC_PERF: u64 = 35;

/// All targets.
#[must_use]
pub fn targets(full: &Counted) -> Vec<Target> {
    let mut all = vec![rows(full), pull_requests(full), screened(full), tail(full), rounds(full)];
    all.extend([rivals(full), labelled(full)]);
    all
}

/// The gate as it is used in a world: it measures itself where there are rounds enough.
#[must_use]
pub fn gate(world: &World) -> Rule {
    let all = rules(world);
    all.iter().copied().find(|rule| rule.name == SCREENED.name).unwrap_or(ONE_SHOT)
}

/// The rules of others that find more of a change than the gate does, and fail unchanged suites no more often.
#[must_use]
pub fn beaten_by(counted: &Counted, world: &World, change: Change) -> Vec<&'static str> {
    let of = |rule: &str, change| cell(counted, world.name, rule, change);
    let gate = gate(world);
    let (Some(unchanged), Some(found)) = (of(gate.name, Change::None), of(gate.name, change))
    else {
        return Vec::new();
    };
    let wins = |rule: &Rule| {
        let fails = of(rule.name, Change::None).map(|cell| cell.failed);
        let finds = of(rule.name, change).map(|cell| cell.found);
        fails.is_some_and(|fails| fails <= unchanged.failed)
            && finds.is_some_and(|finds| finds > found.found)
    };
    rules(world).iter().filter(|rule| !rule.is_gate() && wins(rule)).map(|rule| rule.name).collect()
}

/// What the gate as it is used said of the unchanged suites of every world.
fn unchanged(full: &Counted) -> Vec<(&'static World, &Cell)> {
    let of = |world: &'static World| {
        Some((world, cell(full, world.name, gate(world).name, Change::None)?))
    };
    WORLDS.iter().filter_map(of).collect()
}

fn rows(full: &Counted) -> Target {
    let all = unchanged(full);
    let share = |cell: &Cell| cell.alarms as f64 / cell.unchanged.max(1) as f64;
    let worst = all.iter().max_by(|a, b| share(a.1).total_cmp(&share(b.1)));
    Target {
        asked: "false alarms at most 1.0 % a row, in every simulated or recorded setting"
            .to_owned(),
        measured: worst.map_or_else(String::new, |(world, cell)| {
            format!("at most {} ({})", percent(cell.alarms, cell.unchanged), world.name)
        }),
        met: worst.map(|(_, cell)| share(cell) <= ALARMS.0),
    }
}

fn pull_requests(full: &Counted) -> Target {
    // "plus the interval of the figure": a figure whose interval begins above is beyond it.
    let beyond = |cell: &Cell| wilson(cell.failed, cell.suites, LEVEL).0 > ALARMS.1;
    let all = unchanged(full);
    let over: Vec<String> = all
        .iter()
        .filter(|(_, cell)| beyond(cell))
        .map(|(world, cell)| format!("{} {}", world.name, percent(cell.failed, cell.suites)))
        .collect();
    let share = |cell: &Cell| cell.failed as f64 / cell.suites.max(1) as f64;
    let worst = all.iter().max_by(|a, b| share(a.1).total_cmp(&share(b.1)));
    Target {
        asked:
            "an unchanged pull request fails in at most 2 %, give or take the interval, in every \
                simulated or recorded setting"
                .to_owned(),
        measured: match (over.is_empty(), worst) {
            (true, Some((world, cell))) => {
                format!("at most {} ({})", percent(cell.failed, cell.suites), world.name)
            }
            _ => over.join("; "),
        },
        met: worst.map(|_| over.is_empty()),
    }
}

fn found(
    full: &Counted,
    world: &str,
    rule: Rule,
    change: Change,
    least: f64,
    asked: &str,
) -> Target {
    let cell = cell(full, world, rule.name, change);
    Target {
        asked: asked.to_owned(),
        measured: cell.map_or_else(String::new, |cell| percent(cell.found, cell.suites)),
        met: cell.map(|cell| cell.found as f64 >= least * cell.suites as f64),
    }
}

fn screened(full: &Counted) -> Target {
    let asked = "screening and confirming finds +10 % of one row among 50 in at least 90 %";
    found(full, "50 rows, 8 v 8", SCREENED, Change::All10, FOUND, asked)
}

fn tail(full: &Counted) -> Target {
    let asked = "+10 % of the slowest tenth of the requests of one row among 12, 5 v 5: found in at \
                 least 85 %";
    found(full, "12 rows of requests, 5 v 5", ONE_SHOT, Change::Tail10, TAIL_FOUND, asked)
}

fn rounds(full: &Counted) -> Target {
    let of = |world: &str, rule: Rule| cell(full, world, rule.name, Change::All10);
    let both = of("50 rows, 12 v 12", SCREENED).zip(of("50 rows, 8 v 8", ONE_SHOT));
    let shares = |staged: &Cell, whole: &Cell| {
        let [(all, _), _] = whole.taken();
        let [(mean, [low, high]), _] = staged.taken();
        [mean, low, high].map(|runs| runs / all)
    };
    Target {
        asked: "screening and confirming in up to 12 rounds finds as much of +10 % as measuring all 50 \
                rows in 8 rounds, give or take the intervals, with at most 60 % of the runs"
            .to_owned(),
        measured: both.map_or_else(String::new, |(staged, whole)| {
            let [share, low, high] = shares(staged, whole).map(|share| 100.0 * share);
            format!(
                "{} against {}, with {share:.0} % [{low:.1}, {high:.1}] of the runs; a script that cannot \
                 measure some rows alone takes {} rounds",
                percent(staged.found, staged.suites),
                percent(whole.found, whole.suites),
                page::rounds(staged)
            )
        }),
        met: both.map(|(staged, whole)| {
            let as_much = wilson(staged.found, staged.suites, LEVEL).1
                >= wilson(whole.found, whole.suites, LEVEL).0;
            as_much && shares(staged, whole)[0] <= MEASURED
        }),
    }
}

fn rivals(full: &Counted) -> Target {
    let mut wins: Vec<String> = Vec::new();
    for world in &WORLDS {
        for (change, size) in [(Change::All10, "+10 %"), (Change::All20, "+20 %")] {
            let names = beaten_by(full, world, change);
            wins.extend(names.iter().map(|name| format!("{name} at {size} in {}", world.name)));
        }
    }
    Target {
        asked:
            "no rule that fails unchanged pull requests no more often finds more of +10 % or +20 %"
                .to_owned(),
        measured: if wins.is_empty() { "none does".to_owned() } else { wins.join("; ") },
        met: (!full.cells.is_empty()).then_some(wins.is_empty()),
    }
}

fn labelled(full: &Counted) -> Target {
    let is_it = |h: &&History| h.data == "SAP HANA, small" && h.rule == ONE_SHOT.name;
    let known = full.histories.iter().find(is_it);
    Target {
        asked: format!(
            "all labelled regressions of SAP HANA's small set within 3 builds, and no more than \
             {RUSTC_PERF} other alarms"
        ),
        measured: known.map_or_else(String::new, |h| {
            let (low, high) = wilson(h.alarms, h.judged, LEVEL);
            let of = h.judged as f64;
            format!(
                "{} of {}, {} [{:.0}, {:.0}] other alarms of {}",
                h.found,
                h.labelled,
                h.alarms,
                low * of,
                high * of,
                h.judged
            )
        }),
        met: known.map(|h| h.found == h.labelled && h.alarms <= RUSTC_PERF),
    }
}
