//! The body of a pull request that proposes baselines: every row that changes, old against new.

use super::changes::{Change, cells};
use super::comment::{list, marker};
use super::escape;
use super::markdown;
use super::number::count;
use super::sized::{Part, fit};
use super::text::Text;

/// What the body says beside the rows. Foreign text may be in all of it.
#[derive(Debug, Clone, Copy)]
pub struct Proposal<'a> {
    /// The configuration's id, part of the marker.
    pub id: &'a str,
    /// The branch whose baselines these are.
    pub base: &'a str,
    /// Its commit, which the rows are compared with.
    pub commit: &'a str,
    /// Why results are taken in although they regress.
    pub reason: Option<&'a str>,
}

const HEADING: &str =
    "| row | metric | old → new | change | runs |\n| :-- | :-- | --: | --: | :-- |";

/// The body, as GitHub-flavoured Markdown of at most `limit` bytes.
#[must_use]
pub fn proposal(about: &Proposal<'_>, changes: &[Change], limit: usize) -> String {
    let head = format!(
        "{}\n**Fresh baselines: {}**\n",
        marker(about.id),
        match changes.len() {
            0 => "only provenance changes".to_owned(),
            n => format!("{} of stored rows change", count(n, "metric")),
        }
    );
    let rows = Part {
        open: format!("\n{HEADING}\n"),
        lines: changes.iter().map(row).collect(),
        thing: "row",
        rank: 1,
        keep: 10,
        ..Part::default()
    };
    let about = about_lines(about);
    let parts =
        [rows, list("Before you merge", markdown::bullets(about), false, ("line", 5, usize::MAX))];
    fit(&head, &parts, limit, ": see the diff of the files").unwrap_or(head)
}

fn about_lines<'a>(about: &Proposal<'a>) -> Vec<Text<'a>> {
    let mut lines = vec![
        Text::from("compared with the baselines of ")
            .name(about.base)
            .words(" at ")
            .name(super::commits::short(about.commit)),
    ];
    if let Some(reason) = about.reason {
        lines.push(Text::from("a regression is accepted with the reason: ").message(reason));
    }
    lines.push(
        "the next refresh adds its session to this pull request; commits of people on its branch make \
         it refuse"
            .into(),
    );
    lines
}

fn row(change: &Change) -> String {
    let [_, metric, values, moved, counts] = cells(change);
    let words = escape::markdown_words;
    format!(
        "| {} | {} | {} | {} | {} |",
        markdown::text(&Text::new().name(&change.suite).words(" ").name(&change.id)),
        words(&metric),
        words(&values.replace(" -> ", " → ")),
        words(&moved),
        words(&counts)
    )
}
