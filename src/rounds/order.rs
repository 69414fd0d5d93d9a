//! Which side goes first.

use super::{Side, Stage};

/// A balanced random order of two sides: of every two rounds, one begins with the base and the
/// other with the head, and chance decides which. So neither side is always the one that meets the
/// machine as the other left it, and a drift over the measurement meets both alike (permuted blocks
/// of two).
#[derive(Debug)]
pub struct Order {
    seed: u64,
}

impl Order {
    /// The order that belongs to a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// The sides of a round, counted from 0, of one stage of the suite with this number. It depends on nothing
    /// else, so that a resumed measurement goes on as it began.
    #[must_use]
    pub fn of(&self, suite: usize, stage: Stage, round: u32) -> [Side; 2] {
        let block = u64::from(round / 2);
        let place = (suite as u64).rotate_left(40) ^ block.rotate_left(20) ^ stage as u64;
        let stream = self.seed ^ place.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let base_first = fastrand::Rng::with_seed(stream).bool() == round.is_multiple_of(2);
        if base_first { [Side::Base, Side::Head] } else { [Side::Head, Side::Base] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_two_rounds_are_balanced_and_chance_decides_which_is_first() {
        let mut base_first = 0;
        for seed in 0..200 {
            let order = Order::new(seed);
            for suite in 0..3 {
                for block in 0..4 {
                    let of = |round| order.of(suite, Stage::Screen, round);
                    let (one, two) = (of(2 * block), of(2 * block + 1));
                    assert_ne!(one, two, "seed {seed}, suite {suite}, block {block}");
                    assert_eq!(one, of(2 * block));
                    base_first += u32::from(one[0] == Side::Base);
                }
            }
        }
        // 2400 tosses: five standard deviations are 122.
        assert!((1078..=1322).contains(&base_first), "{base_first}");
    }
}
