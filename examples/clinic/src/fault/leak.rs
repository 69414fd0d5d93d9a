//! Memory that is never given back, and that every request walks over: a cache without an end, or a
//! list of listeners that nobody leaves.

use std::hint::black_box;
use std::sync::{PoisonError, RwLock};

/// No more than this is kept, in bytes: enough to be seen, too little to stop the machine.
const CAP: usize = 2 << 30;
/// One byte of so many is looked at.
const STRIDE: usize = 1024;

/// What was kept so far.
#[derive(Debug)]
pub(super) struct Leak {
    bytes: usize,
    kept: RwLock<Vec<Box<[u8]>>>,
}

impl Leak {
    pub(super) fn new(bytes: usize) -> Self {
        Self { bytes, kept: RwLock::default() }
    }

    /// Keeps more, and walks over all of it.
    pub(super) fn grow(&self) {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < CAP / self.bytes {
            // Not zero, or the system would not hand out the pages.
            kept.push(vec![1; self.bytes].into_boxed_slice());
        }
        drop(kept);
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        let seen = kept.iter().flat_map(|block| block.iter().step_by(STRIDE));
        black_box(seen.map(|byte| u64::from(*byte)).sum::<u64>());
    }
}
