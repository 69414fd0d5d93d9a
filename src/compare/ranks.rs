//! The rank test over repetitions.

use std::collections::BTreeMap;

use crate::stats::mann_whitney::mann_whitney;

use super::design::Design;
use super::pair::Observation;

/// One-sided p-values of the rank test: (fresh is greater, fresh is smaller). Both are 1 where one
/// side is empty.
pub(super) fn rank_p(
    base: &[Observation<'_>],
    fresh: &[Observation<'_>],
    design: Design,
) -> (f64, f64) {
    let (base, fresh) = match design {
        Design::Sessions => (session_means(base), session_means(fresh)),
        _ => (values(base), values(fresh)),
    };
    mann_whitney(&fresh, &base).map_or((1.0, 1.0), |test| (test.p_greater, test.p_less))
}

fn values(side: &[Observation<'_>]) -> Vec<f64> {
    side.iter().map(|o| o.y).collect()
}

fn session_means(side: &[Observation<'_>]) -> Vec<f64> {
    let mut sessions: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for observation in side {
        sessions.entry(observation.session).or_default().push(observation.y);
    }
    sessions.values().map(|ys| ys.iter().sum::<f64>() / ys.len() as f64).collect()
}
