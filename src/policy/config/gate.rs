//! `[gate]`, and the parts that suites and rules share with it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::document::{Field, Section};
use super::{ConfigError, Floors, Gate, forms};
use crate::compare::Test;
use crate::measure::Unit;
use crate::policy::quantity::{Quantity, percent, percentage_points, quantity};
use crate::policy::{Adjustment, Case, Level};

pub(super) const KEYS: [&str; 9] = [
    "threshold",
    "error-rate",
    "alpha",
    "test",
    "baselines",
    "keep-sessions",
    "keep-runs",
    "floor",
    "levels",
];

/// The largest family-wise error rate that is still a test of anything.
const MOST_ALPHA: f64 = 0.2;
const MOST_KEPT: usize = 1000;

pub(super) fn read_gate(section: &Section<'_>) -> Result<Gate, ConfigError> {
    let mut gate = Gate::default();
    if let Some(field) = section.get("threshold") {
        gate.threshold = field.parsed(forms::THRESHOLD, percent)?;
    }
    if let Some(field) = section.get("error-rate") {
        gate.error_rate = field.parsed(forms::POINTS, percentage_points)?;
    }
    if let Some(field) = section.get("alpha") {
        let alpha = field.number(forms::ALPHA)?;
        if !(alpha > 0.0 && alpha <= MOST_ALPHA) {
            return Err(field.unfit(forms::ALPHA));
        }
        gate.alpha = alpha;
    }
    if let Some(field) = section.get("test") {
        let tests = [Test::ModeratedT, Test::MannWhitney].map(|test| (test.name(), test));
        gate.test = field.one_of(forms::TEST, &tests)?;
    }
    if let Some(field) = section.get("baselines") {
        gate.baselines = PathBuf::from(field.words(forms::BASELINES)?);
    }
    if let Some(field) = section.get("keep-sessions") {
        gate.keep_sessions = field.count(MOST_KEPT, forms::KEEP)?;
    }
    if let Some(field) = section.get("keep-runs") {
        gate.keep_runs = field.count(MOST_KEPT, forms::KEEP)?;
    }
    if let Some(field) = section.get("floor") {
        gate.floor = read_floors(&field, gate.floor)?;
    }
    if let Some(field) = section.get("levels") {
        gate.levels = gate.levels.with(&read_levels(&field, "[gate.levels]", |_| true)?);
    }
    Ok(gate)
}

/// The keys that suites and rules share.
pub(super) fn read_adjustment(
    section: &Section<'_>,
    levels_name: &'static str,
    settable: fn(Case) -> bool,
) -> Result<Adjustment, ConfigError> {
    let mut adjustment = Adjustment::default();
    if let Some(field) = section.get("threshold") {
        adjustment.threshold = Some(field.parsed(forms::THRESHOLD, percent)?);
    }
    if let Some(field) = section.get("error-rate") {
        adjustment.error_rate = Some(field.parsed(forms::POINTS, percentage_points)?);
    }
    if let Some(field) = section.get("floor") {
        let floor = field.parsed(forms::FLOOR, quantity)?;
        if !is_time_or_size(floor.unit) {
            return Err(field.unfit(forms::FLOOR));
        }
        adjustment.floor = Some(floor);
    }
    if let Some(field) = section.get("levels") {
        adjustment.levels = read_levels(&field, levels_name, settable)?;
    }
    if let Some(field) = section.get("file") {
        adjustment.file = Some(read_file(&field)?);
    }
    Ok(adjustment)
}

/// A path inside the repository, as version control writes it.
fn read_file(field: &Field<'_>) -> Result<String, ConfigError> {
    let text = field.words(forms::FILE)?;
    let odd = |part: &str| matches!(part, "" | "." | "..");
    match text.contains(['\\', ':'])
        || text.chars().any(char::is_control)
        || text.split('/').any(odd)
    {
        true => Err(field.unfit(forms::FILE)),
        false => Ok(text),
    }
}

pub(super) fn is_time_or_size(unit: Unit) -> bool {
    unit.nanoseconds().is_some() || unit == Unit::Bytes
}

fn read_floors(field: &Field<'_>, mut floors: Floors) -> Result<Floors, ConfigError> {
    let keys = ["load", "bench", "database"];
    let section = field.table("[gate.floor]", forms::FLOOR_TABLE, &keys)?;
    for (key, floor) in
        keys.into_iter().zip([&mut floors.load, &mut floors.bench, &mut floors.database])
    {
        if let Some(field) = section.get(key) {
            let read: Quantity = field.parsed(forms::GATE_FLOOR, quantity)?;
            if read.unit.nanoseconds().is_none() {
                return Err(field.unfit(forms::GATE_FLOOR));
            }
            *floor = read;
        }
    }
    Ok(floors)
}

fn read_levels(
    field: &Field<'_>,
    name: &'static str,
    settable: fn(Case) -> bool,
) -> Result<BTreeMap<Case, Level>, ConfigError> {
    let section = field.open_table(name, forms::LEVELS_TABLE)?;
    if let Some(misplaced) = section.fields().find_map(|field| {
        let case = Case::ALL.into_iter().find(|case| case.name() == field.key())?;
        (!settable(case)).then_some(field)
    }) {
        let hint = "set it in [gate.levels]; [[suite]] levels take all but waivers'".to_owned();
        return Err(misplaced.refuse("not a level that can be set here", hint));
    }
    let cases: Vec<Case> = Case::ALL.into_iter().filter(|case| settable(*case)).collect();
    let keys: Vec<&str> = cases.iter().map(|case| case.name()).collect();
    let section = field.table(name, forms::LEVELS_TABLE, &keys)?;
    let words = [("allow", Level::Allow), ("warn", Level::Warn), ("deny", Level::Deny)];
    let mut levels = BTreeMap::new();
    for case in cases {
        if let Some(field) = section.get(case.name()) {
            levels.insert(case, field.one_of(forms::LEVEL, &words)?);
        }
    }
    Ok(levels)
}
