//! The stories of the capacity commands: from files to what they say of a service's limits.

mod at_limit;
mod breakpoint;
mod counted;
mod endpoints;
mod fit;
mod inputs;
mod measured;
mod plan;
mod pool;
mod ramp_targets;
mod timed;
mod triggers;

pub use breakpoint::{BreakpointPlan, capacity_breakpoint};
pub use fit::{FitPlan, capacity_fit};
pub(super) use measured::counting;
pub use plan::{capacity_plan, what_if};
pub use pool::capacity_pool;
pub use triggers::capacity_triggers;
