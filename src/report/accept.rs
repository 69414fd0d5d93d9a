//! Accepted regressions: who accepted what, up to which ceiling and why.

use super::commits::moment;
use super::markdown::bullets;
use super::setting::{Acceptance, AcceptedBy, Setting, Standing};
use super::text::Text;

/// Patterns of one acceptance that are named; the others are counted.
const MOST_PATTERNS: usize = 10;

/// One line an acceptance.
pub(super) fn lines(setting: &Setting<'_>) -> Vec<String> {
    bullets(setting.acceptances.iter().map(line).collect())
}

/// `api/*, micro/*`, a sentence's object.
pub(super) fn patterns<'a>(line: Text<'a>, rows: &[&'a str]) -> Text<'a> {
    let mut line = line;
    for (at, row) in rows.iter().take(MOST_PATTERNS).enumerate() {
        line = if at == 0 { line } else { line.words(", ") }.name(row);
    }
    match rows.len().saturating_sub(MOST_PATTERNS) {
        0 => line,
        n => line.words(format!(" and {n} more")),
    }
}

fn line<'a>(acceptance: &Acceptance<'a>) -> Text<'a> {
    let state = match acceptance.standing {
        Standing::Applied => "🔖 accepted: ",
        Standing::Proposed => "ℹ️ proposed, not applied: ",
        Standing::Void(_) => "⚠️ not counted: ",
    };
    let mut line = patterns(Text::from(state), acceptance.rows)
        .words(" up to ")
        .name(acceptance.up_to)
        .words(", by ");
    line = by(line, &acceptance.by);
    if let Some(reason) = acceptance.reason {
        line = line.words("; reason: ").message(reason);
    }
    match acceptance.standing {
        Standing::Applied => line,
        Standing::Proposed => {
            line.words("; a waiver from a fork counts once the base branch has it")
        }
        Standing::Void(why) => line.words("; why not: ").message(why),
    }
}

fn by<'a>(line: Text<'a>, by: &AcceptedBy<'a>) -> Text<'a> {
    match *by {
        AcceptedBy::Label { name, actor, at } => {
            let mut line = line.words("the label ").name(name);
            if let Some(actor) = actor {
                line = line.words(", set by ").name(actor);
            }
            match at {
                Some(at) => line.words(", ").then(moment(at)),
                None => line,
            }
        }
        AcceptedBy::Waiver { added, expires } => {
            let whose = match added {
                true => "a waiver that this pull request adds",
                false => "a waiver of the base branch",
            };
            line.words(whose).words(", valid through ").name(expires)
        }
    }
}
