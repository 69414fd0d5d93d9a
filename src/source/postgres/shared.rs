//! What the rows of every kind share.

use std::collections::BTreeMap;

use crate::measure::{Evidence, Figure, Metric, Problem, Row, Severity, Tags, Unit};

/// The most rows of one kind. More is a generated name, not a measurement.
pub(super) const MOST_ROWS: usize = 10_000;

/// A row of one tag, without data. Queries are shown by their name alone; what may bear the same
/// name as a query says what it is.
pub(super) fn row(kind: &'static str, name: &str, unit: Unit, evidence: Evidence) -> Row {
    let id = if kind == "query" { name.to_owned() } else { format!("{kind} {name}") };
    Row::empty(id, Tags::from([(kind.to_owned(), name.to_owned())]), unit, evidence)
}

/// Inserts a figure, where there is one.
pub(super) fn insert(row: &mut Row, metric: Metric, figure: Option<Figure>) {
    row.figures.extend(figure.map(|figure| (metric, figure)));
}

/// Statistics by name, without what is not finite.
pub(super) fn statistics<const N: usize>(values: [(&str, f64); N]) -> BTreeMap<String, f64> {
    let finite = values.into_iter().filter(|(_, value)| value.is_finite());
    finite.map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Something to know about a row, or about the run.
pub(super) fn problem(
    severity: Severity,
    code: &'static str,
    row: Option<&Row>,
    message: impl Into<String>,
) -> Problem {
    Problem { severity, code, row: row.map(|row| row.id.clone()), message: message.into() }
}
