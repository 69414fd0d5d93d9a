//! What the load generator itself used of the machine: one that is busy with itself measures itself.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::processes;

/// How often the generator is looked at.
const LOOK: Duration = Duration::from_millis(500);

/// Clock ticks a second in which Linux reports CPU times to every program (`USER_HZ`).
const TICKS: f64 = 100.0;

/// Programs that are known to generate load.
const GENERATORS: [&str; 1] = ["k6"];

/// The CPU that a load generator used while it ran.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GeneratorLoad {
    /// Mean number of busy cores.
    pub mean_cores: f64,
    /// The largest number of busy cores over half a second.
    pub most_cores: f64,
}

/// Watches the generators below this process.
pub(super) struct Watch {
    last: Instant,
    first: Option<(Instant, u64)>,
    previous: Option<(Instant, u64)>,
    most_cores: f64,
}

impl Watch {
    pub(super) fn new() -> Self {
        Self { last: Instant::now(), first: None, previous: None, most_cores: 0.0 }
    }

    /// To be called often; looks only now and then, for looking costs a little too.
    pub(super) fn look(&mut self) {
        if self.last.elapsed() < LOOK {
            return;
        }
        self.last = Instant::now();
        let generators = processes::descendants()
            .into_iter()
            .filter(|process| GENERATORS.contains(&process.name.as_str()) && !process.is_zombie);
        let ticks: Vec<u64> = generators.map(|process| process.ticks).collect();
        if ticks.is_empty() {
            return;
        }
        let now = (self.last, ticks.iter().sum());
        // A second generator after the first counts from nothing again.
        if let Some(previous) = self.previous.filter(|previous| previous.1 <= now.1) {
            self.most_cores = self.most_cores.max(cores(previous, now));
        }
        self.first.get_or_insert(now);
        self.previous = Some(now);
    }

    /// What was seen, if anything was.
    pub(super) fn load(&self) -> Option<GeneratorLoad> {
        let (first, last) = (self.first?, self.previous?);
        let mean_cores = cores(first, last);
        (last.0 > first.0)
            .then_some(GeneratorLoad { mean_cores, most_cores: self.most_cores.max(mean_cores) })
    }
}

fn cores(from: (Instant, u64), to: (Instant, u64)) -> f64 {
    let seconds = to.0.duration_since(from.0).as_secs_f64();
    to.1.saturating_sub(from.1) as f64 / TICKS / seconds.max(1e-3)
}
