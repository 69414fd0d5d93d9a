//! Many rows at once: which of them form one family, and what its correction makes of their p-values.

use crate::compare::{Comparison, Design};
use crate::measure::Better;
use crate::stats::combine::inverse_normal;
use crate::stats::multiplicity::{benjamini_hochberg, holm};

use super::Weighed;

/// A gating row that looks worse with a p-value below this is measured again.
pub(super) const SCREEN_ALPHA: f64 = 0.05;

/// What the screening of a flagged row counts beside its fresh rounds. They count most: what flags a row by
/// luck must not confirm it.
const SCREEN_WEIGHT: f64 = 0.1;

/// Fresh rounds hold up only where they look worse by themselves, with a p-value below this.
const HOLDS_UP: f64 = 0.05;

/// How the rows of one check are judged together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Procedure {
    /// Every row is measured once; all gating rows are one family.
    OneShot,
    /// Rows are screened, and those that are flagged are measured again. Only these can regress, where the
    /// fresh data hold up; they are one family. Each look at the data that come in spends a part of the
    /// error rate.
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

/// Adjusted one-sided p-values of a row.
#[derive(Clone, Copy)]
pub(super) struct Adjusted {
    pub(super) worse: f64,
    pub(super) better: f64,
    /// Of its tail against the body of the same runs, in the direction of the estimate; 1 where it has
    /// none, or where fresh rounds decide.
    pub(super) tail: f64,
}

/// The adjusted p-values of every row that was tested.
pub(super) fn adjust(cases: &[Weighed], procedure: Procedure) -> Vec<Option<Adjusted>> {
    let mut adjusted: Vec<Option<Adjusted>> = cases
        .iter()
        .map(|case| {
            case.comparison.contrast.map(|_| Adjusted { worse: 1.0, better: 1.0, tail: 1.0 })
        })
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
        if gates && procedure == Procedure::OneShot {
            let tail = |&i: &usize| tail_p(&cases[i].comparison).unwrap_or(1.0);
            let tails: Vec<f64> = family.iter().map(tail).collect();
            for (&i, p) in family.iter().zip(correct(&tails)) {
                adjusted[i] = adjusted[i].map(|known| Adjusted { tail: p, ..known });
            }
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
    match (procedure, &case.again) {
        (Procedure::Confirm { share }, Some(again)) => {
            (confirmed_p(again, case.screened_p) / case.share.unwrap_or(share)).min(1.0)
        }
        _ => directed_p(&case.comparison).map_or(1.0, |(worse, _)| worse),
    }
}

/// The one-sided p-value of a flagged row: its fresh rounds, and with little weight the screening that
/// flagged it. Where nothing changed, a p-value that is known to lie below a level is uniform below it,
/// so that divided by the level it is as good as one that nobody has looked at.
///
/// A flag asks for more than the level: the row may be beyond its threshold. Of rows that hardly scatter
/// that leaves the smallest p-values alone; such a row regresses only beyond the threshold over all rounds,
/// which is further than chance takes it.
pub(super) fn confirmed_p(again: &Comparison, screened: Option<f64>) -> f64 {
    let fresh = directed_p(again).map_or(1.0, |(worse, _)| worse);
    screened.map_or(fresh, |p| inverse_normal((p / SCREEN_ALPHA).min(1.0), fresh, SCREEN_WEIGHT))
}

/// Whether the fresh rounds of a flagged row look worse by themselves.
pub(super) fn holds_up(again: &Comparison) -> bool {
    directed_p(again).is_some_and(|(worse, _)| worse < HOLDS_UP)
}

fn p_better(comparison: &Comparison) -> f64 {
    directed_p(comparison).map_or(1.0, |(_, better)| better)
}

/// A tail tells nothing of a row whose body went the other way with a p-value below this: then the ratio
/// moved because the body did.
const BODY_ALPHA: f64 = 0.05;

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

/// The one-sided p-value, in the direction of the estimate, of a tail against the body of the same runs.
///
/// By itself it is no evidence that a row changed: a body that got faster raises the ratio as well, and
/// what a run does to both hides that from any look at the body alone. `None` where ranks decide: they
/// were chosen over the contrasts that this is one of; and where the scatter is assumed.
#[must_use]
pub fn tail_p(comparison: &Comparison) -> Option<f64> {
    let tail = comparison.tail.filter(|_| comparison.rank_p.is_none())?;
    if comparison.design == Design::Assumed {
        return None;
    }
    let contrast = comparison.contrast?;
    let (p, moved_away) = match contrast.estimate > 0.0 {
        true => (tail.contrast.p_greater(), tail.body.p_less()),
        false => (tail.contrast.p_less(), tail.body.p_greater()),
    };
    (moved_away >= BODY_ALPHA).then_some(p)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::{Test, compare};
    use crate::measure::{Evidence, Figure, Metric, Provenance, Row, Run, Tool, Unit};
    use crate::policy::config::{Config, Gate};
    use crate::policy::{Because, Verdict, judge, weighed};
    use crate::source::Reading;

    /// Five runs a side of rows whose runs scatter by some per cent, p95 and p50 alike; the first row's
    /// fresh p95 and p50 differ by factors.
    fn comparisons(tail: f64, body: f64) -> Vec<Comparison> {
        let side = |name: &str, fresh: bool| -> Vec<Run> {
            let wobble = [0.03, -0.04, 0.01, -0.02, 0.05];
            let run = |(run, wobble): (usize, &f64)| Run {
                id: format!("{name}-{run}"),
                path: String::new(),
                tool: Tool::K6,
                format: "ndjson",
                tool_version: None,
                workload: None,
                provenance: Provenance {
                    session: Some("here".to_owned()),
                    ..Provenance::default()
                },
                rows: (0..30)
                    .map(|index| {
                        let id = index.to_string();
                        let tags = [("row".to_owned(), id.clone())].into();
                        let mut row = Row::empty(id, tags, Unit::Ms, Evidence::Requests);
                        let changed = fresh && index == 0;
                        let (tail, body) = if changed { (tail, body) } else { (1.0, 1.0) };
                        // What a run does to all, and a little that is the tail's own.
                        let own = 0.002 * ((run * 7 + index * 3) % 5) as f64;
                        let level = (wobble * (1.0 + (index % 4) as f64 / 10.0)).exp();
                        let figure = |value| Figure::positive(value, None);
                        row.figures.extend(
                            figure(20.0 * level * tail * f64::exp(own)).map(|f| (Metric::P95, f)),
                        );
                        row.figures.extend(figure(10.0 * level * body).map(|f| (Metric::P50, f)));
                        row
                    })
                    .collect(),
                problems: Vec::new(),
            };
            wobble.iter().enumerate().map(run).collect()
        };
        compare(&side("base", false), &side("fresh", true), Test::ModeratedT)
    }

    fn is_first(comparison: &Comparison) -> bool {
        comparison.id == "0" && comparison.metric == Metric::P95
    }

    fn comparison(tail: f64, body: f64) -> Comparison {
        comparisons(tail, body).into_iter().find(is_first).unwrap()
    }

    /// What is said of the first row.
    fn said(tail: f64, body: f64, alpha: f64) -> (Verdict, Because) {
        let config = Config::standalone("suite", Gate::default(), Reading::default());
        let cases = weighed(&config, "suite", comparisons(tail, body));
        let (findings, _) = judge(cases, alpha, Procedure::OneShot);
        let finding = findings.iter().find(|finding| is_first(&finding.comparison)).unwrap();
        if let Verdict::Regressed | Verdict::Improved = finding.verdict {
            let tested = finding.tested.unwrap();
            assert!(tested.p <= tested.p_adjusted && tested.p_adjusted < alpha, "{tested:?}");
        }
        (finding.verdict, finding.because)
    }

    #[test]
    fn a_tail_confirms_a_row_that_is_worse_by_itself() {
        assert_eq!(said(1.07, 1.0, 0.02), (Verdict::Regressed, Because::WorseByTail));
        assert_eq!(said(1.0 / 1.07, 1.0, 0.02), (Verdict::Improved, Because::BetterByTail));
        // A larger change needs no help.
        assert_eq!(said(1.3, 1.0, 0.02), (Verdict::Regressed, Because::Worse));
    }

    #[test]
    fn a_tail_alone_fails_nothing() {
        // The row is not worse by itself, or not worse enough.
        assert_ne!(said(1.0, 0.9, 0.02).0, Verdict::Regressed);
        assert_ne!(said(1.03, 0.97, 0.02).0, Verdict::Regressed);
        // What the whole row moved by is no tail's.
        assert_eq!(said(1.07, 1.07, 0.02), (Verdict::Inconclusive, Because::HeldBack));
    }

    #[test]
    fn a_small_error_rate_asks_more_of_the_row_itself() {
        assert_eq!(said(1.07, 1.0, 0.001), (Verdict::Inconclusive, Because::HeldBack));
    }

    #[test]
    fn a_slower_tail_shows_against_its_body_where_whole_runs_hide_it() {
        let slower = comparison(1.06, 1.0);
        let (worse, _) = directed_p(&slower).unwrap();
        let tail = tail_p(&slower).unwrap();
        assert!(worse > 0.01 && tail < 1e-4, "{worse} and {tail}");
        let faster = comparison(1.0 / 1.06, 1.0);
        assert!(tail_p(&faster).unwrap() < 1e-4, "the mirror");
    }

    #[test]
    fn where_ranks_decide_no_tail_is_asked() {
        let ranked = Comparison { rank_p: Some((0.5, 0.5)), ..comparison(1.06, 1.0) };
        assert_eq!(tail_p(&ranked), None);
    }

    #[test]
    fn a_body_that_moved_says_nothing_of_the_tail() {
        assert_eq!(tail_p(&comparison(1.001, 0.8)), None);
        let both = tail_p(&comparison(1.06, 1.06)).unwrap();
        assert!(both > 0.05, "{both}");
    }
}
