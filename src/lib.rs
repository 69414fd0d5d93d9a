//! tailguard compares fresh benchmark and load-test results with committed baselines.

pub mod baseline;
pub mod cli;
pub mod compare;
pub mod gate;
pub mod host;
pub mod measure;
pub mod policy;
pub mod report;
pub mod source;
pub mod stats;
pub mod text_diff;
