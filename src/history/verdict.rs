//! What was said of fresh results when they were judged: kept beside the runs, so that the gate can be
//! held against what came after.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::measure::{Metric, Run, Tags, Tool, unique};

/// Verdicts that are kept; the oldest are forgotten first.
const KEPT: usize = 200;

/// Rows of one verdict that are listed as worse.
pub const MOST_WORSE: usize = 50;

/// Digits that stand for fresh runs.
const DIGITS: usize = 16;

/// What one check said of a suite.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PastVerdict {
    /// Stands for the fresh runs: see [`fresh_id`].
    pub fresh: String,
    /// The session of the fresh runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// The commit that they measured; none where the working tree had changes that it has not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// When the last of them was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// Stands for the check that said it, of all suites together; none where a refresh judged what it took in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<String>,
    /// Gating metrics of rows that could be tested.
    pub judged: u64,
    /// Those of them that were called worse, waived ones too: at most [`MOST_WORSE`], the greatest changes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub worse: Vec<CalledWorse>,
    /// Those that the last verdict on them called worse, and that are within their threshold now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cleared: Vec<OfRow>,
    /// Why the fresh runs were taken in although they are worse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<String>,
}

/// One metric of one row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfRow {
    /// The tool.
    pub tool: Tool,
    /// The row, for display.
    pub id: String,
    /// The row's identity.
    #[serde(deserialize_with = "unique")]
    pub tags: Tags,
    /// The metric.
    pub metric: Metric,
}

/// One metric of one row that was called worse.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalledWorse {
    /// What was.
    pub of: OfRow,
    /// By how much: a share of the base, or a difference of shares for a proportion.
    pub change: f64,
}

impl OfRow {
    /// Whether both are the same metric of the same row, however it is displayed.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        (self.tool, &self.tags, self.metric) == (other.tool, &other.tags, other.metric)
    }
}

impl PastVerdict {
    /// Whether it says one thing of each row, as a text that was merged by hand may not.
    #[must_use]
    pub fn is_consistent(&self) -> bool {
        let all = self.worse.iter().map(|worse| &worse.of).chain(&self.cleared);
        let mut told = BTreeSet::new();
        all.map(|of| (of.tool, &of.tags, of.metric)).all(|row| told.insert(row))
    }
}

/// What stands for fresh runs: the first 16 hexadecimal digits of the SHA-256 of their sorted ids.
#[must_use]
pub fn fresh_id(runs: &[Run]) -> String {
    let ids: BTreeSet<&str> = runs.iter().map(|run| run.id.as_str()).collect();
    let mut hash = Sha256::new();
    ids.iter().for_each(|id| hash.update(id.as_bytes()));
    let digest = hash.finalize();
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    hex[..DIGITS].to_owned()
}

/// Adds a verdict. Of the same runs the one that judged most is remembered, the first of equals; that they
/// were accepted, and of which rows, is told by whoever accepted them.
#[must_use]
pub fn remembered(history: &[PastVerdict], verdict: PastVerdict) -> Vec<PastVerdict> {
    let mut all = history.to_vec();
    match all.iter_mut().find(|known| known.fresh == verdict.fresh) {
        Some(known) if verdict.accepted.is_some() || verdict.judged > known.judged => {
            let check = known.check.take().or_else(|| verdict.check.clone());
            let accepted = verdict.accepted.clone().or_else(|| known.accepted.take());
            *known = PastVerdict { check, accepted, ..verdict };
        }
        Some(_) => {}
        None => all.push(verdict),
    }
    let old = all.len().saturating_sub(KEPT);
    all.split_off(old)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(id: &str) -> OfRow {
        let tags = [("row".to_owned(), id.to_owned())].into();
        OfRow { tool: Tool::K6, id: id.to_owned(), tags, metric: Metric::P95 }
    }

    fn verdict(fresh: &str, worse: &[&str], cleared: &[&str]) -> PastVerdict {
        PastVerdict {
            fresh: fresh.to_owned(),
            session: None,
            commit: None,
            time: None,
            check: Some(fresh.to_owned()),
            judged: 3,
            worse: worse.iter().map(|id| CalledWorse { of: of(id), change: 0.1 }).collect(),
            cleared: cleared.iter().map(|id| of(id)).collect(),
            accepted: None,
        }
    }

    #[test]
    fn a_row_is_told_of_once() {
        assert!(verdict("1", &["a", "b"], &["c"]).is_consistent());
        assert!(!verdict("1", &["a", "a"], &[]).is_consistent());
        assert!(!verdict("1", &["a"], &["a"]).is_consistent());
    }

    #[test]
    fn the_same_runs_are_remembered_once_and_the_oldest_are_forgotten() {
        let first = remembered(&[], verdict("1", &["a"], &[]));
        assert_eq!(remembered(&first, verdict("1", &[], &[])), first);
        let accepted =
            PastVerdict { accepted: Some("why".to_owned()), ..verdict("1", &["b"], &[]) };
        let again = remembered(&first, PastVerdict { check: None, ..accepted });
        assert_eq!(
            (again.len(), again[0].worse[0].of.id.as_str()),
            (1, "b"),
            "whoever accepts knows"
        );
        let told = (again[0].accepted.as_deref(), again[0].check.as_deref());
        assert_eq!(told, (Some("why"), Some("1")));
        let more = remembered(&again, PastVerdict { judged: 4, ..verdict("1", &["a"], &[]) });
        assert_eq!((more[0].judged, more[0].accepted.as_deref()), (4, Some("why")));
        let many = (0..KEPT + 5)
            .fold(Vec::new(), |all, n| remembered(&all, verdict(&n.to_string(), &[], &[])));
        assert_eq!((many.len(), many[0].fresh.as_str()), (KEPT, "5"));
    }
}
