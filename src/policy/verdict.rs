//! What can be said of a row, how much it matters, and what follows for the build.

use serde::{Deserialize, Serialize};

/// What can be said of one metric of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Worse, for certain, by more than the threshold and the floor.
    Regressed,
    /// On the baseline's side only.
    Missing,
    /// Present, but nothing was measured: a dead server, a sub-metric without samples.
    NoData,
    /// Too little evidence for any test.
    Untested,
    /// Tested, and neither a change nor the absence of one is certain.
    Inconclusive,
    /// A regression that a waiver accepts, within its ceiling and before its expiry.
    Waived,
    /// On the fresh side only.
    New,
    /// Better, for certain, by more than the threshold and the floor.
    Improved,
    /// Certain to lie within twice the threshold.
    Steady,
}

impl Verdict {
    /// Every verdict, worst first.
    pub const ALL: [Self; 9] = [
        Self::Regressed,
        Self::Missing,
        Self::NoData,
        Self::Untested,
        Self::Inconclusive,
        Self::Waived,
        Self::New,
        Self::Improved,
        Self::Steady,
    ];

    /// The word in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Regressed => "regressed",
            Self::Missing => "missing",
            Self::NoData => "no-data",
            Self::Untested => "untested",
            Self::Inconclusive => "inconclusive",
            Self::Waived => "waived",
            Self::New => "new",
            Self::Improved => "improved",
            Self::Steady => "steady",
        }
    }
}

/// What policy makes of a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Listed, no more.
    Allow,
    /// Pointed out; the gate still passes.
    Warn,
    /// The gate does not pass.
    Deny,
}

/// What follows for the build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Nothing that policy denies, and at least one gating row was tested.
    Pass,
    /// A regression, or a broken absolute limit, that policy denies.
    Fail,
    /// The gate cannot decide, and policy denies that.
    Undecided,
}

impl Outcome {
    /// The word in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Undecided => "undecided",
        }
    }

    /// The process exit code.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Pass => 0,
            Self::Fail => 10,
            Self::Undecided => 11,
        }
    }
}
