//! Why a row got its verdict, in one sentence. Numbers and words of ours only: names stay out.

use crate::policy::{Because, Evidence, Finding, Verdict};
use crate::report::{Rule, Scale, number};

/// The sentence for one row.
pub(super) fn because(finding: &Finding, rule: &Rule, scale: Scale) -> String {
    let sentence = sentence(finding, rule, scale);
    match (finding.verdict, finding.because) {
        (Verdict::Waived, _) => format!("{sentence}; a waiver accepts it"),
        (_, Because::OnlyBase | Because::OnlyFresh) => sentence,
        _ if finding.comparison.damaged && finding.because != Because::Damaged => {
            format!("{sentence}; part of the data is lost")
        }
        _ => sentence,
    }
}

fn sentence(finding: &Finding, rule: &Rule, scale: Scale) -> String {
    let metric = finding.comparison.metric.name();
    let over = number::size(finding.tolerance.threshold, scale);
    let change = finding.comparison.change().unwrap_or(0.0);
    let moved = |evidence: &Evidence| {
        let verb = if change < 0.0 { "fell" } else { "rose" };
        let size = number::size(change.abs(), scale);
        format!("{metric} {verb} {size} {}", number::interval(evidence.interval, scale))
    };
    let p = |evidence: &Evidence| {
        let adjusted = number::probability(evidence.p_adjusted);
        match finding.tolerance.gates {
            true => format!("p {adjusted} after Holm over {} rows", rule.family),
            false => format!("p {adjusted} after Benjamini-Hochberg; this row does not gate"),
        }
    };
    match (finding.because, finding.evidence.as_ref()) {
        (Because::OnlyBase, _) => "only the baseline has this row".to_owned(),
        (Because::OnlyFresh, _) => "the baseline does not have this row yet".to_owned(),
        (Because::NothingMeasured, _) => {
            "the row is there, and in at least one run nothing was measured".to_owned()
        }
        (Because::Worse, Some(e)) => format!("{}, over {over}; {}", moved(e), p(e)),
        (Because::Better, Some(e)) => format!("{}, more than {over}; {}", moved(e), p(e)),
        (Because::Equivalent, Some(e)) => {
            let twice = number::size(2.0 * finding.tolerance.threshold, scale);
            let floor = finding.tolerance.floor;
            match floor > 0.0 {
                true => {
                    let floor = number::value(2.0 * floor, finding.comparison.unit);
                    format!("{}; surely within {twice}, or {floor}, either way", moved(e))
                }
                false => format!("{}; surely within {twice} either way", moved(e)),
            }
        }
        (Because::Damaged, _) => "part of the data is lost, so nothing good can be said".to_owned(),
        (Because::FasterButFailing, Some(e)) => {
            format!("{}, while more requests failed: failing fast is no improvement", moved(e))
        }
        (Because::HeldBack, Some(e)) => {
            format!("{}, over {over}, but {}: measure again", moved(e), p(e))
        }
        (Because::Unsettled, Some(e)) => {
            format!("{}: neither a change over {over} nor its absence is certain", moved(e))
        }
        (Because::OneSession, Some(e)) => match e.detectable {
            Some(least) => format!(
                "{}; between two sessions only a change of about {} can be told",
                moved(e),
                number::size(least, scale)
            ),
            None => format!("{}; one session a side is too little for a test", moved(e)),
        },
        (Because::RanksCannotReach, _) => {
            let sides = (finding.comparison.base, finding.comparison.fresh);
            let runs = match sides {
                (Some(base), Some(fresh)) => format!("{} and {} runs", base.runs, fresh.runs),
                _ => "so few runs".to_owned(),
            };
            format!("ranks of {runs} can never reach the level, even if every one is worse")
        }
        _ => format!(
            "one run against one run: {} could be chance, and nothing tells how likely",
            number::change(change, scale)
        ),
    }
}
