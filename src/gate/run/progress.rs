//! What a measurement is doing, for whoever watches.

use std::time::{Duration, Instant};

use crate::rounds::{Side, Stage};

/// What happens right now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// A side is built.
    Building,
    /// A round of a stage runs.
    Measuring {
        /// What the round is for.
        stage: Stage,
        /// Its number, from 1.
        round: u32,
        /// The most rounds of this stage.
        of: u32,
    },
}

/// One step of a measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress<'a> {
    /// What happens.
    pub doing: Doing,
    /// The suite concerned. Text of the configuration.
    pub suite: &'a str,
    /// The side; absent where there is one only.
    pub side: Option<Side>,
    /// How long what is planned so far will take, once a round has shown it.
    pub left: Option<Duration>,
}

/// How long rounds take, learnt from those that are done.
#[derive(Debug, Default)]
pub(super) struct Pace {
    seconds: Vec<(f64, u32)>,
}

impl Pace {
    /// Takes note of a round of the suite with this number.
    pub(super) fn took(&mut self, suite: usize, seconds: f64) {
        if self.seconds.len() <= suite {
            self.seconds.resize(suite + 1, (0.0, 0));
        }
        self.seconds[suite].0 += seconds;
        self.seconds[suite].1 += 1;
    }

    /// What a round of a suite takes; for one that was not seen yet, what the others take.
    pub(super) fn of(&self, suite: usize) -> Option<f64> {
        let mean = |(sum, count): (f64, u32)| (count > 0).then(|| sum / f64::from(count));
        self.seconds.get(suite).copied().and_then(mean).or_else(|| {
            let all = self.seconds.iter().fold((0.0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
            mean(all)
        })
    }

    /// What so many rounds of each of these suites take.
    pub(super) fn left(&self, rounds: impl Iterator<Item = (usize, u32)>) -> Option<Duration> {
        let seconds: Option<f64> =
            rounds.map(|(suite, rounds)| Some(self.of(suite)? * f64::from(rounds))).sum();
        seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
    }
}

/// The time after which no round begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline {
    begun: Instant,
    limit: Option<Duration>,
}

impl Deadline {
    pub(super) fn new(limit: Option<Duration>) -> Self {
        Self { begun: Instant::now(), limit }
    }

    /// Whether what takes so long would not be done in time.
    pub(super) fn forbids(&self, seconds: Option<f64>) -> bool {
        let Some(limit) = self.limit else { return false };
        self.begun.elapsed().as_secs_f64() + seconds.unwrap_or(0.0) > limit.as_secs_f64()
    }
}
