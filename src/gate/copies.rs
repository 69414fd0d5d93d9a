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
    let mut copies = BTreeSet::new();
    for run in &mut kept {
        let tool = run.tool;
        run.rows.retain(|row| {
            let fresh = known.add(tool, row);
            if !fresh {
                copies.insert(row.id.clone());
            }
            fresh
        });
    }
    notices.extend(told(suite, &copies, "another run"));
    (kept, notices)
}

/// The fresh runs without the rows whose samples a baseline run holds already: those were not
/// measured again.
pub(super) fn leave_out_stored(
    suite: &str,
    fresh: &[Run],
    stored: &[Run],
) -> (Vec<Run>, Vec<Notice>) {
    let mut known = Samples::default();
    for run in stored {
        for row in &run.rows {
            known.add(run.tool, row);
        }
    }
    let mut copies = BTreeSet::new();
    let mut fresh = fresh.to_vec();
    for run in &mut fresh {
        let tool = run.tool;
        run.rows.retain(|row| {
            let copy = known.has(tool, row);
            if copy {
                copies.insert(row.id.clone());
            }
            !copy
        });
    }
    let notices = told(suite, &copies, "a baseline run").into_iter().collect();
    (fresh, notices)
}

fn told(suite: &str, copies: &BTreeSet<String>, of: &str) -> Option<Notice> {
    let first = copies.first()?;
    let more = match copies.len() {
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
