//! Added CPU work, in proportion to what an endpoint usually takes.
//!
//! What it takes is learned of requests during which no added work ran at all: were the others counted,
//! the work would add to itself without end. The first ones of an endpoint and organisation are left
//! out, for they prepare statements and fill caches; of the rest it is the lower quartile.

use std::collections::HashMap;
use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use crate::endpoint::{Category, Endpoint};
use crate::organisation::Organisation;

/// How many requests of an endpoint and organisation are too cold to learn from.
const COLD: u32 = 2;
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
    /// By endpoint and organisation.
    known: Mutex<HashMap<(&'static str, Organisation), Known>>,
    started: AtomicU64,
    ended: AtomicU64,
}

/// What is known of an endpoint for an organisation.
#[derive(Debug, Default)]
struct Known {
    cold: u32,
    /// Service times in order.
    times: Vec<Duration>,
}

/// How much work had been added when a request came; none where some was running.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark(Option<u64>);

impl Cpu {
    pub(super) fn new(percents: Vec<(Category, u32)>) -> Self {
        Self {
            percents,
            speed: speed(),
            known: Mutex::default(),
            started: AtomicU64::new(0),
            ended: AtomicU64::new(0),
        }
    }

    /// Taken when a request comes.
    pub(super) fn mark(&self) -> Mark {
        let ended = self.ended.load(Ordering::SeqCst);
        let started = self.started.load(Ordering::SeqCst);
        Mark((started == ended).then_some(started))
    }

    /// How many rounds are added to a request that came at `mark` and took `time`.
    pub(super) fn rounds(
        &self,
        endpoint: Endpoint,
        of: Organisation,
        mark: Mark,
        time: Duration,
    ) -> u64 {
        let percent = self.percents.iter().find(|(category, _)| *category == endpoint.category);
        let Some((_, percent)) = percent else { return 0 };
        let undisturbed = mark.0.is_some() && mark == self.mark();
        let typical = self.learn((endpoint.name, of), undisturbed.then_some(time));
        (typical.as_secs_f64() * f64::from(*percent) / 100.0 * self.speed) as u64
    }

    fn learn(&self, key: (&'static str, Organisation), time: Option<Duration>) -> Duration {
        let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let Known { cold, times } = all.entry(key).or_default();
        if *cold < COLD {
            *cold += 1;
            return Duration::ZERO;
        }
        if let Some(time) = time
            && times.len() < LEARNED
        {
            times.insert(times.partition_point(|other| *other <= time), time);
        }
        times.get(times.len() / 4).copied().unwrap_or_default()
    }

    /// Works for so many rounds.
    pub(super) fn work(&self, rounds: u64) {
        self.started.fetch_add(1, Ordering::SeqCst);
        hash(rounds);
        self.ended.fetch_add(1, Ordering::SeqCst);
    }
}

fn hash(rounds: u64) {
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
        hash(ROUNDS);
        fastest = fastest.min(stretch.elapsed());
    }
    ROUNDS as f64 / fastest.as_secs_f64().max(1e-9)
}
