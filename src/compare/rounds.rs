//! Differences within rounds: what the machine did to both runs of a round drops out.
//!
//! A randomised block design: Fisher, *The Design of Experiments* (1935), chapter 4.

use std::collections::BTreeMap;

use crate::stats::prior::Variance;

use super::design::{Design, Foreknown, Layout, NOTHING, average, mean_error, squares};
use super::pair::Observation;

/// Lays out the rounds that both sides have. `None` where they are too few: two, or one where a
/// prior is known.
pub(super) fn within_rounds(
    base: &[Observation<'_>],
    fresh: &[Observation<'_>],
    known: Foreknown,
) -> Option<Layout> {
    let (base, fresh) = (by_round(base), by_round(fresh));
    let pairs: Vec<_> =
        base.iter().filter_map(|(round, before)| Some((*before, *fresh.get(round)?))).collect();
    let fewest = if known == Foreknown::Prior { 1 } else { 2 };
    if pairs.len() < fewest {
        return None;
    }
    let differences: Vec<f64> = pairs.iter().map(|(before, after)| after.y - before.y).collect();
    let both: Vec<Observation<'_>> = pairs.iter().flat_map(|(b, f)| [*b, *f]).collect();
    let floor = mean_error(&both);
    let k = differences.len() as f64;
    // Of one run: a difference has the variance of two.
    let runs = (differences.len() >= 2)
        .then(|| Variance { s2: squares(&differences) / (k - 1.0) / 2.0, nu: k - 1.0 });
    Some(Layout {
        design: Design::Rounds,
        estimate: average(&differences),
        scale: 2.0 / k,
        variance: runs.unwrap_or(NOTHING),
        floor,
        extra: 0.0,
        runs,
        run_error: floor,
        lone: None,
    })
}

/// The runs of one side by session and round; what was not measured in rounds is left out.
fn by_round<'a>(side: &[Observation<'a>]) -> BTreeMap<(&'a str, u32), Observation<'a>> {
    side.iter().filter_map(|o| Some(((o.session, o.round?), *o))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Figure;

    fn side(runs: &[(u32, f64)]) -> Vec<Observation<'static>> {
        let figure = Figure::positive(1.0, None).unwrap();
        let run = |&(round, y)| Observation {
            session: "here",
            round: Some(round),
            y,
            error: None,
            figure,
        };
        runs.iter().map(run).collect()
    }

    #[test]
    fn what_a_round_does_to_both_sides_drops_out() {
        let base = side(&[(0, 1.0), (1, 2.0), (2, 7.0)]);
        let fresh = side(&[(0, 1.1), (1, 2.3), (2, 7.2)]);
        let found = within_rounds(&base, &fresh, Foreknown::Nothing).unwrap();
        // Differences .1, .3, .2: their variance is .01, that of one run half of it.
        assert!((found.estimate - 0.2).abs() < 1e-12);
        assert!(
            (found.variance.s2 - 0.005).abs() < 1e-12 && found.variance.nu.total_cmp(&2.0).is_eq()
        );
        assert!((found.scale - 2.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn a_run_without_its_partner_does_not_count() {
        let base = side(&[(0, 1.0), (1, 2.0), (3, 9.0)]);
        let fresh = side(&[(0, 1.5), (1, 2.5), (2, 0.0)]);
        let found = within_rounds(&base, &fresh, Foreknown::Nothing).unwrap();
        assert!((found.estimate - 0.5).abs() < 1e-12 && found.variance.s2 < 1e-20);
    }

    #[test]
    fn one_round_needs_a_prior_and_no_round_has_nothing() {
        let (base, fresh) = (side(&[(0, 1.0)]), side(&[(0, 1.5)]));
        assert_eq!(within_rounds(&base, &fresh, Foreknown::Nothing), None);
        let found = within_rounds(&base, &fresh, Foreknown::Prior).unwrap();
        assert_eq!((found.runs, found.design), (None, Design::Rounds));
        assert_eq!(within_rounds(&base, &side(&[(1, 1.5)]), Foreknown::Prior), None);
        let mut unnumbered = base.clone();
        unnumbered.iter_mut().for_each(|o| o.round = None);
        assert_eq!(within_rounds(&unnumbered, &fresh, Foreknown::Prior), None);
    }
}
