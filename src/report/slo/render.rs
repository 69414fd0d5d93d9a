//! Which dialect writes what.

use std::io::{self, Write};

use super::{SloReport, json, markdown, terminal};
use crate::report::Dialect;

/// Writes what is said of targets. The same report gives the same bytes.
///
/// # Errors
/// What the writer says; [`io::ErrorKind::Unsupported`] for JUnit and HTML, which `check` writes with
/// the targets in it.
pub fn render_slo(report: &SloReport, dialect: Dialect, out: &mut dyn Write) -> io::Result<()> {
    match dialect {
        Dialect::Terminal(layout) => terminal::write(report, layout, out),
        Dialect::Markdown => markdown::write(report, out),
        Dialect::Json => json::write(report, out),
        Dialect::Junit | Dialect::Html => Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "targets alone have no such form\nhint: use --format json, or `tailguard check`",
        )),
    }
}
