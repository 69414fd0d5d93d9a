//! Suites that are simulated request by request: autocorrelated, with pauses, around the level of a run.

use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution as _, Exp1, Poisson, Uniform};
use tailguard::measure::Tool;
use tailguard::stats::quantile::r7;
use tailguard::stats::within_run::{self, REQUEST_BATCHES};

use super::simulated::normal;
use super::trial::{Place, Point, Sides, Trial};

/// Requests of a run.
const REQUESTS: usize = 20_000;

/// Standard deviation of the level between the runs of a typical row, and how rows differ in it.
const BETWEEN: (f64, f64) = (0.022, 0.35);

/// Pauses of a run, on average, and the mean height of one in ms.
const PAUSES: (f64, f64) = (12.0, 60.0);

/// A slowdown, or what looks like one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Slowdown {
    /// Every request takes longer by a share.
    All(f64),
    /// The slowest tenth of the requests does.
    Tail(f64),
    /// All but the slowest tenth take shorter by a share, so that p95 stays as it is.
    Body(f64),
}

/// A suite with the requests of those runs that are compared request by request.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// The runs of all rows.
    pub trial: Trial,
    /// By row, the latencies in ms of the last run of the base side and of the first fresh one, in the
    /// order of time.
    pub pairs: Vec<(Vec<f64>, Vec<f64>)>,
    /// The latencies of all fresh runs of the first row.
    first: Vec<Vec<f64>>,
}

impl Loaded {
    /// The same with a first row that is slower.
    #[must_use]
    pub fn first_slower(&self, by: Slowdown) -> Self {
        let slow: Vec<Vec<f64>> = self.first.iter().map(|run| slower(run, by)).collect();
        let mut changed = self.clone();
        if let (Some(row), Some(pair)) = (changed.trial.rows.first_mut(), changed.pairs.first_mut())
        {
            row.fresh = slow.iter().map(|run| summary(run)).collect();
            pair.1 = slow.first().cloned().unwrap_or_default();
        }
        changed.first = slow;
        changed
    }
}

fn slower(run: &[f64], by: Slowdown) -> Vec<f64> {
    match by {
        Slowdown::All(share) => run.iter().map(|latency| latency * (1.0 + share)).collect(),
        Slowdown::Tail(share) => by_part(run, [1.0, 1.0 + share]),
        Slowdown::Body(share) => by_part(run, [1.0 - share, 1.0]),
    }
}

/// Other factors for the fastest nine tenths of the requests and for the slowest one.
fn by_part(run: &[f64], [body, tail]: [f64; 2]) -> Vec<f64> {
    let from = r7(&ascending(run), 0.9);
    run.iter().map(|latency| latency * if *latency > from { tail } else { body }).collect()
}

/// An unchanged suite of so many rows and runs a side, in one session.
#[must_use]
pub fn suite(rows: usize, runs: usize, random: &mut ChaCha8Rng) -> Loaded {
    let (mut all, mut pairs, mut first) = (Vec::new(), Vec::new(), Vec::new());
    for row in 0..rows {
        let between = BETWEEN.0 * (BETWEEN.1 * normal(random)).exp();
        let mut side = || -> Vec<Vec<f64>> {
            (0..runs)
                .map(|_| {
                    let level = between * normal(random);
                    latencies(level, random)
                })
                .collect()
        };
        let (mut base, fresh) = (side(), side());
        let of = |side: &[Vec<f64>]| side.iter().map(|run| summary(run)).collect();
        all.push(Sides { base: of(&base), fresh: of(&fresh) });
        pairs.push((base.pop().unwrap_or_default(), fresh.first().cloned().unwrap_or_default()));
        if row == 0 {
            first = fresh;
        }
    }
    let places: Vec<Place> =
        (0..runs as u32).map(|round| Place { session: 0, round: Some(round) }).collect();
    Loaded {
        trial: Trial { tool: Tool::K6, rows: all, base: places.clone(), fresh: places },
        pairs,
        first,
    }
}

fn latencies(level: f64, random: &mut ChaCha8Rng) -> Vec<f64> {
    let (mut slow, mut fast) = (0.0, 0.0);
    let slow_share = 0.12 * (1.0_f64 - 0.998 * 0.998).sqrt();
    let fast_share = 0.25 * (1.0_f64 - 0.8 * 0.8).sqrt();
    let mut latencies: Vec<f64> = (0..REQUESTS)
        .map(|_| {
            slow = 0.998 * slow + slow_share * normal(random);
            fast = 0.8 * fast + fast_share * normal(random);
            (20_f64.ln() + slow + fast + 0.3 * normal(random) + level).exp()
        })
        .collect();
    let pauses = Poisson::new(PAUSES.0).map_or(0.0, |pauses| pauses.sample(random)) as usize;
    let below = |most: usize, random: &mut ChaCha8Rng| {
        Uniform::new(0, most).map_or(0, |uniform| uniform.sample(random))
    };
    for _ in 0..pauses {
        let start = below(REQUESTS - 60, random);
        let length = 15 + below(45, random);
        let height: f64 = Exp1.sample(random);
        let height = PAUSES.1 * height * level.exp();
        for (place, latency) in latencies[start..start + length].iter_mut().enumerate() {
            *latency += height * (1.0 - place as f64 / length as f64);
        }
    }
    latencies
}

/// What a reader keeps of a run.
fn summary(in_order: &[f64]) -> Point {
    let sorted = ascending(in_order);
    let s = within_run::ln_quantile_error(in_order, &sorted, 0.95, REQUEST_BATCHES);
    Point { y: r7(&sorted, 0.95).ln(), s, body: Some(r7(&sorted, 0.5).ln()) }
}

fn ascending(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted
}

/// The means of so many equal batches of consecutive requests.
#[must_use]
pub fn batch_means(in_order: &[f64], batches: usize) -> Vec<f64> {
    let size = (in_order.len() / batches).max(1);
    in_order.chunks_exact(size).map(|batch| batch.iter().sum::<f64>() / size as f64).collect()
}

/// p95 of so many equal windows of consecutive requests.
#[must_use]
pub fn window_p95s(in_order: &[f64], windows: usize) -> Vec<f64> {
    let size = (in_order.len() / windows).max(1);
    in_order.chunks_exact(size).map(|window| r7(&ascending(window), 0.95)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::rand_core::SeedableRng as _;

    #[test]
    fn a_slow_tail_moves_p95_and_not_the_median() {
        let mut random = ChaCha8Rng::seed_from_u64(8);
        let run = latencies(0.0, &mut random);
        let quantile = |run: &[f64], q| r7(&ascending(run), q);
        let slow = slower(&run, Slowdown::Tail(0.1));
        assert!((quantile(&slow, 0.95) / quantile(&run, 0.95) - 1.1).abs() < 1e-9);
        assert!((quantile(&slow, 0.5) / quantile(&run, 0.5) - 1.0).abs() < 1e-12);
        assert_eq!((batch_means(&run, 100).len(), window_p95s(&run, 50).len()), (100, 50));
    }
}
