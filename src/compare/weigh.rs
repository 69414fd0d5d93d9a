//! Weighing: from pairs to contrasts.

use std::collections::{BTreeMap, BTreeSet};

use crate::history::KnownNoise;
use crate::measure::{Metric, Run, Tool};
use crate::stats::contrast::Contrast;
use crate::stats::prior::{FEWEST_ROWS, Prior, Variance, moderate};

use super::comparison::{Comparison, Presence};
use super::design::{ASSUMED_SD, Design, Foreknown, Layout, Repetition, lay_out};
use super::pair::{Pair, pairs, summary};
use super::ranks::rank_p;
use super::tail::{Tail, against_body, is_tail};

/// The test of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Test {
    /// Student's t with a variance moderated over the rows of one suite and metric.
    ModeratedT,
    /// The exact rank test of Mann and Whitney, over runs or session means.
    MannWhitney,
}

impl Test {
    /// The name in configuration and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ModeratedT => "moderated-t",
            Self::MannWhitney => "mann-whitney",
        }
    }
}

/// A change has to be seen this much smaller by rounds than by runs before rounds are the
/// repetitions: their differences have half the degrees of freedom, and which of two estimates of one
/// variance is smaller is chance.
const WORTH_PAIRING: f64 = 0.8;

/// What counts of the screening's prior where rounds are the repetitions, as a share of its degrees
/// of freedom. It rests on half as many as that of runs does, and rows that were flagged vary more
/// than the others do: where rounds have moods of 10 %, simulated unchanged suites of 50 rows fail in 1.9 %
/// with this, in 2.4 % with .7, and +10 % is found in 87.4 and 88.6 %.
const PRIOR_OF_ROUNDS: f64 = 0.5;

/// The prior of rows of which nothing else is known.
const ASSUMED: Prior = Prior { d0: 3.0, v0: ASSUMED_SD * ASSUMED_SD };

/// The level and power at which the two ways are held against each other.
const LEVEL: (f64, f64) = (0.01, 0.8);

/// Compares the runs of both sides of one suite. Every run must carry its session.
///
/// The result has one entry for each metric of each row of either side, in a stable order.
#[must_use]
pub fn compare(base: &[Run], fresh: &[Run], test: Test) -> Vec<Comparison> {
    compare_known(base, fresh, test, &[])
}

/// The same, where it is known how rows scatter: one session against one cannot show it. A row that has
/// degrees of freedom there was judged by it.
#[must_use]
pub fn compare_known(
    base: &[Run],
    fresh: &[Run],
    test: Test,
    known: &[KnownNoise],
) -> Vec<Comparison> {
    let pairs = pairs(base, fresh);
    let layouts = lay_out_all(&pairs, Foreknown::Nothing, |_| Repetition::Run);
    let layouts: Vec<Option<Layout>> = pairs
        .iter()
        .zip(layouts)
        .map(|(pair, layout)| Some(by_known_noise(layout?, pair, known)))
        .collect();
    let priors = priors(&pairs, &layouts);
    let tails = tails(&pairs, |_| Repetition::Run);
    with_tails(weigh_all(&pairs, &layouts, &priors, test), tails)
}

/// A session against a session, by how the row's sessions are known to scatter where that makes less of the
/// difference than what is assumed.
fn by_known_noise(layout: Layout, pair: &Pair<'_>, known: &[KnownNoise]) -> Layout {
    let is_of = |known: &&KnownNoise| {
        (known.of.tool, &known.of.tags, known.of.metric) == (pair.tool, pair.tags, pair.metric)
            && !pair.metric.is_proportion()
    };
    let Some((runs, known)) = layout.lone.zip(known.iter().find(is_of)) else { return layout };
    let by_known =
        Layout { variance: Variance { s2: known.of_session(runs), nu: known.df }, ..layout };
    let p =
        |layout: Layout| contrast(layout, ASSUMED).map_or(0.0, |c| c.p_greater().min(c.p_less()));
    if p(by_known) > p(layout) { by_known } else { layout }
}

/// Compares the runs of both sides of a screening, by moderated t. Where both ran in rounds, the
/// rows of a metric show whether what a round does to both of its runs is worth taking out. The
/// choice looks at the data: only what is measured afterwards may fail a build by it.
#[must_use]
pub fn screen(base: &[Run], fresh: &[Run]) -> Vec<Comparison> {
    let pairs = pairs(base, fresh);
    let by_runs = lay_out_all(&pairs, Foreknown::Nothing, |_| Repetition::Run);
    let by_rounds = lay_out_all(&pairs, Foreknown::Nothing, |_| Repetition::Round);
    let paired = worth_pairing(&pairs, &by_runs, &by_rounds);
    let chosen = |pair: &Pair<'_>| match paired.contains(&(pair.tool, pair.metric)) {
        true => Repetition::Round,
        false => Repetition::Run,
    };
    let layouts = lay_out_all(&pairs, Foreknown::Nothing, chosen);
    let tails = tails(&pairs, chosen);
    with_tails(weigh_all(&pairs, &layouts, &priors(&pairs, &layouts), Test::ModeratedT), tails)
}

/// Compares the runs of both sides of a screening and of what was measured after it, with the
/// repetitions that the screening, `first`, chose.
#[must_use]
pub fn compare_whole(base: &[Run], fresh: &[Run], first: &[Comparison]) -> Vec<Comparison> {
    let pairs = pairs(base, fresh);
    let layouts = lay_out_all(&pairs, Foreknown::Nothing, chosen(first));
    let tails = tails(&pairs, chosen(first));
    with_tails(weigh_all(&pairs, &layouts, &priors(&pairs, &layouts), Test::ModeratedT), tails)
}

/// Compares the runs of both sides of rows that were measured again. What `first`, the comparisons
/// of the screening, found about the variance between repetitions serves this one too: a few rows
/// and runs alone would hardly tell it.
#[must_use]
pub fn compare_again(base: &[Run], fresh: &[Run], first: &[Comparison]) -> Vec<Comparison> {
    let known = |c: &Comparison| {
        let share = if c.design == Design::Rounds { PRIOR_OF_ROUNDS } else { 1.0 };
        ((c.tool, c.metric, c.design), Prior { d0: share * c.prior.d0, ..c.prior })
    };
    let priors: Priors = first.iter().map(known).collect();
    let pairs = pairs(base, fresh);
    let layouts = lay_out_all(&pairs, Foreknown::Prior, chosen(first));
    weigh_all(&pairs, &layouts, &priors, Test::ModeratedT)
}

/// A tail against the body of the same runs, by the places of their pairs.
struct TailOf {
    tail: usize,
    body: usize,
    contrast: Contrast,
}

/// Every tail against the body of the same runs, with the repetitions of the tail.
fn tails(pairs: &[Pair<'_>], repetition: impl Fn(&Pair<'_>) -> Repetition) -> Vec<TailOf> {
    let bodies: BTreeMap<_, usize> = (0..pairs.len())
        .filter(|place| pairs[*place].metric == Metric::P50)
        .map(|place| ((pairs[place].tool, pairs[place].tags, pairs[place].unit), place))
        .collect();
    let mut layouts = vec![None; pairs.len()];
    let mut places = Vec::new();
    for (place, pair) in pairs.iter().enumerate().filter(|(_, pair)| is_tail(pair.metric)) {
        let Some(&body) = bodies.get(&(pair.tool, pair.tags, pair.unit)) else { continue };
        let both = pair.presence() == Presence::Both;
        let ratios = against_body(pair, &pairs[body]).filter(|_| both);
        let Some((base, fresh)) = ratios else { continue };
        let layout = lay_out(&base, &fresh, Foreknown::Nothing, repetition(pair));
        if matches!(layout.design, Design::Rounds | Design::Runs | Design::Sessions) {
            layouts[place] = Some(layout);
            places.push((place, body, layout));
        }
    }
    let priors = priors(pairs, &layouts);
    let weighed = |(tail, body, layout): (usize, usize, Layout)| {
        let prior = *priors.get(&(pairs[tail].tool, pairs[tail].metric, layout.design))?;
        Some(TailOf { tail, body, contrast: contrast(layout, prior)? })
    };
    places.into_iter().filter_map(weighed).collect()
}

/// The comparisons, each tail with what its body did.
fn with_tails(mut all: Vec<Comparison>, tails: Vec<TailOf>) -> Vec<Comparison> {
    for TailOf { tail, body, contrast } in tails {
        all[tail].tail = all[body].contrast.map(|body| Tail { contrast, body });
    }
    all
}

/// What the screening took for repetitions of a tool and metric.
fn chosen(first: &[Comparison]) -> impl Fn(&Pair<'_>) -> Repetition {
    let by_rounds = first.iter().filter(|c| c.design == Design::Rounds);
    let kinds: BTreeSet<(Tool, Metric)> = by_rounds.map(|c| (c.tool, c.metric)).collect();
    move |pair| match kinds.contains(&(pair.tool, pair.metric)) {
        true => Repetition::Round,
        false => Repetition::Run,
    }
}

/// One layout a pair; `None` where a side is missing.
fn lay_out_all(
    pairs: &[Pair<'_>],
    known: Foreknown,
    repetition: impl Fn(&Pair<'_>) -> Repetition,
) -> Vec<Option<Layout>> {
    let of = |pair: &Pair<'_>| {
        let both = pair.presence() == Presence::Both;
        both.then(|| lay_out(&pair.base, &pair.fresh, known, repetition(pair)))
    };
    pairs.iter().map(of).collect()
}

/// The tools and metrics of which a typical row shows a clearly smaller change by rounds than by
/// runs; none of which there are too few rows to tell.
fn worth_pairing(
    pairs: &[Pair<'_>],
    by_runs: &[Option<Layout>],
    by_rounds: &[Option<Layout>],
) -> BTreeSet<(Tool, Metric)> {
    let mut kinds: BTreeMap<(Tool, Metric), Vec<[Layout; 2]>> = BTreeMap::new();
    for ((pair, runs), rounds) in pairs.iter().zip(by_runs).zip(by_rounds) {
        if let (Some(runs), Some(rounds)) = (runs, rounds)
            && (runs.design, rounds.design) == (Design::Runs, Design::Rounds)
        {
            kinds.entry((pair.tool, pair.metric)).or_default().push([*runs, *rounds]);
        }
    }
    kinds.retain(|_, rows| {
        let [runs, rounds] = [0, 1].map(|way| typical(rows.iter().map(|row| row[way])));
        rows.len() >= FEWEST_ROWS && rounds < WORTH_PAIRING * runs
    });
    kinds.into_keys().collect()
}

/// The smallest change that a row of the common variance shows, in units that are the same for all
/// designs of as many runs.
fn typical(rows: impl Iterator<Item = Layout> + Clone) -> f64 {
    let n = rows.clone().count() as f64;
    let prior = prior(&rows.clone().map(|row| row.variance).collect::<Vec<_>>());
    let nu = rows.clone().map(|row| row.variance.nu).sum::<f64>() / n;
    let floor = rows.map(|row| row.floor).sum::<f64>() / n;
    let (alpha, power) = LEVEL;
    let row =
        Contrast { estimate: 0.0, variance: prior.v0.max(floor), scale: 1.0, df: prior.d0 + nu };
    row.detectable(alpha, power)
}

/// A pool over metrics of different noise is worth nothing.
type Key = (Tool, Metric, Design);

type Priors = BTreeMap<Key, Prior>;

fn priors(pairs: &[Pair<'_>], layouts: &[Option<Layout>]) -> Priors {
    variances(pairs, layouts).into_iter().map(|(key, rows)| (key, prior(&rows))).collect()
}

fn prior(rows: &[Variance]) -> Prior {
    Prior::estimate(rows, ASSUMED_SD * ASSUMED_SD)
}

/// What the rows of a suite tell of the variance between repetitions.
fn variances(pairs: &[Pair<'_>], layouts: &[Option<Layout>]) -> BTreeMap<Key, Vec<Variance>> {
    let mut variances: BTreeMap<Key, Vec<Variance>> = BTreeMap::new();
    for (pair, layout) in pairs.iter().zip(layouts) {
        if let Some(layout) = layout
            && layout.design != Design::Assumed
            && layout.variance.nu > 0.0
        {
            let key = (pair.tool, pair.metric, layout.design);
            variances.entry(key).or_default().push(layout.variance);
        }
    }
    variances
}

fn weigh_all(
    pairs: &[Pair<'_>],
    layouts: &[Option<Layout>],
    priors: &Priors,
    test: Test,
) -> Vec<Comparison> {
    pairs.iter().zip(layouts).map(|(pair, layout)| weigh(pair, *layout, priors, test)).collect()
}

fn weigh(pair: &Pair<'_>, layout: Option<Layout>, priors: &Priors, test: Test) -> Comparison {
    let design = layout.map_or(Design::TooFew, |l| l.design);
    let prior = priors.get(&(pair.tool, pair.metric, design)).copied().unwrap_or(ASSUMED);
    let contrast = layout.and_then(|layout| contrast(layout, prior));
    let rank_p = match (test, design) {
        (Test::MannWhitney, Design::Runs | Design::Sessions) => {
            Some(rank_p(&pair.base, &pair.fresh, design))
        }
        _ => None,
    };
    Comparison {
        tool: pair.tool,
        id: pair.id.to_owned(),
        tags: pair.tags.clone(),
        metric: pair.metric,
        unit: pair.unit,
        presence: pair.presence(),
        base: summary(&pair.base),
        fresh: summary(&pair.fresh),
        damaged: pair.damaged,
        design,
        contrast,
        rank_p,
        tail: None,
        run_variance: layout.and_then(|layout| run_variance(layout, prior)),
        prior,
        angles: pair.angles(),
    }
}

fn contrast(layout: Layout, prior: Prior) -> Option<Contrast> {
    let (variance, df) = match layout.design {
        Design::Rounds | Design::Runs | Design::Sessions => moderate(prior, layout.variance),
        // What is assumed is taken for known; what earlier sessions showed has degrees of freedom.
        Design::Assumed if layout.variance.nu > 0.0 => (layout.variance.s2, layout.variance.nu),
        Design::Assumed => (layout.variance.s2, f64::INFINITY),
        Design::TooFew => return None,
    };
    Some(Contrast {
        estimate: layout.estimate,
        // A repetition cannot be surer of itself than its own within-run error allows.
        variance: variance.max(layout.floor) + layout.extra / layout.scale,
        scale: layout.scale,
        df,
    })
}

/// Between the runs of one session: what more runs, measured side by side, would have to beat.
fn run_variance(layout: Layout, prior: Prior) -> Option<f64> {
    let runs = layout.runs?;
    Some(match layout.design {
        Design::Rounds | Design::Runs => moderate(prior, runs).0.max(layout.run_error),
        _ => runs.s2.max(layout.run_error),
    })
}
