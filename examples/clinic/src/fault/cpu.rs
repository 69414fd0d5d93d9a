//! Added CPU work, in proportion to what an endpoint usually takes.
//!
//! What it takes is learned of the first requests of each endpoint and organisation, and then stays:
//! were it measured under the load that the added work makes, the work would add to itself without
//! end. The lower quartile is taken, for the first requests on a connection prepare their statements.

use std::collections::HashMap;
use std::hint::black_box;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use crate::endpoint::{Category, Endpoint};
use crate::organisation::Organisation;

/// How many requests are learned from.
const LEARNED: usize = 64;
/// How long the speed of this machine is measured, at the start.
const CALIBRATION: Duration = Duration::from_millis(50);

/// Added work.
#[derive(Debug)]
pub(super) struct Cpu {
    percents: Vec<(Category, u32)>,
    /// Rounds of hashing in a second of one thread.
    speed: f64,
    /// Service times in order, by endpoint and organisation.
    times: Mutex<HashMap<(&'static str, Organisation), Vec<Duration>>>,
}

impl Cpu {
    pub(super) fn new(percents: Vec<(Category, u32)>) -> Self {
        Self { percents, speed: speed(), times: Mutex::default() }
    }

    /// How many rounds are added to a request that took `time`.
    pub(super) fn rounds(&self, endpoint: Endpoint, of: Organisation, time: Duration) -> u64 {
        let percent = self.percents.iter().find(|(category, _)| *category == endpoint.category);
        let Some((_, percent)) = percent else { return 0 };
        let typical = self.learn((endpoint.name, of), time);
        (typical.as_secs_f64() * f64::from(*percent) / 100.0 * self.speed) as u64
    }

    fn learn(&self, key: (&'static str, Organisation), time: Duration) -> Duration {
        let mut all = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        let times = all.entry(key).or_default();
        if times.len() < LEARNED {
            times.insert(times.partition_point(|other| *other <= time), time);
        }
        times.get(times.len() / 4).copied().unwrap_or(time)
    }
}

/// Works for so many rounds.
pub(super) fn work(rounds: u64) {
    let mut block = [0_u8; 32];
    for _ in 0..rounds {
        block = Sha256::digest(black_box(block)).into();
    }
    black_box(block);
}

/// Rounds per second, at the fastest stretch of the calibration: another process may take the core.
fn speed() -> f64 {
    const ROUNDS: u64 = 2000;
    let start = Instant::now();
    let mut fastest = Duration::MAX;
    while start.elapsed() < CALIBRATION {
        let stretch = Instant::now();
        work(ROUNDS);
        fastest = fastest.min(stretch.elapsed());
    }
    ROUNDS as f64 / fastest.as_secs_f64().max(1e-9)
}
