//! Curves: how much a service carries, computed from what was measured. Numbers to numbers; no file,
//! no configuration, no verdict.
//!
//! Every result carries what it rests on. A figure whose error is known is an [`Estimate`]; what was
//! not measured, or lies beyond what was measured, is said so and never just a number.

pub mod estimate;

pub use estimate::{Estimate, LEVEL};
