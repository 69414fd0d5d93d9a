//! Tests of `fit`.

use super::*;

const HOW: Resampling = Resampling { replicates: 199, seed: 1 };

fn steps(measured: &[(f64, f64)]) -> Vec<Step> {
    let step = |&(concurrency, per_s): &(f64, f64)| Step {
        concurrency,
        per_s,
        latency_s: None,
        iteration_s: None,
    };
    measured.iter().map(step).collect()
}

/// Throughput by a law, each value off by up to 1 % in turn.
fn noisy(law: Usl) -> Vec<Step> {
    let noise = [0.004, -0.01, 0.007, -0.002, 0.009, -0.006, 0.001, -0.008, 0.01, -0.005];
    let levels = [1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0];
    let measured = levels.iter().zip(noise).map(|(&n, off)| (n, law.per_s(n) * (1.0 + off)));
    steps(&measured.collect::<Vec<_>>())
}

#[test]
fn too_little_is_refused() {
    let five = steps(&[(1.0, 1.0), (2.0, 2.0), (3.0, 3.0), (4.0, 4.0), (5.0, 5.0)]);
    assert_eq!(fit(&five, HOW), Err(FitError::TooFewSteps { found: 5 }));
    let levels = [(1.0, 1.0), (1.0, 1.1), (2.0, 2.0), (2.0, 2.1), (3.0, 3.0), (3.0, 3.1)];
    assert_eq!(fit(&steps(&levels), HOW), Err(FitError::TooFewLevels { found: 3 }));
    for bad in [(8.0, 0.0), (8.0, -1.0), (0.5, 1.0), (0.0, 1.0), (8.0, 1e12)] {
        let mut measured = noisy(Usl { sigma: 0.1, kappa: 0.001, lambda: 10.0 });
        measured.extend(steps(&[bad]));
        let refused = fit(&measured, HOW).unwrap_err();
        assert!(matches!(refused, FitError::NoMeasurement { .. }), "{bad:?}");
        assert!(refused.to_string().contains("\nhint: "));
    }
    let nan = steps(&[(f64::NAN, 1.0)]);
    assert!(matches!(fit(&nan, HOW), Err(FitError::NoMeasurement { .. })));
}

#[test]
fn the_order_of_the_steps_changes_nothing() {
    let measured = noisy(Usl { sigma: 0.05, kappa: 0.002, lambda: 100.0 });
    let mut turned = measured.clone();
    turned.reverse();
    turned.swap(2, 6);
    assert_eq!(fit(&measured, HOW), fit(&turned, HOW));
}

#[test]
fn a_peak_between_the_steps_is_seen_and_one_beyond_is_extrapolated() {
    let within = fit(&noisy(Usl { sigma: 0.05, kappa: 0.003, lambda: 100.0 }), HOW).unwrap();
    let peak = within.usl.peak.unwrap();
    assert_eq!((within.model, within.most.falls), (Model::Usl, true));
    assert!(!peak.extrapolated && (14.0..22.0).contains(&peak.concurrency.value), "{peak:?}");
    let beyond = fit(&noisy(Usl { sigma: 0.05, kappa: 0.0006, lambda: 100.0 }), HOW).unwrap();
    let peak = beyond.usl.peak.unwrap();
    assert!(peak.extrapolated && peak.concurrency.value > 32.0, "{peak:?}");
}

#[test]
fn the_curve_covers_what_was_measured_within_its_interval() {
    let fitted = fit(&noisy(Usl { sigma: 0.05, kappa: 0.003, lambda: 100.0 }), HOW).unwrap();
    let ends = (fitted.curve.first().unwrap(), fitted.curve.last().unwrap());
    assert!((ends.0.concurrency - 1.0).abs() < 1e-9 && (ends.1.concurrency - 32.0).abs() < 1e-9);
    for point in &fitted.curve {
        let (low, high) = point.per_s.interval.unwrap();
        assert!((fitted.per_s(point.concurrency) - point.per_s.value).abs() < 1e-9);
        // Each step is off by at most 1 %, and at the ends few others help.
        assert!(low < high && (high - low) / point.per_s.value < 0.06, "{point:?}");
    }
}

#[test]
fn data_without_a_peak_have_none() {
    for sigma in [0.0, 0.02, 0.2] {
        let fitted = fit(&noisy(Usl { sigma, kappa: 0.0, lambda: 100.0 }), HOW).unwrap();
        assert_eq!(fitted.usl.peak, None, "{sigma}: {:?}", fitted.usl);
    }
    // Exact data, in which rounding alone decides on which side of 0 the cost lies.
    let levels = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0];
    let law = Usl { sigma: 0.1, kappa: 0.0, lambda: 100.0 };
    let exact: Vec<(f64, f64)> = levels.iter().map(|&n| (n, law.per_s(n))).collect();
    assert_eq!(fit(&steps(&exact), HOW).unwrap().usl.peak, None);
}

/// 3 steps each, with noise of 1 % that leaves the means as they are.
fn repeated(curve: impl Fn(f64) -> f64, levels: &[f64]) -> Vec<Step> {
    let three = |&n: &f64| [0.99, 1.0, 1.01].map(|part| (n, curve(n) * part));
    steps(&levels.iter().flat_map(three).collect::<Vec<_>>())
}

#[test]
fn what_levels_off_has_no_peak() {
    let levels = [1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0];
    for curve in [|n: f64| 3000.0 * (1.0 - (-n / 4.0).exp()), |n: f64| 3000.0 * (n / 5.0).tanh()] {
        let fitted = fit(&repeated(curve, &levels), HOW).unwrap();
        let law = &fitted.usl;
        // The law alone would have one, well within what was measured.
        assert!(law.kappa.interval.unwrap().0 > 0.0 && law.law.peak().unwrap() < 24.0, "{law:?}");
        assert_eq!((fitted.model, law.peak, fitted.most.falls), (Model::Usl, None, false));
    }
}

/// A pool that loses a little under load: its limit is the better model, and the law's peak, far off
/// its knee, is nobody's.
#[test]
fn a_model_that_was_not_chosen_tells_no_peak() {
    let levels = [1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0];
    let slots = |n: f64| 100.0 * n.min(6.5) * (1.0 - 0.001 * n);
    let fitted = fit(&repeated(slots, &levels), HOW).unwrap();
    let law = &fitted.usl;
    assert_eq!((fitted.model, fitted.most.falls, law.peak), (Model::HardLimit, true, None));
    assert!(law.kappa.interval.unwrap().0 > 0.0 && law.law.peak().unwrap() < 32.0, "{law:?}");
}

#[test]
fn a_law_that_misses_its_steps_is_not_drawn_beyond_them() {
    let law = Usl { sigma: 0.05, kappa: 0.0006, lambda: 100.0 };
    let levels = [1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0];
    let seen = fit(&repeated(|n| law.per_s(n), &levels), HOW).unwrap().usl;
    assert!(seen.peak.unwrap().extrapolated);
    // Four steps that the law does not have: the same κ and nearly the same peak, but no fit.
    let stair = |n: f64| law.per_s(n) * if (6.0..24.0).contains(&n) { 1.03 } else { 0.99 };
    let bumpy = fit(&repeated(stair, &levels), HOW).unwrap();
    let (kappa, peak) = (bumpy.usl.kappa, bumpy.usl.law.peak().unwrap());
    assert!(kappa.interval.unwrap().0 > 0.0 && peak > 32.0 && peak < 64.0, "{:?}", bumpy.usl);
    assert_eq!((bumpy.model, bumpy.usl.peak), (Model::Usl, None));
}

#[test]
fn a_line_that_explains_nothing_is_not_chosen() {
    let falling = [100.0, 90.0, 80.0, 70.0, 60.0, 50.0];
    let of = |values: [f64; 6]| {
        fit(&steps(&(1..).map(f64::from).zip(values).collect::<Vec<_>>()), HOW).unwrap()
    };
    let fitted = of(falling);
    // By the criterion alone it would be: on six steps it charges the law 30 for its third parameter.
    assert!(fitted.hard_limit.quality.aicc < fitted.usl.quality.aicc);
    assert_eq!((fitted.model, fitted.hard_limit.law.r0_s), (Model::Usl, None));
    assert!(fitted.refuted.is_some_and(|p| p < 0.01) && fitted.most.falls);
    assert!((fitted.weight - 1.0).abs() < 1e-12);
    // What is flat but for noise stays a limit.
    let flat = of([75.0, 76.0, 74.0, 75.5, 74.5, 75.0]);
    assert_eq!((flat.model, flat.refuted), (Model::HardLimit, None));
}

#[test]
fn a_cost_at_its_bound_has_a_bound_above_it_only() {
    // Faster than in proportion, which no cost explains.
    let measured: Vec<(f64, f64)> =
        [1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0].iter().map(|&n: &f64| (n, n.powf(1.1))).collect();
    let fitted = fit(&steps(&measured), HOW).unwrap();
    assert_eq!(fitted.usl.held, Held { sigma: true, kappa: true });
    for cost in [fitted.usl.sigma, fitted.usl.kappa] {
        let (low, high) = cost.interval.unwrap();
        assert!(cost.value.abs() < 1e-15 && low.abs() < 1e-15 && high >= 0.0, "{cost:?}");
    }
    assert_eq!(fitted.usl.peak, None);
    // The line is the hard limit's too, at the price of one parameter less.
    assert_eq!((fitted.model, fitted.hard_limit.limit_per_s), (Model::HardLimit, None));
}

#[test]
fn proportional_growth_has_no_limit() {
    let fitted = fit(&noisy(Usl { sigma: 0.0, kappa: 0.0, lambda: 100.0 }), HOW).unwrap();
    assert_eq!(fitted.model, Model::HardLimit);
    assert_eq!((fitted.hard_limit.limit_per_s, fitted.hard_limit.knee), (None, None));
}

#[test]
fn exact_data_of_a_limit_choose_it_for_certain() {
    let levels = [1.0, 2.0, 4.0, 6.0, 8.0, 12.0, 16.0];
    let exact: Vec<(f64, f64)> = levels.iter().map(|&n: &f64| (n, 50.0 * n.min(7.0))).collect();
    let fitted = fit(&steps(&exact), HOW).unwrap();
    assert_eq!(fitted.model, Model::HardLimit);
    assert!(fitted.weight > 0.999_999);
    assert!((fitted.hard_limit.knee.unwrap().value - 7.0).abs() < 1e-9);
}
