//! The commands of `capacity`.

mod breakpoint;
mod fit;
mod plan;

use clap::Subcommand;

pub(in crate::cli) use breakpoint::CapacityBreakpoint;
pub(in crate::cli) use fit::CapacityFit;
pub(in crate::cli) use plan::{CapacityPlan, CapacityPool, CapacityTriggers, Changes};

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Capacity {
    /// Find where a service breaks, in the results of a ramp
    Breakpoint(CapacityBreakpoint),
    /// Fit how throughput grows with concurrency: the scalability law, or a hard limit
    Fit(CapacityFit),
    /// What the traffic model, the headroom and the measured limits allow
    Plan(CapacityPlan),
    /// Sizes of connection pools, timeouts and index coverage of the database
    Pool(CapacityPool),
    /// When to grow: thresholds, how far they are, and on which day they are reached
    Triggers(CapacityTriggers),
}
