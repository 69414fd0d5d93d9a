//! Reports of sections: decided once, laid out for a terminal or as Markdown.

use std::io::{self, Write};

use super::sign::{self, Tone};
use super::text::Text;
use super::{Layout, columns, escape, markdown, terminal};
use crate::measure::Severity;

/// Lines below a line start here.
const INDENT: usize = 2;

/// A report before it is laid out: sections of tables, paragraphs and remarks.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub(super) headline: String,
    pub(super) sections: Vec<Section>,
}

/// One section of a [`Sheet`].
#[derive(Debug)]
pub(super) enum Section {
    /// A heading and rows of cells, the first of each a name.
    Table(Vec<&'static str>, Vec<Vec<String>>),
    /// A line, and lines below it.
    Item(String, Vec<String>),
    /// A title of what follows.
    Title(&'static str),
    /// What should be noticed.
    Remark(Severity, String),
    /// Lines of another language, to be copied.
    Code(&'static str, Vec<String>),
}

impl Sheet {
    pub(super) fn terminal(&self, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
        let headline = columns::wrap(&plain(&self.headline), layout.width, 0);
        writeln!(out, "{}", terminal::paint(&headline, Tone::Plain, layout))?;
        for section in &self.sections {
            section.terminal(layout, out)?;
        }
        Ok(())
    }

    pub(super) fn markdown(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "**{}**", marked(&self.headline))?;
        let mut listed = false;
        for section in &self.sections {
            let lists = matches!(section, Section::Item(..) | Section::Remark(..));
            if !(listed && lists) {
                writeln!(out)?;
            }
            listed = lists;
            section.markdown(out)?;
        }
        Ok(())
    }
}

impl Section {
    fn terminal(&self, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Table(heading, rows) => {
                writeln!(out)?;
                let heading = heading.iter().map(|cell| (*cell).to_owned()).collect();
                let rows = rows.iter().map(|row| row.iter().map(|cell| plain(cell)).collect());
                let grid: Vec<Vec<String>> = std::iter::once(heading).chain(rows).collect();
                for line in columns::aligned(&grid, layout.width.saturating_sub(INDENT)) {
                    writeln!(out, "{}{line}", " ".repeat(INDENT))?;
                }
                Ok(())
            }
            Self::Item(line, below) => {
                writeln!(out, "{}", columns::wrap(&plain(line), layout.width, INDENT))?;
                for line in below {
                    writeln!(out, "{}", columns::wrap(&plain(line), layout.width, 2 * INDENT))?;
                }
                Ok(())
            }
            Self::Title(title) => {
                writeln!(out, "\n{}", terminal::paint(title, Tone::Quiet, layout))
            }
            Self::Remark(severity, message) => {
                let sign = sign::of_severity(*severity);
                writeln!(out, "{}", terminal::remark(sign, &plain(message), layout))
            }
            Self::Code(_, lines) => {
                writeln!(out)?;
                lines
                    .iter()
                    .try_for_each(|line| writeln!(out, "{}{}", " ".repeat(INDENT), plain(line)))
            }
        }
    }

    fn markdown(&self, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Table(heading, rows) => {
                writeln!(out, "| {} |", heading.join(" | "))?;
                writeln!(out, "| :-- |{}", " --: |".repeat(heading.len().saturating_sub(1)))?;
                for row in rows {
                    let cells: Vec<String> = row.iter().map(|cell| marked(cell)).collect();
                    writeln!(out, "| {} |", cells.join(" | "))?;
                }
                Ok(())
            }
            Self::Item(line, below) => {
                writeln!(out, "- {}", marked(line))?;
                below.iter().try_for_each(|line| writeln!(out, "  - {}", marked(line)))
            }
            Self::Title(title) => writeln!(out, "**{title}**"),
            Self::Remark(severity, message) => {
                let sign = sign::of_severity(*severity);
                writeln!(out, "- {} {}: {}", sign.emoji, sign.word, marked(message))
            }
            Self::Code(language, lines) => {
                let fence = escape::fence(lines);
                writeln!(out, "{fence}{language}")?;
                lines.iter().try_for_each(|line| writeln!(out, "{}", plain(line)))?;
                writeln!(out, "{fence}")
            }
        }
    }
}

/// Words of ours and of the configuration, disarmed for a terminal.
fn plain(words: &str) -> String {
    terminal::text(&Text::new().words(words))
}

/// The same for Markdown.
fn marked(words: &str) -> String {
    markdown::text(&Text::new().words(words))
}
