//! Arms, the order of rounds, and files: what is read back is what was written, and what is not whole
//! is refused with a hint.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::Path;

use common::{arm, ndjson, origin, round};
use evals::faults::arms::{self, Arm};
use evals::faults::folder::{self, Plan, file};
use evals::faults::packed::Recorded;
use evals::faults::round::Round;
use evals::random::without_replacement;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

fn two() -> Vec<Arm> {
    vec![arm("base", &[]), arm("slow", &["write"])]
}

fn refused<T: std::fmt::Debug>(result: Result<T, evals::Error>, about: &str) {
    let message = result.unwrap_err().to_string();
    assert!(message.contains(about) && message.contains("\nhint: "), "{message}");
}

#[test]
fn the_committed_arms_are_two_unchanged_services_and_eight_faults_at_two_sizes() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("faults/arms.toml");
    let arms = arms::load(&path).unwrap();
    let faults: Vec<&str> = arms.iter().filter(|a| !a.is_control()).map(|a| &*a.name).collect();
    let controls: Vec<&str> = arms.iter().filter(|a| a.is_control()).map(|a| &*a.name).collect();
    assert_eq!(controls, ["base", "unchanged"]);
    for fault in ["cpu", "drop-index", "n-plus-one", "pool", "lock", "pause", "tail", "leak"] {
        for size in ["small", "large"] {
            assert!(faults.contains(&&*format!("{fault}-{size}")), "{fault}-{size}");
        }
    }
    assert_eq!(faults.len(), 16);
}

#[test]
fn arms_that_are_none_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("arms.toml");
    let base = "[[arm]]\nname = \"base\"\n";
    for (text, about) in [
        ("", "missing field"),
        ("[[arm]]\nname = \"x\"\n", "no arm \"base\""),
        (&format!("{base}{base}"), "two arms"),
        (&format!("{base}[[arm]]\nname = \"../x\"\n"), "is not one of"),
        (&format!("{base}[[arm]]\nname = \"x\"\ntouches = [\"read\"]\n"), "touches something"),
        (&format!("{base}[[arm]]\nname = \"x\"\nfoo = 1\n"), "unknown field"),
        (
            &format!(
                "{base}[[arm]]\nname = \"x\"\ntouches = [\"read\"]\nenvironment = {{ PATH = \"x\" }}\n"
            ),
            "which is no fault",
        ),
        (
            &format!(
                "{base}[[arm]]\nname = \"x\"\ntouches = [\"read\"]\nenvironment = {{ CLINIC_FAULT_CPU = \"a b\" }}\n"
            ),
            "which is no fault",
        ),
    ] {
        fs::write(&path, text).unwrap();
        refused(arms::load(&path), about);
    }
}

#[test]
fn choices_are_seeded_and_without_replacement() {
    let mut seen = [0_u32; 20];
    for number in 0..2000 {
        let mut drawn = without_replacement(1, "x", number, 20, 8);
        assert_eq!(drawn, without_replacement(1, "x", number, 20, 8));
        drawn.iter().for_each(|place| seen[*place] += 1);
        drawn.sort_unstable();
        drawn.dedup();
        assert_eq!(drawn.len(), 8);
    }
    // 800 expected; five standard deviations are 110.
    assert!(seen.iter().all(|count| (690..=910).contains(count)), "{seen:?}");
    let one = without_replacement(1, "x", 0, 20, 8);
    assert_ne!(one, without_replacement(2, "x", 0, 20, 8));
    assert_ne!(one, without_replacement(1, "y", 0, 20, 8));
    assert_ne!(one, without_replacement(1, "x", 1, 20, 8));
    assert_eq!(without_replacement(1, "x", 0, 3, 8).len(), 3);
    assert!(without_replacement(1, "x", 0, 0, 8).is_empty());
}

#[test]
fn what_is_recorded_is_not_pending_unless_it_was_recorded_otherwise() {
    let dir = tempfile::tempdir().unwrap();
    let arms = two();
    let machine = origin(&arms[0], 0).machine;
    let plan =
        Plan { arms: &arms, only: &[], rounds: 3, seed: 1, service: "0123", machine: &machine };
    let all = folder::pending(dir.path(), plan).unwrap();
    assert_eq!(all.len(), 6);
    assert_eq!(all.iter().map(|(round, _)| *round).collect::<Vec<_>>(), [0, 0, 1, 1, 2, 2]);
    let path = file(dir.path(), "slow", 1);
    round(dir.path(), &arms[1], 1, &["write"], 1.2).write(&path).unwrap();
    let left = folder::pending(dir.path(), plan).unwrap();
    let expected: Vec<_> = all.into_iter().filter(|(r, a)| (*r, &*a.name) != (1, "slow")).collect();
    assert_eq!(left, expected);
    let only = ["slow".to_owned()];
    assert_eq!(folder::pending(dir.path(), Plan { only: &only, ..plan }).unwrap().len(), 2);

    refused(folder::pending(dir.path(), Plan { service: "4567", ..plan }), "another version");
    refused(folder::pending(dir.path(), Plan { seed: 2, ..plan }), "another seed");
    let bigger = tailguard::measure::Machine { cores: 64, ..machine.clone() };
    refused(folder::pending(dir.path(), Plan { machine: &bigger, ..plan }), "another machine");
    let mut other = arms.clone();
    other[1].environment = [("CLINIC_FAULT_POOL".to_owned(), "2".to_owned())].into();
    refused(folder::pending(dir.path(), Plan { arms: &other, ..plan }), "other settings");
    let text = fs::read(&path).unwrap();
    fs::write(&path, &text[..text.len() / 2]).unwrap();
    refused(folder::pending(dir.path(), plan), "slow.01.json");
}

#[test]
fn a_round_comes_back_as_the_run_that_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let arm = arm("slow", &["write"]);
    let taken = round(dir.path(), &arm, 3, &["write"], 1.2);
    let path = file(dir.path(), "slow", 3);
    taken.write(&path).unwrap();
    let back = Round::read(&path).unwrap();
    assert_eq!(back, taken);

    let reading = tailguard::source::Reading {
        group_by: Some(vec!["category".to_owned(), "endpoint".to_owned()]),
        ..Default::default()
    };
    let read = tailguard::source::read(&dir.path().join("raw.json"), &reading).unwrap();
    let run = back.run();
    assert_eq!(run.rows.len(), 4);
    for (ours, theirs) in run.rows.iter().zip(&read.rows) {
        assert_eq!((&ours.id, &ours.tags, ours.n), (&theirs.id, &theirs.tags, theirs.n));
        assert_eq!(ours.figures, theirs.figures);
        assert_eq!((ours.unit, ours.definition), (theirs.unit, theirs.definition));
        assert_eq!((ours.evidence, ours.approximate), (theirs.evidence, theirs.approximate));
    }
}

/// k6 counts what it dropped by scenario, so that such counts are a row of their own.
#[test]
fn dropped_requests_are_kept_as_a_row_without_latencies() {
    let dir = tempfile::tempdir().unwrap();
    let arm = arm("slow", &["write"]);
    let raw = dir.path().join("raw.json");
    let dropped = concat!(
        r#"{"metric":"dropped_iterations","type":"Point","data":{"time":"2026-01-01T00:00:12Z","#,
        r#""value":3,"tags":{"scenario":"client"}}}"#,
        "\n"
    );
    fs::write(&raw, ndjson(&arm, 0, &[], 1.0) + dropped).unwrap();
    let taken = Round::take(&raw, origin(&arm, 0)).unwrap();
    assert_eq!((taken.run().rows.len(), taken.sketches().count()), (5, 4));
    let path = file(dir.path(), "slow", 0);
    taken.write(&path).unwrap();
    assert_eq!(Round::read(&path).unwrap(), taken);
}

#[test]
fn a_load_test_that_is_cut_or_empty_is_not_taken() {
    let dir = tempfile::tempdir().unwrap();
    let arm = arm("base", &[]);
    let path = dir.path().join("raw.json");
    let whole = ndjson(&arm, 0, &[], 1.0);
    for text in [&whole[..whole.len() - 40], "", "{}", "not json"] {
        fs::write(&path, text).unwrap();
        let message = Round::take(&path, origin(&arm, 0)).unwrap_err().to_string();
        assert!(message.contains("\nhint: "), "{message}");
    }
}

fn recorded(dir: &Path) -> Recorded {
    let arms = two();
    for number in 0..3 {
        for (arm, factor) in arms.iter().zip([1.0, 1.2]) {
            let round = round(dir, arm, number, &["write"], factor);
            round.write(&file(dir, &arm.name, number)).unwrap();
        }
    }
    // It is no recorded round.
    fs::remove_file(dir.join("raw.json")).unwrap();
    Recorded::of(folder::recorded(dir, &arms).unwrap()).unwrap()
}

#[test]
fn the_packed_file_comes_back_and_its_bytes_depend_on_its_content_alone() {
    let dir = tempfile::tempdir().unwrap();
    let recorded = recorded(dir.path());
    assert_eq!(recorded.rounds.len(), 6);
    assert_eq!(recorded.arm("slow").keys().copied().collect::<Vec<_>>(), [0, 1, 2]);
    let (one, two) = (dir.path().join("one.gz"), dir.path().join("two.gz"));
    recorded.write(&one).unwrap();
    let back = Recorded::read(&one).unwrap();
    assert_eq!(back, recorded);
    back.write(&two).unwrap();
    assert_eq!(fs::read(&one).unwrap(), fs::read(&two).unwrap());
}

#[test]
fn a_packed_file_that_is_not_whole_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("recorded.gz");
    recorded(dir.path()).write(&path).unwrap();
    let whole = fs::read(&path).unwrap();
    for cut in [0, 1, 10, whole.len() / 2, whole.len() - 1] {
        fs::write(&path, &whole[..cut]).unwrap();
        refused(Recorded::read(&path), "recorded.gz");
    }
    let mut text = String::new();
    GzDecoder::new(whole.as_slice()).read_to_string(&mut text).unwrap();
    for (from, to, about) in [
        ("tailguard.evals.recorded/v1", "tailguard.evals.recorded/v2", "recorded/v2"),
        ("tailguard.evals.round/v1", "tailguard.evals.round/v9", "round/v9"),
        ("\"seconds\":15.0", "\"seconds\":-1.0", "seconds"),
        ("\"sketch\":\"H", "\"sketch\":\"?", "sketch"),
        ("\"events\":0,\"of\":200", "\"events\":9,\"of\":2", "figures"),
        ("\"round\":1", "\"round\":0", "twice"),
        ("\"round\":2", "\"round\":7", "or others"),
        ("\"service\":\"0123\"", "\"service\":\"4567\"", "different services"),
        ("\"cores\":2", "\"cores\":4", "machines"),
        ("\"arm\":\"base\"", "\"arm\":\"bass\"", "no rounds of \"base\""),
        ("\"rows\":[{", "\"other\":1,\"rows\":[{", "unknown field"),
    ] {
        // One place, but where all have to agree with each other.
        let broken = match from.contains("base") {
            true => text.replace(from, to),
            false => text.replacen(from, to, 1),
        };
        assert_ne!(broken, text, "{from}");
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(broken.as_bytes()).unwrap();
        fs::write(&path, packed.finish().unwrap()).unwrap();
        refused(Recorded::read(&path), about);
    }
}
