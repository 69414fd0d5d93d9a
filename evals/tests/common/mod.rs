//! Load tests made up for tests, read by the same reader as real ones.

#![allow(clippy::unwrap_used, reason = "tests")]
#![allow(dead_code, reason = "each test file uses its own part")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use evals::faults::arms::Arm;
use evals::faults::round::{Origin, Round};
use evals::random::without_replacement;
use tailguard::measure::Machine;

pub(crate) const ENDPOINTS: [(&str, &str); 4] =
    [("read", "client"), ("read", "submissions"), ("write", "create"), ("complex", "pdf")];

pub(crate) fn arm(name: &str, touches: &[&str]) -> Arm {
    let fault = ("CLINIC_FAULT_LOCK_MS".to_owned(), "5".to_owned());
    Arm {
        name: name.to_owned(),
        environment: if touches.is_empty() { [].into() } else { [fault].into() },
        touches: touches.iter().map(|&category| category.to_owned()).collect(),
    }
}

pub(crate) fn origin(arm: &Arm, round: u32) -> Origin {
    Origin {
        arm: arm.name.clone(),
        round,
        environment: arm.environment.clone(),
        service: "0123".to_owned(),
        seed: 1,
        commit: Some("c0ffee".to_owned()),
        time: format!("2026-01-01T00:{round:02}:00Z"),
        seconds: 15.0,
        machine: Machine { os: "linux".to_owned(), cores: 2, ..Machine::default() },
    }
}

/// What k6 writes for 200 requests a row, those of `slow` categories slower by `factor`. Each run has
/// a level of its own, some 1 % up or down.
pub(crate) fn ndjson(arm: &Arm, round: u32, slow: &[&str], factor: f64) -> String {
    let mut text = String::from(
        r#"{"type":"Metric","data":{"name":"http_req_duration","type":"trend","contains":"time","thresholds":[],"submetrics":null},"metric":"http_req_duration"}"#,
    );
    text.push('\n');
    for (place, (category, endpoint)) in ENDPOINTS.iter().enumerate() {
        let stream = format!("{}/{endpoint}", arm.name);
        let order = without_replacement(9, &stream, u64::from(round), 1000, 200);
        let level = 1.0 + (order[0] as f64 / 1000.0 - 0.5) / 30.0;
        let level = if slow.contains(category) { level * factor } else { level };
        for (i, latency) in order.iter().enumerate() {
            let value = level * (5.0 + place as f64) * (1.0 + *latency as f64 / 1000.0);
            let time = format!("2026-01-01T00:00:{:02}.{:03}Z", 10 + i / 20, i % 20 * 50 + place);
            for (metric, value) in
                [("http_reqs", 1.0), ("http_req_duration", value), ("http_req_failed", 0.0)]
            {
                writeln!(
                    text,
                    r#"{{"metric":"{metric}","type":"Point","data":{{"time":"{time}","value":{value},"tags":{{"category":"{category}","endpoint":"{endpoint}","scenario":"{endpoint}","group":""}}}}}}"#
                )
                .unwrap();
            }
        }
    }
    text
}

pub(crate) fn round(dir: &Path, arm: &Arm, number: u32, slow: &[&str], factor: f64) -> Round {
    let raw = dir.join("raw.json");
    fs::write(&raw, ndjson(arm, number, slow, factor)).unwrap();
    Round::take(&raw, origin(arm, number)).unwrap()
}
