//! Tests of `pool`.

use super::*;
use crate::capacity::Estimate;
use crate::capacity::coverage::at_least;
use crate::capacity::figure::{Limited, Source};
use crate::capacity::histogram::Between;
use crate::capacity::pool::{Bouncer, answer};
use crate::capacity::timeouts::{Timed, Timeout, Timeouts, justify};
use crate::report::Layout;

fn report(hold: Result<f64, String>) -> PoolReport {
    let estimate = |value| Estimate { value, interval: None };
    let question = Question {
        instances: 2,
        cores: 2,
        spindles: 0,
        allowed: 100,
        reserved: 3,
        holds: 1,
        holders: None,
        wait: 0.01,
        late: 0.01,
        rate: Ok(estimate(500.0)),
        hold: hold.clone().map(estimate),
        long_hold: Ok(0.05),
        configured: Some(4),
        bouncer: Some(Bouncer {
            pool_size: 20,
            databases: 1,
            users: 1,
            max_clients: 400,
            per_database: None,
        }),
    };
    let timeouts =
        Timeouts { lock: 1.0, statement: 3.0, pool_wait: 0.5, http: 15.0, statements: 4 };
    let quantile = |most| Some(Between { over: most / 2.5, up_to: Some(most) });
    let slow =
        Timed { name: "eval".to_owned(), n: 12_000, p99: quantile(5.0), p999: quantile(10.0) };
    let few = Timed { name: "move".to_owned(), n: 900, p99: quantile(0.1), p999: quantile(0.1) };
    let known = |amount: Result<f64, String>| Known {
        amount: amount.map(Amount::exact),
        source: Source::at("metrics.prom"),
    };
    PoolReport {
        answer: answer(&question),
        question,
        rate: known(Ok(500.0)),
        hold: known(hold),
        organisations: Some(12.0),
        roles: vec![RoleReport {
            name: "app".to_owned(),
            ladder: timeouts.ladder(),
            statements: 4,
            factor: 3.0,
            justified: vec![
                justify(Timeout::Lock, 1.0, 3.0, &[few]),
                justify(Timeout::Statement, 3.0, 3.0, &[slow]),
            ],
        }],
        tables: vec![TableReport {
            table: "forms".to_owned(),
            target: Some(0.95),
            exempt: None,
            measured: known(Ok(0.189)),
            state: Some(at_least(0.95, Some(estimate(0.189)))),
        }],
    }
}

fn text(report: &PoolReport, dialect: Dialect) -> String {
    let mut bytes = Vec::new();
    render_pool(report, dialect, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
}

const LAYOUT: Layout = Layout { color: false, width: 100, all: false };

#[test]
fn what_is_wrong_stands_in_words() {
    let text = text(&report(Ok(0.01)), Dialect::Terminal(LAYOUT));
    for part in [
        "4 configured, 8 needed",
        "warning: a pool needs 8 connections",
        "20 connections for each of 1 pair of user and database: 20 of 97, and 420 open files",
        "if each of 12 organisations had a database of its own: 240 of 97; a pool of 8 would fit",
        "statement_timeout of app cuts off eval: its p99 is between 2.00 s and 5.00 s",
        "statement_timeout of app is shorter than 3 x the p99.9",
        "lock_timeout: not measured for move (move: 900 timings, 10000 are needed)",
        "alter role \"app\" set lock_timeout = '1000ms';",
        "forms broken 95% 18.9%",
    ] {
        assert!(text.contains(part), "{part:?} is not in\n{text}");
    }
}

#[test]
fn more_tenants_than_connections_leave_no_pool() {
    let report = PoolReport { organisations: Some(140.0), ..report(Ok(0.01)) };
    let said = pool_bouncer(&report);
    let tenants = "if each of 140 organisations had a database of its own: 2,800 of 97; no pool would \
                   fit, for there are more pairs than connections";
    assert_eq!(said.last().unwrap(), tenants);
    let text = text(&report, Dialect::Markdown);
    assert!(!text.contains("a pool of 0"), "{text}");
}

#[test]
fn every_size_says_who_waits() {
    let sizes = pool_sizes(&report(Ok(0.002)));
    let late = |rule: &str| sizes.iter().find(|size| size.rule == rule).unwrap().late.clone();
    // 500/s x 2 ms: one is busy on average.
    for rule in ["by cores of the database", "by demand, mean hold", "deadlock floor", "configured"]
    {
        assert!(late(rule).ends_with(" wait over 10.0 ms"), "{rule}: {}", late(rule));
    }
    assert_eq!(late("allowed by the database"), "");
    let roomy = pool_sizes(&report(Ok(0.000_01)));
    let configured = roomy.iter().find(|size| size.rule == "configured").unwrap();
    assert_eq!(configured.late, "under 0.0001% wait over 10.0 ms");
    // Of a load that is known from below, nothing can be said to be under anything.
    let mut least = report(Ok(0.000_01));
    let rate = least.rate.amount.clone().unwrap();
    least.rate.amount = Ok(Amount { bound: Limited::AtLeast, ..rate });
    let sizes = pool_sizes(&least);
    let configured = sizes.iter().find(|size| size.rule == "configured").unwrap();
    assert_eq!(configured.late, "at least 0% wait over 10.0 ms");
    let unknown = pool_sizes(&report(Err("no histogram".to_owned())));
    assert!(unknown.iter().filter(|s| s.rule != "by demand, p99 hold").all(|s| s.late.is_empty()));
}

#[test]
fn a_hold_that_nobody_measured_has_no_size() {
    let unknown = report(Err("no histogram".to_owned()));
    let words = text(&unknown, Dialect::Markdown);
    assert!(words.contains("what is needed is not measured: no histogram"), "{words}");
    let json: serde_json::Value = serde_json::from_str(&text(&unknown, Dialect::Json)).unwrap();
    assert_eq!(json["schema"], "tailguard.pool/v1");
    assert_eq!(json["pool"]["by_demand"]["not_measured"], "no histogram");
    assert!(json["pool"]["by_demand"].get("instance").is_none());
    assert!(json["pool"]["by_p99_hold"]["instance"].as_u64().unwrap() > 25);
    assert_eq!(json["tables"][0]["state"], "broken");
    assert_eq!(json["roles"][0]["timeouts"][0]["state"], "not-measured");
}
