//! Which dialect writes what.

use std::io::{self, Write};

use super::table::Table;
use super::{
    Inspection, Layout, Report, html, inspect_v1, inspection, json_v1, junit, markdown, terminal,
};

/// A form of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// For people at a terminal.
    Terminal(Layout),
    /// GitHub-flavoured Markdown, for a pull-request comment or a job summary.
    Markdown,
    /// `tailguard.report/v1` or `tailguard.inspect/v1`.
    Json,
    /// JUnit XML, for CI systems that list tests.
    Junit,
    /// One self-contained page.
    Html,
}

/// Writes a report. The same report gives the same bytes.
///
/// # Errors
/// What the writer says, a closed pipe included.
pub fn render(report: &Report, dialect: Dialect, out: &mut dyn Write) -> io::Result<()> {
    match dialect {
        Dialect::Terminal(layout) => terminal::write(&Table::of(report), layout, out),
        Dialect::Markdown => markdown::write(&Table::of(report), out),
        Dialect::Json => json_v1::write(report, out),
        Dialect::Junit => junit::write(report, out),
        Dialect::Html => html::write(&Table::of(report), out),
    }
}

/// Writes runs as they were read.
///
/// # Errors
/// What the writer says; [`io::ErrorKind::Unsupported`] for JUnit, which has no form for what was
/// not judged.
pub fn render_inspection(
    inspection: &Inspection,
    dialect: Dialect,
    out: &mut dyn Write,
) -> io::Result<()> {
    match dialect {
        Dialect::Terminal(layout) => inspection::terminal(inspection, layout, out),
        Dialect::Markdown => inspection::as_markdown(inspection, out),
        Dialect::Json => inspect_v1::write(&inspection.runs, out),
        Dialect::Html => inspection::as_html(inspection, out),
        Dialect::Junit => Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "junit shows verdicts, and inspect makes none\nhint: use --format json",
        )),
    }
}
