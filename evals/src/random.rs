//! Seeded choices. Each is made from its own stream, so that one more arm or verdict changes no other.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use sha2::{Digest as _, Sha256};

/// `take` of the numbers below `of` in random order, none twice; all of them where there are no more.
/// `stream` and `number` say what for.
#[must_use]
pub fn without_replacement(
    seed: u64,
    stream: &str,
    number: u64,
    of: usize,
    take: usize,
) -> Vec<usize> {
    let mut hash = Sha256::new();
    hash.update(seed.to_le_bytes());
    hash.update(number.to_le_bytes());
    hash.update(stream.as_bytes());
    let mut random = ChaCha8Rng::from_seed(hash.finalize().into());
    let mut numbers: Vec<usize> = (0..of).collect();
    // The shuffle of Fisher and Yates, as far as it is needed.
    for place in 0..take.min(of) {
        let other = place + below(&mut random, (of - place) as u64) as usize;
        numbers.swap(place, other);
    }
    numbers.truncate(take);
    numbers
}

/// A number below `limit`, each as likely: the numbers at the end that would favour some are left
/// out.
fn below(random: &mut ChaCha8Rng, limit: u64) -> u64 {
    let usable = u64::MAX - u64::MAX % limit;
    loop {
        let number = random.next_u64();
        if number < usable {
            return number % limit;
        }
    }
}
