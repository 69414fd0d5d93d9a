//! `[[slo]]`: targets, and what contradicts itself among them.

mod limit;

use std::collections::BTreeMap;

use limit::{check_contract, read_bound, read_limit};

use super::document::{Field, Section};
use super::entries::read_scope;
use super::suite::{optional, read_metric};
use super::{ConfigError, Suite, forms};
use crate::measure::{Metric, Unit};
use crate::policy::quantity::{Quantity, share, shown};
use crate::policy::{Availability, Bound, Load, Pattern, Promql, Slo};

pub(super) const KEYS: [&str; 11] = [
    "name",
    "suite",
    "row",
    "tag",
    "metric",
    "at-most",
    "at-least",
    "availability",
    "contract",
    "at",
    "promql",
];

/// The longest name, in bytes.
const LONGEST_NAME: usize = 200;

/// Availabilities that the fastest burn rate can tell from a service that is down: with less, 14.4
/// times the budget is more than all requests.
const LEAST_AVAILABILITY: f64 = 0.95;

pub(super) fn read_slos(
    sections: &[Section<'_>],
    suites: &[Suite],
) -> Result<Vec<Slo>, ConfigError> {
    let slos: Vec<Slo> =
        sections.iter().map(|section| read_slo(section, suites)).collect::<Result<_, _>>()?;
    check_all(sections, &slos)?;
    Ok(slos)
}

fn read_slo(section: &Section<'_>, suites: &[Suite]) -> Result<Slo, ConfigError> {
    let policy = section.get("availability");
    let metric = match &policy {
        Some(_) => Metric::ErrorRate,
        None => read_metric(&section.need("metric", forms::METRIC)?)?,
    };
    let mut scope = read_scope(section, suites)?;
    scope.metrics = vec![metric];
    let (bound, target, availability) = match &policy {
        Some(field) => {
            let (target, availability) = read_availability(section, field)?;
            (Bound::AtMost, target, Some(availability))
        }
        None => {
            let (bound, target) = read_bound(section, metric)?;
            (bound, target, None)
        }
    };
    let contract = optional(section, "contract", |field| {
        let contract = match &policy {
            Some(_) => failing(field.parsed(forms::AVAILABILITY, share)?),
            None => read_limit(field, metric)?,
        };
        check_contract(field, bound, target, contract)
    })?;
    Ok(Slo {
        name: optional(section, "name", read_name)?,
        scope,
        metric,
        bound,
        target,
        contract,
        at: read_load(section)?,
        availability,
        line: section.line,
    })
}

fn read_name(field: &Field<'_>) -> Result<String, ConfigError> {
    let name = field.words(forms::TARGET_NAME)?;
    let fits = name.len() <= LONGEST_NAME && !name.chars().any(char::is_control);
    if fits { Ok(name) } else { Err(field.unfit(forms::TARGET_NAME)) }
}

fn read_load(section: &Section<'_>) -> Result<Load, ConfigError> {
    let Some(field) = section.get("at") else {
        let hint =
            "a target without a load says nothing: write at = \"200/s\" or at = \"50 users\"";
        return Err(section.refuse("[[slo]] has no 'at'".to_owned(), hint.to_owned()));
    };
    field.parsed(forms::AT, Load::parse)
}

/// The share of failed requests that an availability leaves, and the availability.
fn read_availability(
    section: &Section<'_>,
    field: &Field<'_>,
) -> Result<(Quantity, Availability), ConfigError> {
    for key in ["metric", "at-most", "at-least"] {
        if let Some(other) = section.get(key) {
            let hint = "write either availability, or a metric with at-most or at-least";
            return Err(other.refuse("availability already says it", hint.to_owned()));
        }
    }
    let objective = field.parsed(forms::AVAILABILITY, share)?;
    if !(LEAST_AVAILABILITY..1.0).contains(&objective) {
        return Err(field.unfit(forms::AVAILABILITY));
    }
    let promql = optional(section, "promql", read_promql)?;
    Ok((failing(objective), Availability { objective, promql }))
}

fn read_promql(field: &Field<'_>) -> Result<Promql, ConfigError> {
    let table = field.table("promql of [[slo]]", forms::PROMQL, &["bad", "total"])?;
    let expression = |key: &'static str| -> Result<String, ConfigError> {
        let field = table.need(key, forms::PROMQL_TEXT)?;
        let text = field.words(forms::PROMQL_TEXT)?;
        match text.contains(Promql::WINDOW) {
            true => Ok(text),
            false => Err(field.unfit(forms::PROMQL_TEXT)),
        }
    };
    Ok(Promql { bad: expression("bad")?, total: expression("total")? })
}

/// What a share of requests that succeed leaves to fail, without the noise of the subtraction.
fn failing(succeeding: f64) -> Quantity {
    Quantity { value: ((1.0 - succeeding) * 1e12).round() / 1e12, unit: Unit::Ratio }
}

/// What no two targets may have, or may not say of the same rows at the same load.
fn check_all(sections: &[Section<'_>], slos: &[Slo]) -> Result<(), ConfigError> {
    let mut names: BTreeMap<&str, usize> = BTreeMap::new();
    let mut things: BTreeMap<String, Vec<&Slo>> = BTreeMap::new();
    for (section, slo) in sections.iter().zip(slos) {
        if let Some(name) = slo.name.as_deref()
            && let Some(first) = names.insert(name, slo.line)
        {
            let message = format!("two targets are named '{}'", shown(name));
            return Err(section.refuse(message, format!("the first is in line {first}")));
        }
        // At most two of each metric come together here: the third is refused before.
        let others = things.entry(thing(slo)).or_default();
        for other in others.iter() {
            contradiction(section, slo, other)?;
        }
        others.push(slo);
    }
    Ok(())
}

/// What a target is about, as a key.
fn thing(slo: &Slo) -> String {
    let scope = &slo.scope;
    let tags: Vec<(&String, &str)> =
        scope.tags.iter().map(|(key, value)| (key, value.as_str())).collect();
    let row = scope.row.as_ref().map(Pattern::as_str);
    format!("{:?} {row:?} {tags:?} {}", scope.suite, slo.at)
}

fn contradiction(section: &Section<'_>, slo: &Slo, other: &Slo) -> Result<(), ConfigError> {
    let (at, line) = (slo.at, other.line);
    // An availability is a policy beside what a test has to keep.
    let both = (slo.availability.is_some(), other.availability.is_some());
    if slo.metric == other.metric && both.0 == both.1 {
        let name = slo.metric.name();
        let message = format!("two targets on one thing: {name} of the same rows at {at}");
        return Err(
            section.refuse(message, format!("the first is in line {line}: keep one of them"))
        );
    }
    let (Some(rank), Some(other_rank)) = (percentile(slo.metric), percentile(other.metric)) else {
        return Ok(());
    };
    let (low, high) = if rank < other_rank { (slo, other) } else { (other, slo) };
    if slo.bound != Bound::AtMost || other.bound != Bound::AtMost {
        return Ok(());
    }
    let limits =
        [("", Some(low.target), Some(high.target)), (" promised", low.contract, high.contract)];
    for (promised, of_low, of_high) in limits {
        let (Some(of_low), Some(of_high)) = (of_low, of_high) else { continue };
        let Some(limit) = of_high.in_unit(of_low.unit) else { continue };
        if limit < of_low.value {
            let message = format!(
                "{}{promised} at most {of_high} is under {}{promised} at most {of_low} of the same rows at {at}",
                high.metric.name(),
                low.metric.name(),
            );
            let hint = format!("the other is in line {line}; a higher percentile is never smaller");
            return Err(section.refuse(message, hint));
        }
    }
    Ok(())
}

fn percentile(metric: Metric) -> Option<u8> {
    match metric {
        Metric::P50 | Metric::Median => Some(50),
        Metric::P95 => Some(95),
        Metric::P99 => Some(99),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::policy::config::parse;
    use crate::policy::{Load, SloState};

    const SUITE: &str = "[[suite]]\nname = 'api'\npath = 'x'\n";

    fn refused(slos: &str) -> String {
        parse(&format!("{SUITE}{slos}"), Path::new("t")).unwrap_err().to_string()
    }

    #[test]
    fn a_target_has_a_load_a_promise_and_a_name() {
        let text = format!(
            "{SUITE}[[slo]]\nname = 'fast reads'\ntag = {{ category = 'read' }}\nmetric = 'p95'\n\
             at-most = '25ms'\ncontract = '0.25s'\nat = '200/s'\n\
             [[slo]]\navailability = '99.5%'\ncontract = '99%'\nat = '50 users'\n\
             promql = {{ bad = 'a[$window]', total = 'b[$window]' }}\n"
        );
        let config = parse(&text, Path::new("t")).unwrap();
        let [fast, up] = &config.slos[..] else { panic!() };
        assert_eq!((fast.at, fast.name.as_deref()), (Load::PerSecond(200.0), Some("fast reads")));
        assert_eq!(fast.contract_in(crate::measure::Unit::Ms), Some(250.0));
        assert!((up.target.value - 0.005).abs() < 1e-15, "{}", up.target.value);
        assert!((up.contract.unwrap().value - 0.01).abs() < 1e-15);
        assert!(up.availability.as_ref().is_some_and(|a| a.promql.is_some()));
        assert_eq!(SloState::ALL.map(SloState::name)[3], "met");
    }

    #[test]
    fn without_a_load_or_with_a_strange_one_it_is_refused() {
        let target = "[[slo]]\nmetric = 'p95'\nat-most = '25ms'\n";
        assert!(refused(target).contains("[[slo]] has no 'at'"));
        for at in ["200", "0/s", "many users", "200ms"] {
            let said = refused(&format!("{target}at = '{at}'\n"));
            assert!(said.contains("'at' in [[slo]]"), "{said}");
        }
    }

    #[test]
    fn contradictions_are_refused_with_both_lines() {
        let slo = |rest: &str| format!("[[slo]]\nsuite = 'api'\nat = '200/s'\n{rest}\n");
        let p95 = slo("metric = 'p95'\nat-most = '25ms'");
        for (second, said) in [
            ("metric = 'p99'\nat-most = '0.02s'", "p99 at most 0.02s is under p95 at most 25ms"),
            ("metric = 'p50'\nat-most = '30ms'", "p95 at most 25ms is under p50 at most 30ms"),
            ("metric = 'p95'\nat-most = '30ms'", "two targets on one thing: p95"),
            ("metric = 'p99'\nat-most = '1s'\ncontract = '900ms'", "stricter than the target"),
            ("metric = 'p99'\nat-most = '1s'\ncontract = '1MB'", "different things"),
        ] {
            let message = refused(&format!("{p95}{}", slo(second)));
            assert!(message.contains(said), "{message}");
        }
        let promised = slo("metric = 'p95'\nat-most = '25ms'\ncontract = '250ms'");
        let less = slo("metric = 'p99'\nat-most = '30ms'\ncontract = '200ms'");
        let message = refused(&format!("{promised}{less}"));
        assert!(message.contains("p99 promised at most 200ms is under p95 promised"), "{message}");
        // Another load, or other rows, is another thing.
        let other = "[[slo]]\nsuite = 'api'\nat = '100/s'\nmetric = 'p99'\nat-most = '20ms'\n\
                     [[slo]]\nrow = 'a'\nat = '200/s'\nmetric = 'p95'\nat-most = '20ms'\n";
        assert!(parse(&format!("{SUITE}{p95}{other}"), Path::new("t")).is_ok());
    }

    #[test]
    fn an_availability_says_what_it_is_about_by_itself() {
        for (rest, said) in [
            ("availability = '99.5%'\nmetric = 'p95'", "availability already says it"),
            ("availability = '90%'", "expected a share from 95% to below 100%"),
            ("availability = '100%'", "expected a share from 95% to below 100%"),
            ("availability = '99%'\ncontract = '99.5%'", "stricter than the target"),
            ("availability = '99%'\npromql = { bad = 'x', total = 'y[$window]' }", "$window"),
            ("metric = 'p95'\nat-most = '1s'\npromql = { bad = 'x' }", "without availability"),
        ] {
            let message = refused(&format!("[[slo]]\nat = '1/s'\n{rest}\n"));
            assert!(message.contains(said), "{message}");
        }
        let twice = "[[slo]]\nname = 'a'\nat = '1/s'\navailability = '99%'\n";
        assert!(refused(&format!("{twice}{twice}")).contains("two targets are named 'a'"));
    }
}
