//! `[github]`: how a verdict is shown on a pull request, and `[[accept]]`: who may accept a regression there.

use super::document::{Field, Form, Section};
use super::entries::{read_ceiling, read_pattern};
use super::suite::optional;
use super::{ConfigError, Suite, forms};
use crate::policy::quantity::shown;
use crate::policy::{Accept, Pattern};

pub(super) const KEYS: [&str; 7] =
    ["id", "comment", "check", "author", "undecided", "advisory", "merge-queue"];
pub(super) const ACCEPT_KEYS: [&str; 4] = ["label", "rows", "up-to", "reason"];

/// The longest id, label and name of a check, in bytes.
const LONGEST: usize = 100;

/// How a verdict is shown on a pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Github {
    /// Tells the comments of several configurations in one repository apart: letters, digits, `-`,
    /// `_` and `.`.
    pub id: String,
    /// When a comment is created; one that exists is always brought up to date.
    pub comment: CommentWhen,
    /// The name of the check run.
    pub check: String,
    /// Whose comments are ours, as a login, where the token does not tell.
    pub author: Option<String>,
    /// What an undecided gate concludes.
    pub undecided: Undecided,
    /// A gate that is shown and fails nothing.
    pub advisory: bool,
    /// What is asked of a merge group.
    pub merge_queue: MergeQueue,
}

/// When a comment is created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommentWhen {
    /// On every pull request that is measured.
    Always,
    /// Where a row is other than steady or inconclusive, or the gate does not pass.
    OnChange,
    /// Where the gate does not pass.
    OnFail,
}

/// The conclusion of a gate that cannot decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undecided {
    /// The check fails.
    Failure,
    /// The check asks for a person.
    ActionRequired,
}

/// What is asked of a merge group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MergeQueue {
    /// It is measured and judged like a pull request.
    Measure,
    /// It passes: its pull requests were measured.
    Trust,
}

impl Default for Github {
    fn default() -> Self {
        Self {
            id: "default".to_owned(),
            comment: CommentWhen::Always,
            check: "tailguard".to_owned(),
            author: None,
            undecided: Undecided::Failure,
            advisory: false,
            merge_queue: MergeQueue::Measure,
        }
    }
}

pub(super) fn read_github(section: &Section<'_>) -> Result<Github, ConfigError> {
    let preset = Github::default();
    let comment = [
        ("always", CommentWhen::Always),
        ("on-change", CommentWhen::OnChange),
        ("on-fail", CommentWhen::OnFail),
    ];
    let undecided =
        [("failure", Undecided::Failure), ("action-required", Undecided::ActionRequired)];
    let queue = [("measure", MergeQueue::Measure), ("trust", MergeQueue::Trust)];
    let id = optional(section, "id", read_id)?.unwrap_or(preset.id);
    // Two configurations must not share a check: the last one would speak for both.
    let check = match id.as_str() {
        "default" => preset.check,
        other => format!("{} ({other})", preset.check),
    };
    Ok(Github {
        comment: optional(section, "comment", |f| f.one_of(forms::COMMENT, &comment))?
            .unwrap_or(preset.comment),
        check: optional(section, "check", |f| read_line(f, forms::CHECK))?.unwrap_or(check),
        author: optional(section, "author", |f| read_line(f, forms::AUTHOR))?,
        undecided: optional(section, "undecided", |f| f.one_of(forms::UNDECIDED, &undecided))?
            .unwrap_or(preset.undecided),
        advisory: optional(section, "advisory", |f| f.flag(forms::ADVISORY))?
            .unwrap_or(preset.advisory),
        merge_queue: optional(section, "merge-queue", |f| f.one_of(forms::MERGE_QUEUE, &queue))?
            .unwrap_or(preset.merge_queue),
        id,
    })
}

pub(super) fn read_accept(section: &Section<'_>, suites: &[Suite]) -> Result<Accept, ConfigError> {
    let rows = section.need("rows", forms::ACCEPT_ROWS)?;
    let fields = rows.one_or_more();
    if fields.is_empty() {
        return Err(rows.unfit(forms::ACCEPT_ROWS));
    }
    let (up_to, metrics) = read_ceiling(&section.need("up-to", forms::UP_TO)?, &[])?;
    Ok(Accept {
        label: read_line(&section.need("label", forms::LABEL)?, forms::LABEL)?,
        rows: fields.iter().map(|field| read_row(field, suites)).collect::<Result<_, _>>()?,
        metrics,
        up_to,
        reason: optional(section, "reason", |field| field.words(forms::REASON))?,
        line: section.line,
    })
}

/// `SUITE/ROW`. A pattern of no suite would accept nothing, in silence.
fn read_row(field: &Field<'_>, suites: &[Suite]) -> Result<Pattern, ConfigError> {
    let text = field.words(forms::ACCEPT_ROWS)?;
    let known = text.split_once('/').is_some_and(|(suite, row)| {
        let named = Pattern::new(suite).is_ok_and(|p| suites.iter().any(|s| p.matches(&s.name)));
        named && !row.is_empty()
    });
    if known {
        return read_pattern(field, &text);
    }
    let names: Vec<&str> = suites.iter().map(|suite| suite.name.as_str()).collect();
    let hint = match names.first() {
        Some(name) => {
            format!("write \"{name}/ROW\" or \"{name}/*\"; the suites are: {}", names.join(", "))
        }
        None => "the configuration has no [[suite]]".to_owned(),
    };
    Err(field.refuse(
        &format!("found '{}', expected {}", shown(&text), forms::ACCEPT_ROWS.expected),
        hint,
    ))
}

fn read_id(field: &Field<'_>) -> Result<String, ConfigError> {
    let text = field.words(forms::ID)?;
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    // Two hyphens in a row could end the hidden comment that carries the id.
    match text.len() <= LONGEST && text.chars().all(fits) && !text.contains("--") {
        true => Ok(text),
        false => Err(field.unfit(forms::ID)),
    }
}

fn read_line(field: &Field<'_>, form: Form) -> Result<String, ConfigError> {
    let text = field.words(form)?;
    match text.len() <= LONGEST && !text.chars().any(char::is_control) {
        true => Ok(text),
        false => Err(field.unfit(form)),
    }
}
