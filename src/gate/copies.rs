//! Copies: the same measurement twice is one measurement. A copy that counted as a repetition would
//! make any row look certain.

use std::collections::{BTreeMap, BTreeSet};

use super::notices::notice;
use crate::measure::{Figure, Metric, Row, Run, Severity, Tags, Tool};
use crate::report::Notice;

/// The runs of one side without copies: of runs with the same content the first is kept, and of rows
/// with the same samples too. A benchmark that was not run again leaves its old samples in its
/// directory, and copies of that directory are no repetitions of it.
pub(super) fn leave_out(suite: &str, runs: Vec<Run>) -> (Vec<Run>, Vec<Notice>) {
    let mut notices = Vec::new();
    let all = runs.len();
    let mut seen = BTreeSet::new();
    let mut kept: Vec<Run> = runs.into_iter().filter(|run| seen.insert(run.id.clone())).collect();
    if kept.len() < all {
        let message = format!(
            "{} of {all} runs are byte for byte copies of others and count once",
            all - kept.len()
        );
        notices.push(notice(Severity::Warning, "copied-run", suite, message));
    }
    let mut known = Samples::default();
    let copied = drop_rows(&mut kept, |tool, row| !known.add(tool, row));
    notices.extend(told(suite, &copied, "another run"));
    (kept, notices)
}

/// Rows that were left out, with their display ids.
pub(super) type Copied = BTreeMap<(Tool, Tags), String>;

/// The fresh runs without the rows whose samples a stored run holds already: those were not measured
/// again.
pub(super) fn leave_out_stored(fresh: &[Run], stored: &[Run]) -> (Vec<Run>, Copied) {
    let mut known = Samples::default();
    for run in stored {
        for row in &run.rows {
            known.add(run.tool, row);
        }
    }
    let mut fresh = fresh.to_vec();
    let copied = drop_rows(&mut fresh, |tool, row| known.has(tool, row));
    (fresh, copied)
}

fn drop_rows(runs: &mut [Run], mut is_copy: impl FnMut(Tool, &Row) -> bool) -> Copied {
    let mut copied = Copied::new();
    for run in runs {
        let tool = run.tool;
        run.rows.retain(|row| {
            let copy = is_copy(tool, row);
            if copy {
                copied.insert((tool, row.tags.clone()), row.id.clone());
            }
            !copy
        });
    }
    copied
}

/// What is said about copies.
pub(super) fn told(suite: &str, copied: &Copied, of: &str) -> Option<Notice> {
    let first = copied.values().next()?;
    let more = match copied.len() {
        1 => String::new(),
        n => format!(" and {} more rows", n - 1),
    };
    let message = format!(
        "{first}{more}: the same samples as in {of}, so not measured again; a directory that is kept \
         between runs still holds benchmarks that no longer run"
    );
    Some(notice(Severity::Warning, "copied-row", suite, message))
}

/// The samples of each row, known by their figures: two measurements never agree to nine digits in
/// a value and its error.
#[derive(Default)]
struct Samples {
    seen: BTreeMap<(Tool, Tags), BTreeSet<Fingerprint>>,
}

/// Each figure's value and error, bit for bit.
type Fingerprint = Vec<(Metric, u64, u64)>;

impl Samples {
    /// Whether the samples are new; rows without an error of their own always are.
    fn add(&mut self, tool: Tool, row: &Row) -> bool {
        let Some(print) = fingerprint(row) else { return true };
        self.seen.entry((tool, row.tags.clone())).or_default().insert(print)
    }

    fn has(&self, tool: Tool, row: &Row) -> bool {
        let seen = self.seen.get(&(tool, row.tags.clone()));
        fingerprint(row).zip(seen).is_some_and(|(print, seen)| seen.contains(&print))
    }
}

/// `None` where nothing is measured finely enough to tell a copy from a coincidence.
fn fingerprint(row: &Row) -> Option<Fingerprint> {
    let mut told = false;
    let print = row
        .figures
        .iter()
        .map(|(metric, figure)| match *figure {
            Figure::Log { y, s } => {
                told |= s.is_some_and(|s| s > 0.0);
                (*metric, y.to_bits(), s.unwrap_or(0.0).to_bits())
            }
            Figure::Share { events, of } => (*metric, events, of),
        })
        .collect();
    told.then_some(print)
}
