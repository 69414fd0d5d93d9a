//! The rank test of Mann and Whitney, "On a Test of Whether One of Two Random Variables Is
//! Stochastically Larger than the Other" (1947).

use super::student::student_upper_tail;

/// Up to this many steps the exact distribution is counted: 50 values a side, or 3 against 2000.
const MOST_STEPS: usize = 1 << 25;

/// The result of a rank test of `a` against `b`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MannWhitney {
    /// Pairs in which the value of `a` is the greater, a tie counting one half.
    pub u: f64,
    /// `P(U >= u)`: small where `a` tends to be greater.
    pub p_greater: f64,
    /// `P(U <= u)`: small where `a` tends to be less.
    pub p_less: f64,
    /// `min(1, 2 min(p_greater, p_less))`.
    pub p_two_sided: f64,
}

/// Tests whether the values of `a` tend to be greater or less than those of `b`. The p-values are
/// exact, conditional on the ties, where counting is affordable (see `MOST_STEPS`), else normal with
/// corrections for ties and continuity. `None` without values on either side, or with a NaN.
#[must_use]
pub fn mann_whitney(a: &[f64], b: &[f64]) -> Option<MannWhitney> {
    if a.is_empty() || b.is_empty() || a.iter().chain(b).any(|x| x.is_nan()) {
        return None;
    }
    let pooled = Ranks::of(a, b);
    // Twice the least possible sum of ranks, which is that of `a` when it lies wholly below `b`.
    let least = a.len() * (a.len() + 1);
    let doubled_u = pooled.doubled_sum - least;
    let (p_greater, p_less) = match pooled.steps() {
        Some(steps) if steps <= MOST_STEPS => pooled.exact(),
        _ => pooled.normal(doubled_u as f64 / 2.0),
    };
    let p_two_sided = (2.0 * p_greater.min(p_less)).min(1.0);
    Some(MannWhitney { u: doubled_u as f64 / 2.0, p_greater, p_less, p_two_sided })
}

/// The smallest two-sided p-value that the rank test can reach without ties:
/// `2 / C(n1 + n2, n1)`. Where it is not below alpha, no data whatever can be significant.
#[must_use]
pub fn least_p(n1: usize, n2: usize) -> f64 {
    let (few, many) = (n1.min(n2), n1.max(n2) as f64);
    let mut p = 2.0;
    for i in 1..=few {
        p *= i as f64 / (many + i as f64);
        if p < f64::MIN_POSITIVE {
            return 0.0;
        }
    }
    p.min(1.0)
}

/// Ranks of both samples together, doubled so that the mean ranks of ties are whole numbers.
struct Ranks {
    doubled: Vec<usize>,
    doubled_sum: usize,
    ties: Vec<usize>,
    first: usize,
}

impl Ranks {
    fn of(a: &[f64], b: &[f64]) -> Self {
        let of_a = a.iter().map(|x| (*x, true));
        let mut pooled: Vec<(f64, bool)> = of_a.chain(b.iter().map(|x| (*x, false))).collect();
        // Neither order nor sign of equal values matters, zeros included.
        pooled.sort_by(|x, y| x.0.partial_cmp(&y.0).unwrap_or(std::cmp::Ordering::Equal));
        let mut ranks = Self {
            doubled: Vec::with_capacity(pooled.len()),
            doubled_sum: 0,
            ties: Vec::new(),
            first: a.len(),
        };
        for tied in pooled.chunk_by(|x, y| x.0 >= y.0) {
            let rank = 2 * ranks.doubled.len() + tied.len() + 1;
            ranks.doubled_sum += rank * tied.iter().filter(|(_, is_a)| *is_a).count();
            ranks.doubled.extend(std::iter::repeat_n(rank, tied.len()));
            ranks.ties.push(tied.len());
        }
        ranks
    }

    /// Additions that [`Self::exact`] takes at most; `None` where that does not fit a number.
    fn steps(&self) -> Option<usize> {
        let n = self.doubled.len();
        let few = self.first.min(n - self.first);
        n.checked_mul(n)?.checked_mul(few)?.checked_mul(few - 1)?.checked_add(n)
    }

    /// `P(sum >= observed)` and `P(sum <= observed)` over all choices of as many ranks as the
    /// smaller sample has: the number of choices for each size and sum, rank by rank.
    fn exact(&self) -> (f64, f64) {
        let total: usize = self.doubled.iter().sum();
        let n = self.doubled.len();
        let is_first = self.first <= n - self.first;
        let few = self.first.min(n - self.first);
        let observed = if is_first { self.doubled_sum } else { total - self.doubled_sum };
        // `ways[size][sum]`; a row ends at the largest sum that the ranks seen so far can make.
        let mut ways = vec![Vec::new(); few + 1];
        ways[0].push(1.0);
        for rank in &self.doubled {
            for size in (1..=few).rev() {
                let (smaller, larger) = ways.split_at_mut(size);
                let (from, to) = (&smaller[size - 1], &mut larger[0]);
                if from.is_empty() {
                    continue;
                }
                // Ranks ascend, so a sum with this one is never below the end of the row.
                to.resize(from.len() + rank, 0.0);
                for (to, ways) in to[*rank..].iter_mut().zip(from) {
                    *to += ways;
                }
            }
        }
        let all: f64 = ways[few].iter().sum();
        let at_least = ways[few][observed..].iter().sum::<f64>() / all;
        let at_most = ways[few][..=observed].iter().sum::<f64>() / all;
        if is_first { (at_least, at_most) } else { (at_most, at_least) }
    }

    /// The normal limit, with the variance reduced by ties and half a step for continuity
    /// (Lehmann, *Nonparametrics*, 1975, section 1.4).
    fn normal(&self, u: f64) -> (f64, f64) {
        let (n, first) = (self.doubled.len() as f64, self.first as f64);
        let pairs = first * (n - first);
        let tied: f64 = self.ties.iter().map(|t| *t as f64).map(|t| t * t * t - t).sum();
        let deviation = (pairs / 12.0 * (n + 1.0 - tied / (n * (n - 1.0)))).sqrt();
        let tail = |excess: f64| {
            let z = (excess - 0.5) / deviation;
            if z.is_finite() { student_upper_tail(z, f64::INFINITY) } else { 1.0 }
        };
        (tail(u - pairs / 2.0), tail(pairs / 2.0 - u))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_to_rank() {
        assert_eq!(mann_whitney(&[], &[1.0]), None);
        assert_eq!(mann_whitney(&[1.0], &[]), None);
        assert_eq!(mann_whitney(&[1.0, f64::NAN], &[1.0]), None);
        assert!(mann_whitney(&[f64::INFINITY], &[f64::NEG_INFINITY]).is_some());
    }

    #[test]
    fn equal_values_say_nothing_at_any_size() {
        for n in [1, 3, 50, 1000] {
            let same = vec![7.0; n];
            let p = mann_whitney(&same, &same).unwrap().p_two_sided;
            assert!((p - 1.0).abs() < 1e-12, "{n}: {p}");
        }
        assert!((mann_whitney(&[0.0], &[-0.0]).unwrap().u - 0.5).abs() < 1e-15);
    }

    /// The two methods must agree where the exact one is still affordable and the normal one good.
    #[test]
    fn the_normal_limit_meets_the_exact_distribution() {
        let a: Vec<f64> = (0..40).map(|i| f64::from(i * 37 % 40)).collect();
        let b: Vec<f64> = (0..45).map(|i| f64::from(i * 29 % 45) + 3.0).collect();
        let ranks = Ranks::of(&a, &b);
        let u = mann_whitney(&a, &b).unwrap().u;
        let ((exact, _), (normal, _)) = (ranks.exact(), ranks.normal(u));
        assert!((exact - normal).abs() < 5e-4, "{exact} {normal}");
    }

    #[test]
    fn the_least_p_neither_overflows_nor_lingers() {
        assert!((least_p(0, 7) - 1.0).abs() < 1e-15);
        assert!(least_p(usize::MAX / 2, usize::MAX / 2) < 1e-300);
        assert!((least_p(1, usize::MAX) * usize::MAX as f64 - 2.0).abs() < 1e-9);
    }
}
