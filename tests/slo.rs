//! `slo`: targets against the quickstart's committed baselines and results, and in other forms.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]
#![allow(clippy::print_stderr, reason = "a test says what it skips")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::{run, stderr, stdout};
use proptest::prelude::*;
use serde_json::Value;
use tailguard::measure::{Evidence, Figure, Metric, Provenance, Row, Run, Tags, Tool, Unit};
use tailguard::policy::config::parse;
use tailguard::policy::quantity::Quantity;
use tailguard::policy::{Availability, Bound, Load, Pattern, Scope, Slo, SloState};
use tailguard::report::slo_toml;
use tailguard::slo::openslo::{Import, export, import};
use tailguard::slo::{Judged, judge};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A folder whose configuration has the quickstart's suites, without results of its own.
fn folder(rest: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let baselines = root().join("examples/quickstart/baselines");
    let text = format!(
        "[gate]\nbaselines = '{}'\n[[suite]]\nname = 'api'\nsource = 'k6'\npath = 'none/*.gz'\n\
         group-by = ['category', 'scenario']\n[[suite]]\nname = 'micro'\nsource = 'criterion'\n\
         path = 'none/*'\n{rest}",
        baselines.display()
    );
    fs::write(dir.path().join("tailguard.toml"), text).unwrap();
    dir
}

fn slo(dir: &Path, arguments: &[&str]) -> (Option<i32>, Value) {
    let output = run(dir, &[&["slo", "--format", "json"], arguments].concat());
    let report = serde_json::from_str(&stdout(&output))
        .unwrap_or_else(|e| panic!("{e}: {}{}", stdout(&output), stderr(&output)));
    valid(&report);
    (output.status.code(), report)
}

/// Holds a report against the published schema.
fn valid(report: &Value) {
    let path = root().join("docs/performance/schemas/slo-v1.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let schema = jsonschema::draft202012::new(&schema).unwrap();
    let wrong: Vec<String> =
        schema.iter_errors(report).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert_eq!(wrong, Vec::<String>::new(), "{report:#}");
}

const READS: &str = "[[slo]]\nsuite = 'api'\ntag = { category = 'read' }\nmetric = 'p95'\n";

#[test]
fn a_target_that_the_baselines_keep_is_met_and_says_by_what() {
    let dir = folder(&format!("{READS}at-most = '9ms'\ncontract = '20ms'\nat = '34/s'\n"));
    let (code, report) = slo(dir.path(), &[]);
    assert_eq!(code, Some(0), "{report:#}");
    let results = report["slo"].as_array().unwrap();
    let rows: Vec<&str> = results.iter().map(|r| r["row"].as_str().unwrap()).collect();
    assert_eq!(rows, ["read / occupancy", "read / patients"]);
    for result in results {
        assert_eq!((&result["state"], &result["at"]), (&"met".into(), &"34/s".into()));
        // Two rows of about 17 a second each.
        let load = result["load"].as_f64().unwrap();
        assert!((33.0..36.0).contains(&load), "{load}");
        let (value, ends) = (result["measured"].as_f64().unwrap(), &result["interval"]);
        let (low, high) = (ends[0].as_f64().unwrap(), ends[1].as_f64().unwrap());
        assert!(low < value && value < high && high < 9.0, "{result:#}");
        let margin = result["margin"].as_f64().unwrap();
        assert!((margin - (9.0 - value) / 9.0).abs() < 1e-9);
        assert_eq!(result["contract"]["state"], "met");
        let source = &result["source"];
        assert_eq!(source["kind"], "baseline");
        assert!(source["paths"][0].as_str().unwrap().ends_with("linux-x86_64-amd-epyc-2c.json"));
        assert_eq!(source["machine"]["cores"], 2);
        assert!(!source["runs"].as_array().unwrap().is_empty());
    }
    let human = stdout(&run(dir.path(), &["slo"]));
    assert!(human.starts_with("PASS: 2 of 2 targets met\n"), "{human}");
    assert!(human.contains("promised at most 20.0 ms: met"), "{human}");
    assert!(human.contains("measured by\n"), "{human}");
    assert_eq!(stdout(&run(dir.path(), &["slo"])), human, "the same data, the same bytes");
}

#[test]
fn a_broken_target_fails() {
    let dir = folder(&format!("{READS}at-most = '1ms'\nat = '34/s'\n"));
    let (code, report) = slo(dir.path(), &[]);
    assert_eq!((code, &report["outcome"]), (Some(10), &"fail".into()));
    assert_eq!(report["slo"][0]["state"], "broken");
    assert!(report["slo"][0]["margin"].as_f64().unwrap() < 0.0);
}

#[test]
fn below_the_load_nothing_is_measured_whatever_the_number_is() {
    let target = format!("{READS}at-most = '1000s'\nat = '40/s'\n");
    let dir = folder(&target);
    let (code, report) = slo(dir.path(), &[]);
    assert_eq!((code, report["exit_code"].as_u64()), (Some(11), Some(11)));
    for result in report["slo"].as_array().unwrap() {
        assert_eq!(result["state"], "not-measured");
        for key in ["measured", "interval", "margin", "load", "source"] {
            assert_eq!(result.get(key), None, "{key}");
        }
        let why = result["because"].as_str().unwrap();
        assert!(
            why.starts_with("no run carried 38.0/s, which is 95% of 40/s; the most was 34."),
            "{why}"
        );
    }
    let warned = folder(&format!("[gate.levels]\nslo-not-measured = 'warn'\n{target}"));
    assert_eq!(slo(warned.path(), &[]).0, Some(0));
}

#[test]
fn a_limit_inside_the_interval_is_at_risk() {
    let dir = folder(&format!("{READS}at-most = '9ms'\nat = '34/s'\n"));
    let measured = slo(dir.path(), &[]).1["slo"][0]["measured"].as_f64().unwrap();
    let target =
        format!("{READS}row = 'read / occupancy'\nat-most = '{measured}ms'\nat = '16/s'\n");
    let (code, report) = slo(folder(&target).path(), &[]);
    assert_eq!((code, &report["slo"][0]["state"]), (Some(0), &"at-risk".into()), "{report:#}");
    assert_eq!(report["slo"][0]["level"], "warn");
    let denied = folder(&format!("[gate.levels]\nslo-at-risk = 'deny'\n{target}"));
    assert_eq!(slo(denied.path(), &[]).0, Some(11));
}

#[test]
fn fresh_results_stand_before_baselines() {
    let dir = folder(
        "[[slo]]\nsuite = 'api'\ntag = { scenario = 'book' }\nmetric = 'p95'\nat-most = '3.9ms'\n\
         at = '17/s'\n",
    );
    let results = root().join("examples/quickstart/results/slower/run-*/k6.json.gz");
    let fresh = format!("api={}", results.display());
    let (code, report) = slo(dir.path(), &["--fresh", &fresh]);
    assert_eq!((code, &report["slo"][0]["source"]["kind"]), (Some(10), &"fresh".into()));
    assert_eq!(report["slo"][0]["source"]["paths"].as_array().unwrap().len(), 5);
    let (code, report) = slo(dir.path(), &["--committed"]);
    assert_eq!((code, &report["slo"][0]["source"]["kind"]), (Some(0), &"baseline".into()));
}

#[test]
fn a_check_judges_targets_too() {
    let results = root().join("examples/quickstart/results/unchanged/run-*/k6.json.gz");
    let fresh = format!("api={}", results.display());
    for (limit, code, state) in [("9ms", 0, "met"), ("1ms", 10, "broken")] {
        let dir = folder(&format!("{READS}at-most = '{limit}'\nat = '34/s'\n"));
        let output = run(dir.path(), &["check", "--format", "json", "--fresh", &fresh]);
        assert_eq!(output.status.code(), Some(code), "{}{}", stdout(&output), stderr(&output));
        let report: Value = serde_json::from_str(&stdout(&output)).unwrap();
        assert_eq!(report["slo"][0]["state"], state);
        assert_eq!(report["slo"][0]["at"], "34/s");
    }
    let dir = folder(&format!("{READS}at-most = '9ms'\nat = '100/s'\n"));
    let output = run(dir.path(), &["check", "--fresh", &fresh]);
    assert_eq!(output.status.code(), Some(11), "{}", stdout(&output));
    assert!(stdout(&output).contains("not measured"), "{}", stdout(&output));
}

#[test]
fn what_nobody_knows_is_an_error_and_no_number() {
    for (target, said) in [
        (
            "tag = { category = 'raed' }\nmetric = 'p95'",
            "no row of suite api has category = 'raed'",
        ),
        ("tag = { categroy = 'read' }\nmetric = 'p95'", "no row of suite api has a tag 'categroy'"),
        ("row = 'read / patient'\nmetric = 'p95'", "no row of suite api is 'read / patient'"),
        ("metric = 'slope'", "no row of suite api has a slope"),
    ] {
        let dir =
            folder(&format!("[[slo]]\nsuite = 'api'\n{target}\nat-most = '9ms'\nat = '9/s'\n"));
        let output = run(dir.path(), &["slo"]);
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{message}");
        assert!(message.contains(said) && message.contains("\nhint: "), "{message}");
        assert!(stdout(&output).is_empty());
    }
    let message = stderr(&run(folder("").path(), &["slo"]));
    assert!(message.contains("no [[slo]]"), "{message}");
}

#[test]
fn a_suite_of_which_there_is_nothing_is_not_measured() {
    let dir = folder(
        "[[suite]]\nname = 'calls'\nsource = 'k6'\npath = 'none'\n\
         [[slo]]\nsuite = 'calls'\ntag = { category = 'realtime' }\nmetric = 'p95'\nat-most = '50ms'\n\
         at = '4/s'\n",
    );
    let (code, report) = slo(dir.path(), &[]);
    assert_eq!(code, Some(11));
    assert_eq!(report["slo"][0]["because"], "neither fresh results nor a baseline of this suite");
}

const AVAILABILITY: &str = "[[slo]]\nname = 'api up'\nsuite = 'api'\navailability = '99.5%'\n\
     contract = '99%'\n\
     promql = { bad = 'sum(rate(http_total{status=~\"5..\"}[$window]))', total = 'sum(rate(http_total[$window]))' }\n";

#[test]
fn an_availability_is_a_policy_with_a_budget() {
    let dir = folder(&format!("{AVAILABILITY}at = '60/s'\n"));
    let (code, report) = slo(dir.path(), &[]);
    assert_eq!(code, Some(0), "{report:#}");
    let policy = &report["availability"][0];
    assert_eq!(policy["budget_minutes"], 216.0);
    assert_eq!(policy["contract_budget_minutes"], 432.0);
    let rates: Vec<f64> = policy["burn_rates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|burn| burn["rate"].as_f64().unwrap())
        .collect();
    assert_eq!(rates, [14.4, 6.0, 3.0, 1.0]);
    assert_eq!(report["slo"][0]["metric"], "error_rate");
    assert_eq!(report["slo"][0]["objective"], 0.995);
    // At a load that no test carried it is still a policy, and counts neither way.
    let (code, report) = slo(folder(&format!("{AVAILABILITY}at = '900/s'\n")).path(), &[]);
    assert_eq!((code, &report["slo"][0]["state"]), (Some(0), &"not-measured".into()));
    assert_eq!(report["slo"][0]["level"], "allow");
}

#[test]
fn markdown_names_state_load_and_source() {
    let dir = folder(&format!("{READS}at-most = '9ms'\nat = '34/s'\n{AVAILABILITY}at = '60/s'\n"));
    let text = stdout(&run(dir.path(), &["slo", "--format", "markdown"]));
    assert!(text.contains("| ✅ met | "), "{text}");
    assert!(text.contains("| page | 14.4 | 1h and 5m | 2.00% | 50 h |"), "{text}");
    assert!(text.contains("\n1. baseline <code>"), "{text}");
    let refused = run(dir.path(), &["slo", "--format", "junit"]);
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn exports_read_back_and_imports_want_a_load() {
    let target = format!("{READS}at-most = '9ms'\nat = '34/s'\n");
    let dir = folder(&format!(
        "{target}[[slo]]\nmetric = 'throughput'\nsuite = 'api'\nat-least = '60/s'\nat = '60/s'\n"
    ));
    let exported = run(dir.path(), &["slo", "export", "openslo"]);
    assert_eq!(exported.status.code(), Some(0), "{}", stderr(&exported));
    assert!(stderr(&exported).contains("throughput at 60/s has no form in OpenSLO"));
    let file = dir.path().join("slo.yaml");
    fs::write(&file, stdout(&exported)).unwrap();
    let import = |arguments: &[&str]| -> Output {
        run(dir.path(), &[&["slo", "import", "slo.yaml"], arguments].concat())
    };
    let imported = import(&[]);
    assert_eq!(
        stdout(&imported),
        "\n[[slo]]\nsuite = \"api\"\nmetric = \"p95\"\nat-most = \"9ms\"\nat = \"34/s\"\n\
         tag = { \"category\" = \"read\" }\n",
        "{}",
        stderr(&imported)
    );
    let silent = stdout(&exported).replace("tailguard/at:", "other/at:");
    fs::write(&file, silent).unwrap();
    let refused = import(&[]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("hint: give --at 200/s"), "{}", stderr(&refused));
    assert!(stdout(&import(&["--at", "50 users"])).contains("at = \"50 users\""));
    fs::write(&file, "a: [").unwrap();
    assert_eq!(import(&[]).status.code(), Some(1));
}

#[test]
fn promtool_takes_the_exported_rules() {
    let dir = folder(&format!("{AVAILABILITY}at = '60/s'\n"));
    let exported = run(dir.path(), &["slo", "export", "prometheus"]);
    assert_eq!(exported.status.code(), Some(0), "{}", stderr(&exported));
    let rules: Value = serde_saphyr::from_str(&stdout(&exported)).unwrap();
    assert_eq!(rules["groups"][0]["name"], "tailguard: api up");
    let Some(promtool) = std::env::var_os("TAILGUARD_PROMTOOL") else {
        eprintln!("SKIPPED: TAILGUARD_PROMTOOL is not set, so promtool was not asked");
        return;
    };
    let file = dir.path().join("rules.yml");
    fs::write(&file, stdout(&exported)).unwrap();
    let judged = Command::new(promtool).args(["check", "rules"]).arg(&file).output().unwrap();
    assert!(judged.status.success(), "{}{}", stdout(&judged), stderr(&judged));
    assert!(stdout(&judged).contains("11 rules found"), "{}", stdout(&judged));
}

// Properties.

fn words() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9äß\"'\\\\:#{}|>-][a-zA-Z0-9äß\"'\\\\:#{}|> -]{0,20}"
}

fn limit() -> impl Strategy<Value = (Metric, Bound, Quantity, Option<f64>)> {
    let units = prop::sample::select(vec![Unit::Ns, Unit::Us, Unit::Ms, Unit::S]);
    let percentile = prop::sample::select(vec![Metric::P50, Metric::P95, Metric::P99]);
    let latency = (percentile, 1_u32..1_000_000, units).prop_map(|(metric, tenths, unit)| {
        let target = Quantity { value: f64::from(tenths) / 10.0, unit };
        (metric, Bound::AtMost, target, None)
    });
    let shares = [
        (Metric::ErrorRate, Bound::AtMost),
        (Metric::Dropped, Bound::AtMost),
        (Metric::Checks, Bound::AtLeast),
        (Metric::CacheHit, Bound::AtLeast),
    ];
    let share = (prop::sample::select(shares.to_vec()), 1_u32..1000).prop_map(
        |((metric, bound), permille)| {
            let target = Quantity { value: f64::from(permille) / 1000.0, unit: Unit::Ratio };
            (metric, bound, target, None)
        },
    );
    let availability = (9500_u32..10_000).prop_map(|objective| {
        let target =
            Quantity { value: f64::from(10_000 - objective) / 10_000.0, unit: Unit::Ratio };
        (Metric::ErrorRate, Bound::AtMost, target, Some(f64::from(objective) / 10_000.0))
    });
    prop_oneof![latency, share, availability]
}

fn target() -> impl Strategy<Value = Slo> {
    let at = prop_oneof![
        (1_u32..100_000).prop_map(|halves| Load::PerSecond(f64::from(halves) / 2.0)),
        (1_u32..1000).prop_map(|users| Load::Users(f64::from(users))),
    ];
    let tags = prop::collection::btree_map("[a-z_. -]{1,6}", "[a-z*ä]{0,5}", 0..3);
    let row = prop::option::of("[a-z*][a-z /*]{0,8}");
    let suite = prop::option::of(prop::sample::select(vec!["api", "Web 2"]));
    (prop::option::of(words()), suite, row, tags, limit(), at).prop_map(
        |(name, suite, row, tags, (metric, bound, target, objective), at)| Slo {
            name,
            scope: Scope {
                suite: suite.map(str::to_owned),
                row: row.map(|row| Pattern::new(&row).unwrap()),
                tags: tags
                    .into_iter()
                    .map(|(key, value)| (key, Pattern::new(&value).unwrap()))
                    .collect(),
                metrics: vec![metric],
                rows: Vec::new(),
            },
            metric,
            bound,
            contract: (bound == Bound::AtMost && target.unit != Unit::Ratio)
                .then_some(Quantity { value: target.value * 2.0, ..target }),
            target,
            at,
            availability: objective.map(|objective| Availability { objective, promql: None }),
            line: 0,
        },
    )
}

/// The same but for the line, and to ten digits.
fn same(a: &Slo, b: &Slo) -> bool {
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-10 * b.abs().max(1e-3);
    let limit = |a: Quantity, b: Quantity| a.unit == b.unit && near(a.value, b.value);
    let contract = match (a.contract, b.contract) {
        (Some(a), Some(b)) => limit(a, b),
        (None, None) => true,
        _ => false,
    };
    let objective = |slo: &Slo| slo.availability.as_ref().map_or(0.0, |a| a.objective);
    (&a.name, &a.scope, a.metric, a.bound, a.at) == (&b.name, &b.scope, b.metric, b.bound, b.at)
        && limit(a.target, b.target)
        && contract
        && near(objective(a), objective(b))
        && a.availability.is_some() == b.availability.is_some()
}

const SUITES: &str = "[[suite]]\nname = 'api'\npath = 'x'\n[[suite]]\nname = 'Web 2'\npath = 'x'\n";

fn k6_run(rate: f64, p95: f64, failed: u64) -> Run {
    let mut row = Row::empty("r".to_owned(), Tags::new(), Unit::Ms, Evidence::Requests);
    row.figures = BTreeMap::from([
        (Metric::P95, Figure::positive(p95, Some(0.02)).unwrap()),
        (Metric::Throughput, Figure::positive(rate, None).unwrap()),
        (Metric::ErrorRate, Figure::share(failed, 1000).unwrap()),
    ]);
    Run {
        id: String::new(),
        path: "run".to_owned(),
        tool: Tool::K6,
        format: "ndjson",
        tool_version: None,
        workload: None,
        provenance: Provenance { session: Some("one".to_owned()), ..Provenance::default() },
        rows: vec![row],
        problems: Vec::new(),
    }
}

fn at_most(metric: Metric, value: f64, unit: Unit, at: Load) -> Slo {
    Slo {
        name: None,
        scope: Scope { metrics: vec![metric], ..Scope::default() },
        metric,
        bound: Bound::AtMost,
        target: Quantity { value, unit },
        contract: None,
        at,
        availability: None,
        line: 1,
    }
}

fn only(slo: &Slo, runs: &[Run]) -> Judged {
    let judged = judge(slo, "api", runs);
    assert_eq!(judged.len(), 1);
    judged[0].clone()
}

/// How good a state is.
fn rank(state: SloState) -> usize {
    SloState::ALL.iter().position(|s| *s == state).unwrap()
}

proptest! {
    #[test]
    fn targets_survive_documents_and_toml(slo in target()) {
        let (documents, left_out) = export(std::slice::from_ref(&slo)).unwrap();
        prop_assert!(left_out.is_empty());
        let (read, notes) = import(&documents, &Import::default()).unwrap();
        prop_assert!(notes.is_empty() && read.len() == 1, "{:?}", notes);
        prop_assert!(same(&read[0], &slo), "{:?}\n{:?}\n{}", read[0], slo, documents);
        let text = format!("{SUITES}{}", slo_toml(&read));
        let config = parse(&text, Path::new("t"));
        prop_assert!(config.is_ok(), "{}\n{}", config.unwrap_err(), text);
        let config = config.unwrap();
        prop_assert!(same(&config.slos[0], &slo), "{:?}\n{:?}\n{}", config.slos[0], slo, text);
    }

    #[test]
    fn hostile_documents_do_no_harm(text in "\\PC{0,200}", lines in prop::collection::vec(
        prop::sample::select(vec![
            "apiVersion: openslo/v1", "kind: SLO", "kind: SLI", "metadata:", "  name: a", "spec:",
            "  objectives:", "  - target: 0.95", "    value: 1", "    op: lte", "  indicator:",
            "    spec:", "      thresholdMetric: {}", "      ratioMetric: {}", "---", "- x", "&a b",
            "*a", "<<: *a", "!!binary x", "\t", "? [", "|", "  indicatorRef: a", "{", "]",
        ]), 0..30)) {
        let how = Import { at: Some(Load::PerSecond(1.0)), suite: None, unit: Some(Unit::Ms) };
        for text in [text, lines.join("\n")] {
            if let Err(error) = import(&text, &how) {
                let raw = error.to_string().contains('\u{1b}');
                prop_assert!(!raw, "an escape reached a message");
                prop_assert_eq!(error.to_string().matches("\nhint: ").count(), 1);
            }
        }
    }

    #[test]
    fn what_is_met_was_measured_at_the_load(
        rates in prop::collection::vec(1.0..400.0_f64, 1..8),
        p95 in 1.0..100.0_f64,
        limit in 1.0..200.0_f64,
        at in 1.0..400.0_f64,
    ) {
        let runs: Vec<Run> = rates.iter().map(|rate| k6_run(*rate, p95, 0)).collect();
        let judged = only(&at_most(Metric::P95, limit, Unit::Ms, Load::PerSecond(at)), &runs);
        let counted = runs.iter().zip(&rates).filter(|(_, rate)| **rate >= 0.95 * at * (1.0 + 1e-8));
        if counted.count() == 0 && rates.iter().all(|rate| *rate < 0.95 * at * (1.0 - 1e-8)) {
            prop_assert_eq!(judged.state, SloState::NotMeasured);
        }
        match judged.state {
            SloState::NotMeasured => {
                prop_assert!(judged.estimate.is_none() && judged.margin.is_none());
                prop_assert!(judged.load.is_none() && judged.why.is_some());
            }
            state => {
                let estimate = judged.estimate.unwrap();
                let (low, high) = estimate.interval.unwrap();
                prop_assert!(low <= estimate.value && estimate.value <= high);
                prop_assert!(judged.load.unwrap() >= 0.95 * at * (1.0 - 1e-8));
                let expected = match (high <= limit, low > limit) {
                    (true, _) => SloState::Met,
                    (_, true) => SloState::Broken,
                    _ => SloState::AtRisk,
                };
                prop_assert_eq!(state, expected);
            }
        }
    }

    #[test]
    fn a_looser_limit_is_never_harder_to_keep(
        p95s in prop::collection::vec(1.0..100.0_f64, 1..8),
        failed in 0_u64..1000,
        limit in 1.0..200.0_f64,
        looser in 1.0..3.0_f64,
    ) {
        let runs: Vec<Run> = p95s.iter().map(|p95| k6_run(200.0, *p95, failed)).collect();
        let at = Load::PerSecond(200.0);
        let tight = only(&at_most(Metric::P95, limit, Unit::Ms, at), &runs);
        let loose = only(&at_most(Metric::P95, limit * looser, Unit::Ms, at), &runs);
        prop_assert!(rank(loose.state) >= rank(tight.state));
        let share = limit / 300.0;
        let tight = only(&at_most(Metric::ErrorRate, share, Unit::Ratio, at), &runs);
        let loose = only(&at_most(Metric::ErrorRate, (share * looser).min(1.0), Unit::Ratio, at), &runs);
        prop_assert!(rank(loose.state) >= rank(tight.state));
    }
}
