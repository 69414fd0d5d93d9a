//! What several runs say of one number: an estimate and how far it may be off.
//!
//! As in a comparison, a repetition is the mean of a session where there are several sessions, else a
//! run. Times, sizes and rates are averaged on their logarithm, with a variance that the rows of the
//! suite lend each other ([`Prior`]) and that is never below the error within a run. Shares are pooled;
//! their interval is the wider of Wilson's for independent events ("Probable Inference, the Law of
//! Succession, and Statistical Inference", 1927) and of what the repetitions scatter on the arcsine
//! scale, because failures come in clusters.

use std::collections::BTreeMap;

use crate::capacity::{Estimate, LEVEL};
use crate::measure::Figure;
use crate::stats::contrast::Contrast;
use crate::stats::prior::{ASSUMED_DF, Prior, Variance, moderate};
use crate::stats::{arcsine, arcsine_variance, wilson};

/// The standard deviation of a logarithm between repetitions where they cannot show it themselves:
/// that of a comparison.
const ASSUMED_SD: f64 = 0.03;

/// Sessions from which their own scatter is believed, however small: as in a comparison.
const ENOUGH_SESSIONS: usize = 5;

/// One number of one run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observation<'a> {
    /// The session of the run.
    pub session: &'a str,
    /// The number.
    pub figure: Figure,
}

/// The variance between repetitions of one row, for a prior. `None` where there is only one, or
/// where a share scatters by its own counts.
#[must_use]
pub fn variance(observations: &[Observation<'_>]) -> Option<Variance> {
    let logs = observations.iter().all(|o| matches!(o.figure, Figure::Log { .. }));
    let repetitions = repetitions(observations);
    (logs && repetitions.means.len() > 1).then(|| repetitions.variance())
}

/// The prior that the rows of one suite and metric have in common.
#[must_use]
pub fn prior(rows: &[Variance]) -> Prior {
    Prior::estimate(rows, ASSUMED_SD * ASSUMED_SD)
}

/// The number that the observations stand for, with its 95 % interval; `None` without any, or with
/// some that are shares and some that are not.
#[must_use]
pub fn estimate(observations: &[Observation<'_>], prior: Prior) -> Option<Estimate> {
    let figures: Vec<Figure> = observations.iter().map(|o| o.figure).collect();
    let shares = figures.iter().filter(|f| matches!(f, Figure::Share { .. })).count();
    let value = Figure::mean(&figures).filter(|value| value.is_finite())?;
    let (low, high) = match shares {
        0 => of_logs(observations, prior),
        n if n == figures.len() => of_shares(observations, &figures),
        _ => return None,
    };
    // The number shown is a mean over runs, the interval one over repetitions: it holds both.
    Some(Estimate { value, interval: Some((low.min(value), high.max(value))) })
}

fn of_logs(observations: &[Observation<'_>], prior: Prior) -> (f64, f64) {
    let repetitions = repetitions(observations);
    let (moderated, df) = moderate(prior, repetitions.variance());
    let few = repetitions.of_sessions && repetitions.means.len() < ENOUGH_SESSIONS;
    let least = if few { ASSUMED_SD * ASSUMED_SD } else { 0.0 };
    let (low, high) = repetitions.contrast(moderated.max(least), df).interval(LEVEL);
    (low.exp(), high.exp())
}

fn of_shares(observations: &[Observation<'_>], figures: &[Figure]) -> (f64, f64) {
    let (mut events, mut of) = (0_u64, 0_u64);
    for figure in figures {
        if let Figure::Share { events: e, of: trials } = *figure {
            events = events.saturating_add(e);
            of = of.saturating_add(trials);
        }
    }
    let repetitions = repetitions(observations);
    // What chance alone makes of so many trials is the prior of what the repetitions show.
    let chance = Prior { d0: ASSUMED_DF, v0: repetitions.floor };
    let (moderated, df) = moderate(chance, repetitions.variance());
    let spread = repetitions.contrast(moderated, df);
    let centred = Contrast { estimate: arcsine(events, of), ..spread };
    let (low, high) = centred.interval(LEVEL);
    let share = |angle: f64| angle.clamp(0.0, std::f64::consts::FRAC_PI_2).sin().powi(2);
    let (chance_low, chance_high) = wilson(events, of, LEVEL);
    (share(low).min(chance_low), share(high).max(chance_high))
}

/// What counts as a repetition, on the scale of the test.
struct Repetitions {
    means: Vec<f64>,
    of_sessions: bool,
    /// The variance of a repetition is at least this: the error within its runs.
    floor: f64,
}

fn repetitions(observations: &[Observation<'_>]) -> Repetitions {
    let mut sessions: BTreeMap<&str, Vec<(f64, f64)>> = BTreeMap::new();
    for observation in observations {
        let seen = match observation.figure {
            Figure::Log { y, s } => (y, s.map_or(0.0, |s| s * s)),
            Figure::Share { events, of } => (arcsine(events, of), arcsine_variance(of)),
        };
        sessions.entry(observation.session).or_default().push(seen);
    }
    let of_sessions = sessions.len() > 1;
    let groups: Vec<Vec<(f64, f64)>> = match of_sessions {
        true => sessions.into_values().collect(),
        false => sessions.into_values().flatten().map(|run| vec![run]).collect(),
    };
    let mean = |runs: &[(f64, f64)]| runs.iter().map(|(y, _)| y).sum::<f64>() / runs.len() as f64;
    let error = |runs: &[(f64, f64)]| {
        let n = runs.len() as f64;
        runs.iter().map(|(_, error)| error).sum::<f64>() / (n * n)
    };
    let floor = groups.iter().map(|runs| error(runs)).sum::<f64>() / groups.len() as f64;
    Repetitions { means: groups.iter().map(|runs| mean(runs)).collect(), of_sessions, floor }
}

impl Repetitions {
    fn mean(&self) -> f64 {
        self.means.iter().sum::<f64>() / self.means.len() as f64
    }

    fn variance(&self) -> Variance {
        let (mean, nu) = (self.mean(), self.means.len().saturating_sub(1) as f64);
        let squares: f64 = self.means.iter().map(|y| (y - mean) * (y - mean)).sum();
        Variance { s2: if nu > 0.0 { squares / nu } else { 0.0 }, nu }
    }

    /// The mean against zero.
    fn contrast(&self, variance: f64, df: f64) -> Contrast {
        Contrast {
            estimate: self.mean(),
            variance: variance.max(self.floor),
            scale: 1.0 / self.means.len() as f64,
            df,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NO_PRIOR: Prior = Prior { d0: 0.0, v0: 0.0 };

    fn logs<'a>(values: &[(&'a str, f64)]) -> Vec<Observation<'a>> {
        let one = |&(session, value): &(&'a str, f64)| Observation {
            session,
            figure: Figure::positive(value, None).unwrap(),
        };
        values.iter().map(one).collect()
    }

    fn shares<'a>(values: &[(&'a str, u64, u64)]) -> Vec<Observation<'a>> {
        let one = |&(session, events, of): &(&'a str, u64, u64)| Observation {
            session,
            figure: Figure::share(events, of).unwrap(),
        };
        values.iter().map(one).collect()
    }

    /// Against the textbook: t(0.975, 4) = 2.776445 and five logarithms.
    #[test]
    fn five_runs_have_the_t_interval_of_their_logarithms() {
        let values = [1.0, 1.1, 0.9, 1.2, 1.05];
        let runs: Vec<_> = values.map(|value| ("a", value)).into();
        let found = estimate(&logs(&runs), NO_PRIOR).unwrap();
        let ys = values.map(f64::ln);
        let mean = ys.iter().sum::<f64>() / 5.0;
        let s2 = ys.iter().map(|y| (y - mean).powi(2)).sum::<f64>() / 4.0;
        let half = 2.776_445 * (s2 / 5.0).sqrt();
        let (low, high) = found.interval.unwrap();
        assert!((low / (mean - half).exp() - 1.0).abs() < 1e-6, "{low}");
        assert!((high / (mean + half).exp() - 1.0).abs() < 1e-6, "{high}");
        assert!((found.value / mean.exp() - 1.0).abs() < 1e-8);
    }

    #[test]
    fn sessions_are_the_repetitions_where_there_are_several() {
        // Runs that agree within sessions which do not: the sessions' scatter counts.
        let runs: Vec<(&str, f64)> = ["a", "b"]
            .iter()
            .flat_map(|s| (0..9).map(move |_| (*s, if *s == "a" { 1.0 } else { 2.0 })))
            .collect();
        let (low, high) = estimate(&logs(&runs), NO_PRIOR).unwrap().interval.unwrap();
        assert!(low < 0.05 && high > 40.0, "{low} {high}");
        let one: Vec<_> = runs.iter().map(|(_, value)| ("a", *value)).collect();
        let (low, high) = estimate(&logs(&one), NO_PRIOR).unwrap().interval.unwrap();
        assert!(low > 1.1 && high < 1.8, "{low} {high}");
    }

    #[test]
    fn one_run_has_the_assumed_spread_and_its_own_error() {
        let assumed = prior(&[]);
        let (low, high) = estimate(&logs(&[("a", 100.0)]), assumed).unwrap().interval.unwrap();
        // t(0.975, 3) = 3.182446 times 3 %.
        assert!((high / 100.0 - (3.182_446_f64 * 0.03).exp()).abs() < 1e-6, "{high}");
        assert!((low * high / 1e4 - 1.0).abs() < 1e-6);
        let figure = Figure::positive(100.0, Some(0.2)).unwrap();
        let noisy = [Observation { session: "a", figure }];
        let (_, higher) = estimate(&noisy, assumed).unwrap().interval.unwrap();
        assert!((higher / 100.0 - (3.182_446_f64 * 0.2).exp()).abs() < 1e-5, "{higher}");
    }

    /// Wilson's interval of 0 of 645 ends at 0.592 %: z^2 / (n + z^2).
    #[test]
    fn no_failure_is_no_proof_of_none() {
        let runs: Vec<_> = (0..15).map(|_| ("a", 0, 43)).collect();
        let found = estimate(&shares(&runs), NO_PRIOR).unwrap();
        let (low, high) = found.interval.unwrap();
        assert!(found.value.abs() < 1e-15 && low.abs() < 1e-15);
        assert!((high - 3.841_459 / 648.841_459).abs() < 1e-6, "{high}");
    }

    #[test]
    fn failures_in_clusters_widen_the_interval() {
        let even = shares(&[("a", 10, 1000), ("b", 10, 1000), ("c", 10, 1000), ("d", 10, 1000)]);
        let lumped = shares(&[("a", 0, 1000), ("b", 0, 1000), ("c", 40, 1000), ("d", 0, 1000)]);
        let width = |o: &[Observation<'_>]| {
            let (low, high) = estimate(o, NO_PRIOR).unwrap().interval.unwrap();
            high - low
        };
        assert!(width(&lumped) > 2.0 * width(&even), "{} {}", width(&lumped), width(&even));
    }

    #[test]
    fn nothing_and_a_mixture_have_no_estimate() {
        assert_eq!(estimate(&[], NO_PRIOR), None);
        let mixed = [logs(&[("a", 1.0)]), shares(&[("a", 1, 2)])].concat();
        assert_eq!(estimate(&mixed, NO_PRIOR), None);
        assert_eq!(variance(&logs(&[("a", 1.0)])), None);
        assert_eq!(variance(&shares(&[("a", 1, 2), ("a", 1, 2)])), None);
    }
}
