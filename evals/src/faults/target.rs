//! What the verdicts should reach, and whether they do.

use super::tally::Tally;
use super::verdict::{CONFIRM, Outcome, SCREEN};

/// The share of the verdicts on a clear fault that have to find it.
const FOUND: f64 = 0.9;

/// The most rounds on average, as a share of the fixed maximum.
const ROUNDS: f64 = 0.6;

/// One target.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// What is asked for.
    pub asked: &'static str,
    /// What was measured.
    pub measured: String,
    /// Whether that is it; `None` where nothing was there to tell.
    pub met: Option<bool>,
}

/// All targets.
#[must_use]
pub fn targets(tally: &Tally) -> Vec<Target> {
    vec![no_false_alarm(tally), clear_ones_found(tally), none_missed(tally), few_rounds(tally)]
}

fn no_false_alarm(tally: &Tally) -> Target {
    let unchanged: Vec<_> = tally.arms.iter().filter(|arm| arm.control).collect();
    let alarms: usize = unchanged.iter().map(|arm| arm.count(Outcome::FalseAlarm)).sum();
    let of: usize = unchanged.iter().map(|arm| arm.verdicts.len()).sum();
    Target {
        asked: "no false alarm on the unchanged service",
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
                least 9 of 10 verdicts",
        measured: format!("{enough} of {} such faults", clear.len()),
        met: (!clear.is_empty()).then_some(enough == clear.len()),
    }
}

fn none_missed(tally: &Tally) -> Target {
    let faults: Vec<_> = tally.arms.iter().filter(|arm| arm.hit).collect();
    let missed: usize = faults.iter().map(|arm| arm.count(Outcome::Missed)).sum();
    let of: usize = faults.iter().map(|arm| arm.verdicts.len()).sum();
    Target {
        asked: "no row that a fault slowed down passed as steady",
        measured: format!("{missed} of {of} verdicts pass one"),
        met: (of > 0).then_some(missed == 0),
    }
}

fn few_rounds(tally: &Tally) -> Target {
    let all = tally.arms.iter().flat_map(|arm| &arm.verdicts);
    let (sum, count) = all.fold((0, 0_u32), |(sum, n), v| (sum + v.rounds, n + 1));
    let most = f64::from(SCREEN + CONFIRM);
    let mean = f64::from(sum) / f64::from(count.max(1));
    Target {
        asked: "at most 60 % of the most rounds on average",
        measured: format!("{mean:.1} of {most:.0} ({:.0} %)", 100.0 * mean / most),
        met: (count > 0).then_some(mean <= ROUNDS * most),
    }
}
