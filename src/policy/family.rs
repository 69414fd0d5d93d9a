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

/// One-sided p-values of a comparison: worse and better.
pub(super) fn directed_p(comparison: &Comparison) -> Option<(f64, f64)> {
    let contrast = comparison.contrast.as_ref()?;
    let (greater, smaller) =
        comparison.rank_p.unwrap_or_else(|| (contrast.p_greater(), contrast.p_less()));
    Some(match comparison.metric.better() {
        Better::Lower => (greater, smaller),
        Better::Higher => (smaller, greater),
    })
}
