//! From the raw bytes of a point's tags to its place, so that each distinct set is parsed once.

use std::collections::HashMap;

use super::point::Watched;

/// The most distinct sets of tags that are remembered, and their bytes in all. Beyond, memory
/// starts over: a file where every request has tags of its own is slower, never larger.
const MOST_SETS: usize = 32_768;
const MOST_BYTES: usize = 12 * 1024 * 1024;

/// Places by the raw bytes of tags, one memory for requests and one for all else, since the two
/// are placed by different rules.
pub(super) struct Seats<S> {
    requests: Memory<S>,
    others: Memory<S>,
}

struct Memory<S> {
    known: HashMap<Box<[u8]>, S>,
    bytes: usize,
    /// The points of one request follow one another with the same tags.
    last: Option<(Vec<u8>, S)>,
}

impl<S: Copy> Seats<S> {
    /// No places yet.
    pub(super) fn new() -> Self {
        Self { requests: Memory::new(), others: Memory::new() }
    }

    /// The place of these tags, if they were seen before.
    pub(super) fn find(&mut self, watched: Watched, raw: &[u8]) -> Option<S> {
        let memory = self.memory(watched);
        if let Some((bytes, seat)) = &memory.last
            && bytes == raw
        {
            return Some(*seat);
        }
        let seat = *memory.known.get(raw)?;
        memory.remember_last(raw, seat);
        Some(seat)
    }

    /// Remembers the place of these tags.
    pub(super) fn keep(&mut self, watched: Watched, raw: &[u8], seat: S) {
        let memory = self.memory(watched);
        if memory.known.len() >= MOST_SETS || memory.bytes + raw.len() > MOST_BYTES {
            memory.known = HashMap::new();
            memory.bytes = 0;
        }
        if raw.len() <= MOST_BYTES / 8 {
            memory.bytes += raw.len();
            memory.known.insert(raw.into(), seat);
            memory.remember_last(raw, seat);
        }
    }

    fn memory(&mut self, watched: Watched) -> &mut Memory<S> {
        if watched.is_of_request() { &mut self.requests } else { &mut self.others }
    }
}

impl<S: Copy> Memory<S> {
    fn new() -> Self {
        Self { known: HashMap::new(), bytes: 0, last: None }
    }

    fn remember_last(&mut self, raw: &[u8], seat: S) {
        let (bytes, place) = self.last.get_or_insert_with(|| (Vec::new(), seat));
        bytes.clear();
        bytes.extend_from_slice(raw);
        *place = seat;
    }
}
