//! The vocabulary: what was measured, in plain data. No I/O, no statistics, no verdicts.
//!
//! A [`Run`] is one process invocation or one load test. It holds [`Row`]s (one benchmark, or one
//! group of requests), and a row holds [`Figure`]s: the few numbers a decision needs, one per
//! [`Metric`]. Everything a tool printed for people stays beside them in `statistics`.

pub mod captured;
pub mod drops;
mod figure;
mod machine;
mod metric;
mod row;
mod run;
pub mod timeline;
mod unique;

pub use figure::{Definition, Evidence, Figure};
pub use machine::{EnvironmentKey, Machine};
pub use metric::{Better, Metric, Unit};
pub use row::{Detail, Row, Tags, Window};
pub use run::{FORMATS, Problem, Provenance, Run, Severity, Tool, Workload};
pub use unique::unique;
