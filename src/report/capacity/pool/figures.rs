//! The rules for a pool, as formulas with their numbers.

use super::PoolReport;
use crate::capacity::figure::{Amount, Basis, Input, Known, Limited, Planned};
use crate::capacity::pool::{Question, Served};
use crate::measure::Unit;

/// Every rule for a pool as a figure that says how it is computed.
#[must_use]
pub fn pool_figures(report: &PoolReport) -> Vec<Planned> {
    let (question, answer) = (&report.question, &report.answer);
    let instances = count("instances", question.instances, "capacity.instances");
    let by_cores = figure(
        "pool_by_cores",
        "connections by cores, of one instance",
        Ok(answer.by_cores.one),
        "([cores] x 2 + [spindles]) / [instances]",
        vec![
            count("cores", question.cores, "database.cores"),
            count("spindles", question.spindles, "database.spindles"),
            instances,
        ],
    );
    let long = long_hold(report);
    let mut figures = vec![
        by_cores,
        by_demand(report, "pool_by_demand", "mean hold", &report.hold, served(&answer.by_demand)),
        by_demand(report, "pool_by_p99", "p99 hold", &long, served(&answer.bound)),
        figure(
            "pool_floor",
            "connections without deadlock, of one instance",
            answer.floor.clone().map(|size| size.one),
            "[requests at a time] x ([connections of a request] - 1) + 1",
            vec![
                holders(question),
                count("connections of a request", question.holds, "database.pool.holds"),
            ],
        ),
        figure(
            "available",
            "connections that the database has for pools",
            Ok(answer.available),
            "[max connections] - [reserved]",
            vec![
                count("max connections", question.allowed, "database.max-connections"),
                count("reserved", question.reserved, "database.reserved"),
            ],
        ),
    ];
    if let Some((size, _)) = answer.configured {
        figures.push(figure(
            "pool_configured",
            "connections configured, in all",
            Ok(u32::try_from(size.all).unwrap_or(u32::MAX)),
            "[connections of an instance] x [instances]",
            vec![
                count("connections of an instance", size.one, "database.pool.size"),
                count("instances", question.instances, "capacity.instances"),
            ],
        ));
    }
    if let Some(bounced) = answer.bouncer {
        let settings = bounced.settings;
        let connections = u32::try_from(bounced.connections).unwrap_or(u32::MAX);
        let capped = settings.per_database.is_some();
        let formula = match capped {
            false => "[pool size] x [users] x [databases]",
            true => "the least of [pool size] x [users] and [limit of a database], x [databases]",
        };
        let mut inputs = vec![
            count("pool size", settings.pool_size, "database.pgbouncer.pool-size"),
            count("users", settings.users, "database.pgbouncer.users"),
            count("databases", settings.databases, "database.pgbouncer.databases"),
        ];
        inputs.extend(
            settings
                .per_database
                .map(|most| count("limit of a database", most, "database.pgbouncer.per-database")),
        );
        let name = "connections that pgbouncer may open";
        figures.push(figure("bouncer_connections", name, Ok(connections), formula, inputs));
    }
    figures
}

/// How long the slowest hundredth hold a connection, at most: the upper end of a bucket.
pub(super) fn long_hold(report: &PoolReport) -> Known {
    let amount = report.question.long_hold.clone().map(|hold| Amount::exact(hold).or_less());
    Known { amount, source: report.hold.source.clone() }
}

/// With one connection a request, it does not matter how many requests there are.
fn holders(question: &Question) -> Input {
    let (name, key) = ("requests at a time", "database.pool.requests");
    match (question.holders, question.holds) {
        (Some(holders), _) => count(name, holders, key),
        (None, 0 | 1) => count(name, 1, key),
        (None, _) => {
            let known = Known::missing("the configuration does not tell");
            Input { name: name.to_owned(), unit: Unit::Count, basis: Basis::Policy, known }
        }
    }
}

fn served(served: &Result<Served, String>) -> Result<u32, String> {
    served.clone().map(|served| served.size.one)
}

fn by_demand(
    report: &PoolReport,
    key: &str,
    hold: &str,
    known: &Known,
    size: Result<u32, String>,
) -> Planned {
    let question = &report.question;
    // A pool is for the worst that what was measured may be: the formula has the number that counts.
    let (taken, hold_name) =
        (upper_name("connections taken", &report.rate), upper_name(hold, known));
    let formula = format!(
        "the least c with P(wait > [wait]) <= [late] where [{taken}] x [{hold_name}] are busy"
    );
    let rate = Input {
        name: taken,
        unit: Unit::PerSecond,
        basis: Basis::Derived,
        known: upper(&report.rate),
    };
    let inputs = vec![
        Input::policy("wait", question.wait, Unit::S, "database.pool.wait"),
        Input::policy("late", question.late, Unit::Ratio, "database.pool.late"),
        rate,
        Input::measured(hold_name, &upper(known), Unit::S),
    ];
    let name = format!("connections by demand with the {hold}, of one instance");
    let planned = figure(key, &name, size, "", inputs);
    let bound = demand_bound(&report.rate, known);
    let amount = planned.amount.clone().map(|amount| Amount { bound, ..amount });
    Planned { formula, amount, ..planned }
}

/// What a size by demand is of the truth: more demand that nobody measured takes more connections.
pub(super) fn demand_bound(rate: &Known, hold: &Known) -> Limited {
    match (&rate.amount, &hold.amount) {
        (Ok(rate), Ok(hold)) => rate.with(*hold, |rate, hold| rate * hold).bound,
        _ => Limited::Exact,
    }
}

fn upper_name(name: &str, known: &Known) -> String {
    match &known.amount {
        Ok(amount) if amount.estimate.interval.is_some() => format!("upper end of {name}"),
        _ => name.to_owned(),
    }
}

fn upper(known: &Known) -> Known {
    let of = |amount: Amount| Amount { bound: amount.bound, ..Amount::exact(amount.ends().1) };
    Known { amount: known.amount.clone().map(of), source: known.source.clone() }
}

fn figure(
    key: &str,
    name: &str,
    amount: Result<u32, String>,
    formula: &str,
    inputs: Vec<Input>,
) -> Planned {
    Planned {
        key: key.to_owned(),
        name: name.to_owned(),
        unit: Unit::Count,
        answer: true,
        amount: amount.map(|n| Amount::exact(f64::from(n))),
        formula: formula.to_owned(),
        inputs,
        binding: None,
    }
}

fn count(name: &str, value: u32, key: &str) -> Input {
    Input::policy(name, f64::from(value), Unit::Count, key)
}
