//! The report for people at a terminal: aligned, worst first, readable without colour.

use std::io::{self, Write};

use super::columns::{self, Align, GAP, fit, widest, wrap};
use super::escape::{self, LONGEST_MESSAGE, LONGEST_NAME};
use super::number::count;
use super::sign::{ANSI_END, Sign, Tone};
use super::table::{INFO_LEGEND, Line, Place, Table};
use super::text::{Piece, Text};

/// How a terminal report is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// Whether tones are coloured; the words say the same.
    pub color: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// Whether rows with nothing to tell are listed too.
    pub all: bool,
}

/// The names of a report never take less than this, however narrow the terminal.
const NARROWEST_NAME: usize = 12;

/// The confidence level of every interval is the same.
const INTERVAL: &str = "98% interval";

/// Notes below a row start here.
const INDENT: usize = 4;

pub(super) fn write(table: &Table<'_>, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", paint(&text(&table.headline), table.sign.tone, layout))?;
    let shown: Vec<_> =
        table.lines.iter().filter(|line| layout.all || line.place != Place::Folded).collect();
    if !shown.is_empty() {
        writeln!(out)?;
        rows(&shown, layout, out)?;
    }
    let (folded, words) = table.folded(&[Place::Folded]);
    if folded > 0 && !layout.all {
        let rows = count(folded, "row");
        writeln!(out, "\n{rows} not shown: {words}; -v shows them")?;
    }
    if table.has_info() {
        writeln!(out, "{INFO_LEGEND}")?;
    }
    if !table.limits.is_empty() {
        writeln!(out, "\nlimits")?;
        for limit in &table.limits {
            let line = format!("{}: {}", text(&limit.label), limit.sentence);
            writeln!(
                out,
                "{} {line}",
                verdict(limit.sign, columns::width("not measured"), layout)
            )?;
        }
    }
    if !table.notices.is_empty() {
        writeln!(out)?;
        for (sign, notice) in &table.notices {
            writeln!(out, "{}", remark(*sign, &text(notice), layout))?;
        }
    }
    writeln!(out)?;
    for line in &table.footer {
        let line = wrap(&text(line), layout.width, 0);
        writeln!(out, "{}", paint(&line, Tone::Quiet, layout))?;
    }
    Ok(())
}

/// A text with names made harmless.
pub(super) fn text(text: &Text<'_>) -> String {
    escape::no_command(&text.write(|piece| match piece {
        Piece::Words(words) => escape::terminal(words, usize::MAX),
        Piece::Name(name) => escape::terminal(name, LONGEST_NAME),
        Piece::Message(message) => escape::terminal(message, LONGEST_MESSAGE),
    }))
}

/// `warning: message`, with further lines indented.
pub(super) fn remark(sign: Sign, message: &str, layout: Layout) -> String {
    let wrapped = wrap(&format!("{}: {message}", sign.word), layout.width, INDENT);
    let message = wrapped.trim_start().strip_prefix(sign.word).unwrap_or(message);
    format!("{}{message}", paint(sign.word, sign.tone, layout))
}

/// A text in its tone, where the terminal has colours.
pub(super) fn paint(text: &str, tone: Tone, layout: Layout) -> String {
    if layout.color { format!("{}{text}{ANSI_END}", tone.ansi()) } else { text.to_owned() }
}

fn rows(lines: &[&Line<'_>], layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    let names: Vec<_> = lines
        .iter()
        .map(|line| text(&Text::new().name(line.suite).words(" ").name(line.id)))
        .collect();
    let widths = Widths::of(lines, &names, layout.width);
    let heading =
        widths.row(["verdict", "row", "metric", "base", " ", "fresh", "change", INTERVAL]);
    writeln!(out, "  {}", paint(heading.trim_end(), Tone::Quiet, layout))?;
    for (line, name) in lines.iter().zip(&names) {
        let arrow = if line.base.is_empty() || line.fresh.is_empty() { " " } else { "→" };
        let cells = widths.row([
            "",
            name,
            &line.metric,
            &line.base,
            arrow,
            &line.fresh,
            &line.change,
            &line.interval,
        ]);
        let rest: String = cells.chars().skip(widths.verdict).collect();
        let sign = verdict(line.sign, widths.verdict, layout);
        writeln!(out, "{sign}{}", rest.trim_end())?;
        if line.place == Place::Open {
            for note in [Some(line.because), line.settle.as_deref()].into_iter().flatten() {
                let note = text(&Text::new().message(note));
                if !note.is_empty() {
                    writeln!(out, "{}", wrap(&note, layout.width, INDENT))?;
                }
            }
        }
    }
    Ok(())
}

/// `✗ regressed   `
fn verdict(sign: Sign, columns: usize, layout: Layout) -> String {
    let word = format!("{} {}", sign.symbol, fit(sign.word, columns, Align::Left));
    paint(&word, sign.tone, layout)
}

/// How wide each column is. Numbers are never cut; names give way.
struct Widths {
    verdict: usize,
    name: usize,
    metric: usize,
    base: usize,
    fresh: usize,
    change: usize,
    interval: usize,
}

impl Widths {
    fn of(lines: &[&Line<'_>], names: &[String], total: usize) -> Self {
        let column = |heading, cell: fn(&Line<'_>) -> usize| {
            lines.iter().map(|line| cell(line)).max().unwrap_or(0).max(columns::width(heading))
        };
        let mut widths = Self {
            verdict: column("verdict", |line| columns::width(line.sign.word)),
            name: widest(names.iter().map(String::as_str)).max(columns::width("row")),
            metric: column("metric", |line| columns::width(&line.metric)),
            base: column("base", |line| columns::width(&line.base)),
            fresh: column("fresh", |line| columns::width(&line.fresh)),
            change: column("change", |line| columns::width(&line.change)),
            interval: column(INTERVAL, |line| columns::width(&line.interval)),
        };
        let spare = |widths: &Self| total.saturating_sub(widths.without_name());
        // The interval stands in the reason too; where room is short, names need it more.
        if spare(&widths) < widths.name.min(2 * NARROWEST_NAME) {
            widths.interval = 0;
        }
        widths.name = widths.name.min(spare(&widths).max(NARROWEST_NAME));
        widths
    }

    fn without_name(&self) -> usize {
        let numbers = self.metric + self.base + 1 + self.fresh + self.change + self.interval;
        let gaps = if self.interval == 0 { 5 } else { 6 };
        // Symbol and space before the verdict, and one space on each side of the arrow.
        2 + self.verdict + numbers + gaps * GAP - 2
    }

    fn row(&self, cells: [&str; 8]) -> String {
        let [verdict, name, metric, base, arrow, fresh, change, interval] = cells;
        let gap = " ".repeat(GAP);
        let mut line = [
            fit(verdict, self.verdict, Align::Left),
            fit(name, self.name, Align::Left),
            fit(metric, self.metric, Align::Left),
            format!(
                "{} {arrow} {}",
                fit(base, self.base, Align::Right),
                fit(fresh, self.fresh, Align::Right)
            ),
            fit(change, self.change, Align::Right),
        ]
        .join(&gap);
        if self.interval > 0 {
            line = line + &gap + &fit(interval, self.interval, Align::Left);
        }
        line
    }
}
