//! Peak memory, measured by the system, of a process that reads one hostile archive.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::json;
use tailguard::gate::{self, Measurement, Rejudge};
use tailguard::policy::config::{Config, Gate};
use tailguard::source::Reading;

use crate::archive::bomb;
use crate::text::{measurement, side, suite};
use crate::zip::{Entry, archive};
use crate::{LIMIT, NAME};

/// Where the process that is measured finds its archive.
const ARCHIVE: &str = "TAILGUARD_TEST_ARCHIVE";

/// Bytes that no archive may make it take.
const MOST: u64 = 200_000_000;

#[cfg(target_os = "linux")]
#[test]
fn no_archive_takes_much_memory() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = dir.path().join("archive.zip");
    for (name, entry) in hostile() {
        fs::write(&path, archive(&[entry])).expect("writable");
        let peak = peak_of_reading(&path);
        println!("{name}: {:.0} MB", peak as f64 / 1e6);
        assert!(peak < MOST, "{name}: {peak} bytes");
    }
}

/// The texts are as long as they may be, and as full of values that take much memory.
fn hostile() -> Vec<(&'static str, Entry)> {
    const HEAD: &str = r#"{"schema":"tailguard.measurement/v1","version":"0","suites":["#;
    let suite_of = |part: &str| format!(r#"{HEAD}{{"suite":"s","fresh":{{{part}"#);
    let in_sessions = suite_of(r#""sessions":["#);
    let in_rows = suite_of(r#""sessions":[],"rows":["#);
    let row = |tags: &str, runs: &str| {
        format!(
            r#"{{"tool":"k6","id":"","tags":{{{tags}}},"unit":"ms","definition":"r7","runs":{{{runs}}}}},"#
        )
    };
    let open_row = row("", "").replace("}},", "");
    let long = "x".repeat(19_000);
    let texts = [
        ("rows", filled(&in_rows, |_| row("", ""))),
        (
            "rows of a tag and a figure",
            filled(&in_rows, |i| row(&format!(r#""{i}":"""#), r#""x":{"n":1,"p95":{"ln":1}}"#)),
        ),
        (
            "figures",
            filled(&format!("{in_rows}{open_row}"), |i| {
                format!(r#""{i:016x}":{{"n":1,"p95":{{"ln":1}}}},"#)
            }),
        ),
        (
            "runs of a row",
            filled(&format!("{in_rows}{open_row}"), |i| format!(r#""{i:016x}":{{"n":1}},"#)),
        ),
        ("tags", filled(&format!(r#"{in_rows}{{"tags":{{"#), |i| format!(r#""{i}":"","#))),
        ("sessions", filled(&in_sessions, |_| r#"{"id":"","runs":[]},"#.to_owned())),
        (
            "sessions of a machine",
            filled(&in_sessions, |_| r#"{"id":"","machine":{},"runs":[]},"#.to_owned()),
        ),
        (
            "runs",
            filled(&format!(r#"{in_sessions}{{"runs":["#), |i| {
                format!(r#"{{"id":"{i:064}","tool":"k6","format":"csv"}},"#)
            }),
        ),
        (
            "long texts",
            filled(&in_sessions, |_| {
                format!(r#"{{"id":"{long}","machine":{{"name":"{long}"}},"runs":[]}},"#)
            }),
        ),
        ("levels", filled(HEAD, |_| "[".to_owned())),
        ("one text", filled(&format!("{HEAD}\""), |_| "\\n".to_owned())),
        (
            "suites",
            filled(HEAD, |_| r#"{"suite":"","fresh":{"sessions":[],"rows":[]}},"#.to_owned()),
        ),
        (
            "notices",
            filled(&format!(r#"{HEAD}{{"suite":"","notices":["#), |_| {
                r#"{"severity":"error","code":"","message":""},"#.to_owned()
            }),
        ),
        ("numbers", filled(&format!("{HEAD}["), |_| "1,".to_owned())),
        ("blanks", filled(HEAD, |_| " ".to_owned())),
    ];
    let packed = |text: &[u8]| Entry::deflated(NAME, text);
    let mut entries: Vec<_> =
        texts.iter().map(|(name, text)| (*name, packed(text.as_bytes()))).collect();
    entries.push(("not packed", Entry::stored(NAME, texts[1].1.as_bytes())));
    entries.push(("a bomb", bomb(NAME, 1 << 30)));
    // Accepted, and judged: both sides as large as they may be.
    for (name, runs, rows) in [("judged: runs", 1000, 26), ("judged: rows", 1, 13_000)] {
        let mut both = suite(gate::COMPARE_SUITE, runs, rows);
        both["base"] = side(runs, runs, rows);
        let text = measurement(&[both]);
        Measurement::parse(&text).expect("it is just small enough");
        entries.push((name, packed(&text)));
    }
    // Few bytes that would become many: long names in every run of a row.
    let mut amplified = suite("s", 1000, 100);
    for row in amplified["fresh"]["rows"].as_array_mut().expect("rows") {
        let id = row["id"].as_str().unwrap_or_default();
        row["id"] = json!(id.to_owned() + &long);
    }
    entries.push(("long names", packed(&measurement(&[amplified]))));
    entries
}

/// Valid JSON: a part that is repeated until just below the limit of values or bytes, then blanks,
/// then what closes all that is open.
fn filled(head: &str, part: impl Fn(usize) -> String) -> String {
    let most = usize::try_from(LIMIT).expect("it fits") - 100;
    let values = |text: &str| text.bytes().filter(|b| matches!(b, b',' | b'{' | b'[')).count();
    let mut text = String::with_capacity(most + 100);
    text.push_str(head);
    let mut count = values(head);
    for i in 0.. {
        let part = part(i);
        count += values(&part);
        if count > 600_000 || text.len() + part.len() > most {
            break;
        }
        text.push_str(&part);
    }
    let whole = text.trim_end_matches(',').len();
    text.truncate(whole);
    text.extend(std::iter::repeat_n(' ', most - text.len()));
    let mut open = Vec::new();
    for byte in text.bytes() {
        match byte {
            b'{' => open.push('}'),
            b'[' => open.push(']'),
            b'}' | b']' => _ = open.pop(),
            _ => {}
        }
    }
    text.extend(open.into_iter().rev().take(100));
    text
}

fn peak_of_reading(path: &Path) -> u64 {
    let done = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "memory::read_one_archive", "--ignored", "--nocapture"])
        .env(ARCHIVE, path)
        .output()
        .expect("it starts");
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{said}");
    let peak =
        said.lines().find_map(|line| line.split_once("VmHWM:")?.1.trim().strip_suffix(" kB"));
    1024 * peak.and_then(|peak| peak.trim().parse::<u64>().ok()).expect("the system tells")
}

#[test]
#[ignore = "started by another test, as a process of its own"]
fn read_one_archive() {
    let path = std::env::var(ARCHIVE).expect("another test starts this one");
    let archive = fs::read(path).expect("readable");
    let text = gate::only_file(&archive, NAME, LIMIT);
    drop(archive);
    if let Ok(text) = text
        && let Ok(measurement) = Measurement::parse(&text)
    {
        let config = Config::standalone(gate::COMPARE_SUITE, Gate::default(), Reading::default());
        let today = jiff::civil::date(2026, 11, 23);
        let plan = Rejudge { config: &config, measurement: &measurement, waivers: &[], today };
        let judged = gate::rejudge(&plan);
        println!("judged: {:?}", judged.map(|judged| judged.findings.len()).ok());
    }
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    println!("{}", status.lines().find(|line| line.starts_with("VmHWM:")).expect("it tells"));
}
