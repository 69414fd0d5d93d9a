//! A breaking point: what it is first, then what it rests on.

use std::io::{self, Write};

use crate::capacity::breakpoint::Breakpoint;
use crate::measure::{Problem, Provenance};

use crate::report::sign::Tone;
use crate::report::text::Text;
use crate::report::{Dialect, Layout, columns, markdown, terminal};

mod json;
mod seconds;
mod words;

pub use words::{evidence as breakpoint_evidence, headline as breakpoint_headline};

/// A breaking point with what it was found in.
#[derive(Debug, Clone, PartialEq)]
pub struct BreakpointReport {
    /// What the ramp shows.
    pub breakpoint: Breakpoint,
    /// The target of p95, in ms, if there was one.
    pub p95_ms: Option<f64>,
    /// The budget of errors, a share, if there was one.
    pub errors: Option<f64>,
    /// Requests with a tag, and targets of their own.
    pub parts: Vec<PartTarget>,
    /// Targets that no ramp can be held against, in words.
    pub set_aside: Vec<String>,
    /// The tag and the value that requests and iterations had to have.
    pub only: Option<(String, String)>,
    /// What was read, one file a load generator.
    pub sources: Vec<RampSource>,
    /// What a reader should know about the files.
    pub problems: Vec<Problem>,
}

/// What is asked of the requests with one tag.
#[derive(Debug, Clone, PartialEq)]
pub struct PartTarget {
    /// The tag and its value.
    pub of: (String, String),
    /// Their target of p95, in ms.
    pub p95_ms: Option<f64>,
    /// Their budget of errors, a share.
    pub errors: Option<f64>,
}

/// A file of a ramp, and what is known of its measurement.
#[derive(Debug, Clone, PartialEq)]
pub struct RampSource {
    /// The file. A foreign name.
    pub path: String,
    /// Where, when and from what it was measured.
    pub provenance: Provenance,
}

/// Writes a breaking point. The same one gives the same bytes.
///
/// # Errors
/// What the writer says; [`io::ErrorKind::Unsupported`] for JUnit and HTML.
pub fn render_breakpoint(
    report: &BreakpointReport,
    dialect: Dialect,
    out: &mut dyn Write,
) -> io::Result<()> {
    match dialect {
        Dialect::Terminal(layout) => as_terminal(report, layout, out),
        Dialect::Markdown => as_markdown(report, out),
        Dialect::Json => json::write(report, out),
        Dialect::Junit | Dialect::Html => Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "a breaking point has no such form\nhint: use --format terminal, markdown or json",
        )),
    }
}

fn as_terminal(report: &BreakpointReport, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    let headline = columns::wrap(&words::headline(report), layout.width, 0);
    writeln!(out, "{}", terminal::paint(&headline, Tone::Plain, layout))?;
    let limits = words::limits(report);
    if !limits.is_empty() {
        writeln!(out)?;
        table(&limits, layout, out)?;
    }
    writeln!(out)?;
    for line in words::lines(report) {
        writeln!(out, "{}", columns::wrap(&terminal::text(&line), layout.width, 0))?;
    }
    for line in words::evidence(&report.breakpoint) {
        let line = terminal::text(&Text::new().message(&line));
        writeln!(out, "{}", columns::wrap(&line, layout.width, 2))?;
    }
    let (rows, left_out) = seconds::rows(&report.breakpoint, layout.all);
    writeln!(out)?;
    table(&rows, layout, out)?;
    if left_out > 0 {
        writeln!(out, "every {} seconds; -v shows all of them", left_out + 1)?;
    }
    if !report.problems.is_empty() {
        writeln!(out)?;
    }
    for (sign, line) in words::problems(report) {
        writeln!(out, "{}", terminal::remark(sign, &terminal::text(&line), layout))?;
    }
    writeln!(out)?;
    for line in words::footer(report) {
        let line = columns::wrap(&terminal::text(&line), layout.width, 0);
        writeln!(out, "{}", terminal::paint(&line, Tone::Quiet, layout))?;
    }
    Ok(())
}

fn table(rows: &[Vec<String>], layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    let lines = columns::aligned(rows, layout.width.saturating_sub(2));
    lines.iter().try_for_each(|line| writeln!(out, "  {line}"))
}

fn as_markdown(report: &BreakpointReport, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "**{}**", markdown::text(&Text::from(words::headline(report))))?;
    let limits = words::limits(report);
    if !limits.is_empty() {
        writeln!(out)?;
        cells(&limits, out)?;
    }
    writeln!(out)?;
    for line in markdown::bullets(words::lines(report)) {
        writeln!(out, "{line}")?;
    }
    for line in words::evidence(&report.breakpoint) {
        writeln!(out, "  - {}", markdown::text(&Text::new().message(&line)))?;
    }
    for (sign, line) in words::problems(report) {
        writeln!(out, "- {} {}: {}", sign.emoji, sign.word, markdown::text(&line))?;
    }
    for line in markdown::bullets(words::footer(report)) {
        writeln!(out, "{line}")?;
    }
    let (rows, _) = seconds::rows(&report.breakpoint, true);
    writeln!(out, "\n<details><summary>every second</summary>\n")?;
    cells(&rows, out)?;
    writeln!(out, "\n</details>")
}

fn cells(rows: &[Vec<String>], out: &mut dyn Write) -> io::Result<()> {
    for (at, row) in rows.iter().enumerate() {
        let cells: Vec<String> =
            row.iter().map(|cell| markdown::text(&Text::from(cell.as_str()))).collect();
        writeln!(out, "| {} |", cells.join(" | "))?;
        if at == 0 {
            writeln!(out, "| :-- |{}", " --: |".repeat(cells.len().saturating_sub(1)))?;
        }
    }
    Ok(())
}
