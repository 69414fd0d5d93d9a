//! `capacity breakpoint` on ramps whose breaking point is known, and timelines against the rows that
//! are read from the same files.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use tailguard::measure::Metric;
use tailguard::measure::timeline::Timeline;
use tailguard::source::{self, Reading};

use common::{run, stderr, stdout};

/// A ramp to 200 a second in steps of 10, of a service that carries 100: what is more is dropped by
/// `users`, all of whom are active by then, and requests take ten times as long.
struct Ramp {
    users: u32,
    failing: bool,
    think_ms: u32,
}

const RAMP: Ramp = Ramp { users: 60, failing: false, think_ms: 0 };

/// The earliest request starts 5 ms after this, in ms since 1970.
const BEGIN: u64 = 1_795_416_771_000;

impl Ramp {
    /// Points as (metric, ms since 1970, value), in the order of time.
    fn points(&self) -> Vec<(&'static str, u64, f64)> {
        let mut points = Vec::new();
        for second in 0..19_u64 {
            let offered = 20 + 10 * second;
            let (done, full) = (offered.min(100), offered > 100);
            let ms = if full { 200.0 } else { 20.0 };
            let at = |i: u64, of: u64| BEGIN + 1000 * second + (1000 * (2 * i + 1)) / (2 * of);
            for i in 0..done {
                let failed = self.failing && full && i % 10 == 0;
                points.push(("http_req_duration", at(i, done), ms));
                points.push(("http_req_failed", at(i, done), f64::from(u8::from(failed))));
                points.push(("iterations", at(i, done), 1.0));
                points.push(("iteration_duration", at(i, done), ms + f64::from(self.think_ms)));
            }
            for i in 0..offered - done {
                points.push(("dropped_iterations", at(i, offered - done), 1.0));
            }
            let active = if full { self.users } else { 1 };
            points.push(("vus", BEGIN + 1000 * second + 500, f64::from(active)));
            points.push(("vus_max", BEGIN + 1000 * second + 500, f64::from(self.users)));
        }
        points
    }

    fn ndjson(&self, category: &str) -> String {
        let mut text = String::new();
        for (metric, ms, value) in self.points() {
            let time = jiff::Timestamp::from_millisecond(i64::try_from(ms).unwrap()).unwrap();
            let tags = match metric {
                "vus" | "vus_max" => "{}".to_owned(),
                _ => format!(r#"{{"category":"{category}","group":"","scenario":"ramp"}}"#),
            };
            writeln!(
                text,
                r#"{{"metric":"{metric}","type":"Point","data":{{"time":"{time}","value":{value},"tags":{tags}}}}}"#
            )
            .unwrap();
        }
        text
    }

    fn csv(&self) -> String {
        let mut text = "metric_name,timestamp,metric_value,group,scenario,extra_tags\n".to_owned();
        for (metric, ms, value) in self.points() {
            let scenario = if metric.starts_with("vus") { "" } else { "ramp" };
            writeln!(text, "{metric},{ms},{value:.6},,{scenario},").unwrap();
        }
        text
    }
}

fn fixture(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/k6").join(path)
}

fn codes(timeline: &Timeline) -> Vec<&str> {
    timeline.problems.iter().map(|problem| problem.code).collect()
}

/// The report of a breaking point, which keeps to its schema.
fn breakpoint(dir: &Path, arguments: &[&str]) -> Value {
    let words = [&["capacity", "breakpoint", "--format", "json"][..], arguments].concat();
    let output = run(dir, &words);
    assert!(output.status.success(), "{}", stderr(&output));
    let report: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let schema = fs::read_to_string("docs/performance/schemas/breakpoint-v1.json").unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<_> = validator.iter_errors(&report).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    report
}

fn limit<'r>(report: &'r Value, kind: &str) -> &'r Value {
    let limits = report["limits"].as_array().unwrap();
    limits.iter().find(|limit| limit["kind"] == kind).unwrap_or(&Value::Null)
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(dir.path().join(name), text).unwrap();
    }
    dir
}

#[test]
fn the_limit_of_a_known_service_is_found_in_both_formats() {
    let dir = folder(&[("a.json", &RAMP.ndjson("read")), ("b.csv", &RAMP.csv())]);
    for file in ["a.json", "b.csv"] {
        let report = breakpoint(dir.path(), &[file, "--p95", "100ms", "--errors", "1%"]);
        assert_eq!(report["generator_limited"], true);
        for kind in ["achieved-behind-offered", "drops", "p95-over-target"] {
            let limit = limit(&report, kind);
            assert_eq!(limit["at_seconds"], 9.0, "{file} {kind}");
            assert_eq!(limit["offered_per_s"], 110.0);
            assert_eq!(limit["between_per_s"], serde_json::json!([100.0, 130.0]));
            assert_eq!(limit["achieved_per_s"], 100.0);
            assert_eq!(limit["interval_per_s"], serde_json::json!([100.0, 100.0]));
            // 60 users at 20 ms could make 3000 a second.
            assert_eq!(limit["at_least"], false);
        }
        assert_eq!(limit(&report, "errors-over-budget"), &Value::Null);
        assert_eq!(
            report["absent"],
            serde_json::json!([{"kind": "errors-over-budget", "why": "not-reached"}])
        );
        assert_eq!(report["generator"]["bound_per_s"], 3000.0);
        assert_eq!(report["generator"]["dropped"], 550);
        assert_eq!(report["bottleneck"]["state"], "not-captured");
        let knee = report["knee"]["offered_per_s"].as_f64().unwrap();
        assert!((90.0..=120.0).contains(&knee), "{knee}");
    }
}

#[test]
fn a_generator_without_users_to_spare_makes_it_at_least() {
    // Two users at 20 ms make 100 a second: no more than what was achieved.
    let few = Ramp { users: 2, ..RAMP };
    // 20 users could make 1000 a second, but for the 180 ms that they think in between.
    let thinking = Ramp { users: 20, think_ms: 180, ..RAMP };
    let enough = Ramp { users: 25, think_ms: 180, ..RAMP };
    for (ramp, at_least) in [(few, true), (thinking, true), (enough, false)] {
        let dir = folder(&[("a.json", &ramp.ndjson("read"))]);
        let report = breakpoint(dir.path(), &["a.json"]);
        let drops = limit(&report, "drops");
        assert_eq!(drops["at_least"], at_least, "{}: {}", ramp.users, report["generator"]);
        let told = stdout(&run(dir.path(), &["capacity", "breakpoint", "a.json"]));
        assert_eq!(told.starts_with("at least 100/s"), at_least, "{told}");
        assert_eq!(told.starts_with("breaking point: "), !at_least, "{told}");
    }
}

#[test]
fn errors_are_a_limit_of_their_own() {
    let ramp = Ramp { failing: true, ..RAMP };
    let dir = folder(&[("a.json", &ramp.ndjson("read"))]);
    let report = breakpoint(dir.path(), &["a.json", "--errors", "5%"]);
    assert_eq!(limit(&report, "errors-over-budget")["at_seconds"], 9.0);
    let report = breakpoint(dir.path(), &["a.json", "--errors", "15%"]);
    assert_eq!(limit(&report, "errors-over-budget"), &Value::Null);
    let config = "[[slo]]\nmetric = \"error_rate\"\nat-most = \"5%\"\nat = \"100/s\"\n\n\
                  [[suite]]\nname = \"api\"\npath = \"a.json\"\n";
    fs::write(dir.path().join("tailguard.toml"), config).unwrap();
    let report = breakpoint(dir.path(), &["a.json"]);
    assert_eq!(limit(&report, "errors-over-budget")["at_seconds"], 9.0);
    assert_eq!(report["targets"], serde_json::json!({"errors": 0.05}));
}

#[test]
fn what_was_captured_names_the_bottleneck() {
    let mut captured = "# tailguard.captured/v1\ntime,cores,pool_size,pool_in_use,pool_waiting,\
                        service_cpu_seconds,query_seconds:day\n"
        .to_owned();
    for second in 0..20_u32 {
        let full = second >= 9;
        let (used, waiting) = if full { (16, 23) } else { (2, 0) };
        let cpu = f64::from(second) * 0.4;
        let query = f64::from(second.saturating_sub(9)) * 12.0;
        let time = BEGIN / 1000 + u64::from(second);
        writeln!(captured, "{time}.2,2,16,{used},{waiting},{cpu},{query}").unwrap();
    }
    let dir = folder(&[("a.json", &RAMP.ndjson("read")), ("c.csv", &captured)]);
    let report = breakpoint(dir.path(), &["a.json", "--captured", "c.csv"]);
    assert_eq!(report["bottleneck"]["resources"], serde_json::json!(["pool"]));
    let told = stdout(&run(
        dir.path(),
        &["capacity", "breakpoint", "a.json", "--captured", "c.csv", "--format", "markdown"],
    ));
    assert!(told.contains("the service's pool of connections"), "{told}");
    assert!(told.contains("16.0 of 16 connections in use, 23.0 requests waiting"), "{told}");
    assert!(told.contains("day 12.0 at a time"), "{told}");
    let late = captured.replace("\n17954167", "\n18954167");
    fs::write(dir.path().join("c.csv"), late).unwrap();
    let report = breakpoint(dir.path(), &["a.json", "--captured", "c.csv"]);
    assert_eq!(report["bottleneck"]["state"], "other-time");
}

#[test]
fn wrong_words_and_short_ramps_are_refused() {
    let text = RAMP.ndjson("read");
    let brief: String = text.lines().take(60).map(|line| format!("{line}\n")).collect();
    let dir = folder(&[("a.json", &text), ("brief.json", &brief)]);
    for (arguments, code, said) in [
        (&["a.json", "--p95", "500"][..], 2, "--p95 got \"500\""),
        (&["a.json", "--errors", "0.01"], 2, "--errors got \"0.01\""),
        (&["a.json", "--offered", "50/s"], 2, "--offered got \"50/s\""),
        (&["a.json", "--only", "category"], 2, "--only got \"category\""),
        (&["a.json", "--format", "junit"], 2, "no such form"),
        (&["a.json", "--sustained", "1"], 2, "2..=60"),
        (&["none.json"], 1, "no such file"),
        (&["brief.json"], 1, "a ramp of at least 6 s"),
        (&["a.json", "--only", "category=write"], 1, "no request whose tag `category` is `write`"),
        (&["a.json", "--only", "categry=read"], 1, "no request with a tag `categry`"),
        (&["a.json", "--captured", "a.json"], 1, "# tailguard.captured/v1"),
    ] {
        let words = [&["capacity", "breakpoint"][..], arguments].concat();
        let output = run(dir.path(), &words);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(said), "{arguments:?}: {}", stderr(&output));
    }
}

#[test]
fn generators_add_up_and_a_copy_is_refused() {
    let other = RAMP.ndjson("read").replace("\"value\":20,", "\"value\":21,");
    let dir =
        folder(&[("a.json", &RAMP.ndjson("read")), ("b.json", &other), ("c.csv", &RAMP.csv())]);
    let report = breakpoint(dir.path(), &["a.json", "b.json"]);
    let behind = limit(&report, "achieved-behind-offered");
    assert_eq!(behind["achieved_per_s"], 200.0);
    assert_eq!(report["generator"]["users"], 120);
    let copied = run(dir.path(), &["capacity", "breakpoint", "a.json", "c.csv"]);
    assert_eq!(copied.status.code(), Some(1));
    assert!(stderr(&copied).contains("a copy would count twice"), "{}", stderr(&copied));
    // Hours later it is another test.
    let later = Ramp { failing: true, ..RAMP }.csv().replace(",179541", ",179542");
    fs::write(dir.path().join("c.csv"), later).unwrap();
    let strange = run(dir.path(), &["capacity", "breakpoint", "a.json", "c.csv"]);
    assert_eq!(strange.status.code(), Some(1));
    assert!(stderr(&strange).contains("did not run at the same time"), "{}", stderr(&strange));
}

#[test]
fn a_tag_takes_its_part_of_the_load() {
    let both = RAMP.ndjson("read") + &Ramp { failing: true, ..RAMP }.ndjson("write");
    let dir = folder(&[("a.json", &both)]);
    let read = breakpoint(dir.path(), &["a.json", "--only", "category=read", "--errors", "1%"]);
    let write = breakpoint(dir.path(), &["a.json", "--only", "category=write", "--errors", "1%"]);
    assert_eq!(limit(&read, "drops")["achieved_per_s"], 100.0);
    assert_eq!(limit(&read, "errors-over-budget"), &Value::Null);
    assert_eq!(limit(&write, "errors-over-budget")["at_seconds"], 9.0);
    assert_eq!(write["only"], serde_json::json!({"tag": "category", "value": "write"}));
    let all = breakpoint(dir.path(), &["a.json"]);
    assert_eq!(limit(&all, "drops")["achieved_per_s"], 200.0);
}

/// Reads come from one generator and writes from another; nobody sends what is complex.
#[test]
fn each_kind_of_requests_is_held_to_its_own_target() {
    let (read, write) = (RAMP.ndjson("read"), Ramp { failing: true, ..RAMP }.ndjson("write"));
    let slo = |category: &str, metric: &str, limit: &str| {
        format!(
            "[[slo]]\nsuite = \"api\"\ntag = {{ category = \"{category}\" }}\nmetric = \"{metric}\"\n\
             at-most = \"{limit}\"\nat = \"10/s\"\n"
        )
    };
    let config = "[[suite]]\nname = \"api\"\nsource = \"k6\"\npath = \"a.json\"\n".to_owned()
        + &slo("read", "p95", "500ms")
        + &slo("write", "p95", "100ms")
        + &slo("write", "error_rate", "1%")
        + &slo("complex", "p95", "1ms");
    let dir = folder(&[("a.json", &read), ("b.json", &write), ("tailguard.toml", config.as_str())]);
    let report = breakpoint(dir.path(), &["a.json", "b.json"]);
    let p95 = limit(&report, "p95-over-target");
    let of_write = serde_json::json!({"tag": "category", "value": "write"});
    assert_eq!((&p95["at_seconds"], &p95["of"]), (&serde_json::json!(9.0), &of_write));
    assert_eq!(p95["achieved_per_s"], 200.0, "the load is that of the whole");
    assert_eq!(limit(&report, "errors-over-budget")["of"], of_write);
    let remarks = report["remarks"].to_string();
    assert!(remarks.contains("no request of category=complex is in this ramp"), "{remarks}");
    // Of reads alone the target holds, and those of the others say nothing.
    let read = breakpoint(dir.path(), &["a.json", "--only", "category=read"]);
    assert_eq!(limit(&read, "p95-over-target"), &Value::Null);
    assert_eq!(read["targets"], serde_json::json!({"p95_ms": 500.0}));
    let unknown = run(dir.path(), &["capacity", "breakpoint", "a.json", "--targets", "ui"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(stderr(&unknown).contains("hint: suites that have some: api"), "{}", stderr(&unknown));
}

/// The same file makes rows and a timeline, so both count the same.
#[test]
fn a_timeline_counts_what_the_rows_of_the_same_file_count() {
    for version in ["1.1.0", "0.57.0"] {
        for file in ["points.json.gz", "points.csv.gz"] {
            let path = fixture(&format!("{version}/steady/{file}"));
            let reading =
                Reading { group_by: Some(vec!["scenario".to_owned()]), ..Reading::default() };
            let rows = source::read(&path, &reading).unwrap().rows;
            let all = source::timeline(std::slice::from_ref(&path), None).unwrap();
            let requests: u64 = all.windows.iter().map(|window| window.requests).sum();
            assert_eq!(requests, rows.iter().map(|row| row.n).sum::<u64>(), "{version} {file}");
            assert!(codes(&all).contains(&"setup-requests"), "{:?}", codes(&all));
            // That recording's CSV has times as k6 writes them; the other's were asked for in full.
            let whole = file.contains("csv") && version == "1.1.0";
            assert_eq!(codes(&all).contains(&"whole-seconds"), whole, "{version} {file}");

            let only = ("scenario".to_owned(), "arrivals".to_owned());
            let one = source::timeline(std::slice::from_ref(&path), Some(&only)).unwrap();
            let row = rows.iter().find(|row| row.id == "arrivals").unwrap();
            let requests: u64 = one.windows.iter().map(|window| window.requests).sum();
            assert_eq!(requests, row.n, "{version} {file}");
            let iterations = one.windows.iter().filter_map(|window| window.iterations);
            let (dropped, of) = iterations.fold((0, 0), |(dropped, of), i| {
                (dropped + i.dropped, of + i.dropped + i.completed)
            });
            let share = row.figures[&Metric::Dropped].value();
            assert!((dropped as f64 / of as f64 / share - 1.0).abs() < 1e-9, "{version} {file}");
        }
    }
}

#[test]
fn what_is_no_stream_has_no_timeline_and_a_broken_one_keeps_its_beginning() {
    for (path, said) in [
        ("1.1.0/steady/handle-summary.json", "a summary of k6"),
        ("1.1.0/checks/points.json.gz", "without a request"),
    ] {
        let error = source::timeline(&[fixture(path)], None).unwrap_err().to_string();
        assert!(error.contains(said) && error.contains("\nhint: "), "{error}");
    }
    let mut zipped = GzEncoder::new(Vec::new(), Compression::fast());
    zipped.write_all(RAMP.ndjson("read").as_bytes()).unwrap();
    let zipped = zipped.finish().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("cut.json.gz");
    fs::write(&path, &zipped[..zipped.len() * 3 / 4]).unwrap();
    let cut = source::timeline(&[path], None).unwrap();
    assert!(codes(&cut).contains(&"truncated"), "{:?}", cut.problems);
    assert!((8..19).contains(&cut.windows.len()), "{}", cut.windows.len());
}

#[test]
fn odd_clocks_are_said() {
    let text = RAMP.ndjson("read");
    let dir = tempfile::tempdir().unwrap();
    let told = |text: &str| {
        let path = dir.path().join("a.json");
        fs::write(&path, text).unwrap();
        source::timeline(&[path], None)
    };
    // The same test again, behind itself in one file.
    let twice = told(&(text.clone() + &text)).unwrap();
    assert!(codes(&twice).contains(&"clock-jump"), "{:?}", twice.problems);
    let point = |time: &str| {
        format!(
            r#"{{"metric":"http_req_duration","type":"Point","data":{{"time":"{time}","value":5,"tags":{{"scenario":"s"}}}}}}"#
        ) + "\n"
    };
    let pause =
        told(&(point("2026-11-23T06:00:00.5Z") + &point("2026-11-23T06:00:40.5Z"))).unwrap();
    assert!(codes(&pause).contains(&"gap"), "{:?}", pause.problems);
    assert!(codes(&pause).contains(&"no-iterations") && codes(&pause).contains(&"no-users"));
    let jump = told(&(point("2026-11-23T06:00:00Z") + &point("2199-11-23T06:00:00Z")));
    assert!(jump.unwrap_err().to_string().contains("at most a day"));
}
