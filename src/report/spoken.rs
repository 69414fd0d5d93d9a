//! What the command says beside its reports: errors, notes, and the pages of `baseline`. Names,
//! paths and the words of other programs may be in all of it.

use super::escape;

/// The longest line, in characters.
const LONGEST_LINE: usize = 2000;

/// The longest line of another program that is quoted, in characters.
const LONGEST_QUOTE: usize = 200;

/// How our hint begins, which is the last line of an error.
const HINT: &str = "\nhint: ";

/// An error for stderr, on one line, or on two with our hint: nothing else in it ends a line.
#[must_use]
pub fn error(message: &str) -> String {
    failure(message, &[])
}

/// The same, with the last lines of a command that failed before the hint.
#[must_use]
pub fn failure(message: &str, last_lines: &[String]) -> String {
    let (what, hint) = match message.rsplit_once(HINT) {
        Some((what, hint)) => (what, Some(said(&format!("hint: {hint}")))),
        None => (message, None),
    };
    let quoted = last_lines
        .iter()
        .map(|line| escape::no_command(&escape::terminal(&format!("  | {line}"), LONGEST_QUOTE)));
    let lines = std::iter::once(said(&format!("error: {what}"))).chain(quoted).chain(hint);
    lines.collect::<Vec<_>>().join("\n")
}

/// One line for stderr.
#[must_use]
pub fn said(line: &str) -> String {
    escape::no_command(&escape::terminal(line, LONGEST_LINE))
}

/// A text of several lines, each made of disarmed parts or of stored text.
#[must_use]
pub fn page(text: &str) -> String {
    text.split('\n').map(said).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_has_no_lines_but_its_own() {
        assert_eq!(error("cannot read x\nhint: look"), "error: cannot read x\nhint: look");
        assert_eq!(
            error("row a\n::error::b\u{1b}[2J\nhint: rm\nhint: ##[x]"),
            "error: row a '::error::b[2J hint: rm\nhint: # #[x]"
        );
        assert_eq!(error("x\u{202e}\n"), "error: x ");
    }

    #[test]
    fn a_page_keeps_its_lines() {
        assert_eq!(page("a\n  b\n\n::c\n"), "a\n  b\n\n'::c\n");
    }
}
