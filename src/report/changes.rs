//! What is stored, old and new, as plain text for the `baseline` commands.

use super::columns::{Align, GAP, fit, widest};
use super::escape::{self, LONGEST_MESSAGE, LONGEST_NAME};
use super::{Notice, Scale, Side, number};
use crate::measure::{Metric, Unit};

/// One metric of one row, old and new.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The suite's name.
    pub suite: String,
    /// The row, for display. Hostile text.
    pub id: String,
    /// The metric.
    pub metric: Metric,
    /// The unit of both values.
    pub unit: Unit,
    /// What was stored.
    pub old: Option<Side>,
    /// What is new.
    pub new: Option<Side>,
}

/// One aligned line a change; names are disarmed for a terminal.
#[must_use]
pub fn changes(changes: &[Change]) -> String {
    let lines: Vec<[String; 5]> = changes.iter().map(cells).collect();
    let widths: Vec<usize> =
        (0..5).map(|column| widest(lines.iter().map(|line| line[column].as_str()))).collect();
    let mut text = String::new();
    for line in &lines {
        let mut row = String::new();
        for (column, cell) in line.iter().enumerate() {
            let align = if column == 2 || column == 3 { Align::Right } else { Align::Left };
            row.push_str(&" ".repeat(GAP));
            row.push_str(&fit(cell, widths[column], align));
        }
        text.push_str(row.trim_end());
        text.push('\n');
    }
    text
}

/// A notice as one line for stderr.
#[must_use]
pub fn notice_line(notice: &Notice) -> String {
    let suite =
        notice.suite.as_ref().map_or_else(String::new, |suite| format!("{}: ", plain(suite)));
    format!("{suite}{}", escape::terminal(&notice.message, LONGEST_MESSAGE))
}

/// Foreign text, disarmed for a terminal.
#[must_use]
pub fn plain(text: &str) -> String {
    escape::terminal(text, LONGEST_NAME)
}

pub(super) fn cells(change: &Change) -> [String; 5] {
    let (old, new) = (change.old, change.new);
    let values = match (old, new) {
        (Some(old), Some(new)) => {
            let (old, new) = number::pair(old.value, new.value, change.unit);
            format!("{old} -> {new}")
        }
        (None, Some(new)) => number::value(new.value, change.unit),
        (Some(old), None) => number::value(old.value, change.unit),
        (None, None) => String::new(),
    };
    let moved = match (old, new) {
        (Some(old), Some(new)) if change.metric.is_proportion() => {
            number::change(new.value - old.value, Scale::Absolute)
        }
        (Some(old), Some(new)) => number::change(new.value / old.value - 1.0, Scale::Relative),
        (None, _) => String::new(),
        (_, None) => "gone".to_owned(),
    };
    let count = |side: Side| format!("{} runs, {} sessions", side.runs, side.sessions);
    let counts = match (old.map(count), new.map(count)) {
        (Some(old), Some(new)) if old != new => format!("{old} -> {new}"),
        (_, Some(one)) | (Some(one), None) => one,
        (None, None) => String::new(),
    };
    let name = format!("{} {}", plain(&change.suite), plain(&change.id));
    [name, change.metric.name().to_owned(), values, moved, counts]
}
