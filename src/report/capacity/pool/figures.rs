//! The rules for a pool, as formulas with their numbers.

use super::PoolReport;
use crate::capacity::figure::{Amount, Basis, Input, Known, Planned};
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
    let long = question.long_hold.clone().map(|hold| Amount::exact(hold).or_less());
    let long = Known { amount: long, source: report.hold.source.clone() };
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
    let formula = format!(
        "the least c with P(wait > [wait]) <= [late] where [connections taken] x [{hold}] are busy"
    );
    let rate = Input {
        name: "connections taken".to_owned(),
        unit: Unit::PerSecond,
        basis: Basis::Derived,
        known: report.rate.clone(),
    };
    let inputs = vec![
        Input::policy("wait", question.wait, Unit::S, "database.pool.wait"),
        Input::policy("late", question.late, Unit::Ratio, "database.pool.late"),
        rate,
        Input::measured(hold, known, Unit::S),
    ];
    let name = format!("connections by demand with the {hold}, of one instance");
    Planned { formula, ..figure(key, &name, size, "", inputs) }
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
