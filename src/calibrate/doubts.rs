//! What makes a row hard to judge, beyond plain scatter.

use super::noise::{Amount, RowNoise, mean, squares};
use crate::stats::student::student_upper_tail;

/// Why a row's noise is more than plain scatter between runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Doubt {
    /// Its runs lie in two groups, apart by a share: a mean of both is neither.
    TwoGroups {
        /// How far apart, as a share.
        apart: f64,
    },
    /// It moves within a session, from the first run to the last, by a share.
    Drifts {
        /// How far, as a share; negative where it falls.
        by: f64,
    },
    /// Its values are a few steps of a coarse clock.
    Steps {
        /// Different values.
        values: usize,
        /// Of so many runs.
        runs: usize,
    },
    /// A run is too short: what scatters inside it is most of what scatters between runs.
    Short,
}

/// Fewer runs show no pattern.
const FEWEST: usize = 8;

/// Two groups explain at least this part of the variance. Of a normal sample the best split explains
/// 2/pi = .64 in the limit; of eight normal runs it explains more than this in one of fifty.
const EXPLAINED: f64 = 0.92;

/// The smaller group has at least this share.
const SMALLER: f64 = 0.2;

/// Groups that lie closer together than this are no trouble.
const APART: f64 = 0.03;

/// A drift is told at this two-sided level.
const DRIFT_ALPHA: f64 = 0.001;

/// What speaks against a row's figures; nothing where too few runs tell.
#[must_use]
pub fn doubts(row: &RowNoise) -> Vec<Doubt> {
    let Amount::Positive { run, .. } = row.amount else { return Vec::new() };
    let runs: usize = row.sessions.iter().map(Vec::len).sum();
    let mut found = Vec::new();
    if runs >= FEWEST {
        found.extend(steps(row, runs));
        found.extend(two_groups(row).filter(|_| found.is_empty()));
        found.extend(drift(row));
    }
    if row.within.is_some_and(|within| within > run / 2.0) {
        found.push(Doubt::Short);
    }
    found
}

/// The split of the runs, each held against the mean of its session, that leaves the least scatter.
fn two_groups(row: &RowNoise) -> Option<Doubt> {
    let around = |session: &Vec<f64>| {
        let level = mean(session);
        session.iter().map(move |value| value - level).collect::<Vec<f64>>()
    };
    let mut values: Vec<f64> = row.sessions.iter().flat_map(around).collect();
    values.sort_by(f64::total_cmp);
    let all = squares(&values);
    let least = (SMALLER * values.len() as f64).ceil() as usize;
    let split = |at: &usize| squares(&values[..*at]) + squares(&values[*at..]);
    let at = (least.max(1)..=values.len() - least.max(1))
        .min_by(|a, b| split(a).total_cmp(&split(b)))?;
    let apart = (mean(&values[at..]) - mean(&values[..at])).exp_m1();
    let clear = all > 0.0 && 1.0 - split(&at) / all >= EXPLAINED && apart >= APART;
    clear.then_some(Doubt::TwoGroups { apart })
}

/// The slope over the place in the session, of all sessions together: the t test of a linear
/// regression within groups.
fn drift(row: &RowNoise) -> Option<Doubt> {
    let (mut sxy, mut sxx, mut syy, mut n, mut groups, mut longest) = (0.0, 0.0, 0.0, 0, 0, 0);
    for session in row.sessions.iter().filter(|session| session.len() >= 2) {
        let middle = (session.len() - 1) as f64 / 2.0;
        let level = mean(session);
        for (place, value) in session.iter().enumerate() {
            let (x, y) = (place as f64 - middle, value - level);
            sxy += x * y;
            sxx += x * x;
            syy += y * y;
        }
        n += session.len();
        groups += 1;
        longest = longest.max(session.len());
    }
    let df = n.checked_sub(groups + 1).filter(|df| *df >= 3)? as f64;
    let slope = sxy / sxx;
    let error = ((syy - slope * sxy).max(0.0) / df / sxx).sqrt();
    let p = 2.0 * student_upper_tail((slope / error).abs(), df);
    let by = (slope * (longest - 1) as f64).exp_m1();
    (p < DRIFT_ALPHA && by.abs() >= APART).then_some(Doubt::Drifts { by })
}

fn steps(row: &RowNoise, runs: usize) -> Option<Doubt> {
    let mut values: Vec<f64> = row.sessions.iter().flatten().copied().collect();
    values.sort_by(f64::total_cmp);
    values.dedup_by(|a, b| (*a - *b).abs() < 1e-9);
    (values.len() * 2 <= runs).then_some(Doubt::Steps { values: values.len(), runs })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::{Metric, Tool, Unit};
    use crate::stats::prior::Prior;

    fn row(sessions: Vec<Vec<f64>>, within: Option<f64>) -> RowNoise {
        RowNoise {
            suite: "s".to_owned(),
            tool: Tool::K6,
            id: "r".to_owned(),
            tags: Default::default(),
            metric: Metric::P95,
            unit: Unit::Ms,
            amount: Amount::Positive { level: 1.0, run: 4e-4, session: 0.0 },
            sessions,
            within,
            prior: Prior { d0: 3.0, v0: 4e-4 },
        }
    }

    fn plain() -> Vec<Vec<f64>> {
        vec![vec![1.01, 0.98, 1.02, 0.995], vec![0.99, 1.03, 1.0, 0.97], vec![1.015, 0.985, 1.005]]
    }

    #[test]
    fn plain_scatter_raises_no_doubt() {
        assert_eq!(doubts(&row(plain(), Some(1e-5))), Vec::new());
        assert_eq!(doubts(&row(Vec::new(), None)), Vec::new());
    }

    #[test]
    fn every_pattern_is_named() {
        let mut humps = plain();
        for (s, session) in humps.iter_mut().enumerate() {
            for (i, y) in session.iter_mut().enumerate() {
                *y = *y * 0.1 + if (i + s) % 3 == 0 { 0.3 } else { 0.0 };
            }
        }
        let found = doubts(&row(humps, None));
        assert!(
            matches!(found[..], [Doubt::TwoGroups { apart }] if (apart - 0.35).abs() < 0.03),
            "{found:?}"
        );
        let drifting: Vec<Vec<f64>> = (0..4)
            .map(|s| {
                (0..4)
                    .map(|i| f64::from(i) * 0.05 + f64::from(s) * 0.001 * f64::from(i % 2))
                    .collect()
            })
            .collect();
        let found = doubts(&row(drifting, None));
        assert!(matches!(found[..], [.., Doubt::Drifts { by }] if by > 0.1), "{found:?}");
        let coarse = vec![vec![1.0, 1.1, 1.0, 1.2], vec![1.1, 1.0, 1.2, 1.1]];
        assert_eq!(doubts(&row(coarse, None)), vec![Doubt::Steps { values: 3, runs: 8 }]);
        assert_eq!(doubts(&row(plain(), Some(3e-4))), vec![Doubt::Short]);
    }
}
