//! From targets to documents.

use std::collections::{BTreeMap, BTreeSet};

use super::OpenSloError;
use super::form::{
    API, AT, AVAILABILITY, CONTRACT, Document, Indicator, IndicatorSpec, METRIC, Metadata, NAME,
    Objective, ROW, Ratio, SUITE, Source, Sourced, Spec, TAG, TimeWindow, UNIT, UNITS, share_of,
};
use crate::measure::Better;
use crate::policy::{Bound, Slo};
use crate::slo::words::{about, rounded, written};

/// The longest name of a document, in bytes.
const LONGEST_NAME: usize = 63;

/// The documents of every target that has a form in `OpenSLO`, and a line for every one that has none.
/// The same targets give the same bytes.
///
/// # Errors
/// Where no target has a form.
pub fn export(slos: &[Slo]) -> Result<(String, Vec<String>), OpenSloError> {
    let mut left_out = Vec::new();
    let mut names = BTreeSet::new();
    let mut documents = Vec::new();
    for slo in slos {
        match objective(slo) {
            Some(objective) => documents.push(document(slo, objective, &mut names)),
            None => left_out.push(format!(
                "{} has no form in OpenSLO, which says what share of events keeps a limit; it is \
                 left out",
                display(slo)
            )),
        }
    }
    if documents.is_empty() {
        return Err(OpenSloError::NothingToExport);
    }
    // A folded text would still be the same; a plain one is easier to compare.
    let options = serde_saphyr::ser_options! { prefer_block_scalars: false };
    let text = serde_saphyr::to_string_multiple_with_options(&documents, options)
        .map_err(|error| OpenSloError::Yaml(error.to_string()))?;
    Ok((text, left_out))
}

/// What share of events keeps the limit; `None` where the target is no such thing, or wants them
/// all.
fn objective(slo: &Slo) -> Option<Objective> {
    let display_name = display(slo);
    if let (Some(target), Bound::AtMost) = (share_of(slo.metric), slo.bound) {
        let (op, value) = (Some("lte"), Some(slo.target.value));
        return Some(Objective { display_name, op, value, target });
    }
    let target = match (slo.metric.is_proportion(), slo.bound, slo.metric.better()) {
        (true, Bound::AtMost, _) => rounded(1.0 - slo.target.value),
        (true, Bound::AtLeast, Better::Higher) => slo.target.value,
        _ => return None,
    };
    (0.0..1.0).contains(&target).then_some(Objective {
        display_name,
        op: None,
        value: None,
        target,
    })
}

fn document(slo: &Slo, objective: Objective, names: &mut BTreeSet<String>) -> Document {
    let name = unique(&slug(&display(slo)), names);
    let indicator = Metadata {
        name: format!("{}-sli", cut(&name, LONGEST_NAME - 4)),
        display_name: None,
        annotations: BTreeMap::new(),
    };
    Document {
        api_version: API,
        kind: "SLO",
        metadata: Metadata {
            name,
            display_name: Some(display(slo)),
            annotations: annotations(slo),
        },
        spec: Spec {
            service: slug(slo.scope.suite.as_deref().unwrap_or("every suite")),
            indicator: Indicator { metadata: indicator, spec: indicator_of(slo) },
            time_window: [TimeWindow { duration: "30d", is_rolling: true }],
            budgeting_method: "Occurrences",
            objectives: [objective],
        },
    }
}

fn indicator_of(slo: &Slo) -> IndicatorSpec {
    let sourced = |what: &str| {
        let mut spec =
            BTreeMap::from([("metric", metric(slo).to_owned()), ("about", about(&slo.scope))]);
        spec.insert("events", what.to_owned());
        spec.extend(unit(slo).map(|unit| ("unit", unit.to_owned())));
        Sourced { metric_source: Source { r#type: "tailguard", spec } }
    };
    if share_of(slo.metric).is_some() {
        return IndicatorSpec { threshold_metric: Some(sourced("all")), ratio_metric: None };
    }
    let (good, bad) = match slo.bound {
        Bound::AtMost => (None, Some(sourced("bad"))),
        Bound::AtLeast => (Some(sourced("good")), None),
    };
    let ratio = Ratio { counter: true, good, bad, total: sourced("all") };
    IndicatorSpec { threshold_metric: None, ratio_metric: Some(ratio) }
}

fn annotations(slo: &Slo) -> BTreeMap<String, String> {
    let mut annotations = BTreeMap::new();
    let mut note = |key: &str, value: String| annotations.insert(key.to_owned(), value);
    note(AT, slo.at.to_string());
    note(METRIC, metric(slo).to_owned());
    if let Some(unit) = unit(slo) {
        note(UNIT, unit.to_owned());
    }
    if let Some(name) = &slo.name {
        note(NAME, name.clone());
    }
    if let Some(suite) = &slo.scope.suite {
        note(SUITE, suite.clone());
    }
    if let Some(row) = &slo.scope.row {
        note(ROW, row.to_string());
    }
    for (key, value) in &slo.scope.tags {
        note(&format!("{TAG}{key}"), value.to_string());
    }
    if let Some(contract) = slo.contract {
        let promised = match &slo.availability {
            Some(_) => format!("{}%", rounded(100.0 - contract.value * 100.0)),
            None => written(contract),
        };
        note(CONTRACT, promised);
    }
    annotations
}

/// The unit of a value that is a time or a size.
fn unit(slo: &Slo) -> Option<&'static str> {
    share_of(slo.metric)?;
    UNITS.iter().find(|(_, unit)| *unit == slo.target.unit).map(|(name, _)| *name)
}

fn metric(slo: &Slo) -> &'static str {
    if slo.availability.is_some() { AVAILABILITY } else { slo.metric.name() }
}

/// `clinic category=read p95 at 200/s`, or the target's own name.
fn display(slo: &Slo) -> String {
    let suite = slo.scope.suite.as_ref().map_or_else(String::new, |suite| format!("{suite} "));
    let own = || format!("{suite}{} {} at {}", about(&slo.scope), metric(slo), slo.at);
    slo.name.clone().unwrap_or_else(own)
}

/// A text as a name by RFC 1123: lower-case letters and digits with single dashes between them.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = cut(&slug, LONGEST_NAME);
    if slug.is_empty() { "target".to_owned() } else { slug.to_owned() }
}

/// At most so many bytes of a slug, which is ASCII.
fn cut(slug: &str, longest: usize) -> &str {
    slug.get(..longest).unwrap_or(slug).trim_end_matches('-')
}

/// A name that no other document has.
fn unique(slug: &str, names: &mut BTreeSet<String>) -> String {
    let mut name = slug.to_owned();
    let mut number = 1_u64;
    while !names.insert(name.clone()) {
        number += 1;
        let suffix = format!("-{number}");
        name = format!("{}{suffix}", cut(slug, LONGEST_NAME - suffix.len()));
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Metric;
    use crate::policy::Load;
    use crate::slo::judge::tests::p95_at_most;

    #[test]
    fn a_percentile_is_a_share_of_events() {
        let (text, left_out) = export(&[p95_at_most(25.0, Load::PerSecond(200.0))]).unwrap();
        let read: serde_json::Value = serde_saphyr::from_str(&text).unwrap();
        assert!(left_out.is_empty());
        assert_eq!(read["apiVersion"], "openslo/v1");
        assert_eq!(read["metadata"]["name"], "all-rows-p95-at-200-s");
        assert_eq!(read["metadata"]["annotations"]["tailguard/at"], "200/s");
        let objective = &read["spec"]["objectives"][0];
        assert_eq!(objective["op"], "lte");
        assert_eq!(objective["target"].as_f64(), Some(0.95));
        assert_eq!(objective["value"].as_f64(), Some(25.0));
        assert_eq!(read["spec"]["timeWindow"][0]["isRolling"], true);
    }

    #[test]
    fn what_is_no_share_of_events_is_left_out_and_named() {
        let mut rate = p95_at_most(25.0, Load::PerSecond(200.0));
        rate.metric = Metric::Throughput;
        assert_eq!(export(std::slice::from_ref(&rate)), Err(OpenSloError::NothingToExport));
        let both = [rate, p95_at_most(25.0, Load::PerSecond(200.0))];
        let (_, left_out) = export(&both).unwrap();
        assert!(left_out[0].starts_with("all rows throughput at 200/s has no form"));
    }

    #[test]
    fn names_are_short_and_unique() {
        let mut names = BTreeSet::new();
        let long = slug(&"Für Elise! ".repeat(20));
        for name in [long.clone(), long.clone(), "target".to_owned(), slug("日本")] {
            let name = unique(&name, &mut names);
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(name.len() <= 63 && name.chars().all(plain), "{name}");
            assert!(!name.starts_with('-') && !name.ends_with('-'), "{name}");
        }
        assert_eq!(names.len(), 4);
        assert!(long.starts_with("f-r-elise-f-r"));
    }
}
