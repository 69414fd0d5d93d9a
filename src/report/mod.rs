//! The press: one [`Report`], several dialects. Decides nothing.

mod model;

pub use crate::policy::Bound;
pub use model::{Environment, Notice, Report, ReportRow, Rule, SCHEMA, Scale, Side, SloResult};
