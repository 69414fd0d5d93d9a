//! Weighing: from pairs to contrasts.

use std::collections::BTreeMap;

use crate::measure::{Metric, Run, Tool};
use crate::stats::contrast::Contrast;
use crate::stats::prior::{Prior, Variance, moderate};

use super::comparison::{Comparison, Presence};
use super::design::{ASSUMED_SD, Design, Foreknown, Layout, lay_out};
use super::pair::{Pair, pairs, summary};
use super::ranks::rank_p;

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

/// Compares the runs of both sides of one suite. Every run must carry its session.
///
/// The result has one entry for each metric of each row of either side, in a stable order.
#[must_use]
pub fn compare(base: &[Run], fresh: &[Run], test: Test) -> Vec<Comparison> {
    let pairs = pairs(base, fresh);
    let layouts: Vec<Option<Layout>> = pairs
        .iter()
        .map(|pair| {
            (pair.presence() == Presence::Both)
                .then(|| lay_out(&pair.base, &pair.fresh, Foreknown::Nothing))
        })
        .collect();
    let priors = priors(&pairs, &layouts);
    pairs.iter().zip(layouts).map(|(pair, layout)| weigh(pair, layout, &priors, test)).collect()
}

/// Compares the runs of both sides of rows that were measured again. What `first`, the comparisons
/// of the first measurement, found about the variance between runs serves this one too: a few rows
/// and runs alone would hardly tell it.
#[must_use]
pub fn compare_again(
    base: &[Run],
    fresh: &[Run],
    test: Test,
    first: &[Comparison],
) -> Vec<Comparison> {
    let known = |c: &Comparison| ((c.tool, c.metric, c.design), c.prior);
    let priors: Priors = first.iter().map(known).collect();
    let pairs = pairs(base, fresh);
    let weighed = pairs.iter().map(|pair| {
        let both = pair.presence() == Presence::Both;
        let layout = both.then(|| lay_out(&pair.base, &pair.fresh, Foreknown::Prior));
        weigh(pair, layout, &priors, test)
    });
    weighed.collect()
}

type Priors = BTreeMap<(Tool, Metric, Design), Prior>;

/// One prior a tool, metric and design: a pool over metrics of different noise is worth nothing.
fn priors(pairs: &[Pair<'_>], layouts: &[Option<Layout>]) -> Priors {
    let mut variances: BTreeMap<(Tool, Metric, Design), Vec<Variance>> = BTreeMap::new();
    for (pair, layout) in pairs.iter().zip(layouts) {
        if let Some(layout) = layout
            && layout.variance.nu > 0.0
        {
            variances
                .entry((pair.tool, pair.metric, layout.design))
                .or_default()
                .push(layout.variance);
        }
    }
    variances
        .into_iter()
        .map(|(key, rows)| (key, Prior::estimate(&rows, ASSUMED_SD * ASSUMED_SD)))
        .collect()
}

fn weigh(pair: &Pair<'_>, layout: Option<Layout>, priors: &Priors, test: Test) -> Comparison {
    let assumed = Prior { d0: 3.0, v0: ASSUMED_SD * ASSUMED_SD };
    let design = layout.map_or(Design::TooFew, |l| l.design);
    let prior = priors.get(&(pair.tool, pair.metric, design)).copied().unwrap_or(assumed);
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
        run_variance: layout.and_then(|layout| run_variance(layout, prior)),
        prior,
        angles: pair.angles(),
    }
}

fn contrast(layout: Layout, prior: Prior) -> Option<Contrast> {
    let (variance, df) = match layout.design {
        Design::Runs | Design::Sessions => moderate(prior, layout.variance),
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
        Design::Runs => moderate(prior, runs).0.max(layout.run_error),
        _ => runs.s2.max(layout.run_error),
    })
}
