//! Fisher's F distribution, of a ratio of two variances.

use statrs::function::beta::checked_beta_reg;

/// `P(F > f)` with `above` and `below` degrees of freedom, of the variance above the line and of the
/// one below it. NaN where `f` is NaN or a number of degrees of freedom is not positive and finite.
///
/// The regularised incomplete beta function (Abramowitz and Stegun, 26.6.2):
///
/// ```text
/// P(F > f) = I_x(below / 2, above / 2),   x = below / (below + above f)
/// ```
#[must_use]
pub fn fisher_upper_tail(f: f64, above: f64, below: f64) -> f64 {
    let usable = |df: f64| df > 0.0 && df.is_finite();
    if f.is_nan() || !usable(above) || !usable(below) {
        return f64::NAN;
    }
    if f <= 0.0 {
        return 1.0;
    }
    let x = below / (below + above * f);
    checked_beta_reg(below / 2.0, above / 2.0, x).unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::student::student_upper_tail;

    /// The 95 % points of the usual tables.
    #[test]
    fn the_tables_are_met() {
        for (f, above, below) in
            [(9.5521, 2.0, 3.0), (4.1028, 2.0, 10.0), (2.5140, 7.0, 20.0), (161.448, 1.0, 1.0)]
        {
            let tail = fisher_upper_tail(f, above, below);
            assert!((tail - 0.05).abs() < 1e-5, "F({above}, {below}) = {f}: {tail}");
        }
    }

    #[test]
    fn one_degree_of_freedom_above_is_students_t_squared() {
        for (t, df) in [(0.1, 3.0), (1.0, 1.0), (2.5, 20.0), (12.0, 7.0)] {
            let both = 2.0 * student_upper_tail(t, df);
            assert!((fisher_upper_tail(t * t, 1.0, df) / both - 1.0).abs() < 1e-9, "t {t} df {df}");
        }
    }

    #[test]
    fn the_ends_do_not_panic() {
        assert!((fisher_upper_tail(0.0, 2.0, 3.0) - 1.0).abs() < 1e-15);
        assert!((fisher_upper_tail(-1.0, 2.0, 3.0) - 1.0).abs() < 1e-15);
        assert!(fisher_upper_tail(f64::INFINITY, 2.0, 3.0).abs() < 1e-300);
        for (f, above, below) in
            [(f64::NAN, 2.0, 3.0), (1.0, 0.0, 3.0), (1.0, 2.0, -1.0), (1.0, f64::INFINITY, 3.0)]
        {
            assert!(fisher_upper_tail(f, above, below).is_nan());
        }
    }
}
