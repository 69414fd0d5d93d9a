//! The story: read, load, compare, judge, report. Each command is one function from a plan to a
//! result; writing reports and choosing the exit code is left to the caller.

mod artifact;
mod assemble;
mod base_side;
mod because;
mod calibrate;
mod capacity;
mod check;
mod compare;
mod copies;
mod docs;
mod error;
mod fresh;
mod history;
mod judge;
mod limits;
mod measurement;
mod notices;
mod outline;
mod refresh;
mod rejudge;
mod run;
mod sidecars;
mod slo;
mod slo_result;
mod slo_unknown;
mod stored;
mod taken;

pub use artifact::{ArtifactError, only_file};
pub use assemble::report;
pub use base_side::BaselineAge;
pub use calibrate::{CalibratePlan, calibrate, calibration_figure, can_store_noise, store_noise};
pub use capacity::{
    BreakpointPlan, FitPlan, capacity_breakpoint, capacity_fit, capacity_plan, capacity_pool,
    capacity_triggers, what_if,
};
pub use check::{CheckPlan, check};
pub use compare::{ComparePlan, SUITE as COMPARE_SUITE, compare};
pub use docs::{Docs, DocsPlan, docs};
pub use error::Error;
pub use fresh::{Fresh, Host, SuitePaths, read_fresh};
pub use history::{look_back, record};
pub use judge::Judged;
pub use measurement::Measurement;
pub use refresh::{RefreshPlan, Refreshed, Refusal, refresh};
pub use rejudge::{Rejudge, baseline_ages, rejudge};
pub use run::{Doing, Place, Progress, Rounds, RunPlan, measure, run};
pub use slo::{SloPlan, export_openslo, export_prometheus, import_slos, slo};
pub use stored::{against_fresh, against_revision, as_stored, between, show};
