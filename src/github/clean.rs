//! Foreign text for messages of ours.

/// The longest text of the other side that is passed on, in characters.
const QUOTED: usize = 300;

/// Foreign text for a message of ours: one line, no control characters, not endless.
pub(super) fn clean(text: &str) -> String {
    let mut cut: String =
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(QUOTED).collect();
    if text.chars().nth(QUOTED).is_some() {
        cut.push('…');
    }
    cut
}
