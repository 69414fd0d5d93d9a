//! The report as a pull-request comment shows it: GitHub-flavoured Markdown.

use std::io::{self, Write};

use super::escape::{self, LONGEST_MESSAGE, LONGEST_NAME};
use super::number::count;
use super::sign::Sign;
use super::table::{INFO_LEGEND, Line, Place, Table};
use super::text::{Piece, Text};

/// A report as independent lines, so that whole lines can be left out where space is short.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) headline: String,
    /// Table rows that need a reader, worst first.
    pub(super) open: Vec<String>,
    /// What the folded rows are, and the rows.
    pub(super) folded: (String, Vec<String>),
    pub(super) limits: Vec<String>,
    pub(super) settle: Vec<String>,
    pub(super) notices: Vec<String>,
    pub(super) footer: Vec<String>,
}

/// How the reason of a row is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reasons {
    /// As words of ours, which a report made here has.
    Ours,
    /// Like a name, because the report may come from a file.
    Foreign,
}

/// The head of a table of rows.
pub(super) const HEADING: &str = "| verdict | row | metric | base → fresh | change [98% interval] | p, adjusted |\n\
                       | :-- | :-- | :-- | --: | :-- | --: |";

pub(super) fn write(table: &Table<'_>, out: &mut dyn Write) -> io::Result<()> {
    Sheet::of(table, Reasons::Ours).write(out)
}

impl Sheet {
    pub(super) fn of(table: &Table<'_>, reasons: Reasons) -> Self {
        let (open, folded): (Vec<_>, Vec<_>) =
            table.lines.iter().partition(|line| line.place == Place::Open);
        let (n, words) = table.folded(&[Place::Good, Place::Folded]);
        Self {
            headline: format!("**{} {}**", table.sign.emoji, text(&table.headline)),
            open: open.into_iter().map(|line| row(line, reasons)).collect(),
            folded: (
                format!("{} without need for action: {words}", count(n, "row")),
                folded.into_iter().map(|line| row(line, reasons)).collect(),
            ),
            limits: table
                .limits
                .iter()
                .map(|limit| {
                    let label = text(&limit.label);
                    let sentence = escape::markdown_words(&limit.sentence);
                    format!("- {} {label}: {sentence}", sign(limit.sign))
                })
                .collect(),
            settle: table.settle.iter().map(|line| format!("- {}", text(line))).collect(),
            notices: table
                .notices
                .iter()
                .map(|(kind, line)| format!("- {}: {}", sign(*kind), text(line)))
                .collect(),
            footer: table
                .footer
                .iter()
                .map(|line| format!("- {}", text(line)))
                .chain(table.has_info().then(|| format!("- {INFO_LEGEND}")))
                .collect(),
        }
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}", self.headline)?;
        if !self.open.is_empty() {
            writeln!(out, "\n{HEADING}")?;
            lines(&self.open, out)?;
        }
        section("Absolute limits", &self.limits, out)?;
        section("What would settle the undecided rows", &self.settle, out)?;
        section("Notices", &self.notices, out)?;
        let (summary, folded) = &self.folded;
        if !folded.is_empty() {
            writeln!(out, "\n<details><summary>{summary}</summary>\n\n{HEADING}")?;
            lines(folded, out)?;
            writeln!(out, "\n</details>")?;
        }
        section("How it was measured and decided", &self.footer, out)
    }
}

fn section(title: &str, body: &[String], out: &mut dyn Write) -> io::Result<()> {
    if body.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n**{title}**\n")?;
    lines(body, out)
}

fn lines(body: &[String], out: &mut dyn Write) -> io::Result<()> {
    body.iter().try_for_each(|line| writeln!(out, "{line}"))
}

fn row(line: &Line<'_>, reasons: Reasons) -> String {
    let words = escape::markdown_words;
    let reason = match reasons {
        _ if !line.explain || line.because.is_empty() => String::new(),
        Reasons::Ours => words(line.because),
        Reasons::Foreign => escape::markdown_code(line.because, LONGEST_MESSAGE),
    };
    let parts = [words(&line.change), words(&line.interval), reason];
    let change: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let name = text(&Text::new().name(line.suite).words(" ").name(line.id));
    format!(
        "| {} | {name} | {} | {} | {} | {} |",
        sign(line.sign),
        words(&line.metric),
        words(&line.values),
        change.join(" "),
        words(&line.p)
    )
}

fn sign(sign: Sign) -> String {
    format!("{} {}", sign.emoji, sign.word)
}

pub(super) fn text(text: &Text<'_>) -> String {
    text.write(|piece| match piece {
        Piece::Words(words) => escape::markdown_words(words),
        Piece::Name(name) => escape::markdown_code(name, LONGEST_NAME),
        Piece::Message(message) => escape::markdown_code(message, LONGEST_MESSAGE),
    })
}

/// A list, an item a text.
pub(super) fn bullets(lines: Vec<Text<'_>>) -> Vec<String> {
    lines.iter().map(|line| format!("- {}", text(line))).collect()
}
