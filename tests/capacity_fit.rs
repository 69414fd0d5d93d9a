//! Fits of throughput by concurrency: against values from outside, on simulated noise, and as the
//! command tells them.
//!
//! In the simulations throughput follows a known law, with noise that is the same everywhere or grows
//! with throughput. Seeds are fixed, so the figures are too.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]
#![allow(clippy::print_stdout, reason = "the figures are what a reader runs this for")]

mod common;
#[path = "capacity_fit/peak.rs"]
mod peak;

use std::fmt::Write as _;
use std::fs;

use common::simulated::normal;
use common::{run, stderr, stdout};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rayon::prelude::*;
use serde_json::Value;
use tailguard::capacity::bootstrap::Resampling;
use tailguard::capacity::fit::{Fit, Model, fit};
use tailguard::capacity::usl::Usl;
use tailguard::capacity::{Estimate, Step};

/// codahale/usl-rs, `src/lib.rs`: a Cisco benchmark, N = 1 to 32.
const CISCO: [f64; 32] = [
    955.16, 1878.91, 2688.01, 3548.68, 4315.54, 5130.43, 5931.37, 6531.08, 7219.8, 7867.61,
    8278.71, 8646.7, 9047.84, 9426.55, 9645.37, 9897.24, 10097.6, 10240.5, 10532.39, 10798.52,
    11151.43, 11518.63, 11806.0, 12089.37, 12075.41, 12177.29, 12211.41, 12158.93, 12155.27,
    12118.04, 12140.4, 12074.39,
];

/// A server with 6 slots.
const SLOTS: [(f64, f64); 10] = [
    (1.0, 103.898),
    (2.0, 222.882),
    (3.0, 335.363),
    (4.0, 452.017),
    (6.0, 713.048),
    (8.0, 763.418),
    (12.0, 761.81),
    (16.0, 746.662),
    (24.0, 747.145),
    (32.0, 739.809),
];

/// codahale/usl-rs, `example.csv`.
const EXAMPLE: [(f64, f64); 7] = [
    (1.0, 65.0),
    (18.0, 996.0),
    (36.0, 1652.0),
    (72.0, 1853.0),
    (108.0, 1829.0),
    (144.0, 1775.0),
    (216.0, 1702.0),
];

const HOW: Resampling = Resampling { replicates: 499, seed: 1 };

fn step(concurrency: f64, per_s: f64) -> Step {
    Step { concurrency, per_s, latency_s: None, iteration_s: None }
}

fn fitted(measured: &[(f64, f64)]) -> Fit {
    let steps: Vec<Step> = measured.iter().map(|&(n, x)| step(n, x)).collect();
    fit(&steps, HOW).unwrap()
}

fn cisco() -> Vec<(f64, f64)> {
    (1_u32..).map(f64::from).zip(CISCO).collect()
}

fn close(found: f64, expected: f64, relative: f64) {
    assert!((found / expected - 1.0).abs() < relative, "{found} is not {expected}");
}

fn squares(residuals: &[f64]) -> f64 {
    residuals.iter().map(|r| r * r).sum()
}

/// Parameters of codahale/usl-rs' own test; the sum of squares and R² from an independent refit.
#[test]
fn the_book_s_parameters_are_reproduced() {
    let fit = fitted(&cisco());
    assert_eq!(fit.model, Model::Usl);
    close(fit.usl.law.sigma, 0.026_715_91, 1e-5);
    close(fit.usl.law.kappa, 7.690_945e-4, 1e-5);
    close(fit.usl.law.lambda, 995.6486, 1e-6);
    close(squares(&fit.usl.quality.residuals), 1_023_849.52, 1e-6);
    close(fit.usl.quality.r2.unwrap(), 0.997_151_1, 1e-6);
    let peak = fit.usl.peak.unwrap();
    assert!((peak.concurrency.value - 35.0).abs() < f64::EPSILON);
    close(peak.per_s.value, 12_341.745_4, 1e-6);
    assert!(peak.extrapolated, "it was measured up to 32");
}

#[test]
fn a_server_with_slots_has_a_hard_limit() {
    let fit = fitted(&SLOTS);
    assert_eq!(fit.model, Model::HardLimit);
    assert!(fit.weight > 0.999, "{}", fit.weight);
    let knee = fit.hard_limit.knee.unwrap();
    let (low, high) = knee.interval.unwrap();
    assert!((low..high).contains(&6.0) || (knee.value - 6.0).abs() < 0.6, "{knee:?}");
    close(fit.hard_limit.limit_per_s.unwrap().value, 751.7688, 1e-6);
    // What the law makes of the same steps, by an independent fit: its maximum is misplaced.
    close(fit.usl.law.sigma, 0.058_755_2, 1e-4);
    close(fit.usl.law.kappa, 0.003_927_49, 1e-4);
    close(fit.usl.law.lambda, 143.860, 1e-4);
    close(fit.usl.quality.r2.unwrap(), 0.951_237, 1e-5);
    close(fit.usl.law.peak().unwrap(), 15.48, 1e-3);
    assert_eq!(fit.usl.peak, None, "it is not the model that was chosen");
}

/// Parameters as the README of codahale/usl prints them, with six digits.
#[test]
fn few_steps_that_bend_are_fitted_too() {
    let fit = fitted(&EXAMPLE);
    close(fit.usl.law.sigma, 0.027_729_9, 5e-4);
    close(fit.usl.law.kappa, 0.000_104_343, 5e-4);
    close(fit.usl.law.lambda, 89.9878, 5e-4);
    close(fit.usl.law.peak().unwrap(), 96.5, 5e-3);
    assert!(fit.usl.peak.is_none_or(|peak| !peak.extrapolated));
}

#[derive(Debug, Clone, Copy)]
enum Noise {
    /// The same everywhere, as a part of the largest throughput.
    Same(f64),
    /// A part of each throughput.
    Proportional(f64),
}

const LEVELS: [f64; 10] = [1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0];

/// 10 levels, each repeated.
fn simulated(
    curve: impl Fn(f64) -> f64,
    repeats: usize,
    noise: Noise,
    random: &mut ChaCha8Rng,
) -> Vec<Step> {
    let most = LEVELS.iter().map(|n| curve(*n)).fold(0.0, f64::max);
    let mut steps = Vec::new();
    for n in LEVELS {
        for _ in 0..repeats {
            let exact = curve(n);
            let off = match noise {
                Noise::Same(part) => part * most,
                Noise::Proportional(part) => part * exact,
            };
            steps.push(step(n, (exact + off * normal(random)).max(exact / 100.0)));
        }
    }
    steps
}

const SIMULATIONS: u64 = 500;

fn fits(law: Usl, noise: Noise, seed: u64) -> Vec<Fit> {
    fits_of(&|n| law.per_s(n), (3, noise), SIMULATIONS, seed)
}

fn fits_of(
    curve: &(impl Fn(f64) -> f64 + Sync),
    (repeats, noise): (usize, Noise),
    simulations: u64,
    seed: u64,
) -> Vec<Fit> {
    (0..simulations)
        .into_par_iter()
        .map(|simulation| {
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            random.set_stream(simulation);
            let steps = simulated(curve, repeats, noise, &mut random);
            fit(&steps, Resampling { seed: simulation, ..HOW }).unwrap()
        })
        .collect()
}

fn covers(estimate: &Estimate, truth: f64) -> bool {
    estimate.interval.is_some_and(|(low, high)| low <= truth && truth <= high)
}

fn share(fits: &[Fit], holds: impl Fn(&Fit) -> bool) -> f64 {
    fits.iter().filter(|fit| holds(fit)).count() as f64 / fits.len() as f64
}

#[test]
fn intervals_cover_known_parameters_as_often_as_they_claim() {
    let law = Usl { sigma: 0.05, kappa: 0.002, lambda: 1000.0 };
    for (noise, seed) in [(Noise::Same(0.01), 1), (Noise::Proportional(0.03), 2)] {
        let fits = fits(law, noise, seed);
        let coverage = [
            ("sigma", share(&fits, |fit| covers(&fit.usl.sigma, law.sigma))),
            ("kappa", share(&fits, |fit| covers(&fit.usl.kappa, law.kappa))),
            ("lambda", share(&fits, |fit| covers(&fit.usl.lambda, law.lambda))),
        ];
        for (name, share) in coverage {
            println!(
                "{noise:?}: the interval of {name} covers {:.1} % (seed {seed})",
                100.0 * share
            );
            assert!((0.90..=0.98).contains(&share), "{noise:?} {name}: {share}");
        }
        assert!(share(&fits, |fit| fit.model == Model::Usl) > 0.99, "{noise:?}");
        // The peak of this law lies at 21.8, between the steps, and throughput falls by 4 % after it.
        let seen = share(&fits, |fit| fit.usl.peak.is_some_and(|peak| !peak.extrapolated));
        println!("{noise:?}: a fall of 4 % shows a peak in {:.1} %", 100.0 * seen);
        assert!(!matches!(noise, Noise::Same(_)) || seen > 0.8, "{noise:?}: {seen}");
    }
}

#[test]
fn a_cost_that_is_not_there_gets_a_one_sided_bound_and_no_peak() {
    let law = Usl { sigma: 0.05, kappa: 0.0, lambda: 1000.0 };
    let fits = fits(law, Noise::Proportional(0.03), 3);
    let held = share(&fits, |fit| fit.usl.held.kappa);
    println!("kappa, which is 0, is held at its bound in {:.1} %", 100.0 * held);
    assert!((0.3..0.7).contains(&held), "{held}");
    for fit in fits.iter().filter(|fit| fit.usl.held.kappa) {
        let (low, high) = fit.usl.kappa.interval.unwrap();
        assert!(low.abs() < 1e-300 && high > 0.0, "{:?}", fit.usl.kappa);
        assert_eq!(fit.usl.peak, None);
    }
    let covered = share(&fits, |fit| covers(&fit.usl.kappa, 0.0));
    println!("the interval of a kappa of 0 covers it in {:.1} %", 100.0 * covered);
    assert!(covered >= 0.9, "{covered}");
    let false_peaks = share(&fits, |fit| fit.usl.peak.is_some());
    println!("a peak that is not there is told in {:.1} %", 100.0 * false_peaks);
    assert!(false_peaks <= 0.05, "{false_peaks}");
}

/// The bound above a cost that is held lies above a small true cost nearly always.
#[test]
fn the_bound_above_a_small_cost_holds() {
    let law = Usl { sigma: 0.05, kappa: 2e-5, lambda: 1000.0 };
    let fits = fits(law, Noise::Proportional(0.03), 4);
    let covered = share(&fits, |fit| covers(&fit.usl.kappa, law.kappa));
    println!("the interval of a small kappa covers it in {:.1} %", 100.0 * covered);
    assert!(covered >= 0.9, "{covered}");
}

/// Steps of a table, as the command reads them.
fn table(measured: &[(f64, f64)]) -> String {
    let mut text = "concurrency,per_s\n".to_owned();
    for (n, x) in measured {
        writeln!(text, "{n},{x}").unwrap();
    }
    text
}

fn json(output: &std::process::Output) -> Value {
    serde_json::from_str(&stdout(output)).unwrap()
}

fn told(path: &std::path::Path, arguments: &[&str]) -> std::process::Output {
    run(path, &[&["capacity", "fit"][..], arguments].concat())
}

#[test]
fn the_command_keeps_to_its_published_schema_and_to_its_bytes() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("cisco.csv"), table(&cisco())).unwrap();
    let arguments = ["cisco.csv", "--format", "json"];
    let output = told(dir.path(), &arguments);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(stdout(&output), stdout(&told(dir.path(), &arguments)));
    let told = json(&output);
    let text = fs::read_to_string("docs/performance/schemas/fit-v1.json").unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<_> = validator.iter_errors(&told).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    assert_eq!(told["schema"], "tailguard.fit/v1");
    assert_eq!(told["model"], "usl");
    let usl = &told["models"][0];
    assert_eq!(usl["name"], "usl");
    assert_eq!(usl["peak"]["concurrency"], 35);
    assert_eq!(usl["peak"]["extrapolated"], true);
    close(usl["parameters"]["sigma"].as_f64().unwrap(), 0.026_715_91, 1e-5);
    assert!(usl["intervals"]["kappa"][0].as_f64().unwrap() > 0.0);
    assert_eq!(told["steps"][0]["little"]["state"], "not-checked");
    let page = stdout(&self::told(dir.path(), &["cisco.csv"]));
    assert!(page.contains("no maximum observed") && page.contains("extrapolated"), "{page}");
}

#[test]
fn what_cannot_be_fitted_is_refused_with_a_hint() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("five.csv"), table(&SLOTS[..5])).unwrap();
    fs::write(dir.path().join("zero.csv"), "concurrency,per_s\n1,0\n").unwrap();
    fs::write(dir.path().join("k6.json"), load_test(&[1, 2])).unwrap();
    for (arguments, code, said) in [
        (&["five.csv"][..], 1, "cannot fit 5 steps"),
        (&["zero.csv"], 1, "per_s \"0\" in line 2"),
        (&["k6.json"], 1, "--concurrency-from TAG"),
        (&["none.csv"], 1, "no such file"),
        (&["k6.json", "--concurrency-from", "users"], 1, "no usable step by the tag users"),
        (&["k6.json", "--concurrency-from", "scenario"], 1, "the tag scenario with the value"),
        (&["five.csv", "--format", "junit"], 2, "no such report format"),
        (&["five.csv", "--refits", "7"], 2, "100 to 100000"),
    ] {
        let output = told(dir.path(), arguments);
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {message}");
        assert!(message.contains(said), "{arguments:?}: {message}");
        assert_eq!(stdout(&output), "", "{arguments:?}");
    }
}

#[test]
fn a_step_that_contradicts_littles_law_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let mut text = "concurrency,per_s,latency_ms,iteration_ms\n".to_owned();
    for (at, (n, x)) in SLOTS.into_iter().enumerate() {
        // Half of every iteration is think time; one step tells a latency of other requests.
        let iteration = 1e3 * n / x;
        let (latency, iteration) = match at {
            3 => (iteration / 4.0, iteration / 2.0),
            _ => (iteration / 2.0, iteration),
        };
        writeln!(text, "{n},{x},{latency},{iteration}").unwrap();
    }
    fs::write(dir.path().join("steps.csv"), text).unwrap();
    let told = json(&told(dir.path(), &["steps.csv", "--format", "json"]));
    let states: Vec<&str> = told["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["little"]["state"].as_str().unwrap())
        .collect();
    let mut expected = ["agrees"; 10];
    expected[3] = "differs";
    assert_eq!(states, expected);
    close(told["steps"][3]["little"]["off"].as_f64().unwrap(), -0.5, 1e-9);
    assert_eq!(told["notices"].as_array().unwrap().len(), 1);
    assert_eq!(told["notices"][0]["code"], "little");
}

/// A closed model against a server of 6 slots of 8 ms, as k6 writes it: a second a step, a second
/// between them.
fn load_test(levels: &[u32]) -> String {
    let mut text = String::new();
    for (at, n) in (0_u64..).zip(levels) {
        // In the mean a request takes as long as it takes all users to get their slots.
        let latency_ns = 8_000_000_u64 * u64::from(*n.max(&6)) / 6;
        for ended in (1..).map(|i| i * latency_ns).take_while(|ns| *ns <= 1_000_000_000) {
            let at_ns = 2_000_000_000 * at + ended;
            for _ in 0..*n {
                writeln!(
                    text,
                    "{{\"metric\":\"http_req_duration\",\"type\":\"Point\",\"data\":{{\"time\":\
                     \"2026-11-23T06:00:{:02}.{:09}Z\",\"value\":{},\"tags\":{{\"concurrency\":\
                     \"{n}\",\"scenario\":\"concurrency-{n}\"}}}}}}",
                    at_ns / 1_000_000_000,
                    at_ns % 1_000_000_000,
                    latency_ns as f64 / 1e6,
                )
                .unwrap();
            }
        }
    }
    text
}

#[test]
fn steps_are_read_from_a_load_test_by_their_tag() {
    let dir = tempfile::tempdir().unwrap();
    let levels = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32];
    fs::write(dir.path().join("steps.json"), load_test(&levels)).unwrap();
    let arguments = ["steps.json", "--concurrency-from", "concurrency", "--format", "json"];
    let output = told(dir.path(), &arguments);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let told = json(&output);
    assert_eq!(told["model"], "hard-limit", "{told:#}");
    let limit = &told["models"][1]["parameters"];
    close(limit["r0_s"].as_f64().unwrap(), 0.008, 1e-3);
    close(limit["limit_per_s"].as_f64().unwrap(), 750.0, 1e-3);
    close(limit["knee"].as_f64().unwrap(), 6.0, 2e-3);
    let steps = told["steps"].as_array().unwrap();
    assert_eq!(steps.len(), levels.len());
    for step in steps {
        assert_eq!(step["little"]["state"], "agrees", "{step:#}");
    }
    assert_eq!(told["sources"][0]["path"], "steps.json");
}
