//! Judging: the order in which evidence and tolerance make a verdict. The same order stands in
//! `docs/performance/how-it-decides.md`.

use std::collections::BTreeSet;

use crate::compare::{Comparison, Design, Presence};
use crate::measure::Metric;

use super::config::Config;
use super::family::{
    Adjusted, Procedure, adjust, confirmed_p, directed_p, holds_up, is_in_family, tail_p,
};
use super::margin::{Margin, is_equivalent};
use super::settle::{detectable, ranks_can_reach, runs_needed};
use super::verdict::{Level, Verdict};
use super::{Origin, Subject, Tolerance, file_of, tolerance};

/// Two-sided level of the interval that reports show.
const INTERVAL_LEVEL: f64 = 0.98;

/// An error rate that rose with a p-value below this, uncorrected, spoils an improvement.
const SPOILING_ALPHA: f64 = 0.05;

/// A row beyond its threshold with a p-value below this is suspect even if the correction for many
/// rows holds it back.
const SUSPECT_ALPHA: f64 = 0.01;

/// The part of the family's level at which a tail against the body of the same runs confirms a row that is
/// suspect by itself. With it an unchanged suite may fail so much more often.
const TAIL_SHARE: f64 = 0.25;

/// One comparison with everything that was decided about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The suite's name.
    pub suite: String,
    /// What was weighed: all runs of both sides.
    pub comparison: Comparison,
    /// The runs that were measured again because a screening flagged the row, weighed alone.
    pub again: Option<Comparison>,
    /// What was tolerated.
    pub tolerance: Tolerance,
    /// What was concluded.
    pub verdict: Verdict,
    /// What policy makes of it.
    pub level: Level,
    /// The rule that decided.
    pub because: Because,
    /// Beyond the threshold, and only the correction holds it back.
    pub suspect: bool,
    /// The evidence in numbers, where there was a test.
    pub tested: Option<Tested>,
    /// Runs a side, measured in one session, that would settle an undecided row.
    pub runs_needed: Option<u32>,
    /// The file that annotations point at.
    pub file: Option<String>,
    /// Who accepted it, where its verdict is waived.
    pub waived_by: Option<Origin>,
}

/// The evidence of one test. Differences are in the terms of [`Comparison::change`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tested {
    /// Two-sided 98 % confidence interval of the change.
    pub interval: [f64; 2],
    /// One-sided p-value in the direction of the estimate.
    pub p: f64,
    /// The same, corrected for the number of rows.
    pub p_adjusted: f64,
    /// The same of the row's tail against the body of the same runs, corrected; where that is asked.
    pub p_tail: Option<f64>,
    /// The smallest worsening that this test finds four times in five.
    pub detectable: Option<f64>,
}

/// The rule that decided a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Because {
    /// Only the baseline has it.
    OnlyBase,
    /// Only the fresh side has it.
    OnlyFresh,
    /// The row is there and nothing was measured.
    NothingMeasured,
    /// The same samples on both sides.
    NotMeasuredAgain,
    /// One run against one run.
    OneRunEach,
    /// One session, or one run, a side, and no gross change.
    OneSession,
    /// So few repetitions that no rank test can ever reach the level.
    RanksCannotReach,
    /// Real and larger than the threshold and the floor, in the bad direction.
    Worse,
    /// Real and larger than the threshold and the floor, in the good direction.
    Better,
    /// Beyond the threshold and the floor in the bad direction by itself, which the correction for many
    /// rows would hold back, and real by its tail against the body of the same runs.
    WorseByTail,
    /// The same in the good direction.
    BetterByTail,
    /// Certain to lie within twice the threshold.
    Equivalent,
    /// Would be steady or improved, but part of the data is lost.
    Damaged,
    /// Faster while more requests fail.
    FasterButFailing,
    /// Beyond the threshold for certain, and smaller than the floor.
    BelowFloor,
    /// Beyond the threshold; only the correction for many rows holds it back.
    HeldBack,
    /// Beyond the threshold, but the screening did not flag it, so nothing was confirmed.
    NotFlagged,
    /// Flagged, measured again, and the fresh data do not say so for certain.
    NotConfirmed,
    /// Neither a change nor its absence is certain.
    Unsettled,
}

impl Because {
    /// Whether the row is undecided for want of runs.
    #[must_use]
    pub fn more_runs_would_help(self) -> bool {
        matches!(
            self,
            Self::OneRunEach
                | Self::OneSession
                | Self::RanksCannotReach
                | Self::HeldBack
                | Self::NotFlagged
                | Self::NotConfirmed
                | Self::Unsettled
        )
    }
}

/// A comparison with its suite and tolerance, not yet judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Weighed {
    /// The suite's name.
    pub suite: String,
    /// What was weighed: all runs of both sides.
    pub comparison: Comparison,
    /// The runs that were measured again because a screening flagged the row, weighed alone.
    pub again: Option<Comparison>,
    /// The one-sided p-value by which the screening flagged it.
    pub screened_p: Option<f64>,
    /// The part of the error rate at the look that settled it; `None` while it is open.
    pub share: Option<f64>,
    /// What is tolerated.
    pub tolerance: Tolerance,
    /// The file that annotations point at.
    pub file: Option<String>,
}

/// The comparisons of one suite with what its configuration tolerates of each.
#[must_use]
pub fn weighed(config: &Config, suite: &str, comparisons: Vec<Comparison>) -> Vec<Weighed> {
    comparisons
        .into_iter()
        .map(|comparison| {
            let Comparison { tool, metric, unit, .. } = comparison;
            let (id, tags) = (comparison.id.as_str(), &comparison.tags);
            let subject = Subject { suite, tool, id, tags, metric, unit };
            let tolerance = tolerance(config, &subject);
            let file = file_of(config, &subject).map(str::to_owned);
            let suite = suite.to_owned();
            let (again, screened_p, share) = (None, None, None);
            Weighed { suite, comparison, again, screened_p, share, tolerance, file }
        })
        .collect()
}

/// Judges all rows of one check together. The rows that can fail the build form one family with a
/// family-wise error rate (Holm 1979); the others are listed under a false discovery rate (Benjamini
/// and Hochberg 1995). Returns the findings in the order of the cases, and the family's size.
#[must_use]
pub fn judge(cases: Vec<Weighed>, alpha: f64, procedure: Procedure) -> (Vec<Finding>, usize) {
    let adjusted = adjust(&cases, procedure);
    let family = cases.iter().filter(|case| is_in_family(case, procedure)).count();
    let tests = |case: &&Weighed| case.tolerance.gates && case.comparison.contrast.is_some();
    let gating = cases.iter().filter(tests).count();
    let shows = |adjusted: &&Adjusted| adjusted.tail < TAIL_SHARE * alpha;
    let tails = adjusted.iter().flatten().filter(shows).count();
    let spoilt = spoilt(&cases);
    let findings = cases
        .into_iter()
        .zip(adjusted)
        .zip(spoilt)
        .map(|((case, adjusted), spoilt)| {
            let rows = if is_in_family(&case, procedure) { family } else { gating };
            let alpha = Alpha { family: alpha, rows, tails, procedure };
            conclude(Case { case, adjusted, spoilt }, alpha)
        })
        .collect();
    (findings, family)
}

/// The level of the family of gating rows, and their number.
#[derive(Clone, Copy)]
struct Alpha {
    family: f64,
    rows: usize,
    /// Rows whose tail shows a change against its body.
    tails: usize,
    procedure: Procedure,
}

impl Alpha {
    /// What the first step of Holm's correction leaves for one row at one look.
    fn a_row(self) -> f64 {
        let share = match self.procedure {
            Procedure::OneShot => 1.0,
            Procedure::Confirm { share } => share,
        };
        self.family / self.rows.max(1) as f64 * share
    }
}

/// One row, with what only all rows together tell.
struct Case {
    case: Weighed,
    adjusted: Option<Adjusted>,
    /// The error rate of the same row rose.
    spoilt: bool,
}

/// For each case that is a time, whether the error rate of the same row rose: by more than is
/// tolerated, or by less and hardly by chance.
fn spoilt(cases: &[Weighed]) -> Vec<bool> {
    let rose = |case: &&Weighed| {
        let change = case.comparison.change().unwrap_or(0.0);
        let p = directed_p(&case.comparison).map_or(1.0, |(worse, _)| worse);
        case.comparison.metric == Metric::ErrorRate
            && (change > case.tolerance.threshold || (change > 0.0 && p < SPOILING_ALPHA))
    };
    let row = |case: &Weighed| (case.suite.clone(), case.comparison.tags.clone());
    let risen: BTreeSet<_> = cases.iter().filter(rose).map(row).collect();
    cases.iter().map(|c| c.comparison.metric.is_time() && risen.contains(&row(c))).collect()
}

fn conclude(case: Case, alpha: Alpha) -> Finding {
    let tested = tested(&case, alpha);
    let (verdict, because) = decide(&case, tested.as_ref(), alpha);
    let Weighed { suite, comparison, again, tolerance, file, .. } = case.case;
    let suspect = matches!(because, Because::HeldBack | Because::NotFlagged);
    let level = match tolerance.gates {
        true => tolerance.levels.of(verdict, suspect),
        false => Level::Allow,
    };
    let runs_needed = because
        .more_runs_would_help()
        .then(|| runs_needed(&comparison, &tolerance, alpha.a_row()))
        .flatten();
    Finding {
        suite,
        comparison,
        again,
        tolerance,
        verdict,
        level,
        because,
        suspect,
        tested,
        runs_needed,
        file,
        waived_by: None,
    }
}

fn tested(case: &Case, alpha: Alpha) -> Option<Tested> {
    let comparison = &case.case.comparison;
    let contrast = comparison.contrast.as_ref()?;
    let adjusted = case.adjusted?;
    let (worse, better) = directed_p(comparison)?;
    let is_confirmed = matches!(alpha.procedure, Procedure::Confirm { .. });
    let (p, p_adjusted) = match (worse <= better, &case.case.again) {
        (false, _) => (better, adjusted.better),
        (true, Some(again)) if is_confirmed => {
            (confirmed_p(again, case.case.screened_p), adjusted.worse)
        }
        (true, _) => (worse, adjusted.worse),
    };
    let p_adjusted = by_tail(case, alpha).map_or(p_adjusted, |by_tail| by_tail.min(p_adjusted));
    let decides = case.case.again.as_ref().unwrap_or(comparison);
    Some(Tested {
        interval: comparison.as_change(contrast.interval(INTERVAL_LEVEL))?,
        p,
        p_adjusted,
        p_tail: (adjusted.tail < 1.0).then_some(adjusted.tail),
        detectable: detectable(decides, &case.case.tolerance, alpha.a_row()),
    })
}

/// The p-value of a row that is suspect by itself and confirmed by its tail against the body of the same
/// runs: the larger of both that it takes; `None` where either is not small enough.
///
/// The row itself has to have moved, for its body alone may have moved the ratio. Where many bodies did,
/// many tails show it: then the rows are corrected for their number (Bonferroni).
fn by_tail(case: &Case, alpha: Alpha) -> Option<f64> {
    let tail = case.adjusted?.tail;
    let (worse, better) = directed_p(&case.case.comparison)?;
    let own = worse.min(better) * alpha.tails as f64;
    let shows = tail < TAIL_SHARE * alpha.family && own < SUSPECT_ALPHA.min(alpha.family / 2.0);
    shows.then_some(own.max(tail))
}

fn decide(case: &Case, tested: Option<&Tested>, alpha: Alpha) -> (Verdict, Because) {
    let Case { case: Weighed { comparison, again, tolerance, .. }, adjusted, spoilt } = case;
    match comparison.presence {
        Presence::OnlyBase => return (Verdict::Missing, Because::OnlyBase),
        Presence::OnlyFresh => return (Verdict::New, Because::OnlyFresh),
        Presence::NoData => return (Verdict::NoData, Because::NothingMeasured),
        Presence::NotMeasuredAgain => return (Verdict::Untested, Because::NotMeasuredAgain),
        Presence::Both => {}
    }
    let (Some(contrast), Some(adjusted), Some(tested)) =
        (comparison.contrast.as_ref(), adjusted, tested)
    else {
        return (Verdict::Untested, Because::OneRunEach);
    };
    let margin = Margin::of(comparison, tolerance);
    let worsening = Margin::worsening(comparison, contrast);
    let is_confirming = matches!(alpha.procedure, Procedure::Confirm { .. });
    let is_shown = match worsening > 0.0 {
        true => {
            let again = again.as_ref().filter(|_| is_confirming);
            adjusted.worse < alpha.family && again.is_none_or(holds_up)
        }
        false => adjusted.better < alpha.family,
    };
    let is_real = is_shown || by_tail(case, alpha).is_some();
    if worsening > margin.threshold && is_real {
        return (Verdict::Regressed, if is_shown { Because::Worse } else { Because::WorseByTail });
    }
    if -worsening > margin.threshold && is_real {
        return match (comparison.damaged, spoilt) {
            (_, true) => (Verdict::Inconclusive, Because::FasterButFailing),
            (true, _) => (Verdict::Inconclusive, Because::Damaged),
            _ if is_shown => (Verdict::Improved, Because::Better),
            _ => (Verdict::Improved, Because::BetterByTail),
        };
    }
    if comparison.design == Design::Assumed {
        return (Verdict::Untested, Because::OneSession);
    }
    if !ranks_can_reach(comparison, alpha.a_row()) {
        return (Verdict::Untested, Because::RanksCannotReach);
    }
    // A tail against its body is a second chance to be suspect, so it has half of the level.
    let tail_moved = tail_p(comparison).is_some_and(|p| p < SUSPECT_ALPHA / 2.0);
    if worsening.abs() > margin.threshold && (tested.p < SUSPECT_ALPHA || tail_moved) {
        let held_back = match (alpha.procedure, again, worsening > 0.0) {
            (Procedure::Confirm { .. }, None, true) => Because::NotFlagged,
            _ => Because::HeldBack,
        };
        return (Verdict::Inconclusive, held_back);
    }
    if is_equivalent(comparison, contrast, tolerance) {
        return match comparison.damaged {
            true => (Verdict::Inconclusive, Because::Damaged),
            false => (Verdict::Steady, Because::Equivalent),
        };
    }
    if worsening.abs() > margin.relative && is_real {
        return (Verdict::Inconclusive, Because::BelowFloor);
    }
    match again {
        Some(_) if is_confirming && worsening > 0.0 => {
            (Verdict::Inconclusive, Because::NotConfirmed)
        }
        _ => (Verdict::Inconclusive, Because::Unsettled),
    }
}
