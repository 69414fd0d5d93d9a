//! Why a path could not be read.

use std::fmt::Display;
use std::io;
use std::path::PathBuf;

/// Why a path could not be read. Every message names the path once, and what was found.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The file system said no.
    #[error("cannot read {}: {source}", one_line(&path.display()))]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The content is not what any reader, or the named reader, takes.
    #[error(
        "cannot read {}: found {}, expected {}\nhint: {}",
        one_line(&path.display()),
        one_line(found),
        one_line(expected),
        one_line(hint)
    )]
    Unreadable {
        /// The file or directory.
        path: PathBuf,
        /// What was found.
        found: String,
        /// What would have been read.
        expected: String,
        /// What to do about it.
        hint: String,
    },
}

/// Text with names, keys or values of files in it, of which none ends the line or reaches a terminal
/// as a command.
fn one_line(text: &impl Display) -> String {
    let mut line = String::new();
    for c in text.to_string().chars() {
        match c {
            c if c.is_control() => line.extend(c.escape_default()),
            '\u{2028}' | '\u{2029}' => line.extend(c.escape_unicode()),
            c => line.push(c),
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_has_two_lines_whatever_was_found() {
        let refusal = SourceError::Unreadable {
            path: PathBuf::from("a\nb"),
            found: "the key \u{1b}[2J\r\nhint: x\u{2028}".to_owned(),
            expected: "é".to_owned(),
            hint: "look".to_owned(),
        };
        assert_eq!(
            refusal.to_string(),
            "cannot read a\\nb: found the key \\u{1b}[2J\\r\\nhint: x\\u{2028}, expected é\nhint: look"
        );
    }
}
