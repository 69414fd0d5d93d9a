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

const HEADS: [&str; 8] = ["state", "target", "at", "measured", "limit", "margin", "load", "by"];

/// What the first of two lines of a target is, and the first cell of the second.
const ABOUT: &str = "target, and the load that it holds at";
const NUMBERS: usize = 3;

pub(super) fn write(report: &SloReport, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    let table = Table::of(report);
    writeln!(out, "{}", paint(&text(&table.headline), table.sign.tone, layout))?;
    if !table.lines.is_empty() {
        writeln!(out)?;
        rows(&table.lines, layout, out)?;
    }
    if !table.availability.is_empty() {
        writeln!(out, "\n{}", wrap(POLICY, layout.width, 0))?;
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

/// A line a target where the terminal has room for all of it, else two: nothing of what a target is
/// about may be cut off, or targets cannot be told apart.
fn rows(lines: &[Line<'_>], layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    let cells: Vec<[String; 8]> = lines.iter().map(cells).collect();
    let heads = HEADS.map(str::to_owned);
    let widths = widths(std::iter::once(&heads).chain(&cells));
    // Symbol and space stand before the first column.
    let all = 2 + widths.iter().map(|width| width + GAP).sum::<usize>() - GAP;
    let in_two = all > layout.width;
    let numbers = |cells: &[String; 8]| {
        in_two.then(|| format!("{}{}", " ".repeat(INDENT), row(cells, NUMBERS, &widths)))
    };
    let state = widths.first().copied().unwrap_or(0);
    let heading = match in_two {
        true => format!("{}  {ABOUT}", fit(HEADS[0], state, Align::Left)),
        false => row(&heads, 0, &widths),
    };
    for heading in [Some(format!("  {heading}")), numbers(&heads)].into_iter().flatten() {
        writeln!(out, "{}", paint(&heading, Tone::Quiet, layout))?;
    }
    for (line, cells) in lines.iter().zip(&cells) {
        let whole = if in_two { about(cells, state, layout) } else { row(cells, 0, &widths) };
        let (word, rest) = split(&whole, state);
        let sign = paint(&format!("{} {word}", line.sign.symbol), line.sign.tone, layout);
        writeln!(out, "{sign}{}", rest.trim_end())?;
        if let Some(numbers) = numbers(cells) {
            writeln!(out, "{numbers}")?;
        }
        for note in &line.notes {
            writeln!(out, "{}", wrap(&text(note), layout.width, INDENT))?;
        }
    }
    Ok(())
}

/// What a target is about, whole: `met  clinic read / client p95 at 200/s`
fn about([word, target, at, ..]: &[String; 8], state: usize, layout: Layout) -> String {
    let word = fit(word, state, Align::Left);
    // Symbol and space come before it.
    let about = wrap(&format!("{word}  {target} at {at}"), layout.width.saturating_sub(2), INDENT);
    let about = about.trim_start().strip_prefix(word.trim_end()).unwrap_or_default();
    format!("{word}  {}", about.trim_start())
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

/// The cells of a line from the one at `from` on.
fn row(cells: &[String; 8], from: usize, widths: &[usize]) -> String {
    let right = |place: usize| matches!(HEADS.get(place), Some(&"margin" | &"load" | &"by"));
    let fitted: Vec<String> = cells
        .iter()
        .zip(widths)
        .enumerate()
        .skip(from)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Level, SloState};
    use crate::report::sign;
    use crate::report::text::Text;

    fn line(metric: &'static str) -> Line<'static> {
        Line {
            sign: sign::of_limit(SloState::Met, Level::Allow),
            label: Text::new()
                .name("clinic")
                .words(" read / appointments-of-client ")
                .words(metric),
            at: "200/s",
            measured: "1.09 ms [901, 1277 µs]".to_owned(),
            limit: "at most 5.00 ms".to_owned(),
            margin: "+78.3%".to_owned(),
            load: "201/s".to_owned(),
            by: "1".to_owned(),
            notes: Vec::new(),
        }
    }

    fn shown(width: usize) -> Vec<String> {
        let mut bytes = Vec::new();
        let layout = Layout { color: false, width, all: false };
        rows(&[line("p50"), line("p95")], layout, &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap().lines().map(str::to_owned).collect()
    }

    #[test]
    fn endpoint_and_metric_are_never_cut_off() {
        assert_eq!(
            shown(80),
            [
                "  state  target, and the load that it holds at",
                "    measured                limit            margin   load  by",
                "= met    clinic read / appointments-of-client p50 at 200/s",
                "    1.09 ms [901, 1277 µs]  at most 5.00 ms  +78.3%  201/s   1",
                "= met    clinic read / appointments-of-client p95 at 200/s",
                "    1.09 ms [901, 1277 µs]  at most 5.00 ms  +78.3%  201/s   1",
            ]
        );
        for width in [20, 40] {
            let text = shown(width).join(" ");
            let words: Vec<&str> = text.split_whitespace().collect();
            assert!(words.join(" ").contains("appointments-of-client p95 at 200/s"), "{text}");
        }
    }

    #[test]
    fn a_target_is_one_line_where_there_is_room() {
        assert_eq!(
            shown(120)[1],
            "= met    clinic read / appointments-of-client p50  200/s  1.09 ms [901, 1277 µs]  at most \
             5.00 ms  +78.3%  201/s   1"
        );
    }
}
