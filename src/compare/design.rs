//! What may count as a repetition, and how far apart repetitions lie.

use std::collections::{BTreeMap, BTreeSet};

use crate::stats::prior::Variance;

use super::pair::Observation;
use super::rounds::within_rounds;

/// What counts as a repetition in a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Design {
    /// Both sides ran in rounds of one session, a run each: differences within rounds are repetitions.
    Rounds,
    /// Both sides ran in one session, at least two runs each: runs are repetitions.
    Runs,
    /// The sides ran in different sessions, at least three in all: session means are repetitions.
    Sessions,
    /// One session, or one run, a side: the variance between repetitions has to be assumed, and
    /// only a gross change can be told.
    Assumed,
    /// One run against one run, or a side without numbers: nothing can be tested.
    TooFew,
}

/// The standard deviation between repetitions that is assumed where it cannot be estimated, on the
/// scale of the test.
pub(super) const ASSUMED_SD: f64 = 0.03;

/// Sessions on one side from which their own scatter is believed, however small.
const ENOUGH_SESSIONS: usize = 5;

/// A pair, reduced to what a contrast needs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Layout {
    pub(super) design: Design,
    /// Fresh minus base.
    pub(super) estimate: f64,
    /// The variance of the estimate is this times the variance of one repetition.
    pub(super) scale: f64,
    /// Between repetitions.
    pub(super) variance: Variance,
    /// The variance of one repetition is at least this: its own within-run error.
    pub(super) floor: f64,
    /// Variance of the estimate that the repetitions do not show: a fresh session of fewer runs
    /// than the stored ones is noisier than they are.
    pub(super) extra: f64,
    /// Between the runs of one session, where any session has two runs.
    pub(super) runs: Option<Variance>,
    /// Mean squared within-run error of a run; 0 where no run tells.
    pub(super) run_error: f64,
    /// Where each side is one session, and not the same: the runs of the smaller one.
    pub(super) lone: Option<usize>,
}

/// What is known of the variance between the runs of one session before they are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Foreknown {
    /// Nothing: the runs themselves have to show it, so each side needs two.
    Nothing,
    /// A prior from an earlier measurement of the same rows: one run a side can be tested.
    Prior,
}

/// What is to count as a repetition where the sides share a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repetition {
    /// A run of either side.
    Run,
    /// The difference between the two runs of a round. A run without its partner does not count.
    Round,
}

/// Lays a pair out. Both sides must have observations.
pub(super) fn lay_out(
    base: &[Observation<'_>],
    fresh: &[Observation<'_>],
    known: Foreknown,
    repetition: Repetition,
) -> Layout {
    let base_sessions = by_session(base);
    let fresh_sessions = by_session(fresh);
    let shared: BTreeSet<&str> =
        base_sessions.keys().filter(|s| fresh_sessions.contains_key(*s)).copied().collect();
    if shared.is_empty() {
        return across_sessions(
            &base_sessions.values().collect::<Vec<_>>(),
            &fresh_sessions.values().collect::<Vec<_>>(),
        );
    }
    let blocks: Vec<_> = shared.iter().map(|s| (&base_sessions[s], &fresh_sessions[s])).collect();
    if repetition == Repetition::Run {
        return within_sessions(&blocks, known);
    }
    within_rounds(base, fresh, known).unwrap_or_else(|| {
        let layout = within_sessions(&blocks, Foreknown::Nothing);
        // The prior is one of rounds, and says nothing of runs.
        let design = if known == Foreknown::Prior { Design::TooFew } else { layout.design };
        Layout { design, ..layout }
    })
}

type Side<'a> = Vec<Observation<'a>>;

fn by_session<'a>(side: &[Observation<'a>]) -> BTreeMap<&'a str, Side<'a>> {
    let mut sessions: BTreeMap<&str, Side<'a>> = BTreeMap::new();
    for observation in side {
        sessions.entry(observation.session).or_default().push(*observation);
    }
    sessions
}

/// Differences inside each shared session, averaged over sessions: what a session does to both of
/// its sides drops out.
fn within_sessions(blocks: &[(&Side<'_>, &Side<'_>)], known: Foreknown) -> Layout {
    let k = blocks.len() as f64;
    let runs_of_base: usize = blocks.iter().map(|(b, _)| b.len()).sum();
    let runs_of_fresh: usize = blocks.iter().map(|(_, f)| f.len()).sum();
    let estimate = blocks.iter().map(|(b, f)| mean(f) - mean(b)).sum::<f64>() / k;
    let scale =
        blocks.iter().map(|(b, f)| 1.0 / b.len() as f64 + 1.0 / f.len() as f64).sum::<f64>()
            / (k * k);
    let runs = pooled(blocks.iter().flat_map(|(b, f)| [*b, *f]));
    let errors: Vec<_> =
        blocks.iter().flat_map(|(b, f)| b.iter().chain(f.iter())).copied().collect();
    let floor = mean_error(&errors);
    let layout = Layout {
        design: Design::Runs,
        estimate,
        scale,
        variance: runs.unwrap_or(NOTHING),
        floor,
        extra: 0.0,
        runs,
        run_error: floor,
        lone: None,
    };
    let shows_itself = runs.is_some() && runs_of_base.min(runs_of_fresh) >= 2;
    if shows_itself || known == Foreknown::Prior {
        return layout;
    }
    let s2 = layout.variance.s2.max(ASSUMED_SD * ASSUMED_SD);
    let design =
        if runs_of_base.max(runs_of_fresh) >= 2 { Design::Assumed } else { Design::TooFew };
    Layout { design, scale: 2.0, variance: Variance { s2, nu: 0.0 }, ..layout }
}

/// Session means against session means.
fn across_sessions(base: &[&Side<'_>], fresh: &[&Side<'_>]) -> Layout {
    let runs = pooled(base.iter().chain(fresh).copied());
    let means = |side: &[&Side<'_>]| side.iter().map(|s| mean(s)).collect::<Vec<_>>();
    let (b, f) = (means(base), means(fresh));
    let estimate = average(&f) - average(&b);
    let sessions: Vec<_> = base.iter().chain(fresh).collect();
    let floor = sessions.iter().map(|s| mean_error(s) / s.len() as f64).sum::<f64>()
        / sessions.len() as f64;
    let runs_of_all: Vec<_> = sessions.iter().flat_map(|s| s.iter()).copied().collect();
    let run_error = mean_error(&runs_of_all);
    let nu = (b.len() + f.len()).saturating_sub(2);
    if nu == 0 {
        let fewest = base[0].len().min(fresh[0].len());
        let most = base[0].len().max(fresh[0].len());
        let scatter = runs.map_or(0.0, |v| v.s2) / fewest as f64;
        let variance = Variance { s2: scatter.max(ASSUMED_SD * ASSUMED_SD), nu: 0.0 };
        let design = if most >= 2 { Design::Assumed } else { Design::TooFew };
        let (scale, extra) = (2.0, 0.0);
        let lone = Some(fewest);
        return Layout { design, estimate, scale, variance, floor, extra, runs, run_error, lone };
    }
    // What a session does, it often does to all rows alike: the rows then agree about a variance
    // that rests on two or three draws. Until there are enough sessions, less is not believed than
    // would be assumed.
    let few = b.len().max(f.len()) < ENOUGH_SESSIONS;
    let floor = if few { floor.max(ASSUMED_SD * ASSUMED_SD) } else { floor };
    let s2 = (squares(&b) + squares(&f)) / nu as f64;
    let scale = 1.0 / b.len() as f64 + 1.0 / f.len() as f64;
    let variance = Variance { s2, nu: nu as f64 };
    let extra = unseen_run_noise(base, fresh, runs);
    let (design, lone) = (Design::Sessions, None);
    Layout { design, estimate, scale, variance, floor, extra, runs, run_error, lone }
}

/// The side with more sessions shows how far session means of its size scatter. Where the other
/// side's sessions have fewer runs, their means carry more run noise than that, and nothing in the
/// data shows it but the scatter of runs within sessions.
fn unseen_run_noise(base: &[&Side<'_>], fresh: &[&Side<'_>], runs: Option<Variance>) -> f64 {
    let inverse_runs = |side: &[&Side<'_>]| {
        side.iter().map(|s| 1.0 / s.len() as f64).sum::<f64>() / side.len() as f64
    };
    if base.len() == fresh.len() {
        // Both sides show their own noise.
        return 0.0;
    }
    let (many, few) = if base.len() > fresh.len() { (base, fresh) } else { (fresh, base) };
    let excess = (inverse_runs(few) - inverse_runs(many)).max(0.0);
    runs.map_or(0.0, |v| v.s2) * excess / few.len() as f64
}

pub(super) const NOTHING: Variance = Variance { s2: 0.0, nu: 0.0 };

/// Variance between the runs of one session, pooled over sessions and sides.
fn pooled<'s, 'a: 's>(sides: impl Iterator<Item = &'s Side<'a>>) -> Option<Variance> {
    let mut sum = 0.0;
    let mut nu = 0;
    for side in sides {
        sum += squares(&side.iter().map(|o| o.y).collect::<Vec<_>>());
        nu += side.len() - 1;
    }
    (nu > 0).then(|| Variance { s2: sum / nu as f64, nu: nu as f64 })
}

fn mean(side: &[Observation<'_>]) -> f64 {
    side.iter().map(|o| o.y).sum::<f64>() / side.len() as f64
}

pub(super) fn average(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Sum of squared deviations from the mean.
pub(super) fn squares(values: &[f64]) -> f64 {
    let center = average(values);
    values.iter().map(|v| (v - center) * (v - center)).sum()
}

/// Mean squared within-run error; 0 where no run tells.
pub(super) fn mean_error(side: &[Observation<'_>]) -> f64 {
    let errors: Vec<f64> = side.iter().filter_map(|o| o.error).collect();
    if errors.is_empty() { 0.0 } else { average(&errors) }
}
