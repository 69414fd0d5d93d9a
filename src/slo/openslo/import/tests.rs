//! Documents that are made up, and what is made of them.

use super::*;

const HEAD: &str = "apiVersion: openslo/v1\nkind: SLO\nmetadata:\n  name: web\n";
const LATENCY: &str = "spec:\n  budgetingMethod: Occurrences\n  indicator:\n    spec:\n      \
    thresholdMetric:\n        metricSource:\n          type: Prometheus\n          spec: {query: x}\n  \
    objectives:\n  - {op: lte, value: 250, target: 0.95}\n";
const RATIO: &str = "spec:\n  indicator:\n    spec:\n      ratioMetric:\n        counter: true\n        \
    good: {metricSource: {spec: {query: a}}}\n        total: {metricSource: {spec: {query: b}}}\n  \
    timeWindow: [{duration: 30d, isRolling: true}]\n  objectives:\n  - {targetPercent: 99.5}\n";

fn how() -> Import<'static> {
    let at = Some(Load::PerSecond(200.0));
    Import { at, suite: Some("api"), unit: Some(Unit::Ms) }
}

fn refused(text: &str, how: &Import<'_>) -> OpenSloError {
    import(text, how).unwrap_err()
}

#[test]
fn a_foreign_latency_objective_is_a_percentile_at_the_load_that_is_given() {
    let text = format!("{HEAD}{LATENCY}");
    let (slos, notes) = import(&text, &how()).unwrap();
    let [slo] = &slos[..] else { panic!("{slos:?}") };
    assert_eq!((slo.metric, slo.bound, slo.at), (Metric::P95, Bound::AtMost, how().at.unwrap()));
    assert_eq!(slo.target, Quantity { value: 250.0, unit: Unit::Ms });
    assert_eq!((slo.name.as_deref(), slo.scope.suite.as_deref()), (Some("web"), Some("api")));
    assert!(notes.is_empty());
    let no_load = refused(&text, &Import { at: None, ..how() });
    assert!(no_load.wants_a_flag() && no_load.to_string().contains("--at 200/s"));
    let no_unit = refused(&text, &Import { unit: None, ..how() });
    assert!(no_unit.wants_a_flag() && no_unit.to_string().contains("250 has no unit"));
}

#[test]
fn a_ratio_over_a_month_is_an_availability_and_any_other_an_error_rate() {
    let (slos, _) = import(&format!("{HEAD}{RATIO}"), &how()).unwrap();
    let availability = slos[0].availability.as_ref().unwrap();
    assert!((availability.objective - 0.995).abs() < 1e-12);
    assert!((slos[0].target.value - 0.005).abs() < 1e-12);
    let week = RATIO.replace("30d", "7d");
    let (slos, notes) = import(&format!("{HEAD}{week}"), &how()).unwrap();
    assert!(slos[0].availability.is_none() && notes[0].contains("error rate in a test"));
}

#[test]
fn indicators_may_stand_in_documents_of_their_own() {
    let sli = "apiVersion: openslo/v1\nkind: SLI\nmetadata: {name: lat}\nspec:\n  \
               thresholdMetric: {metricSource: {spec: {unit: s}}}\n";
    let slo = "spec:\n  indicatorRef: lat\n  objectives:\n  - {op: lt, value: 1.5, target: 0.99}\n";
    let service = "apiVersion: openslo/v1\nkind: Service\nmetadata: {name: s}\nspec: {}\n";
    let text = format!("{sli}---\n{HEAD}{slo}---\n{service}");
    let (slos, notes) = import(&text, &Import { unit: None, ..how() }).unwrap();
    assert_eq!(slos[0].target, Quantity { value: 1.5, unit: Unit::S });
    assert_eq!(notes, ["a document of kind 'Service' holds no target"]);
}

#[test]
fn what_has_no_form_is_refused_by_name() {
    for (from, to, said) in [
        ("target: 0.95", "target: 0.9", "90% of events is no percentile"),
        ("target: 0.95", "target: 1.0", "not from 0 to below 1"),
        ("target: 0.95", "x: 1", "one of target and targetPercent"),
        ("op: lte", "op: gte", "limit from above"),
        ("value: 250", "value: .inf", "non-finite"),
        ("Occurrences", "Timeslices", "slices of time"),
        ("thresholdMetric", "otherMetric", "neither or both"),
        ("name: web", "name: web\n  annotations: {tailguard/at: 7}", "is no text"),
        ("name: web", "name: web\n  annotations: {tailguard/at: fast}", "a load above zero"),
        ("openslo/v1", "openslo/v2alpha", "expected apiVersion openslo/v1"),
        ("kind: SLO", "kind: Service", "no document of kind SLO"),
    ] {
        let text = format!("{HEAD}{LATENCY}").replacen(from, to, 1);
        let message = refused(&text, &how()).to_string();
        assert!(message.contains(said), "{to}: {message}");
    }
}

#[test]
fn hostile_files_are_refused_and_cheap() {
    let deep = format!("{}1{}", "[".repeat(100), "]".repeat(100));
    let many = "--- {a: 1}\n".repeat(5_000);
    let bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b, *b]\n".to_owned();
    for text in [deep, many, bomb, "a: b: c".to_owned()] {
        assert!(matches!(refused(&text, &how()), OpenSloError::Yaml(_)), "{text:.40}");
    }
    assert_eq!(refused(&"#".repeat(LARGEST + 1), &how()), OpenSloError::TooLarge);
    assert_eq!(refused("", &how()), OpenSloError::Nothing);
    for text in ["1", "[]", "a", "{}", "[[1]]"] {
        import(text, &how()).unwrap_err();
    }
}
