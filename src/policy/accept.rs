//! Regressions that a person accepts on a pull request, by a label that the configuration names.

use jiff::civil::Date;

use super::{Origin, Pattern, Scope, Waiver};
use crate::measure::Metric;

/// What a label accepts, once somebody who may has set it.
#[derive(Debug, Clone, PartialEq)]
pub struct Accept {
    /// The label's name.
    pub label: String,
    /// Texts or globs over `SUITE/ROW`; at least one.
    pub rows: Vec<Pattern>,
    /// The metrics that the ceiling speaks of.
    pub metrics: Vec<Metric>,
    /// The largest worsening that is accepted, as in [`Waiver::up_to`].
    pub up_to: f64,
    /// What setting the label means, in words.
    pub reason: Option<String>,
    /// Where it stands in the configuration, from 1.
    pub line: usize,
}

impl Accept {
    /// The acceptance as a waiver for this one judgement.
    #[must_use]
    pub fn waiver(&self, reason: String, today: Date) -> Waiver {
        Waiver {
            scope: Scope {
                rows: self.rows.clone(),
                metrics: self.metrics.clone(),
                ..Scope::default()
            },
            up_to: self.up_to,
            reason,
            expires: today,
            issue: None,
            origin: Origin::Label(self.label.clone()),
            line: self.line,
        }
    }
}
