//! `run`: commands that measure, started in rounds on one or two sides, then judged.
//!
//! [`measure`](measure()) runs rounds of the working tree alone, [`run`](run()) also judges them; with
//! a base commit both sides are built first and then measured alternately, screened and confirmed.

mod bench;
mod filter;
mod measured;
mod notices;
mod place;
mod plan;
mod progress;
mod stages;

pub use plan::{Place, RunPlan};
pub use progress::{Doing, Progress};
pub use stages::{Rounds, measure, run};
