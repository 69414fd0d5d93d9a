//! Targets against measurements: which runs count, what they say, and what is left of a target.
//! Pure functions; no file, no verdict on the build.
//!
//! [`judge()`] holds one target against the runs of one suite and machine. A run counts if it carried
//! at least 95 % of the load that the target names ([`mod@load`]); what the runs that count say is an
//! estimate with a 95 % interval ([`spread`]), and the state follows from interval and target. A
//! target of which nothing was measured is never met: [`Why`] says what is missing.
//!
//! [`availability`] is the arithmetic of a 30-day error budget, [`prometheus`] its alert rules.
//! [`openslo`] reads and writes targets as `OpenSLO` documents.

pub mod availability;
pub mod judge;
pub mod load;
pub mod openslo;
pub(crate) mod pool;
pub mod prometheus;
pub mod spread;
mod words;

pub use judge::{Judged, Kept, Why, covers, judge};
pub use words::{about, written};
