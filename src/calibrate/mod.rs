//! How often the gate would be wrong here, and what it can see: from the noise of stored runs.
//!
//! [`noise`] takes the scatter of stored runs apart: between the runs of one session, and between
//! sessions. [`simulated`] draws unchanged measurements with that noise and has them judged by the gate's own
//! code, so that what follows holds for this configuration and these rows. [`replayed`] assumes nothing:
//! each stored session is judged against all others. [`doubts`] says what makes a row hard to judge.

mod doubts;
mod judged;
mod noise;
mod replay;
mod simulate;

pub use doubts::{Doubt, doubts};
pub use noise::{Amount, FEWEST_SESSIONS, RowNoise, known_noise, noise};
pub use replay::{Replayed, replayed};
pub use simulate::{Shape, Simulated, SimulatedRow, simulated};

use crate::measure::Run;

/// The stored runs of one suite on one machine.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    /// The suite's name.
    pub suite: String,
    /// Runs, oldest first; those of one session stand together.
    pub runs: Vec<Run>,
}
