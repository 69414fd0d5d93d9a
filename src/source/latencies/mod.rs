//! Latencies of a load test, one by one or as a sketch, and the figures that a row makes of them:
//! the same for every tool that tells each request.

mod digest;
mod figures;
mod sketch;
mod values;

pub(super) use figures::{QUANTILES, throughput};
pub(super) use values::{EXACT, Latencies};
