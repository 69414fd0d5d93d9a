//! Properties of the decision that need no oracle: they hold for any measurements.

#![allow(clippy::expect_used, reason = "a test that cannot be set up has failed")]

mod common;

use std::collections::BTreeMap;

use common::one_run;
use proptest::prelude::*;
use tailguard::baseline::{self, Baseline};
use tailguard::compare::{Test, compare, suite_shift};
use tailguard::measure::{EnvironmentKey, Evidence, Figure, Metric, Row, Run, Tags, Unit};
use tailguard::policy::config::{Config, Gate};
use tailguard::policy::{Because, Finding, Procedure, Verdict, judge, weighed};
use tailguard::source::Reading;

/// Values of one row: one list a session, of one value a run.
type Sessions = Vec<Vec<f64>>;

/// One row on both sides.
#[derive(Debug, Clone)]
struct Rows {
    base: Sessions,
    fresh: Sessions,
}

fn findings(rows: &[Rows], one_session: bool, floor_free: bool) -> Vec<Finding> {
    judged(&runs(rows, |r| &r.base, "base"), &fresh_runs(rows, one_session), floor_free)
}

fn fresh_runs(rows: &[Rows], one_session: bool) -> Vec<Run> {
    runs(rows, |r| &r.fresh, if one_session { "base" } else { "fresh" })
}

fn judged(base: &[Run], fresh: &[Run], floor_free: bool) -> Vec<Finding> {
    let mut gate = Gate::default();
    if floor_free {
        gate.floor.load.value = 0.0;
    }
    let config = Config::standalone("suite", gate, Reading::default());
    let cases = weighed(&config, "suite", compare(base, fresh, Test::ModeratedT));
    judge(cases, config.gate.alpha, Procedure::OneShot).0
}

fn runs(rows: &[Rows], side: impl Fn(&Rows) -> &Sessions, name: &str) -> Vec<Run> {
    let mut runs: BTreeMap<(usize, usize), Vec<Row>> = BTreeMap::new();
    for (index, row) in rows.iter().enumerate() {
        for (session, values) in side(row).iter().enumerate() {
            for (run, value) in values.iter().enumerate() {
                runs.entry((session, run)).or_default().push(one_row(index, *value, Unit::Ms));
            }
        }
    }
    runs.into_iter()
        .map(|((session, run), rows)| {
            let side = if name == "base" { "ba5e" } else { "f8e5" };
            let id = format!("{session:08x}{side}{run:04x}{:048}", 0);
            one_run(id, format!("{name}-{session}"), rows)
        })
        .collect()
}

fn one_row(index: usize, value: f64, unit: Unit) -> Row {
    let id = format!("row {index}");
    let tags: Tags = [("row".to_owned(), id.clone())].into();
    let mut row = Row::empty(id, tags, unit, Evidence::Requests);
    row.figures.extend(Figure::positive(value, None).map(|figure| (Metric::P95, figure)));
    row
}

fn mirrored(verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::Regressed => Verdict::Improved,
        Verdict::Improved => Verdict::Regressed,
        Verdict::Missing => Verdict::New,
        Verdict::New => Verdict::Missing,
        other => other,
    }
}

fn verdicts(findings: &[Finding]) -> Vec<(String, Verdict)> {
    findings.iter().map(|f| (f.comparison.id.clone(), f.verdict)).collect()
}

/// A side: sessions of runs around a level, with more or less scatter.
fn side(level: f64) -> impl Strategy<Value = Sessions> {
    let factor = prop_oneof![Just(1.0), 0.7..1.5_f64];
    let scatter = prop_oneof![Just(0.0), Just(0.01), Just(0.1)];
    (1..4_usize, 1..6_usize, factor, scatter).prop_flat_map(
        move |(sessions, n, factor, scatter)| {
            let value = (-1.0..1.0_f64).prop_map(move |z| level * factor * (scatter * z).exp());
            prop::collection::vec(prop::collection::vec(value, n), sessions)
        },
    )
}

fn any_rows() -> impl Strategy<Value = Vec<Rows>> {
    let row = (0.05..500.0_f64, any::<u8>()).prop_flat_map(|(level, kind)| {
        (side(level), side(level)).prop_map(move |(base, fresh)| match kind % 16 {
            0 => Rows { base, fresh: Vec::new() },
            1 => Rows { base: Vec::new(), fresh },
            _ => Rows { base, fresh },
        })
    });
    prop::collection::vec(row, 1..8)
}

proptest! {
    #[test]
    fn swapping_the_sides_mirrors_every_verdict(rows in any_rows(), one_session: bool) {
        let swapped: Vec<Rows> = rows
            .iter()
            .map(|row| Rows { base: row.fresh.clone(), fresh: row.base.clone() })
            .collect();
        let there = verdicts(&findings(&rows, one_session, false));
        let back: Vec<_> = verdicts(&findings(&swapped, one_session, false))
            .into_iter()
            .map(|(id, verdict)| (id, mirrored(verdict)))
            .collect();
        prop_assert_eq!(there, back);
    }

    #[test]
    fn scaling_units_changes_nothing(rows in any_rows(), one_session: bool, power in 0_i32..7) {
        let scale = 10_f64.powi(power);
        let scaled: Vec<Rows> = rows
            .iter()
            .map(|row| {
                let scaled = |side: &Sessions| {
                    side.iter().map(|s| s.iter().map(|v| v * scale).collect()).collect()
                };
                Rows { base: scaled(&row.base), fresh: scaled(&row.fresh) }
            })
            .collect();
        prop_assert_eq!(
            verdicts(&findings(&rows, one_session, true)),
            verdicts(&findings(&scaled, one_session, true))
        );
    }

    #[test]
    fn the_order_of_runs_changes_nothing(rows in any_rows(), one_session: bool) {
        let (base, fresh) = (runs(&rows, |r| &r.base, "base"), fresh_runs(&rows, one_session));
        let reversed = |runs: &[Run]| runs.iter().rev().cloned().collect::<Vec<_>>();
        prop_assert_eq!(
            verdicts(&judged(&base, &fresh, false)),
            verdicts(&judged(&reversed(&base), &reversed(&fresh), false))
        );
    }

    #[test]
    fn equal_sides_never_move(rows in any_rows(), one_session: bool) {
        let equal: Vec<Rows> = rows
            .iter()
            .map(|row| Rows { base: row.base.clone(), fresh: row.base.clone() })
            .collect();
        for finding in findings(&equal, one_session, false) {
            prop_assert!(!matches!(finding.verdict, Verdict::Regressed | Verdict::Improved));
        }
    }

    #[test]
    fn the_estimate_lies_in_its_interval_and_p_only_grows(rows in any_rows(), one_session: bool) {
        for finding in findings(&rows, one_session, false) {
            let Some(evidence) = finding.tested else { continue };
            let change = finding.comparison.change().unwrap_or(0.0);
            let [low, high] = evidence.interval;
            prop_assert!(low <= change + 1e-12 && change <= high + 1e-12);
            prop_assert!(evidence.p_adjusted >= evidence.p - 1e-15 && evidence.p_adjusted <= 1.0);
        }
    }
}

/// Five runs whose logarithms scatter with exactly this standard deviation.
fn scattered(level: f64, sd: f64) -> Sessions {
    vec![[-2.0, -1.0, 0.0, 1.0, 2.0].map(|z: f64| level * (sd * z / 2.5_f64.sqrt()).exp()).to_vec()]
}

fn rows_of(changes: &[f64], level: f64, sd: f64) -> Vec<Rows> {
    let row = |change: &f64| Rows {
        base: scattered(level, sd),
        fresh: scattered(level * (1.0 + change), sd),
    };
    changes.iter().map(row).collect()
}

fn first(findings: &[Finding]) -> (Verdict, Because) {
    let first = findings.iter().find(|f| f.comparison.id == "row 0").expect("it was compared");
    (first.verdict, first.because)
}

#[test]
fn every_rule_decides_the_case_it_is_for() {
    let with = |change: f64| {
        let mut changes = vec![0.0; 12];
        changes[0] = change;
        changes
    };
    let judged =
        |changes: &[f64], level, sd| first(&findings(&rows_of(changes, level, sd), true, false));
    // t = ln(1.2) / (.03 sqrt(2/5)) = 9.6 and 3.3 standard errors, with 18 degrees of freedom.
    assert_eq!(judged(&with(0.2), 20.0, 0.03), (Verdict::Regressed, Because::Worse));
    assert_eq!(judged(&with(0.065), 20.0, 0.03), (Verdict::Inconclusive, Because::HeldBack));
    assert_eq!(judged(&with(-0.2), 20.0, 0.03), (Verdict::Improved, Because::Better));
    assert_eq!(judged(&with(0.0), 20.0, 0.01), (Verdict::Steady, Because::Equivalent));
    assert_eq!(judged(&with(0.04), 20.0, 0.12), (Verdict::Inconclusive, Because::Unsettled));
    // 30 % of 0.3 ms is real, and less than the floor of 0.1 ms.
    assert_eq!(judged(&with(0.3), 0.3, 0.01), (Verdict::Inconclusive, Because::BelowFloor));
    // The same between two sessions of one side each: only gross changes are told.
    let foreign = |change| first(&findings(&rows_of(&with(change), 20.0, 0.03), false, false));
    assert_eq!(foreign(0.0), (Verdict::Untested, Because::OneSession));
    assert_eq!(foreign(0.2), (Verdict::Regressed, Because::Worse));
    let one = |level: f64| vec![vec![level]];
    let single = [Rows { base: one(20.0), fresh: one(40.0) }];
    assert_eq!(first(&findings(&single, true, false)), (Verdict::Untested, Because::OneRunEach));
}

#[test]
fn lost_data_is_never_steady_and_failing_fast_never_improved() {
    let base = runs(&rows_of(&[0.0], 20.0, 0.01), |r| &r.base, "base");
    let mut fresh = runs(&rows_of(&[0.0], 20.0, 0.01), |r| &r.fresh, "base");
    fresh[0].rows[0].damaged = true;
    let damaged = judged(&base, &fresh, false);
    assert_eq!(first(&damaged), (Verdict::Inconclusive, Because::Damaged));

    let rows = rows_of(&[-0.3], 20.0, 0.01);
    let (mut base, mut fresh) = (base, runs(&rows, |r| &r.fresh, "base"));
    for (side, failed) in [(&mut base, 10), (&mut fresh, 100)] {
        for run in side {
            let share = Figure::share(failed, 1000).expect("a share");
            run.rows[0].figures.insert(Metric::ErrorRate, share);
        }
    }
    let faster = judged(&base, &fresh, false);
    let of = |metric| faster.iter().find(|f| f.comparison.metric == metric).expect("compared");
    assert_eq!(of(Metric::P95).because, Because::FasterButFailing);
    assert_eq!(of(Metric::ErrorRate).verdict, Verdict::Regressed);
}

#[test]
fn a_suite_that_moved_as_a_whole_is_named() {
    let moved = |changes: &[f64]| {
        let rows = rows_of(changes, 20.0, 0.01);
        let (base, fresh) = (runs(&rows, |r| &r.base, "base"), fresh_runs(&rows, true));
        suite_shift(compare(&base, &fresh, Test::ModeratedT).iter(), Metric::P95)
    };
    let shift = moved(&[0.06, 0.058, 0.062, 0.06, 0.059, 0.061]).expect("all rows moved alike");
    assert_eq!(shift.rows, 6);
    assert!((shift.change - 0.06).abs() < 0.002);
    assert_eq!(moved(&[0.06, 0.058, 0.0, 0.06, 0.059, -0.061]), None);
    assert_eq!(moved(&[0.06, 0.30, 0.02, 0.15, 0.05, 0.09]), None);
    assert_eq!(moved(&[0.06, 0.06, 0.06]), None);
}

proptest! {
    #[test]
    fn what_was_written_and_read_back_decides_alike(rows in any_rows(), one_session: bool) {
        let stored = Baseline {
            suite: "suite".to_owned(),
            environment: EnvironmentKey::new("test"),
            runs: runs(&rows, |r| &r.base, "base"),
            accepted: BTreeMap::new(),
            noise: Vec::new(),
            history: Vec::new(),
        };
        let text = baseline::text(&stored).expect("figures have a JSON form");
        let read = baseline::parse_for(text.as_bytes(), "suite", &stored.environment);
        let read = read.expect("what was written reads");
        let fresh = fresh_runs(&rows, one_session);
        let evidence = |findings: Vec<Finding>| -> Vec<_> {
            findings.into_iter().map(|f| (f.comparison.id, f.verdict, f.tested)).collect()
        };
        prop_assert_eq!(
            evidence(judged(&stored.runs, &fresh, false)),
            evidence(judged(&read.runs, &fresh, false))
        );
        prop_assert_eq!(&text, &baseline::text(&read).expect("as before"));
    }
}

/// Mean width of the interval over many draws, for `runs` a side of three rows.
fn mean_width(runs: usize) -> f64 {
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;
    use rand_distr::{Distribution, StandardNormal};
    const DRAWS: u64 = 400;
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let mut sum = 0.0;
    for _ in 0..DRAWS {
        let mut side = || {
            let draw = |random: &mut ChaCha8Rng| -> f64 {
                let z: f64 = StandardNormal.sample(random);
                20.0 * (0.03 * z).exp()
            };
            vec![(0..runs).map(|_| draw(&mut random)).collect::<Vec<f64>>()]
        };
        let rows: Vec<Rows> = (0..3).map(|_| Rows { base: side(), fresh: side() }).collect();
        for finding in findings(&rows, true, false) {
            let [low, high] = finding.tested.map_or([0.0, 0.0], |e| e.interval);
            sum += high.ln_1p() - low.ln_1p();
        }
    }
    sum / (3.0 * DRAWS as f64)
}

#[test]
fn more_runs_never_widen_the_interval_in_expectation() {
    let widths: Vec<f64> = [2, 3, 4, 5, 8, 12].map(mean_width).to_vec();
    for pair in widths.windows(2) {
        assert!(pair[1] < pair[0], "mean widths by runs: {widths:?}");
    }
}
