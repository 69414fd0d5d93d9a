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
    assert_eq!(within.model, Model::Usl);
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
