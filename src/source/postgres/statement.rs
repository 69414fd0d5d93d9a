//! The text of a query as it may leave the database: without comments and literals.
//!
//! `pg_stat_statements` replaces constants by parameters, but not in every case: a text that was
//! forgotten while its query ran is kept as it was written. And comments are kept always.

use std::iter::Peekable;
use std::str::CharIndices;

/// A query's text, and the name that one of its comments gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The text: one line, every literal, parameter and list of them a `$`.
    pub masked: String,
    /// The name: what follows `name:` or `name=` in a comment.
    pub name: Option<String>,
}

/// The longest name, in bytes.
pub(super) const LONGEST_NAME: usize = 100;

/// Masks a query's text.
#[must_use]
pub fn text(query: &str) -> Text {
    let mut masked = Masked::default();
    let mut name = None;
    let mut rest = query.char_indices().peekable();
    while let Some(&(at, c)) = rest.peek() {
        let after = query.get(at..).unwrap_or_default();
        if c.is_whitespace() {
            rest.next();
            masked.space = true;
        } else if after.starts_with("--") || after.starts_with("/*") {
            let length = comment(after);
            name = name.or_else(|| name_in(after.get(..length).unwrap_or_default()));
            skip(&mut rest, at + length);
            masked.space = true;
        } else if c == '\'' {
            let escapes = masked.drop_prefix();
            skip(&mut rest, at + quoted(after, '\'', escapes));
            masked.literal();
        } else if c == '"' {
            let length = quoted(after, '"', false);
            masked.push(after.get(..length).unwrap_or(after));
            skip(&mut rest, at + length);
        } else if c == '$' {
            skip(&mut rest, at + dollar(after));
            masked.literal();
        } else if c.is_ascii_digit() {
            skip(&mut rest, at + run(after, |c| c.is_alphanumeric() || matches!(c, '.' | '_')));
            masked.literal();
        } else {
            let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
            let length = if word(c) { run(after, word) } else { c.len_utf8() };
            masked.push(after.get(..length).unwrap_or(after));
            skip(&mut rest, at + length);
        }
    }
    Text { masked: masked.finish(), name }
}

/// Whether a masked text reads or changes rows: everything else may have literals that nobody
/// masks, and is no load.
#[must_use]
pub fn is_query(masked: &str) -> bool {
    const VERBS: [&str; 8] =
        ["select", "insert", "update", "delete", "merge", "with", "values", "table"];
    let verb = first_word(masked).to_ascii_lowercase();
    VERBS.contains(&verb.as_str())
}

/// The first word, whatever brackets stand before it.
pub(super) fn first_word(masked: &str) -> &str {
    let start = masked.trim_start_matches(['(', ' ']);
    start.get(..run(start, char::is_alphanumeric)).unwrap_or_default()
}

/// Whether a text can be a query's name.
pub(super) fn is_name(text: &str) -> bool {
    let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | ':');
    !text.is_empty() && text.len() <= LONGEST_NAME && text.chars().all(inside)
}

/// The name in a comment: `/* name: day */`, `-- name: day`, or `/*name='day'*/` among others.
fn name_in(comment: &str) -> Option<String> {
    comment.match_indices("name").find_map(|(at, word)| {
        let before = comment.get(..at)?.chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            return None;
        }
        let value = comment.get(at + word.len()..)?.trim_start();
        let value = value.strip_prefix([':', '='])?.trim_start().trim_start_matches('\'');
        let end = value.find(|c: char| c.is_whitespace() || matches!(c, '\'' | ',' | '*'));
        let name = value.get(..end.unwrap_or(value.len()))?;
        is_name(name).then(|| name.to_owned())
    })
}

/// What was masked so far.
#[derive(Default)]
struct Masked {
    text: String,
    /// White space or a comment came after it.
    space: bool,
}

impl Masked {
    fn push(&mut self, token: &str) {
        let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
        // What directly follows a `$` would change what it means.
        let apart = self.space || (self.text.ends_with('$') && token.starts_with(word));
        if apart && !self.text.is_empty() {
            self.text.push(' ');
        }
        self.space = false;
        self.text.push_str(token);
    }

    /// A literal; where the text ends with one and a comma, the two are a list and stay one.
    fn literal(&mut self) {
        let listed = self.text.trim_end().strip_suffix(',').map(|text| text.trim_end().len());
        match listed.filter(|&end| self.text.get(..end).is_some_and(|text| text.ends_with('$'))) {
            Some(end) => self.text.truncate(end),
            None => self.push("$"),
        }
        self.space = false;
    }

    /// Takes off the letter that stands directly before a quote; says whether it makes a backslash
    /// an escape.
    fn drop_prefix(&mut self) -> bool {
        let mut escapes = false;
        if !self.space
            && let Some(rest) = self.text.strip_suffix(['e', 'E', 'b', 'B', 'x', 'X', 'n', 'N'])
            && !rest.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '"')
        {
            escapes = self.text.ends_with(['e', 'E']);
            let end = rest.len();
            self.text.truncate(end);
            self.space = self.text.ends_with(' ');
            self.text.truncate(self.text.trim_end().len());
        }
        escapes
    }

    fn finish(self) -> String {
        self.text.trim_end_matches([';', ' ']).to_owned()
    }
}

fn skip(rest: &mut Peekable<CharIndices<'_>>, to: usize) {
    while rest.next_if(|(at, _)| *at < to).is_some() {}
}

/// The length of the characters at the start that fit.
fn run(text: &str, fits: impl Fn(char) -> bool) -> usize {
    text.find(|c| !fits(c)).unwrap_or(text.len())
}

/// The length of a comment. Those in `/* */` nest.
fn comment(text: &str) -> usize {
    if text.starts_with("--") {
        return text.find('\n').unwrap_or(text.len());
    }
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(next) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if next.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if next.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += next.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// The length of what stands in quotes, with both of them.
fn quoted(text: &str, quote: char, escapes: bool) -> usize {
    let mut rest = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = rest.next() {
        if c == '\\' && escapes {
            rest.next();
        } else if c == quote && rest.next_if(|(_, next)| *next == quote).is_none() {
            return at + 1;
        }
    }
    text.len()
}

/// The length of a parameter `$1`, of a text in `$tag$`, or of a lone `$`.
fn dollar(text: &str) -> usize {
    let inner = text.get(1..).unwrap_or_default();
    let digits = run(inner, |c| c.is_ascii_digit());
    if digits > 0 {
        return 1 + digits;
    }
    let tag = run(inner, |c| c.is_alphanumeric() || c == '_');
    if !inner.get(tag..).is_some_and(|rest| rest.starts_with('$')) {
        return 1;
    }
    let delimiter = text.get(..tag + 2).unwrap_or(text);
    let body = text.get(delimiter.len()..).unwrap_or_default();
    match body.find(delimiter) {
        Some(end) => 2 * delimiter.len() + end,
        None => text.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_literal_and_no_comment_is_left() {
        for (query, masked) in [
            ("select  1\n + 1;", "select $ + $"),
            ("select name from item where id = $1", "select name from item where id = $"),
            ("a in ($1,$2, $3) and b <> $4", "a in ($) and b <> $"),
            ("values ('a''b', 2, $x$it's$x$, $$y$$)", "values ($)"),
            (r"select E'a\'b', b'01', N'x', 'c'", "select $"),
            ("select type'x', t1.c2 from t1", "select type$, t1.c2 from t1"),
            (r#"select "It's" from "a""b" -- secret"#, r#"select "It's" from "a""b""#),
            ("/* a /* b */ 'c' */ select/**/ 1e5, 0x1F, 1_000", "select $"),
            ("select 'never ends", "select $"),
            ("select $q$never ends", "select $"),
            ("/* never ends", ""),
            ("1'a'b$ 'c'd", "$ $ b$ $ d"),
            ("select a->>'key', b::int8 from c", "select a->>$, b::int8 from c"),
            ("é = 'ü'", "é = $"),
        ] {
            assert_eq!(text(query).masked, masked, "{query}");
            assert_eq!(text(masked).masked, masked, "masking again changes nothing");
        }
    }

    #[test]
    fn a_comment_may_name_the_query() {
        for (query, name) in [
            ("/* name: appointments-day */ select 1", Some("appointments-day")),
            ("-- name: day :many\nselect 1", Some("day")),
            ("select 1 /*route='/a',name='day',x='y'*/", Some("day")),
            ("/*+ hint */ select 1 /* name=b */", Some("b")),
            ("/* rename: x */ select 1", None),
            ("/* name: */ select 1", None),
            ("/* name: ../a b */ select 1", Some("../a")),
            ("select 'name: x'", None),
        ] {
            assert_eq!(text(query).name.as_deref(), name, "{query}");
        }
    }

    #[test]
    fn only_queries_are_queries() {
        for (masked, yes) in
            [("select $", true), ("((WITH x as", true), ("create table", false), ("", false)]
        {
            assert_eq!(is_query(masked), yes, "{masked}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_masked_and_stays_so(query in "[ a1$'\"\\\\/*;,é\n-]{0,40}") {
            let masked = text(&query).masked;
            proptest::prop_assert!(query.contains('"') || !masked.contains('\''));
            proptest::prop_assert_eq!(&text(&masked).masked, &masked);
        }
    }
}
