//! Why a row got its verdict, in one sentence. Numbers and words of ours only: names stay out.

use crate::compare::{Comparison, Design};
use crate::policy::{Because, Finding, Origin, Tested, Verdict, tail_p};
use crate::report::{Rule, Scale, number};

/// Two-sided level of the intervals in a sentence, which is that of the report's column.
const INTERVAL_LEVEL: f64 = 0.98;

/// The sentence for one row.
pub(super) fn because(finding: &Finding, rule: &Rule, scale: Scale) -> String {
    let sentence = match &finding.tested {
        Some(tested) => of_tested(finding, tested, rule, scale),
        None => of_untested(finding, scale),
    };
    match (finding.verdict, finding.because) {
        (Verdict::Waived, _) => {
            let who = match finding.waived_by {
                Some(Origin::Label(_)) => "a person accepted it by label",
                Some(Origin::PullRequest) => "a waiver of the pull request accepts it",
                Some(Origin::Config) | None => "a waiver accepts it",
            };
            format!("{sentence}; {who}")
        }
        (_, Because::Damaged | Because::OnlyBase | Because::OnlyFresh) => sentence,
        _ if finding.comparison.damaged => format!("{sentence}; part of the data is lost"),
        _ => sentence,
    }
}

fn of_untested(finding: &Finding, scale: Scale) -> String {
    match finding.because {
        Because::OnlyBase => "only the baseline has this row".to_owned(),
        Because::OnlyFresh => "the baseline does not have this row yet".to_owned(),
        Because::NotMeasuredAgain => {
            "the same samples as in the baseline: it was not measured again".to_owned()
        }
        Because::NothingMeasured => {
            "the row is there, and in at least one run nothing was measured".to_owned()
        }
        _ => format!(
            "one run against one run: {} could be chance, and nothing tells how likely",
            number::change(finding.comparison.change().unwrap_or(0.0), scale)
        ),
    }
}

fn of_tested(finding: &Finding, tested: &Tested, rule: &Rule, scale: Scale) -> String {
    let over = number::size(finding.tolerance.threshold, scale);
    let floor = number::value(finding.tolerance.floor, finding.comparison.unit);
    let moved = moved(finding, tested, scale);
    let p = p_value(finding, tested, rule);
    let moved = match finding.because {
        Because::HeldBack | Because::NotFlagged => moved + &against_body(finding, tested, scale),
        _ => moved,
    };
    match finding.because {
        Because::Worse => format!("{moved}, over {over}; {p}"),
        Because::Better => format!("{moved}, more than {over}; {p}"),
        Because::WorseByTail => format!("{moved}, over {over}; {}", by_tail(finding, tested, rule)),
        Because::BetterByTail => {
            format!("{moved}, more than {over}; {}", by_tail(finding, tested, rule))
        }
        Because::Equivalent => {
            format!("{moved}; surely within {} either way", twice(finding, scale))
        }
        Because::Damaged => "part of the data is lost, so nothing good can be said".to_owned(),
        Because::FasterButFailing => {
            format!("{moved}, while more requests failed: failing fast is no improvement")
        }
        Because::BelowFloor => format!("{moved}; real, and less than the floor of {floor}"),
        Because::HeldBack => format!("{moved}, over {over}, but {p}: measure again"),
        Because::NotFlagged => {
            format!("{moved}, over {over}, but only after the screening: measure again")
        }
        Because::NotConfirmed => format!("{moved}; it was flagged, and {p}: not confirmed"),
        Because::OneSession => one_session(finding, tested, &moved, scale),
        Because::RanksCannotReach => ranks(finding),
        // What has no sentence of its own is what no rule could settle.
        _ => format!("{moved}: neither a change over {over} nor its absence is certain"),
    }
}

fn moved(finding: &Finding, tested: &Tested, scale: Scale) -> String {
    let metric = finding.comparison.metric.name();
    let change = finding.comparison.change().unwrap_or(0.0);
    let verb = if change < 0.0 { "fell" } else { "rose" };
    let size = number::size(change.abs(), scale);
    let paired = if finding.comparison.design == Design::Rounds { " within rounds" } else { "" };
    format!("{metric} {verb} {size} {}{paired}", number::interval(tested.interval, scale))
}

/// `p = 0.003`, `p < 0.00001`
fn equals(p: f64) -> String {
    let p = number::probability(p);
    if p.starts_with('<') { format!("p {p}") } else { format!("p = {p}") }
}

/// Both that it takes where a tail shows a change.
fn by_tail(finding: &Finding, tested: &Tested, rule: &Rule) -> String {
    let ratio = finding.comparison.tail.map_or(0.0, |tail| tail.contrast.estimate.exp_m1());
    format!(
        "{} by itself, and {} against the median of the same runs, {} after Holm over {}",
        equals(tested.p),
        number::change(ratio, Scale::Relative),
        equals(tested.p_tail.unwrap_or(1.0)),
        rows(rule.family)
    )
}

/// How a tail moved against the body of the same runs, where that shows more than the row itself.
fn against_body(finding: &Finding, tested: &Tested, scale: Scale) -> String {
    let comparison = &finding.comparison;
    let shows = tail_p(comparison).is_some_and(|p| p < tested.p);
    let Some(tail) = comparison.tail.filter(|_| shows) else { return String::new() };
    let (low, high) = tail.contrast.interval(INTERVAL_LEVEL);
    format!(
        ", and {} {} against the median of the same runs",
        number::change(tail.contrast.estimate.exp_m1(), scale),
        number::interval([low.exp_m1(), high.exp_m1()], scale)
    )
}

fn p_value(finding: &Finding, tested: &Tested, rule: &Rule) -> String {
    let p = equals(tested.p_adjusted);
    match (&finding.again, finding.tolerance.gates) {
        (Some(again), true) if rule.confirmation.is_some() => format!(
            "{p} of the screening and {} measured again, after Holm over {} and the looks",
            rounds(again),
            rows(rule.family)
        ),
        (None, true) if rule.confirmation.is_some() => {
            format!("{p} after Holm over all gating rows")
        }
        (_, true) => format!("{p} after Holm over {}", rows(rule.family)),
        (_, false) => format!("{p} after Benjamini-Hochberg; this row does not gate"),
    }
}

fn twice(finding: &Finding, scale: Scale) -> String {
    number::size(2.0 * finding.tolerance.threshold, scale)
}

fn one_session(finding: &Finding, tested: &Tested, moved: &str, scale: Scale) -> String {
    let sides = (finding.comparison.base, finding.comparison.fresh);
    let one_run = matches!(sides, (Some(b), Some(f)) if b.runs.min(f.runs) == 1);
    let too_little = if one_run { "one run on a side" } else { "one session a side" };
    match tested.detectable {
        Some(least) => format!(
            "{moved}; {too_little} tells gross changes only, of about {}",
            number::size(least, scale)
        ),
        None => format!("{moved}; {too_little} is too little for a test"),
    }
}

fn ranks(finding: &Finding) -> String {
    let (Some(base), Some(fresh)) = (finding.comparison.base, finding.comparison.fresh) else {
        return "so few ranks can never reach the level".to_owned();
    };
    let (units, b, f) = match finding.comparison.design {
        Design::Sessions => ("sessions", base.sessions, fresh.sessions),
        _ => ("runs", base.runs, fresh.runs),
    };
    format!("ranks of {b} and {f} {units} can never reach the level, even if every one is worse")
}

fn rounds(again: &Comparison) -> String {
    match again.fresh.map_or(0, |side| side.runs) {
        1 => "1 round".to_owned(),
        n => format!("{n} rounds"),
    }
}

fn rows(n: usize) -> String {
    if n == 1 { "1 row".to_owned() } else { format!("{n} rows") }
}
