//! The decision rules of other performance tools, restated as plain functions.
//!
//! Each rule looks at one row of durations, where greater is worse, and answers whether the tool would
//! call it slower. What is no evidence to a tool (no values, too few, not a number) is `false` here.

pub mod bencher;
pub mod criterion;
pub mod fixed;
pub mod kayenta;
pub mod mozilla;
pub mod otava;
pub mod perfgate;
pub mod ranks;
pub mod rustc_perf;
pub mod stats;
pub mod welch;
