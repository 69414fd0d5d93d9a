//! Runs as they were read, before any comparison.

use std::io::{self, Write};

use crate::measure::{Metric, Row, Run, Tool, Unit};

use super::columns;
use super::sign::{self, Sign, Tone};
use super::terminal::{self, Layout};
use super::text::Text;
use super::{html, markdown, number};

/// Runs as they were read.
#[derive(Debug, Clone, PartialEq)]
pub struct Inspection {
    /// The runs, in the order of their paths.
    pub runs: Vec<Run>,
}

/// The row's count of latencies or samples; `None` where statistics came without one.
pub(super) fn count(row: &Row) -> Option<u64> {
    (row.n > 0 || row.statistics.is_empty()).then_some(row.n)
}

pub(super) fn terminal(
    inspection: &Inspection,
    layout: Layout,
    out: &mut dyn Write,
) -> io::Result<()> {
    for (at, sheet) in inspection.runs.iter().map(Sheet::of).enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        writeln!(out, "{}", terminal::paint(&terminal::text(&sheet.title), Tone::Plain, layout))?;
        for part in &sheet.parts {
            let mut grid = vec![part.heading.clone()];
            grid.extend(part.rows.iter().map(|(name, cells)| {
                let name = terminal::text(&Text::new().name(name));
                std::iter::once(name).chain(cells.clone()).collect()
            }));
            for line in columns::aligned(&grid, layout.width) {
                writeln!(out, "  {line}")?;
            }
        }
        for (sign, problem) in &sheet.problems {
            writeln!(out, "{}", terminal::remark(*sign, &terminal::text(problem), layout))?;
        }
    }
    Ok(())
}

pub(super) fn as_markdown(inspection: &Inspection, out: &mut dyn Write) -> io::Result<()> {
    for (at, sheet) in inspection.runs.iter().map(Sheet::of).enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        writeln!(out, "**{}**\n", markdown::text(&sheet.title))?;
        for (at, part) in sheet.parts.iter().enumerate() {
            if at > 0 {
                writeln!(out)?;
            }
            writeln!(out, "| {} |", part.heading.join(" | "))?;
            writeln!(out, "| :-- |{}", " --: |".repeat(part.heading.len().saturating_sub(1)))?;
            for (name, cells) in &part.rows {
                let name = markdown::text(&Text::new().name(name));
                writeln!(out, "| {name} | {} |", cells.join(" | "))?;
            }
        }
        if !sheet.problems.is_empty() {
            writeln!(out)?;
        }
        for (sign, problem) in &sheet.problems {
            writeln!(out, "- {} {}: {}", sign.emoji, sign.word, markdown::text(problem))?;
        }
    }
    Ok(())
}

pub(super) fn as_html(inspection: &Inspection, out: &mut dyn Write) -> io::Result<()> {
    html::begin("tailguard: runs as read", out)?;
    for sheet in inspection.runs.iter().map(Sheet::of) {
        writeln!(out, "<h2>{}</h2>", html::text(&sheet.title))?;
        for part in &sheet.parts {
            let heading: String =
                part.heading.iter().map(|cell| format!("<th>{}</th>", html::words(cell))).collect();
            writeln!(out, "<table><thead><tr>{heading}</tr></thead><tbody>")?;
            for (name, cells) in &part.rows {
                let cells: String = cells
                    .iter()
                    .map(|c| format!("<td class=\"n\">{}</td>", html::words(c)))
                    .collect();
                let name = html::text(&Text::new().name(name));
                writeln!(out, "<tr><td>{name}</td>{cells}</tr>")?;
            }
            writeln!(out, "</tbody></table>")?;
        }
        let problems: Vec<_> = sheet
            .problems
            .iter()
            .map(|(sign, problem)| format!("{}: {}", html::sign(*sign), html::text(problem)))
            .collect();
        html::list("Problems", &problems, out)?;
    }
    html::end(out)
}

/// One run as cells.
struct Sheet<'a> {
    title: Text<'a>,
    parts: Vec<Part<'a>>,
    problems: Vec<(Sign, Text<'a>)>,
}

/// Rows of one kind, with the columns that they fill.
struct Part<'a> {
    heading: Vec<String>,
    rows: Vec<(&'a str, Vec<String>)>,
}

/// Statistics that are shown, in this order; JSON has them all.
const STATISTICS: [&str; 16] = [
    "mean",
    "median",
    "slope",
    "std_dev",
    "min",
    "p50",
    "p90",
    "p95",
    "p99",
    "p99.9",
    "max",
    "count",
    "seq_scan",
    "idx_scan",
    "rows_read",
    "temp_files",
];

impl<'a> Sheet<'a> {
    fn of(run: &'a Run) -> Self {
        // A query and a table share no column.
        let alike =
            |a: &Row, b: &Row| run.tool != Tool::Postgres || a.tags.keys().eq(b.tags.keys());
        Self {
            title: title(run),
            parts: run.rows.chunk_by(alike).map(Part::of).collect(),
            problems: run.problems.iter().map(problem).collect(),
        }
    }
}

impl<'a> Part<'a> {
    fn of(rows: &'a [Row]) -> Self {
        let statistics: Vec<_> = STATISTICS
            .into_iter()
            .filter(|name| rows.iter().any(|row| row.statistics.contains_key(*name)))
            .collect();
        let rates: Vec<_> = Metric::ALL
            .into_iter()
            .filter(|metric| !metric.is_time())
            .filter(|metric| rows.iter().any(|row| row.figures.contains_key(metric)))
            .collect();
        let heading = ["row", "n"]
            .into_iter()
            .chain(statistics.iter().copied())
            .chain((!statistics.is_empty()).then_some("unit"))
            .chain(rates.iter().map(|metric| metric.name()))
            .map(str::to_owned)
            .collect();
        let rows = rows.iter().map(|r| (r.id.as_str(), cells(r, &statistics, &rates))).collect();
        Self { heading, rows }
    }
}

fn title(run: &Run) -> Text<'_> {
    let line = Text::new().name(&run.path).words(format!(
        ": {} {}, version ",
        run.tool.name(),
        run.format
    ));
    let line = match &run.tool_version {
        Some(version) => line.name(version),
        None => line.words("not recorded"),
    };
    line.words(", ").words(number::count(run.rows.len(), "row"))
}

fn problem(problem: &crate::measure::Problem) -> (Sign, Text<'_>) {
    let line = Text::from(format!("{}: ", problem.code));
    let line = match &problem.row {
        Some(row) => line.name(row).words(": "),
        None => line,
    };
    (sign::of_severity(problem.severity), line.message(&problem.message))
}

fn cells(row: &Row, statistics: &[&str], rates: &[Metric]) -> Vec<String> {
    let count = match count(row) {
        Some(n) if row.approximate => format!("~{n}"),
        Some(n) => n.to_string(),
        None => String::new(),
    };
    let values: Vec<_> = statistics.iter().map(|name| row.statistics.get(*name).copied()).collect();
    let known: Vec<_> = values.iter().flatten().copied().collect();
    let (texts, unit) = match row.figures.keys().any(|m| m.is_time()) || row.unit != Unit::Count {
        true => number::series(&known, row.unit),
        // Counters of different things have no scale in common.
        false => (known.iter().map(|&n| number::value(n, row.unit)).collect(), ""),
    };
    let mut texts = texts.into_iter();
    let numbers: Vec<_> =
        values.iter().map(|value| value.and_then(|_| texts.next()).unwrap_or_default()).collect();
    std::iter::once(count)
        .chain(numbers)
        .chain(
            (!statistics.is_empty())
                .then(|| if known.is_empty() { String::new() } else { unit.to_owned() }),
        )
        .chain(rates.iter().map(|metric| {
            let figure = row.figures.get(metric);
            figure.map(|f| number::value(f.value(), metric.unit(row.unit))).unwrap_or_default()
        }))
        .collect()
}
