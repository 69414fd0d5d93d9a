//! Targets as GitHub-flavoured Markdown.

use std::io::{self, Write};

use super::SloReport;
use super::table::{ALERT, LEGEND, Line, POLICY, Table};
use crate::report::escape;
use crate::report::markdown::text;
use crate::report::sign::Sign;

const HEADING: &str = "| state | target | at | measured | limit | margin | load | source |\n\
                       | :-- | :-- | :-- | :-- | :-- | --: | --: | --: |";

pub(super) fn write(report: &SloReport, out: &mut dyn Write) -> io::Result<()> {
    let table = Table::of(report);
    writeln!(out, "**{} {}**", table.sign.emoji, text(&table.headline))?;
    if !table.lines.is_empty() {
        writeln!(out, "\n{HEADING}")?;
        for line in &table.lines {
            writeln!(out, "{}", row(line))?;
        }
    }
    let notes = table.lines.iter().flat_map(|line| {
        let label = text(&line.label);
        line.notes.iter().map(move |note| format!("- {label}: {}", text(note)))
    });
    section("Notes", &notes.collect::<Vec<_>>(), out)?;
    for policy in &table.availability {
        writeln!(out, "\n**{}**\n", text(&policy.head))?;
        writeln!(out, "| {} |\n| :-- | --: | :-- | --: | --: |", ALERT.join(" | "))?;
        for alert in &policy.alerts {
            let cells: Vec<String> =
                alert.iter().map(|cell| escape::markdown_words(cell)).collect();
            writeln!(out, "| {} |", cells.join(" | "))?;
        }
    }
    if !table.availability.is_empty() {
        writeln!(out, "\n{POLICY}.")?;
    }
    let notices: Vec<String> = table
        .notices
        .iter()
        .map(|(kind, line)| format!("- {}: {}", sign(*kind), text(line)))
        .collect();
    section("Notices", &notices, out)?;
    let sources: Vec<String> = table
        .sources
        .iter()
        .enumerate()
        .map(|(place, source)| format!("{}. {}", place + 1, text(source)))
        .collect();
    section("Measured by", &sources, out)?;
    if table.lines.is_empty() { Ok(()) } else { writeln!(out, "\n{LEGEND}.") }
}

fn section(title: &str, lines: &[String], out: &mut dyn Write) -> io::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n**{title}**\n")?;
    lines.iter().try_for_each(|line| writeln!(out, "{line}"))
}

fn row(line: &Line<'_>) -> String {
    let words = escape::markdown_words;
    format!(
        "| {} | {} | {} | {} | {} | {} | {} | {} |",
        sign(line.sign),
        text(&line.label),
        words(line.at),
        words(&line.measured),
        words(&line.limit),
        words(&line.margin),
        words(&line.load),
        words(&line.by)
    )
}

fn sign(sign: Sign) -> String {
    format!("{} {}", sign.emoji, sign.word)
}
