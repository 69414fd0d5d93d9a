//! A stream in blocks: few large reads, no copy of a line.

use std::io::{ErrorKind, Read};

use super::fault::Fault;
use crate::source::open::is_damage;

/// The size of one read; small enough to stay in a core's cache.
const BLOCK: usize = 256 * 1024;

/// The longest line. A longer one is no line of k6 and must not eat the memory.
pub(super) const LONGEST_LINE: usize = 16 * 1024 * 1024;

/// A stream in blocks. The caller takes whole lines from [`window`](Self::window) and says with
/// [`consume`](Self::consume) how far it came; what is left stays for the next round.
pub(super) struct Blocks<'r> {
    input: &'r mut dyn Read,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// Nothing more will come.
    ended: bool,
    /// Why the stream broke off early, in the words of the decoder.
    damage: Option<String>,
}

impl<'r> Blocks<'r> {
    pub(super) fn new(input: &'r mut dyn Read) -> Self {
        Self { input, buffer: vec![0; BLOCK], start: 0, end: 0, ended: false, damage: None }
    }

    /// What was read and not consumed.
    pub(super) fn window(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Whether the window holds all that is left.
    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    /// Why the stream broke off early.
    pub(super) fn damage(&self) -> Option<&str> {
        self.damage.as_deref()
    }

    /// Takes `bytes` from the front of the window.
    pub(super) fn consume(&mut self, bytes: usize) {
        self.start = (self.start + bytes).min(self.end);
    }

    /// Reads once more behind the window. A compressed stream that breaks off is damage, not an
    /// error: what came before it counts.
    pub(super) fn fill(&mut self) -> Result<(), Fault> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        if self.end == self.buffer.len() {
            if self.end >= LONGEST_LINE {
                return Err(Fault::content(
                    format!("a line of more than {} MiB", LONGEST_LINE >> 20),
                    "k6 lines of a few hundred bytes each",
                    "check that the file is k6's NDJSON or CSV output",
                ));
            }
            self.buffer.resize(self.end * 2, 0);
        }
        loop {
            let free = self.buffer.get_mut(self.end..).unwrap_or_default();
            match self.input.read(free) {
                Ok(0) => self.ended = true,
                Ok(n) => self.end = (self.end + n).min(self.buffer.len()),
                Err(e) if e.kind() == ErrorKind::Interrupted => continue,
                Err(e) if is_damage(e.kind()) => {
                    self.ended = true;
                    self.damage = Some(e.to_string());
                }
                Err(e) => return Err(Fault::Io(e)),
            }
            return Ok(());
        }
    }

    /// Skips a byte order mark at the very start.
    pub(super) fn skip_mark(&mut self) -> Result<(), Fault> {
        while !self.ended && self.end < 3 {
            self.fill()?;
        }
        if self.window().starts_with(b"\xef\xbb\xbf") {
            self.consume(3);
        }
        Ok(())
    }
}

/// What a stream is made of, lines or records, and who takes them.
pub(super) trait Pieces {
    /// The first whole piece and the rest; `None` while the piece's end is not there.
    fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])>;
    /// Takes a whole piece.
    fn take(&mut self, piece: &[u8]) -> Result<(), Fault>;
    /// Takes the last piece, whose end never came.
    fn take_unended(&mut self, piece: &[u8]) -> Result<(), Fault>;
}

/// Gives every piece of a stream to who takes them, block by block. Returns how the stream broke
/// off, if it did.
pub(super) fn take_apart<P: Pieces>(
    input: &mut dyn Read,
    pieces: &mut P,
) -> Result<Option<String>, Fault> {
    let mut blocks = Blocks::new(input);
    blocks.skip_mark()?;
    loop {
        blocks.fill()?;
        let window = blocks.window();
        let mut rest = window;
        while let Some((piece, after)) = P::split(rest) {
            pieces.take(piece)?;
            rest = after;
        }
        let used = window.len() - rest.len();
        blocks.consume(used);
        if blocks.ended() {
            break;
        }
    }
    let last = blocks.window().trim_ascii();
    if !last.is_empty() && blocks.damage().is_none() {
        pieces.take_unended(last)?;
    }
    Ok(blocks.damage().map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_longer_than_a_block_is_whole() {
        let text = vec![b'x'; 3 * BLOCK];
        let mut input = text.as_slice();
        let mut blocks = Blocks::new(&mut input);
        while !blocks.ended() {
            blocks.fill().unwrap();
        }
        assert_eq!(blocks.window(), text);
    }

    #[test]
    fn an_endless_line_is_refused() {
        let mut input = std::io::repeat(b'x');
        let mut blocks = Blocks::new(&mut input);
        let fault = loop {
            if let Err(fault) = blocks.fill() {
                break fault;
            }
        };
        assert!(matches!(fault, Fault::Content { found, .. } if found.contains("16 MiB")));
    }
}
