//! Tests of `triggers`.

use super::*;
use crate::capacity::figure::{Amount, Basis, Source};
use crate::capacity::triggers::Growth;
use crate::report::Layout;

pub(in crate::report) fn trigger(name: &str, threshold: Known, reached: Reached) -> TriggerReport {
    let current = Known::policy(100.0, "capacity.now");
    let used = threshold.amount.clone().map(|threshold| 100.0 / threshold.value());
    TriggerReport {
        name: name.to_owned(),
        does: "a second instance".to_owned(),
        phase: Some(2),
        watch: "requests at the peak".to_owned(),
        unit: Unit::PerSecond,
        watched: Watched {
            threshold,
            basis: Basis::Derived,
            current,
            side: Side::Above,
            growth: Growth::Compound(0.06),
        },
        because: "what the plan allows".to_owned(),
        warning: None,
        is_of_a_test: false,
        used,
        reached,
        lasting: 900.0,
        promql: Some("sum(rate(requests_total[5m]))".to_owned()),
    }
}

fn on(day: &str, or_later: bool) -> Reached {
    Reached::On { on: day.parse().unwrap(), between: None, or_later }
}

fn text(report: &TriggersReport, dialect: Dialect) -> String {
    let mut bytes = Vec::new();
    render_triggers(report, dialect, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn report() -> TriggersReport {
    let threshold = Known { amount: Ok(Amount::exact(250.0).or_more()), source: Source::default() };
    let missing = Known::missing("there is no ramp.json");
    let why = Reached::Unknown("there is no ramp.json".to_owned());
    TriggersReport {
        triggers: vec![
            trigger("later", threshold.clone(), on("2029-01-01", false)),
            trigger("instances", threshold, on("2028-02-11", true)),
            trigger("cpu", missing, why),
        ],
        from: "2026-11-25".parse().ok(),
        growth: Some(0.06),
    }
}

#[test]
fn the_next_step_stands_first_and_nothing_unmeasured_has_a_number() {
    let layout = Layout { color: false, width: 160, all: false };
    let text = text(&report(), Dialect::Terminal(layout));
    assert!(
        text.starts_with(
            "nothing that is measured is due; 1 of 3 not measured; next is instances, about 2028-02-11\n"
        ),
        "{text}"
    );
    for part in [
        "over at least 250/s for 15min",
        "2028-02-11 or later",
        "threshold is not measured: there is no ramp.json",
        "days count from 2026-11-25, at 6% more organisations a month",
        "phase 2: a second instance",
    ] {
        assert!(text.contains(part), "{part:?} is not in\n{text}");
    }
}

#[test]
fn json_has_a_state_and_no_number_for_what_is_not_known() {
    let text = text(&report(), Dialect::Json);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let triggers = &json["triggers"];
    assert_eq!(triggers[1]["reached_on"], "2028-02-11");
    assert_eq!(triggers[1]["or_later"], true);
    assert_eq!(triggers[1]["threshold"]["bound"], "at-least");
    assert_eq!(triggers[2]["state"], "not-known");
    assert_eq!(triggers[2]["threshold"]["not_measured"], "there is no ramp.json");
    assert!(triggers[2].get("used").is_none() && triggers[2].get("reached_on").is_none());
}

#[test]
fn what_is_due_is_said_first() {
    let mut due = report();
    due.triggers[0].reached = Reached::Now;
    assert!(triggers_headline(&due).starts_with("due: later; next is instances"));
    due.triggers.truncate(1);
    assert_eq!(triggers_headline(&due), "due: later; no day is known for any other");
    assert_eq!((lasting(900.0).as_str(), lasting(90.0).as_str()), ("15min", "90.0 s"));
}
