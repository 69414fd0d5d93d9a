//! How far from a labelled slowdown the rules place it that look at a whole series, afterwards.

use serde::{Deserialize, Serialize};

use super::histories::Series;
use crate::rivals::stats::mean;
use crate::rivals::{mozilla, otava};

/// A slowdown that is told farther from the labelled one than this is another, in builds.
const NEAR: usize = 20;

/// Distances up to which labelled slowdowns are counted, in builds.
pub const WITHIN: [usize; 4] = [0, 1, 3, 10];

/// What one rule said of one collection of labelled series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Located {
    /// The collection.
    pub data: String,
    /// The rule.
    pub rule: String,
    /// Slowdowns that are labelled.
    pub labelled: u64,
    /// Slowdowns that are told.
    pub told: u64,
    /// Labelled slowdowns with one that is told within so many builds of it: see [`WITHIN`].
    pub within: [u64; 4],
    /// Builds between each labelled slowdown and the nearest that is told, of those within 20; ascending.
    pub errors: Vec<u64>,
}

type Rises = fn(&[Vec<f64>]) -> Vec<usize>;

const RULES: [(&str, Rises); 2] = [
    ("Otava", |builds| {
        let means: Vec<f64> = builds.iter().map(|values| mean(values)).collect();
        otava::rises(&means)
    }),
    ("Mozilla t", |builds| {
        mozilla::detect(builds).into_iter().filter(|(_, rises)| *rises).map(|(at, _)| at).collect()
    }),
];

/// Every such rule on all series of a collection.
#[must_use]
pub fn located(data: &str, series: &[Series]) -> Vec<Located> {
    let of_rule = |(name, rises): &(&str, Rises)| {
        let (mut labelled, mut told, mut errors) = (0, 0, Vec::new());
        for Series { builds, slowdowns } in series {
            let found = rises(builds);
            labelled += slowdowns.len() as u64;
            told += found.len() as u64;
            let nearest = |at: &usize| found.iter().map(|told| told.abs_diff(*at)).min();
            let near = slowdowns.iter().filter_map(nearest).filter(|error| *error <= NEAR);
            errors.extend(near.map(|error| error as u64));
        }
        errors.sort_unstable();
        let within =
            WITHIN.map(|most| errors.iter().filter(|error| **error <= most as u64).count() as u64);
        let (data, rule) = (data.to_owned(), (*name).to_owned());
        Located { data, rule, labelled, told, within, errors }
    };
    RULES.iter().map(of_rule).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slowdown_is_placed_where_it_is_and_a_wrong_label_shows_as_an_error() {
        let value = |at: usize| {
            let level = if at >= 60 { 120.0 } else { 100.0 };
            vec![level + (at * 7 % 5) as f64 * 0.3]
        };
        let series =
            |slowdown| Series { builds: (0..120).map(value).collect(), slowdowns: vec![slowdown] };
        for all in located("data", &[series(60), series(62), series(100)]) {
            assert_eq!((all.labelled, all.told), (3, 3), "{all:?}");
            assert_eq!((all.within, &all.errors[..]), ([1, 1, 2, 2], &[0, 2][..]), "{all:?}");
        }
    }
}
