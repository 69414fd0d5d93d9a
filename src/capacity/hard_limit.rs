//! A hard limit: throughput grows with concurrency until one resource is full, and then stays.
//!
//! `X(N) = min(N / R0, C)`, the asymptotic bounds of operational analysis (Lazowska et al.,
//! *Quantitative System Performance*, 1984, chapter 5) taken as a model. A pool of slots behaves so: the
//! Universal Scalability Law bends too early there and puts its peak far beyond the knee.

use super::step::Point;

/// A limit with its two parameters. One of them is absent where the steps do not reach it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HardLimit {
    /// Mean time of a request below the limit, R0, in seconds; `None` where every step lies at the
    /// limit.
    pub r0_s: Option<f64>,
    /// The most throughput, C, in requests a second; `None` where no step reaches it.
    pub limit_per_s: Option<f64>,
}

/// Concurrencies that have to lie at the limit: one alone could as well be the beginning of a bend.
const PLATEAU: usize = 2;

impl HardLimit {
    /// How many parameters a fit chooses.
    pub const PARAMETERS: usize = 2;

    /// Throughput at a concurrency, in requests a second.
    #[must_use]
    pub fn per_s(&self, concurrency: f64) -> f64 {
        let rise = self.r0_s.map_or(f64::INFINITY, |r0| concurrency / r0);
        rise.min(self.limit_per_s.unwrap_or(f64::INFINITY))
    }

    /// The concurrency from which on the limit holds, R0 C; `None` where it was not seen.
    #[must_use]
    pub fn knee(&self) -> Option<f64> {
        Some(self.r0_s? * self.limit_per_s?)
    }

    /// Whether one parameter is all there is: throughput that never rises, or only ever does.
    pub(super) fn is_a_line(&self) -> bool {
        self.knee().is_none()
    }

    fn rises_at(&self, concurrency: f64) -> bool {
        self.r0_s.is_some() && self.knee().is_none_or(|knee| concurrency < knee)
    }
}

/// The limit with the least sum of squares; `None` for throughput that is none.
///
/// The knee lies between two neighbouring concurrencies, where the best line through the origin and
/// the best plateau are found apart, or at one of them, where one slope makes both. All these cases
/// have closed forms, so all are tried.
pub(super) fn fit(points: &[Point]) -> Option<HardLimit> {
    let mut levels: Vec<f64> = points.iter().map(|p| p.concurrency).collect();
    levels.sort_unstable_by(f64::total_cmp);
    levels.dedup();
    let mut candidates = vec![rise(points, f64::INFINITY), plateau(points, f64::NEG_INFINITY)];
    let reached = levels.len().saturating_sub(PLATEAU);
    for (last, next) in levels.iter().zip(levels.iter().skip(1)).take(reached) {
        candidates.push(between(points, *last, *next));
    }
    for knee in levels.iter().take(reached + 1).skip(1) {
        candidates.push(at(points, *knee));
    }
    let squares = |limit: &HardLimit| -> f64 {
        points.iter().map(|p| (p.per_s - limit.per_s(p.concurrency)).powi(2)).sum()
    };
    let known = candidates.into_iter().flatten().map(|limit| (squares(&limit), limit));
    let finite = known.filter(|(squares, _)| squares.is_finite());
    finite.min_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, limit)| limit)
}

/// How much each observation draws the model towards itself: of a line through the origin `N² / ΣN²`,
/// of a plateau `1 / n`.
pub(super) fn leverages(points: &[Point], limit: &HardLimit) -> Vec<f64> {
    let rising = || points.iter().filter(|p| limit.rises_at(p.concurrency));
    let squares: f64 = rising().map(|p| p.concurrency * p.concurrency).sum();
    let at_the_limit = (points.len() - rising().count()) as f64;
    let of = |p: &Point| match limit.rises_at(p.concurrency) {
        true => p.concurrency * p.concurrency / squares,
        false => 1.0 / at_the_limit,
    };
    points.iter().map(of).collect()
}

/// The best line through the origin for the steps up to `last`.
fn rise(points: &[Point], last: f64) -> Option<HardLimit> {
    let slope = slope(points.iter().filter(|p| p.concurrency <= last).map(|p| (p.concurrency, p)))?;
    Some(HardLimit { r0_s: Some(1.0 / slope), limit_per_s: None })
}

/// The best plateau for the steps beyond `last`.
fn plateau(points: &[Point], last: f64) -> Option<HardLimit> {
    let beyond: Vec<f64> =
        points.iter().filter(|p| p.concurrency > last).map(|p| p.per_s).collect();
    let mean = beyond.iter().sum::<f64>() / beyond.len() as f64;
    (mean > 0.0).then_some(HardLimit { r0_s: None, limit_per_s: Some(mean) })
}

/// The knee lies after `last` and not after `next`.
fn between(points: &[Point], last: f64, next: f64) -> Option<HardLimit> {
    let limit_per_s = plateau(points, last)?.limit_per_s;
    let limit = HardLimit { limit_per_s, ..rise(points, last)? };
    limit.knee().filter(|knee| (last..=next).contains(knee)).map(|_| limit)
}

/// The knee lies at a measured concurrency.
fn at(points: &[Point], knee: f64) -> Option<HardLimit> {
    let slope = slope(points.iter().map(|p| (p.concurrency.min(knee), p)))?;
    Some(HardLimit { r0_s: Some(1.0 / slope), limit_per_s: Some(slope * knee) })
}

/// The slope of the best line through the origin, where it rises.
fn slope<'a>(points: impl Iterator<Item = (f64, &'a Point)>) -> Option<f64> {
    let (mut top, mut bottom) = (0.0, 0.0);
    for (n, point) in points {
        top += n * point.per_s;
        bottom += n * n;
    }
    let slope = top / bottom;
    (slope > 0.0 && slope.is_finite()).then_some(slope)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server with 6 slots: the knee is known.
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

    fn points(steps: &[(f64, f64)]) -> Vec<Point> {
        steps.iter().map(|&(concurrency, per_s)| Point { concurrency, per_s }).collect()
    }

    fn squares(points: &[Point], limit: &HardLimit) -> f64 {
        points.iter().map(|p| (p.per_s - limit.per_s(p.concurrency)).powi(2)).sum()
    }

    #[test]
    fn the_slots_of_a_server_are_found() {
        let points = points(&SLOTS);
        let limit = fit(&points).unwrap();
        // By hand: sum(NX) / sum(N^2) over the first five steps, the mean of the last five.
        assert!((limit.r0_s.unwrap() - 66.0 / 7642.107).abs() < 1e-9, "{limit:?}");
        assert!((limit.limit_per_s.unwrap() - 3758.844 / 5.0).abs() < 1e-9, "{limit:?}");
        assert!((limit.knee().unwrap() - 6.4926).abs() < 1e-3, "{limit:?}");
        let sum: f64 = leverages(&points, &limit).iter().sum();
        assert!((sum - 2.0).abs() < 1e-12);
    }

    #[test]
    fn no_other_knee_is_better() {
        for bend in [0.7, 1.0, 1.3] {
            let bent: Vec<(f64, f64)> = SLOTS.iter().map(|&(n, x)| (n, x.powf(bend))).collect();
            let points = points(&bent);
            let best = squares(&points, &fit(&points).unwrap());
            for tenth in 10..=240 {
                let limit = at(&points, f64::from(tenth) / 10.0).unwrap();
                assert!(squares(&points, &limit) >= best * (1.0 - 1e-9), "{bend} {tenth}");
            }
        }
    }

    #[test]
    fn what_was_not_reached_is_not_told() {
        let proportional = points(&[(1.0, 10.0), (2.0, 20.3), (4.0, 39.6), (8.0, 80.1)]);
        let limit = fit(&proportional).unwrap();
        assert_eq!((limit.limit_per_s, limit.knee()), (None, None));
        assert!((limit.per_s(3.0) - 30.0).abs() < 0.3);
        // The last step alone falls short: that is no plateau.
        let bent = points(&[(1.0, 10.0), (2.0, 20.0), (4.0, 40.0), (8.0, 78.0)]);
        assert_eq!(fit(&bent).unwrap().limit_per_s, None);
        let flat = points(&[(8.0, 75.0), (16.0, 76.0), (24.0, 74.0), (32.0, 75.0)]);
        let limit = fit(&flat).unwrap();
        assert_eq!((limit.r0_s, limit.limit_per_s), (None, Some(75.0)));
        assert_eq!(fit(&points(&[(1.0, 0.0), (2.0, 0.0)])), None);
        assert_eq!(fit(&[]), None);
    }
}
