//! Reports in every dialect: goldens, hostile names, and the published schemas.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod comment;
mod disarmed;
mod golden;
mod hostile;
mod sample;
mod schema;

use tailguard::report::{Dialect, Inspection, Report, render, render_inspection};

/// A report in a dialect, as text.
fn rendered(report: &Report, dialect: Dialect) -> String {
    let mut out = Vec::new();
    render(report, dialect, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Runs as read in a dialect, as text.
fn inspected(inspection: &Inspection, dialect: Dialect) -> String {
    let mut out = Vec::new();
    render_inspection(inspection, dialect, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}
