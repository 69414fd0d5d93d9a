//! The report as one self-contained page: no script, nothing loaded from elsewhere.

use std::io::{self, Write};

use super::escape::{self, LONGEST_MESSAGE, LONGEST_NAME};
use super::number::count;
use super::sign::Sign;
use super::table::{INFO_LEGEND, Line, Place, Table};
use super::text::{Piece, Text};

const STYLE: &str = "\
body{font:15px/1.5 system-ui,sans-serif;max-width:75rem;margin:2rem auto;padding:0 1rem;\
color:#1c1c1c;background:#fff}
table{border-collapse:collapse}
th,td{padding:.25rem .7rem;text-align:left;vertical-align:top;border-bottom:1px solid #ddd}
td.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
td.w{white-space:nowrap}
code{font:13px/1.5 ui-monospace,monospace;overflow-wrap:anywhere}
.bad{color:#b00020;font-weight:600}
.caution{color:#7a4f00}
.good{color:#0a6b2d}
.quiet,.why{color:#595959}
";

const HEADING: &str = "<table><thead><tr><th>verdict</th><th>row</th><th>metric</th>\
<th>base → fresh</th><th>change</th><th>98% interval</th><th>p, adjusted</th><th>why</th>\
</tr></thead><tbody>";

pub(super) fn write(table: &Table<'_>, out: &mut dyn Write) -> io::Result<()> {
    let headline = text(&table.headline);
    begin(&format!("tailguard: {}", table.sign.word), out)?;
    writeln!(out, "<h1 class=\"{}\">{headline}</h1>", table.sign.tone.class())?;
    let (open, folded): (Vec<_>, Vec<_>) =
        table.lines.iter().partition(|line| line.place == Place::Open);
    if !open.is_empty() {
        rows(&open, out)?;
    }
    let limits: Vec<_> = table
        .limits
        .iter()
        .map(|l| format!("{} {}: {}", sign(l.sign), text(&l.label), words(&l.sentence)))
        .collect();
    list("Absolute limits", &limits, out)?;
    let settle: Vec<_> = table.settle.iter().map(text).collect();
    list("What would settle the undecided rows", &settle, out)?;
    let notices: Vec<_> = table
        .notices
        .iter()
        .map(|(kind, line)| format!("{}: {}", sign(*kind), text(line)))
        .collect();
    list("Notices", &notices, out)?;
    if !folded.is_empty() {
        let (n, kinds) = table.folded(&[Place::Good, Place::Folded]);
        let summary = format!("{} without need for action: {kinds}", count(n, "row"));
        writeln!(out, "<details><summary>{}</summary>", words(&summary))?;
        rows(&folded, out)?;
        writeln!(out, "</details>")?;
    }
    let mut footer: Vec<_> = table.footer.iter().map(text).collect();
    if table.has_info() {
        footer.push(INFO_LEGEND.to_owned());
    }
    list("How it was measured and decided", &footer, out)?;
    end(out)
}

/// Everything before the page's content.
pub(super) fn begin(title: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>")?;
    writeln!(out, "<meta name=\"viewport\" content=\"width=device-width\"/>")?;
    writeln!(out, "<title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>", words(title))
}

/// Everything after it.
pub(super) fn end(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "</body>\n</html>")
}

/// A titled list of lines that are HTML already; nothing without lines.
pub(super) fn list(title: &str, lines: &[String], out: &mut dyn Write) -> io::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(out, "<h2>{title}</h2>\n<ul>")?;
    lines.iter().try_for_each(|line| writeln!(out, "<li>{line}</li>"))?;
    writeln!(out, "</ul>")
}

/// A text with names made harmless.
pub(super) fn text(text: &Text<'_>) -> String {
    text.write(|piece| match piece {
        Piece::Words(ours) => words(ours),
        Piece::Name(name) => format!("<code>{}</code>", escape::xml(name, LONGEST_NAME)),
        Piece::Message(message) => escape::xml(message, LONGEST_MESSAGE),
    })
}

/// Words of ours.
pub(super) fn words(text: &str) -> String {
    escape::xml(text, usize::MAX)
}

/// Symbol and word in their tone.
pub(super) fn sign(sign: Sign) -> String {
    format!("<span class=\"{}\">{} {}</span>", sign.tone.class(), sign.emoji, sign.word)
}

fn rows(lines: &[&Line<'_>], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{HEADING}")?;
    for line in lines {
        let name = text(&Text::new().name(line.suite).words(" ").name(line.id));
        write!(out, "<tr><td class=\"w\">{}</td><td>{name}</td>", sign(line.sign))?;
        write!(out, "<td class=\"w\">{}</td>", words(&line.metric))?;
        for number in [&line.values, &line.change, &line.interval, &line.p] {
            write!(out, "<td class=\"n\">{}</td>", words(number))?;
        }
        writeln!(out, "<td class=\"why\">{}</td></tr>", words(line.because))?;
    }
    writeln!(out, "</tbody></table>")
}
