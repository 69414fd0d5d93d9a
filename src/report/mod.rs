//! The press: one [`Report`], several dialects. Decides nothing.
//!
//! A report becomes a table of cells once; each dialect only lays the cells out. Numbers become
//! text in `number`, names are disarmed in `escape`, words and colours are chosen in `sign`.

mod absent;
mod accept;
mod calibration;
mod calibration_v1;
mod capacity;
mod cells;
mod changes;
mod check;
mod columns;
mod comment;
mod commits;
mod dialect;
mod escape;
mod footer;
mod headline;
mod history;
mod html;
mod inspect_v1;
mod inspection;
mod json_v1;
mod junit;
mod markdown;
mod model;
pub(crate) mod number;
mod proposal;
pub(crate) mod prose;
mod setting;
mod sheet;
mod sign;
mod sized;
mod slo;
mod slo_toml;
mod spoken;
mod stored;
mod table;
mod terminal;
mod text;
mod waive;

pub use crate::policy::Bound;
pub use absent::NoVerdict;
pub use calibration::{
    CalibratedRow, CalibratedSuite, Calibration, calibration_headline, render_calibration,
};
pub use capacity::{
    BreakpointReport, FitReport, FitSource, PartTarget, PlanReport, PoolReport, PoolSize,
    RampSource, Reached, RoleReport, TableReport, TriggerReport, TriggersReport,
    breakpoint_evidence, breakpoint_headline, fit_because, fit_headline, formula_in_names,
    formula_in_numbers, lasting, plan_headline, pool_bouncer, pool_fault, pool_figures,
    pool_headline, pool_sizes, render_breakpoint, render_fit, render_plan, render_pool,
    render_triggers, role_sql, rung_words, timeout_name, timeout_rests_on, timeout_unmeasured,
    timeout_warnings, trigger_rules, trigger_when, triggers_headline,
};
pub use changes::{Change, changes, notice_line, plain};
pub use check::{AnnotationLevel, CheckAnnotation, CheckText, check_run, check_without_verdict};
pub use comment::{comment, comment_without_verdict, marker, not_posted};
pub use dialect::{Dialect, render, render_inspection};
pub use history::{FalseAlarms, LookedBack, SuiteHistory, render_history};
pub use inspection::Inspection;
pub use model::{Environment, Looked, Notice, Report, ReportRow, Rule, SCHEMA, Scale, Side};
pub use proposal::{Proposal, proposal};
pub use setting::{
    Acceptance, AcceptedBy, BaselineAge, ChangedFile, Commits, LabelOffer, Setting, Standing,
    StoredSession,
};
pub use slo::{
    AvailabilityPolicy, Burn, Promise, SLO_SCHEMA, SloReport, SloResult, SloSource, SourceKind,
    render_slo,
};
pub use slo_toml::slo_toml;
pub use spoken::{error, failure, page, said};
pub use stored::stored;
pub use terminal::Layout;
