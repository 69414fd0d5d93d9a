//! `capacity plan`, `pool` and `triggers`, and `calibrate`: from what is committed here, and where
//! nothing is.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod common;

use std::fs;
use std::path::Path;

use common::{run, stderr, stdout};
use serde_json::Value;

/// Of the repository, whose configuration and measurements are committed.
fn here(arguments: &[&str]) -> Value {
    let told = run(Path::new(env!("CARGO_MANIFEST_DIR")), arguments);
    assert!(told.status.success(), "{}", stderr(&told));
    serde_json::from_str(&stdout(&told)).unwrap()
}

fn users(peak: &str) -> f64 {
    let set = format!("peak_factor={peak}");
    let plan = here(&["capacity", "plan", "--set", &set, "--format", "json"]);
    let figures = plan["figures"].as_array().unwrap();
    let figure = figures.iter().find(|figure| figure["key"] == "users_per_instance").unwrap();
    figure["value"].as_f64().unwrap()
}

#[test]
fn a_higher_peak_leaves_room_for_fewer_users() {
    let (two, three) = (users("2"), users("3"));
    assert!(two > three && three > 0.0, "{two} and {three}");
}

#[test]
fn documents_keep_to_their_published_schemas() {
    for (name, arguments) in [
        ("plan", &["capacity", "plan"][..]),
        ("pool", &["capacity", "pool"]),
        ("triggers", &["capacity", "triggers"]),
        ("calibration", &["calibrate", "--suite", "clinic-sizes", "--pull-requests", "100"]),
    ] {
        let mut told = here(&[arguments, &["--format", "json"]].concat());
        let path =
            format!("{}/docs/performance/schemas/{name}-v1.json", env!("CARGO_MANIFEST_DIR"));
        let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        let schema = jsonschema::draft202012::new(&schema).unwrap();
        let faults: Vec<String> =
            schema.iter_errors(&told).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(faults.is_empty(), "{name}: {faults:#?}");
        told["schema"] = Value::from("tailguard.other/v1");
        assert!(!schema.is_valid(&told), "{name} takes any document");
    }
}

/// A load as people send it has few of some statements; one that sends each often times them.
#[test]
fn statements_are_timed_where_they_come_often_and_the_rest_in_the_ordinary_load() {
    let dir = tempfile::tempdir().unwrap();
    let histogram = |name: &str, label: &str, n: u64| {
        format!(
            "{name}_bucket{{{label}le=\"0.01\"}} {n}\n{name}_bucket{{{label}le=\"+Inf\"}} {n}\n{name}_sum{{{}}} 1\n",
            label.trim_end_matches(',')
        )
    };
    let scrape = |statements: u64| {
        format!(
            "requests 200\n{}{}",
            histogram("query", "name=\"evaluate\",", statements),
            histogram("wait", "", 12_000)
        )
    };
    fs::write(dir.path().join("ordinary.prom"), scrape(90)).unwrap();
    fs::write(dir.path().join("often.prom"), scrape(11_000)).unwrap();
    let config = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tailguard.toml"));
    let traffic = config.unwrap();
    let traffic = &traffic
        [traffic.find("[capacity.traffic]").unwrap()..traffic.find("[[capacity.limit]]").unwrap()];
    let capacity = |timings: &str| {
        let metrics = format!(
            "[capacity]\ninstances = 1\nheadroom = \"30%\"\n[capacity.metrics]\n\
             files = \"ordinary.prom\"\n{timings}\nrequests = \"requests\"\nwait = \"wait\"\n\
             statements = \"query\"\nstatement = \"name\"\n"
        );
        let database = "[database]\ncores = 2\nmax-connections = 100\n[[database.role]]\n\
             name = \"app\"\nstatements = \"*\"\nlocking = []\nlock-timeout = \"1s\"\n\
             statement-timeout = \"3s\"\npool-wait = \"500ms\"\nstatements-per-request = 2\n\
             http-timeout = \"15s\"\n";
        fs::write(dir.path().join("tailguard.toml"), format!("{metrics}{traffic}{database}"))
            .unwrap();
        let told = run(dir.path(), &["capacity", "pool", "--format", "json"]);
        let pool: Value =
            serde_json::from_str(&stdout(&told)).unwrap_or_else(|_| panic!("{}", stderr(&told)));
        ["statement", "pool-wait"].map(|name| {
            let timeouts = pool["roles"][0]["timeouts"].as_array().unwrap();
            timeouts.iter().find(|timeout| timeout["timeout"] == name).unwrap().clone()
        })
    };
    let [statement, wait] = capacity("");
    assert_eq!(statement["rests_on"][0]["n"], 90);
    assert_eq!(statement["state"], "not-measured");
    assert_eq!(statement["source"], wait["source"]);
    let [statement, wait] = capacity("timings = \"often.prom\"");
    assert_eq!(statement["rests_on"][0]["n"], 11_000);
    assert_eq!(statement["source"]["file"], "often.prom");
    assert_eq!(statement["state"], "enough");
    assert_eq!(wait["rests_on"][0]["n"], 12_000);
    assert_eq!(wait["source"]["file"], "ordinary.prom");
}

/// A second machine measures: the plan is then about it, and of what it did not measure nothing is known.
#[test]
fn of_several_machines_the_one_that_was_measured_last_counts_for_everything() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let dir = tempfile::tempdir().unwrap();
    let config = fs::read_to_string(root.join("tailguard.toml")).unwrap();
    let config =
        config.replace("docs/performance/", &format!("{}/docs/performance/", root.display()));
    fs::write(dir.path().join("tailguard.toml"), &config).unwrap();
    let name = "linux-x86_64-amd-epyc-2c.json";
    for suite in ["clinic-database", "clinic-sizes"] {
        let place = dir.path().join("baselines").join(suite);
        fs::create_dir_all(&place).unwrap();
        let text = fs::read_to_string(root.join("baselines").join(suite).join(name)).unwrap();
        fs::write(place.join(name), &text).unwrap();
        if suite == "clinic-database" {
            let later =
                text.replace("\"2026-", "\"2031-").replace("linux-x86_64-amd-epyc-2c", "other");
            fs::write(place.join("other.json"), later).unwrap();
        }
    }
    let told = |command: &str| {
        let told = run(dir.path(), &["capacity", command, "--format", "json"]);
        serde_json::from_str::<Value>(&stdout(&told))
            .unwrap_or_else(|_| panic!("{}", stderr(&told)))
    };
    let source = &told("pool")["tables"][0]["measured"]["source"];
    assert_eq!(source["file"], "baselines/clinic-database/other.json");
    let plan = told("plan").to_string();
    assert!(plan.contains("no baseline of suite clinic-sizes is of other"), "{plan}");
    // Unless another one is named.
    let named =
        config.replace("[capacity]\n", "[capacity]\nenvironment = \"linux-x86_64-amd-epyc-2c\"\n");
    fs::write(dir.path().join("tailguard.toml"), named).unwrap();
    let source = &told("pool")["tables"][0]["measured"]["source"];
    assert_eq!(source["file"], format!("baselines/clinic-database/{name}"));
}

#[test]
fn a_pattern_of_no_statement_is_refused() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let dir = tempfile::tempdir().unwrap();
    let config = fs::read_to_string(root.join("tailguard.toml")).unwrap();
    let changed = config
        .replace("\"appointment_create\", ", "\"nonsense\", ")
        .replace("docs/performance/", &format!("{}/docs/performance/", root.display()));
    fs::write(dir.path().join("tailguard.toml"), changed).unwrap();
    let refused = run(dir.path(), &["capacity", "pool"]);
    assert_eq!(refused.status.code(), Some(2), "{}", stderr(&refused));
    let said = stderr(&refused);
    assert!(
        said.contains("no statement \"nonsense\"") && said.contains("hint: the statements are")
    );
}

#[test]
fn what_nothing_was_measured_of_has_no_number() {
    let dir = tempfile::tempdir().unwrap();
    let config = "[[suite]]\nname = \"db\"\nsource = \"postgres\"\npath = \"x\"\n\n[[trigger]]\n\
                  name = \"cache\"\ndoes = \"more memory\"\n\
                  watch = { suite = \"db\", row = \"database d\", metric = \"cache_hit\" }\n\
                  at = \"99%\"\nbecause = \"b\"\nfor = \"60min\"\n";
    fs::write(dir.path().join("tailguard.toml"), config).unwrap();
    let told = run(dir.path(), &["capacity", "triggers"]);
    let text = stdout(&told);
    assert!(text.starts_with("whether anything is due is not measured; 1 of 1"), "{text}");
    for command in ["plan", "pool"] {
        let refused = run(dir.path(), &["capacity", command]);
        assert_eq!(refused.status.code(), Some(2), "{command}");
        assert!(stderr(&refused).contains("hint: "), "{}", stderr(&refused));
    }
    let refused = run(dir.path(), &["calibrate"]);
    assert_eq!(refused.status.code(), Some(11), "{}", stderr(&refused));
    assert!(stderr(&refused).contains("hint: store some sessions"), "{}", stderr(&refused));
}
