//! When a peak is told: rarely where there is none, mostly where throughput falls.

use std::fs;

use serde_json::json;
use tailguard::capacity::fit::Model;
use tailguard::capacity::usl::Usl;

use super::common::stdout;
use super::{LEVELS, Noise, SLOTS, close, fits_of, fitted, json, share, table, told};

type Curve = fn(f64) -> f64;

/// Throughput that levels off and never falls: the law has a peak there, the steps have none.
#[test]
fn what_levels_off_is_rarely_said_to_fall() {
    let shapes: [(&str, Curve); 2] = [
        ("3000 (1 - exp(-N / 4))", |n| 3000.0 * (1.0 - (-n / 4.0).exp())),
        ("3000 tanh(N / 5)", |n| 3000.0 * (n / 5.0).tanh()),
    ];
    for repeats in [3, 1] {
        let mut all = Vec::new();
        for (name, curve) in &shapes {
            for noise in [0.01, 0.03] {
                let fits = fits_of(curve, (repeats, Noise::Proportional(noise)), 50, 5);
                let claimed = share(&fits, |fit| fit.usl.peak.is_some());
                println!(
                    "{name}, {repeats} a level, noise of {:.0} %: a peak in {:.1} % of 50 fits",
                    100.0 * noise,
                    100.0 * claimed
                );
                all.extend(fits);
            }
        }
        let claimed = share(&all, |fit| fit.usl.peak.is_some());
        let of_law = share(&all, |fit| fit.usl.law.peak().is_some_and(|peak| peak < 32.0));
        println!(
            "{repeats} a level: a peak in {:.1} % of {} fits; the law has one in {:.1} %",
            100.0 * claimed,
            all.len(),
            100.0 * of_law
        );
        assert!(claimed <= 0.05, "{repeats}: {claimed}");
        assert!(of_law > 0.9, "{repeats}: these data tempt nobody: {of_law}");
    }
}

/// Peaks well within what was measured, after which throughput falls by 18 % and by 15 %.
#[test]
fn a_fall_that_matters_shows_its_peak() {
    for (kappa, fall) in [(0.0042, 0.179), (0.0037, 0.152)] {
        let law = Usl { sigma: 0.05, kappa, lambda: 1000.0 };
        let most = LEVELS.iter().map(|n| law.per_s(*n)).fold(0.0, f64::max);
        close(1.0 - law.per_s(32.0) / most, fall, 0.02);
        let fits = fits_of(&|n| law.per_s(n), (3, Noise::Proportional(0.03)), 200, 6);
        let seen = share(&fits, |fit| fit.usl.peak.is_some_and(|peak| !peak.extrapolated));
        println!("a fall of {:.0} % shows a peak in {:.1} %", 100.0 * fall, 100.0 * seen);
        assert!(seen >= 0.8, "{fall}: {seen}");
    }
}

/// Steps of the reference platform, of which the best three are at 24 and the best one at 32.
const SCATTERED: [(f64, [f64; 3]); 10] = [
    (1.0, [1345.59, 1394.25, 1501.37]),
    (2.0, [1829.27, 1963.32, 2112.56]),
    (3.0, [2078.90, 2408.93, 2459.70]),
    (4.0, [2486.08, 2731.90, 2843.39]),
    (6.0, [3080.57, 3107.75, 3195.18]),
    (8.0, [2996.64, 3185.93, 3288.63]),
    (12.0, [3126.58, 3383.31, 3423.82]),
    (16.0, [3339.47, 3408.64, 3443.03]),
    (24.0, [3302.02, 3374.55, 3527.40]),
    (32.0, [3018.97, 3181.17, 3553.49]),
];

#[test]
fn steps_that_scatter_show_no_peak() {
    let measured = SCATTERED.map(|(n, per_s)| per_s.map(|x| (n, x)));
    let fit = fitted(measured.as_flattened());
    assert_eq!((fit.model, fit.usl.peak), (Model::Usl, None));
    assert!(fit.usl.law.peak().unwrap() < 18.0, "{:?}", fit.usl.law);
    assert!((fit.most.concurrency - 24.0).abs() < f64::EPSILON && !fit.most.falls);
    close(fit.most.per_s, 3401.32, 1e-5);
}

#[test]
fn what_only_falls_is_told_as_a_fall_and_what_levels_off_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let falling: Vec<(f64, f64)> = (1..=6).map(f64::from).map(|n| (n, 110.0 - 10.0 * n)).collect();
    fs::write(dir.path().join("falling.csv"), table(&falling)).unwrap();
    let page = stdout(&told(dir.path(), &["falling.csv", "--format", "markdown"]));
    assert!(page.starts_with("**scalability law (USL): "), "{page}");
    assert!(page.contains("is refuted by 6 steps"), "{page}");
    let text = json(&told(dir.path(), &["falling.csv", "--format", "json"]));
    assert_eq!(text["model"], "usl");
    assert_eq!(text["most"], json!({"concurrency": 1.0, "per_s": 100.0, "falls": true}));

    let level = LEVELS.map(|n| [0.99, 1.0, 1.01].map(|part| (n, part * 3000.0 * (n / 5.0).tanh())));
    fs::write(dir.path().join("level.csv"), table(level.as_flattened())).unwrap();
    let text = json(&told(dir.path(), &["level.csv", "--format", "json"]));
    assert_eq!(text["models"][0].get("peak"), None, "{text:#}");
    assert_eq!(text["most"]["falls"], false);
    let page = stdout(&told(dir.path(), &["level.csv", "--format", "markdown"]));
    let said =
        "3.00k/s at a concurrency of 32 was the most of what was measured, and no fall is shown up";
    assert!(page.contains(said), "{page}");

    fs::write(dir.path().join("slots.csv"), table(&SLOTS)).unwrap();
    let text = json(&told(dir.path(), &["slots.csv", "--format", "json"]));
    assert_eq!((&text["model"], text["models"][0].get("peak")), (&"hard-limit".into(), None));
}
