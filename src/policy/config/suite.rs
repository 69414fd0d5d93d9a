//! `[[suite]]`.

use std::time::Duration;

use super::document::{Field, Form, Section};
use super::gate::read_adjustment;
use super::{ConfigError, Suite, forms};
use crate::measure::{Metric, Tool, Unit, Workload};
use crate::policy::Case;
use crate::policy::quantity::{duration, shown};
use crate::source::SourceName;

pub(super) const KEYS: [&str; 18] = [
    "name",
    "source",
    "path",
    "group-by",
    "command",
    "build",
    "elsewhere",
    "timeout",
    "environment",
    "workload",
    "criterion-baseline",
    "unit",
    "threshold",
    "error-rate",
    "floor",
    "levels",
    "gates",
    "file",
];

/// The longest name, in bytes: baselines are files in a directory of that name.
const LONGEST_NAME: usize = 100;

pub(super) fn read_suite(section: &Section<'_>) -> Result<Suite, ConfigError> {
    let name = section.need("name", forms::NAME)?;
    let suite = Suite {
        name: read_name(&name)?,
        paths: match section.get("path") {
            Some(field) => texts(&field.one_or_more(), &field, forms::PATHS)?,
            None => Vec::new(),
        },
        source: optional(section, "source", |field| {
            let words = [
                ("k6", SourceName::K6),
                ("criterion", SourceName::Criterion),
                ("postgres", SourceName::Postgres),
            ];
            field.one_of(forms::SOURCE, &words)
        })?,
        group_by: optional(section, "group-by", |field| {
            texts(&field.list(forms::GROUP_BY)?, field, forms::GROUP_BY)
        })?,
        command: optional(section, "command", |field| field.words(forms::COMMAND))?,
        build: optional(section, "build", |field| field.words(forms::COMMAND))?,
        elsewhere: optional(section, "elsewhere", |field| field.flag(forms::ELSEWHERE))?
            .unwrap_or(false),
        timeout: optional(section, "timeout", read_timeout)?,
        environment: optional(section, "environment", |f| f.words(forms::ENVIRONMENT))?,
        workload: optional(section, "workload", |field| {
            let words = [("open", Workload::Open), ("closed", Workload::Closed)];
            field.one_of(forms::WORKLOAD, &words)
        })?,
        criterion_baseline: optional(section, "criterion-baseline", |field| {
            field.words(forms::CRITERION_BASELINE)
        })?,
        unit: optional(section, "unit", read_unit)?,
        adjustment: read_adjustment(section, "levels of [[suite]]", Case::is_of_a_suite)?,
        gates: optional(section, "gates", |field| {
            field.list(forms::GATES)?.iter().map(read_metric).collect()
        })?,
        line: section.line,
    };
    let is_measured = !suite.paths.is_empty() || suite.command.is_some();
    if suite.elsewhere && is_measured {
        let message = format!("suite '{}' is measured here and elsewhere", suite.name);
        let hint = "leave out elsewhere, or path and command".to_owned();
        return Err(section.refuse(message, hint));
    }
    if !suite.elsewhere && !is_measured {
        let message = format!("suite '{}' has neither 'path' nor 'command'", suite.name);
        return Err(section.refuse(message, format!("write path = {}", forms::PATHS.example)));
    }
    check_gates(section, &suite)?;
    Ok(suite)
}

/// A metric by its name.
pub(super) fn read_metric(field: &Field<'_>) -> Result<Metric, ConfigError> {
    field.one_of(forms::METRIC, &Metric::ALL.map(|metric| (metric.name(), metric)))
}

/// The value of a key that the section may have.
pub(super) fn optional<'t, T>(
    section: &Section<'t>,
    key: &str,
    read: impl FnOnce(&Field<'t>) -> Result<T, ConfigError>,
) -> Result<Option<T>, ConfigError> {
    section.get(key).as_ref().map(read).transpose()
}

fn texts(items: &[Field<'_>], list: &Field<'_>, form: Form) -> Result<Vec<String>, ConfigError> {
    if items.is_empty() {
        return Err(list.refuse(
            &format!("found an empty list, expected {}", form.expected),
            format!("write {} = {}", list.key(), form.example),
        ));
    }
    items.iter().map(|item| item.words(form)).collect()
}

/// A name that is one ordinary directory on every system, and can stand in `SUITE=PATH`.
fn read_name(field: &Field<'_>) -> Result<String, ConfigError> {
    let name = field.text(forms::NAME)?;
    let inside = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ' ');
    let fits = name.starts_with(|c: char| c.is_alphanumeric() || c == '_')
        && !name.ends_with(['.', ' '])
        && name.chars().all(inside)
        && name.len() <= LONGEST_NAME;
    if fits {
        return Ok(name.to_owned());
    }
    let message = format!("found '{}', expected {}", shown(name), forms::NAME.expected);
    Err(field.refuse(
        &message,
        format!("the name is that of a directory of baselines: at most {LONGEST_NAME} bytes, beginning with a letter or digit"),
    ))
}

/// How long a command may take: at least a second, at most a day.
fn read_timeout(field: &Field<'_>) -> Result<Duration, ConfigError> {
    let nanoseconds = field.parsed(forms::TIMEOUT, duration)?;
    if !(1e9..=86_400e9).contains(&nanoseconds) {
        return Err(field.unfit(forms::TIMEOUT));
    }
    Ok(Duration::from_secs_f64(nanoseconds / 1e9))
}

fn read_unit(field: &Field<'_>) -> Result<Unit, ConfigError> {
    let words = [
        ("ns", Unit::Ns),
        ("us", Unit::Us),
        ("\u{b5}s", Unit::Us),
        ("ms", Unit::Ms),
        ("s", Unit::S),
        ("bytes", Unit::Bytes),
        ("count", Unit::Count),
    ];
    field.one_of(forms::UNIT, &words)
}

/// A metric that the suite's tool never measures would gate nothing, in silence.
fn check_gates(section: &Section<'_>, suite: &Suite) -> Result<(), ConfigError> {
    let (Some(source), Some(gates), Some(field)) =
        (suite.source, &suite.gates, section.get("gates"))
    else {
        return Ok(());
    };
    let tool = match source {
        SourceName::K6 => Tool::K6,
        SourceName::Criterion => Tool::Criterion,
        SourceName::Postgres => Tool::Postgres,
    };
    match gates.iter().find(|metric| !tool.measures(**metric)) {
        None => Ok(()),
        Some(metric) => {
            let measured = Metric::ALL.into_iter().filter(|metric| tool.measures(*metric));
            let names: Vec<&str> = measured.map(Metric::name).collect();
            let tool = tool.name();
            Err(field.refuse(
                &format!("{tool} does not measure '{}'", metric.name()),
                format!("{tool} measures {}", names.join(", ")),
            ))
        }
    }
}
