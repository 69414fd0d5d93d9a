use proptest::prelude::*;
use tailguard::stats::student::{student_quantile, student_upper_tail};
use tailguard::stats::{
    Contrast, Prior, Variance, arcsine, benjamini_hochberg, holm, least_p, mann_whitney,
    median_interval, moderate, quantile, runs_needed, within_run,
};

use crate::random::Random;

/// Any number at all, the degenerate ones often.
fn hostile() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => any::<f64>(),
        1 => prop::sample::select(vec![0.0, -0.0, f64::NAN, f64::INFINITY, -f64::INFINITY, 1.0]),
    ]
}

/// Small whole numbers, so that ties are common.
fn sample() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec((-20i32..20).prop_map(f64::from), 1..12)
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs())
}

proptest! {
    #[test]
    fn swapping_the_samples_mirrors_the_rank_test(a in sample(), b in sample()) {
        let (ab, ba) = (mann_whitney(&a, &b).unwrap(), mann_whitney(&b, &a).unwrap());
        prop_assert!(close(ab.p_greater, ba.p_less) && close(ab.p_less, ba.p_greater));
        prop_assert!(close(ab.p_two_sided, ba.p_two_sided));
        prop_assert!(close(ab.u + ba.u, (a.len() * b.len()) as f64));
        prop_assert!(ab.p_two_sided >= least_p(a.len(), b.len()) * (1.0 - 1e-9));
    }

    #[test]
    fn ranks_do_not_change_under_increasing_maps(a in sample(), b in sample(), scale in 0.1..9.0f64) {
        let plain = mann_whitney(&a, &b);
        for map in [|x: f64, s: f64| s * x - 7.0, |x: f64, s: f64| (x / 4.0).exp() * s] {
            let of = |sample: &[f64]| sample.iter().map(|x| map(*x, scale)).collect::<Vec<_>>();
            prop_assert_eq!(mann_whitney(&of(&a), &of(&b)), plain);
        }
    }

    #[test]
    fn adjusted_p_is_no_smaller_and_keeps_the_order(p in prop::collection::vec(0.0..1.0f64, 1..40)) {
        for adjusted in [holm(&p), benjamini_hochberg(&p)] {
            for i in 0..p.len() {
                prop_assert!(adjusted[i] >= p[i] && adjusted[i] <= 1.0);
                for j in 0..p.len() {
                    prop_assert!(p[i] > p[j] || adjusted[i] <= adjusted[j]);
                }
            }
        }
        for (by_holm, by_rate) in holm(&p).iter().zip(benjamini_hochberg(&p)) {
            prop_assert!(by_rate <= *by_holm + 1e-15);
        }
    }

    #[test]
    fn another_row_never_helps(p in prop::collection::vec(0.0..1.0f64, 1..40), more in 0.0..1.0f64) {
        let before = holm(&p);
        let after = holm(&[p.clone(), vec![more]].concat());
        prop_assert!(before.iter().zip(&after).all(|(b, a)| a >= b));
    }

    #[test]
    fn the_interval_encloses_the_estimate_and_mirrors(
        estimate in -1.0..1.0f64, variance in 0.0..1.0f64, df in 0.5..200.0f64,
    ) {
        let contrast = Contrast { estimate, variance, scale: 0.4, df };
        let mirrored = Contrast { estimate: -estimate, ..contrast };
        let (low, high) = contrast.interval(0.98);
        prop_assert!(low <= estimate && estimate <= high);
        prop_assert_eq!(mirrored.interval(0.98), (-high, -low));
        prop_assert!(close(contrast.p_greater(), mirrored.p_less()));
        prop_assert!(close(contrast.p_greater() + contrast.p_less(), 1.0));
        prop_assert_eq!(low > 0.0, contrast.p_greater() < 0.01);
    }

    #[test]
    fn the_quantile_inverts_the_tail(p in 0.0005..0.9995f64, df in 0.5..2000.0f64) {
        let tail = student_upper_tail(student_quantile(p, df), df);
        prop_assert!((tail - (1.0 - p)).abs() < 1e-11);
    }

    #[test]
    fn more_runs_see_smaller_changes(v in 1e-6..1e-2f64, d0 in 0.0..10.0f64, m in 2u32..60) {
        let detectable = |m: u32| {
            let m = f64::from(m);
            Contrast { estimate: 0.0, variance: v, scale: 2.0 / m, df: d0 + 2.0 * m - 2.0 }
                .detectable(0.01, 0.8)
        };
        prop_assert!(detectable(m + 1) < detectable(m));
        let prior = Prior { d0, v0: v };
        let needed = runs_needed(v, (prior, 2.0), detectable(m) * (1.0 + 1e-9), 0.01, 0.8, 100);
        prop_assert_eq!(needed, Some(m));
    }

    #[test]
    fn the_prior_follows_the_unit_and_lies_among_the_rows(
        s2 in prop::collection::vec(1e-5..1e-2f64, 3..20), nu in 2.0..20.0f64,
    ) {
        let rows = |scale: f64| s2.iter().map(|s2| Variance { s2: s2 * scale, nu }).collect::<Vec<_>>();
        let (one, four) = (Prior::estimate(&rows(1.0), 1.0), Prior::estimate(&rows(4.0), 1.0));
        prop_assert!((one.d0 / four.d0 - 1.0).abs() < 1e-6 && one.d0 <= 10.0 && one.d0 > 0.0);
        prop_assert!((four.v0 / one.v0 / 4.0 - 1.0).abs() < 1e-6);
        let (v, df) = moderate(one, rows(1.0)[0]);
        prop_assert!(v <= one.v0.max(s2[0]) * (1.0 + 1e-12) && v >= one.v0.min(s2[0]) * (1.0 - 1e-12));
        prop_assert!(close(df, one.d0 + nu));
    }

    #[test]
    fn the_order_of_the_rows_does_not_matter(
        s2 in prop::collection::vec(1e-5..1e-2f64, 3..20), nu in 2.0..20.0f64,
    ) {
        let rows: Vec<Variance> = s2.iter().map(|s2| Variance { s2: *s2, nu }).collect();
        let turned: Vec<Variance> = rows.iter().rev().copied().collect();
        let (a, b) = (Prior::estimate(&rows, 1.0), Prior::estimate(&turned, 1.0));
        prop_assert!((a.v0 / b.v0 - 1.0).abs() < 1e-6 && (a.d0 / b.d0 - 1.0).abs() < 1e-6);
    }

    #[test]
    fn a_quantile_lies_among_the_values_and_rises(mut x in sample(), p in 0.0..1.0f64, q in 0.0..1.0f64) {
        x.sort_by(f64::total_cmp);
        let (low, high) = (quantile::r7(&x, p.min(q)), quantile::r7(&x, p.max(q)));
        prop_assert!(x[0] <= low && low <= high && high <= x[x.len() - 1]);
    }

    #[test]
    fn the_arcsine_rises_with_the_events(n in 1u64..1_000_000, a in 0u64..1000, b in 0u64..1000) {
        let (few, many) = (a.min(b).min(n), a.max(b).min(n));
        prop_assert!(arcsine(few, n) <= arcsine(many, n));
        prop_assert!(arcsine(few, n) > 0.0 && arcsine(many, n) < std::f64::consts::FRAC_PI_2);
    }

    #[test]
    fn no_input_panics(
        x in prop::collection::vec(hostile(), 0..70), a in hostile(), b in hostile(),
        c in hostile(), d in hostile(), n in any::<u32>(),
    ) {
        let (front, back) = x.split_at(x.len() / 3);
        let rank = mann_whitney(front, back);
        prop_assert!(rank.is_none_or(|r| (0.0..=1.0).contains(&r.p_two_sided)));
        prop_assert!(holm(&x).iter().chain(&benjamini_hochberg(&x)).all(|p| (0.0..=1.0).contains(p)));
        let contrast = Contrast { estimate: a, variance: b, scale: c, df: d };
        prop_assert!((0.0..=1.0).contains(&contrast.p_greater()));
        prop_assert!((0.0..=1.0).contains(&contrast.p_less()));
        let (low, high) = contrast.interval(c);
        prop_assert!(!low.is_nan() && !high.is_nan());
        prop_assert!(!contrast.detectable(a, b).is_nan());
        let rows: Vec<Variance> =
            x.chunks_exact(2).map(|pair| Variance { s2: pair[0], nu: pair[1] }).collect();
        let prior = Prior::estimate(&rows, a);
        let row = Variance { s2: c, nu: d };
        std::hint::black_box((moderate(prior, row), moderate(Prior { d0: a, v0: b }, row)));
        let planned = Prior { d0: b, v0: 1.0 };
        let runs = runs_needed(a, (planned, 2.0), c, d, 0.8, n);
        prop_assert!(runs.is_none_or(|needed| (2..=n).contains(&needed)));
        let batches = n as usize;
        for error in [
            within_run::ln_quantile_error(&x, back, a, batches),
            within_run::ln_mean_error(&x, batches),
            within_run::ln_slope_error(&x, back, batches),
        ] {
            prop_assert!(error.is_none_or(f64::is_finite));
        }
        std::hint::black_box((median_interval(&x, a), quantile::r7(&x, a)));
        prop_assert!(arcsine(u64::from(n) << 32, u64::from(n)).is_finite());
        prop_assert!((0.0..=1.0).contains(&least_p(n as usize, usize::MAX)));
    }
}

/// The unchanged pair: identical sides are neither greater nor less.
#[test]
fn identical_sides_show_nothing() {
    let contrast = Contrast { estimate: 0.0, variance: 1e-4, scale: 0.4, df: 12.0 };
    assert!((contrast.p_greater() - 0.5).abs() < 1e-12);
    assert!(contrast.detectable(0.01, 0.8) > 0.0);
}

/// Whole suites without any change, judged as one pull request is: the share in which any of 12
/// rows is significant after Holm at .02, 5 runs a side. The prior is estimated from the suite
/// itself, which takes the rate a little over nominal; a simulation of 2000 suites adds a standard
/// error of sqrt(.02 * .98 / 2000) = 0.3%. So at most 3% is allowed, and at least 0.5% expected:
/// a test that never alarms would be wrong too.
#[test]
fn unchanged_suites_rarely_alarm() {
    let (suites, rate) = (2000, alarm_rate(2000, 12, 5, 11));
    println!("{:.2}% of {suites} unchanged suites alarm", rate * 100.0);
    assert!((0.005..=0.03).contains(&rate), "{rate}");
}

/// Share of unchanged suites with an alarm in the bad direction. Run level: the logarithm of a
/// row's quantile is normal with a standard deviation of its own, log-normal about .028.
fn alarm_rate(suites: u32, rows: usize, runs: usize, seed: u64) -> f64 {
    let mut random = Random(seed);
    let mut alarms = 0;
    for _ in 0..suites {
        let mut estimates = Vec::new();
        let mut variances = Vec::new();
        for _ in 0..rows {
            let sd = 0.028 * (0.35 * random.normal()).exp();
            let mut side = || (0..runs).map(|_| sd * random.normal()).collect::<Vec<f64>>();
            let ((base, a), (fresh, b)) = (moments(&side()), moments(&side()));
            estimates.push(fresh - base);
            let nu = 2.0 * runs as f64 - 2.0;
            variances.push(Variance { s2: (a + b) / nu, nu });
        }
        let prior = Prior::estimate(&variances, 9e-4);
        let p: Vec<f64> = estimates
            .iter()
            .zip(&variances)
            .map(|(estimate, own)| {
                let (variance, df) = moderate(prior, *own);
                Contrast { estimate: *estimate, variance, scale: 2.0 / runs as f64, df }.p_greater()
            })
            .collect();
        alarms += u32::from(holm(&p).iter().any(|p| *p < 0.02));
    }
    f64::from(alarms) / f64::from(suites)
}

/// Mean, and sum of squared deviations from it.
fn moments(values: &[f64]) -> (f64, f64) {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    (mean, values.iter().map(|v| (v - mean) * (v - mean)).sum())
}
