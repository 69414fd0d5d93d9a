//! What a configuration means: defaults, precedence, coverage.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::date;
use tailguard::compare::Test;
use tailguard::measure::{Metric, Tags, Tool, Unit, Workload};
use tailguard::policy::config::{
    CommentWhen, Config, Gate, Github, MergeQueue, find, github_of, parse,
};
use tailguard::policy::{
    Bound, Case, Level, Levels, Origin, Pattern, Subject, Verdict, file_of, tolerance,
};
use tailguard::source::{Reading, SourceName};

const SUITES: &str =
    "[[suite]]\nname = 'api'\npath = 'x'\n[[suite]]\nname = 'micro'\ncommand = 'x'\n";

fn config(text: &str) -> Config {
    parse(&format!("{text}\n"), Path::new("dir/tailguard.toml")).unwrap()
}

fn with_suites(text: &str) -> Config {
    config(&format!("{SUITES}{text}"))
}

fn tags(pairs: &[(&str, &str)]) -> Tags {
    pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
}

fn k6<'a>(id: &'a str, tags: &'a Tags, metric: Metric) -> Subject<'a> {
    Subject { suite: "api", tool: Tool::K6, id, tags, metric, unit: Unit::Ms }
}

fn bench<'a>(id: &'a str, tags: &'a Tags, metric: Metric) -> Subject<'a> {
    Subject { suite: "micro", tool: Tool::Criterion, id, tags, metric, unit: Unit::Ns }
}

#[test]
fn an_empty_file_is_the_defaults() {
    let config = config("");
    assert!(config.suites.is_empty() && config.rules.is_empty() && config.slos.is_empty());
    let gate = &config.gate;
    let numbers = [
        gate.threshold,
        gate.error_rate,
        gate.alpha,
        gate.floor.load.value,
        gate.floor.bench.value,
    ];
    assert_eq!(numbers, [0.05, 0.005, 0.02, 0.1, 0.5]);
    assert_eq!((gate.floor.load.unit, gate.floor.bench.unit), (Unit::Ms, Unit::Ns));
    assert_eq!((gate.test, gate.keep_sessions, gate.keep_runs), (Test::ModeratedT, 10, 5));
    assert_eq!(config.baselines(), PathBuf::from("dir/baselines"));
    let level = |verdict| gate.levels.of(verdict, false);
    assert_eq!(
        Verdict::ALL.map(level),
        [
            Level::Deny,  // regressed
            Level::Deny,  // missing
            Level::Deny,  // no-data
            Level::Warn,  // untested
            Level::Warn,  // inconclusive
            Level::Allow, // waived
            Level::Allow, // new
            Level::Allow, // improved
            Level::Allow, // steady
        ]
    );
    assert_eq!(gate.levels.of(Verdict::Inconclusive, true), Level::Warn);
    let others = [gate.levels.nothing_tested, gate.levels.other_machine, gate.levels.slo];
    assert_eq!(others, [Level::Deny; 3]);
    assert_eq!([gate.levels.expired_waiver, gate.levels.unused_waiver], [Level::Warn; 2]);
}

#[test]
fn load_tests_and_benchmarks_gate_on_their_own_metrics() {
    let (config, none) = (with_suites(""), Tags::new());
    let gating = |subject: fn(Metric) -> (Tool, &'static str)| -> Vec<&str> {
        let gates = |metric: &Metric| {
            let (tool, suite) = subject(*metric);
            let subject =
                Subject { suite, tool, id: "a", tags: &none, metric: *metric, unit: Unit::Ms };
            tolerance(&config, &subject).gates
        };
        Metric::ALL.into_iter().filter(gates).map(Metric::name).collect()
    };
    assert_eq!(gating(|_| (Tool::K6, "api")), ["p95", "error_rate", "throughput"]);
    assert_eq!(gating(|_| (Tool::Criterion, "micro")), ["median"]);
}

#[test]
fn floors_are_in_the_rows_unit() {
    let (config, none) = (with_suites("[gate.floor]\nload = '200us'\n"), Tags::new());
    let floor = |subject: Subject<'_>| tolerance(&config, &subject).floor;
    assert_eq!(floor(k6("a", &none, Metric::P95)), 0.2);
    assert_eq!(floor(Subject { unit: Unit::Ns, ..k6("a", &none, Metric::P95) }), 200_000.0);
    assert_eq!(floor(bench("a", &none, Metric::Median)), 0.5);
    assert_eq!(floor(Subject { unit: Unit::Us, ..bench("a", &none, Metric::Median) }), 0.0005);
    for metric in [Metric::Throughput, Metric::ErrorRate, Metric::Checks] {
        assert_eq!(floor(k6("a", &none, metric)), 0.0);
    }
    for unit in [Unit::Bytes, Unit::Count] {
        assert_eq!(floor(Subject { unit, ..bench("a", &none, Metric::Median) }), 0.0);
    }

    let config = with_suites(
        "[[rule]]\nsuite = 'micro'\nfloor = '2KiB'\n[[rule]]\nrow = 'slow'\nfloor = '3ns'\n",
    );
    let floor =
        |id, unit| tolerance(&config, &Subject { unit, ..bench(id, &none, Metric::Median) }).floor;
    assert_eq!(floor("slow", Unit::Bytes), 2048.0);
    assert_eq!(floor("slow", Unit::Ns), 3.0);
    assert_eq!(floor("other", Unit::Ns), 0.5);
}

#[test]
fn rules_win_over_the_suite_and_later_rules_over_earlier_ones() {
    let config = config(
        "[gate]
         threshold = '4%'
         [gate.levels]
         new = 'warn'
         [[suite]]
         name = 'api'
         path = 'x'
         threshold = '10%'
         error-rate = '1pp'
         gates = ['p99', 'error_rate']
         levels = { missing = 'warn', inconclusive = 'deny' }
         [[suite]]
         name = 'micro'
         path = 'x'
         [[rule]]
         row = 'read*'
         threshold = '3%'
         levels = { missing = 'allow' }
         [[rule]]
         suite = 'api'
         metric = ['p95', 'error_rate']
         gates = true
         [[rule]]
         row = 'read / slow'
         threshold = '7%'
         gates = false",
    );
    let none = Tags::new();
    let of = |id, metric| tolerance(&config, &k6(id, &none, metric));
    assert_eq!(of("write", Metric::P95).threshold, 0.1);
    assert_eq!(of("read", Metric::P95).threshold, 0.03);
    assert_eq!(of("read / slow", Metric::P95).threshold, 0.07);
    assert_eq!(of("read", Metric::ErrorRate).threshold, 0.01);
    assert_eq!(tolerance(&config, &bench("sort", &none, Metric::Median)).threshold, 0.04);
    assert_eq!(tolerance(&config, &bench("read", &none, Metric::Median)).threshold, 0.03);

    let gates = [Metric::P95, Metric::P99, Metric::Throughput].map(|m| of("read", m).gates);
    assert_eq!(gates, [true, true, false]);
    assert!(!of("read / slow", Metric::P95).gates);

    let levels = of("read", Metric::P95).levels;
    assert_eq!(
        [levels.missing, levels.new, levels.regressed],
        [Level::Allow, Level::Warn, Level::Deny]
    );
    assert_eq!(of("write", Metric::P95).levels.missing, Level::Warn);
    assert_eq!(config.levels("api").missing, Level::Warn);
    assert_eq!(config.levels("micro").missing, Level::Deny);
    // A suspect row is at least as bad as an inconclusive one.
    assert_eq!(levels.of(Verdict::Inconclusive, true), Level::Deny);
}

#[test]
fn suspect_follows_inconclusive_upwards_unless_it_is_named() {
    use Case::{Inconclusive, Suspect};
    let suspect = |changes: &[(Case, Level)]| {
        Levels::default().with(&changes.iter().copied().collect()).suspect
    };
    assert_eq!(suspect(&[(Inconclusive, Level::Deny)]), Level::Deny);
    assert_eq!(suspect(&[(Inconclusive, Level::Allow)]), Level::Warn);
    assert_eq!(suspect(&[(Inconclusive, Level::Deny), (Suspect, Level::Warn)]), Level::Warn);
}

#[test]
fn globs_treat_no_character_as_a_separator() {
    let matches = |glob, text| Pattern::new(glob).unwrap().matches(text);
    for (glob, text) in [
        ("*", "a/b / c"),
        ("read*", "read / GET /users/1"),
        ("GET */1", "GET /users/x/1"),
        ("a?c", "a/c"),
        ("sort/{small,large}", "sort/large"),
        ("[[]u8]", "[u8]"),
        ("*", "two\nlines"),
        ("*", ""),
        // An id matches itself, whatever it would mean as a glob.
        ("GET /users/{id}", "GET /users/{id}"),
        ("Vec<[u8]>", "Vec<[u8]>"),
    ] {
        assert!(matches(glob, text), "{glob} {text}");
    }
    for (glob, text) in [("read", "read / a"), ("read*", "a read"), ("Read", "read"), ("a?", "a")] {
        assert!(!matches(glob, text), "{glob} {text}");
    }
}

#[test]
fn tags_must_all_be_there() {
    let config = with_suites(
        "[[rule]]\ntag = { category = 'read', host = 'db-*' }\ngates = false\n[[rule]]\ntag.name = ''\nthreshold = '1%'\n",
    );
    let gates =
        |pairs: &[(&str, &str)]| tolerance(&config, &k6("a", &tags(pairs), Metric::P95)).gates;
    assert!(!gates(&[("category", "read"), ("host", "db-1"), ("more", "x")]));
    assert!(gates(&[("category", "read"), ("host", "web")]));
    assert!(gates(&[("category", "read")]));
    let threshold =
        |pairs: &[(&str, &str)]| tolerance(&config, &k6("a", &tags(pairs), Metric::P95)).threshold;
    assert_eq!(
        [threshold(&[("name", "")]), threshold(&[("name", "x")]), threshold(&[])],
        [0.01, 0.05, 0.05]
    );
}

#[test]
fn limits_are_in_the_rows_unit() {
    let config = with_suites(
        "[[slo]]\nsuite='api'\nrow='read'\nmetric='p95'\nat-most='250ms'\nat='9/s'\n\
         [[slo]]\nmetric='error_rate'\nat-most='0%'\nat='9/s'\n\
         [[slo]]\nmetric='throughput'\nat-least='100/s'\nat='9/s'\n\
         [[slo]]\nsuite='micro'\nmetric='median'\nat-most='2KiB'\nat='1 user'\n",
    );
    let [latency, errors, rate, size] = &config.slos[..] else { panic!() };
    assert_eq!((latency.bound, latency.line), (Bound::AtMost, 7));
    assert_eq!(latency.target_in(Unit::Ms), Some(250.0));
    assert_eq!(latency.target_in(Unit::S), Some(0.25));
    assert_eq!(latency.target_in(Unit::Count), None);
    assert_eq!((errors.target_in(Unit::Ms), rate.target_in(Unit::Ms)), (Some(0.0), Some(100.0)));
    assert_eq!((size.target_in(Unit::Bytes), size.target_in(Unit::Ns)), (Some(2048.0), None));
    assert!(errors.bound.allows(0.01, 0.01) && !errors.bound.allows(0.011, 0.01));
    assert!(rate.bound.allows(100.0, 100.0) && !rate.bound.allows(99.0, 100.0));
    assert!(!rate.bound.allows(f64::NAN, 100.0) && !errors.bound.allows(f64::NAN, 1.0));

    let none = Tags::new();
    assert!(latency.covers(&k6("read", &none, Metric::P95)));
    assert!(!latency.covers(&k6("read", &none, Metric::P99)));
    assert!(!latency.covers(&k6("write", &none, Metric::P95)));
    assert!(errors.covers(&k6("write", &none, Metric::ErrorRate)));
}

#[test]
fn a_waiver_holds_through_its_last_day() {
    let text =
        |expires| format!("[[waiver]]\nrow='read'\nup-to='20%'\nreason='x'\nexpires={expires}\n");
    for expires in ["2028-02-29", "\"2028-02-29\""] {
        let config = with_suites(&text(expires));
        let waiver = &config.waivers[0];
        assert_eq!((waiver.expires, waiver.up_to), (date(2028, 2, 29), 0.2));
        assert!(waiver.holds_on(date(2027, 12, 31)) && waiver.holds_on(date(2028, 2, 29)));
        assert!(!waiver.holds_on(date(2028, 3, 1)));
    }
}

#[test]
fn a_ceiling_covers_metrics_that_change_its_way() {
    let waiver = |ceiling| {
        let text =
            format!("[[waiver]]\nrow='*'\nup-to='{ceiling}'\nreason='x'\nexpires=2027-01-31\n");
        with_suites(&text).waivers.remove(0)
    };
    let none = Tags::new();
    let covers = |ceiling, metric| waiver(ceiling).covers(&k6("read", &none, metric));
    assert!(covers("20%", Metric::P95) && covers("20%", Metric::Throughput));
    assert!(!covers("20%", Metric::ErrorRate) && !covers("2pp", Metric::P95));
    assert!(covers("2pp", Metric::ErrorRate) && covers("2pp", Metric::Checks));
    assert_eq!(waiver("2pp").up_to, 0.02);
}

#[test]
fn a_suite_says_how_it_is_read() {
    let config = config(
        "[[suite]]\nname='a'\npath=['x','y']\nsource='criterion'\ngroup-by=['b','a']\n\
         criterion-baseline='main'\nunit='bytes'\nworkload='closed'\n",
    );
    let reading = Reading {
        source: Some(SourceName::Criterion),
        group_by: Some(vec!["b".to_owned(), "a".to_owned()]),
        criterion_baseline: Some("main".to_owned()),
        unit: Some(Unit::Bytes),
        workload: Some(Workload::Closed),
        identify: false,
        detail: false,
    };
    assert_eq!(config.suites[0].reading(), reading);
    assert_eq!(config.suites[0].paths, ["x", "y"]);

    let gate = Gate { threshold: 0.1, ..Gate::default() };
    let alone = Config::standalone("compare", gate, reading.clone());
    assert_eq!(alone.suite("compare").unwrap().reading(), reading);
    let none = Tags::new();
    let subject = Subject { suite: "compare", ..k6("a", &none, Metric::P95) };
    assert_eq!(tolerance(&alone, &subject).threshold, 0.1);
}

#[test]
fn a_pull_request_s_section_has_defaults_and_follows_its_id() {
    let github = config("").github;
    assert_eq!((github.id.as_str(), github.check.as_str()), ("default", "tailguard"));
    assert_eq!(github.author, None);
    assert_eq!((github.comment, github.advisory), (CommentWhen::Always, false));
    let named = config("[github]\nid = 'load'\ncomment = 'on-fail'\nmerge-queue = 'trust'").github;
    assert_eq!(named.check, "tailguard (load)");
    assert_eq!((named.comment, named.merge_queue), (CommentWhen::OnFail, MergeQueue::Trust));
    assert_eq!(config("[github]\nid = 'load'\ncheck = 'perf'").github.check, "perf");
    // What would end the hidden comment that carries the id.
    for id in ["a--b", "a>b", "", "a b"] {
        assert!(parse(&format!("[github]\nid = '{id}'\n"), Path::new("t")).is_err(), "{id}");
    }
}

#[test]
fn a_refused_configuration_still_says_where_it_is_shown() {
    let text = "[github]\nid = 'web'\nadvisory = true\n[gate]\nthreshold = 'much'\n";
    assert!(parse(text, Path::new("t")).is_err());
    let github = github_of(text);
    assert_eq!((github.check.as_str(), github.advisory), ("tailguard (web)", true));
    for text in ["", "[github", "[github]\nid = 7", "github = 1"] {
        assert_eq!(github_of(text), Github::default(), "{text}");
    }
}

#[test]
fn a_label_accepts_the_rows_that_its_entry_names_and_no_other() {
    let text = "[[accept]]\nlabel = 'ok'\nrows = ['api/rea*', 'micro/x']\nup-to = '20%'\n";
    let accepts = with_suites(text).accepts;
    let waiver = accepts[0].waiver("because".to_owned(), date(2026, 1, 1));
    let none = tags(&[]);
    assert!(waiver.covers(&k6("read", &none, Metric::P95)));
    assert!(waiver.covers(&bench("x", &none, Metric::Median)));
    assert!(!waiver.covers(&bench("read", &none, Metric::Median)));
    assert!(!waiver.covers(&k6("write", &none, Metric::P95)));
    // A ceiling in percent says nothing of a share.
    assert!(!waiver.covers(&k6("read", &none, Metric::ErrorRate)));
    assert_eq!(waiver.origin, Origin::Label("ok".to_owned()));
    for rows in ["'read'", "'other/*'", "[]", "'api/'"] {
        let text = format!("{SUITES}[[accept]]\nlabel = 'ok'\nrows = {rows}\nup-to = '20%'\n");
        assert!(parse(&text, Path::new("t")).is_err(), "{rows}");
    }
}

#[test]
fn annotations_point_at_the_file_of_the_last_rule_that_names_one() {
    let text = "[[suite]]\nname = 'api'\npath = 'x'\nfile = 'load/a.js'\n\
                [[rule]]\nrow = 'read'\nfile = 'load/read.js'\n\
                [[rule]]\nthreshold = '3%'\n";
    let config = config(text);
    let none = tags(&[]);
    assert_eq!(file_of(&config, &k6("read", &none, Metric::P95)), Some("load/read.js"));
    assert_eq!(file_of(&config, &k6("write", &none, Metric::P95)), Some("load/a.js"));
    for path in ["/etc/passwd", "../x", "a//b", "C:x", "."] {
        let text = format!("[[suite]]\nname = 'a'\npath = 'x'\nfile = '{path}'\n");
        assert!(parse(&text, Path::new("t")).is_err(), "{path}");
    }
}

#[test]
fn the_nearest_file_upwards_is_found() {
    let root = tempfile::tempdir().unwrap();
    let deep = root.path().join("a/b");
    fs::create_dir_all(&deep).unwrap();
    let (outer, inner) = (root.path().join("tailguard.toml"), root.path().join("a/tailguard.toml"));
    fs::write(&outer, "").unwrap();
    assert_eq!(find(&deep), Some(outer));
    fs::write(&inner, "").unwrap();
    assert_eq!(find(&deep), Some(inner));
    // A directory of that name is not a configuration.
    fs::create_dir(deep.join("tailguard.toml")).unwrap();
    assert_eq!(find(&deep), Some(root.path().join("a/tailguard.toml")));
}

#[test]
fn paths_are_relative_to_the_file() {
    assert_eq!(parse("", Path::new("tailguard.toml")).unwrap().dir, PathBuf::from("."));
    assert_eq!(
        parse("", Path::new("/x/y/t.toml")).unwrap().baselines(),
        PathBuf::from("/x/y/baselines")
    );
    let config = parse("[gate]\nbaselines = '/z'\n", Path::new("/x/t.toml")).unwrap();
    assert_eq!(config.baselines(), PathBuf::from("/z"));
}

/// The page that describes every key.
fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/performance/policy.md");
    fs::read_to_string(path).unwrap()
}

/// Keys of a table, as the hint of an unknown key lists them.
fn keys_of(table: &str) -> Vec<String> {
    let error = parse(&format!("{table}\nqqqqqq = 1\n"), Path::new("t")).unwrap_err().to_string();
    let (_, keys) = error.split_once("known keys: ").unwrap();
    keys.split(", ").map(str::to_owned).collect()
}

#[test]
fn the_documented_example_is_a_configuration_that_has_every_key() {
    let page = page();
    let example = page.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let config = config(example);
    assert_eq!(
        (config.suites.len(), config.rules.len(), config.slos.len(), config.waivers.len()),
        (3, 2, 3, 1)
    );
    // The example shows the defaults of the gate, so they cannot drift apart.
    assert_eq!(config.gate, Gate::default());
    let author = Some("my-app[bot]".to_owned());
    assert_eq!(config.github, Github { author, ..Github::default() });

    for table in [
        "[gate]",
        "[gate.floor]",
        "[gate.levels]",
        "[[suite]]",
        "[[rule]]",
        "[[slo]]",
        "[[waiver]]",
        "[github]",
        "[[accept]]",
    ] {
        let name = table.trim_matches(['[', ']']);
        for key in keys_of(table) {
            let header = format!("[{name}.{key}]");
            let shown = format!("\n{example}").split("\n[").any(|part| {
                let part = format!("[{part}");
                part.starts_with(table)
                    && part.lines().any(|l| l.split('=').next().unwrap().trim() == key)
            });
            assert!(shown || example.contains(&header), "{table} {key} is not in the example");
            assert!(page.contains(&format!("`{key}`")), "{table} {key} is not described");
        }
    }
    for metric in Metric::ALL {
        assert!(page.contains(&format!("`{}`", metric.name())), "{}", metric.name());
    }
}
