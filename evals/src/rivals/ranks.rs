//! The rank test of Mann and Whitney (1947), and benchstat, which decides with it.

use crate::rivals::stats::{median, normal_two_sided};

/// Values a side up to which p is exact, as in `MannWhitneyExactLimit` of Go's `moremath`; with ties
/// that stops at 25, because it counts otherwise.
const EXACT_UP_TO: usize = 50;

/// The level of benchstat's `~`.
const BENCHSTAT: f64 = 0.05;

/// benchstat (golang/perf): `cmd/benchstat` with `benchmath/anone.go`, default level. Whether the
/// medians rose and the rank test tells the sides apart.
#[must_use]
pub fn benchstat(base: &[f64], fresh: &[f64]) -> bool {
    p_two_sided(base, fresh) < BENCHSTAT && median(fresh) > median(base)
}

/// Whether the fresh values tend to be greater, at a two-sided `alpha`. Runs, or all requests of one run
/// a side as if each were a repetition.
#[must_use]
pub fn mann_whitney(base: &[f64], fresh: &[f64], alpha: f64) -> bool {
    let ranks = doubled_midranks(base, fresh);
    // A sum of doubled ranks without a tendency is m (n + m + 1).
    let tends = ranks.is_some_and(|(_, sum)| sum > fresh.len() * (base.len() + fresh.len() + 1));
    tends && p_two_sided(base, fresh) < alpha
}

/// The two-sided p: exact for up to 50 values a side, else the normal limit. 1 where a side is empty or
/// has no number.
#[must_use]
pub fn p_two_sided(base: &[f64], fresh: &[f64]) -> f64 {
    if base.len().max(fresh.len()) <= EXACT_UP_TO {
        p_exact(base, fresh)
    } else {
        p_normal(base, fresh)
    }
}

/// `min(1, 2 min(P(U <= u), P(U >= u)))` over all ways to deal the pooled values to the sides, so ties
/// are exact. Counts grow with the cube of the number of values.
fn p_exact(base: &[f64], fresh: &[f64]) -> f64 {
    let Some((ranks, observed)) = doubled_midranks(base, fresh) else { return 1.0 };
    let most: usize = ranks.iter().sum();
    // How many hands of so many values have a given sum of doubled ranks.
    let mut ways = vec![vec![0.0; most + 1]; fresh.len() + 1];
    ways[0][0] = 1.0;
    for rank in &ranks {
        for hand in (1..ways.len()).rev() {
            let (fewer, more) = ways.split_at_mut(hand);
            for (to, from) in more[0][*rank..].iter_mut().zip(&fewer[hand - 1]) {
                *to += *from;
            }
        }
    }
    let hands = &ways[fresh.len()];
    let total: f64 = hands.iter().sum();
    let (below, above): (f64, f64) =
        (hands[..=observed].iter().sum(), hands[observed..].iter().sum());
    (2.0 * below.min(above) / total).min(1.0)
}

/// The normal limit, with the variance reduced by ties and half a step for continuity (Lehmann,
/// *Nonparametrics*, 1975, section 1.4).
fn p_normal(base: &[f64], fresh: &[f64]) -> f64 {
    let Some((ranks, observed)) = doubled_midranks(base, fresh) else { return 1.0 };
    let (n, m) = (base.len() as f64, fresh.len() as f64);
    let all = n + m;
    let excess = (observed as f64 - m * (all + 1.0)) / 2.0;
    // Equal values have equal doubled midranks and no others do.
    let tied: f64 = ranks
        .chunk_by(|a, b| a == b)
        .map(|group| (group.len() as f64).powi(3) - group.len() as f64)
        .sum();
    let variance = n * m / 12.0 * (all + 1.0 - tied / (all * (all - 1.0)));
    if variance <= 0.0 {
        return 1.0;
    }
    normal_two_sided((excess.abs() - 0.5).max(0.0) / variance.sqrt())
}

/// Twice the midrank of every pooled value, ascending, which is an integer with ties too; and the sum
/// over the fresh ones. None where a side is empty or a value is not a number.
fn doubled_midranks(base: &[f64], fresh: &[f64]) -> Option<(Vec<usize>, usize)> {
    let mut pooled: Vec<(f64, usize)> =
        base.iter().map(|v| (*v, 0)).chain(fresh.iter().map(|v| (*v, 1))).collect();
    if base.is_empty() || fresh.is_empty() || pooled.iter().any(|(value, _)| value.is_nan()) {
        return None;
    }
    pooled.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let (mut ranks, mut sum) = (Vec::with_capacity(pooled.len()), 0);
    for tied in pooled.chunk_by(|a, b| a.0 >= b.0) {
        let twice = 2 * ranks.len() + tied.len() + 1;
        sum += twice * tied.iter().map(|(_, tag)| tag).sum::<usize>();
        ranks.extend(tied.iter().map(|_| twice));
    }
    Some((ranks, sum))
}

#[cfg(test)]
mod tests;
