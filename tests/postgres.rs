//! Snapshots and logs of a real PostgreSQL, and what becomes of broken ones.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]
#![allow(clippy::float_cmp, reason = "shares of counts are exact")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use common::{run, stderr, stdout};
use flate2::{Compression, write::GzEncoder};
use serde_json::Value;
use tailguard::measure::{Figure, Metric, Row, Run, Severity};
use tailguard::source::{Reading, SourceName, read};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/postgres/15.18");

fn fixture(name: &str) -> PathBuf {
    Path::new(FIXTURES).join(name)
}

fn load(path: &Path) -> Run {
    let reading = Reading { identify: true, detail: true, ..Reading::default() };
    read(path, &reading).unwrap_or_else(|error| panic!("{error}"))
}

fn refusal(path: &Path) -> String {
    match read(path, &Reading::default()) {
        Ok(run) => panic!("{} was read: {:?}", path.display(), run.rows),
        Err(error) => error.to_string(),
    }
}

fn row<'r>(run: &'r Run, id: &str) -> &'r Row {
    let ids: Vec<&str> = run.rows.iter().map(|row| row.id.as_str()).collect();
    run.rows.iter().find(|row| row.id == id).unwrap_or_else(|| panic!("no {id:?} in {ids:?}"))
}

fn value(row: &Row, metric: Metric) -> f64 {
    row.figures[&metric].value()
}

fn codes(run: &Run) -> Vec<(Severity, &str, Option<&str>)> {
    run.problems.iter().map(|p| (p.severity, p.code, p.row.as_deref())).collect()
}

/// A copy of a fixture in a directory that goes when the test does.
fn copy(name: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(fixture(name)).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
    }
    folder
}

/// What pgbench printed of its scripts: transactions, mean and standard deviation in ms.
fn printed(report: &Path) -> BTreeMap<String, (u64, f64, f64)> {
    let text = fs::read_to_string(report).unwrap();
    let mut scripts = BTreeMap::new();
    for part in text.split("SQL script ").skip(1) {
        let name = part.lines().next().unwrap().rsplit('/').next().unwrap();
        let number = |marker: &str, after: bool| -> f64 {
            let line = part.lines().find(|line| line.contains(marker)).unwrap();
            let words = if after { line.split(marker).nth(1) } else { line.split(marker).next() };
            let word = words.unwrap().trim_matches([' ', '-', '=']);
            word.split(' ').next().unwrap().parse().unwrap()
        };
        let of = (
            number(" transactions (", false) as u64,
            number("latency average", true),
            number("latency stddev", true),
        );
        scripts.insert(name.trim_end_matches(".sql").to_owned(), of);
    }
    scripts
}

#[test]
fn latencies_are_those_that_pgbench_printed() {
    let mut scripts = 0;
    for run in ["steady-1", "steady-2", "steady-3", "no-index-1", "no-index-2", "no-index-3"] {
        let read = load(&fixture(run));
        for (script, (n, mean, std_dev)) in printed(&fixture(run).join("report.txt")) {
            let row = row(&read, &format!("script {script}"));
            assert_eq!(row.n, n, "{run} {script}");
            // pgbench divides by n, and rounds to a microsecond.
            let population = row.statistics["std_dev"] * ((n - 1) as f64 / n as f64).sqrt();
            assert!((row.statistics["mean"] - mean).abs() < 0.001, "{run} {script}");
            assert!((population - std_dev).abs() < 0.001, "{run} {script}: {population} {std_dev}");
            assert_eq!(row.figures[&Metric::ErrorRate], Figure::Share { events: 0, of: n });
            scripts += 1;
        }
    }
    assert_eq!(scripts, 12);
}

#[test]
fn counters_count_what_pgbench_sent() {
    for run in ["steady-1", "no-index-2"] {
        let read = load(&fixture(run));
        let scripts = printed(&fixture(run).join("report.txt"));
        assert_eq!(row(&read, "appointments-day").n, scripts["day"].0);
        assert_eq!(row(&read, "staff").n, scripts["book"].0);
        // The table of the staff has one index, which a condition on lower(name) cannot use.
        assert_eq!(row(&read, "table staff").n, scripts["book"].0);
        assert_eq!(value(row(&read, "table staff"), Metric::IndexCoverage), 0.0);
        // A server's time is shorter than a client's.
        let (server, client) = (row(&read, "appointments-day"), row(&read, "script day"));
        assert!(server.statistics["mean"] < client.statistics["mean"]);
        assert_eq!(read.tool_version.as_deref(), Some("15.18"));
        assert_eq!(read.format, "snapshots-and-pgbench-log");
    }
}

#[test]
fn rows_say_what_the_database_did() {
    let with = load(&fixture("steady-1"));
    let without = load(&fixture("no-index-1"));
    assert_eq!(value(row(&with, "table appointment"), Metric::IndexCoverage), 1.0);
    assert_eq!(value(row(&without, "table appointment"), Metric::IndexCoverage), 0.0);
    // 20,000 rows are read to return 50 of them or none.
    let database = |run| value(row(run, "database clinic"), Metric::RowsRead);
    assert!(database(&without) > 50.0 * database(&with), "{} {}", database(&without), {
        database(&with)
    });
    assert_eq!(value(row(&with, "plan staff"), Metric::RowsRead), 300.0);
    assert_eq!(value(row(&with, "plan staff"), Metric::Buffers), 2.0);
    let plan = |run| value(row(run, "plan appointments-day"), Metric::Buffers);
    assert!(plan(&without) > 100.0 && plan(&with) < 10.0);
    let named = |run: &Run, severity| {
        codes(run).contains(&(severity, "sequential-only", Some("table appointment")))
    };
    assert!(named(&without, Severity::Warning) && !named(&with, Severity::Warning));
    assert!(codes(&with).contains(&(Severity::Notice, "sequential-only", Some("table staff"))));
    assert!(codes(&with).contains(&(Severity::Notice, "unused-index", None)));
}

#[test]
fn temporary_files_and_deadlocks_are_counted() {
    let run = load(&fixture("trouble"));
    let database = row(&run, "database clinic");
    assert!(value(database, Metric::TempBlocks) > 0.0);
    assert_eq!(database.statistics["temp_files"], 2.0);
    assert!(matches!(database.figures[&Metric::Deadlocks], Figure::Share { events: 1, .. }));
    assert!(value(row(&run, "report"), Metric::TempBlocks) > 0.1);
    for code in ["temporary-files", "deadlocks"] {
        assert!(codes(&run).contains(&(Severity::Warning, code, Some("database clinic"))));
    }
    // Nothing of it where there was nothing, and no number is missing for that.
    let quiet = load(&fixture("steady-1"));
    let database = row(&quiet, "database clinic");
    assert_eq!(value(database, Metric::TempBlocks), 0.0);
    assert_eq!(value(database, Metric::Deadlocks), 0.0);
}

#[test]
fn failed_and_skipped_transactions_are_errors() {
    let late = load(&fixture("late"));
    let text = fs::read_to_string(fixture("late").join("report.txt")).unwrap();
    let line = text.lines().find(|line| line.contains("skipped: ")).unwrap();
    let skipped: u64 = line.split(": ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    let Figure::Share { events, of } = row(&late, "script day").figures[&Metric::ErrorRate] else {
        panic!("no share")
    };
    assert_eq!(events, skipped);
    assert_eq!(of - events, row(&late, "script day").n);
    assert!(codes(&late).contains(&(
        Severity::Warning,
        "skipped-transactions",
        Some("script day")
    )));

    let failed = load(&fixture("failed"));
    let text = fs::read_to_string(fixture("failed").join("report.txt")).unwrap();
    let line = text.lines().find(|line| line.contains("number of failed transactions")).unwrap();
    let number: u64 = line.split(": ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    assert!(matches!(
        row(&failed, "script move").figures[&Metric::ErrorRate],
        Figure::Share { events, of: 100 } if events == number
    ));
    assert!(number > 0, "the fixture has no failure");
}

#[test]
fn a_pair_is_found_by_names_by_times_and_from_either_file() {
    let whole = load(&fixture("trouble"));
    for file in ["before.json", "after.json"] {
        let run = load(&fixture("trouble").join(file));
        assert_eq!((&run.rows, &run.id), (&whole.rows, &whole.id));
    }
    let folder = copy("trouble");
    let rename = |from: &str, to: &str| {
        fs::rename(folder.path().join(from), folder.path().join(to)).unwrap();
    };
    rename("after.json", "a.json");
    rename("before.json", "b.json");
    assert_eq!(load(folder.path()).rows, whole.rows);
    assert!(refusal(&folder.path().join("a.json")).contains("found a single snapshot"));
    // Names that say something count.
    rename("a.json", "clinic-before.json");
    rename("b.json", "clinic-after.json");
    let message = refusal(folder.path());
    assert!(message.contains("which is not later"), "{message}");
    rename("clinic-before.json", "c.json");
    assert!(refusal(&folder.path().join("clinic-after.json")).contains("a single snapshot"));
}

#[test]
fn what_makes_no_window_is_refused_by_name() {
    for (name, found) in [
        ("reset", "pg_stat_statements were reset between the snapshots, at 20"),
        ("other-database", "different databases: \"clinic\" and \"shop\""),
    ] {
        let message = refusal(&fixture(name));
        assert!(message.contains(found) && message.contains("\nhint: "), "{message}");
    }
    let edited = |edit: &dyn Fn(&mut Value)| {
        let folder = copy("trouble");
        let path = folder.path().join("after.json");
        let mut snapshot: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        edit(&mut snapshot);
        fs::write(path, snapshot.to_string()).unwrap();
        read(folder.path(), &Reading::default()).map_err(|error| error.to_string())
    };
    let found = [
        edited(&|s| s["server"]["system"] = "7".into()),
        edited(&|s| s["server"]["version_num"] = 170_000.into()),
        edited(&|s| s["resets"]["database"] = "2026-01-01T00:00:00Z".into()),
        edited(&|s| s["counters"]["commits"] = 0.into()),
        edited(&|s| s["tables"][0]["seq_scan"] = 0.into()),
        edited(&|s| s["counters"]["commits"] = (-1).into()),
        edited(&|s| s["schema"] = "tailguard.postgres-snapshot/v2".into()),
        edited(&|s| s["taken_at"] = "yesterday".into()),
    ];
    for (found, expected) in found.into_iter().zip([
        "different servers",
        "different versions",
        "the database's counters were reset between the snapshots",
        "the database's count of commits, which went back from",
        "sequential scans of table appointment, which went back",
        "a broken snapshot",
        "expected",
        "a snapshot taken at \"yesterday\"",
    ]) {
        let message = found.unwrap_err();
        assert!(message.contains(expected) && message.contains("\nhint: "), "{message}");
    }
    // Statements are forgotten one by one: that is no reason to throw the others away.
    let run = edited(&|s| {
        let statements = s["statements"].as_array_mut().unwrap();
        let report = statements.iter_mut().find(|s| s["name"] == "report").unwrap();
        report["calls"] = 0.into();
        let staff = statements.iter_mut().find(|s| s["name"] == "staff").unwrap();
        staff["calls"] = 1.into();
    })
    .unwrap();
    assert!(codes(&run).contains(&(Severity::Error, "counter-reset", Some("staff"))));
    assert!(row(&run, "staff").figures.is_empty());
}

#[test]
fn what_is_no_log_of_transactions_is_refused_with_a_reason() {
    for (path, found, hint) in [
        ("aggregated", "pgbench's log of intervals", "without --aggregate-interval"),
        ("aggregated/pgbench_log.1", "pgbench's log of intervals", "without --aggregate-interval"),
        ("late/report.txt", "pgbench's report, which has averages only", "with -l"),
    ] {
        let message = refusal(&fixture(path));
        assert!(message.contains(found), "{message}");
        assert!(message.split("\nhint: ").nth(1).unwrap().contains(hint), "{message}");
    }
    let folder = copy("late");
    fs::copy(fixture("failed/pgbench_log.1"), folder.path().join("pgbench_log.2")).unwrap();
    let message = refusal(folder.path());
    assert!(message.contains("logs of 2 pgbench runs (pgbench_log.1, pgbench_log.2)"), "{message}");
    assert_eq!(load(&folder.path().join("pgbench_log.1")).rows.len(), 1);
}

#[test]
fn results_of_several_tools_in_one_directory_are_told_apart() {
    let folder = copy("steady-1");
    let k6 = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/k6/1.1.0/steady");
    fs::copy(k6.join("points.csv.gz"), folder.path().join("points.csv.gz")).unwrap();
    let message = refusal(folder.path());
    assert!(message.contains("--source k6 or --source postgres"), "{message}");
    let only = |source| Reading { source: Some(source), ..Reading::default() };
    let run = read(folder.path(), &only(SourceName::Postgres)).unwrap();
    assert_eq!(run.rows.len(), load(&fixture("steady-1")).rows.len());
    let run = read(folder.path(), &only(SourceName::K6)).unwrap();
    assert_eq!(run.format, "csv");
}

#[test]
fn the_logs_of_all_threads_are_one_run() {
    let whole = load(&fixture("steady-1"));
    let logs = ["pgbench_log.1", "pgbench_log.1.1"];
    for log in logs {
        let run = load(&fixture("steady-1").join(log));
        assert_eq!(row(&run, "script day"), row(&whole, "script day"));
        assert_eq!(run.format, "pgbench-log");
    }
    // Compressed, and without the report that names the scripts.
    let folder = tempfile::tempdir().unwrap();
    for log in logs {
        let file = fs::File::create(folder.path().join(format!("{log}.gz"))).unwrap();
        let mut encoder = GzEncoder::new(file, Compression::default());
        encoder.write_all(&fs::read(fixture("steady-1").join(log)).unwrap()).unwrap();
        encoder.finish().unwrap();
    }
    let run = load(folder.path());
    assert_eq!(row(&run, "script 0").figures, row(&whole, "script day").figures);
    assert_eq!(row(&run, "script 1").n, row(&whole, "script book").n);
    // One thread's log alone is not all of it.
    fs::remove_file(folder.path().join("pgbench_log.1.1.gz")).unwrap();
    let half = load(folder.path());
    assert!(half.rows.iter().all(|row| row.figures.contains_key(&Metric::Throughput)));
}

#[test]
fn a_sample_of_transactions_has_no_throughput() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let log = fs::read_to_string(fixture("late/pgbench_log.1")).unwrap();
    let sample: String = log.lines().step_by(10).map(|line| format!("{line}\n")).collect();
    fs::write(&path, sample).unwrap();
    let run = load(&path);
    assert!(codes(&run).contains(&(Severity::Warning, "sampled", None)));
    assert!(run.rows.iter().all(|row| !row.figures.contains_key(&Metric::Throughput)));
}

#[test]
fn a_broken_snapshot_is_refused_wherever_it_breaks_off() {
    let folder = copy("steady-1");
    let path = folder.path().join("after.json");
    let whole = fs::read(&path).unwrap();
    // The file ends with a line feed that nobody misses.
    for end in (0..whole.len() - 2).step_by(97) {
        fs::write(&path, &whole[..end]).unwrap();
        let message = refusal(&path);
        assert!(message.contains("\nhint: "), "{message}");
    }
    let mut seed = 7_u64;
    for _ in 0..300 {
        let mut bytes = whole.clone();
        for _ in 0..3 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888);
            let at = (seed >> 20) as usize % bytes.len();
            bytes[at] = b"0-{}[]\"\\x9e,:"[(seed >> 50) as usize % 13];
        }
        fs::write(&path, &bytes).unwrap();
        if let Err(error) = read(folder.path(), &Reading::default()) {
            assert!(error.to_string().contains("\nhint: "), "{error}");
        }
    }
}

#[test]
fn a_broken_log_is_kept_as_far_as_it_goes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let whole = fs::read(fixture("late/pgbench_log.1")).unwrap();
    let cut = &whole[..whole.len() - 5];
    fs::write(&path, cut).unwrap();
    let run = load(&path);
    assert!(codes(&run).contains(&(Severity::Warning, "truncated-line", None)));
    let lines = cut.iter().filter(|byte| **byte == b'\n').count() as u64;
    let Figure::Share { of, .. } = run.rows[0].figures[&Metric::ErrorRate] else { panic!() };
    assert_eq!(of, lines);

    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(&whole.repeat(20)).unwrap();
    let zipped = encoder.finish().unwrap();
    fs::write(&path, &zipped[..zipped.len() / 2]).unwrap();
    let run = load(&path);
    assert!(codes(&run).contains(&(Severity::Error, "truncated", None)));
    assert!(run.rows.iter().all(|row| row.damaged));

    let mut mixed = whole.clone();
    mixed.extend_from_slice(b"what is this\n\xff\xfe\n");
    fs::write(&path, &mixed).unwrap();
    assert!(codes(&load(&path)).contains(&(Severity::Warning, "bad-line", None)));
    let mut rubbish = b"0 1 100 0 1795416956 109194\n".to_vec();
    rubbish.extend(b"rubbish\n".repeat(9));
    fs::write(&path, &rubbish).unwrap();
    assert!(refusal(&path).contains("found 9 other lines"), "{}", refusal(&path));
    rubbish.extend(b"x".repeat(10_000));
    fs::write(&path, &rubbish).unwrap();
    assert!(refusal(&path).contains("a line of more than 4096 bytes"));
}

#[test]
fn a_lost_index_fails_the_gate_against_the_baseline() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    for run in ["steady-1", "steady-2", "steady-3", "no-index-1", "no-index-2", "no-index-3"] {
        let to = dir.join(run);
        fs::create_dir(&to).unwrap();
        for entry in fs::read_dir(fixture(run)).unwrap() {
            let path = entry.unwrap().path();
            fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
        }
    }
    fs::write(
        dir.join("tailguard.toml"),
        "[[suite]]\nname = \"db\"\nsource = \"postgres\"\npath = \"steady-*\"\nenvironment = \"test\"\n",
    )
    .unwrap();
    let output = run(dir, &["baseline", "refresh", "--session", "monday"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let stored = fs::read_to_string(dir.join("baselines/db/test.json")).unwrap();
    for text in ["\"format\":\"snapshots-and-pgbench-log\"", "appointments-day", "index_coverage"] {
        assert!(stored.contains(text), "{text} is not in\n{stored}");
    }
    let output = run(dir, &["baseline", "verify"]);
    assert!(output.status.success(), "{}", stderr(&output));

    let judged = |session: &str, pattern: &str| {
        let fresh = format!("db={pattern}");
        let arguments = ["check", "--session", session, "--fresh", &fresh, "--format", "json"];
        let output = run(dir, &arguments);
        let report: Value = serde_json::from_str(&stdout(&output)).unwrap();
        let verdicts: BTreeMap<String, String> = report["rows"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| {
                let name = format!("{} {}", row["id"].as_str().unwrap(), {
                    row["metric"].as_str().unwrap()
                });
                (name, row["verdict"].as_str().unwrap().to_owned())
            })
            .collect();
        (output.status.code(), verdicts)
    };
    // In one session; against another session, only a gross change is told.
    for session in ["monday", "tuesday"] {
        let (code, verdicts) = judged(session, "no-index-*");
        assert_eq!(code, Some(10), "{verdicts:?}");
        assert_eq!(verdicts["appointments-day mean"], "regressed");
        assert_ne!(verdicts["staff mean"], "regressed");
    }
    let (_, verdicts) = judged("monday", "no-index-*");
    assert_eq!(verdicts["table appointment index_coverage"], "regressed");
    assert_eq!(verdicts["plan appointments-day buffers"], "regressed");
    let (code, _) = judged("tuesday", "steady-*");
    assert_eq!(code, Some(11), "the same results again are no measurement");
}

#[test]
fn inspections_and_snapshots_follow_their_schemas() {
    let schema = |name: &str| {
        let path = format!("{}/docs/performance/schemas/{name}", env!("CARGO_MANIFEST_DIR"));
        let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        jsonschema::validator_for(&schema).unwrap()
    };
    let output =
        run(Path::new(FIXTURES), &["inspect", "--format", "json", "steady-1", "trouble", "late"]);
    let inspected: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let complaints = |schema: &jsonschema::Validator, value: &Value| -> Vec<String> {
        schema.iter_errors(value).map(|error| error.to_string()).collect()
    };
    assert_eq!(complaints(&schema("inspect-v1.json"), &inspected), Vec::<String>::new());
    assert_eq!(inspected["runs"].as_array().unwrap().len(), 3);
    for file in ["steady-1/before.json", "steady-1/after.json", "trouble/after.json"] {
        let text = fs::read_to_string(fixture(file)).unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        let schema = schema("postgres-snapshot-v1.json");
        assert_eq!(complaints(&schema, &value), Vec::<String>::new(), "{file}");
        for literal in ["secret", "octor 7", "patient '", "postgres:", "monitor"] {
            assert!(!text.contains(literal), "{literal} is in {file}");
        }
    }
}
