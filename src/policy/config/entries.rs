//! `[[rule]]` and `[[waiver]]`: entries that are about some rows of some suites.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::document::{Field, Section, suggestion};
use super::gate::read_adjustment;
use super::suite::{optional, read_metric};
use super::{ConfigError, Suite, forms};
use crate::measure::Metric;
use crate::policy::quantity::{percent, percentage_points, shown};
use crate::policy::{Case, Origin, Pattern, Rule, Scope, Waiver};

pub(super) const RULE_KEYS: [&str; 10] = [
    "suite",
    "row",
    "tag",
    "metric",
    "threshold",
    "error-rate",
    "floor",
    "gates",
    "levels",
    "file",
];
pub(super) const WAIVER_KEYS: [&str; 7] =
    ["suite", "row", "metric", "up-to", "reason", "expires", "issue"];

pub(super) fn read_rule(section: &Section<'_>, suites: &[Suite]) -> Result<Rule, ConfigError> {
    let scope = read_scope(section, suites)?;
    let adjustment = read_adjustment(section, "levels of [[rule]]", Case::is_of_a_row)?;
    let gates = optional(section, "gates", |field| field.flag(forms::GATES_FLAG))?;
    let changes = ["threshold", "error-rate", "floor", "gates", "levels", "file"];
    if changes.iter().all(|key| section.get(key).is_none()) {
        let hint = format!("write one of {}", changes.join(", "));
        return Err(section.refuse("[[rule]] changes nothing".to_owned(), hint));
    }
    // A tolerance that none of the rule's metrics has would be ignored, in silence.
    check_use(section, &scope, "threshold", "error-rate = \"0.5pp\"", |m| !m.is_proportion())?;
    check_use(section, &scope, "error-rate", "threshold = \"5%\"", Metric::is_proportion)?;
    check_use(section, &scope, "floor", "a metric that is a time", Metric::is_time)?;
    Ok(Rule { scope, adjustment, gates, line: section.line })
}

pub(super) fn read_waiver(section: &Section<'_>, suites: &[Suite]) -> Result<Waiver, ConfigError> {
    let mut scope = read_scope(section, suites)?;
    section.need("row", forms::ROW)?;
    let (up_to, metrics) = read_ceiling(&section.need("up-to", forms::UP_TO)?, &scope.metrics)?;
    scope.metrics = metrics;
    Ok(Waiver {
        scope,
        up_to,
        reason: section.need("reason", forms::REASON)?.words(forms::REASON)?,
        expires: read_day(&section.need("expires", forms::EXPIRES)?)?,
        issue: optional(section, "issue", read_address)?,
        origin: Origin::Config,
        line: section.line,
    })
}

/// A ceiling, and the metrics that it speaks of: those that were named, else all of its kind.
pub(super) fn read_ceiling(
    ceiling: &Field<'_>,
    named: &[Metric],
) -> Result<(f64, Vec<Metric>), ConfigError> {
    let text = ceiling.text(forms::UP_TO)?;
    let (up_to, of_proportions) = match (percent(text), percentage_points(text)) {
        (Ok(up_to), _) => (up_to, false),
        (_, Ok(up_to)) => (up_to, true),
        _ => return Err(ceiling.unfit(forms::UP_TO)),
    };
    if up_to <= 0.0 {
        return Err(ceiling.refuse(
            "a ceiling of zero waives nothing",
            format!("write up-to = {}", forms::UP_TO.example),
        ));
    }
    if let Some(metric) = named.iter().find(|m| m.is_proportion() != of_proportions) {
        let example = if of_proportions { "\"20%\"" } else { "\"2pp\"" };
        return Err(ceiling.refuse(
            &format!("found '{}', which is not how '{}' changes", shown(text), metric.name()),
            format!("write up-to = {example}"),
        ));
    }
    let all = Metric::ALL.into_iter().filter(|m| m.is_proportion() == of_proportions);
    Ok((up_to, if named.is_empty() { all.collect() } else { named.to_vec() }))
}

pub(super) fn read_scope(section: &Section<'_>, suites: &[Suite]) -> Result<Scope, ConfigError> {
    let mut scope = Scope::default();
    if let Some(field) = section.get("suite") {
        let name = field.text(forms::SUITE)?;
        if !suites.iter().any(|suite| suite.name == name) {
            let names: Vec<&str> = suites.iter().map(|suite| suite.name.as_str()).collect();
            let hint = if names.is_empty() {
                "the configuration has no [[suite]]".to_owned()
            } else {
                suggestion(name, &names, "the suites are")
            };
            return Err(field.refuse(&format!("there is no suite '{}'", shown(name)), hint));
        }
        scope.suite = Some(name.to_owned());
    }
    if let Some(field) = section.get("row") {
        scope.row = Some(read_pattern(&field, &field.words(forms::ROW)?)?);
    }
    if let Some(field) = section.get("tag") {
        let tags = field.open_table("tag", forms::TAG)?;
        scope.tags = tags
            .fields()
            .map(|tag| {
                // An empty text is a value, too: that of a tag which a request lacks.
                Ok((tag.key().to_owned(), read_pattern(&tag, tag.text(forms::TAG_VALUE)?)?))
            })
            .collect::<Result<BTreeMap<_, _>, ConfigError>>()?;
    }
    if let Some(field) = section.get("metric") {
        let metrics = field.one_or_more();
        if metrics.is_empty() {
            return Err(field.unfit(forms::METRIC));
        }
        scope.metrics = metrics.iter().map(read_metric).collect::<Result<_, _>>()?;
    }
    Ok(scope)
}

pub(super) fn read_pattern(field: &Field<'_>, text: &str) -> Result<Pattern, ConfigError> {
    Pattern::new(text).map_err(|why| {
        field.refuse(
            &format!("found {why}, expected {}", forms::ROW.expected),
            "in a glob, [[] stands for a bracket and {,} lists alternatives".to_owned(),
        )
    })
}

fn check_use(
    section: &Section<'_>,
    scope: &Scope,
    key: &str,
    instead: &str,
    applies: fn(Metric) -> bool,
) -> Result<(), ConfigError> {
    let (Some(field), Some(first)) = (section.get(key), scope.metrics.first()) else {
        return Ok(());
    };
    if scope.metrics.iter().any(|metric| applies(*metric)) {
        return Ok(());
    }
    Err(field.refuse(&format!("no meaning for '{}'", first.name()), format!("write {instead}")))
}

/// A day, as TOML writes it or in quotes. Nothing else that a date library would take.
fn read_day(field: &Field<'_>) -> Result<Date, ConfigError> {
    let text = field.date_text(forms::EXPIRES)?;
    let day: Option<Date> = text.parse().ok();
    day.filter(|day| day.to_string() == text).ok_or_else(|| field.unfit(forms::EXPIRES))
}

/// An address that is safe to print as a link.
fn read_address(field: &Field<'_>) -> Result<String, ConfigError> {
    let text = field.text(forms::ISSUE)?;
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let odd = |c: char| c.is_whitespace() || c.is_control() || "<>\"'`\\^{}|[]()".contains(c);
    match rest {
        Some(rest) if !rest.is_empty() && !text.contains(odd) => Ok(text.to_owned()),
        _ => Err(field.unfit(forms::ISSUE)),
    }
}
