//! Many rows at once: which of them form one family, and what its correction makes of their p-values.

use crate::compare::Comparison;
use crate::measure::Better;
use crate::stats::multiplicity::{benjamini_hochberg, holm};

use super::Weighed;

/// How the rows of one check are judged together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Procedure {
    /// Every row is measured once; all gating rows are one family.
    OneShot,
    /// Rows are screened, and those that are flagged are measured again. Only these can regress, by
    /// the fresh data alone; they are one family. Each look at the data that come in spends a part
    /// of the error rate.
    Confirm {
        /// The part of this look, above 0 and at most 1.
        share: f64,
    },
}

/// Whether a row can fail the build, and is therefore one of those that are corrected for.
pub(super) fn is_in_family(case: &Weighed, procedure: Procedure) -> bool {
    case.tolerance.gates
        && match procedure {
            Procedure::OneShot => case.comparison.contrast.is_some(),
            Procedure::Confirm { .. } => case.again.is_some(),
        }
}

/// Adjusted one-sided p-values of a row: worse and better.
#[derive(Clone, Copy)]
pub(super) struct Adjusted {
    pub(super) worse: f64,
    pub(super) better: f64,
}

/// The adjusted p-values of every row that was tested.
pub(super) fn adjust(cases: &[Weighed], procedure: Procedure) -> Vec<Option<Adjusted>> {
    let mut adjusted: Vec<Option<Adjusted>> = cases
        .iter()
        .map(|case| case.comparison.contrast.map(|_| Adjusted { worse: 1.0, better: 1.0 }))
        .collect();
    for gates in [true, false] {
        let correct = if gates { holm } else { benjamini_hochberg };
        let of_kind = |&i: &usize| cases[i].tolerance.gates == gates && adjusted[i].is_some();
        let all: Vec<usize> = (0..cases.len()).filter(of_kind).collect();
        let can_fail = |&i: &usize| !gates || is_in_family(&cases[i], procedure);
        let family: Vec<usize> = all.iter().copied().filter(can_fail).collect();
        let worse: Vec<f64> = family.iter().map(|&i| p_worse(&cases[i], procedure)).collect();
        let better: Vec<f64> = all.iter().map(|&i| p_better(&cases[i].comparison)).collect();
        for (&i, p) in family.iter().zip(correct(&worse)) {
            adjusted[i] = adjusted[i].map(|known| Adjusted { worse: p, ..known });
        }
        for (&i, p) in all.iter().zip(correct(&better)) {
            adjusted[i] = adjusted[i].map(|known| Adjusted { better: p, ..known });
        }
    }
    adjusted
}

/// One-sided p-value of a row against "no worse", with the correction for looks and without that for
/// rows.
fn p_worse(case: &Weighed, procedure: Procedure) -> f64 {
    let p = |comparison: &Comparison| directed_p(comparison).map_or(1.0, |(worse, _)| worse);
    match (procedure, &case.again) {
        (Procedure::Confirm { share }, Some(again)) => (p(again) / share).min(1.0),
        _ => p(&case.comparison),
    }
}

fn p_better(comparison: &Comparison) -> f64 {
    directed_p(comparison).map_or(1.0, |(_, better)| better)
}

/// The part of a row's error rate that is spent on its tail against the body of the same runs. Their
/// ratio scatters so much less than whole runs that little is enough.
const OF_TAIL: f64 = 0.1;

/// A tail tells nothing of a row whose body went the other way with a p-value below this: then the ratio
/// moved because the body did.
const BODY_ALPHA: f64 = 0.05;

/// The part of a row's error rate that its own contrast has.
pub(super) fn own_share(comparison: &Comparison) -> f64 {
    if tail_p(comparison).is_some() { 1.0 - OF_TAIL } else { 1.0 }
}

/// One-sided p-values of a comparison: worse and better. Where a tail can be held against its body,
/// either of two tests may show the change, and each has its part of the error rate (a weighted
/// Bonferroni correction; Rosenthal and Rubin, "Ensemble-Adjusted p Values", 1983).
pub(super) fn directed_p(comparison: &Comparison) -> Option<(f64, f64)> {
    let contrast = comparison.contrast.as_ref()?;
    let own = comparison.rank_p.unwrap_or_else(|| (contrast.p_greater(), contrast.p_less()));
    let (greater, smaller) = match tail_p(comparison) {
        None => own,
        Some(tail) => {
            let either = |own: f64, tail: f64| (own / (1.0 - OF_TAIL)).min(tail / OF_TAIL).min(1.0);
            (either(own.0, tail.0), either(own.1, tail.1))
        }
    };
    Some(match comparison.metric.better() {
        Better::Lower => (greater, smaller),
        Better::Higher => (smaller, greater),
    })
}

/// Whether a row's change shows more clearly in its tail against the body of the same runs than in the
/// row itself.
#[must_use]
pub fn is_shown_by_tail(comparison: &Comparison) -> bool {
    let (Some(contrast), Some(tail)) = (&comparison.contrast, tail_p(comparison)) else {
        return false;
    };
    let (own, tail) = match contrast.estimate > 0.0 {
        true => (contrast.p_greater(), tail.0),
        false => (contrast.p_less(), tail.1),
    };
    tail / OF_TAIL < own / (1.0 - OF_TAIL)
}

/// One-sided p-values of a tail against its body: greater and smaller. `None` where ranks decide.
pub(super) fn tail_p(comparison: &Comparison) -> Option<(f64, f64)> {
    let tail = comparison.tail.filter(|_| comparison.rank_p.is_none())?;
    let unless = |moved_away: f64, p: f64| if moved_away < BODY_ALPHA { 1.0 } else { p };
    Some((
        unless(tail.body.p_less(), tail.contrast.p_greater()),
        unless(tail.body.p_greater(), tail.contrast.p_less()),
    ))
}
