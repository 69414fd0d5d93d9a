//! How often tailguard's verdicts are right, measured rather than promised.
//!
//! [`quality`] holds the gate and the [rules of others](rivals) against suites of which the truth is known.
//! [`faults`] holds verdicts against a service whose regressions are known, because they are switched
//! on one at a time.

pub mod benchmarks;
mod error;
pub mod faults;
mod file;
pub mod page;
pub mod quality;
pub mod random;
pub mod rivals;
pub mod target;

pub use error::Error;
