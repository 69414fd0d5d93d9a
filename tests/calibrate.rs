//! `calibrate`: what stored sessions tell, and what is kept of it.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod common;

use std::fs;
use std::path::Path;

use common::{criterion_run, micro_config, run, stderr, stdout};
use serde_json::Value;

/// Three fresh runs around a level.
fn measure(dir: &Path, level: f64) {
    let _ = fs::remove_dir_all(dir.join("fresh"));
    for (place, wobble) in [0.0, 9.0, -6.0].iter().enumerate() {
        let root = dir.join(format!("fresh/{place}"));
        criterion_run(&root, &["alpha", "beta", "gamma"], level + wobble);
    }
}

fn take_in(dir: &Path, session: &str, level: f64) {
    measure(dir, level);
    let why = "levels differ in this test";
    let refresh = ["baseline", "refresh", "--session", session, "--accept-regression", why];
    let refreshed = run(dir, &refresh);
    assert!(refreshed.status.success(), "{}", stderr(&refreshed));
}

#[test]
fn a_calibration_tells_how_often_the_gate_is_wrong_and_says_the_same_twice() {
    let dir = tempfile::tempdir().unwrap();
    micro_config(dir.path());
    for (session, level) in [("one", 1000.0), ("two", 1015.0), ("three", 990.0)] {
        take_in(dir.path(), session, level);
    }
    let flags =
        ["calibrate", "--pull-requests", "200", "--figure", "found.svg", "--format", "json"];
    let told = run(dir.path(), &flags);
    assert!(told.status.success(), "{}", stderr(&told));
    assert_eq!(stdout(&told), stdout(&run(dir.path(), &flags)));
    let found: Value = serde_json::from_str(&stdout(&told)).unwrap();
    assert_eq!(found["schema"], "tailguard.calibration/v1");
    assert_eq!(found["replayed"].as_array().unwrap().len(), 3);
    let rows = found["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 3, "the median of each benchmark gates");
    for row in rows {
        let (run_sd, size) = (row["run_sd"].as_f64().unwrap(), row["detectable"].as_f64().unwrap());
        assert!(run_sd > 0.0 && run_sd < 0.05, "{row}");
        assert!(size > 0.05 && size < 1.0, "{row}");
    }
    let drawn = fs::read_to_string(dir.path().join("found.svg")).unwrap();
    assert!(drawn.contains("<svg") && drawn.contains("an unchanged pull request"), "{drawn}");
    let refused = run(dir.path(), &["calibrate", "--detect", "ten"]);
    assert_eq!(refused.status.code(), Some(2));
}

/// The verdicts on one fresh session, 30 % above the only stored one.
fn gross(dir: &Path) -> (Option<i32>, String) {
    measure(dir, 1300.0);
    let checked = run(dir, &["check", "--session", "fresh"]);
    (checked.status.code(), stdout(&checked))
}

#[test]
fn one_session_against_one_is_judged_by_the_noise_of_its_row() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    micro_config(dir);
    let path = dir.join("baselines/micro/test.json");
    // Sessions of a machine that differ by far more than three per cent.
    for (session, level) in
        [("1", 1000.0), ("2", 1090.0), ("3", 925.0), ("4", 1060.0), ("5", 940.0), ("6", 1005.0)]
    {
        take_in(dir, session, level);
    }
    let stored = run(dir, &["calibrate", "--pull-requests", "100", "--store"]);
    assert!(stored.status.success(), "{}", stderr(&stored));
    assert!(stderr(&stored).contains("noise written to"), "{}", stderr(&stored));
    let once = fs::read_to_string(&path).unwrap();
    let noise: Value = serde_json::from_str(&once).unwrap();
    let noise = noise["noise"].as_array().unwrap();
    assert_eq!(noise.len(), 3, "the median of each benchmark gates");
    for known in noise {
        assert_eq!((&known["of"]["metric"], &known["sessions"]), (&"median".into(), &6.into()));
        // The means of sessions scatter by about 6 %, and six of them have five degrees of freedom.
        let scatter = known["session"].as_f64().unwrap().sqrt();
        assert!((0.05..0.09).contains(&scatter), "{known}");
        assert!((5.0..=10.0).contains(&known["df"].as_f64().unwrap()), "{known}");
    }
    assert!(run(dir, &["calibrate", "--pull-requests", "100", "--store"]).status.success());
    assert_eq!(fs::read_to_string(&path).unwrap(), once, "the same runs give the same bytes");
    assert!(stdout(&run(dir, &["baseline", "show"])).contains("noise as 6 sessions showed it"));

    // Only the last session is left, as after a new level of all rows.
    let config = fs::read_to_string(dir.join("tailguard.toml")).unwrap();
    let one = format!("[gate]\nkeep-sessions = 1\n\n{config}");
    fs::write(dir.join("tailguard.toml"), one).unwrap();
    take_in(dir, "7", 1003.0);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("\"noise\": ["), "a refresh keeps what is known: {text}");
    let (code, told) = gross(dir);
    assert_eq!(code, Some(11), "{told}");
    assert!(told.contains("by the noise that 6 sessions showed"), "{told}");
    // Without it three per cent are assumed, and 30 % more are gross.
    let mut bare: Value = serde_json::from_str(&text).unwrap();
    bare.as_object_mut().unwrap().remove("noise");
    fs::write(&path, bare.to_string()).unwrap();
    let (code, told) = gross(dir);
    assert_eq!(code, Some(10), "{told}");
}

#[test]
fn noise_that_nobody_measured_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    micro_config(dir);
    for (session, level) in [("1", 1000.0), ("2", 1020.0), ("3", 980.0)] {
        take_in(dir, session, level);
    }
    assert!(run(dir, &["calibrate", "--pull-requests", "100", "--store"]).status.success());
    let path = dir.join("baselines/micro/test.json");
    let text = fs::read_to_string(&path).unwrap();
    for (from, to) in [
        ("\"df\":", "\"df\":-"),
        ("\"session\":0", "\"session\":900"),
        ("\"runs\":3.0", "\"runs\":0.0"),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text);
        fs::write(&path, changed).unwrap();
        let verified = run(dir, &["baseline", "verify"]);
        assert_eq!(verified.status.code(), Some(1), "{from}");
        assert!(stderr(&verified).contains("is none that can be"), "{}", stderr(&verified));
    }
    // A suite that has no file to keep it in.
    fs::remove_dir_all(dir.join("baselines")).unwrap();
    let refused = run(dir, &["calibrate", "--store"]);
    assert_eq!(refused.status.code(), Some(11), "{}", stderr(&refused));
}
