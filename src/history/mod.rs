//! What is remembered beside the runs of a baseline: what was said of earlier results, and how the rows
//! scatter. [`looked_back`] holds every alarm against what came after it.

mod hindsight;
mod noise;
mod verdict;

pub use hindsight::{Alarm, Became, Class, Hindsight, looked_back, still_worse};
pub use noise::KnownNoise;
pub use verdict::{CalledWorse, MOST_WORSE, OfRow, PastVerdict, fresh_id, remembered};
