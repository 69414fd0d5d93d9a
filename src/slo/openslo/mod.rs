//! Targets as `OpenSLO` v1 documents, both ways.
//!
//! `OpenSLO` says which share of events keeps to a limit. A percentile is such a share: p95 at most
//! 25 ms is a `thresholdMetric` with `op: lte`, `value: 25` and `target: 0.95`. A share of requests is a
//! `ratioMetric`. What has no such form, a throughput or a mean, is left out of an export and named.
//!
//! The specification knows no load level; it stands in the annotation `tailguard/at`. Beside it stand
//! `tailguard/unit`, `suite`, `row`, `tag.KEY`, `metric`, `contract` and `name`, so that an export reads
//! back as what it was made of.

mod error;
mod export;
mod foreign;
mod form;
mod import;

pub use error::OpenSloError;
pub use export::export;
pub use import::{Import, import};
