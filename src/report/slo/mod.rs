//! Targets and what was measured of them: lines of every report, and a report of their own.

mod json;
mod markdown;
mod model;
mod render;
mod table;
mod terminal;

pub use model::{
    AvailabilityPolicy, Burn, Promise, SLO_SCHEMA, SloReport, SloResult, SloSource, SourceKind,
};
pub use render::render_slo;
