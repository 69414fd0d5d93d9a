//! What runs of one service differ by: the unchanged service against itself, one run a side.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use tailguard::measure::{Figure, Metric, Tags};

use super::arms::{Arm, BASE};
use super::change::{mean, squares};
use super::latencies::{Counts, counts};
use super::packed::Recorded;
use super::rivals::{ALPHA, rank_test};
use super::round::Round;
use crate::page::plain;

/// A p95 that differs by more than this share, in either direction.
const APART: f64 = 0.10;

/// Pairs of runs of one service, one of either arm.
#[derive(Debug, Clone, PartialEq)]
pub struct Noise {
    /// The row, for display.
    pub row: String,
    /// Requests of a run, on average.
    pub requests: f64,
    /// Geometric mean of the p95 of all runs, in ms.
    pub p95: f64,
    /// Standard deviation of ln p50 and of ln p95 between all runs.
    pub spread: (f64, f64),
    /// Pairs of runs.
    pub pairs: usize,
    /// Pairs of one round that are more than 10 % apart.
    pub near_apart: usize,
    /// Pairs of different rounds, half a recording from each other, that are more than 10 % apart.
    pub far_apart: usize,
    /// Pairs of one round of which a rank test calls the requests of one slower.
    pub ranked: usize,
}

/// The rows of the two unchanged arms; none where only one was recorded.
#[must_use]
pub fn noise(recorded: &Recorded, arms: &[Arm]) -> Vec<Noise> {
    let unchanged = arms.iter().find(|arm| arm.is_control() && arm.name != BASE);
    let (Some(unchanged), base) = (unchanged, recorded.arm(BASE)) else { return Vec::new() };
    let base: Vec<&Round> = base.into_values().collect();
    let again: Vec<&Round> = recorded.arm(&unchanged.name).into_values().collect();
    if again.len() != base.len() || base.len() < 2 {
        return Vec::new();
    }
    let (base, again) = (by_row(&base), by_row(&again));
    base.iter().filter_map(|(tags, one)| of_row(one, again.get(tags)?)).collect()
}

/// The runs of one row, in the order of rounds.
#[derive(Default)]
struct Runs {
    row: String,
    requests: Vec<f64>,
    p50: Vec<f64>,
    p95: Vec<f64>,
    counts: Vec<Counts>,
}

fn by_row(rounds: &[&Round]) -> BTreeMap<Tags, Runs> {
    let mut rows: BTreeMap<Tags, Runs> = BTreeMap::new();
    for round in rounds {
        let sketches: BTreeMap<Tags, Vec<u8>> =
            round.sketches().map(|(tags, sketch)| (tags.clone(), sketch)).collect();
        for row in round.run().rows {
            let log = |metric| match row.figures.get(&metric) {
                Some(Figure::Log { y, .. }) => Some(*y),
                _ => None,
            };
            let sketch = sketches.get(&row.tags).and_then(|sketch| counts(sketch));
            let (Some(p50), Some(p95), Some(sketch)) = (log(Metric::P50), log(Metric::P95), sketch)
            else {
                continue;
            };
            let runs = rows.entry(row.tags).or_default();
            runs.row = row.id;
            runs.requests.push(row.n as f64);
            runs.p50.push(p50);
            runs.p95.push(p95);
            runs.counts.push(sketch);
        }
    }
    rows
}

/// `None` where a run lacks the row.
fn of_row(one: &Runs, other: &Runs) -> Option<Noise> {
    let pairs = one.p95.len();
    if pairs != other.p95.len() || pairs < 2 {
        return None;
    }
    let apart = |distance: usize| {
        let after = other.p95.iter().cycle().skip(distance);
        let differ = |(a, b): (&f64, &f64)| (b - a).exp_m1().abs() > APART;
        one.p95.iter().zip(after).filter(|pair| differ(*pair)).count()
    };
    let differ = |(a, b): &(&Counts, &Counts)| rank_test(a, b).p_two_sided < ALPHA;
    let ranked = one.counts.iter().zip(&other.counts).filter(differ);
    let all = |of: fn(&Runs) -> &Vec<f64>| [of(one).as_slice(), of(other)].concat();
    let p95 = all(|runs| &runs.p95);
    Some(Noise {
        row: one.row.clone(),
        requests: mean(&all(|runs| &runs.requests)),
        p95: mean(&p95).exp(),
        spread: (deviation(&all(|runs| &runs.p50)), deviation(&p95)),
        pairs,
        near_apart: apart(0),
        far_apart: apart(pairs / 2),
        ranked: ranked.count(),
    })
}

fn deviation(values: &[f64]) -> f64 {
    (squares(values) / (values.len() as f64 - 1.0)).sqrt()
}

/// The table of the documentation.
#[must_use]
pub fn markdown(rows: &[Noise]) -> String {
    let Some(first) = rows.first() else { return "Nothing is recorded yet.\n".to_owned() };
    let mut text = String::from(
        "| row | requests a run | p95 | spread of p50 | spread of p95 | p95 apart by over 10 %, same \
         round | other round | ranks differ |\n\
         | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n",
    );
    for row in rows {
        let _ = writeln!(
            text,
            "| {} | {:.0} | {:.1} ms | {:.1} % | {:.1} % | {} | {} | {} |",
            plain(&row.row),
            row.requests,
            row.p95,
            100.0 * row.spread.0,
            100.0 * row.spread.1,
            row.near_apart,
            row.far_apart,
            row.ranked,
        );
    }
    let sum = |of: fn(&Noise) -> usize| rows.iter().map(of).sum::<usize>();
    let all = first.pairs * rows.len();
    let percent = |count: usize| 100.0 * count as f64 / all as f64;
    let (near, far, ranked) = (sum(|r| r.near_apart), sum(|r| r.far_apart), sum(|r| r.ranked));
    let _ = writeln!(
        text,
        "\nOf {all} pairs of runs of the same service, a p95 is more than 10 % apart in {near} \
         ({:.0} %) where both ran in one round, in {far} ({:.0} %) where they ran half the recording \
         apart; a rank test on requests (two-sided p < .01) tells one from the other in {ranked} \
         ({:.0} %).",
        percent(near),
        percent(far),
        percent(ranked),
    );
    text
}
