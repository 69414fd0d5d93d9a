//! Text where no markup is read: terminals, CI logs, titles, code blocks.

use super::visible::visible;

/// A part of a line for a terminal: no control, escape or invisible characters.
pub(in crate::report) fn terminal(text: &str, longest: usize) -> String {
    visible(text, longest)
}

/// A whole line for a terminal, made of escaped parts, in which CI logs find no command.
///
/// They take `##[` anywhere and `::` at the start of a line for one. The latter is quoted at the
/// start of every word, because a word may come to start a line.
pub(in crate::report) fn no_command(line: &str) -> String {
    let words: Vec<_> = line
        .split(' ')
        .map(|word| if word.starts_with("::") { format!("'{word}") } else { word.to_owned() })
        .collect();
    words.join(" ").replace("##[", "# #[")
}

/// Text where no markup is read: a line of a code block, the title of a check. It is visible, and
/// mentions nobody.
pub(in crate::report) fn plain(text: &str, longest: usize) -> String {
    unmentioned(&visible(text, longest))
}

fn unmentioned(text: &str) -> String {
    text.replace('@', "@\u{200b}").replace('#', "#\u{200b}")
}

#[cfg(test)]
mod tests {
    use super::super::LONGEST_NAME;
    use super::*;

    #[test]
    fn nothing_invisible_is_left() {
        let hostile = "a\u{1b}[31mb\u{202e}c\u{200b}d\ne\u{7}\u{9b}f\u{ffff}";
        assert_eq!(terminal(hostile, LONGEST_NAME), "a[31mbcd ef");
        assert_eq!(terminal("\u{1b}\u{202e}", LONGEST_NAME), "(no name)");
    }

    #[test]
    fn ci_logs_find_no_command() {
        assert_eq!(no_command("##[error]x"), "# #[error]x");
        assert_eq!(no_command("::error::x a::b :::c"), "'::error::x a::b ':::c");
    }

    #[test]
    fn long_names_are_cut_visibly() {
        let cut = terminal(&"ä".repeat(10_000), 120);
        assert_eq!(cut.chars().count(), 120);
        assert!(cut.ends_with("ä…"));
        assert_eq!(terminal(&"ä".repeat(120), 120).chars().last(), Some('ä'));
    }
}
