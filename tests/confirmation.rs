//! Screen and confirm, on simulated suites: how often an unchanged suite fails, how often a slowdown
//! is found, and how many rounds that takes.
//!
//! The run-level model is that of `simulation.rs`: ln p95 of a run is normal around its row's level
//! with a standard deviation of `TAU * exp(0.35 N(0,1))`. In some settings a round has a mood besides,
//! which moves all rows of both sides alike. Seeds are fixed, so the figures are too.

#![allow(clippy::unwrap_used, reason = "the distributions have fixed parameters")]
#![allow(clippy::print_stdout, reason = "the figures are what a reader runs this for")]

mod common;

use common::one_run;
use common::simulated::{TAU, error, normal, one_row};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rayon::prelude::*;
use tailguard::measure::Run;
use tailguard::policy::config::{Config, Gate};
use tailguard::policy::{Confirmed, Looks, Staged, Verdict, confirm};
use tailguard::source::Reading;

#[derive(Clone, Copy)]
struct Design {
    rows: usize,
    tau: f64,
    /// Standard deviation of what the machine does to all rows of both sides of a round.
    mood: f64,
    /// Standard deviation of what a process does to all rows of its run.
    process: f64,
    /// Rounds of the screening, and at most of the confirmation.
    rounds: (usize, usize),
    /// The true change of the first rows, as a fraction.
    change: f64,
    /// How many rows changed.
    slower: usize,
}

const DEFAULT: Design =
    Design { rows: 50, tau: TAU, mood: 0.0, process: 0.0, rounds: (3, 5), change: 0.0, slower: 1 };

#[derive(Default, Clone, Copy)]
struct Counts {
    failed: u64,
    found: u64,
    passed_as_steady: u64,
    flagged: u64,
    rounds: u64,
}

fn simulate(design: Design, suites: u64, seed: u64) -> Counts {
    (0..suites)
        .into_par_iter()
        .map(|suite| {
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            random.set_stream(suite);
            one_suite(design, &mut random)
        })
        .reduce(Counts::default, |a, b| Counts {
            failed: a.failed + b.failed,
            found: a.found + b.found,
            passed_as_steady: a.passed_as_steady + b.passed_as_steady,
            flagged: a.flagged + b.flagged,
            rounds: a.rounds + b.rounds,
        })
}

/// Both sides of all rounds, those of the screening first.
fn sides(design: Design, random: &mut ChaCha8Rng) -> (Vec<Run>, Vec<Run>) {
    let noise: Vec<f64> =
        (0..design.rows).map(|_| design.tau * (0.35 * normal(random)).exp()).collect();
    let (screen, again) = design.rounds;
    let moods: Vec<f64> = (0..screen + again).map(|_| design.mood * normal(random)).collect();
    let mut side = |name: &str, shift: f64| -> Vec<Run> {
        let run = |(round, mood): (usize, &f64)| {
            let process = match design.process {
                0.0 => 0.0,
                sd => sd * normal(random),
            };
            let rows = noise.iter().enumerate().map(|(row, tau)| {
                let shift = if row < design.slower { shift } else { 0.0 };
                one_row(row, 20_f64.ln() + mood + process + shift + tau * normal(random))
            });
            let mut run = one_run(format!("{name}-{round}"), "here".to_owned(), rows.collect());
            run.provenance.round = u32::try_from(round).ok();
            run
        };
        moods.iter().enumerate().map(run).collect()
    };
    (side("base", 0.0), side("fresh", design.change.ln_1p()))
}

fn one_suite(design: Design, random: &mut ChaCha8Rng) -> Counts {
    let (screen, again) = design.rounds;
    let (mut base, mut fresh) = sides(design, random);
    let (base_again, fresh_again) = (base.split_off(screen), fresh.split_off(screen));
    let config = Config::standalone("suite", Gate::default(), Reading::default());
    let looks = Looks::over(u32::try_from(again).unwrap()).unwrap();
    let staged = |rounds: usize| Staged {
        suite: "suite",
        base: &base,
        fresh: &fresh,
        base_again: &base_again[..rounds],
        fresh_again: &fresh_again[..rounds],
    };
    let judged = confirm(&config, &[staged(again)], &looks);
    let mut rounds = 0;
    for _ in 0..judged.looks {
        rounds = looks.next(rounds).unwrap();
    }
    let regressed: Vec<&str> = rows_that(&judged, Verdict::Regressed);
    Counts {
        failed: u64::from(!regressed.is_empty()),
        found: u64::from(regressed.contains(&"0")),
        passed_as_steady: u64::from(rows_that(&judged, Verdict::Steady).contains(&"0")),
        flagged: judged.findings.iter().filter(|f| f.again.is_some()).count() as u64,
        rounds: screen as u64 + u64::from(rounds),
    }
}

fn rows_that(judged: &Confirmed, verdict: Verdict) -> Vec<&str> {
    let with = judged.findings.iter().filter(|finding| finding.verdict == verdict);
    with.map(|finding| finding.comparison.id.as_str()).collect()
}

/// The rates of so many simulated suites, printed.
fn rates(name: &str, design: Design, suites: u64, seed: u64) -> [f64; 4] {
    let counts = simulate(design, suites, seed);
    let share = |count: u64| count as f64 / suites as f64;
    let rounds = share(counts.rounds);
    let Counts { failed, found, passed_as_steady, flagged, .. } = counts;
    println!(
        "{name}: fails {:.2} %, found {:.1} %, steady {:.1} %, {:.1} flagged, {rounds:.1} rounds \
         (seed {seed})",
        100.0 * share(failed),
        100.0 * share(found),
        100.0 * share(passed_as_steady),
        share(flagged),
    );
    [share(failed), share(found), share(passed_as_steady), rounds]
}

/// A share of the error rate is spent at every look, and all looks together spend no more than it.
#[test]
fn an_unchanged_suite_rarely_fails_however_often_it_is_looked_at() {
    const SUITES: u64 = 4000;
    // Rows, rounds, what the machine does to the rows of a round, and a process to those of a run.
    let cases = [
        (12, (3, 5), 0.0, 0.0),
        (50, (3, 5), 0.0, 0.0),
        (12, (3, 12), 0.0, 0.0),
        (12, (3, 5), 0.03, 0.0),
        (50, (3, 5), 0.03, 0.0),
        (50, (3, 5), 0.1, 0.0),
        (3, (3, 5), 0.0, 0.0),
        (4, (2, 6), 0.0, 0.0),
        (4, (2, 6), 0.1, 0.0),
        (12, (3, 5), 0.0, 0.05),
        (50, (3, 5), 0.0, 0.05),
        (50, (3, 5), 0.1, 0.05),
    ];
    for (seed, (rows, rounds, mood, process)) in (70..).zip(cases) {
        let name = format!(
            "{rows} rows, {} rounds, then up to {}, mood {mood}, process {process}",
            rounds.0, rounds.1
        );
        let design = Design { rows, rounds, mood, process, ..DEFAULT };
        let [failed, ..] = rates(&name, design, SUITES, seed);
        assert!(failed <= 0.02 + error(0.02, SUITES), "{name}: {failed}");
    }
}

#[test]
fn slowdowns_are_found_in_few_rounds_and_not_passed_as_steady() {
    const SUITES: u64 = 4000;
    // Rows, spread between runs, what the machine does to the rows of a round, change; found in at
    // least, in at most so many of 8 rounds.
    let cases = [
        (50, TAU, 0.0, 0.10, 0.90, 7.4),
        (12, TAU, 0.0, 0.10, 0.90, 7.0),
        (12, TAU, 0.0, 0.20, 0.98, 5.9),
        (12, 0.05, 0.0, 0.20, 0.90, 7.0),
        (12, 0.05, 0.0, 0.50, 0.99, 5.8),
        (50, TAU, 0.1, 0.10, 0.80, 7.6),
        (12, TAU, 0.1, 0.10, 0.80, 7.4),
        (12, TAU, 0.1, 0.20, 0.97, 6.4),
    ];
    for (seed, (rows, tau, mood, change, at_least, at_most)) in (80..).zip(cases) {
        let name = format!(
            "{rows} rows, spread {tau}, mood {mood}, one row slower by {:.0} %",
            100.0 * change
        );
        let design = Design { rows, tau, mood, change, ..DEFAULT };
        let [_, found, steady, rounds] = rates(&name, design, SUITES, seed);
        assert!(found >= at_least - error(at_least, SUITES), "{name}: {found}");
        assert!(rounds <= at_most, "{name}: {rounds} rounds");
        if change > 0.15 {
            assert!(steady < 0.005, "{name}: {steady} pass as steady");
        }
    }
}

/// Nine rounds have a last look that is worth less than the one before.
#[test]
fn what_one_look_found_worse_stays_so() {
    // Some of them are settled while others are open: the looks go on.
    let design = Design { rows: 12, rounds: (3, 9), change: 0.08, slower: 6, ..DEFAULT };
    let config = Config::standalone("suite", Gate::default(), Reading::default());
    let looks = Looks::over(9).unwrap();
    let mut random = ChaCha8Rng::seed_from_u64(95);
    let mut kept = 0;
    for _ in 0..300 {
        let (base, fresh) = sides(design, &mut random);
        let (base, base_again) = base.split_at(3);
        let (fresh, fresh_again) = fresh.split_at(3);
        let mut worse: Vec<String> = Vec::new();
        for rounds in [2, 4, 6, 8, 9] {
            let (base_again, fresh_again) = (&base_again[..rounds], &fresh_again[..rounds]);
            let staged = Staged { suite: "suite", base, fresh, base_again, fresh_again };
            let judged = confirm(&config, &[staged], &looks);
            let now: Vec<String> =
                rows_that(&judged, Verdict::Regressed).into_iter().map(str::to_owned).collect();
            assert!(worse.iter().all(|row| now.contains(row)), "{worse:?} became {now:?}");
            kept += worse.len();
            worse = now;
        }
    }
    assert!(kept > 500, "{kept}");
}

/// The screening chose rounds by looking at its data, so on the same data it may not decide by them.
#[test]
fn a_screening_that_the_clock_leaves_alone_is_judged_by_runs() {
    let design = Design { rows: 12, mood: 0.1, rounds: (3, 0), change: 0.3, ..DEFAULT };
    let mut random = ChaCha8Rng::seed_from_u64(90);
    let (base, fresh) = sides(design, &mut random);
    let config = Config::standalone("suite", Gate::default(), Reading::default());
    let alone =
        Staged { suite: "suite", base: &base, fresh: &fresh, base_again: &[], fresh_again: &[] };
    let design_of = |staged: Staged<'_>| {
        let judged = confirm(&config, &[staged], &Looks::over(5).unwrap());
        judged.findings.iter().find(|f| f.comparison.id == "0").unwrap().comparison.design
    };
    assert_eq!(design_of(alone), tailguard::compare::Design::Runs);
    // With fresh rounds, what was chosen decides.
    let whole = Design { rounds: (3, 5), ..design };
    let (base, fresh) = sides(whole, &mut ChaCha8Rng::seed_from_u64(90));
    let (base, base_again) = base.split_at(3);
    let (fresh, fresh_again) = fresh.split_at(3);
    let confirmed = Staged { suite: "suite", base, fresh, base_again, fresh_again };
    assert_eq!(design_of(confirmed), tailguard::compare::Design::Rounds);
}

#[test]
fn looks_come_after_every_second_round_and_share_the_error_rate() {
    let looks = Looks::over(5).unwrap();
    let rounds: Vec<u32> = (0..5).filter_map(|done| looks.next(done)).collect();
    assert_eq!((rounds, looks.next(5)), (vec![2, 2, 4, 4, 5], None));
    let spent: f64 = [(0, 2), (2, 4), (4, 5)].map(|(a, b)| looks.share(a, b)).iter().sum();
    assert!((spent - 1.0).abs() < 1e-12);
    assert_eq!(Looks::over(0), None);
}
