//! `[capacity]`, `[database]` and `[[trigger]]`: what is taken, and what is refused with its remedy.

use std::path::Path;

use tailguard::policy::config::{Config, CoverageTarget, LimitOf, Watch, parse, set};

const EXAMPLE: &str = r#"
[capacity]
instances = 2
spare = 1
headroom = "30%"
cores = 2
memory = "4GiB"

[capacity.metrics]
files = ["before.prom", "after.prom"]
requests = "requests_total"

[capacity.traffic]
users-per-organisation = 25
clients-per-user = 120
active-share = "40%"
peak-factor = 2
hours-per-day = "10h"
days-per-month = 22

[capacity.traffic.requests.read]
client = "20/h"

[capacity.traffic.requests.write]
book = "6/h"

[capacity.traffic.appointments]
per-user = "8/day"
endpoint = "book"
table = "appointments"

[capacity.traffic.calls]
per-user = "15min/day"
participants = 3

[[capacity.limit]]
name = "mixed load"
breakpoint = "breakpoint.json"
mix = { read = "200/s", write = "80/s" }

[[capacity.limit]]
name = "videocalls"
carried = { suite = "calls", row = "realtime", metric = "throughput" }
lasting = "2s"
mix = { calls = "1/s" }

[capacity.size]
suite = "sizes"
tag = "size"
clients = { small = 400, large = 10000 }

[capacity.now]
date = 2026-11-25
organisations = 12
growth = "6%/month"

[capacity.phases]
2 = "a second instance"

[database]
suite = "database"
snapshot = "postgres.json"
cores = 2
max-connections = 100
reserved = 3

[database.pool]
size = 16

[[database.role]]
name = "app"
lock-timeout = "1s"
statement-timeout = "3s"
pool-wait = "500ms"
statements-per-request = 4
http-timeout = "15s"

[[database.table]]
name = "{organisations,users}"
exempt = "a few rows"

[[trigger]]
name = "instances"
phase = 2
watch = "requests"
for = "15min"

[[trigger]]
name = "memory"
does = "more memory"
watch = "memory"
at = "75%"
because = "the page cache needs the rest"
for = "15min"
"#;

fn read(text: &str) -> Result<Config, String> {
    parse(text, Path::new("tailguard.toml")).map_err(|error| error.to_string())
}

/// What is said when a part of the example is written otherwise.
fn refused(part: &str, otherwise: &str) -> String {
    assert!(EXAMPLE.contains(part), "the example has no {part:?}");
    match read(&EXAMPLE.replacen(part, otherwise, 1)) {
        Err(message) => message,
        Ok(_) => panic!("{otherwise:?} was taken for {part:?}"),
    }
}

#[test]
fn the_example_is_taken() {
    let config = read(EXAMPLE).unwrap();
    let capacity = config.capacity.unwrap();
    assert_eq!((capacity.reserve.instances, capacity.reserve.spare), (2, 1));
    assert_eq!(capacity.traffic.requests["read"]["client"], 20.0);
    assert_eq!(capacity.traffic.hours_per_day, 10.0);
    assert_eq!(capacity.traffic.calls.unwrap().minutes_per_day, 15.0);
    assert!(
        matches!(&capacity.limits[0].of, LimitOf::Breakpoint(file) if file == "breakpoint.json")
    );
    assert!(matches!(capacity.limits[1].of, LimitOf::Carried { lasting: Some(2.0), .. }));
    assert_eq!(capacity.phases[&2], "a second instance");
    let database = config.database.unwrap();
    assert_eq!(database.roles[0].timeouts.pool_wait, 0.5);
    assert!(database.roles[0].statements.matches("anything"), "all statements unless it says so");
    assert!(matches!(database.tables[0].target, CoverageTarget::Exempt(_)));
    assert_eq!(config.triggers[0].does, "a second instance");
    assert_eq!(config.triggers[0].at, None);
    assert_eq!(config.triggers[1].watch, Watch::Memory);
    assert!(read("").unwrap().capacity.is_none());
}

#[test]
fn a_number_without_its_unit_is_refused() {
    for (part, otherwise, expected) in [
        ("\"10h\"", "10", "a number of hours"),
        ("\"10h\"", "\"10min\"", "a number of hours"),
        ("\"20/h\"", "20", "a rate of hours"),
        ("\"20/h\"", "\"20/s\"", "a rate of hours"),
        ("\"8/day\"", "\"8\"", "a rate of days"),
        ("\"15min/day\"", "\"15/day\"", "a time a day"),
        ("\"40%\"", "0.4", "a share from 0% to 100%"),
        ("\"6%/month\"", "\"6%\"", "a growth"),
        ("\"200/s\"", "200", "a rate"),
        ("\"4GiB\"", "4", "a size"),
        ("lock-timeout = \"1s\"", "lock-timeout = 1000", "a duration of whole milliseconds"),
        ("pool-wait = \"500ms\"", "pool-wait = 500", "a duration above zero"),
        ("for = \"15min\"", "for = 15", "a duration above zero"),
        ("at = \"75%\"", "at = \"3GB\"", "a share from 0% to 100%"),
    ] {
        let message = refused(part, otherwise);
        assert!(message.contains(&format!("expected {expected}")), "{message}");
        assert!(message.contains("\nhint: write "), "{message}");
    }
}

#[test]
fn seconds_where_milliseconds_are_meant_are_refused() {
    // 3000 s instead of 3000 ms: the ladder of timeouts does not hold any more.
    let message = refused("statement-timeout = \"3s\"", "statement-timeout = \"3000s\"");
    assert!(message.contains("not under http-timeout"), "{message}");
    let message = refused("lock-timeout = \"1s\"", "lock-timeout = \"1000s\"");
    assert!(message.contains("lock-timeout is not under statement-timeout"), "{message}");
}

#[test]
fn what_cannot_be_together_is_refused() {
    for (part, otherwise, expected) in [
        ("\"20/h\"", "\"0/h\"", ""),
        ("spare = 1", "spare = 2", "2 spare of 2 instances leaves none that serves"),
        ("headroom = \"30%\"", "headroom = \"100%\"", "leaves nothing to use"),
        ("peak-factor = 2", "peak-factor = 0.5", "peak-factor is 0.5, expected a number from 1"),
        ("\"8/day\"", "\"80/day\"", "cannot come of 6 requests to 'book'"),
        (
            "endpoint = \"book\"",
            "endpoint = \"boook\"",
            "no endpoint of the traffic model is 'boook'",
        ),
        ("mix = { read", "mix = { raed", "'mixed load' is measured with 'raed'"),
        ("mix = { calls", "mix = { read", "'read' is in two limits"),
        ("lasting = \"2s\"\n", "", "'lasting' belongs to calls"),
        ("metric = \"throughput\"", "metric = \"p95\"", "'p95' is no rate that was carried"),
        (
            "breakpoint = \"breakpoint.json\"\n",
            "",
            "has not one of 'breakpoint', 'fit' and 'carried'",
        ),
        ("reserved = 3", "reserved = 100", "100 reserved of 100 connections leave none"),
        ("phase = 2", "phase = 3", "there is no phase 3"),
        ("name = \"memory\"", "name = \"instances\"", "two triggers are named 'instances'"),
        ("because = \"the page cache needs the rest\"\n", "", "an 'at' without 'because'"),
        ("at = \"75%\"\nbecause = \"the page cache needs the rest\"\n", "", "has no 'at'"),
        ("memory = \"4GiB\"\n", "", "memory of an instance needs [capacity] with 'memory'"),
        ("clients = { small = 400, large = 10000 }", "clients = { small = 400 }", "one size tells"),
        ("suite = \"sizes\"", "suite = \"../sizes\"", "expected the name of a suite"),
        ("exempt = \"a few rows\"", "", "has not one of 'coverage' and 'exempt'"),
        ("watch = \"requests\"", "watch = \"request\"", "did you mean 'requests'?"),
    ] {
        // Zero of one endpoint is no fault while another has traffic.
        if expected.is_empty() {
            assert!(read(&EXAMPLE.replacen(part, otherwise, 1)).is_ok());
            continue;
        }
        let message = refused(part, otherwise);
        assert!(message.contains(expected), "{message}\nfor {otherwise:?}");
        assert!(
            message.starts_with("tailguard.toml:") && message.contains("\nhint: "),
            "{message}"
        );
    }
    let silent = EXAMPLE.replace("\"20/h\"", "\"0/h\"").replace("\"6/h\"", "\"0/h\"");
    assert!(read(&silent).unwrap_err().contains("the traffic model has no traffic"));
}

#[test]
fn what_if_changes_one_number_and_nothing_that_cannot_be() {
    let capacity = read(EXAMPLE).unwrap().capacity.unwrap();
    let changed = |words: &str| {
        let mut changed = capacity.clone();
        set(&mut changed, words).map(|()| changed)
    };
    assert_eq!(changed("peak_factor=3").unwrap().traffic.peak_factor, 3.0);
    assert_eq!(changed("peak-factor = 3").unwrap().traffic.peak_factor, 3.0);
    assert_eq!(changed("headroom=50%").unwrap().reserve.headroom, 0.5);
    assert_eq!(changed("read.client=40/h").unwrap().traffic.requests["read"]["client"], 40.0);
    assert_eq!(changed("organisations=40").unwrap().now.unwrap().organisations, 40.0);
    for (words, expected) in [
        ("peak_factor", "write NAME=VALUE"),
        ("peak_faktor=3", "no number is named 'peak_faktor'"),
        ("headroom=0.5", "expected a share"),
        ("headroom=100%", "leaves nothing to use"),
        ("read.cleint=4/h", "no number is named 'read.cleint'"),
        ("submissions=3/day", "no number is named 'submissions'"),
        ("spare=2", "leaves none that serves"),
        ("peak_factor=inf", "expected a number"),
    ] {
        let message = changed(words).unwrap_err();
        assert!(message.contains(expected) && message.contains("\nhint: "), "{message}");
    }
}
