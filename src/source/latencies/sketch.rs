//! Latencies beyond the limit: one fine histogram of all, coarse ones of consecutive chunks.

use hdrhistogram::serialization::{Serializer, V2Serializer};
use hdrhistogram::{Counter, Histogram};

use super::digest::Digest;
use crate::measure::{Detail, Window};
use crate::stats::within_run::{ln_quantile_slope, mean_error};

/// Nanoseconds in a millisecond.
const NS: f64 = 1e6;

/// With three digits a bucket is at most 1/1024 of its value wide, so its midpoint is within
/// 1/2048: 0.049 %.
const FINE_DIGITS: u8 = 3;

/// Two digits: 1 % or better.
const COARSE_DIGITS: u8 = 2;

/// When this many chunks are full, neighbours are merged and chunks become twice as long.
const MOST_CHUNKS: usize = 60;

/// Latencies beyond the limit, recorded in ns; sums in ms.
#[derive(Debug)]
pub(crate) struct Sketch {
    all: Histogram<u64>,
    full: Vec<Histogram<u32>>,
    filling: Histogram<u32>,
    chunk: u64,
    mean: f64,
    squares: f64,
    min: f64,
    max: f64,
}

impl Sketch {
    /// An empty sketch whose first `exact` latencies make half of the most chunks.
    pub(crate) fn new(exact: usize) -> Self {
        Self {
            all: histogram(FINE_DIGITS),
            full: Vec::new(),
            filling: histogram(COARSE_DIGITS),
            chunk: (exact / (MOST_CHUNKS / 2)).max(1) as u64,
            mean: 0.0,
            squares: 0.0,
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
        }
    }

    pub(crate) fn n(&self) -> u64 {
        self.all.len()
    }

    pub(crate) fn record(&mut self, value: f64) {
        let ns = nanoseconds(value);
        count(&mut self.all, ns);
        count(&mut self.filling, ns);
        let step = value - self.mean;
        self.mean += step / self.all.len() as f64;
        self.squares += step * (value - self.mean);
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        if self.filling.len() >= self.chunk {
            let full = std::mem::replace(&mut self.filling, histogram(COARSE_DIGITS));
            self.full.push(full);
            if self.full.len() >= MOST_CHUNKS {
                self.merge_neighbours();
            }
        }
    }

    pub(crate) fn digest(&self, quantiles: &[f64]) -> Digest {
        let ranks = Ranks::new(&self.all);
        let quantile = |q: f64| ranks.r7(q).clamp(self.min, self.max);
        let error = |q: f64| {
            let level = nanoseconds(quantile(q));
            let shares: Vec<f64> = self.full.iter().map(|h| share_above(h, level)).collect();
            let error = ln_quantile_slope(q, quantile)? * mean_error(&shares);
            (shares.len() >= 2 && error.is_finite()).then_some(error)
        };
        Digest {
            n: self.n(),
            approximate: true,
            mean: self.mean,
            std_dev: (self.n() > 1).then(|| (self.squares / (self.n() - 1) as f64).sqrt()),
            min: self.min,
            max: self.max,
            quantiles: quantiles.iter().map(|q| (quantile(*q), error(*q))).collect(),
        }
    }

    pub(crate) fn detail(&self) -> Option<Detail> {
        let mut sum = histogram::<u32>(COARSE_DIGITS);
        for part in self.full.iter().chain([&self.filling]) {
            sum.add(part).ok()?;
        }
        Some(Detail { sketch: bytes(&sum)?, windows: self.full.iter().map(window).collect() })
    }

    fn merge_neighbours(&mut self) {
        let mut merged: Vec<Histogram<u32>> = Vec::with_capacity(MOST_CHUNKS);
        for (i, chunk) in self.full.drain(..).enumerate() {
            match merged.last_mut() {
                // Both grow on demand, so adding cannot fail for want of range.
                Some(last) if i % 2 == 1 => drop(last.add(&chunk)),
                _ => merged.push(chunk),
            }
        }
        self.full = merged;
        self.chunk = self.chunk.saturating_mul(2);
    }
}

/// The bytes of a coarse histogram of these values.
pub(crate) fn of_values(values: &[f64]) -> Option<Vec<u8>> {
    let mut coarse = histogram::<u32>(COARSE_DIGITS);
    values.iter().for_each(|v| count(&mut coarse, nanoseconds(*v)));
    bytes(&coarse)
}

/// Values by rank, from the midpoints of buckets.
struct Ranks {
    /// How many values lie up to and in the bucket, and its midpoint in ms.
    upto: Vec<(u64, f64)>,
}

impl Ranks {
    fn new<C: Counter>(histogram: &Histogram<C>) -> Self {
        let mut n = 0;
        let upto = histogram.iter_recorded().map(|bucket| {
            n += bucket.count_since_last_iteration();
            (n, histogram.median_equivalent(bucket.value_iterated_to()) as f64 / NS)
        });
        Self { upto: upto.collect() }
    }

    fn at(&self, rank: u64) -> f64 {
        let bucket = self.upto.partition_point(|(n, _)| *n <= rank);
        self.upto.get(bucket).or(self.upto.last()).map_or(f64::NAN, |(_, value)| *value)
    }

    /// Type 7 of Hyndman and Fan, as for a sample.
    fn r7(&self, q: f64) -> f64 {
        let n = self.upto.last().map_or(0, |(n, _)| *n);
        let rank = q.clamp(0.0, 1.0) * n.saturating_sub(1) as f64;
        let (low, high) = (self.at(rank.floor() as u64), self.at(rank.floor() as u64 + 1));
        low + (high - low) * (rank - rank.floor())
    }
}

fn window(chunk: &Histogram<u32>) -> Window {
    let ranks = Ranks::new(chunk);
    Window {
        n: chunk.len(),
        p50: ranks.r7(0.50),
        p95: ranks.r7(0.95),
        p99: ranks.r7(0.99),
        mean: chunk.mean() / NS,
    }
}

/// The share of a chunk in buckets above the one of `level`.
fn share_above(chunk: &Histogram<u32>, level: u64) -> f64 {
    let highest = chunk.highest_equivalent(level);
    let above = chunk.iter_recorded().filter(|bucket| bucket.value_iterated_to() > highest);
    let count: u64 = above.map(|bucket| bucket.count_since_last_iteration()).sum();
    count as f64 / chunk.len() as f64
}

fn bytes(histogram: &Histogram<u32>) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    V2Serializer::new().serialize(histogram, &mut bytes).ok()?;
    Some(bytes)
}

/// Counts one value. The histogram grows as needed, so that a plausible value is never refused.
fn count<C: Counter>(histogram: &mut Histogram<C>, ns: u64) {
    let _ = histogram.record(ns);
}

/// An empty histogram that grows on demand. The range is the smallest allowed, so that only the
/// digits could be refused, and they are constants of this module.
fn histogram<C: Counter>(digits: u8) -> Histogram<C> {
    let mut histogram = Histogram::new_with_bounds(1, 2, digits)
        .or_else(|_| Histogram::new_with_bounds(1, 2, 0))
        .unwrap_or_else(|_| unreachable!("0 digits are always allowed"));
    histogram.auto(true);
    histogram
}

fn nanoseconds(ms: f64) -> u64 {
    (ms * NS).round() as u64
}

#[cfg(test)]
mod tests {
    use super::super::values::Latencies;
    use super::*;

    /// A lognormal-like sample from a fixed linear congruential sequence.
    fn sample(n: usize) -> Vec<f64> {
        let mut state = 1u64;
        let mut uniform = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888);
            (state >> 11) as f64 / (1u64 << 53) as f64
        };
        (0..n)
            .map(|_| (0..6).map(|_| uniform()).sum::<f64>() - 3.0)
            .map(|z| (z * 1.2 + 1.0).exp())
            .collect()
    }

    #[test]
    fn a_sketch_is_within_a_twentieth_of_a_percent() {
        let values = sample(50_000);
        let (mut exact, mut sketched) = (Latencies::new(usize::MAX), Latencies::new(3_000));
        for value in &values {
            exact.push(*value);
            sketched.push(*value);
        }
        let quantiles = [0.01, 0.5, 0.95, 0.99, 0.999];
        let (exact, sketched) =
            (exact.digest(&quantiles).unwrap(), sketched.digest(&quantiles).unwrap());
        assert!(sketched.approximate && !exact.approximate);
        assert_eq!(exact.n, sketched.n);
        for ((e, es), (s, ss)) in exact.quantiles.iter().zip(&sketched.quantiles) {
            assert!((s / e - 1.0).abs() <= 0.0005, "{s} for {e}");
            // The batches differ in length, so their errors agree only as two estimates do.
            let ratio = ss.unwrap() / es.unwrap();
            assert!((0.6..1.6).contains(&ratio), "{ratio}");
        }
        assert!((exact.mean / sketched.mean - 1.0).abs() < 1e-9);
        assert!((exact.std_dev.unwrap() / sketched.std_dev.unwrap() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn chunks_stay_between_thirty_and_sixty() {
        let mut sketch = Sketch::new(300);
        for (i, value) in sample(20_000).into_iter().enumerate() {
            sketch.record(value);
            assert!(sketch.full.len() < MOST_CHUNKS);
            assert!(i < 300 || sketch.full.len() >= MOST_CHUNKS / 2);
        }
        let detail = sketch.detail().unwrap();
        assert!(detail.windows.iter().all(|w| w.n == sketch.chunk));
    }
}
