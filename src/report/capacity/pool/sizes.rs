//! The sizes of a pool, by each rule, and what of its requests wait too long.

use super::{PoolReport, demand_bound, long_hold};
use crate::capacity::figure::{Known, Limited};
use crate::capacity::pool::{Served, Size};
use crate::measure::Unit;
use crate::report::capacity::words::bound;
use crate::report::number;

/// A share of requests below which its digits say nothing.
const NEXT_TO_NONE: f64 = 1e-6;

/// What a pool is by one rule, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolSize {
    /// The rule.
    pub rule: &'static str,
    /// Connections of one instance.
    pub one: String,
    /// Connections of all instances.
    pub all: String,
    /// How many requests wait longer than they may; empty where that is not known.
    pub late: String,
}

/// Every size, and what of the measured load waits too long with it.
#[must_use]
pub fn pool_sizes(report: &PoolReport) -> Vec<PoolSize> {
    let answer = &report.answer;
    let mut sizes = vec![
        plain(report, "by cores of the database", answer.by_cores),
        served(report, "by demand, mean hold", &answer.by_demand, &report.hold),
        served(report, "by demand, p99 hold", &answer.bound, &long_hold(report)),
        match &answer.floor {
            Ok(floor) => plain(report, "deadlock floor", *floor),
            Err(_) => empty("deadlock floor", "not known"),
        },
    ];
    sizes.extend(answer.configured.map(|(size, _)| plain(report, "configured", size)));
    let available = answer.available.to_string();
    sizes.push(PoolSize { all: available, ..empty("allowed by the database", "") });
    sizes
}

/// A size that no load gave, under the load that the mean hold makes.
fn plain(report: &PoolReport, rule: &'static str, size: Size) -> PoolSize {
    let wait = report.question.wait;
    let under = report.answer.by_demand.as_ref().ok();
    let late = under.map(|served| served.load.waits_longer(wait, size.one));
    PoolSize {
        rule,
        one: size.one.to_string(),
        all: size.all.to_string(),
        late: late.map_or_else(String::new, |late| waits(report, late, &report.hold)),
    }
}

fn served(
    report: &PoolReport,
    rule: &'static str,
    served: &Result<Served, String>,
    hold: &Known,
) -> PoolSize {
    let Ok(served) = served else { return empty(rule, "not measured") };
    let least = bound(demand_bound(&report.rate, hold));
    PoolSize {
        rule,
        one: format!("{least}{}", served.size.one),
        all: format!("{least}{}", served.size.all),
        late: waits(report, served.late, hold),
    }
}

fn empty(rule: &'static str, one: &str) -> PoolSize {
    PoolSize { rule, one: one.to_owned(), all: String::new(), late: String::new() }
}

/// `0.91% wait over 10.0 ms`: where the load is known only from one side, so is the share.
fn waits(report: &PoolReport, late: f64, hold: &Known) -> String {
    let wait = number::value(report.question.wait, Unit::S);
    let of = demand_bound(&report.rate, hold);
    let share = match (late < NEXT_TO_NONE, of) {
        (false, of) => format!("{}{}", bound(of), number::value(late, Unit::Ratio)),
        (true, Limited::AtLeast) => format!("{}{}", bound(of), number::value(0.0, Unit::Ratio)),
        (true, _) => format!("under {}", number::term(NEXT_TO_NONE, Unit::Ratio)),
    };
    format!("{share} wait over {wait}")
}
