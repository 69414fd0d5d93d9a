//! Alert rules for Prometheus: one group an availability, with the error ratio of every window as a
//! recording, and an alert for every burn rate.

use serde::Serialize;

use super::availability::{BurnRule, RULES, WINDOWS};
use super::words::{about, rounded};
use crate::policy::{Promql, Slo};

/// Why there are no rules.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PrometheusError {
    /// The configuration has no availability.
    #[error(
        "no [[slo]] with an availability, so there is nothing to alert on\nhint: write availability = \"99.5%\", and promql for how Prometheus counts it"
    )]
    NoAvailability,
    /// One does not say how it is counted.
    #[error(
        "the availability in line {line} has no promql, so nobody knows how Prometheus counts it\nhint: write promql = {{ bad = \"…[$window]…\", total = \"…[$window]…\" }}"
    )]
    NoPromql {
        /// The line of its `[[slo]]`.
        line: usize,
    },
    /// The rules have no YAML form.
    #[error("cannot write the rules: {0}\nhint: look for odd characters in names and promql")]
    Yaml(String),
}

#[derive(Serialize)]
struct File {
    groups: Vec<Group>,
}

#[derive(Serialize)]
struct Group {
    name: String,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Rule {
    Recording { record: String, expr: String, labels: RecordingLabels },
    Alert { alert: String, expr: String, labels: AlertLabels, annotations: Annotations },
}

#[derive(Serialize)]
struct RecordingLabels {
    slo: String,
}

#[derive(Serialize)]
struct AlertLabels {
    severity: &'static str,
    slo: String,
    /// Two alerts of one severity differ in nothing else.
    window: &'static str,
}

#[derive(Serialize)]
struct Annotations {
    summary: String,
    description: String,
}

/// The rules of every availability, as a file for Prometheus. The same targets give the same bytes.
///
/// # Errors
/// Where there is no availability, or one that does not say how it is counted.
pub fn rules(slos: &[Slo]) -> Result<String, PrometheusError> {
    let groups = slos
        .iter()
        .filter_map(|slo| Some((slo, slo.availability.as_ref()?)))
        .map(|(slo, availability)| match &availability.promql {
            Some(promql) => Ok(group(slo, availability.objective, promql)),
            None => Err(PrometheusError::NoPromql { line: slo.line }),
        })
        .collect::<Result<Vec<_>, _>>()?;
    if groups.is_empty() {
        return Err(PrometheusError::NoAvailability);
    }
    // One expression a line: a folded one is harder to search for.
    let options = serde_saphyr::ser_options! { prefer_block_scalars: false };
    serde_saphyr::to_string_with_options(&File { groups }, options)
        .map_err(|error| PrometheusError::Yaml(error.to_string()))
}

fn group(slo: &Slo, objective: f64, promql: &Promql) -> Group {
    let name = name(slo);
    let recordings = WINDOWS.iter().map(|window| Rule::Recording {
        record: recording(window.name),
        expr: format!(
            "({}) / ({})",
            promql.bad.replace(Promql::WINDOW, window.name),
            promql.total.replace(Promql::WINDOW, window.name)
        ),
        labels: RecordingLabels { slo: name.clone() },
    });
    let alerts = RULES.iter().map(|rule| alert(rule, &name, objective, slo.target.value));
    Group { name: format!("tailguard: {name}"), rules: recordings.chain(alerts).collect() }
}

fn alert(rule: &BurnRule, name: &str, objective: f64, budget: f64) -> Rule {
    let threshold = format!("({} * {budget})", rule.rate);
    let over = |window| format!("{}{{slo={}}} > {threshold}", recording(window), quoted(name));
    Rule::Alert {
        alert: "ErrorBudgetBurn".to_owned(),
        expr: format!("{} and {}", over(rule.long.name), over(rule.short.name)),
        labels: AlertLabels {
            severity: rule.severity.name(),
            slo: name.to_owned(),
            window: rule.long.name,
        },
        annotations: Annotations {
            summary: format!(
                "the error budget of {} burns {} times too fast",
                literal(name),
                rule.rate
            ),
            description: format!(
                "{}% of the budget of 30 days at {}% is spent within {}; at this rate all of it \
                 within {}h",
                rounded(rule.budget_share() * 100.0),
                rounded(objective * 100.0),
                rule.long.name,
                rounded(rule.hours_to_exhaustion())
            ),
        },
    }
}

/// The series of the error ratio over a window.
fn recording(window: &str) -> String {
    format!("slo:errors_per_request:ratio_rate{window}")
}

/// The value of the label `slo`: the target's name, else what it is about, which no other target has.
fn name(slo: &Slo) -> String {
    let about = about(&slo.scope);
    match (&slo.name, &slo.scope.suite) {
        (Some(name), _) => name.clone(),
        (None, Some(suite)) => format!("{suite} {about} at {}", slo.at),
        (None, None) => format!("{about} at {}", slo.at),
    }
}

/// A text as a string of PromQL.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A text in which Prometheus finds no template.
fn literal(text: &str) -> String {
    text.replace("{{", "{ {")
}

#[cfg(test)]
mod tests {
    use super::super::judge::tests::p95_at_most;
    use super::*;
    use crate::measure::{Metric, Unit};
    use crate::policy::quantity::Quantity;
    use crate::policy::{Availability, Load};

    fn availability(name: &str) -> Slo {
        let promql = Promql {
            bad: "sum(rate(http_total{status=~\"5..\"}[$window]))".to_owned(),
            total: "sum(rate(http_total[$window]))".to_owned(),
        };
        Slo {
            name: Some(name.to_owned()),
            metric: Metric::ErrorRate,
            target: Quantity { value: 0.005, unit: Unit::Ratio },
            availability: Some(Availability { objective: 0.995, promql: Some(promql) }),
            ..p95_at_most(1.0, Load::PerSecond(1.0))
        }
    }

    #[test]
    fn every_window_is_recorded_and_every_rate_alerts() {
        let text = rules(&[availability("clinic"), p95_at_most(1.0, Load::Users(1.0))]).unwrap();
        let read: serde_json::Value = serde_saphyr::from_str(&text).unwrap();
        let groups = read["groups"].as_array().unwrap();
        assert_eq!(groups.len(), 1);
        let rules = groups[0]["rules"].as_array().unwrap();
        assert_eq!(rules.len(), WINDOWS.len() + RULES.len());
        assert_eq!(
            rules[0]["expr"],
            "(sum(rate(http_total{status=~\"5..\"}[5m]))) / (sum(rate(http_total[5m])))"
        );
        let page = &rules[WINDOWS.len()];
        assert_eq!(
            page["expr"],
            "slo:errors_per_request:ratio_rate1h{slo=\"clinic\"} > (14.4 * 0.005) and \
             slo:errors_per_request:ratio_rate5m{slo=\"clinic\"} > (14.4 * 0.005)"
        );
        assert_eq!(page["labels"]["severity"], "page");
        assert_eq!(
            page["annotations"]["description"],
            "2% of the budget of 30 days at 99.5% is spent within 1h; at this rate all of it within \
             50h"
        );
    }

    #[test]
    fn hostile_names_stay_names() {
        let name = "a\"b\\c {{ $labels.x }}: # - é";
        let text = rules(&[availability(name)]).unwrap();
        let read: serde_json::Value = serde_saphyr::from_str(&text).unwrap();
        let page = &read["groups"][0]["rules"][WINDOWS.len()];
        assert_eq!(page["labels"]["slo"], name);
        assert!(
            page["expr"].as_str().unwrap().contains(r#"{slo="a\"b\\c {{ $labels.x }}: # - é"}"#)
        );
        assert!(!page["annotations"]["summary"].as_str().unwrap().contains("{{"));
    }

    #[test]
    fn without_an_availability_or_its_promql_there_are_no_rules() {
        let target = p95_at_most(1.0, Load::Users(1.0));
        assert_eq!(rules(&[target]), Err(PrometheusError::NoAvailability));
        let mut silent = availability("x");
        silent.availability = Some(Availability { objective: 0.995, promql: None });
        assert_eq!(rules(&[silent]), Err(PrometheusError::NoPromql { line: 1 }));
    }
}
