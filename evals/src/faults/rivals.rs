//! Two plain rules that are in use elsewhere, each on one run a side: what they say of the same data.

use std::collections::BTreeMap;

use tailguard::measure::{Metric, Tags};
use tailguard::stats::student::student_upper_tail;

use super::latencies::{Counts, counts};
use super::round::Round;

/// A p95 that rose by more than this share.
const RISE: f64 = 0.10;

/// The two-sided level of the rank test.
pub const ALPHA: f64 = 0.01;

/// Whether any row's p95 rose by more than 10 %.
#[must_use]
pub fn any_p95_rose(base: &Round, fresh: &Round) -> bool {
    let p95 = |round: &Round| -> BTreeMap<Tags, f64> {
        let rows = round.run().rows.into_iter();
        rows.filter_map(|row| Some((row.tags, row.figures.get(&Metric::P95)?.value()))).collect()
    };
    let before = p95(base);
    p95(fresh)
        .iter()
        .any(|(tags, after)| before.get(tags).is_some_and(|before| after / before - 1.0 > RISE))
}

/// Whether the requests of any row are slower by the test of Mann and Whitney (1947) at a two-sided
/// .01: every request counts as a repetition.
#[must_use]
pub fn any_requests_slower(base: &Round, fresh: &Round) -> bool {
    let of = |round: &Round| -> BTreeMap<Tags, Counts> {
        round.sketches().filter_map(|(t, sketch)| Some((t.clone(), counts(&sketch)?))).collect()
    };
    let before = of(base);
    of(fresh).iter().any(|(tags, after)| {
        before.get(tags).is_some_and(|before| {
            let ranks = rank_test(after, before);
            ranks.p_two_sided < ALPHA && ranks.p_greater < ranks.p_less
        })
    })
}

/// The result of a rank test of `a` against `b`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RankTest {
    /// Pairs in which the value of `a` is the greater, a tie counting one half.
    pub u: f64,
    /// Small where `a` tends to be greater.
    pub p_greater: f64,
    /// Small where `a` tends to be less.
    pub p_less: f64,
    /// `min(1, 2 min(p_greater, p_less))`.
    pub p_two_sided: f64,
}

/// The rank test of counted values, ascending: the normal limit, with the variance reduced by ties and
/// half a step for continuity (Lehmann, *Nonparametrics*, 1975, section 1.4).
#[must_use]
pub fn rank_test(a: &[(u64, u64)], b: &[(u64, u64)]) -> RankTest {
    let mut pooled: BTreeMap<u64, (f64, f64)> = BTreeMap::new();
    for (value, count) in a {
        pooled.entry(*value).or_default().0 += *count as f64;
    }
    for (value, count) in b {
        pooled.entry(*value).or_default().1 += *count as f64;
    }
    let (mut u, mut below, mut of_a, mut tied) = (0.0, 0.0, 0.0, 0.0);
    for (in_a, in_b) in pooled.into_values() {
        u += in_a * (below + in_b / 2.0);
        below += in_b;
        of_a += in_a;
        let together = in_a + in_b;
        tied += together.powi(3) - together;
    }
    let (pairs, n) = (of_a * below, of_a + below);
    let deviation = (pairs / 12.0 * (n + 1.0 - tied / (n * (n - 1.0)))).sqrt();
    let tail = |excess: f64| {
        let z = (excess - 0.5) / deviation;
        if z.is_finite() { student_upper_tail(z, f64::INFINITY) } else { 1.0 }
    };
    let (p_greater, p_less) = (tail(u - pairs / 2.0), tail(pairs / 2.0 - u));
    let p_two_sided = (2.0 * p_greater.min(p_less)).min(1.0);
    RankTest { u, p_greater, p_less, p_two_sided }
}
