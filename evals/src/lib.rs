//! How often tailguard's verdicts are right, measured rather than promised.
//!
//! [`faults`] holds verdicts against a service whose regressions are known, because they are switched
//! on one at a time.

mod error;
pub mod faults;

pub use error::Error;
