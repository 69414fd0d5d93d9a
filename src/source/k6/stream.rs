//! What a stream of points holds, whatever its notation.

use super::tally::Tally;

/// What a stream of points holds.
pub(super) struct Stream {
    pub(super) tally: Tally,
    /// Lines, or records, read.
    pub(super) lines: u64,
    /// A few metrics that are not watched, for a message.
    pub(super) names: Vec<String>,
    /// The last line was cut.
    pub(super) cut: bool,
    /// The stream broke off, in the words of the decoder.
    pub(super) damage: Option<String>,
    pub(super) bad_lines: u64,
    pub(super) first_bad: Option<(u64, String)>,
}

impl Stream {
    pub(super) fn new(tally: Tally) -> Self {
        Self {
            tally,
            lines: 0,
            names: Vec::new(),
            cut: false,
            damage: None,
            bad_lines: 0,
            first_bad: None,
        }
    }

    /// Notes that the line read last is none of k6's.
    pub(super) fn bad(&mut self, why: impl Into<String>) {
        self.bad_lines += 1;
        if self.first_bad.is_none() {
            self.first_bad = Some((self.lines, why.into()));
        }
    }
}
