//! pgbench's log of every transaction (`-l`), one file a thread.

mod line;
mod merge;
mod report;
mod rows;

pub(super) use line::{is_aggregated, line};
pub(super) use merge::read;
pub(super) use report::{Report, report};
pub(super) use rows::rows;
