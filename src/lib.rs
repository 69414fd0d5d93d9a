//! tailguard compares fresh benchmark and load-test results with committed baselines.

pub mod measure;
pub mod policy;
pub mod report;
pub mod source;
pub mod stats;
pub mod text_diff;
