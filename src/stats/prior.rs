//! A variance between runs that the rows of a suite share: the empirical Bayes model of Smyth,
//! "Linear Models and Empirical Bayes Methods for Assessing Differential Expression in Microarray
//! Experiments" (2004), known as limma.
//!
//! Three or five runs say little about a row's own variance. The rows of one suite and one metric
//! are alike, though, and each row's estimate is drawn towards what they have in common, by as much
//! as their agreement warrants.

use statrs::function::gamma::digamma;

use super::special::{trigamma, trigamma_inverse};

/// The prior counts for at most this many degrees of freedom: however alike the rows look, a row's
/// own runs keep their say.
pub const MOST_PRIOR_DF: f64 = 10.0;

/// Degrees of freedom of the assumed prior where there are too few rows to estimate one.
pub const ASSUMED_DF: f64 = 3.0;

/// Rows that an estimate of the prior needs.
pub const FEWEST_ROWS: usize = 3;

/// A smaller variance of a logarithm is below any timer's resolution, and zero has no logarithm.
pub const LEAST_VARIANCE: f64 = 1e-8;

/// One row's estimate of the variance between runs: `s2` (of logarithms, so a squared share) with
/// `nu` degrees of freedom.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Variance {
    /// The variance.
    pub s2: f64,
    /// Its degrees of freedom; zero where there is one run a side.
    pub nu: f64,
}

/// What the rows of a suite say about the variance of any one of them: as much as `d0` further
/// degrees of freedom at the variance `v0`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prior {
    /// Degrees of freedom.
    pub d0: f64,
    /// Variance.
    pub v0: f64,
}

impl Prior {
    /// The prior of the rows of one suite and metric (Smyth 2004, section 6.2): the spread of the
    /// log variances beyond what their degrees of freedom explain gives `d0`, their mean gives
    /// `v0`. Degrees of freedom may differ by row. Rows without any, or with a variance that is not
    /// a number, do not count; with fewer than [`FEWEST_ROWS`] left the prior is assumed:
    /// [`ASSUMED_DF`] at `fallback_v0`.
    #[must_use]
    pub fn estimate(rows: &[Variance], fallback_v0: f64) -> Self {
        let usable: Vec<Variance> =
            rows.iter().copied().filter(|row| row.s2.is_finite() && row.nu > 0.0).collect();
        if usable.len() < FEWEST_ROWS {
            return Self { d0: ASSUMED_DF, v0: fallback_v0 };
        }
        let n = usable.len() as f64;
        let logs: Vec<f64> = usable.iter().map(|row| unbiased_ln(*row)).collect();
        let mean = logs.iter().sum::<f64>() / n;
        let scatter = logs.iter().map(|e| (e - mean) * (e - mean)).sum::<f64>() / (n - 1.0);
        let expected = usable.iter().map(|row| trigamma(row.nu / 2.0)).sum::<f64>() / n;
        let excess = scatter - expected;
        let d0 = if excess > 0.0 {
            (2.0 * trigamma_inverse(excess)).min(MOST_PRIOR_DF)
        } else {
            MOST_PRIOR_DF
        };
        // Row variances scatter about the prior as v0 d0 / chi-squared(d0), whose log lies above
        // that of v0 by the bias of d0.
        Self { d0, v0: (mean + ln_bias(d0)).exp() }
    }
}

/// The row's variance drawn towards the prior, and its degrees of freedom (Smyth 2004, section 3):
/// `V = (d0 v0 + nu s2) / (d0 + nu)` with `d0 + nu`. A row without degrees of freedom has the
/// prior's variance, an infinite prior overrules every row.
#[must_use]
pub fn moderate(prior: Prior, row: Variance) -> (f64, f64) {
    let df = prior.d0 + row.nu;
    if prior.d0.is_infinite() || row.nu <= 0.0 {
        return (prior.v0, prior.d0);
    }
    ((prior.d0 * prior.v0 + row.nu * row.s2) / df, df)
}

/// The log of the variance, freed of the bias that its degrees of freedom give it.
fn unbiased_ln(row: Variance) -> f64 {
    row.s2.max(LEAST_VARIANCE).ln() - ln_bias(row.nu)
}

/// Expectation of `ln(s2 / variance)` for an estimate with `df` degrees of freedom.
fn ln_bias(df: f64) -> f64 {
    if df.is_infinite() { 0.0 } else { digamma(df / 2.0) - (df / 2.0).ln() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(s2: &[f64], nu: f64) -> Vec<Variance> {
        s2.iter().map(|s2| Variance { s2: *s2, nu }).collect()
    }

    #[test]
    fn too_few_rows_assume_the_fallback() {
        let expected = Prior { d0: 3.0, v0: 9e-4 };
        assert_eq!(Prior::estimate(&rows(&[1e-4, 2e-4], 4.0), 9e-4), expected);
        assert_eq!(Prior::estimate(&rows(&[1e-4, 2e-4, f64::NAN], 4.0), 9e-4), expected);
        assert_eq!(Prior::estimate(&rows(&[1e-4; 5], 0.0), 9e-4), expected);
    }

    #[test]
    fn equal_rows_reach_the_cap_and_zero_rows_the_floor() {
        let equal = Prior::estimate(&rows(&[4e-4; 6], 8.0), 1.0);
        assert!((equal.d0 - MOST_PRIOR_DF).abs() < 1e-12);
        assert!((equal.v0 / 4e-4 - 1.0).abs() < 0.05, "{equal:?}");
        let zero = Prior::estimate(&rows(&[0.0; 6], 8.0), 1.0);
        assert!(zero.v0 > 0.0 && zero.v0 < 2.0 * LEAST_VARIANCE, "{zero:?}");
    }

    #[test]
    fn wild_rows_leave_every_row_to_itself() {
        let prior = Prior::estimate(&rows(&[1e-8, 1e2, 1e-8, 1e2], 8.0), 1.0);
        assert!(prior.d0 > 0.0 && prior.d0 < 1.0, "{prior:?}");
        let (v, df) = moderate(prior, Variance { s2: 1e2, nu: 8.0 });
        assert!(v.is_finite() && df > 8.0 && df < 9.0);
    }

    #[test]
    fn extremes_of_moderation() {
        let row = Variance { s2: 4e-4, nu: 8.0 };
        assert_eq!(moderate(Prior { d0: f64::INFINITY, v0: 1e-4 }, row), (1e-4, f64::INFINITY));
        assert_eq!(
            moderate(Prior { d0: 3.0, v0: 1e-4 }, Variance { s2: 9.0, nu: 0.0 }),
            (1e-4, 3.0)
        );
        assert_eq!(moderate(Prior { d0: 0.0, v0: 1e-4 }, row), (4e-4, 8.0));
    }
}
