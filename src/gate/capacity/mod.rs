//! The stories of the capacity commands: from files to what they say of a service's limits.

mod breakpoint;
mod counted;
mod endpoints;
mod fit;
mod inputs;
mod measured;
mod plan;
mod pool;
mod timed;
mod triggers;

pub use breakpoint::{BreakpointPlan, capacity_breakpoint};
pub use fit::{FitPlan, capacity_fit};
pub use plan::{capacity_plan, what_if};
pub use pool::capacity_pool;
pub use triggers::capacity_triggers;
