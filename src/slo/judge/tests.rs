//! Targets against runs that are made up.

use super::*;
use crate::measure::{Evidence, Figure, Provenance};
use crate::policy::quantity::Quantity;
use crate::policy::{Pattern, Scope};

/// A row of 1,000 requests, none of which failed.
pub(in crate::slo) fn k6_row(endpoint: &str, per_second: f64, p95: f64) -> Row {
    let tags: Tags = [("endpoint", endpoint), ("category", "read")]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into();
    let mut row = Row::empty(endpoint.to_owned(), tags, Unit::Ms, Evidence::Requests);
    row.figures = BTreeMap::from([
        (Metric::P95, Figure::positive(p95, Some(0.01)).unwrap()),
        (Metric::Throughput, Figure::positive(per_second, None).unwrap()),
        (Metric::ErrorRate, Figure::share(0, 1000).unwrap()),
    ]);
    row
}

pub(in crate::slo) fn run_of(rows: Vec<Row>) -> Run {
    Run {
        id: String::new(),
        path: "run".to_owned(),
        tool: Tool::K6,
        format: "ndjson",
        tool_version: None,
        workload: None,
        provenance: Provenance { session: Some("one".to_owned()), ..Provenance::default() },
        rows,
        problems: Vec::new(),
    }
}

pub(in crate::slo) fn p95_at_most(limit: f64, at: Load) -> Slo {
    Slo {
        name: None,
        scope: Scope { metrics: vec![Metric::P95], ..Scope::default() },
        metric: Metric::P95,
        bound: Bound::AtMost,
        target: Quantity { value: limit, unit: Unit::Ms },
        contract: None,
        at,
        availability: None,
        line: 1,
    }
}

fn five(per_second: f64, p95: f64) -> Vec<Run> {
    let wobble = [0.99, 1.0, 1.01, 0.995, 1.005];
    wobble.map(|w| run_of(vec![k6_row("client", per_second, p95 * w)])).into()
}

fn only(slo: &Slo, runs: &[Run]) -> Judged {
    let judged = judge(slo, "api", runs);
    assert_eq!(judged.len(), 1, "{judged:?}");
    judged[0].clone()
}

#[test]
fn the_interval_decides_between_met_at_risk_and_broken() {
    for (limit, state) in
        [(15.0, SloState::Met), (10.02, SloState::AtRisk), (8.0, SloState::Broken)]
    {
        let judged = only(&p95_at_most(limit, Load::PerSecond(200.0)), &five(200.0, 10.0));
        assert_eq!(judged.state, state, "{limit}: {judged:?}");
        assert_eq!(judged.runs, [0, 1, 2, 3, 4]);
        assert!(judged.load.is_some_and(|load| (load - 200.0).abs() < 1e-5));
    }
    let judged = only(&p95_at_most(15.0, Load::PerSecond(200.0)), &five(200.0, 10.0));
    assert!(judged.margin.is_some_and(|m| (m - 1.0 / 3.0).abs() < 0.01), "{judged:?}");
}

#[test]
fn a_run_counts_from_95_percent_of_the_load() {
    let slo = p95_at_most(15.0, Load::PerSecond(200.0));
    assert_eq!(only(&slo, &five(190.1, 10.0)).state, SloState::Met);
    let below = only(&slo, &five(189.0, 10.0));
    assert_eq!(below.state, SloState::NotMeasured);
    assert!(below.estimate.is_none() && below.margin.is_none());
    assert!(matches!(below.why, Some(Why::TooLittle { most }) if (most - 189.0).abs() < 1e-5));
    let mut mixed = five(200.0, 10.0);
    mixed.extend(five(20.0, 1000.0));
    assert_eq!(only(&slo, &mixed).runs, [0, 1, 2, 3, 4]);
}

#[test]
fn a_category_carries_what_its_endpoints_carry_and_each_keeps_its_percentile() {
    let mut slo = p95_at_most(15.0, Load::PerSecond(300.0));
    slo.scope.tags.insert("category".to_owned(), Pattern::new("read").unwrap());
    let runs: Vec<Run> = (0..5)
        .map(|_| run_of(vec![k6_row("client", 200.0, 10.0), k6_row("search", 100.0, 30.0)]))
        .collect();
    let judged = judge(&slo, "api", &runs);
    let told: Vec<_> = judged.iter().map(|j| (j.row.as_str(), j.state)).collect();
    assert_eq!(told, [("client", SloState::Met), ("search", SloState::Broken)]);

    slo.metric = Metric::ErrorRate;
    slo.scope.metrics = vec![Metric::ErrorRate];
    slo.target = Quantity { value: 0.01, unit: Unit::Ratio };
    let together = only(&slo, &runs);
    assert_eq!((together.row.as_str(), together.state), ("category=read", SloState::Met));
}

#[test]
fn one_dead_run_and_nothing_is_known() {
    let slo = p95_at_most(15.0, Load::PerSecond(200.0));
    let mut runs = five(200.0, 10.0);
    runs[2].rows[0].figures = BTreeMap::from([(Metric::ErrorRate, Figure::share(9, 9).unwrap())]);
    assert_eq!(only(&slo, &runs).why, Some(Why::NoFigure { runs: 1, of: 5 }));
    let mut runs = five(200.0, 10.0);
    runs[2].rows[0].figures.remove(&Metric::Throughput);
    assert_eq!(only(&slo, &runs).why, Some(Why::NoLoad { runs: 1, of: 5 }));
}

#[test]
fn lost_data_meet_nothing_and_still_break() {
    let mut runs = five(200.0, 10.0);
    runs[0].rows[0].damaged = true;
    let at = Load::PerSecond(200.0);
    let spared = only(&p95_at_most(15.0, at), &runs);
    assert_eq!(spared.why, Some(Why::Damaged { runs: 1, of: 5 }));
    assert_eq!(only(&p95_at_most(5.0, at), &runs).state, SloState::Broken);
}

/// 998/s were offered, of which four in five found no user free: what was answered was answered fast.
#[test]
fn a_load_that_was_not_completed_meets_nothing_and_still_breaks() {
    let mut runs = five(197.0, 10.0);
    for run in &mut runs {
        let dropped = Figure::share(801, 998).unwrap();
        run.rows[0].figures.insert(Metric::Dropped, dropped);
    }
    let at = Load::PerSecond(985.0);
    let mut slo = p95_at_most(15.0, at);
    slo.contract = Some(Quantity { value: 0.5, unit: Unit::Ms });
    let judged = only(&slo, &runs);
    assert_eq!(judged.why, Some(Why::Incomplete { runs: 5, of: 5 }));
    assert_eq!(judged.contract.map(|kept| kept.state), Some(SloState::NotMeasured));
    let broken = only(&p95_at_most(5.0, at), &runs);
    assert_eq!(broken.state, SloState::Broken);
    assert!(broken.load.is_some_and(|load| (load - 197.0).abs() < 1e-5), "{broken:?}");
    // What breaks the target would keep the promise, by the requests that were answered.
    let mut promised = p95_at_most(5.0, at);
    promised.contract = Some(Quantity { value: 500.0, unit: Unit::Ms });
    let kept = only(&promised, &runs).contract.unwrap();
    assert_eq!((kept.state, kept.margin), (SloState::NotMeasured, None));
    // One of several is enough: whoever averages over the others does not see the service fail.
    let mut one = five(985.0, 10.0);
    one[3] = runs[3].clone();
    assert_eq!(only(&p95_at_most(15.0, at), &one).why, Some(Why::Incomplete { runs: 1, of: 5 }));
}

#[test]
fn of_several_numbers_of_users_the_first_from_the_load_on_counts() {
    let step = |users: &str, p95: f64| {
        let mut row = k6_row("mix", 100.0, p95);
        row.tags.insert("concurrency".to_owned(), users.to_owned());
        row
    };
    let runs: Vec<Run> =
        (0..5).map(|_| run_of(vec![step("8", 5.0), step("16", 10.0), step("32", 90.0)])).collect();
    let judged = only(&p95_at_most(20.0, Load::Users(12.0)), &runs);
    assert_eq!((judged.state, judged.load), (SloState::Met, Some(16.0)));
    let beyond = only(&p95_at_most(20.0, Load::Users(50.0)), &runs);
    assert_eq!(beyond.why, Some(Why::TooLittle { most: 32.0 }));
    let none = only(&p95_at_most(20.0, Load::Users(5.0)), &five(200.0, 10.0));
    assert_eq!(none.why, Some(Why::NoLoad { runs: 5, of: 5 }));
}

#[test]
fn a_limit_on_something_else_holds_for_nothing() {
    let mut slo = p95_at_most(15.0, Load::PerSecond(200.0));
    slo.target = Quantity { value: 5.0, unit: Unit::Bytes };
    let judged = only(&slo, &five(200.0, 10.0));
    let other = Why::OtherUnit { rows: Unit::Ms, limit: Unit::Bytes };
    assert_eq!((judged.why, judged.unit), (Some(other), Unit::Bytes));
    slo.scope.suite = Some("elsewhere".to_owned());
    assert!(judge(&slo, "api", &five(200.0, 10.0)).is_empty());
    assert!(!covers(&slo, "api", &five(200.0, 10.0)));
}

#[test]
fn a_target_on_everything_is_not_about_rows_that_measure_something_else() {
    let slo = p95_at_most(15.0, Load::PerSecond(200.0));
    let mut counters = k6_row("table", 200.0, 1.0);
    counters.figures = BTreeMap::from([(Metric::CacheHit, Figure::share(9, 10).unwrap())]);
    let runs: Vec<Run> = five(200.0, 10.0)
        .into_iter()
        .map(|run| Run { rows: [run.rows, vec![counters.clone()]].concat(), ..run })
        .collect();
    assert_eq!(only(&slo, &runs).row, "client");
    let bare = [run_of(vec![counters])];
    assert!(judge(&slo, "api", &bare).is_empty());
    let named =
        Slo { scope: Scope { suite: Some("api".to_owned()), ..slo.scope.clone() }, ..slo.clone() };
    assert_eq!(only(&named, &bare).why, Some(Why::NoFigure { runs: 1, of: 1 }));
}

#[test]
fn a_promise_has_a_margin_of_its_own() {
    let slo = Slo {
        contract: Some(Quantity { value: 0.1, unit: Unit::S }),
        ..p95_at_most(8.0, Load::PerSecond(200.0))
    };
    let kept = only(&slo, &five(200.0, 10.0)).contract.unwrap();
    assert_eq!((kept.target, kept.state), (100.0, SloState::Met));
    assert!(kept.margin.is_some_and(|m| (m - 0.9).abs() < 0.01), "{kept:?}");
    let unknown = only(&slo, &five(20.0, 10.0)).contract.unwrap();
    assert_eq!((unknown.state, unknown.margin), (SloState::NotMeasured, None));
}
