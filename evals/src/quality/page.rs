//! The tables of the documentation.

use std::fmt::Write as _;

use tailguard::stats::wilson;

use super::count::{Cell, Change, rules};
use super::histories::History;
use super::location::Located;
use super::profile::{Counted, Profile};
use super::targets::{beaten_by, targets};
use super::unlabelled::Unlabelled;
use super::worlds::{WORLDS, World};
use crate::target;

/// The two-sided level of all intervals.
pub(super) const LEVEL: f64 = 0.95;

/// The changes that every world has.
const SIZES: [(Change, &str); 4] = [
    (Change::All2, "+2 %"),
    (Change::All5, "+5 %"),
    (Change::All10, "+10 %"),
    (Change::All20, "+20 %"),
];

/// What only single requests can tell apart. To call the last two slower is an alarm.
const PARTS: [(Change, &str); 4] = [
    (Change::Tail10, "tail +10 %"),
    (Change::Tail20, "tail +20 %"),
    (Change::Body5, "alarms at body −5 %"),
    (Change::Body10, "alarms at body −10 %"),
];

/// The cell of a world, rule and change.
#[must_use]
pub fn cell<'c>(counted: &'c Counted, world: &str, rule: &str, change: Change) -> Option<&'c Cell> {
    let is = |cell: &&Cell| cell.world == world && cell.rule == rule && cell.change == change;
    counted.cells.iter().find(is)
}

/// What is promised, and whether it is kept.
#[must_use]
pub fn promises(full: &Counted) -> String {
    target::table(&targets(full))
}

/// A table a world.
#[must_use]
pub fn tables(counted: &Counted, profile: Profile) -> String {
    let mut text = format!("Seed {}.\n", counted.seed);
    for world in WORLDS.iter().filter(|world| profile.suites(world) > 0) {
        text.push_str(&table(counted, world, profile));
    }
    text
}

fn table(counted: &Counted, world: &World, profile: Profile) -> String {
    let of = |rule: &str, change| cell(counted, world.name, rule, change);
    let has_parts =
        counted.cells.iter().any(|c| c.world == world.name && c.change == Change::Tail10);
    let sizes: Vec<_> = SIZES.iter().chain(if has_parts { &PARTS[..] } else { &[] }).collect();
    let mut text = format!(
        "\n**{}**: {}. {} suites.\n\n| rule | a row alarms | a pull request fails |",
        world.name,
        world.about,
        thousands(profile.suites(world))
    );
    for (_, size) in &sizes {
        let _ = write!(text, " {size} |");
    }
    text.push_str(" undecided at +10 % | rounds, unchanged |\n| --- | ---: | ---: |");
    text.push_str(&" ---: |".repeat(sizes.len() + 2));
    text.push('\n');
    for rule in rules(world) {
        let Some(unchanged) = of(rule.name, Change::None) else { continue };
        let _ = write!(
            text,
            "| {} | {} | {} |",
            rule.name,
            percent(unchanged.alarms, unchanged.unchanged),
            percent(unchanged.failed, unchanged.suites),
        );
        for (change, _) in &sizes {
            let Some(found) = of(rule.name, *change) else { continue };
            let share = percent(found.found, found.suites);
            let good = !matches!(change, Change::Body5 | Change::Body10);
            let wins = good && beaten_by(counted, world, *change).contains(&rule.name);
            let _ = if wins { write!(text, " **{share}** |") } else { write!(text, " {share} |") };
        }
        let undecided = of(rule.name, Change::All10).filter(|_| rule.is_gate());
        let undecided =
            undecided.map_or_else(String::new, |cell| percent(cell.undecided, cell.suites));
        let rounds = if rule.is_gate() { rounds(unchanged) } else { String::new() };
        let _ = writeln!(text, " {undecided} | {rounds} |");
    }
    text
}

/// Rounds in which anything was measured: `5.6 [5.5, 5.7]`, or `8` of every suite.
pub(super) fn rounds(cell: &Cell) -> String {
    let [_, (mean, [low, high])] = cell.taken();
    if high - low < 1e-9 {
        format!("{mean:.0}")
    } else {
        format!("{mean:.1} [{low:.1}, {high:.1}]")
    }
}

/// What the rules say of real series.
#[must_use]
pub fn histories(histories: &[History]) -> String {
    let mut text = String::new();
    let mut collection = "";
    for history in histories {
        if history.data != collection {
            collection = &history.data;
            let _ = write!(
                text,
                "{}**{collection}**: {} builds beside {} slowdowns.\n\n\
                 | rule | found within 3 builds | at the 1st, 2nd, 3rd | other alarms |\n\
                 | --- | ---: | ---: | ---: |\n",
                if text.is_empty() { "" } else { "\n" },
                thousands(history.judged),
                history.labelled,
            );
        }
        let (low, high) = wilson(history.alarms, history.judged, LEVEL);
        let of = history.judged as f64;
        let [first, second, third] = history.at;
        let _ = writeln!(
            text,
            "| {} | {} of {} | {first}, {second}, {third} | {} [{:.0}, {:.0}] |",
            history.rule,
            history.found,
            history.labelled,
            history.alarms,
            low * of,
            high * of,
        );
    }
    text
}

/// How far from labelled slowdowns the rules place them.
#[must_use]
pub fn locations(all: &[Located]) -> String {
    let mut text = String::from(
        "| series | rule | labelled | at the build itself | within 1 | within 3 | within 10 | \
         largest error within 20 | told in all |\n\
         | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n",
    );
    for Located { data, rule, labelled, told, within, errors } in all {
        let [at, one, three, ten] = within.map(|found| percent(found, *labelled));
        let largest = errors.last().map_or_else(String::new, u64::to_string);
        let _ = writeln!(
            text,
            "| {data} | {rule} | {labelled} | {at} | {one} | {three} | {ten} | {largest} | {told} |"
        );
    }
    text
}

/// What the rules say of real histories that nobody labelled, a table a collection.
#[must_use]
pub fn without_labels(all: &[Unlabelled]) -> String {
    let mut text = String::new();
    let mut collection = "";
    for counted in all {
        if counted.data != collection {
            collection = &counted.data;
            let _ = write!(
                text,
                "{}**{collection}**: {} builds, {} rows of them.\n\n\
                 | rule | a row alarms | a pull request fails | +10 % | +20 % |\n\
                 | --- | ---: | ---: | ---: | ---: |\n",
                if text.is_empty() { "" } else { "\n" },
                thousands(counted.builds),
                thousands(counted.rows),
            );
        }
        let [ten, twenty] = counted.found.map(|found| percent(found, counted.builds));
        let _ = writeln!(
            text,
            "| {} | {} | {} | {ten} | {twenty} |",
            counted.rule,
            percent(counted.alarms, counted.rows),
            percent(counted.failed, counted.builds),
        );
    }
    text
}

/// Where every rule comes from.
#[must_use]
pub fn sources() -> String {
    let mut text = String::from("| rule | what it is |\n| --- | --- |\n");
    let mut told: Vec<(&str, &str)> = Vec::new();
    for rule in WORLDS.iter().flat_map(rules) {
        if !told.iter().any(|(name, _)| *name == rule.name) {
            told.push((rule.name, rule.source));
        }
    }
    for (name, source) in told {
        let _ = writeln!(text, "| {name} | {source} |");
    }
    text
}

/// A share with its 95 % interval: `1.9 % [1.5, 2.4]`.
pub(super) fn percent(events: u64, of: u64) -> String {
    if of == 0 {
        return String::new();
    }
    let (low, high) = wilson(events, of, LEVEL);
    let share = events as f64 / of as f64;
    format!("{:.1} % [{:.1}, {:.1}]", 100.0 * share, 100.0 * low, 100.0 * high)
}

/// `4,000`
fn thousands(number: u64) -> String {
    match number {
        0..1000 => number.to_string(),
        _ => format!("{},{:03}", number / 1000, number % 1000),
    }
}
