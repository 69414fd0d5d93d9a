//! Waivers: regressions that are accepted, up to a ceiling and until a day.

use jiff::civil::Date;

use super::{Scope, Subject};

/// A regression that is accepted for now.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiver {
    /// Which rows. The metrics are always listed, and all of the kind that the ceiling speaks of.
    pub scope: Scope,
    /// The largest worsening that is accepted: relative (0.2 is 20 %), or a difference of
    /// proportions (0.02 is 2 percentage points) for metrics that are proportions.
    pub up_to: f64,
    /// Why, in the user's words. Not empty.
    pub reason: String,
    /// The last day on which it holds.
    pub expires: Date,
    /// Where it is discussed: an `http` or `https` address.
    pub issue: Option<String>,
    /// Who granted it.
    pub origin: Origin,
    /// Where it stands in the file that has it, from 1.
    pub line: usize,
}

/// Who granted a waiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The configuration.
    Config,
    /// The pull request that is judged adds it.
    PullRequest,
    /// This label, set on the pull request that is judged.
    Label(String),
}

impl Waiver {
    /// Whether the waiver is about this metric of this row, in force or not.
    #[must_use]
    pub fn covers(&self, subject: &Subject<'_>) -> bool {
        self.scope.covers(subject)
    }

    /// Whether the waiver is in force on a day: through its last day, not after.
    #[must_use]
    pub fn holds_on(&self, day: Date) -> bool {
        day <= self.expires
    }
}
