//! Verdicts that are drawn from a recording: each kind of outcome, and the table.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{arm, round};
use evals::faults::arms::Arm;
use evals::faults::change::{Change, changes};
use evals::faults::live::{Live, LiveVerdict};
use evals::faults::noise::noise;
use evals::faults::packed::Recorded;
use evals::faults::table::markdown;
use evals::faults::tally::{Tally, tally};
use evals::faults::target::targets;
use evals::faults::verdict::{Called, Outcome, elsewhere, hit, outcome};
use evals::page::replaced;
use tailguard::measure::{Metric, Tags};
use tailguard::policy::Verdict;
use tailguard::policy::config::Gate;

fn tags(category: &str) -> Tags {
    [("category".to_owned(), category.to_owned()), ("endpoint".to_owned(), "x".to_owned())].into()
}

fn called(category: &str, metric: Metric, verdict: Verdict) -> Called {
    Called { row: format!("{category} / x"), tags: tags(category), metric, change: None, verdict }
}

#[test]
fn what_a_verdict_says_is_held_against_what_the_fault_did() {
    use Verdict::{Improved, Inconclusive, Regressed, Steady};
    let fault = arm("slow", &["write"]);
    let unchanged = arm("unchanged", &[]);
    let hit = [tags("write")].into();
    let p95 = |category, verdict| called(category, Metric::P95, verdict);
    for (arm, said, expected) in [
        (&fault, vec![p95("write", Regressed), p95("read", Steady)], Outcome::Found),
        (&fault, vec![called("write", Metric::ErrorRate, Regressed)], Outcome::Found),
        (&fault, vec![p95("write", Steady)], Outcome::Missed),
        (&fault, vec![p95("write", Improved)], Outcome::Missed),
        (&fault, vec![p95("write", Inconclusive), p95("read", Steady)], Outcome::Undecided),
        // To name another row is not to find the fault.
        (&fault, vec![p95("write", Steady), p95("read", Regressed)], Outcome::Missed),
        (&fault, vec![called("write", Metric::ErrorRate, Steady)], Outcome::Undecided),
        (&fault, vec![], Outcome::Undecided),
        (&unchanged, vec![p95("read", Regressed)], Outcome::FalseAlarm),
        (&unchanged, vec![p95("read", Inconclusive)], Outcome::Passed),
    ] {
        assert_eq!(outcome(arm, &said, &hit), expected, "{said:?}");
    }
    assert_eq!(outcome(&fault, &[p95("write", Steady)], &[].into()), Outcome::Passed);
    assert_eq!(outcome(&fault, &[p95("write", Regressed)], &[].into()), Outcome::Found);
    assert!(elsewhere(&fault, &[p95("read", Regressed)]));
    assert!(!elsewhere(&fault, &[p95("write", Regressed), p95("read", Steady)]));
    assert!(!elsewhere(&unchanged, &[p95("read", Regressed)]));
}

#[test]
fn a_row_is_hit_beyond_what_steady_rules_out_and_beyond_the_floor() {
    let fault = arm("slow", &["write"]);
    let hits = |category: &str, base: f64, change: f64| {
        let row = String::new();
        let change = Change { row, tags: tags(category), base, change, spread: 0.01 };
        !hit(&fault, &[change], &Gate::default()).is_empty()
    };
    assert!(hits("write", 10.0, 0.11));
    assert!(!hits("write", 10.0, 0.09));
    assert!(!hits("read", 10.0, 0.5));
    // .04 ms is below the floor of .1 ms.
    assert!(!hits("write", 0.2, 0.2));
}

#[test]
fn changes_and_spreads_are_those_of_logarithms() {
    let dir = tempfile::tempdir().unwrap();
    let arm = arm("base", &[]);
    let one = round(dir.path(), &arm, 0, &[], 1.0).run();
    let scaled =
        |factor: f64| round(dir.path(), &arm, 0, &["read", "write", "complex"], factor).run();
    let up = 0.02_f64.exp();
    let fresh = [scaled(1.2 * up), scaled(1.2 / up)];
    for change in changes(&[one.clone(), one], &fresh) {
        assert!((change.change - 0.2).abs() < 1e-6, "{change:?}");
        // Squares: 0 of the base, 2 · .02² of the other; three runs and one too many: freedom 2.
        assert!((change.spread - 0.02).abs() < 1e-6, "{change:?}");
    }
}

fn arms() -> Vec<Arm> {
    vec![
        arm("base", &[]),
        arm("unchanged", &[]),
        arm("slow", &["write"]),
        arm("nothing", &["read"]),
        arm("never", &["read"]),
    ]
}

fn recorded() -> Recorded {
    let dir = tempfile::tempdir().unwrap();
    let mut rounds = Vec::new();
    for (arm, factor) in arms().iter().zip([1.0, 1.0, 1.3, 1.0]) {
        rounds.extend((0..16).map(|n| round(dir.path(), arm, n, &["write"], factor)));
    }
    Recorded::of(rounds).unwrap()
}

fn counts(tally: &Tally, arm: &str, outcome: Outcome) -> usize {
    tally.arms.iter().find(|of| of.arm == arm).unwrap().count(outcome)
}

#[test]
fn drawn_verdicts_find_what_is_there_and_the_same_seed_gives_the_same_bytes() {
    let recorded = recorded();
    let tally_of = |seed| tally(&recorded, &arms(), seed, 10).unwrap();
    let found = tally_of(1);
    assert_eq!(found.arms.len(), 3);
    assert_eq!(counts(&found, "slow", Outcome::Found), 10);
    assert_eq!(counts(&found, "unchanged", Outcome::Passed), 10);
    assert_eq!(counts(&found, "nothing", Outcome::Passed), 10);
    let slow = found.arms.iter().find(|arm| arm.arm == "slow").unwrap();
    assert!(slow.clear && slow.hit);
    let most = &slow.changes[slow.most.unwrap()];
    assert!(most.row == "write / create" && (0.2..0.4).contains(&most.change), "{most:?}");
    assert!(slow.verdicts.iter().all(|v| v.p95_rule && v.rank_rule && !v.elsewhere));
    for verdict in &slow.verdicts {
        assert!((4..=8).contains(&verdict.rounds));
        // 15 s a round and side.
        assert!((verdict.minutes - f64::from(verdict.rounds) * 0.5).abs() < 1e-9);
        assert_eq!(verdict.drawn.len(), 8);
    }
    for (verdict, longer) in slow.verdicts.iter().zip(&slow.longer) {
        assert_eq!(longer.drawn[..8], verdict.drawn);
        assert!(longer.outcome == Outcome::Found && longer.drawn.len() == 16);
    }
    assert!(targets(&found).iter().all(|target| target.met == Some(true)), "{:?}", targets(&found));

    let text = |tally: &Tally| serde_json::to_string(tally).unwrap();
    assert_eq!(text(&found), text(&tally_of(1)));
    assert_ne!(text(&found), text(&tally_of(2)));
}

#[test]
fn targets_that_are_not_met_are_called_so() {
    let mut tally = tally(&recorded(), &arms(), 1, 10).unwrap();
    for arm in &mut tally.arms {
        for verdict in arm.verdicts.iter_mut().chain(&mut arm.longer) {
            verdict.rounds = 16;
            verdict.passes_one = true;
            verdict.outcome = if arm.control { Outcome::FalseAlarm } else { Outcome::Missed };
        }
    }
    assert!(
        targets(&tally).iter().all(|target| target.met == Some(false)),
        "{:?}",
        targets(&tally)
    );
    tally.arms.clear();
    assert!(targets(&tally).iter().all(|target| target.met.is_none()));
}

#[test]
fn the_table_has_a_line_an_arm_and_names_what_is_not_recorded() {
    let recorded = recorded();
    let tally = tally(&recorded, &arms(), 1, 10).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let mut live = Live::read(&dir.path().join("none.json")).unwrap();
    let slow = &arms()[2];
    live.add(LiveVerdict {
        arm: slow.name.clone(),
        settings: slow.settings(),
        outcome: tailguard::policy::Outcome::Fail,
        rounds: 5,
        minutes: 3.25,
        commit: None,
        time: "2026-01-01T00:00:00Z".to_owned(),
        called: vec![called("write", Metric::P95, Verdict::Regressed)],
    });
    let path = dir.path().join("live.json");
    live.write(&path).unwrap();
    assert_eq!(Live::read(&path).unwrap(), live);
    let text = markdown(&recorded, &tally, &arms(), &live);
    let line = |start: &str| text.lines().find(|line| line.starts_with(start)).unwrap();
    assert!(
        line("| slow *").ends_with("| 10 | 10 | found, 1 worse; 5 rounds, 3.2 min |"),
        "{text}"
    );
    assert!(line("| unchanged |").contains("| - | - | - | 10 | 0 |"), "{text}");
    assert!(text.contains("**Not recorded:** never."), "{text}");
    let cells = |line: &str| line.matches('|').count();
    let head = cells(line("| fault"));
    for start in ["| slow", "| unchanged", "| nothing", "| ---"] {
        assert_eq!(cells(line(start)), head, "{text}");
    }
    // Another setting is another fault.
    let mut changed = live.clone();
    changed.verdicts[0].settings = "CLINIC_FAULT_LOCK_MS=6".to_owned();
    assert!(!markdown(&recorded, &tally, &arms(), &changed).contains("3.2 min"));
}

#[test]
fn noise_is_told_by_pairs_of_unchanged_runs() {
    let dir = tempfile::tempdir().unwrap();
    let arms = [arm("base", &[]), arm("unchanged", &[])];
    let mut rounds: Vec<_> =
        (0..4).map(|n| round(dir.path(), &arms[0], n, &["write"], 1.0)).collect();
    // One of the four writes slowly; what else differs is made to differ by some 3 %.
    rounds.extend(
        (0..4).map(|n| round(dir.path(), &arms[1], n, &["write"], if n == 2 { 1.3 } else { 1.0 })),
    );
    let rows = noise(&Recorded::of(rounds).unwrap(), &arms);
    assert_eq!(rows.len(), 4);
    for row in &rows {
        let slow = usize::from(row.row == "write / create");
        assert_eq!((row.near_apart, row.far_apart, row.pairs), (slow, slow, 4), "{row:?}");
        assert!(row.ranked >= slow && (row.requests - 200.0).abs() < 1e-9, "{row:?}");
        assert_eq!(row.spread.1 > 0.05, slow == 1, "{row:?}");
    }
    // Without the second arm there is nothing to say.
    let alone = (0..4).map(|n| round(dir.path(), &arms[0], n, &[], 1.0)).collect();
    assert_eq!(noise(&Recorded::of(alone).unwrap(), &arms), []);
}

#[test]
fn too_few_rounds_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let base = arm("base", &[]);
    let rounds = (0..7).map(|n| round(dir.path(), &base, n, &[], 1.0)).collect();
    let message = tally(&Recorded::of(rounds).unwrap(), &[base], 1, 10).unwrap_err().to_string();
    assert!(message.contains("7 recorded rounds") && message.contains("\nhint: "), "{message}");
}

#[test]
fn only_what_is_between_the_markers_of_the_page_changes() {
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../docs/performance/fault-verdicts.md");
    let page = std::fs::read_to_string(page).unwrap();
    let once = replaced(&page, "fault-verdicts", "First text.\n").unwrap();
    let twice = replaced(&once, "fault-verdicts", "two\n").unwrap();
    assert_eq!(twice, once.replace("First text.\n", "two\n"));
    assert!(once.starts_with(page.split_once("<!-- ").unwrap().0));
    assert_eq!(replaced(&page, "another", "x"), None);
    assert_eq!(replaced("no markers", "fault-verdicts", "x"), None);
}

#[test]
fn a_live_verdict_is_read_from_a_report_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("report.json");
    for text in ["", "{}", "[]", "{\"schema\":\"tailguard.report/v1\"}"] {
        std::fs::write(&path, text).unwrap();
        let read = LiveVerdict::of(&arm("slow", &["write"]), &path, 1.0, None, String::new());
        let message = read.unwrap_err().to_string();
        assert!(message.contains("report.json") && message.contains("\nhint: "), "{message}");
    }
    std::fs::write(dir.path().join("live.json"), "{\"schema\":\"x\",\"verdicts\":[]}").unwrap();
    let message = Live::read(&dir.path().join("live.json")).unwrap_err().to_string();
    assert!(message.contains("\nhint: "), "{message}");
}
