//! Targets as the configuration takes them.

use std::fmt::Write as _;

use super::escape::toml_string;
use crate::measure::Unit;
use crate::policy::quantity::Quantity;
use crate::policy::{Bound, Slo};
use crate::slo::written;

/// One `[[slo]]` a target, each after an empty line, to be appended to `tailguard.toml`. Every name is
/// quoted so that it reads back as it is.
#[must_use]
pub fn slo_toml(slos: &[Slo]) -> String {
    slos.iter().map(|slo| format!("\n{}", entry(slo))).collect()
}

fn entry(slo: &Slo) -> String {
    let mut text = "[[slo]]\n".to_owned();
    let mut line = |key: &str, value: &str| {
        let _ = writeln!(text, "{key} = {}", toml_string(value));
    };
    if let Some(name) = &slo.name {
        line("name", name);
    }
    if let Some(suite) = &slo.scope.suite {
        line("suite", suite);
    }
    if let Some(row) = &slo.scope.row {
        line("row", row.as_str());
    }
    match &slo.availability {
        Some(availability) => line("availability", &percent(availability.objective)),
        None => {
            line("metric", slo.metric.name());
            let bound = if slo.bound == Bound::AtMost { "at-most" } else { "at-least" };
            line(bound, &written(slo.target));
        }
    }
    if let Some(contract) = slo.contract {
        let promised = match &slo.availability {
            Some(_) => percent(1.0 - contract.value),
            None => written(contract),
        };
        line("contract", &promised);
    }
    line("at", &slo.at.to_string());
    let tags: Vec<String> = slo
        .scope
        .tags
        .iter()
        .map(|(key, value)| format!("{} = {}", toml_string(key), toml_string(value.as_str())))
        .collect();
    if !tags.is_empty() {
        let _ = writeln!(text, "tag = {{ {} }}", tags.join(", "));
    }
    if let Some(promql) = slo.availability.as_ref().and_then(|a| a.promql.as_ref()) {
        let (bad, total) = (toml_string(&promql.bad), toml_string(&promql.total));
        let _ = writeln!(text, "promql = {{ bad = {bad}, total = {total} }}");
    }
    text
}

fn percent(share: f64) -> String {
    written(Quantity { value: share, unit: Unit::Ratio })
}
