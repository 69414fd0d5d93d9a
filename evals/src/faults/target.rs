//! What the verdicts should reach, and whether they do.

use super::tally::{Drawn, Tally};
use super::verdict::{CONFIRM, CONFIRM_LONGER, Outcome, SCREEN};
use crate::target::Target;

/// The share of the verdicts on a clear fault that have to find it.
const FOUND: f64 = 0.9;

/// The most rounds on average, as a share of the fixed maximum.
const ROUNDS: f64 = 0.6;

/// All targets.
#[must_use]
pub fn targets(tally: &Tally) -> Vec<Target> {
    vec![
        no_false_alarm(tally),
        clear_ones_found(tally),
        none_missed(tally),
        few_rounds(tally.arms.iter().flat_map(|arm| &arm.verdicts), SCREEN + CONFIRM),
        few_rounds(tally.arms.iter().flat_map(|arm| &arm.longer), SCREEN + CONFIRM_LONGER),
    ]
}

fn no_false_alarm(tally: &Tally) -> Target {
    let unchanged = tally.arms.iter().filter(|arm| arm.control);
    let verdicts = unchanged.flat_map(|arm| arm.verdicts.iter().chain(&arm.longer));
    let (alarms, of) = among(verdicts, |verdict| verdict.outcome == Outcome::FalseAlarm);
    Target {
        asked: "no false alarm on the unchanged service (up to 8 rounds, up to 16)".to_owned(),
        measured: format!("{alarms} of {of}"),
        met: (of > 0).then_some(alarms == 0),
    }
}

fn clear_ones_found(tally: &Tally) -> Target {
    let clear: Vec<_> = tally.arms.iter().filter(|arm| arm.clear).collect();
    let enough = clear
        .iter()
        .filter(|arm| arm.count(Outcome::Found) as f64 >= FOUND * arm.verdicts.len() as f64);
    let enough = enough.count();
    Target {
        asked: "faults of +20 % or more on a row whose runs scatter by at most 5 %: found in at \
                least 9 of 10 verdicts"
            .to_owned(),
        measured: format!("{enough} of {} such faults", clear.len()),
        met: (!clear.is_empty()).then_some(enough == clear.len()),
    }
}

fn none_missed(tally: &Tally) -> Target {
    let faults = tally.arms.iter().filter(|arm| arm.hit);
    let verdicts = faults.flat_map(|arm| arm.verdicts.iter().chain(&arm.longer));
    let (passing, of) = among(verdicts, |verdict| verdict.passes_one);
    Target {
        asked: "no row that a fault slowed down called steady, whatever is found beside it (up to 8 rounds, \
                up to 16)"
            .to_owned(),
        measured: format!("{passing} of {of} verdicts call one steady"),
        met: (of > 0).then_some(passing == 0),
    }
}

fn few_rounds<'a>(verdicts: impl Iterator<Item = &'a Drawn>, most: u32) -> Target {
    let (sum, count) = verdicts.fold((0, 0_u32), |(sum, n), v| (sum + v.rounds, n + 1));
    let mean = f64::from(sum) / f64::from(count.max(1));
    let share = mean / f64::from(most);
    Target {
        asked: format!("at most 60 % of the most rounds on average, where those are {most}"),
        measured: format!("{mean:.1} ({:.0} %)", 100.0 * share),
        met: (count > 0).then_some(share <= ROUNDS),
    }
}

/// Of how many verdicts something holds, and how many there are.
fn among<'a>(
    verdicts: impl Iterator<Item = &'a Drawn>,
    holds: impl Fn(&Drawn) -> bool,
) -> (usize, usize) {
    verdicts.fold((0, 0), |(held, of), verdict| (held + usize::from(holds(verdict)), of + 1))
}
