//! The test itself: an estimated difference against its standard error.

use super::prior::Prior;
use super::student::{student_quantile, student_upper_tail};

/// A difference of means with what is known of its error. What cannot be computed (a NaN, no
/// degrees of freedom, a negative variance) is no evidence: p is 1, intervals are the whole line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Contrast {
    /// The difference, in the unit of the means: for logarithms, the log of a ratio.
    pub estimate: f64,
    /// Variance of one run or one session mean, in the unit of the estimate squared.
    pub variance: f64,
    /// What the design makes of that variance: `1/mb + 1/mc` for the means of `mb` and `mc` runs,
    /// `1 + 1/S` for one session against the mean of `S`.
    pub scale: f64,
    /// Degrees of freedom of the variance; infinite for a variance that is taken as known.
    pub df: f64,
}

impl Contrast {
    /// `sqrt(variance * scale)`, in the unit of the estimate.
    #[must_use]
    pub fn standard_error(&self) -> f64 {
        (self.variance * self.scale).sqrt()
    }

    /// One-sided p-value against "no greater": `P(T > estimate / standard error)`.
    #[must_use]
    pub fn p_greater(&self) -> f64 {
        self.t().map_or(1.0, |t| student_upper_tail(t, self.df))
    }

    /// One-sided p-value against "no less"; that of the swapped sides.
    #[must_use]
    pub fn p_less(&self) -> f64 {
        self.t().map_or(1.0, |t| student_upper_tail(-t, self.df))
    }

    /// The two-sided confidence interval at `level` (0.98 leaves 1% on each side).
    #[must_use]
    pub fn interval(&self, level: f64) -> (f64, f64) {
        let alpha = (1.0 - level) / 2.0;
        (self.bound_lower(alpha), self.bound_upper(alpha))
    }

    /// The one-sided upper bound: the difference is below it with confidence `1 - alpha`.
    #[must_use]
    pub fn bound_upper(&self, alpha: f64) -> f64 {
        self.margin(alpha).map_or(f64::INFINITY, |margin| self.estimate + margin)
    }

    /// The one-sided lower bound: the difference is above it with confidence `1 - alpha`.
    #[must_use]
    pub fn bound_lower(&self, alpha: f64) -> f64 {
        self.margin(alpha).map_or(f64::NEG_INFINITY, |margin| self.estimate - margin)
    }

    /// The smallest true difference that a one-sided test at `alpha` finds with probability
    /// `power`: `SE (t(1-alpha) + t(power))`, the approximation of Bloom, "Minimum Detectable
    /// Effects" (1995). Infinite where there is nothing to test with.
    #[must_use]
    pub fn detectable(&self, alpha: f64, power: f64) -> f64 {
        let error = self.standard_error();
        let quantiles = student_quantile(1.0 - alpha, self.df) + student_quantile(power, self.df);
        let change = error * quantiles;
        if change.is_nan() { f64::INFINITY } else { change }
    }

    /// The estimate in standard errors. An exact zero stays zero when the error is zero too.
    fn t(&self) -> Option<f64> {
        let error = self.standard_error();
        let usable = self.estimate.is_finite() && !error.is_nan() && self.df > 0.0;
        usable.then(|| if self.estimate.abs() > 0.0 { self.estimate / error } else { 0.0 })
    }

    fn margin(&self, alpha: f64) -> Option<f64> {
        self.t()?;
        let margin = student_quantile(1.0 - alpha, self.df) * self.standard_error();
        (!margin.is_nan()).then_some(margin)
    }
}

/// The smallest number of runs a side, at least 2 and at most `limit`, with which a true difference
/// of `change` is found with probability `power` by a one-sided test at `alpha`; `None` when even
/// `limit` runs are not enough. `v` is the moderated variance of one run; the degrees of freedom
/// grow as `d0 + freedom (m - 1)`: by 2 a run where the sides are independent, by 1 where they are
/// differences within rounds.
#[must_use]
pub fn runs_needed(
    v: f64,
    (prior, freedom): (Prior, f64),
    change: f64,
    alpha: f64,
    power: f64,
    limit: u32,
) -> Option<u32> {
    smallest(limit, |m| {
        let m = f64::from(m);
        let df = prior.d0 + freedom * (m - 1.0);
        let design = Contrast { estimate: change, variance: v, scale: 2.0 / m, df };
        design.detectable(alpha, power) <= change
    })
}

/// The smallest number in `2..=limit` that is enough, where whatever exceeds a number that is
/// enough is enough as well.
fn smallest(limit: u32, enough: impl Fn(u32) -> bool) -> Option<u32> {
    if limit < 2 || !enough(limit) {
        return None;
    }
    let (mut low, mut high) = (2, limit);
    while low < high {
        let middle = low + (high - low) / 2;
        if enough(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Some(low)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRIOR: Prior = Prior { d0: 4.0, v0: 9e-4 };

    fn contrast(estimate: f64, variance: f64, df: f64) -> Contrast {
        Contrast { estimate, variance, scale: 0.4, df }
    }

    #[test]
    fn the_smallest_number_of_runs_is_enough_and_one_less_is_not() {
        let change = 1.05f64.ln();
        let m = runs_needed(9e-4, (PRIOR, 2.0), change, 0.01, 0.8, 1000).unwrap();
        let detectable = |m: f64| {
            let df = PRIOR.d0 + 2.0 * m - 2.0;
            Contrast { estimate: 0.0, variance: 9e-4, scale: 2.0 / m, df }.detectable(0.01, 0.8)
        };
        assert!(detectable(f64::from(m)) <= change && detectable(f64::from(m - 1)) > change, "{m}");
        assert_eq!(runs_needed(9e-4, (PRIOR, 2.0), change, 0.01, 0.8, m), Some(m));
        assert_eq!(runs_needed(9e-4, (PRIOR, 2.0), change, 0.01, 0.8, m - 1), None);
    }

    #[test]
    fn nothing_to_plan_with_needs_no_number() {
        for v in [f64::NAN, f64::INFINITY, -1.0] {
            assert_eq!(runs_needed(v, (PRIOR, 2.0), 0.05, 0.01, 0.8, 50), None);
        }
        for change in [f64::NAN, 0.0, -0.1] {
            assert_eq!(runs_needed(9e-4, (PRIOR, 2.0), change, 0.01, 0.8, 50), None);
        }
        for limit in [0, 1] {
            assert_eq!(runs_needed(0.0, (PRIOR, 2.0), 0.05, 0.01, 0.8, limit), None);
        }
        assert_eq!(runs_needed(0.0, (PRIOR, 2.0), 0.05, 0.01, 0.8, 50), Some(2));
    }

    #[test]
    fn what_cannot_be_computed_is_no_evidence() {
        let broken = [
            contrast(f64::NAN, 1e-3, 5.0),
            contrast(f64::INFINITY, 1e-3, 5.0),
            contrast(0.1, f64::NAN, 5.0),
            contrast(0.1, -1.0, 5.0),
            contrast(0.1, 1e-3, 0.0),
            contrast(0.1, 1e-3, f64::NAN),
        ];
        for c in broken {
            assert!(c.p_greater() >= 1.0 && c.p_less() >= 1.0, "{c:?}");
            assert_eq!(c.interval(0.98), (f64::NEG_INFINITY, f64::INFINITY), "{c:?}");
        }
        assert!(contrast(0.1, 1e-3, 0.0).detectable(0.01, 0.8).is_infinite());
        assert!((contrast(0.1, f64::INFINITY, 5.0).p_greater() - 0.5).abs() < 1e-15);
    }

    #[test]
    fn without_any_spread_every_difference_is_certain_and_none_is_none() {
        assert!(contrast(0.1, 0.0, 5.0).p_greater() < 1e-300);
        assert!((contrast(0.1, 0.0, 5.0).p_less() - 1.0).abs() < 1e-15);
        assert!((contrast(0.0, 0.0, 5.0).p_greater() - 0.5).abs() < 1e-15);
        assert_eq!(contrast(0.0, 0.0, 5.0).interval(0.98), (0.0, 0.0));
    }
}
