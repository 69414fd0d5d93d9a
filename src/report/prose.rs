//! Foreign text inside the pages of `docs`, which people read as Markdown source too: plain names
//! stay readable there, and only odd ones pay for it.

use super::commits::short;
use super::escape::{self, LONGEST_MESSAGE, LONGEST_NAME};

/// A name as code.
pub(crate) fn code(name: &str) -> String {
    as_code(name, LONGEST_NAME)
}

/// A path as code, of which more is shown than of a name.
pub(crate) fn path(path: &str) -> String {
    as_code(path, LONGEST_MESSAGE)
}

/// A commit as code, short if it is a hash.
pub(crate) fn commit(commit: &str) -> String {
    code(short(commit))
}

/// Words that people wrote, or sentences with names in them.
pub(crate) fn words(text: &str) -> String {
    escape::markdown_words(text)
}

/// A text on one line and without anything invisible, at most `longest` characters.
pub(crate) fn line(text: &str, longest: usize) -> String {
    escape::terminal(text, longest)
}

/// A text in XML.
pub(crate) fn xml(text: &str) -> String {
    escape::xml(text, usize::MAX)
}

/// Lines as they are, in a block of code that none of them closes.
pub(crate) fn fenced(language: &str, lines: &[String]) -> String {
    let lines: Vec<String> =
        lines.iter().map(|line| escape::terminal(line, LONGEST_MESSAGE)).collect();
    let fence = escape::fence(&lines);
    format!("{fence}{language}\n{}\n{fence}\n", lines.join("\n"))
}

/// Between backticks, where nothing in the text can end that or a table's cell; else as HTML.
fn as_code(text: &str, longest: usize) -> String {
    let shown = escape::terminal(text, longest);
    let odd = shown.contains(['`', '|', '\\']) || shown.trim() != shown || shown.is_empty();
    match odd {
        true => escape::markdown_code(text, longest),
        false => format!("`{shown}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_stay_readable() {
        assert_eq!(code("read / appointments-day"), "`read / appointments-day`");
        assert_eq!(code("<b>@me #1 *x* http://y"), "`<b>@me #1 *x* http://y`");
        assert_eq!(commit("eef069aef6b8affa7d998653ade2b03e11c3b183"), "`eef069aef6`");
    }

    #[test]
    fn nothing_ends_the_code_or_the_cell() {
        for odd in ["a`b", "a|b", "a\\", " a", "a ", ""] {
            let written = code(odd);
            assert!(written.starts_with("<code>"), "{odd:?}: {written}");
            assert!(!written.contains(['`', '|', '\\']), "{written}");
        }
        assert_eq!(code("a\nb\u{1b}[2J"), "`a b[2J`");
    }

    #[test]
    fn a_block_of_code_keeps_its_lines() {
        let lines = ["ALTER ROLE app;".to_owned(), "```".to_owned()];
        assert_eq!(fenced("sql", &lines), "````sql\nALTER ROLE app;\n```\n````\n");
    }
}
