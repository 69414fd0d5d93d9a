//! Random choices from a seed: integers alone, so that every machine chooses the same.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

/// A stream of choices.
pub(super) struct Random(ChaCha8Rng);

impl Random {
    /// Stream `stream` of `seed`: as many independent ones as there are organisations.
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(stream);
        Self(generator)
    }

    /// A number below `bound`, which is above zero. (Lemire's multiplication without the rejection:
    /// at these bounds the bias is below one in a billion.)
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        let wide = u128::from(self.0.next_u64()) * u128::from(bound);
        (wide >> 64) as u64
    }

    /// A number from `from` to `to`, both included.
    pub(super) fn between(&mut self, from: i64, to: i64) -> i64 {
        let span = to.abs_diff(from) + 1;
        from + i64::try_from(self.below(span)).unwrap_or(0)
    }

    /// True so many times of a thousand.
    pub(super) fn happens(&mut self, of_thousand: u64) -> bool {
        self.below(1000) < of_thousand
    }

    /// One of them.
    pub(super) fn one_of<T: Copy>(&mut self, all: &[T]) -> Option<T> {
        let index = self.below(all.len().max(1) as u64);
        all.get(index as usize).copied()
    }

    /// One of some words; none of none is empty.
    pub(super) fn word(&mut self, words: &[&'static str]) -> &'static str {
        self.one_of(words).unwrap_or_default()
    }

    /// A random order of 0, 1, ... below `length`.
    pub(super) fn order(&mut self, length: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..length).collect();
        for last in (1..length).rev() {
            let other = self.below(last as u64 + 1) as usize;
            order.swap(last, other);
        }
        order
    }
}

/// Few that come often and many that come seldom: the one of rank r (from 1) of n is chosen in
/// proportion to 1 / (r + n / 40), after Zipf and Mandelbrot. The first comes about ten times as often
/// as the average, whatever n is.
pub(super) struct Skewed {
    order: Vec<usize>,
    sums: Vec<u64>,
}

impl Skewed {
    /// Over `length` things, whose ranks are random.
    pub(super) fn new(random: &mut Random, length: usize) -> Self {
        let mut sum = 0;
        let weights =
            (1..=length as u64).map(|rank| 1_000_000_000_000 / (rank * 40 + length as u64));
        let sums = weights.map(|weight| {
            sum += weight;
            sum
        });
        Self { sums: sums.collect(), order: random.order(length) }
    }

    /// The index of one.
    pub(super) fn choose(&self, random: &mut Random) -> usize {
        let point = random.below(self.sums.last().copied().unwrap_or(1).max(1));
        let rank = self.sums.partition_point(|sum| *sum <= point);
        self.order.get(rank).copied().unwrap_or(0)
    }
}
