//! The capacity plan, the database and the triggers, as the pages show them.

use super::super::capacity::{capacity_plan, capacity_pool, capacity_triggers};
use super::super::error::Error;
use crate::capacity::coverage;
use crate::capacity::figure::{self, Known, Limited, Planned};
use crate::capacity::pool::Fault;
use crate::capacity::timeouts::Justified;
use crate::capacity::triggers::Side;
use crate::measure::Unit;
use crate::pages::{
    Amount, Basis, Capacity, Computed, IndexCoverage, Input, PoolSize, Source, State, Trigger,
    Value,
};
use crate::policy::config::Config;
use crate::report::{
    self, Bound, PoolReport, Reached, RoleReport, TableReport, TriggerReport, formula_in_names,
    formula_in_numbers, lasting, pool_bouncer, pool_fault, pool_figures, pool_headline, pool_sizes,
    role_sql, rung_words, timeout_name, timeout_rests_on, timeout_unmeasured, timeout_warnings,
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
        told.plan = all_computed(&plan.figures, |_| None);
    }
    if config.database.is_some() {
        let pool = capacity_pool(config)?;
        told.pool_headline = Some(pool_headline(&pool));
        told.pool_sizes = sizes(&pool);
        told.pooler = pool_bouncer(&pool);
        told.pool = all_computed(&pool_figures(&pool), |key| warning(&pool, key));
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

/// Figures as the pages show them, each with the sources of everything that it rests on: a figure that
/// goes into another brings its own.
fn all_computed(figures: &[Planned], warning: impl Fn(&str) -> Option<String>) -> Vec<Computed> {
    let mut told: Vec<Computed> = Vec::new();
    for figure in figures {
        let mut all = Vec::new();
        let mut derived = false;
        for input in &figure.inputs {
            match input.basis {
                figure::Basis::Policy => {}
                figure::Basis::Measured => {
                    derived = true;
                    all.extend(source(&input.known.source));
                }
                figure::Basis::Derived => {
                    match told.iter().find(|computed| computed.name == input.name) {
                        Some(of) => {
                            derived |= of.basis == Basis::Derived;
                            all.extend(of.sources.clone());
                        }
                        // It was computed elsewhere, and says itself from what.
                        None => {
                            derived = true;
                            all.extend(source(&input.known.source));
                        }
                    }
                }
            }
        }
        let mut sources: Vec<Source> = Vec::new();
        for source in all {
            if !sources.contains(&source) {
                sources.push(source);
            }
        }
        let binding = figure.binding.as_ref().filter(|_| figure.amount.is_ok());
        told.push(Computed {
            name: figure.name.clone(),
            formula: formula_in_names(figure),
            filled: formula_in_numbers(figure).unwrap_or_default(),
            value: match &figure.amount {
                Ok(of) => Value::Known(amount(of, figure.unit)),
                Err(why) => Value::NotMeasured(why.clone()),
            },
            basis: if derived { Basis::Derived } else { Basis::Policy },
            answer: figure.answer,
            note: binding.map(|binding| format!("bound by {binding}")),
            warning: warning(&figure.key),
            sources,
        });
    }
    told
}

/// The sizes of a pool; those that say who waits rest on the load that was measured.
fn sizes(pool: &PoolReport) -> Vec<PoolSize> {
    let of_load = || sources([&pool.rate.source, &pool.hold.source]);
    let size = |size: report::PoolSize| PoolSize {
        rule: size.rule.to_owned(),
        one: size.one,
        all: size.all,
        sources: if size.late.is_empty() { Vec::new() } else { of_load() },
        late: size.late,
    };
    pool_sizes(pool).into_iter().map(size).collect()
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
    let of_timeout = |justified: &Justified| {
        let rests_on = timeout_rests_on(role, justified);
        let needs = (!rests_on.is_empty()).then(|| match justified.needed() {
            Some(_) => format!("needs {rests_on}"),
            None => format!("not measured: {rests_on}"),
        });
        let notes: Vec<String> = needs.into_iter().chain(timeout_unmeasured(justified)).collect();
        let warnings = timeout_warnings(role, justified);
        Computed {
            name: format!("{} of {}", timeout_name(justified.timeout), role.name),
            formula: format!("at least {} x the p99.9 of what it cuts off", role.factor),
            filled: String::new(),
            value: Value::Known(Amount::new(1000.0 * justified.set, Unit::Ms)),
            basis: Basis::Policy,
            answer: false,
            note: (!notes.is_empty()).then(|| notes.join("; ")),
            warning: (!warnings.is_empty()).then(|| warnings.join("; ")),
            sources: sources([&justified.source]),
        }
    };
    let rungs: Vec<String> = role.ladder.iter().map(|rung| rung_words(role, rung)).collect();
    let mut told: Vec<Computed> = role.justified.iter().map(of_timeout).collect();
    if let Some(last) = told.last_mut() {
        let note = last.note.take().into_iter().chain(rungs);
        last.note = Some(note.collect::<Vec<_>>().join("; "));
    }
    told
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
        warning: trigger.warning.clone(),
        is_of_a_test: trigger.is_of_a_test,
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
        bound: match of.bound {
            Limited::Exact => None,
            Limited::AtLeast => Some(Bound::AtLeast),
            Limited::AtMost => Some(Bound::AtMost),
        },
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
