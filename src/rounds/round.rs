//! One round: one run of one suite's command on one side.

use serde::{Deserialize, Serialize};

use super::GeneratorLoad;

/// One of the two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// What is compared with.
    Base,
    /// The working tree.
    Head,
}

impl Side {
    /// The name in directories, variables and messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::Head => "head",
        }
    }
}

/// What a round is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Not looked at.
    WarmUp,
    /// Every row.
    Screen,
    /// What the screening flagged.
    Confirm,
}

impl Stage {
    /// The name in directories and messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::WarmUp => "warm-up",
            Self::Screen => "screen",
            Self::Confirm => "confirm",
        }
    }
}

/// One run of one suite's command on one side.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Round {
    /// The suite.
    pub suite: String,
    /// What it is for.
    pub stage: Stage,
    /// From 0, within its stage.
    pub number: u32,
    /// The side.
    pub side: Side,
}

/// What is known of a finished round beside its results.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// The command's exit code.
    pub exit_code: i32,
    /// How long it took.
    pub seconds: f64,
    /// What the load generator used of the machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generator: Option<GeneratorLoad>,
}
