//! The flags of `capacity plan`, `capacity pool` and `capacity triggers`.

use std::path::PathBuf;

use clap::Args;

/// What if.
#[derive(Debug, Args)]
pub(in crate::cli) struct Changes {
    /// Change a number of the plan, such as peak_factor=3 or read.client=30/h; repeatable
    #[arg(long, value_name = "NAME=VALUE")]
    pub(in crate::cli) set: Vec<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct CapacityPlan {
    #[command(flatten)]
    pub(in crate::cli) changes: Changes,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct CapacityPool {
    #[command(flatten)]
    pub(in crate::cli) changes: Changes,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct CapacityTriggers {
    #[command(flatten)]
    pub(in crate::cli) changes: Changes,
    /// Write the triggers as alert rules for Prometheus
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) rules: Option<PathBuf>,
}
