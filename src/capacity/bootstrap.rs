//! Intervals by resampling: the wild bootstrap.
//!
//! Each residual is multiplied by a random number of mean 0 and variance 1 and added to the fitted
//! curve again, and the curve is fitted anew (Wu, "Jackknife, Bootstrap and Other Resampling Methods in
//! Regression Analysis", 1986). A residual stays at its place, so the noise may grow with throughput,
//! as it does, and steps without repetitions will do. Residuals are divided by `1 - h` first, `h` being
//! their leverage: a fit hides a part of the noise, and most of it where few observations decide
//! (MacKinnon and White, 1985, "HC3"). The multipliers are the six points of Webb (2023), which keep the
//! refits of few observations distinct.

use crate::stats::quantile::r7;

use super::estimate::LEVEL;
use super::step::Point;

/// How intervals are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resampling {
    /// How many times the curve is fitted anew.
    pub replicates: usize,
    /// The seed of the multipliers: the same seed gives the same intervals.
    pub seed: u64,
}

impl Resampling {
    /// Refits where nothing else is asked for.
    pub const REPLICATES: usize = 999;

    /// The seed where nothing else is asked for.
    pub const SEED: u64 = 1;
}

/// Which ends of an interval are open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sides {
    /// Both: as much confidence is left out below as above.
    Two,
    /// Only the upper one: the value lies at its lower bound, and all that is left out lies above.
    Upper,
}

/// What is left of an observation's own noise where the curve is drawn to it most.
const LEAST_ROOM: f64 = 0.1;

/// `sqrt(1/2)`, 1 and `sqrt(3/2)`, each with both signs.
const SIZES: [f64; 3] = [std::f64::consts::FRAC_1_SQRT_2, 1.0, 1.224_744_871_391_589];

/// What `refit` makes of each set of observations; those of which it makes nothing are left out.
pub(super) fn wild<T>(
    how: Resampling,
    points: &[Point],
    curve: impl Fn(f64) -> f64,
    leverages: &[f64],
    refit: impl Fn(&[Point]) -> Option<T>,
) -> Vec<T> {
    let errors: Vec<(f64, f64)> = points
        .iter()
        .zip(leverages)
        .map(|(point, leverage)| {
            let fitted = curve(point.concurrency);
            (fitted, (point.per_s - fitted) / (1.0 - leverage).max(LEAST_ROOM))
        })
        .collect();
    let mut random = fastrand::Rng::with_seed(how.seed);
    let mut again = points.to_vec();
    let mut made = Vec::with_capacity(how.replicates);
    for _ in 0..how.replicates {
        for (point, (fitted, error)) in again.iter_mut().zip(&errors) {
            point.per_s = fitted + error * multiplier(&mut random);
        }
        made.extend(refit(&again));
    }
    made
}

/// The percentile interval around `value`. `None` where more than a twentieth of the refits has no
/// finite value: what is left would say too much.
pub(super) fn interval(
    how: Resampling,
    value: f64,
    refits: impl Iterator<Item = f64>,
    sides: Sides,
) -> Option<(f64, f64)> {
    let mut sorted: Vec<f64> = refits.filter(|value| value.is_finite()).collect();
    if sorted.is_empty() || sorted.len() * 20 < how.replicates * 19 {
        return None;
    }
    sorted.sort_unstable_by(f64::total_cmp);
    let tail = 1.0 - LEVEL;
    let (low, high) = match sides {
        Sides::Two => (r7(&sorted, tail / 2.0), r7(&sorted, 1.0 - tail / 2.0)),
        Sides::Upper => (value, r7(&sorted, 1.0 - tail)),
    };
    // A biased refit may leave the value outside; an interval that does helps nobody.
    Some((low.min(value), high.max(value)))
}

fn multiplier(random: &mut fastrand::Rng) -> f64 {
    let size = SIZES.get(random.usize(..SIZES.len())).copied().unwrap_or(1.0);
    if random.bool() { size } else { -size }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOW: Resampling = Resampling { replicates: 2000, seed: 7 };

    #[test]
    fn multipliers_have_mean_0_and_variance_1() {
        let mut random = fastrand::Rng::with_seed(1);
        let drawn: Vec<f64> = (0..60_000).map(|_| multiplier(&mut random)).collect();
        let mean = drawn.iter().sum::<f64>() / 60_000.0;
        let variance = drawn.iter().map(|m| m * m).sum::<f64>() / 60_000.0;
        assert!(mean.abs() < 0.02 && (variance - 1.0).abs() < 0.01, "{mean} {variance}");
    }

    /// The mean of n values has a known error, and HC3 makes its estimate `n / (n - 1)` times as large
    /// as the textbook's.
    #[test]
    fn the_interval_of_a_mean_is_the_textbook_s() {
        let values = [9.0, 11.0, 10.5, 8.0, 12.5, 9.5, 10.0, 10.5, 11.5, 7.5];
        let points = values.map(|per_s| Point { concurrency: 1.0, per_s });
        let mean = |points: &[Point]| {
            Some(points.iter().map(|p| p.per_s).sum::<f64>() / points.len() as f64)
        };
        let center = mean(&points).unwrap();
        let refits = wild(HOW, &points, |_| center, &[0.1; 10], mean);
        assert_eq!(refits.len(), HOW.replicates);
        let (low, high) = interval(HOW, center, refits.iter().copied(), Sides::Two).unwrap();
        let squares: f64 = values.iter().map(|v| (v - center).powi(2)).sum();
        let error = (squares / 9.0 / 10.0).sqrt() * (10.0_f64 / 9.0).sqrt();
        assert!(((high - low) / (2.0 * 1.96 * error) - 1.0).abs() < 0.1, "{low} {high} {error}");
        let (from, upper) = interval(HOW, center, refits.into_iter(), Sides::Upper).unwrap();
        assert!((from - center).abs() < 1e-12);
        assert!(((upper - center) / (1.645 * error) - 1.0).abs() < 0.15, "{upper} {error}");
    }

    #[test]
    fn too_many_failed_refits_leave_no_interval() {
        let made = |finite: usize| {
            let values = (0..2000).map(move |i| if i < finite { 1.0 } else { f64::INFINITY });
            interval(HOW, 1.0, values, Sides::Two)
        };
        assert_eq!(made(1899), None);
        assert_eq!(made(1900), Some((1.0, 1.0)));
        let none = Resampling { replicates: 0, seed: 7 };
        assert_eq!(interval(none, 1.0, std::iter::empty(), Sides::Two), None);
    }

    #[test]
    fn the_same_seed_gives_the_same_refits() {
        let points = [1.0, 2.0, 4.0].map(|per_s| Point { concurrency: 1.0, per_s });
        let first = |how: Resampling| {
            wild(how, &points, |_| 2.0, &[0.3; 3], |again| Some(again[0].per_s.to_bits()))
        };
        assert_eq!(first(HOW), first(HOW));
        assert_ne!(first(HOW), first(Resampling { seed: 8, ..HOW }));
    }
}
