//! The comment on a pull request: is it slower, where, is that certain; then what a reader may ask next.
//!
//! It is made of whole lines, and lines are left out where the limit is short: nothing is cut inside
//! a row, a fold or a code block.

use super::absent::NoVerdict;
use super::escape;
use super::markdown::{self, HEADING, Reasons, Sheet};
use super::setting::Setting;
use super::sized::{Part, fit};
use super::table::Table;
use super::text::Text;
use super::{Report, accept, commits, waive};

/// Of a list that a reader may need, these lines give way last.
const FEW: usize = 5;

/// Of the rows that need a reader, these give way last.
const MANY: usize = 10;

/// A list with more lines is folded.
const LONGEST_OPEN_LIST: usize = 3;

/// The hidden first line by which a comment of ours is found again.
///
/// Whatever is no letter, digit, `-`, `_` or `.` in the id becomes `-`; without an id it is `default`.
#[must_use]
pub fn marker(id: &str) -> String {
    let slug = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' };
    let id: String = id.chars().take(escape::LONGEST_NAME).map(slug).collect();
    let id = if id.is_empty() { "default" } else { &id };
    format!("<!-- tailguard:v1 id={id} -->")
}

/// The comment for a report, as GitHub-flavoured Markdown of at most `limit` bytes, which bound
/// characters and UTF-16 units as well. It ends without a line break.
///
/// A limit too small for the first lines leaves the marker and the outcome.
#[must_use]
pub fn comment(report: &Report, setting: &Setting<'_>, limit: usize) -> String {
    of_report(&format!("{}\n", marker(setting.id)), report, setting, limit)
}

/// The comment for a pull request without a verdict: why there is none and what to do. It is limited
/// and ends as that for a report.
#[must_use]
pub fn comment_without_verdict(why: &NoVerdict<'_>, setting: &Setting<'_>, limit: usize) -> String {
    of_nothing(&format!("{}\n", marker(setting.id)), why, setting, limit)
}

/// The comment for a report after `lead`.
pub(super) fn of_report(
    lead: &str,
    report: &Report,
    setting: &Setting<'_>,
    limit: usize,
) -> String {
    let table = Table::of(report);
    let outcome = format!("{} {}", table.sign.emoji, table.sign.word);
    let head = format!("{lead}**{} {}**\n", table.sign.emoji, markdown::text(&table.headline));
    sized(&head, &body(report, &table, setting), setting, limit)
        .unwrap_or_else(|| format!("{lead}**{outcome}**"))
}

/// The comment for a pull request without a verdict after `lead`.
pub(super) fn of_nothing(
    lead: &str,
    why: &NoVerdict<'_>,
    setting: &Setting<'_>,
    limit: usize,
) -> String {
    let about = about_commits(commits::unjudged(setting));
    let parts = [about, reproduce(setting), link(setting)];
    sized(&format!("{lead}{}", why.head()), &parts, setting, limit)
        .unwrap_or_else(|| format!("{lead}**❌ NO VERDICT**"))
}

/// A list with a title; folded where `fold` is set.
pub(super) fn list(
    title: &str,
    lines: Vec<String>,
    fold: bool,
    (thing, rank, keep): (&'static str, u8, usize),
) -> Part {
    let (open, close) = match fold {
        true => (format!("\n<details><summary>{title}</summary>\n\n"), "\n</details>\n".to_owned()),
        false => (format!("\n**{title}**\n\n"), String::new()),
    };
    Part { open, lines, close, thing, rank, keep, ..Part::default() }
}

fn sized(head: &str, parts: &[Part], setting: &Setting<'_>, limit: usize) -> Option<String> {
    let more = match setting.summary_url {
        Some(address) => {
            format!(": see {}", escape::markdown_link("the summary of the run", address))
        }
        None => String::new(),
    };
    // Services trim what they store, and what is stored is compared with what would be posted.
    Some(fit(head, parts, limit, &more)?.trim_end().to_owned())
}

fn body(report: &Report, table: &Table<'_>, setting: &Setting<'_>) -> Vec<Part> {
    let Sheet { open, folded: (summary, folded), limits, settle, notices, footer, .. } =
        Sheet::of(table, Reasons::Foreign);
    let settle_is_long = settle.len() > LONGEST_OPEN_LIST;
    let notices_are_long = notices.len() > FEW;
    let how = footer.into_iter().chain(markdown::bullets(commits::baselines(setting))).collect();
    let mut parts = vec![
        Part {
            open: format!("\n{HEADING}\n"),
            lines: open,
            thing: "row",
            rank: 5,
            keep: MANY,
            ..Part::default()
        },
        Part {
            open: format!("\n<details><summary>{summary}</summary>\n\n{HEADING}\n"),
            lines: folded,
            close: "\n</details>\n".to_owned(),
            thing: "row",
            kind: "without need for action",
            ..Part::default()
        },
        list("Absolute limits", limits, false, ("limit", 4, FEW)),
        list("Acceptances", accept::lines(setting), false, ("acceptance", 6, FEW)),
        list(
            "What would settle the undecided rows",
            settle,
            settle_is_long,
            ("undecided row", 3, FEW),
        ),
        list("Notices", notices, notices_are_long, ("notice", 3, FEW)),
        about_commits(commits::judged(setting)),
    ];
    parts.extend(waive::how(report, setting));
    parts.push(reproduce(setting));
    parts.push(list("How it was measured and decided", how, true, ("line", 2, FEW)));
    parts.push(link(setting));
    parts
}

fn about_commits(lines: Vec<Text<'_>>) -> Part {
    list("Commits", markdown::bullets(lines), false, ("line", 7, usize::MAX))
}

fn reproduce(setting: &Setting<'_>) -> Part {
    let lines: Vec<String> =
        setting.reproduce.iter().map(|line| escape::plain(line, escape::LONGEST_MESSAGE)).collect();
    let fence = escape::fence(&lines);
    Part {
        open: format!(
            "\n<details><summary>How to reproduce this on your machine</summary>\n\n{fence}sh\n"
        ),
        lines,
        close: format!("{fence}\n\n</details>\n"),
        thing: "command",
        rank: 2,
        keep: usize::MAX,
        ..Part::default()
    }
}

/// A line for the end of a step's summary: what could not be posted, and why. The error's words may
/// hold foreign text.
#[must_use]
pub fn not_posted(error: &str) -> String {
    let why = error.lines().next().unwrap_or_default();
    format!("\n\nNot posted: {}\n", escape::markdown_code(why, escape::LONGEST_MESSAGE))
}

/// The run that measured. The one that judges is another each time, and named only where it has rows
/// that the comment has no room for: the same verdict is the same comment.
fn link(setting: &Setting<'_>) -> Part {
    let link = setting.run_url.map(|url| escape::markdown_link("The measuring run", url));
    Part {
        open: "\n".to_owned(),
        lines: link.into_iter().collect(),
        thing: "link",
        rank: 8,
        keep: 1,
        ..Part::default()
    }
}
