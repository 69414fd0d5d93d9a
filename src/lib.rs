//! tailguard compares fresh benchmark and load-test results with committed baselines.

pub mod measure;
pub mod source;
pub mod stats;
