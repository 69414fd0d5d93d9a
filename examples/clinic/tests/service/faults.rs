//! Every fault does what it says, and none does anything unless it is on.

use std::ffi::OsString;
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::StatusCode;
use clinic::fault::Faults;
use clinic::store::schema::INDEXES;
use serde_json::json;

use crate::stage::{Stage, ask, get, on_seeded};

fn read(variable: &str, value: &str) -> Result<Faults, String> {
    let environment = [("PATH", "/bin"), (variable, value)];
    let environment = environment.map(|(name, value)| (OsString::from(name), value.into()));
    Faults::read(environment).map_err(|error| error.to_string())
}

async fn with(stage: &Stage, variable: &str, value: &str) -> Router {
    stage.service(read(variable, value).unwrap()).await.router()
}

/// The value of a metric, zero where there is none yet.
async fn metric(router: &Router, name: &str) -> f64 {
    let text = get(router, 1, "/metrics").await.body;
    let text = String::from_utf8(text.to_vec()).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.map_or(0.0, |value| value.parse().unwrap())
}

async fn timed(router: &Router, path: &str) -> Duration {
    let start = Instant::now();
    assert_eq!(get(router, 1, path).await.status, StatusCode::OK);
    start.elapsed()
}

async fn median(router: &Router, path: &str) -> Duration {
    let mut times = Vec::new();
    for _ in 0..31 {
        times.push(timed(router, path).await);
    }
    times.sort_unstable();
    times[15]
}

#[test]
fn values_that_make_no_sense_are_refused() {
    let bad = [
        ("CPU", "read"),
        ("CPU", "read:"),
        ("CPU", "read:0"),
        ("CPU", "read:-5"),
        ("CPU", "all:20"),
        ("CPU", "read:20,"),
        ("DROP_INDEX", "users"),
        ("DROP_INDEX", "appointments_by_day; drop table users"),
        ("N_PLUS_ONE", "0"),
        ("N_PLUS_ONE", "many"),
        ("POOL", "0"),
        ("POOL", "2.5"),
        ("LOCK_MS", "20ms"),
        ("PAUSE", "80ms"),
        ("PAUSE", "3s/80ms"),
        ("PAUSE", "80/3"),
        ("TAIL", "40ms/0"),
        ("TAIL", "0ms/20"),
        ("TAIL", "1000000s/20"),
        ("LEAK", "64"),
        ("LEAK", "0kB"),
        ("LEAK", "99999999999999999999MB"),
        ("TYPO", "1"),
        ("TYPO", ""),
    ];
    for (name, value) in bad {
        let variable = format!("CLINIC_FAULT_{name}");
        let error = read(&variable, value).unwrap_err();
        assert!(error.starts_with(&variable) && error.contains("\nhint: "), "{value}: {error}");
    }
}

#[test]
fn values_that_make_sense_are_described_and_the_empty_one_is_none() {
    let good = [
        ("CPU", "read:20,complex:40", 2),
        ("DROP_INDEX", "appointments_by_day,clients_by_name", 2),
        ("N_PLUS_ONE", "5", 1),
        ("N_PLUS_ONE", "all", 1),
        ("POOL", "2", 1),
        ("LOCK_MS", "20", 1),
        ("PAUSE", "80ms/3s", 1),
        ("TAIL", "40ms/20", 1),
        ("LEAK", "64kB", 1),
    ];
    for (name, value, lines) in good {
        let variable = format!("CLINIC_FAULT_{name}");
        assert_eq!(read(&variable, value).unwrap().describe().len(), lines, "{name}");
        assert_eq!(read(&variable, " ").unwrap(), Faults::default(), "{name}");
    }
    assert!(Faults::default().describe().is_empty());
}

#[test]
fn cpu_work_is_added_to_its_category_alone() {
    on_seeded(|stage| async move {
        let plain = stage.router().await;
        let slow = with(&stage, "CLINIC_FAULT_CPU", "read:2000").await;
        let path = "/clients?limit=100";
        let (before, after) = (median(&plain, path).await, median(&slow, path).await);
        assert!(after > before * 5, "{before:?} became {after:?}");
        let used = async |router: &Router| {
            let before = metric(router, "process_cpu_seconds_total").await;
            median(router, path).await;
            metric(router, "process_cpu_seconds_total").await - before
        };
        assert!(used(&slow).await > 0.0, "it is work, not sleep");
        let letter = "/appointments/1/document.pdf";
        let (before, after) = (median(&plain, letter).await, median(&slow, letter).await);
        assert!(after < before * 5, "complex: {before:?} became {after:?}");
        let slow = with(&stage, "CLINIC_FAULT_CPU", "complex:2000").await;
        assert!(median(&slow, letter).await > before * 5);
    });
}

#[test]
fn an_index_is_dropped() {
    on_seeded(|stage| async move {
        let sql = "select count(*) from pg_indexes where schemaname = 'public' and indexname = ";
        for index in INDEXES {
            assert_eq!(stage.number(&format!("{sql}'{index}'")).await, 1, "{index}");
        }
        let _ =
            with(&stage, "CLINIC_FAULT_DROP_INDEX", "appointments_by_day, clients_by_name").await;
        for index in INDEXES {
            let dropped = ["appointments_by_day", "clients_by_name"].contains(&index);
            assert_eq!(stage.number(&format!("{sql}'{index}'")).await == 0, dropped, "{index}");
        }
    });
}

#[test]
fn rows_are_fetched_one_by_one_and_are_the_same() {
    on_seeded(|stage| async move {
        let name = "clinic_query_seconds_count{query=\"client\"}";
        let plain = stage.router().await;
        let some = with(&stage, "CLINIC_FAULT_N_PLUS_ONE", "2").await;
        let all = with(&stage, "CLINIC_FAULT_N_PLUS_ONE", "all").await;
        let mut day = String::new();
        for date in 5..10 {
            day = format!("/appointments?day=2026-01-{date:02}");
            if get(&plain, 1, &day).await.json().as_array().unwrap().len() >= 3 {
                break;
            }
        }
        for path in [&day, "/clients?limit=9", "/forms/2/submissions?limit=7"] {
            let expected = get(&plain, 1, path).await.json();
            let rows = expected.as_array().unwrap().len();
            assert!(rows >= 3, "{path}");
            for (router, queries) in [(&plain, 0), (&some, 2), (&all, rows)] {
                let before = metric(router, name).await;
                assert_eq!(get(router, 1, path).await.json(), expected, "{path}");
                let more = metric(router, name).await - before;
                assert_eq!(more as usize, queries, "{path}");
            }
        }
    });
}

#[test]
fn the_pool_is_small() {
    on_seeded(|stage| async move {
        let plain = stage.router().await;
        assert_eq!(metric(&plain, "clinic_pool_connections").await as u32, 6);
        let small = with(&stage, "CLINIC_FAULT_POOL", "2").await;
        assert_eq!(metric(&small, "clinic_pool_connections").await as u32, 2);
    });
}

#[test]
fn locks_are_held_longer_and_only_for_their_organisation() {
    on_seeded(|stage| async move {
        let router = with(&stage, "CLINIC_FAULT_LOCK_MS", "200").await;
        let submit = |organisation: u32| {
            let router = router.clone();
            async move {
                // Forms and clients are numbered through all organisations.
                let form = 4 * (organisation - 1) + 2;
                let client = if organisation == 1 { 1 } else { 101 };
                let body = json!({ "client_id": client,
                    "answers": { "pain": 1, "sleep": 8, "medication": true } });
                let path = format!("/forms/{form}/submissions");
                let start = Instant::now();
                let answer = ask(&router, organisation, "POST", &path, body.to_string()).await;
                assert_eq!(answer.status, StatusCode::CREATED);
                start.elapsed()
            }
        };
        let own = [tokio::spawn(submit(1)), tokio::spawn(submit(1)), tokio::spawn(submit(1))];
        let other = submit(2).await;
        assert!(other >= Duration::from_millis(200));
        let mut longest = Duration::ZERO;
        for task in own {
            longest = longest.max(task.await.unwrap());
        }
        assert!(longest >= Duration::from_millis(600), "{longest:?}: one after the other");
        assert!(other < longest, "{other:?}: nobody waits for another organisation");
        let read = timed(&router, "/clients").await;
        assert!(read < Duration::from_millis(200), "{read:?}: reading takes no lock");
    });
}

#[test]
fn the_service_pauses() {
    on_seeded(|stage| async move {
        let plain = longest_within(&stage.router().await, Duration::from_millis(900)).await;
        let router = with(&stage, "CLINIC_FAULT_PAUSE", "300ms/700ms").await;
        let longest = longest_within(&router, Duration::from_millis(1600)).await;
        assert!(longest >= Duration::from_millis(250), "{longest:?}");
        assert!(plain < longest, "{plain:?} without");
    });
}

async fn longest_within(router: &Router, time: Duration) -> Duration {
    let (start, mut longest) = (Instant::now(), Duration::ZERO);
    while start.elapsed() < time {
        longest = longest.max(timed(router, "/clients").await);
    }
    longest
}

#[test]
fn one_request_of_four_is_slow() {
    on_seeded(|stage| async move {
        let router = with(&stage, "CLINIC_FAULT_TAIL", "60ms/4").await;
        let mut slow = 0;
        for _ in 0..100 {
            slow += u32::from(timed(&router, "/clients").await >= Duration::from_millis(60));
        }
        assert!((12..=45).contains(&slow), "{slow} of 100");
        let health = get(&router, 1, "/health").await;
        assert_eq!(health.status, StatusCode::OK);
    });
}

#[test]
fn memory_leaks() {
    on_seeded(|stage| async move {
        let router = with(&stage, "CLINIC_FAULT_LEAK", "4MB").await;
        timed(&router, "/clients").await;
        let before = metric(&router, "process_resident_memory_bytes").await;
        for _ in 0..50 {
            timed(&router, "/clients").await;
        }
        let grown = metric(&router, "process_resident_memory_bytes").await - before;
        assert!(grown > 180e6, "{grown} bytes of 200 MB");
    });
}
