//! What can be seen of a text, and how much of it is shown.

/// The longest name that a person is asked to read, in characters.
pub(in crate::report) const LONGEST_NAME: usize = 120;

/// The longest message with names in it.
pub(in crate::report) const LONGEST_MESSAGE: usize = 600;

/// What stands for a name of which nothing can be shown.
const NAMELESS: &str = "(no name)";

/// What can be seen of a text, on one line, at most `longest` characters, the last of them `…`
/// where something was cut.
pub(super) fn visible(text: &str, longest: usize) -> String {
    let mut out = String::new();
    let mut length = 0;
    for c in text.chars() {
        let c = if is_space(c) { ' ' } else { c };
        if is_invisible(c) {
            continue;
        }
        if length == longest {
            out.pop();
            out.push('…');
            break;
        }
        out.push(c);
        length += 1;
    }
    if out.is_empty() && !text.is_empty() { NAMELESS.to_owned() } else { out }
}

fn is_space(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\t' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Control, bidirectional, zero-width and tag characters, and code points that are none.
pub(super) fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fdd0}'..='\u{fdef}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
        || u32::from(c) & 0xfffe == 0xfffe
}
