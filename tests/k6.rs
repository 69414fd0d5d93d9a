//! k6's files, read and compared with what k6 itself printed of the same runs.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
#![expect(clippy::float_cmp, reason = "numbers that are read must be those that were written")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use serde_json::Value;
use tailguard::measure::{Evidence, Figure, Metric, Row, Run, Severity, Unit};
use tailguard::source::k6::{self, Shape};
use tailguard::source::{Reading, SourceError};

const VERSIONS: [&str; 2] = ["1.1.0", "0.57.0"];

fn fixture(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/k6").join(path)
}

fn by(keys: &[&str]) -> Reading {
    let group_by = Some(keys.iter().map(|key| (*key).to_owned()).collect());
    Reading { group_by, ..Reading::default() }
}

/// Reads bytes as the content of a file: gzip by its magic, the shape by its first bytes.
fn read_bytes(bytes: &[u8], reading: &Reading) -> Option<Result<Run, SourceError>> {
    let mut head = Vec::new();
    // A broken stream still has a head.
    let _ = decoder(bytes).take(64 * 1024).read_to_end(&mut head);
    let shape = k6::sniff(&head)?;
    Some(k6::read(Path::new("results"), shape, &mut decoder(bytes), reading))
}

fn decoder(bytes: &[u8]) -> Box<dyn Read + '_> {
    if bytes.starts_with(b"\x1f\x8b") {
        Box::new(MultiGzDecoder::new(bytes))
    } else {
        Box::new(bytes)
    }
}

fn read(path: &str, reading: &Reading) -> Run {
    read_bytes(&fs::read(fixture(path)).unwrap(), reading).unwrap().unwrap()
}

fn lines(text: &str, reading: &Reading) -> Result<Run, SourceError> {
    k6::read(Path::new("results"), Shape::Ndjson, &mut text.as_bytes(), reading)
}

fn row<'r>(run: &'r Run, id: &str) -> &'r Row {
    let ids: Vec<&str> = run.rows.iter().map(|row| row.id.as_str()).collect();
    run.rows.iter().find(|row| row.id == id).unwrap_or_else(|| panic!("{id} is none of {ids:?}"))
}

fn codes(run: &Run) -> Vec<&str> {
    run.problems.iter().map(|problem| problem.code).collect()
}

/// What k6 printed of a metric.
fn printed(path: &str, metric: &str) -> BTreeMap<String, f64> {
    let document: Value = serde_json::from_slice(&fs::read(fixture(path)).unwrap()).unwrap();
    let values = &document["metrics"][metric]["values"];
    let numbers = values.as_object().unwrap().iter();
    numbers.map(|(key, value)| (key.clone(), value.as_f64().unwrap())).collect()
}

const NAMES: [(&str, &str); 5] =
    [("p50", "med"), ("p95", "p(95)"), ("p99", "p(99)"), ("min", "min"), ("max", "max")];

#[test]
fn percentiles_of_points_are_those_that_k6_printed() {
    for version in VERSIONS {
        let run = read(&format!("{version}/steady/points.json.gz"), &by(&["category"]));
        let csv = read(&format!("{version}/steady/points.csv.gz"), &by(&["category"]));
        assert_eq!((run.format, csv.format), ("ndjson", "csv"));
        for category in ["read", "write"] {
            let metric = format!("http_req_duration{{category:{category}}}");
            let k6 = printed(&format!("{version}/steady/handle-summary.json"), &metric);
            let (row, csv) = (row(&run, category), row(&csv, category));
            assert_eq!(row.n as f64, k6["count"]);
            assert_eq!((csv.n, csv.evidence, csv.unit), (row.n, Evidence::Requests, Unit::Ms));
            for (ours, theirs) in NAMES {
                let expected = k6[theirs];
                assert_eq!(row.statistics[ours].to_bits(), expected.to_bits(), "{metric} {ours}");
                // CSV has six decimals.
                assert!((csv.statistics[ours] - expected).abs() < 1e-6, "{metric} {ours}");
            }
            assert!((row.statistics["mean"] / k6["avg"] - 1.0).abs() < 1e-12);
            // A figure's logarithm is rounded to nine decimals.
            assert!((row.figures[&Metric::P95].value() / k6["p(95)"] - 1.0).abs() < 1e-8);
        }
    }
}

#[test]
fn shares_are_those_that_k6_counted() {
    for version in VERSIONS {
        let handle = format!("{version}/steady/handle-summary.json");
        let failed = printed(&handle, "http_req_failed{category:write}");
        let checks = printed(&handle, "checks{category:write}");
        let share = |values: &BTreeMap<String, f64>| Figure::Share {
            events: values["passes"] as u64,
            of: (values["passes"] + values["fails"]) as u64,
        };
        for file in
            ["points.json.gz", "points.csv.gz", "summary-export.json", "handle-summary.json"]
        {
            let run = read(&format!("{version}/steady/{file}"), &by(&["category"]));
            let row = row(&run, "write");
            assert_eq!(row.figures[&Metric::ErrorRate], share(&failed), "{version} {file}");
            assert_eq!(row.figures[&Metric::Checks], share(&checks), "{version} {file}");
        }
    }
}

#[test]
fn dropped_iterations_go_to_their_scenario_and_warn() {
    for version in VERSIONS {
        let handle = format!("{version}/steady/handle-summary.json");
        let dropped = printed(&handle, "dropped_iterations")["count"] as u64;
        let iterations = printed(&handle, "iterations")["count"] as u64;
        for file in ["points.json.gz", "points.csv.gz"] {
            let run = read(&format!("{version}/steady/{file}"), &by(&["scenario"]));
            let figure = row(&run, "arrivals").figures[&Metric::Dropped];
            // 40 iterations of `browse` and 30 of `edit` are not the slow scenario's.
            let of = iterations - 40 - 30 + dropped;
            assert_eq!(figure, Figure::Share { events: dropped, of });
            let none = row(&run, "browse").figures[&Metric::Dropped];
            assert_eq!(none, Figure::Share { events: 0, of: 40 });
            let warned = run.problems.iter().find(|p| p.code == "dropped-iterations").unwrap();
            assert_eq!(warned.row.as_deref(), Some("arrivals"));
        }
        let whole = read(&handle, &by(&[]));
        let figure = row(&whole, "(all)").figures[&Metric::Dropped];
        assert_eq!(figure, Figure::Share { events: dropped, of: iterations + dropped });
    }
}

#[test]
fn checks_stay_apart_where_they_lack_a_grouping_tag() {
    let run = read("1.1.0/steady/points.json.gz", &Reading::default());
    let ids: Vec<&str> = run.rows.iter().map(|row| row.id.as_str()).collect();
    let expected = [
        "browse / read", // checks and iterations of a scenario, which have no name
        "browse / Read, one / read",
        "edit / Save \"now\" / é / write",
        "edit / write",
        "arrivals",
        "arrivals / slow",
    ];
    assert_eq!(ids.len(), expected.len(), "{ids:?}");
    assert!(expected.iter().all(|id| ids.contains(id)), "{ids:?}");
    let apart = row(&run, "edit / write");
    assert_eq!((apart.n, apart.figures.len(), apart.tags.len()), (0, 2, 2));
}

#[test]
fn ndjson_and_csv_make_the_same_rows_by_any_tag() {
    for version in VERSIONS {
        let keys: [&[&str]; 5] =
            [&["scenario"], &["method", "status"], &["team"], &["name", "category"], &["group"]];
        for reading in keys.iter().map(|keys| by(keys)).chain([Reading::default()]) {
            let json = read(&format!("{version}/steady/points.json.gz"), &reading);
            let csv = read(&format!("{version}/steady/points.csv.gz"), &reading);
            assert!(json.rows.is_sorted_by(|a, b| a.tags < b.tags));
            let brief = |run: &Run| -> Vec<_> {
                run.rows.iter().map(|row| (row.id.clone(), row.tags.clone(), row.n)).collect()
            };
            assert_eq!(brief(&json), brief(&csv), "{reading:?}");
        }
    }
}

#[test]
fn quoted_csv_makes_the_same_run() {
    let bytes = fs::read(fixture("1.1.0/steady/points.csv.gz")).unwrap();
    let mut text = String::new();
    decoder(&bytes).read_to_string(&mut text).unwrap();
    // Quotes around the metric send every record the long way.
    let quoted: String = text
        .lines()
        .map(|line| line.split_once(',').unwrap())
        .map(|(metric, rest)| format!("\"{metric}\",{rest}\n"))
        .collect();
    for reading in [Reading::default(), by(&["category"]), by(&["name", "status"])] {
        let plain = read_bytes(text.as_bytes(), &reading).unwrap().unwrap();
        assert_eq!(read_bytes(quoted.as_bytes(), &reading).unwrap().unwrap(), plain);
    }
}

#[test]
fn throughput_counts_the_time_in_which_the_scenario_ran() {
    let text = {
        let bytes = fs::read(fixture("1.1.0/steady/points.json.gz")).unwrap();
        let mut text = String::new();
        MultiGzDecoder::new(bytes.as_slice()).read_to_string(&mut text).unwrap();
        text
    };
    let (mut start, mut end, mut n) = (f64::INFINITY, f64::NEG_INFINITY, 0.0);
    let mut origin = None;
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let data = &line["data"];
        if line["metric"] != "http_req_duration"
            || line["type"] != "Point"
            || data["tags"]["scenario"] != "edit"
        {
            continue;
        }
        let time: jiff::Timestamp = data["time"].as_str().unwrap().parse().unwrap();
        let origin = *origin.get_or_insert(time);
        let at = time.duration_since(origin).as_secs_f64();
        start = f64::min(start, at - data["value"].as_f64().unwrap() / 1e3);
        end = f64::max(end, at);
        n += 1.0;
    }
    let expected = n / (end - start);
    let run = read("1.1.0/steady/points.json.gz", &by(&["category"]));
    let Figure::Log { y, s } = row(&run, "write").figures[&Metric::Throughput] else {
        panic!("no log figure");
    };
    assert!((y.exp() / expected - 1.0).abs() < 1e-6, "{} {expected}", y.exp());
    assert!(s.unwrap() < 1e-6);
}

#[test]
fn unix_seconds_make_throughput_uncertain() {
    let mut text = "metric_name,timestamp,metric_value,scenario\n".to_owned();
    for second in 0..=100 {
        text += &format!("http_req_duration,{},1000.000000,s\n", 1_795_416_771 + second);
    }
    let run = read_bytes(text.as_bytes(), &by(&[])).unwrap().unwrap();
    let Figure::Log { y, s } = run.rows[0].figures[&Metric::Throughput] else {
        panic!("no log figure");
    };
    // 101 requests from one second before the first end to the last end.
    assert!((y.exp() - 1.0).abs() < 1e-12, "{}", y.exp());
    // The standard deviation of the difference of two uniform errors of a second, over 101 s.
    assert!((s.unwrap() - 0.408_248_290 / 101.0).abs() < 1e-6, "{s:?}");
}

#[test]
fn requests_of_setup_are_no_load() {
    for version in VERSIONS {
        for file in ["points.json.gz", "points.csv.gz"] {
            let run = read(&format!("{version}/steady/{file}"), &by(&["scenario"]));
            let notice = run.problems.iter().find(|p| p.code == "setup-requests").unwrap();
            assert_eq!(notice.severity, Severity::Notice);
            assert!(notice.message.starts_with("2 requests"), "{}", notice.message);
            assert!(run.rows.iter().all(|row| row.id != "(none)"));
            assert!(run.provenance.time.as_deref().unwrap().starts_with("2026-11-23T12:35:0"));
        }
    }
}

#[test]
fn summaries_say_what_k6_printed() {
    for version in VERSIONS {
        let handle = format!("{version}/steady/handle-summary.json");
        for file in ["handle-summary.json", "summary-export.json"] {
            let run = read(&format!("{version}/steady/{file}"), &Reading::default());
            let mut ids: Vec<&str> = run.rows.iter().map(|row| row.id.as_str()).collect();
            ids.sort_unstable();
            assert_eq!(ids, ["(all)", "Save \"now\" / é", "nosuch", "read", "write"]);
            for (id, metric) in [
                ("(all)", "http_req_duration"),
                ("read", "http_req_duration{category:read}"),
                ("Save \"now\" / é", "http_req_duration{name:Save \"now\" / é}"),
            ] {
                let (row, k6) = (row(&run, id), printed(&handle, metric));
                for (ours, theirs) in NAMES.iter().chain([&("mean", "avg"), &("p90", "p(90)")]) {
                    assert_eq!(row.statistics[*ours], k6[*theirs], "{file} {id} {ours}");
                }
                assert_eq!(row.n as f64, k6["count"]);
                assert_eq!(row.evidence, Evidence::Quantiles);
                let p99 = row.figures[&Metric::P99];
                assert_eq!(p99, Figure::positive(k6["p(99)"], None).unwrap());
                assert_eq!(row.figures.contains_key(&Metric::Throughput), id == "(all)");
            }
            // A threshold on a category that does not exist: all zero, and never a number.
            let nosuch = row(&run, "nosuch");
            assert!(nosuch.figures.is_empty() && nosuch.statistics.is_empty());
            let about = |code| run.problems.iter().filter(move |p| p.code == code);
            let no_data: Vec<_> = about("no-data").map(|p| p.row.as_deref()).collect();
            assert_eq!(no_data, [Some("nosuch")]);
            // Both shapes say it with a boolean, of opposite meaning.
            let crossed: Vec<_> = about("k6-threshold").map(|p| p.message.as_str()).collect();
            assert_eq!(crossed.len(), 1, "{crossed:?}");
            assert!(crossed[0].contains("`p(99)<0.001` on `http_req_duration{category:read}`"));
        }
    }
}

#[test]
fn a_summary_has_throughput_over_the_whole_test() {
    let handle = "1.1.0/steady/handle-summary.json";
    let rate = printed(handle, "http_reqs")["rate"];
    for file in [handle, "1.1.0/steady/summary-export.json"] {
        let run = read(file, &by(&[]));
        let throughput = row(&run, "(all)").figures[&Metric::Throughput].value();
        assert!((throughput / rate - 1.0).abs() < 1e-9, "{throughput} {rate}");
    }
}

#[test]
fn a_summary_is_grouped_by_what_the_script_declared() {
    let file = "1.1.0/steady/summary-export.json";
    let run = read(file, &by(&["category"]));
    let ids: Vec<&str> = run.rows.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(ids, ["nosuch", "read", "write"]);
    let run = read(file, &by(&["scenario"]));
    assert_eq!(run.rows.len(), 1);
    assert_eq!(run.rows[0].id, "(all)");
    assert!(codes(&run).contains(&"no-such-tag"));
}

#[test]
fn a_dead_server_has_no_latency() {
    for version in VERSIONS {
        for file in
            ["points.json.gz", "points.csv.gz", "summary-export.json", "handle-summary.json"]
        {
            let run = read(&format!("{version}/down/{file}"), &by(&[]));
            let row = row(&run, "(all)");
            let share = Figure::Share { events: 12, of: 12 };
            assert_eq!(row.figures[&Metric::ErrorRate], share, "{file}");
            for metric in [Metric::P50, Metric::P95, Metric::P99, Metric::Throughput] {
                assert_eq!(row.figures.get(&metric), None, "{file}");
            }
            let problem = run.problems.iter().find(|p| p.code == "no-data").unwrap();
            assert_eq!(
                (problem.severity, problem.row.as_deref()),
                (Severity::Error, Some("(all)"))
            );
        }
    }
}

#[test]
fn a_count_is_no_latency() {
    let text = r#"{"root_group":{"path":""},"metrics":{
        "http_req_duration":{"avg":0,"min":0,"med":0,"max":0,"p(95)":0,"count":1000},
        "http_reqs":{"count":1000,"rate":10}}}"#;
    let run = read_bytes(text.as_bytes(), &Reading::default()).unwrap().unwrap();
    assert!(codes(&run).contains(&"no-data"), "{:?}", run.problems);
    assert_eq!((run.rows[0].n, run.rows[0].statistics.len()), (1000, 0));
    assert!(!run.rows[0].figures.contains_key(&Metric::Throughput), "{:?}", run.rows[0]);
}

#[test]
fn a_run_without_requests_keeps_its_checks() {
    for version in VERSIONS {
        for file in
            ["points.json.gz", "points.csv.gz", "summary-export.json", "handle-summary.json"]
        {
            let run = read(&format!("{version}/checks/{file}"), &by(&[]));
            let row = row(&run, "(all)");
            assert_eq!(row.figures[&Metric::Checks], Figure::Share { events: 3, of: 6 }, "{file}");
            assert_eq!(row.n, 0);
            assert!(codes(&run).contains(&"no-data"), "{file}");
        }
    }
}

#[test]
fn the_machine_readable_summary_is_read_in_both_spellings() {
    let runs = ["camel", "snake"].map(|spelling| {
        read(&format!("documented/machine-readable-{spelling}.json"), &Reading::default())
    });
    assert_eq!(runs[0].rows, runs[1].rows);
    for run in &runs {
        assert_eq!(run.format, "machine-readable-summary");
        assert_eq!(run.tool_version.as_deref(), Some("1.5.0"));
        assert_eq!(run.provenance.time.as_deref(), Some("2026-11-23T12:35:05Z"));
        let row = row(run, "(all)");
        assert_eq!(row.n, 100);
        assert_eq!(row.figures[&Metric::P95], Figure::positive(60.75, None).unwrap());
        assert_eq!(row.figures.get(&Metric::P99), None);
        assert_eq!(row.figures[&Metric::ErrorRate], Figure::Share { events: 5, of: 100 });
        assert_eq!(row.figures[&Metric::Dropped], Figure::Share { events: 2, of: 100 });
        // The duration is in seconds here.
        assert!((row.figures[&Metric::Throughput].value() / 12.5 - 1.0).abs() < 1e-9);
    }
}

/// A line as k6 1.x writes it.
fn point(metric: &str, at: u32, value: f64, tags: &str) -> String {
    let (minute, second) = (at / 60 % 60, at % 60);
    format!(
        "{{\"metric\":\"{metric}\",\"type\":\"Point\",\"data\":{{\"time\":\
         \"2026-11-23T06:{minute:02}:{second:02}Z\",\"value\":{value},\"tags\":{{{tags}}}}}}}\n"
    )
}

fn durations(values: &[f64]) -> String {
    let tags = r#""scenario":"s","name":"n""#;
    values.iter().zip(0..).map(|(v, i)| point("http_req_duration", i, *v, tags)).collect()
}

/// Worked by hand from the definition: rank q(n-1), linear interpolation.
#[test]
fn quantiles_are_type_7() {
    let run =
        lines(&durations(&[1., 2., 3., 4., 10., 20., 30., 40., 50., 100.]), &by(&[])).unwrap();
    let statistics = &run.rows[0].statistics;
    assert_eq!(statistics["p50"], 15.0);
    assert!((statistics["p95"] - 77.5).abs() < 1e-12);
    assert!((statistics["p99"] - 95.5).abs() < 1e-12);
    let run = lines(&durations(&[50., 15., 40., 20., 35.]), &by(&[])).unwrap();
    assert_eq!((run.rows[0].statistics["p50"], run.rows[0].statistics["p95"]), (35.0, 48.0));
}

/// A worked example of the closed form: 3000 values, 30 batches of 100.
#[test]
fn the_within_run_error_is_the_worked_example() {
    let values: Vec<f64> = (0..3000u32)
        .map(|k| 10.0 + f64::from((k * 7919) % 3001) / 300.0 + if k >= 2000 { 0.5 } else { 0.0 })
        .collect();
    let run = lines(&durations(&values), &by(&[])).unwrap();
    let Figure::Log { y, s } = run.rows[0].figures[&Metric::P95] else { panic!("no log figure") };
    assert!((y - 2.978_942_104).abs() < 1e-9, "{y}");
    assert!((s.unwrap() - 0.002_403_299).abs() < 1e-6, "{s:?}");
}

#[test]
fn detail_holds_a_sketch_and_equal_windows() {
    let reading = Reading { detail: true, ..by(&[]) };
    let values: Vec<f64> = (1..=2000).map(f64::from).collect();
    let run = lines(&durations(&values), &reading).unwrap();
    let detail = run.rows[0].detail.as_ref().unwrap();
    assert_eq!(detail.windows.len(), 60);
    assert!(detail.windows.iter().all(|window| window.n == 33));
    assert_eq!(detail.windows[0].p50, 17.0);
    assert_eq!(detail.windows[1].mean, 50.0);
    let mut bytes = detail.sketch.as_slice();
    let mut deserializer = hdrhistogram::serialization::Deserializer::new();
    let sketch: hdrhistogram::Histogram<u64> = deserializer.deserialize(&mut bytes).unwrap();
    assert_eq!(sketch.len(), 2000);
    let p95 = sketch.value_at_quantile(0.95) as f64 / 1e6;
    assert!((p95 / 1900.0 - 1.0).abs() < 0.01, "{p95}");
}

/// The layout of k6 0.3x, made from lines of 1.1.0: other order, two more keys.
#[test]
fn the_old_order_of_keys_makes_the_same_run() {
    let bytes = fs::read(fixture("1.1.0/steady/points.json.gz")).unwrap();
    let mut text = String::new();
    MultiGzDecoder::new(bytes.as_slice()).read_to_string(&mut text).unwrap();
    let old: String = text
        .lines()
        .map(|line| {
            let line: Value = serde_json::from_str(line).unwrap();
            let mut data = line["data"].clone();
            if line["type"] == "Metric" {
                data["tainted"] = Value::Null;
                data["sub"] = serde_json::json!({"name": "", "parent": "", "tags": null});
            }
            let (kind, metric) = (&line["type"], &line["metric"]);
            format!("{{\"type\":{kind},\"data\":{data},\"metric\":{metric}}}\n")
        })
        .collect();
    for reading in [Reading::default(), by(&["category"])] {
        let new = lines(&text, &reading).unwrap();
        assert_eq!(lines(&old, &reading).unwrap(), new);
        // Spaces, and keys in the order of the alphabet, take the long way.
        let spaced: String = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap().to_string() + " \r\n")
            .map(|line| line.replacen(':', ": ", 2))
            .collect();
        assert_eq!(lines(&spaced, &reading).unwrap(), new);
    }
}

#[test]
fn a_cut_last_line_is_left_out_with_a_warning() {
    for (file, tail) in [("points.json.gz", 20), ("points.csv.gz", 30)] {
        let bytes = fs::read(fixture(&format!("1.1.0/steady/{file}"))).unwrap();
        let mut text = Vec::new();
        MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut text).unwrap();
        text.truncate(text.len() - tail);
        let run = read_bytes(&text, &by(&["category"])).unwrap().unwrap();
        let cut = run.problems.iter().find(|p| p.code == "truncated-line").unwrap();
        assert_eq!(cut.severity, Severity::Warning);
        assert!(run.rows.iter().all(|row| !row.damaged));
        // A whole last line without its newline is as good as any.
        let whole = text.iter().rposition(|byte| *byte == b'\n').unwrap();
        let run = read_bytes(&text[..whole], &by(&["category"])).unwrap().unwrap();
        assert!(!codes(&run).contains(&"truncated-line"));
    }
}

#[test]
fn a_broken_gzip_stream_keeps_what_came_before() {
    for file in ["points.json.gz", "points.csv.gz"] {
        let whole = fs::read(fixture(&format!("1.1.0/steady/{file}"))).unwrap();
        let rows = read_bytes(&whole, &by(&["category"])).unwrap().unwrap().rows;
        let n: u64 = rows.iter().map(|row| row.n).sum();
        let cut = whole[..whole.len() * 6 / 10].to_vec();
        let mut wrong = whole.clone();
        let checksum = wrong.len() - 8;
        wrong[checksum] ^= 1;
        for (bytes, all) in [(cut, false), (wrong, true)] {
            let run = read_bytes(&bytes, &by(&["category"])).unwrap().unwrap();
            let problem = run.problems.iter().find(|p| p.code == "truncated").unwrap();
            assert_eq!(problem.severity, Severity::Error);
            assert!(run.rows.iter().all(|row| row.damaged));
            let kept: u64 = run.rows.iter().map(|row| row.n).sum();
            assert!(kept > 0 && (kept == n) == all, "{kept} of {n}");
        }
    }
    let summary = fs::read(fixture("1.1.0/steady/handle-summary.json")).unwrap();
    let mut gz = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(&summary).unwrap();
    let gz = gz.finish().unwrap();
    let error = read_bytes(&gz[..gz.len() - 20], &by(&[])).unwrap().unwrap_err();
    assert!(error.to_string().contains("broken stream"), "{error}");
}

#[test]
fn bad_lines_are_counted_and_too_many_refused() {
    let good = durations(&[1.0, 2.0, 3.0]);
    let bad = [
        "not json".to_owned(),
        point("http_req_duration", 0, -5.0, "").trim_end().to_owned(),
        r#"{"metric":"checks","type":"Point","data":{"time":"soon","value":1}}"#.to_owned(),
    ];
    for bad in &bad {
        let text = format!("{}{bad}\n{good}", durations(&[4.0]));
        let run = lines(&text, &by(&[])).unwrap();
        let problem = run.problems.iter().find(|p| p.code == "bad-line").unwrap();
        assert!(
            problem.message.starts_with("bad lines left out: 1, the first is line 2: "),
            "{problem:?}"
        );
        assert_eq!(run.rows[0].n, 4);
    }
    let error = lines(&format!("{}\n{}\n{}", bad.join("\n"), bad.join("\n"), good), &by(&[]));
    assert!(error.unwrap_err().to_string().contains("bad lines: 6 of 9"));
}

#[test]
fn nothing_measured_is_an_error() {
    let error = lines("", &by(&[])).unwrap_err().to_string();
    assert!(error.contains("0 lines") && error.contains("hint: "), "{error}");
    let only_users = point("vus", 0, 1.0, "") + &point("data_sent", 0, 1.0, "");
    assert!(lines(&only_users, &by(&[])).is_err());
    let setup = point("http_req_duration", 0, 1.0, r#""group":"::setup""#);
    assert!(lines(&setup, &by(&[])).unwrap_err().to_string().contains("setup()"));
    let header = "metric_name,timestamp,metric_value,extra_tags\n";
    assert!(read_bytes(header.as_bytes(), &by(&[])).unwrap().is_err());
    let summary = r#"{"root_group":{"path":""},"metrics":{"vus":{"value":1,"min":1,"max":1}}}"#;
    let error = read_bytes(summary.as_bytes(), &by(&[])).unwrap().unwrap_err().to_string();
    assert!(error.contains("(metrics: vus)"), "{error}");
}

#[test]
fn a_mistyped_grouping_tag_is_named() {
    let run = read("1.1.0/steady/points.json.gz", &by(&["category", "kategory"]));
    let problem = run.problems.iter().find(|p| p.code == "no-such-tag").unwrap();
    assert!(problem.message.contains("`kategory`"), "{}", problem.message);
    assert!(run.rows.iter().any(|row| row.id == "read / (none)"));
}

#[test]
fn all_requests_failed_is_no_latency_either() {
    let tags = r#""scenario":"s""#;
    let text: String = (1..=50)
        .map(|i| {
            point("http_req_duration", i, f64::from(i), tags)
                + &point("http_req_failed", i, 1.0, tags)
        })
        .collect();
    let run = lines(&text, &by(&[])).unwrap();
    let figures: Vec<Metric> = run.rows[0].figures.keys().copied().collect();
    assert_eq!(figures, [Metric::ErrorRate]);
    assert!(codes(&run).contains(&"no-data"));
}

#[test]
fn where_all_of_a_summary_failed_so_did_its_parts() {
    let text = r#"{"root_group":{"path":""},"metrics":{
        "http_req_failed":{"passes":9,"fails":0,"value":1},
        "http_req_duration":{"avg":3,"med":3,"p(95)":4},
        "http_req_duration{a:b}":{"avg":3,"med":3,"p(95)":4}}}"#;
    let run = read_bytes(text.as_bytes(), &Reading::default()).unwrap().unwrap();
    for row in &run.rows {
        assert!(row.figures.keys().all(|metric| *metric == Metric::ErrorRate), "{row:?}");
    }
    assert_eq!(codes(&run), ["no-data", "no-data"]);
}

#[test]
fn a_tag_that_never_repeats_is_refused_with_a_hint() {
    let text: String = (0..10_001)
        .map(|i| point("http_req_duration", 0, 1.0, &format!(r#""name":"/item/{i}""#)))
        .collect();
    assert!(lines(&text, &by(&["scenario"])).is_ok());
    let error = lines(&text, &Reading::default()).unwrap_err().to_string();
    assert!(error.contains("more than 10000 rows") && error.contains("fewer tags"), "{error}");
}

#[test]
fn csv_columns_are_found_by_name() {
    let text = "\u{feff}timestamp,extra_tags,metric_name,status,metric_value\r\n\
                1795416771,\"category=a,b&x=\"\"y\"\"\",http_req_duration,200,1.5\r\n\
                1795416771123,\"category=a\nb\",http_req_duration,500,2.5\r\n";
    let read = |keys: &[&str]| {
        k6::read(Path::new("results"), Shape::Csv, &mut text.as_bytes(), &by(keys)).unwrap()
    };
    let run = read(&["category", "x"]);
    assert_eq!(row(&run, "a,b / \"y\"").statistics["p50"], 1.5);
    assert_eq!(row(&run, "a\nb / (none)").statistics["p50"], 2.5);
    assert_eq!(row(&read(&["status"]), "500").n, 1);
}

#[test]
fn summaries_with_odd_numbers_are_refused_by_key() {
    let export = |value: &str| {
        format!(
            r#"{{"root_group":{{"path":""}},"metrics":{{"http_req_duration":{{"avg":1,"p(95)":{value}}}}}}}"#
        )
    };
    for value in ["-1", "\"fast\"", "true", "{}"] {
        let error =
            read_bytes(export(value).as_bytes(), &by(&[])).unwrap().unwrap_err().to_string();
        assert!(error.contains("`p(95)` of `http_req_duration`"), "{error}");
    }
    let run = read_bytes(export("null").as_bytes(), &by(&[])).unwrap().unwrap();
    assert_eq!(run.rows[0].figures.get(&Metric::P95), None);
    let twice = r#"{"root_group":{"path":""},"metrics":{"checks":{"passes":1,"passes":2}}}"#;
    let error = read_bytes(twice.as_bytes(), &by(&[])).unwrap().unwrap_err().to_string();
    assert!(error.contains("appears twice"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_bytes_make_it_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..400),
        shape in prop::sample::select(vec![
            Shape::Ndjson, Shape::Csv, Shape::SummaryExport, Shape::HandleSummary,
            Shape::MachineReadable,
        ]),
    ) {
        let _ = (k6::sniff(&bytes), k6::refuse(&bytes));
        let _ = k6::read(Path::new("x"), shape, &mut bytes.as_slice(), &Reading::default());
    }

    #[test]
    fn no_damage_makes_it_panic(
        file in prop::sample::select(vec![
            "1.1.0/down/points.json.gz", "1.1.0/down/points.csv.gz",
            "1.1.0/steady/handle-summary.json", "1.1.0/steady/summary-export.json",
            "documented/machine-readable-camel.json",
        ]),
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        length in any::<prop::sample::Index>(),
        inside in any::<bool>(),
    ) {
        let mut bytes = fs::read(fixture(file)).unwrap();
        if inside {
            let mut text = Vec::new();
            decoder(&bytes).read_to_end(&mut text).unwrap();
            bytes = text;
        }
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(length.index(bytes.len()) + 1);
        let reading = Reading { detail: true, ..Reading::default() };
        let _ = read_bytes(&bytes, &reading);
    }
}
