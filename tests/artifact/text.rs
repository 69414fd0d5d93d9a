//! Hostile measurements.

use std::fmt::Write as _;

use serde_json::{Value, json};
use tailguard::gate::Measurement;

use crate::honest;

#[test]
fn what_is_not_the_known_form_is_refused() {
    let text = String::from_utf8(honest()).expect("UTF-8");
    Measurement::parse(text.as_bytes()).expect("it is honest");
    for (from, to, why) in [
        ("measurement/v1", "measurement/v2", "found schema \"tailguard.measurement/v2\", expected"),
        ("measurement/v1", "report/v1", "found schema \"tailguard.report/v1\", expected"),
        ("\"schema\"", "\"shema\"", "missing field `schema`"),
        ("\"version\"", "\"versions\"", "unknown field `versions`"),
        ("\"suites\":[", "\"suites\":[1,", "invalid type: integer `1`"),
        ("\"cores\"", "\"cors\"", "unknown field `cors`"),
        ("\"unit\":", "\"note\":1,\"unit\":", "unknown field `note`"),
        ("\"n\":", "\"n\":1,\"n\":", "duplicate field `n`"),
        ("\"id\":", "\"id\":\"\",\"id\":", "duplicate field `id`"),
        ("\"suite\":", "\"suite\":\"a\",\"suite\":", "duplicate field `suite`"),
        ("\"group\":\"alpha\"", "\"group\":\"alpha\",\"group\":\"beta\"", "appears twice"),
        ("\"ln\":", "\"ln\":1e400,\"x\":", "number out of range"),
        ("\"ln\":", "\"ln\":NaN,\"x\":", "expected value"),
        ("\"ln\":", "\"ln\":Infinity,\"x\":", "expected value"),
        ("\"ln\":", "\"ln\":-Infinity,\"x\":", "invalid number"),
        ("\"ln\":", "\"ln\":\"NaN\",\"x\":", "invalid type: string \"NaN\""),
        ("\"ln\":", "\"ln\":null,\"x\":", "unknown field `x`"),
        ("\"n\":20", "\"n\":-20", "invalid value: integer `-20`"),
        ("\"n\":20", "\"n\":20.5", "invalid type: floating point `20.5`"),
        ("\"n\":20", "\"n\":18446744073709551615", "implausible n"),
        ("\"n\":20", "\"n\":99999999999999999999", "invalid type: floating point"),
        ("\"median\"", "\"p96\"", "unknown variant `p96`"),
        ("\"criterion\"", "\"perf\"", "unknown variant `perf`"),
        ("\"format\":\"directory\"", "\"format\":\"zip\"", "has format \"zip\""),
    ] {
        assert!(text.contains(from), "{from}");
        refused(text.replacen(from, to, 1).as_bytes(), why);
    }
    for (cut, _) in text.char_indices().step_by(100).skip(1) {
        refused(&text.as_bytes()[..cut], "");
    }
    let mut broken = text.into_bytes();
    let at = broken.windows(5).position(|bytes| bytes == b"alpha").expect("a row");
    broken[at] = 0xff;
    refused(&broken, "invalid unicode code point");
}

#[test]
fn numbers_that_nobody_measured_are_refused() {
    for (figure, why) in [
        (json!({"ln": 701.0}), "implausible median"),
        (json!({"ln": -701.0}), "implausible median"),
        (json!({"ln": 1.0, "s": -0.1}), "no figure"),
        (json!({"ln": 1.0, "s": 1e300}), "implausible median"),
        (json!({"s": 0.1}), "no figure"),
        (json!({"events": 3, "of": 2}), "no figure"),
        (json!({"events": 0, "of": 0}), "no figure"),
        (json!({"events": 1, "of": u64::MAX}), "implausible median"),
        (json!({"ln": 1.0, "events": 1, "of": 2}), "no figure"),
        (json!({}), "no figure"),
    ] {
        let with = altered(|value| {
            let row = &mut value["suites"][0]["fresh"]["rows"][0];
            let cells = row["runs"].as_object_mut().expect("cells");
            cells.values_mut().next().expect("a cell")["median"] = figure.clone();
        });
        refused(&with, why);
    }
}

#[test]
fn parts_that_do_not_fit_together_are_refused() {
    type Alter = fn(&mut Value);
    let cases: &[(Alter, &str)] = &[
        (|v| v["suites"] = json!([]), "no suite"),
        (|v| v["suites"][0]["suite"] = json!(""), "a suite has no name"),
        (|v| v["suites"][0]["fresh"] = json!({"sessions": [], "rows": []}), "no runs"),
        (|v| v["suites"][0]["base"] = json!({"sessions": [], "rows": []}), "no runs"),
        (|v| v["suites"][0]["fresh"]["sessions"] = json!([]), "which is not listed"),
        (
            |v| v["suites"][0]["fresh"]["sessions"][0]["runs"][0]["id"] = json!("../../x"),
            "is not the id of a run",
        ),
        (
            |v| {
                let suite = v["suites"][0].clone();
                v["suites"].as_array_mut().expect("suites").push(suite);
            },
            "is listed twice",
        ),
        (
            |v| {
                let rows = v["suites"][0]["fresh"]["rows"].as_array_mut().expect("rows");
                rows.push(rows[0].clone());
            },
            "is listed twice",
        ),
        (
            |v| {
                let runs = v["suites"][0]["fresh"]["sessions"][0]["runs"].as_array_mut();
                let runs = runs.expect("runs");
                runs.push(runs[0].clone());
            },
            "is listed twice",
        ),
        (
            |v| {
                v["suites"][0]["notices"] =
                    json!([{"severity": "error", "code": "::error::", "message": ""}]);
            },
            "is not the code of a notice",
        ),
    ];
    for (alter, why) in cases {
        refused(&altered(alter), why);
    }
}

#[test]
fn more_than_an_honest_measurement_holds_is_refused() {
    let suites: Vec<Value> = (0..101).map(|i| suite(&format!("s{i}"), 1, 1)).collect();
    refused(&measurement(&suites), "more than 100 suites");
    refused(&measurement(&[suite("s", 1001, 1)]), "more than 1000 runs");
    refused(&measurement(&[suite("s", 1, 20_001)]), "more than 20000 rows");
    Measurement::parse(&measurement(&[suite("s", 1, 20_000)])).expect("it is large and honest");
    Measurement::parse(&measurement(&[suite("s", 1000, 20)])).expect("it is large and honest");
    refused(&measurement(&[suite("s", 300, 300)]), "more than 64 MiB");
    let notice = json!({"severity": "error", "code": "truncated", "message": "m"});
    let with = altered(|v| v["suites"][0]["notices"] = json!(vec![notice.clone(); 201]));
    refused(&with, "more than 200 notices");
    let tags: serde_json::Map<_, _> = (0..65).map(|i| (i.to_string(), json!(""))).collect();
    let with = altered(|v| v["suites"][0]["fresh"]["rows"][0]["tags"] = json!(tags));
    refused(&with, "more than 64 tags in one row");
    for path in ["/commit", "/suites/0/suite", "/suites/0/fresh/rows/0/id"] {
        let with = altered(|v| {
            v["commit"] = json!("");
            *v.pointer_mut(path).expect(path) = json!("x".repeat(20_001));
        });
        refused(&with, "more than 20000 characters in one text");
    }
}

#[test]
fn floods_are_refused_before_anything_is_built() {
    let head = r#"{"schema":"tailguard.measurement/v1","version":"0.1.0","suites":["#;
    let rows = {
        let mut text = format!(r#"{head}{{"suite":"s","fresh":{{"sessions":[],"rows":["#);
        for i in 0..1_000_000 {
            let _ = write!(text, r#"{{"tool":"k6","id":"{i}"}},"#);
        }
        text + "]}}]}"
    };
    refused(rows.as_bytes(), "more than 600000 values");
    for bracket in ["[", "{\"a\":", "[{\"a\":"] {
        refused((head.to_owned() + &bracket.repeat(100_000)).as_bytes(), "more than 16 levels");
    }
    refused(format!("{head}\"{}\"]}}", "a".repeat(1 << 20)).as_bytes(), "characters in one text");
    refused(format!("{head}\"{}", "\\n".repeat(1 << 20)).as_bytes(), "characters in one text");
    refused(&vec![b' '; (64 << 20) + 1], "more than 64 MiB");
    refused(b"", "EOF");
    refused(&[0xff; 1000], "expected value");
    refused(b"null", "");
}

fn refused(text: &[u8], why: &str) {
    let error = Measurement::parse(text).expect_err("it is hostile").to_string();
    assert!(error.contains(why), "{error}, not {why}");
}

fn altered(alter: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut value = serde_json::from_slice(&honest()).expect("JSON");
    alter(&mut value);
    value.to_string().into_bytes()
}

pub(crate) fn measurement(suites: &[Value]) -> Vec<u8> {
    let value = json!({"schema": "tailguard.measurement/v1", "version": "0", "suites": suites});
    value.to_string().into_bytes()
}

/// A suite whose every run has every row, with one figure.
pub(crate) fn suite(name: &str, runs: usize, rows: usize) -> Value {
    json!({"suite": name, "fresh": side(0, runs, rows)})
}

/// One side of it; runs are numbered from `first`.
pub(crate) fn side(first: usize, runs: usize, rows: usize) -> Value {
    let id = |run: usize| format!("{run:016x}{}", "0".repeat(48));
    let ids: Vec<String> = (first..first + runs).map(id).collect();
    let listed: Vec<Value> =
        ids.iter().map(|id| json!({"id": id, "tool": "k6", "format": "ndjson"})).collect();
    let cells: serde_json::Map<_, _> =
        ids.iter().map(|id| (id[..16].to_owned(), json!({"n": 9, "p95": {"ln": 1.0}}))).collect();
    let rows: Vec<Value> = (0..rows)
        .map(|row| {
            json!({"tool": "k6", "id": row.to_string(), "tags": {"name": row.to_string()},
                   "unit": "ms", "definition": "r7", "runs": cells})
        })
        .collect();
    json!({"sessions": [{"id": "s", "runs": listed}], "rows": rows})
}
