//! The plan by hand, and what holds for any plan.

use proptest::prelude::*;

use super::*;
use crate::capacity::Estimate;
use crate::capacity::figure::{Amount, Limited, Source};
use crate::capacity::traffic::{CALLS, QUERIES, tests::small};

fn measured(value: f64, low: f64, high: f64) -> Known {
    let estimate = Estimate { value, interval: Some((low, high)) };
    Known { amount: Ok(Amount::of(estimate)), source: Source::at("breakpoint.json") }
}

fn limit(name: &str, mix: &[(&str, f64)], carried: Known) -> Limit {
    let mix = mix.iter().map(|(key, rate)| ((*key).to_owned(), *rate)).collect();
    Limit { name: name.to_owned(), mix, carried }
}

/// 900 requests a second of which 100 are writes, and 40 calls at a time that were only shown.
fn question() -> Question {
    let calls = Known { amount: Ok(Amount::exact(40.0).or_more()), source: Source::default() };
    Question {
        traffic: small(),
        reserve: Reserve { headroom: 0.3, instances: 2, spare: 1 },
        limits: vec![
            limit("mixed", &[("read", 800.0), ("write", 100.0)], measured(900.0, 810.0, 990.0)),
            limit("rooms", &[(CALLS, 1.0)], calls),
        ],
        largest: None,
        statements: Known::policy(3.0, "metrics.prom"),
        bytes: BTreeMap::from([("appointments".to_owned(), Known::policy(500.0, "snapshot"))]),
    }
}

fn value(question: &Question, key: &str) -> f64 {
    amount(question, key).map_or(0.0, Amount::value)
}

fn amount(question: &Question, key: &str) -> Result<Amount, String> {
    named(&plan(question), key).expect("the plan has it").amount.clone()
}

#[test]
fn users_share_an_instance_among_all_that_was_measured() {
    let question = question();
    // A user takes 0.02 of 800 reads a second, more than 0.00222 of 100 writes; and 1/60 of 40 calls.
    let part = 0.02 / 800.0 + 1.0 / 60.0 / 40.0;
    let users = (0.7_f64 / part).floor();
    let found = amount(&question, "users_per_instance").unwrap();
    assert!((found.value() - users).abs() < 1.5, "{found:?}, expected {users}");
    // 10 % fewer requests carried, 10 % more.
    let (low, high) = found.estimate.interval.unwrap();
    let at = |limit: f64| 0.7 / (0.02 / limit + 1.0 / 2400.0);
    assert!((low - at(720.0)).abs() < 1.5 && (high - at(880.0)).abs() < 1.5, "{low} {high}");
    assert_eq!(found.bound, Limited::AtLeast, "more calls are possible");
    let steps = plan(&question);
    let binding = named(&steps, "users_per_instance").and_then(|step| step.binding.clone());
    assert_eq!(binding.as_deref(), Some("rooms"));
}

#[test]
fn the_answers_follow_from_the_users() {
    let question = question();
    let organisations = (value(&question, "users_per_instance") / 25.0).floor();
    let close = |key, expected: f64| {
        let found = value(&question, key);
        assert!((found / expected - 1.0).abs() < 1e-9, "{key}: {found}, expected {expected}");
    };
    close("organisations_per_instance", organisations);
    close("organisations", organisations);
    let users = organisations * 25.0;
    close("users", users);
    close("appointments_per_day", users * 8.0);
    close("concurrent_calls", users / 60.0);
    close("requests_per_s", users * 80.0 / 3600.0);
    close("queries_per_s", users * 80.0 / 3600.0 * 3.0);
    close("storage_per_month", users * 8.0 * 20.0 * 500.0);
    assert!(amount(&question, "submissions_per_day").unwrap_err().contains("submissions"));
}

#[test]
fn what_was_not_measured_is_no_number() {
    let mut unmeasured = question();
    unmeasured.limits[0].carried = Known::missing("no such file");
    let why = amount(&unmeasured, "appointments_per_day").unwrap_err();
    assert_eq!(why, "mixed: no such file");
    let mut uncovered = question();
    uncovered.limits.truncate(1);
    let why = amount(&uncovered, "users_per_instance").unwrap_err();
    assert_eq!(why, "no limit was measured with 'calls'");
    let mut uncounted = question();
    uncounted.statements = Known::missing("no histogram");
    assert_eq!(amount(&uncounted, "queries_per_s").unwrap_err(), "no histogram");
    assert!(amount(&uncounted, "requests_per_s").is_ok());
    let mut weightless = question();
    weightless.bytes.clear();
    assert!(amount(&weightless, "storage_per_month").unwrap_err().contains("appointments"));
}

#[test]
fn an_organisation_is_no_larger_than_its_complex_operations_allow() {
    let mut question = question();
    let largest = |amount: Amount| {
        let clients = Known { amount: Ok(amount), source: Source::default() };
        Some(LargestKnown { clients, binding: "segment-evaluate".to_owned() })
    };
    question.largest = largest(Amount::exact(3_050.0));
    let thirty = amount(&question, "users_per_organisation").unwrap();
    assert_eq!((thirty.ends(), thirty.bound), ((30.0, 30.0), Limited::Exact));
    assert!(value(&question, "organisations") > 0.0);
    // A limit under 25 users is one; a measurement that ended there tells nothing.
    question.largest = largest(Amount::exact(2_000.0));
    assert_eq!(amount(&question, "organisations").unwrap(), Amount::exact(0.0));
    question.largest = largest(Amount::exact(2_000.0).or_more());
    assert!(amount(&question, "organisations").unwrap_err().contains("25 users"));
}

#[test]
fn more_instances_do_not_make_a_larger_database() {
    let mut question = question();
    question.limits[1].carried = Known::policy(4e6, "so many calls that they do not matter");
    let one = value(&question, "organisations");
    question.reserve.instances = 5;
    let shown = amount(&question, "organisations").unwrap();
    assert!((shown.value() / one - 1.0).abs() < 0.01, "{shown:?}, one instance carries {one}");
    assert_eq!(shown.bound, Limited::AtLeast);
    // 6,000 queries a second are 2,000 requests, of which 70 % may be used.
    question.limits.push(limit("database", &[(QUERIES, 1.0)], measured(6000.0, 6000.0, 6000.0)));
    let found = value(&question, "organisations");
    assert!((found - (1400.0 / (80.0 / 3600.0) / 25.0_f64).floor()).abs() < 1.5, "{found}");
}

#[test]
fn every_name_in_a_formula_is_an_input() {
    let mut question = question();
    question.reserve.instances = 4;
    for queries in [false, true] {
        if queries {
            question.limits.push(limit("database", &[(QUERIES, 1.0)], measured(6e3, 5e3, 7e3)));
        }
        for step in plan(&question) {
            for part in step.formula.split('[').skip(1) {
                let name = part.split(']').next().unwrap_or_default();
                assert!(step.inputs.iter().any(|i| i.name == name), "{}: {name}", step.key);
            }
        }
    }
}

#[test]
fn limits_that_do_not_fit_are_named() {
    let known = || Known::policy(1.0, "");
    for (limits, why) in [
        (vec![limit("a", &[("raed", 1.0)], known())], "measured with 'raed'"),
        (vec![limit("a", &[("read", 0.0)], known())], "not above zero"),
        (
            vec![limit("a", &[("read", 1.0)], known()), limit("b", &[("read", 1.0)], known())],
            "'read' is in two limits, 'a' and 'b'",
        ),
        (vec![limit("a", &[("read", 1.0), (QUERIES, 1.0)], known())], "mixes queries"),
    ] {
        let fault = fault(&limits, &small()).unwrap_or_default();
        assert!(fault.contains(why), "{fault:?}, expected {why:?}");
    }
    assert_eq!(fault(&question().limits, &small()), None);
    let reserve = |headroom, instances, spare| Reserve { headroom, instances, spare }.fault();
    assert!(reserve(1.0, 2, 1).is_some() && reserve(0.3, 2, 2).is_some());
    assert_eq!(reserve(0.0, 1, 0), None);
}

/// The answers that may not grow when less is left to use or users ask for more.
const ANSWERS: [&str; 5] = [
    "users_per_instance",
    "organisations_per_instance",
    "organisations",
    "users",
    "requests_per_instance",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn less_room_and_more_work_never_carry_more(
        headroom in 0.0..0.9_f64,
        less in 0.0..0.09_f64,
        factor in 1.0..5.0_f64,
        more in 1.0..4.0_f64,
        instances in 2_u32..9,
        carried in 5.0..5000.0_f64,
        largest in proptest::option::of(2_500.0..40_000.0_f64),
        with_database in any::<bool>(),
    ) {
        let mut before = question();
        before.reserve = Reserve { headroom, instances, spare: 1 };
        before.traffic.peak_factor = factor;
        before.limits[0].carried = measured(carried, 0.9 * carried, 1.1 * carried);
        before.largest = largest.map(|clients| LargestKnown {
            clients: Known::policy(clients, ""),
            binding: String::new(),
        });
        if with_database {
            let known = measured(3.0 * carried, carried, 4.0 * carried);
            before.limits.push(limit("database", &[(QUERIES, 1.0)], known));
        }
        let changes: [&dyn Fn(&mut Question); 7] = [
            &|q| q.reserve.headroom = headroom + less,
            &|q| q.traffic.peak_factor = factor * more,
            &|q| q.traffic.active_share = (q.traffic.active_share * more).min(1.0),
            &|q| q.reserve.spare = instances - 1,
            &|q| q.limits[0].carried = measured(carried / more, 0.9 * carried / more, carried),
            &|q| q.traffic.requests.values_mut().flat_map(|r| r.values_mut()).for_each(|r| *r *= more),
            &|q| q.traffic.calls.iter_mut().for_each(|c| c.minutes_per_day *= more),
        ];
        for (place, change) in changes.iter().enumerate() {
            let mut after = before.clone();
            change(&mut after);
            for key in ANSWERS {
                // Requests of an instance count more users that ask for less as well as fewer that
                // ask for more.
                if key == "requests_per_instance" && [1, 2, 5].contains(&place) {
                    continue;
                }
                let (old, new) = (value(&before, key), value(&after, key));
                prop_assert!(new <= old, "change {} of {}: {} became {}", place, key, old, new);
            }
        }
    }

    #[test]
    fn an_interval_encloses_its_number(
        carried in 5.0..5000.0_f64,
        low in 0.1..1.0_f64,
        high in 1.0..4.0_f64,
        clients in 100.0..40_000.0_f64,
    ) {
        let mut question = question();
        question.limits[0].carried = measured(carried, low * carried, high * carried);
        let clients = measured(clients, low * clients, high * clients);
        question.largest = Some(LargestKnown { clients, binding: String::new() });
        for step in plan(&question) {
            let Ok(amount) = step.amount else { continue };
            let (low, high) = amount.ends();
            prop_assert!(low <= amount.value() && amount.value() <= high, "{}: {amount:?}", step.key);
        }
    }
}

/// A limit that was measured of requests and calls together is one of requests still.
#[test]
fn what_requests_alone_may_become_keeps_the_limits_that_they_share_with_calls() {
    let mut asked = question();
    let alone = of_requests(&asked);
    let users = |question: &Question| {
        let figures = plan(question);
        named(&figures, "users_per_instance").unwrap().amount.clone().unwrap().value()
    };
    assert!(users(&alone) > users(&asked), "calls take their part of an instance");
    assert!(alone.limits.iter().all(|limit| limit.name != "rooms"));
    let rooms = asked.limits.pop().unwrap();
    asked.limits[0].mix.insert(CALLS.to_owned(), 40.0);
    assert_eq!(of_requests(&asked).limits.len(), 1);
    assert!(users(&of_requests(&asked)) > 0.0);
    asked.limits = vec![rooms];
    let of_calls = plan(&of_calls(&asked));
    assert!(named(&of_calls, "concurrent_calls").unwrap().amount.is_ok());
}
