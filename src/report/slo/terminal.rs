//! Targets for people at a terminal: worst first, readable without colour.

use std::io::{self, Write};

use super::SloReport;
use super::table::{ALERT, LEGEND, Line, POLICY, Table};
use crate::report::Layout;
use crate::report::columns::{Align, GAP, fit, widest, wrap};
use crate::report::sign::Tone;
use crate::report::terminal::{paint, remark, text};

/// Notes below a target start here.
const INDENT: usize = 4;

/// Names never take less than this, however narrow the terminal.
const NARROWEST_NAME: usize = 12;

const HEADS: [&str; 8] = ["state", "target", "at", "measured", "limit", "margin", "load", "by"];

/// The place of the name among the cells, which gives way where the terminal is narrow.
const NAME: usize = 1;

pub(super) fn write(report: &SloReport, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    let table = Table::of(report);
    writeln!(out, "{}", paint(&text(&table.headline), table.sign.tone, layout))?;
    if !table.lines.is_empty() {
        writeln!(out)?;
        rows(&table.lines, layout, out)?;
    }
    if !table.availability.is_empty() {
        writeln!(out, "\n{POLICY}")?;
    }
    for policy in &table.availability {
        writeln!(out, "{}", wrap(&text(&policy.head), layout.width, 2))?;
        let lines: Vec<[String; 5]> =
            std::iter::once(ALERT.map(str::to_owned)).chain(policy.alerts.clone()).collect();
        aligned(&lines, &[Align::Left; 5], INDENT, out)?;
    }
    if !table.notices.is_empty() {
        writeln!(out)?;
    }
    for (sign, notice) in &table.notices {
        writeln!(out, "{}", remark(*sign, &text(notice), layout))?;
    }
    if !table.sources.is_empty() {
        writeln!(out, "\nmeasured by")?;
    }
    for (place, source) in table.sources.iter().enumerate() {
        let line = wrap(&format!("{}  {}", place + 1, text(source)), layout.width, 2);
        writeln!(out, "{line}")?;
    }
    if !table.lines.is_empty() {
        writeln!(out, "\n{}", paint(&wrap(LEGEND, layout.width, 0), Tone::Quiet, layout))?;
    }
    Ok(())
}

fn rows(lines: &[Line<'_>], layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    let cells: Vec<[String; 8]> = lines.iter().map(cells).collect();
    let mut widths = widths(std::iter::once(&HEADS.map(str::to_owned)).chain(&cells));
    // Symbol and space stand before the first column.
    let all = 2 + widths.iter().map(|width| width + GAP).sum::<usize>() - GAP;
    if let Some(name) = widths.get_mut(NAME) {
        *name =
            name.saturating_sub(all.saturating_sub(layout.width)).max(NARROWEST_NAME.min(*name));
    }
    let heading = row(&HEADS.map(str::to_owned), &widths);
    writeln!(out, "  {}", paint(&heading, Tone::Quiet, layout))?;
    for (line, cells) in lines.iter().zip(&cells) {
        let whole = row(cells, &widths);
        let (word, rest) = split(&whole, widths.first().copied().unwrap_or(0));
        let sign = paint(&format!("{} {word}", line.sign.symbol), line.sign.tone, layout);
        writeln!(out, "{sign}{}", rest.trim_end())?;
        for note in &line.notes {
            writeln!(out, "{}", wrap(&text(note), layout.width, INDENT))?;
        }
    }
    Ok(())
}

fn cells(line: &Line<'_>) -> [String; 8] {
    [
        line.sign.word.to_owned(),
        text(&line.label),
        line.at.to_owned(),
        line.measured.clone(),
        line.limit.clone(),
        line.margin.clone(),
        line.load.clone(),
        line.by.clone(),
    ]
}

fn widths<'c, const N: usize>(lines: impl Iterator<Item = &'c [String; N]> + Clone) -> Vec<usize> {
    (0..N)
        .map(|column| widest(lines.clone().filter_map(|line| line.get(column)).map(String::as_str)))
        .collect()
}

fn row(cells: &[String; 8], widths: &[usize]) -> String {
    let right = |place: usize| matches!(HEADS.get(place), Some(&"margin" | &"load" | &"by"));
    let fitted: Vec<String> = cells
        .iter()
        .zip(widths)
        .enumerate()
        .map(|(place, (cell, width))| {
            let align = if right(place) { Align::Right } else { Align::Left };
            fit(cell, *width, align)
        })
        .collect();
    fitted.join(&" ".repeat(GAP)).trim_end().to_owned()
}

/// The first so many characters, which are words of ours and one column each, and the rest.
fn split(line: &str, columns: usize) -> (&str, &str) {
    line.split_at_checked(columns).unwrap_or((line, ""))
}

fn aligned<const N: usize>(
    lines: &[[String; N]],
    aligns: &[Align; N],
    indent: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let widths = widths(lines.iter());
    for line in lines {
        let cells = line.iter().zip(&widths).zip(aligns);
        let fitted: Vec<String> =
            cells.map(|((cell, width), align)| fit(cell, *width, *align)).collect();
        let line = fitted.join(&" ".repeat(GAP));
        writeln!(out, "{}{}", " ".repeat(indent), line.trim_end())?;
    }
    Ok(())
}
