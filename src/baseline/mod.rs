//! The shelf: committed measurements, versioned, reviewable as text.
//!
//! A suite's baseline for one environment is a list of runs in compact form, kept in
//! `<suite>/<environment>.json`; sketches and windows lie beside it in
//! `<environment>.detail.json.gz`, which no verdict needs. Files are replaced as a whole, under a
//! lock: a reader sees the old baseline or the new one.

mod detail;
mod error;
mod figures;
mod form;
mod limits;
mod merge;
mod sketches;
mod store;
mod strict;
mod text;
mod verify;

pub use error::BaselineError;
pub use form::{FormError, Measured};
pub use limits::Limits;
pub use merge::{Keep, Merge, merge};
pub use sketches::Sketches;
pub use store::{Lock, Shelf};
pub use text::{parse_for, text};
pub use verify::{Fault, verify};

use std::collections::BTreeMap;

use crate::history::{KnownNoise, PastVerdict};
use crate::measure::{EnvironmentKey, Run};

/// What is stored of one suite for one environment.
#[derive(Debug, Clone, PartialEq)]
pub struct Baseline {
    /// The suite's name.
    pub suite: String,
    /// The environment key of every run.
    pub environment: EnvironmentKey,
    /// Runs in compact form, oldest first; the runs of one session stand together.
    pub runs: Vec<Run>,
    /// Why a session was taken in although it regressed, by session.
    pub accepted: BTreeMap<String, String>,
    /// How rows scatter, as far as a calibration told.
    pub noise: Vec<KnownNoise>,
    /// What was said of fresh results, oldest first.
    pub history: Vec<PastVerdict>,
}
