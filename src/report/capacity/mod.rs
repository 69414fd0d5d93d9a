//! What the capacity commands found, in words and as JSON.

mod breakpoint;
mod fit;
mod json;
mod plan;
mod pool;
mod rules;
mod triggers;
mod words;

pub use breakpoint::{
    BreakpointReport, PartTarget, RampSource, breakpoint_evidence, breakpoint_headline,
    render_breakpoint,
};
pub use fit::{FitReport, FitSource, fit_because, fit_headline, render_fit};
pub use plan::{PlanReport, plan_headline, render_plan};
pub use pool::{
    PoolReport, PoolSize, RoleReport, TableReport, pool_bouncer, pool_fault, pool_figures,
    pool_headline, pool_sizes, render_pool, role_sql, rung_words, timeout_name, timeout_rests_on,
    timeout_unmeasured, timeout_warnings,
};
pub use rules::trigger_rules;
pub use triggers::{
    Reached, TriggerReport, TriggersReport, lasting, render_triggers, trigger_when,
    triggers_headline,
};
pub use words::{formula_in_names, formula_in_numbers};
