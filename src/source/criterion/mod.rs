//! criterion.rs, 0.2 to 0.8: directories of undocumented JSON files, one directory a benchmark.
//!
//! Read are `benchmark.json` (what was measured) and `sample.json` (every sample, from which all
//! figures are computed anew); `estimates.json` only where there is no `sample.json`. Reports,
//! `change/` and `tukey.json` are never read.

mod benchmark;
mod detail;
mod estimates;
mod files;
mod read;
mod row;
mod sample;
mod tree;

pub(crate) use read::read;
pub(crate) use tree::{Measurements, find, wanted};
