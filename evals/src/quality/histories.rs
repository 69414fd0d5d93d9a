//! Real series with real changes: what a rule would have said, build after build.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use tailguard::compare::Test;
use tailguard::measure::Tool;
use tailguard::stats::student::student_upper_tail;

use super::gate::{Call, configuration, one_shot};
use super::trial::{Place, Point, Sides, Trial};
use crate::rivals::stats::median;
use crate::rivals::{bencher, fixed, otava, ranks, rustc_perf, welch};

/// Builds that a rule may look back on.
pub(super) const BACK: usize = 30;

/// The first build that is judged: every rule has something to look back on by then. A slowdown before it is
/// asked of no rule.
pub(super) const FIRST: usize = 12;

/// Sessions that the gate's baseline keeps.
pub(super) const KEPT: usize = 10;

/// A regression is found where an alarm is raised at its first slow build or at one of the next two.
const WITHIN: usize = 3;

/// What one rule said of one collection of series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct History {
    /// The collection.
    pub data: String,
    /// The rule.
    pub rule: String,
    /// Regressions that people labelled.
    pub labelled: u64,
    /// Those that are found within three builds.
    pub found: u64,
    /// Those that are found at the first slow build, at the second and at the third.
    pub at: [u64; WITHIN],
    /// Builds that were judged, but for those that may find a labelled regression.
    pub judged: u64,
    /// Those of them with an alarm.
    pub alarms: u64,
}

/// A series: the measurements of each build, oldest build first.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// The measurements.
    pub builds: Vec<Vec<f64>>,
    /// The first build after each labelled slowdown.
    pub slowdowns: Vec<usize>,
}

/// Whether the last of some builds is an alarm.
pub(super) type Alarm = fn(&[Vec<f64>]) -> bool;

/// Every rule is asked of each build, with all builds up to it; the last one is the fresh one.
pub(super) const RULES: [(&str, Alarm); 12] = [
    ("tailguard", |builds| gate(builds)),
    ("tailguard, confirmed by the next build", |builds| confirmed(builds)),
    ("tailguard, local level", |builds| of_means(builds, local)),
    ("+10 %, last build", |builds| {
        of_means(builds, |stored, fresh| {
            stored.last().is_some_and(|last| fixed::percent_over(&[*last], &[fresh], 10.0))
        })
    }),
    ("twice the last", |builds| {
        of_means(builds, |stored, fresh| {
            stored.last().is_some_and(|last| fixed::double(*last, fresh))
        })
    }),
    ("Welch, last build", |builds| {
        of_last_two(builds, |base, fresh| welch::welch(base, fresh, 0.05))
    }),
    ("benchstat, last build", |builds| of_last_two(builds, ranks::benchstat)),
    ("bencher t", |builds| of_means(builds, |stored, fresh| bencher::t(stored, fresh, 0.98))),
    ("bencher z", |builds| of_means(builds, |stored, fresh| bencher::z(stored, fresh, 0.98))),
    ("bencher IQR", |builds| of_means(builds, |stored, fresh| bencher::iqr(stored, fresh, 3.0))),
    ("rustc-perf", |builds| of_means(builds, rustc_perf::rustc_perf)),
    ("Otava", |builds| of_means(builds, |stored, fresh| otava::otava(stored, &[fresh]))),
];

/// All rules on all series of a collection with labels.
#[must_use]
pub fn labelled(data: &str, series: &[Series]) -> Vec<History> {
    let of_rule = |(name, alarm): &(&str, Alarm)| {
        let none = History {
            data: data.to_owned(),
            rule: (*name).to_owned(),
            labelled: 0,
            found: 0,
            at: [0; WITHIN],
            judged: 0,
            alarms: 0,
        };
        let each = series.par_iter().map(|series| of_series(series, *alarm, none.clone()));
        each.reduce(
            || none.clone(),
            |a, b| History {
                labelled: a.labelled + b.labelled,
                found: a.found + b.found,
                at: std::array::from_fn(|place| a.at[place] + b.at[place]),
                judged: a.judged + b.judged,
                alarms: a.alarms + b.alarms,
                ..a
            },
        )
    };
    RULES.iter().map(of_rule).collect()
}

fn of_series(series: &Series, alarm: Alarm, mut counted: History) -> History {
    let raised: Vec<usize> = (FIRST..series.builds.len())
        .filter(|last| alarm(&series.builds[(last + 1).saturating_sub(BACK + 2)..=*last]))
        .collect();
    let window = |slowdown: usize| slowdown..slowdown + WITHIN;
    let in_any = |build: &usize| series.slowdowns.iter().any(|at| window(*at).contains(build));
    for slowdown in series.slowdowns.iter().filter(|at| **at >= FIRST) {
        counted.labelled += 1;
        if let Some(found) = raised.iter().find(|build| window(*slowdown).contains(build)) {
            counted.found += 1;
            counted.at[found - slowdown] += 1;
        }
    }
    counted.judged = (FIRST..series.builds.len()).filter(|build| !in_any(build)).count() as u64;
    counted.alarms = raised.iter().filter(|build| !in_any(build)).count() as u64;
    counted
}

fn of_means(builds: &[Vec<f64>], rule: impl Fn(&[f64], f64) -> bool) -> bool {
    let mean = |build: &Vec<f64>| build.iter().sum::<f64>() / build.len() as f64;
    let means: Vec<f64> = builds.iter().map(mean).collect();
    let Some((fresh, stored)) = means.split_last() else { return false };
    rule(&stored[stored.len().saturating_sub(BACK)..], *fresh)
}

/// The measurements of the last two builds, each as a repetition.
fn of_last_two(builds: &[Vec<f64>], rule: impl Fn(&[f64], &[f64]) -> bool) -> bool {
    let [.., base, fresh] = builds else { return false };
    rule(base, fresh)
}

/// The gate on the last build, against the builds before it as stored sessions.
fn gate(builds: &[Vec<f64>]) -> bool {
    let Some((fresh, stored)) = builds.split_last() else { return false };
    let kept = &stored[stored.len().saturating_sub(KEPT)..];
    slower(kept, fresh)
}

/// The same, where the build before was an alarm too, both against what was stored before that.
fn confirmed(builds: &[Vec<f64>]) -> bool {
    let Some((fresh, earlier)) = builds.split_last() else { return false };
    let Some((before, stored)) = earlier.split_last() else { return false };
    let kept = &stored[stored.len().saturating_sub(KEPT)..];
    slower(kept, before) && slower(kept, fresh)
}

/// The fresh mean against the median of the last ten, by how far neighbours lie apart: a variant for
/// histories whose level moves (`SE² = scale² (1 + 1/6.4)` for the efficiency of a median of ten, 9 degrees of
/// freedom).
fn local(stored: &[f64], fresh: f64) -> bool {
    let last = &stored[stored.len().saturating_sub(KEPT)..];
    let logs: Vec<f64> = last.iter().map(|mean| mean.ln()).collect();
    let steps: Vec<f64> = logs.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect();
    if steps.is_empty() {
        return false;
    }
    let scale = (1.4826 * median(&steps) / std::f64::consts::SQRT_2).max(1e-4);
    let estimate = fresh.ln() - median(&logs);
    let t = estimate / (scale * (1.0 + 1.0 / 6.4_f64).sqrt());
    estimate > 0.05_f64.ln_1p() && student_upper_tail(t, 9.0) < 0.02
}

fn slower(stored: &[Vec<f64>], fresh: &[f64]) -> bool {
    let points = |build: &[f64]| {
        build.iter().map(|value| Point { y: value.ln(), s: None, body: None }).collect()
    };
    let places = |session: usize, build: &[f64]| vec![Place { session, round: None }; build.len()];
    let row = Sides {
        base: stored.iter().flat_map(|b| -> Vec<_> { points(b) }).collect(),
        fresh: points(fresh),
    };
    let trial = Trial {
        tool: Tool::K6,
        rows: vec![row],
        base: stored.iter().enumerate().flat_map(|(session, b)| places(session, b)).collect(),
        fresh: places(stored.len(), fresh),
    };
    let said = one_shot(&configuration(0.05, 0.02), &trial, Test::ModeratedT);
    said.rows.contains(&Call::Slower)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(slowdown: usize) -> Series {
        let level = |build: usize| if build >= slowdown { 130.0 } else { 100.0 };
        let values = |build: usize| {
            (0..3).map(|run| level(build) + ((build * 7 + run * 3) % 5) as f64 * 0.2).collect()
        };
        Series { builds: (0..40).map(values).collect(), slowdowns: vec![slowdown] }
    }

    #[test]
    fn every_rule_is_asked_of_a_slowdown_from_the_first_build_that_is_judged() {
        let all = labelled("data", &[series(FIRST), series(FIRST - 1)]);
        assert_eq!(all.len(), RULES.len());
        for counted in &all {
            assert_eq!(counted.labelled, 1, "{counted:?}");
            assert_eq!(counted.judged, 2 * (40 - FIRST as u64) - 3 - 2, "{counted:?}");
        }
        let gate = &all[0];
        assert_eq!((gate.found, gate.at), (1, [1, 0, 0]), "{gate:?}");
        let local = all.iter().find(|h| h.rule == "tailguard, local level").unwrap();
        assert_eq!(local.found, 1);
    }
}
