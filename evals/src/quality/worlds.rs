//! The data sets: simulated suites, and recorded ones that are drawn from again and again.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;
use sha2::{Digest as _, Sha256};

use super::recorded::{Benchmarked, Recordings};
use super::requests::{self, Loaded};
use super::simulated::{self, Layout, Noise, TAU};
use super::trial::Trial;

/// A data set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct World {
    /// Its name in tables; its seed follows from it.
    pub name: &'static str,
    /// What it is like.
    pub about: &'static str,
    /// Where its suites come from.
    pub kind: Kind,
    /// Suites of the quick profile; none where it is too slow for that.
    pub quick: u64,
    /// Suites of the full profile.
    pub full: u64,
    /// Whether variants of the gate are tried on it too. What chose a default is told apart by this from
    /// what only reports on it.
    pub variants: bool,
}

/// Where suites come from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// Simulated run by run.
    Simulated {
        /// Rows.
        rows: usize,
        /// Runs and sessions.
        layout: Layout,
        /// The noise.
        noise: Noise,
    },
    /// Simulated request by request, in one session.
    Requests {
        /// Rows.
        rows: usize,
        /// Runs a side.
        runs: usize,
    },
    /// Rounds of the unchanged clinic, recorded with k6: so many are drawn without replacement, and in
    /// each of them it is by chance which of its two runs is called the fresh one.
    Recorded {
        /// Rounds.
        rounds: usize,
    },
    /// The same of criterion benchmarks of real crates.
    Benchmarks {
        /// Rounds.
        rounds: usize,
    },
}

/// One suite of a world.
#[derive(Debug, Clone, PartialEq)]
pub enum Suite {
    /// Runs alone are known.
    Runs(Trial),
    /// Requests are known too.
    Requests(Loaded),
    /// Samples within runs are known too.
    Benchmarks(Benchmarked),
}

const fn one_session(rows: usize, runs: usize, noise: Noise) -> Kind {
    Kind::Simulated { rows, layout: Layout::OneSession { runs }, noise }
}

const fn sessions(rows: usize, stored: usize, runs: usize) -> Kind {
    let noise = Noise { session: 0.02, ..Noise::PLAIN };
    Kind::Simulated { rows, layout: Layout::Sessions { stored, runs }, noise }
}

const fn world(
    name: &'static str,
    about: &'static str,
    kind: Kind,
    [quick, full]: [u64; 2],
) -> World {
    World { name, about, kind, quick, full, variants: false }
}

/// All data sets, in the order of the page. Every one in a session of its own has both sides measured in
/// turns.
pub const WORLDS: [World; 24] = [
    World {
        variants: true,
        ..world(
            "12 rows, 5 v 5",
            "independent normal runs",
            one_session(12, 5, Noise::PLAIN),
            [1000, 4000],
        )
    },
    World {
        variants: true,
        ..world(
            "50 rows, 5 v 5",
            "independent normal runs",
            one_session(50, 5, Noise::PLAIN),
            [500, 4000],
        )
    },
    world(
        "50 rows, 8 v 8",
        "independent normal runs",
        one_session(50, 8, Noise::PLAIN),
        [500, 4000],
    ),
    world(
        "50 rows, 12 v 12",
        "independent normal runs",
        one_session(50, 12, Noise::PLAIN),
        [0, 4000],
    ),
    World {
        variants: true,
        ..world(
            "50 rows, 8 v 8, mood",
            "each round moves all rows of both sides by 5 % (standard deviation)",
            one_session(50, 8, Noise { mood: 0.05, ..Noise::PLAIN }),
            [0, 2000],
        )
    },
    world(
        "50 rows, 8 v 8, mood of 10 %",
        "each round moves all rows of both sides by 10 % (standard deviation)",
        one_session(50, 8, Noise { mood: 0.1, ..Noise::PLAIN }),
        [0, 4000],
    ),
    World {
        variants: true,
        ..world(
            "50 rows, 8 v 8, wild runs",
            "6 % of the runs are slower by 8 to 30 %",
            one_session(50, 8, Noise { wild: 0.06, ..Noise::PLAIN }),
            [300, 2000],
        )
    },
    world(
        "50 rows, 8 v 8, two humps",
        "every second row is 8 % slower in three of ten runs",
        one_session(50, 8, Noise { humps: 0.3, ..Noise::PLAIN }),
        [0, 2000],
    ),
    World {
        variants: true,
        ..world(
            "50 rows, 8 v 8, drift",
            "all rows move by 10 % from the first round to the last",
            one_session(50, 8, Noise { drift: 0.1, ..Noise::PLAIN }),
            [0, 2000],
        )
    },
    world(
        "50 rows, 8 v 8, correlation .5",
        "consecutive runs of a row are correlated by .5",
        one_session(50, 8, Noise { correlation: 0.5, ..Noise::PLAIN }),
        [0, 2000],
    ),
    world(
        "50 rows, 8 v 8, correlation .9",
        "consecutive runs of a row are correlated by .9",
        one_session(50, 8, Noise { correlation: 0.9, ..Noise::PLAIN }),
        [0, 2000],
    ),
    world(
        "50 rows, 8 v 8, twice the noise",
        "independent normal runs that scatter twice as much",
        one_session(50, 8, Noise { tau: 2.0 * TAU, ..Noise::PLAIN }),
        [0, 2000],
    ),
    world(
        "50 rows, 8 v 8, coarse clock",
        "values come in steps of 5 %",
        one_session(50, 8, Noise { step: 0.05, ..Noise::PLAIN }),
        [0, 2000],
    ),
    world(
        "12 rows, 12 v 12",
        "independent normal runs",
        one_session(12, 12, Noise::PLAIN),
        [0, 2000],
    ),
    world(
        "500 rows, 8 v 8",
        "independent normal runs",
        one_session(500, 8, Noise::PLAIN),
        [0, 300],
    ),
    world(
        "50 rows, 10 sessions v 1",
        "5 runs a session; a session moves each row by 2 %",
        sessions(50, 10, 5),
        [300, 2000],
    ),
    world(
        "50 rows, 10 sessions v 1, shared",
        "5 runs a session; a session moves all rows alike by 2 %",
        Kind::Simulated {
            rows: 50,
            layout: Layout::Sessions { stored: 10, runs: 5 },
            noise: Noise { session: 0.02, shared: true, ..Noise::PLAIN },
        },
        [0, 2000],
    ),
    world(
        "12 rows, 30 sessions v 1",
        "1 run a session; a session moves each row by 2 %",
        sessions(12, 30, 1),
        [300, 2000],
    ),
    world(
        "50 rows, 1 session v 1",
        "5 runs a session; a session moves each row by 2 %",
        sessions(50, 1, 5),
        [0, 2000],
    ),
    world(
        "12 rows of requests, 5 v 5",
        "20,000 autocorrelated requests a run, with pauses",
        Kind::Requests { rows: 12, runs: 5 },
        [40, 1000],
    ),
    world(
        "clinic, 5 v 5",
        "the unchanged clinic, recorded with k6; changes are put in",
        Kind::Recorded { rounds: 5 },
        [500, 2000],
    ),
    World {
        variants: true,
        ..world(
            "clinic, 16 v 16",
            "the unchanged clinic, recorded with k6; changes are put in",
            Kind::Recorded { rounds: 16 },
            [0, 2000],
        )
    },
    world(
        "crates, 5 v 5",
        "criterion benchmarks of seven crates, recorded unchanged; changes are put in",
        Kind::Benchmarks { rounds: 5 },
        [300, 2000],
    ),
    World {
        variants: true,
        ..world(
            "crates, 8 v 8",
            "criterion benchmarks of seven crates, recorded unchanged; changes are put in",
            Kind::Benchmarks { rounds: 8 },
            [0, 2000],
        )
    },
];

impl World {
    /// Suite number so and so; `recorded` is what recorded rounds are drawn from. The number alone
    /// decides what is drawn, so that suites can be made in any order.
    #[must_use]
    pub fn suite(&self, seed: u64, number: u64, recorded: &Recordings) -> Suite {
        let mut random = self.random(seed, number);
        match self.kind {
            Kind::Simulated { rows, layout, noise } => {
                Suite::Runs(simulated::suite(rows, layout, noise, &mut random))
            }
            Kind::Requests { rows, runs } => {
                Suite::Requests(requests::suite(rows, runs, &mut random))
            }
            Kind::Recorded { rounds } => {
                Suite::Runs(recorded.clinic.suite(rounds, self.name, seed, number))
            }
            Kind::Benchmarks { rounds } => {
                Suite::Benchmarks(recorded.benchmarks.suite(rounds, self.name, seed, number))
            }
        }
    }

    fn random(&self, seed: u64, number: u64) -> ChaCha8Rng {
        let mut hash = Sha256::new();
        hash.update(seed.to_le_bytes());
        hash.update(self.name.as_bytes());
        let mut random = ChaCha8Rng::from_seed(hash.finalize().into());
        random.set_stream(number);
        random
    }
}
