//! The story: read, load, compare, judge, report. Each command is one function from a plan to a
//! result; writing reports and choosing the exit code is left to the caller.

mod assemble;
mod because;
mod check;
mod compare;
mod copies;
mod error;
mod fresh;
mod judge;
mod limits;
mod measurement;
mod notices;
mod refresh;
mod sidecars;
mod stored;

pub use assemble::report;
pub use check::{CheckPlan, check};
pub use compare::{ComparePlan, SUITE as COMPARE_SUITE, compare};
pub use error::Error;
pub use fresh::{Fresh, Host, SuitePaths, read_fresh};
pub use judge::Judged;
pub use measurement::{Measurement, SuiteMeasurement};
pub use refresh::{RefreshPlan, Refreshed, Refusal, refresh};
pub use stored::{against_fresh, against_revision, as_stored, between, show};
