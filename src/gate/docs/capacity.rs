//! The capacity plan, the database and the triggers, as the pages show them.

use super::super::capacity::{capacity_plan, capacity_pool, capacity_triggers};
use super::super::error::Error;
use crate::capacity::coverage;
use crate::capacity::figure::{self, Known, Limited, Planned};
use crate::capacity::pool::Fault;
use crate::capacity::timeouts::Verdict;
use crate::capacity::triggers::Side;
use crate::measure::Unit;
use crate::pages::{
    Amount, Basis, Capacity, Computed, IndexCoverage, Input, Source, State, Trigger, Value,
};
use crate::policy::config::Config;
use crate::report::{
    PoolReport, Reached, RoleReport, TableReport, TriggerReport, formula_in_names,
    formula_in_numbers, lasting, pool_fault, pool_figures, role_sql, timeout_name,
};

/// The plan, the pools, the timeouts, the indexes and the triggers of a configuration; nothing of what
/// it does not have.
///
/// # Errors
/// Where a file or a baseline that is there cannot be read.
pub(super) fn capacity(config: &Config) -> Result<Capacity, Error> {
    let mut told = Capacity::default();
    if config.capacity.is_some() {
        let plan = capacity_plan(config, &[])?;
        told.bound_by = plan
            .figures
            .iter()
            .find(|figure| figure.key == "organisations")
            .and_then(|figure| figure.binding.clone());
        told.inputs = inputs(&plan.figures);
        told.plan = plan.figures.iter().map(|figure| computed(figure, None)).collect();
    }
    if config.database.is_some() {
        let pool = capacity_pool(config)?;
        told.pool = pool_figures(&pool)
            .iter()
            .map(|figure| computed(figure, warning(&pool, &figure.key)))
            .collect();
        told.timeouts = pool.roles.iter().flat_map(timeouts).collect();
        told.sql = pool.roles.iter().flat_map(role_sql).collect();
        told.indexes = pool.tables.iter().filter_map(index).collect();
    }
    if !config.triggers.is_empty() {
        let report = capacity_triggers(config)?;
        told.triggers = report.triggers.iter().map(trigger).collect();
    }
    Ok(told)
}

/// What figures are made from, once each.
fn inputs(figures: &[Planned]) -> Vec<Input> {
    let mut told: Vec<Input> = Vec::new();
    for input in figures.iter().flat_map(|figure| &figure.inputs) {
        let is_known = told.iter().any(|known| known.name == input.name);
        if input.basis == figure::Basis::Derived || is_known {
            continue;
        }
        told.push(Input {
            name: input.name.clone(),
            value: value(&input.known, input.unit),
            basis: basis(input.basis),
            sources: sources([&input.known.source]),
        });
    }
    told
}

fn computed(figure: &Planned, warning: Option<String>) -> Computed {
    let is_measured = |input: &&figure::Input| input.basis == figure::Basis::Measured;
    Computed {
        name: figure.name.clone(),
        formula: formula_in_names(figure),
        filled: formula_in_numbers(figure).unwrap_or_default(),
        value: match &figure.amount {
            Ok(of) => Value::Known(amount(of, figure.unit)),
            Err(why) => Value::NotMeasured(why.clone()),
        },
        basis: match figure.inputs.iter().any(|input| is_measured(&input)) {
            true => Basis::Derived,
            false => Basis::Policy,
        },
        answer: figure.answer,
        warning: warning.or_else(|| {
            let binding = figure.binding.as_ref().filter(|_| figure.amount.is_ok())?;
            Some(format!("bound by {binding}"))
        }),
        sources: sources(figure.inputs.iter().filter(is_measured).map(|i| &i.known.source)),
    }
}

/// What is wrong with a pool as it is configured, at the rule that says so.
fn warning(pool: &PoolReport, key: &str) -> Option<String> {
    let said_at = |fault: &Fault| match fault {
        Fault::OverAvailable { .. } => "available",
        Fault::UnderDemand { .. } => "pool_by_demand",
        Fault::UnderFloor { .. } => "pool_floor",
        Fault::OverCores { .. } => "pool_by_cores",
        Fault::BouncerOverAvailable { .. } | Fault::OverClients { .. } => "bouncer_connections",
    };
    let fault = pool.answer.faults.iter().find(|fault| said_at(fault) == key)?;
    Some(pool_fault(pool, *fault))
}

fn timeouts(role: &RoleReport) -> Vec<Computed> {
    let ladder = role.ladder.iter().filter(|rung| !rung.holds()).count();
    role.justified
        .iter()
        .map(|justified| {
            let name = timeout_name(justified.timeout);
            let (filled, warning) = match justified.needed() {
                Some((needed, room)) => {
                    let short = justified.verdict() == Verdict::Short;
                    let filled = format!(
                        "{} x {:.3} ms ({})",
                        role.factor,
                        1000.0 * needed / role.factor,
                        room.timed.name
                    );
                    let warning = match (short, room.cuts_p99) {
                        (_, true) => {
                            Some(format!("it cuts off a p99: that of {}", room.timed.name))
                        }
                        (true, _) => Some(format!("shorter than {:.3} ms", 1000.0 * needed)),
                        _ => None,
                    };
                    (filled, warning)
                }
                None => {
                    let why = justified
                        .unmeasured
                        .clone()
                        .unwrap_or_else(|| "too few timings".to_owned());
                    (String::new(), Some(format!("not measured what it cuts off: {why}")))
                }
            };
            let broken = (ladder > 0).then(|| "the order of the timeouts does not hold".to_owned());
            Computed {
                name: format!("{name} of {}", role.name),
                formula: format!("at least {} x the p99.9 of what it cuts off", role.factor),
                filled,
                value: Value::Known(Amount::new(1000.0 * justified.set, Unit::Ms)),
                basis: Basis::Policy,
                answer: false,
                warning: warning.or(broken),
                sources: sources([&role.source]),
            }
        })
        .collect()
}

fn index(table: &TableReport) -> Option<IndexCoverage> {
    Some(IndexCoverage {
        table: table.table.clone(),
        target: Amount::new(table.target?, Unit::Ratio),
        measured: value(&table.measured, Unit::Ratio),
        state: match table.state? {
            coverage::State::Met => State::Met,
            coverage::State::Broken => State::Broken,
            coverage::State::AtRisk => State::AtRisk,
            coverage::State::NotMeasured => State::NotMeasured,
        },
        source: source(&table.measured.source),
    })
}

fn trigger(trigger: &TriggerReport) -> Trigger {
    let is_below = trigger.watched.side == Side::Below;
    let phase = trigger.phase.map_or(String::new(), |phase| format!("phase {phase}: "));
    Trigger {
        step: format!("{phase}{} ({})", trigger.does, trigger.name),
        metric: trigger.watch.clone(),
        threshold: value(&trigger.watched.threshold, trigger.unit),
        below: is_below,
        duration: lasting(trigger.lasting),
        basis: basis(trigger.watched.basis),
        because: trigger.because.clone(),
        current: value(&trigger.watched.current, trigger.unit),
        left: trigger.used.as_ref().ok().map(|used| match is_below {
            true => used - 1.0,
            false => 1.0 - used,
        }),
        reached_on: match &trigger.reached {
            Reached::Now => Some("reached".to_owned()),
            Reached::On { on, or_later: true, .. } => Some(format!("{on} or later")),
            Reached::On { on, .. } => Some(on.to_string()),
            Reached::Never => Some("never at this growth".to_owned()),
            Reached::Unknown(_) => None,
        },
        sources: sources([&trigger.watched.threshold.source, &trigger.watched.current.source]),
    }
}

fn value(known: &Known, unit: Unit) -> Value {
    match &known.amount {
        Ok(of) => Value::Known(amount(of, unit)),
        Err(why) => Value::NotMeasured(why.clone()),
    }
}

fn amount(of: &figure::Amount, unit: Unit) -> Amount {
    Amount {
        interval: of.estimate.interval,
        at_least: of.bound == Limited::AtLeast,
        ..Amount::new(of.value(), unit)
    }
}

fn basis(basis: figure::Basis) -> Basis {
    match basis {
        figure::Basis::Measured => Basis::Measured,
        figure::Basis::Derived => Basis::Derived,
        figure::Basis::Policy => Basis::Policy,
    }
}

fn sources<'a>(of: impl IntoIterator<Item = &'a figure::Source>) -> Vec<Source> {
    let mut told = Vec::new();
    for source in of.into_iter().filter_map(source) {
        if !told.contains(&source) {
            told.push(source);
        }
    }
    told
}

/// Where a number comes from; `None` for a key of the configuration, which is no file.
fn source(source: &figure::Source) -> Option<Source> {
    let day = |time: &String| time.get(..10).unwrap_or(time).to_owned();
    let is_file = source.machine.is_some() || source.times.is_some() || source.file.contains('/');
    is_file.then(|| Source {
        file: source.file.clone(),
        commits: source.commits.clone(),
        machine: source.machine.clone(),
        date: source.times.as_ref().map(|(first, last)| match day(first) == day(last) {
            true => day(first),
            false => format!("{} to {}", day(first), day(last)),
        }),
    })
}
