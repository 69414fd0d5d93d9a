//! The JSON dialect against its published schemas and the published example.

use jsonschema::Validator;
use serde_json::{Value, json};
use tailguard::policy::Outcome;
use tailguard::report::{Dialect, Report};

use super::{inspected, rendered, sample};

/// What makes a good report a wrong one.
type Spoil = fn(&mut Value);

fn schema(name: &str) -> Validator {
    let path = format!("{}/docs/performance/schemas/{name}", env!("CARGO_MANIFEST_DIR"));
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    jsonschema::draft202012::meta::validate(&schema).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
}

fn json(report: &Report) -> Value {
    serde_json::from_str(&rendered(report, Dialect::Json)).unwrap()
}

/// Every complaint of a schema, for a readable failure.
fn complaints(schema: &Validator, value: &Value) -> Vec<String> {
    schema.iter_errors(value).map(|e| format!("{}: {e}", e.instance_path())).collect()
}

#[test]
fn reports_follow_their_schema() {
    let schema = schema("report-v1.json");
    let reports = [
        sample::every_verdict(),
        sample::hostile(),
        sample::report(Outcome::Pass, vec![]),
        sample::report(Outcome::Undecided, sample::every_verdict().rows),
    ];
    for report in reports {
        assert_eq!(complaints(&schema, &json(&report)), Vec::<String>::new());
    }
}

#[test]
fn wrong_reports_are_refused() {
    let schema = schema("report-v1.json");
    let good = json(&sample::every_verdict());
    let wrong: [(&str, Spoil); 8] = [
        ("an extra key", |v| v["extra"] = json!(1)),
        ("an extra key in a row", |v| v["rows"][0]["extra"] = json!(1)),
        ("an unknown verdict", |v| v["rows"][0]["verdict"] = json!("slower")),
        ("a missing side's value", |v| v["rows"][0]["base"] = json!({"runs": 5, "sessions": 1})),
        ("an interval of one", |v| v["rows"][0]["interval"] = json!([0.1])),
        ("an exit code of another outcome", |v| v["exit_code"] = json!(0)),
        ("another schema", |v| v["schema"] = json!("tailguard.report/v2")),
        ("a null for what was not tested", |v| v["rows"][0]["p"] = Value::Null),
    ];
    for (what, spoil) in wrong {
        let mut report = good.clone();
        spoil(&mut report);
        assert!(!schema.is_valid(&report), "{what} was accepted");
    }
}

#[test]
fn inspections_follow_their_schema() {
    let schema = schema("inspect-v1.json");
    let mut value: Value =
        serde_json::from_str(&inspected(&sample::inspection(), Dialect::Json)).unwrap();
    assert_eq!(complaints(&schema, &value), Vec::<String>::new());
    value["runs"][0]["rows"][0]["extra"] = json!(1);
    assert!(!schema.is_valid(&value));
}

#[test]
fn the_published_example_reads_and_prints_the_same() {
    // The documented example; `rule` stands behind what it shows.
    let example = r#"{"schema":"tailguard.report/v1","outcome":"fail","exit_code":10,"rows":[{"suite":"api","id":"read","tags":{"category":"read"},"metric":"p95","unit":"ms","better":"lower","gates":true,"base":{"value":2.2,"runs":5,"sessions":1},"fresh":{"value":2.6,"runs":5,"sessions":1},"change":0.182,"scale":"relative","interval":[0.109,0.26],"p":1.4e-6,"p_adjusted":0.00002,"threshold":0.05,"detectable":0.08,"runs_needed":null,"suspect":false,"verdict":"regressed","level":"deny","because":"p95 rose 18% [11%, 26%], over 5%; p = 0.00002 after Holm over 14 rows"}],"environment":{"same":true,"base":{"os":"","arch":"","cpu":"","cores":0},"fresh":{"os":"","arch":"","cpu":"","cores":0}},"notices":[],"rule":{"test":"moderated-t","alpha":0.02,"family":14}}"#;
    let report: Report = serde_json::from_str(example).unwrap();
    let printed = json(&report);
    // Key order is part of the example: `Value` keeps it.
    assert_eq!(serde_json::to_string(&printed).unwrap(), example);
}

#[test]
fn floats_are_the_shortest_that_read_back() {
    let text = rendered(&sample::every_verdict(), Dialect::Json);
    for number in ["2.2", "0.182", "1.4e-6", "0.00002", "0.0062"] {
        assert!(text.contains(&format!(": {number},")), "{number}");
    }
}

#[test]
fn what_is_not_finite_is_left_out() {
    let mut report = sample::report(Outcome::Fail, vec![sample::regressed()]);
    for row in &mut report.rows {
        row.change = Some(f64::NAN);
        row.interval = Some([0.1, f64::INFINITY]);
        row.p = Some(f64::NEG_INFINITY);
    }
    let value = json(&report);
    let row = value["rows"][0].as_object().unwrap();
    for key in ["change", "interval", "p"] {
        assert!(!row.contains_key(key), "{key}");
    }
    assert_eq!(complaints(&schema("report-v1.json"), &value), Vec::<String>::new());
}
