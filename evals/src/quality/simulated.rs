//! Suites that are simulated run by run: ln p95 of a run is normal around the level of its row.

use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution as _, StandardNormal, Uniform};
use tailguard::measure::Tool;

use super::trial::{Place, Point, Sides, Trial};

/// Standard deviation of ln p95 between the runs of a typical row in one session.
pub const TAU: f64 = 0.028;

/// How rows differ in noise: the deviation of a row is that of a typical one times `exp(SPREAD N)`.
const SPREAD: f64 = 0.35;

/// ln of 20 ms, the level of all rows.
const LEVEL: f64 = 2.995_732_273_553_991;

/// How far a wild run lies above the others.
const WILD: (f64, f64) = (0.08, 0.30);

/// How far apart the humps of a bimodal row lie.
const HUMP: f64 = 0.08;

/// What a simulated suite consists of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Layout {
    /// So many runs a side in one session, in turns.
    OneSession {
        /// Runs a side.
        runs: usize,
    },
    /// So many stored sessions against a fresh one.
    Sessions {
        /// Stored sessions.
        stored: usize,
        /// Runs a session.
        runs: usize,
    },
}

/// What the noise of a simulated suite is like. All deviations are of ln p95.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Noise {
    /// Between the runs of a typical row.
    pub tau: f64,
    /// What a session does to each row.
    pub session: f64,
    /// What a round does to all rows of both sides.
    pub mood: f64,
    /// The share of runs that are wild.
    pub wild: f64,
    /// The share of runs in the upper hump; every second row has two.
    pub humps: f64,
    /// How far all rows move from the first run of a session to its last.
    pub drift: f64,
    /// Correlation of the noise of consecutive runs of a row.
    pub correlation: f64,
    /// Whether a session does the same to all rows.
    pub shared: bool,
    /// The steps in which values come, as of a coarse clock.
    pub step: f64,
}

impl Noise {
    /// Nothing but independent normal runs.
    pub const PLAIN: Self = Self {
        tau: TAU,
        session: 0.0,
        mood: 0.0,
        wild: 0.0,
        humps: 0.0,
        drift: 0.0,
        correlation: 0.0,
        shared: false,
        step: 0.0,
    };
}

/// A standard normal number.
pub fn normal(random: &mut ChaCha8Rng) -> f64 {
    StandardNormal.sample(random)
}

/// An unchanged suite.
#[must_use]
pub fn suite(rows: usize, layout: Layout, noise: Noise, random: &mut ChaCha8Rng) -> Trial {
    let taus: Vec<f64> = (0..rows).map(|_| noise.tau * (SPREAD * normal(random)).exp()).collect();
    match layout {
        Layout::OneSession { runs } => in_turns(runs, &taus, noise, random),
        Layout::Sessions { stored, runs } => across(stored, runs, &taus, noise, random),
    }
}

/// Both sides in turns: which of them is first in a round alternates.
fn in_turns(runs: usize, taus: &[f64], noise: Noise, random: &mut ChaCha8Rng) -> Trial {
    let moods: Vec<f64> = (0..runs).map(|_| noise.mood * normal(random)).collect();
    let row = |(index, tau): (usize, &f64)| {
        let mut sides = Sides::default();
        let levels = session_of_row(2 * runs, index, *tau, noise, random);
        for (round, (pair, mood)) in levels.chunks(2).zip(&moods).enumerate() {
            let first_is_base = round % 2 == 0;
            let (base, fresh) = if first_is_base { (pair[0], pair[1]) } else { (pair[1], pair[0]) };
            sides.base.push(point(in_steps(base + mood, noise.step)));
            sides.fresh.push(point(in_steps(fresh + mood, noise.step)));
        }
        sides
    };
    let rows = taus.iter().enumerate().map(row).collect();
    let places: Vec<Place> =
        (0..runs as u32).map(|round| Place { session: 0, round: Some(round) }).collect();
    Trial { tool: Tool::K6, rows, base: places.clone(), fresh: places }
}

fn across(
    stored: usize,
    runs: usize,
    taus: &[f64],
    noise: Noise,
    random: &mut ChaCha8Rng,
) -> Trial {
    let common: Vec<f64> = match noise.shared {
        true => (0..=stored).map(|_| noise.session * normal(random)).collect(),
        false => Vec::new(),
    };
    let row = |(index, tau): (usize, &f64)| {
        let mut session = |place: usize| -> Vec<Point> {
            let effect =
                common.get(place).copied().unwrap_or_else(|| noise.session * normal(random));
            let levels = session_of_row(runs, index, *tau, noise, random);
            levels.into_iter().map(|level| point(level + effect)).collect()
        };
        let base = (0..stored).flat_map(&mut session).collect();
        Sides { base, fresh: session(stored) }
    };
    let rows = taus.iter().enumerate().map(row).collect();
    let places = |session| (0..runs).map(move |_| Place { session, round: None });
    Trial {
        tool: Tool::K6,
        rows,
        base: (0..stored).flat_map(places).collect(),
        fresh: places(stored).collect(),
    }
}

/// The runs of a row in one session, in the order of time.
fn session_of_row(
    runs: usize,
    row: usize,
    tau: f64,
    noise: Noise,
    random: &mut ChaCha8Rng,
) -> Vec<f64> {
    let fresh_share = (1.0 - noise.correlation * noise.correlation).sqrt();
    let mut state = normal(random);
    let last = runs.saturating_sub(1).max(1) as f64;
    let mut levels = Vec::with_capacity(runs);
    for run in 0..runs {
        if run > 0 {
            state = noise.correlation * state + fresh_share * normal(random);
        }
        let mut level = LEVEL + tau * state + noise.drift * run as f64 / last;
        if noise.wild > 0.0 && unit(random) < noise.wild {
            level += WILD.0 + (WILD.1 - WILD.0) * unit(random);
        }
        if noise.humps > 0.0 && row.is_multiple_of(2) && unit(random) < noise.humps {
            level += HUMP;
        }
        levels.push(level);
    }
    levels
}

/// The nearest of the values that a clock of such steps can tell.
fn in_steps(level: f64, step: f64) -> f64 {
    if step > 0.0 { (level / step).round() * step } else { level }
}

fn unit(random: &mut ChaCha8Rng) -> f64 {
    Uniform::new(0.0, 1.0).map_or(0.5, |unit| unit.sample(random))
}

fn point(y: f64) -> Point {
    Point { y, s: None, body: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::rand_core::SeedableRng as _;

    fn deviation(values: &[f64]) -> f64 {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
        (squares / (values.len() as f64 - 1.0)).sqrt()
    }

    #[test]
    fn runs_scatter_as_they_are_told_to_and_rounds_share_their_mood() {
        let mut random = ChaCha8Rng::seed_from_u64(3);
        let layout = Layout::OneSession { runs: 4000 };
        let plain = suite(1, layout, Noise::PLAIN, &mut random);
        let base: Vec<f64> = plain.rows[0].base.iter().map(|p| p.y).collect();
        let tau = deviation(&base);
        assert!((0.5 * TAU..2.0 * TAU).contains(&tau), "{tau}");
        let moody = suite(1, layout, Noise { mood: 0.2, ..Noise::PLAIN }, &mut random);
        let sides = &moody.rows[0];
        let differences: Vec<f64> =
            sides.base.iter().zip(&sides.fresh).map(|(b, f)| f.y - b.y).collect();
        let base: Vec<f64> = sides.base.iter().map(|p| p.y).collect();
        assert!(deviation(&base) > 0.15 && deviation(&differences) < 0.12);
    }

    #[test]
    fn consecutive_runs_are_as_correlated_as_told() {
        let mut random = ChaCha8Rng::seed_from_u64(4);
        let levels =
            session_of_row(20_000, 1, 1.0, Noise { correlation: 0.6, ..Noise::PLAIN }, &mut random);
        let mean = levels.iter().sum::<f64>() / levels.len() as f64;
        let variance: f64 = levels.iter().map(|l| (l - mean).powi(2)).sum();
        let lagged: f64 = levels.windows(2).map(|w| (w[0] - mean) * (w[1] - mean)).sum();
        assert!((lagged / variance - 0.6).abs() < 0.03);
    }
}
