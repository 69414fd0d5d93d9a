//! The run-level model of simulated suites: ln p95 of a run is normal around its row's level.

use std::collections::BTreeMap;

use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use tailguard::measure::{Evidence, Figure, Metric, Row, Tags, Unit};

/// Standard deviation of ln p95 between the runs of a typical row in one session.
pub const TAU: f64 = 0.028;

/// A row with nothing but the logarithm of a p95.
pub fn one_row(index: usize, y: f64) -> Row {
    let id = index.to_string();
    let tags: Tags = [("row".to_owned(), id.clone())].into();
    let mut row = Row::empty(id, tags, Unit::Ms, Evidence::Requests);
    row.figures = BTreeMap::from([(Metric::P95, Figure::Log { y, s: None })]);
    row
}

/// A standard normal number.
pub fn normal(random: &mut ChaCha8Rng) -> f64 {
    StandardNormal.sample(random)
}

/// Three standard errors of a simulated rate: what a correct procedure at that rate exceeds about
/// once in a thousand seeds.
pub fn error(rate: f64, suites: u64) -> f64 {
    3.0 * (rate * (1.0 - rate) / suites as f64).sqrt()
}
