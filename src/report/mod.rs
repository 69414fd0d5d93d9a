//! The press: one [`Report`], several dialects. Decides nothing.

mod model;

pub use model::{
    Bound, Environment, Notice, Report, ReportRow, Rule, SCHEMA, Scale, Side, SloResult,
};
