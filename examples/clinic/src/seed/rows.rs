//! Rows in the text format of `copy`.

use std::fmt::{Display, Write as _};

/// The rows of one table.
#[derive(Default)]
pub(super) struct Rows(String);

impl Rows {
    /// Appends a row.
    pub(super) fn push(&mut self, fields: &[&dyn Display]) {
        for (index, field) in fields.iter().enumerate() {
            if index > 0 {
                self.0.push('\t');
            }
            // Writing to a string does not fail.
            let _ = write!(Escaped(&mut self.0), "{field}");
        }
        self.0.push('\n');
    }

    /// What stands in it.
    pub(super) fn text(&self) -> &str {
        &self.0
    }
}

/// Writes what `copy` would take for something else in a way that it does not.
struct Escaped<'text>(&'text mut String);

impl std::fmt::Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        for character in text.chars() {
            match character {
                '\\' => self.0.push_str("\\\\"),
                '\n' => self.0.push_str("\\n"),
                '\r' => self.0.push_str("\\r"),
                '\t' => self.0.push_str("\\t"),
                other => self.0.push(other),
            }
        }
        Ok(())
    }
}
