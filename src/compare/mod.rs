//! The scales: pair what is comparable, then weigh it. No verdicts.
//!
//! [`compare`] takes the runs of both sides of one suite. Figures pair by tool, tags, unit and
//! definition, never across them. Each pair gets a [`Design`]: what may count as a repetition. The
//! between-run variances of all rows of one metric then lend each other strength through a common
//! prior, and each pair becomes a contrast: an estimate with an error.

mod comparison;
mod design;
mod pair;
mod ranks;
mod rounds;
mod shift;
mod tail;
mod weigh;

pub use comparison::{Comparison, Presence, SideSummary};
pub use design::Design;
pub use shift::{Shift, suite_shift};
pub use tail::Tail;
pub use weigh::{Test, compare, compare_again, compare_known, compare_whole, screen};
