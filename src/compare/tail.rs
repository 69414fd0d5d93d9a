//! A tail against the body of the same runs: what a run does to all of its requests drops out of their
//! ratio, and a slower tail shows where the scatter of whole runs hides it.

use crate::measure::Metric;
use crate::stats::contrast::Contrast;

use super::pair::{Observation, Pair};

/// A high quantile against the median of the same runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tail {
    /// How their ratio changed: fresh minus base, natural logarithms.
    pub contrast: Contrast,
    /// How the median changed.
    pub body: Contrast,
}

/// Whether a metric is a tail that a body can be held against.
pub(super) fn is_tail(metric: Metric) -> bool {
    matches!(metric, Metric::P95 | Metric::P99)
}

/// Observations of the base and of the fresh side.
type Sides<'a> = (Vec<Observation<'a>>, Vec<Observation<'a>>);

/// The logarithms of the ratios of tail and median of every run; `None` unless both have the same runs
/// on both sides.
pub(super) fn against_body<'a>(tail: &Pair<'a>, body: &Pair<'a>) -> Option<Sides<'a>> {
    let side = |tails: &[Observation<'a>], bodies: &[Observation<'a>]| {
        let same = |(tail, body): (&Observation<'a>, &Observation<'a>)| {
            (tail.session, tail.round) == (body.session, body.round)
        };
        let ratio = |(tail, body): (&Observation<'a>, &Observation<'a>)| Observation {
            y: tail.y - body.y,
            // Both are made of the same requests: what is known of either error says little of this one.
            error: None,
            ..*tail
        };
        let pairs = || tails.iter().zip(bodies);
        (tails.len() == bodies.len() && pairs().all(same)).then(|| pairs().map(ratio).collect())
    };
    Some((side(&tail.base, &body.base)?, side(&tail.fresh, &body.fresh)?))
}
