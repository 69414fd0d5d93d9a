//! What a measurement measures.

use serde::{Deserialize, Serialize};

/// The schema word of a plan.
pub(super) const SCHEMA: &str = "tailguard.rounds/v1";

/// The most rounds a side.
pub const MOST_ROUNDS: u32 = 100;

/// What is measured; two measurements with different plans are not one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    pub(super) schema: String,
    /// Decides the order of the sides.
    pub seed: u64,
    /// Rounds a side in the first stage.
    pub rounds: u32,
    /// Rounds a side with confirmation.
    pub max_rounds: u32,
    /// Rounds a side before the first that counts.
    pub warmup: u32,
    /// The commit that is the base side, where there is one.
    pub base: Option<String>,
    /// The commit that is checked out, where there is one.
    pub head: Option<String>,
    /// A hash of the working tree that is the head side.
    pub state: Option<String>,
    /// A name for the machine, where one was given.
    pub environment: Option<String>,
    /// The session of every round.
    pub session: String,
    /// The suites, in the order in which they are measured.
    pub suites: Vec<SuitePlan>,
}

/// What is measured of one suite.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuitePlan {
    /// Its name.
    pub name: String,
    /// What measures one round.
    pub command: String,
    /// What builds a side.
    pub build: Option<String>,
}

impl Plan {
    /// A plan without suites and sides, to be filled in.
    #[must_use]
    pub fn new(seed: u64, session: String) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            seed,
            rounds: 0,
            max_rounds: 0,
            warmup: 0,
            base: None,
            head: None,
            state: None,
            environment: None,
            session,
            suites: Vec::new(),
        }
    }
}

impl Plan {
    /// Whether its numbers are ones that a command line may ask for.
    #[must_use]
    pub(super) fn is_sound(&self) -> bool {
        let counts = [self.rounds, self.max_rounds, self.warmup];
        counts.iter().all(|count| *count <= MOST_ROUNDS)
    }
}
