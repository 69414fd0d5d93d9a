//! `[capacity]` itself, and what its parts share.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::limits::{KEYS as LIMIT_KEYS, read_limit};
use super::model::{Capacity, MetricNames, Now, RowOf, SizeSuite};
use super::traffic::read_traffic;
use super::{forms, units};
use crate::capacity::plan::Reserve;
use crate::measure::EnvironmentKey;
use crate::policy::config::ConfigError;
use crate::policy::config::document::{Field, Form, Section};
use crate::policy::config::suite::{optional, read_metric};
use crate::policy::quantity::share;

pub(in crate::policy::config) const KEYS: [&str; 12] = [
    "instances",
    "spare",
    "headroom",
    "cores",
    "memory",
    "environment",
    "metrics",
    "traffic",
    "limit",
    "size",
    "now",
    "phases",
];
const METRIC_KEYS: [&str; 10] = [
    "files",
    "timings",
    "requests",
    "answers",
    "hold",
    "wait",
    "statements",
    "statement",
    "cpu",
    "memory",
];

/// The largest number of anything that is counted.
pub(super) const MOST: usize = 1_000_000_000;

/// The longest name that is printed, in bytes.
const LONGEST: usize = 200;

pub(in crate::policy::config) fn read_capacity(
    section: &Section<'_>,
) -> Result<Capacity, ConfigError> {
    let traffic = section.need("traffic", forms::TRAFFIC)?;
    let limits = match section.get("limit") {
        Some(field) => field.tables("[[capacity.limit]]", forms::LIMITS, &LIMIT_KEYS)?,
        None => Vec::new(),
    };
    let capacity = Capacity {
        reserve: Reserve {
            headroom: section.need("headroom", forms::SHARE)?.parsed(forms::SHARE, share)?,
            instances: counted(&section.need("instances", forms::COUNT)?)?,
            spare: optional(section, "spare", whole)?.unwrap_or(0),
        },
        cores: optional(section, "cores", counted)?,
        memory: optional(section, "memory", |field| field.parsed(forms::BYTES, units::bytes))?,
        environment: optional(section, "environment", read_environment)?,
        metrics: optional(section, "metrics", read_metrics)?,
        traffic: read_traffic(&traffic)?,
        limits: limits.iter().map(read_limit).collect::<Result<_, _>>()?,
        size: optional(section, "size", read_size)?,
        now: optional(section, "now", read_now)?,
        phases: optional(section, "phases", read_phases)?.unwrap_or_default(),
    };
    match capacity.fault() {
        None => Ok(capacity),
        Some(fault) => {
            let hint = "change one of the numbers: together they cannot be".to_owned();
            Err(section.refuse(format!("[capacity]: {fault}"), hint))
        }
    }
}

fn read_environment(field: &Field<'_>) -> Result<String, ConfigError> {
    let text = field.words(forms::NAME)?;
    // What a file of baselines could not be called is no environment, and may be a path.
    match EnvironmentKey::new(&text).as_str() == text {
        true => Ok(text),
        false => Err(field.unfit(forms::NAME)),
    }
}

fn read_metrics(field: &Field<'_>) -> Result<MetricNames, ConfigError> {
    let section = field.table("[capacity.metrics]", forms::METRICS, &METRIC_KEYS)?;
    let name = |key: &str| optional(&section, key, |field| name(field, forms::METRIC_NAME));
    Ok(MetricNames {
        files: around_a_load(&section.need("files", forms::FILES)?)?,
        timings: optional(&section, "timings", around_a_load)?.unwrap_or_default(),
        requests: name("requests")?,
        answers: name("answers")?,
        hold: name("hold")?,
        wait: name("wait")?,
        statements: name("statements")?,
        statement: optional(&section, "statement", |field| self::name(field, forms::LABEL_NAME))?,
        cpu: name("cpu")?,
        memory: name("memory")?,
    })
}

/// One file, or two around a load.
fn around_a_load(field: &Field<'_>) -> Result<Vec<String>, ConfigError> {
    let listed = field.one_or_more();
    match listed.len() {
        1..=2 => listed.iter().map(|file| file.words(forms::FILE)).collect(),
        _ => Err(field.unfit(forms::FILES)),
    }
}

fn read_size(field: &Field<'_>) -> Result<SizeSuite, ConfigError> {
    let section = field.table("[capacity.size]", forms::SIZE, &["suite", "tag", "clients"])?;
    let clients = section.need("clients", forms::CLIENTS)?;
    let sizes = clients.open_table("clients of [capacity.size]", forms::CLIENTS)?;
    let clients_of: BTreeMap<String, f64> = sizes
        .fields()
        .map(|size| Ok((size.key().to_owned(), f64::from(counted(&size)?))))
        .collect::<Result<_, ConfigError>>()?;
    if clients_of.len() < 2 {
        return Err(clients.refuse(
            "one size tells nothing of another",
            format!("write clients = {}", forms::CLIENTS.example),
        ));
    }
    Ok(SizeSuite {
        suite: suite_name(&section.need("suite", forms::SUITE)?)?,
        tag: name(&section.need("tag", forms::NAME)?, forms::NAME)?,
        clients: clients_of,
    })
}

fn read_now(field: &Field<'_>) -> Result<Now, ConfigError> {
    let section =
        field.table("[capacity.now]", forms::NOW, &["date", "organisations", "growth"])?;
    Ok(Now {
        date: day(&section.need("date", forms::DATE)?)?,
        organisations: f64::from(whole(&section.need("organisations", forms::COUNT_OR_NONE)?)?),
        growth: section.need("growth", forms::GROWTH)?.parsed(forms::GROWTH, units::growth)?,
    })
}

fn read_phases(field: &Field<'_>) -> Result<BTreeMap<u32, String>, ConfigError> {
    let section = field.open_table("[capacity.phases]", forms::PHASES)?;
    section
        .fields()
        .map(|phase| match phase.key().parse::<u32>() {
            Ok(number) => Ok((number, name(&phase, forms::WORDS)?)),
            Err(_) => Err(phase.refuse(
                "found a name, expected the number of a phase",
                format!("write phases = {}", forms::PHASES.example),
            )),
        })
        .collect()
}

/// `{ suite, row, metric }`.
pub(super) fn read_row(field: &Field<'_>, name: &'static str) -> Result<RowOf, ConfigError> {
    let section = field.table(name, forms::ROW, &["suite", "row", "metric"])?;
    Ok(RowOf {
        suite: suite_name(&section.need("suite", forms::SUITE)?)?,
        row: self::name(&section.need("row", forms::NAME)?, forms::NAME)?,
        metric: read_metric(&section.need("metric", forms::NAME)?)?,
    })
}

/// A whole number from 1.
pub(super) fn counted(field: &Field<'_>) -> Result<u32, ConfigError> {
    let count = field.count(MOST, forms::COUNT)?;
    u32::try_from(count).map_err(|_| field.unfit(forms::COUNT))
}

/// A whole number from 0.
pub(super) fn whole(field: &Field<'_>) -> Result<u32, ConfigError> {
    let number = field.number(forms::COUNT_OR_NONE)?;
    match number.fract() == 0.0 && (0.0..=MOST as f64).contains(&number) {
        true => Ok(number as u32),
        false => Err(field.unfit(forms::COUNT_OR_NONE)),
    }
}

/// A suite by a name that is one ordinary directory.
pub(super) fn suite_name(field: &Field<'_>) -> Result<String, ConfigError> {
    let text = name(field, forms::SUITE)?;
    match text.contains(['/', '\\', ':']) || text.starts_with('.') {
        true => Err(field.unfit(forms::SUITE)),
        false => Ok(text),
    }
}

/// A text of one line that is short enough to be printed.
pub(super) fn name(field: &Field<'_>, form: Form) -> Result<String, ConfigError> {
    let text = field.words(form)?;
    match text.len() <= LONGEST && !text.chars().any(char::is_control) {
        true => Ok(text),
        false => Err(field.unfit(form)),
    }
}

/// A day, as TOML writes it or in quotes.
fn day(field: &Field<'_>) -> Result<Date, ConfigError> {
    let text = field.date_text(forms::DATE)?;
    let day: Option<Date> = text.parse().ok();
    day.filter(|day| day.to_string() == text).ok_or_else(|| field.unfit(forms::DATE))
}
