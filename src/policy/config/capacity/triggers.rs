//! `[[trigger]]`.

use std::collections::BTreeMap;

use super::model::{Capacity, Database, Threshold, Trigger, Watch};
use super::read::{counted, name, read_row};
use super::{forms, units};
use crate::measure::Unit;
use crate::policy::config::ConfigError;
use crate::policy::config::document::{Field, Section};
use crate::policy::config::suite::optional;
use crate::policy::quantity::{duration, rate, share};

pub(in crate::policy::config) const KEYS: [&str; 8] =
    ["name", "does", "phase", "watch", "at", "because", "for", "promql"];

/// What triggers are derived from.
#[derive(Clone, Copy)]
struct Ground<'c> {
    capacity: Option<&'c Capacity>,
    database: Option<&'c Database>,
}

pub(in crate::policy::config) fn read_triggers(
    sections: &[Section<'_>],
    capacity: Option<&Capacity>,
    database: Option<&Database>,
) -> Result<Vec<Trigger>, ConfigError> {
    let ground = Ground { capacity, database };
    let mut lines: BTreeMap<String, usize> = BTreeMap::new();
    let mut triggers = Vec::new();
    for section in sections {
        let trigger = read_trigger(section, ground)?;
        if let Some(first) = lines.insert(trigger.name.clone(), trigger.line) {
            let message = format!("two triggers are named '{}'", trigger.name);
            return Err(section.refuse(message, format!("the first is in line {first}")));
        }
        triggers.push(trigger);
    }
    Ok(triggers)
}

fn read_trigger(section: &Section<'_>, ground: Ground<'_>) -> Result<Trigger, ConfigError> {
    let watched = section.need("watch", forms::WATCH)?;
    let watch = read_watch(&watched)?;
    check_ground(&watched, &watch, ground)?;
    let phase = optional(section, "phase", |field| read_phase(field, ground))?;
    let does = match (section.get("does"), phase.as_ref()) {
        (Some(field), _) => name(&field, forms::WORDS)?,
        (None, Some((_, named))) => named.clone(),
        (None, None) => {
            let message = "[[trigger]] has neither 'does' nor 'phase'".to_owned();
            return Err(section.refuse(message, format!("write does = {}", forms::WORDS.example)));
        }
    };
    let lasting = section.need("for", forms::LASTING)?;
    Ok(Trigger {
        name: name(&section.need("name", forms::NAME)?, forms::NAME)?,
        does,
        phase: phase.map(|(number, _)| number),
        at: read_threshold(section, &watch)?,
        watch,
        lasting: lasting.parsed(forms::LASTING, units::seconds)?,
        promql: optional(section, "promql", |field| field.words(forms::PROMQL))?,
        line: section.line,
    })
}

fn read_watch(field: &Field<'_>) -> Result<Watch, ConfigError> {
    if field.text(forms::WATCH).is_err() {
        return Ok(Watch::Row(read_row(field, "watch of [[trigger]]")?));
    }
    let known = Watch::WORDS;
    let choices: Vec<(&str, &Watch)> = known.iter().map(|(word, watch)| (*word, watch)).collect();
    field.one_of(forms::WATCH, &choices).cloned()
}

/// A trigger without data would never be due, in silence.
fn check_ground(field: &Field<'_>, watch: &Watch, ground: Ground<'_>) -> Result<(), ConfigError> {
    let capacity = ground.capacity;
    let lacks = match watch {
        Watch::Row(_) => None,
        Watch::Connections => {
            ground.database.is_none_or(|d| d.suite.is_none()).then_some("[database] with a 'suite'")
        }
        Watch::Storage => ground
            .database
            .is_none_or(|d| d.snapshot.is_none())
            .then_some("[database] with a 'snapshot'"),
        Watch::Cpu => {
            capacity.is_none_or(|c| c.cores.is_none()).then_some("[capacity] with 'cores'")
        }
        Watch::DatabaseCpu => ground.database.is_none().then_some("[database]"),
        Watch::Memory => {
            capacity.is_none_or(|c| c.memory.is_none()).then_some("[capacity] with 'memory'")
        }
        _ => capacity.is_none().then_some("[capacity]"),
    };
    match lacks {
        None => Ok(()),
        Some(what) => Err(field.refuse(
            &format!("{} needs {what}", watch.words()),
            format!("write {what}, or watch something else"),
        )),
    }
}

fn read_phase(field: &Field<'_>, ground: Ground<'_>) -> Result<(u32, String), ConfigError> {
    let number = counted(field)?;
    let phases = ground.capacity.map(|capacity| &capacity.phases);
    match phases.and_then(|phases| phases.get(&number)) {
        Some(named) => Ok((number, named.clone())),
        None => Err(field.refuse(
            &format!("there is no phase {number}"),
            format!("write [capacity.phases] with {number} = {}", forms::WORDS.example),
        )),
    }
}

fn read_threshold(section: &Section<'_>, watch: &Watch) -> Result<Option<Threshold>, ConfigError> {
    let because = optional(section, "because", |field| name(field, forms::REASON))?;
    match (section.get("at"), because) {
        (Some(field), Some(because)) => {
            Ok(Some(Threshold { value: read_value(&field, watch)?, because }))
        }
        (None, None) if watch.is_planned() => Ok(None),
        (None, None) => {
            let message = format!("[[trigger]] on {} has no 'at'", watch.words());
            Err(section.refuse(message, "write at and because: no plan derives it".to_owned()))
        }
        (Some(_), None) => {
            let message = "[[trigger]] has an 'at' without 'because'".to_owned();
            Err(section.refuse(message, format!("write because = {}", forms::REASON.example)))
        }
        (None, Some(_)) => {
            let message = "[[trigger]] has a 'because' without 'at'".to_owned();
            Err(section.refuse(message, "a derived threshold gives its own reason".to_owned()))
        }
    }
}

/// A threshold in the unit of what is watched; a row's times are taken in nanoseconds.
fn read_value(field: &Field<'_>, watch: &Watch) -> Result<f64, ConfigError> {
    let value = match watch.unit(Unit::Ns) {
        Unit::Ratio => field.parsed(forms::SHARE, share)?,
        Unit::PerSecond => field.parsed(forms::RATE, rate)?,
        Unit::Bytes => field.parsed(forms::BYTES, units::bytes)?,
        Unit::Count => field.number(forms::COUNT)?,
        _ => field.parsed(forms::DURATION, duration)?,
    };
    if value > 0.0 {
        return Ok(value);
    }
    Err(field.refuse("a threshold of zero is always passed", "write a larger one".to_owned()))
}
