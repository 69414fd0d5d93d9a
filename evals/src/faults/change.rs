//! How much an arm changed each row, and how far runs scatter: by all rounds, not by a verdict.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};
use tailguard::measure::{Figure, Metric, Run, Tags};

/// The p95 of one row on both sides.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// The row, for display.
    pub row: String,
    /// The row's identity.
    #[serde(skip)]
    pub tags: Tags,
    /// Geometric mean of the base side, in ms.
    #[serde(serialize_with = "rounded")]
    pub base: f64,
    /// The ratio of the sides' geometric means, less one.
    #[serde(serialize_with = "rounded")]
    pub change: f64,
    /// Standard deviation of ln p95 between the runs of a side, pooled over both sides.
    #[serde(serialize_with = "rounded")]
    pub spread: f64,
}

/// Six decimals, so that the last bit of an exponential, which differs between processors, is not
/// written.
fn rounded<S: Serializer>(value: &f64, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_f64((value * 1e6).round() / 1e6)
}

/// The rows that both sides have in every run, at least two runs a side.
#[must_use]
pub fn changes(base: &[Run], fresh: &[Run]) -> Vec<Change> {
    let (base_rows, mut fresh_rows) = (by_row(base), by_row(fresh));
    let mut changes = Vec::new();
    for (tags, (row, before)) in base_rows {
        let Some((_, after)) = fresh_rows.remove(tags) else { continue };
        let whole = before.len() == base.len() && after.len() == fresh.len();
        if !whole || before.len() < 2 || after.len() < 2 {
            continue;
        }
        let freedom = (before.len() + after.len() - 2) as f64;
        changes.push(Change {
            row: row.to_owned(),
            tags: tags.clone(),
            base: mean(&before).exp(),
            change: (mean(&after) - mean(&before)).exp_m1(),
            spread: ((squares(&before) + squares(&after)) / freedom).sqrt(),
        });
    }
    changes
}

type Rows<'r> = BTreeMap<&'r Tags, (&'r str, Vec<f64>)>;

fn by_row(runs: &[Run]) -> Rows<'_> {
    let mut rows = Rows::new();
    for row in runs.iter().flat_map(|run| &run.rows) {
        if let Some(Figure::Log { y, .. }) = row.figures.get(&Metric::P95) {
            rows.entry(&row.tags).or_insert_with(|| (&row.id, Vec::new())).1.push(*y);
        }
    }
    rows
}

pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Sum of squared deviations from the mean.
pub(super) fn squares(values: &[f64]) -> f64 {
    let center = mean(values);
    values.iter().map(|value| (value - center).powi(2)).sum()
}
