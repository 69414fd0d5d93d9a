//! Student's t distribution with any positive degrees of freedom; the normal one at infinity.

use std::cell::RefCell;
use std::collections::BTreeMap;

use statrs::function::beta::checked_beta_reg;
use statrs::function::gamma::{checked_gamma_lr, checked_gamma_ur};

/// Above this the expansion of Hill is better than the incomplete beta function, whose gamma
/// functions cancel.
const EXPANSION_FROM: f64 = 500.0;

/// `P(T > t)` with `df` degrees of freedom. NaN where `t` is NaN or `df` is not positive.
///
/// Half the regularised incomplete beta function (Abramowitz and Stegun, 26.7.1), from the side
/// that keeps its digits; for many degrees of freedom the normal tail of Hill, "Algorithm 395:
/// Student's t-distribution" (1970).
#[must_use]
pub fn student_upper_tail(t: f64, df: f64) -> f64 {
    if t.is_nan() || df.is_nan() || df <= 0.0 {
        return f64::NAN;
    }
    if t < 0.0 {
        return 1.0 - student_upper_tail(-t, df);
    }
    let squared = t * t;
    if squared.is_infinite() {
        // The tail of a heavy-tailed T out here is a power that no decision needs.
        0.0
    } else if df.is_infinite() {
        normal_upper_tail(t)
    } else if df > EXPANSION_FROM {
        normal_upper_tail(hill(squared, df))
    } else if squared < df.min(1.0) {
        0.5 - 0.5 * beta_regularised(0.5, df / 2.0, squared / (df + squared))
    } else {
        0.5 * beta_regularised(df / 2.0, 0.5, df / (df + squared))
    }
}

/// The `t` with `P(T <= t) = p`. NaN where `p` is outside [0, 1] or `df` is not positive.
#[must_use]
pub fn student_quantile(p: f64, df: f64) -> f64 {
    if df.is_nan() || df <= 0.0 || !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    let quantile =
        |p: f64| if p < 0.5 { -upper_quantile(p, df) } else { upper_quantile(1.0 - p, df) };
    remembered((p.to_bits(), df.to_bits()), || quantile(p))
}

/// Quantiles that are remembered before all are forgotten: the rows of a suite share a few levels
/// and degrees of freedom, and each quantile costs some fifty evaluations of the distribution.
const REMEMBERED: usize = 512;

/// `value()`, computed once a thread for each key.
fn remembered(key: (u64, u64), value: impl FnOnce() -> f64) -> f64 {
    thread_local! {
        static KNOWN: RefCell<BTreeMap<(u64, u64), f64>> = const { RefCell::new(BTreeMap::new()) };
    }
    KNOWN.with_borrow_mut(|known| {
        if known.len() >= REMEMBERED {
            known.clear();
        }
        *known.entry(key).or_insert_with(value)
    })
}

/// The `t >= 0` with `P(T > t) = tail`, for `tail` in [0, 1/2]: the root is enclosed, then halved
/// until neighbouring numbers enclose it.
fn upper_quantile(tail: f64, df: f64) -> f64 {
    if tail <= 0.0 {
        return f64::INFINITY;
    }
    let mut high = 1.0;
    while student_upper_tail(high, df) > tail {
        high *= 2.0;
        if f64::is_infinite(high) {
            return high;
        }
    }
    let mut low = if high > 1.0 { high / 2.0 } else { 0.0 };
    loop {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high || high - low < 1e-13 * high.max(1e-3) {
            return middle;
        }
        if student_upper_tail(middle, df) > tail {
            low = middle;
        } else {
            high = middle;
        }
    }
}

/// `P(Z > z)` for `z >= 0`, by the incomplete gamma function (Abramowitz and Stegun, 26.4.19 with
/// one degree of freedom): the error function at hand has four digits fewer.
fn normal_upper_tail(z: f64) -> f64 {
    let half = z * z / 2.0;
    if half < 0.5 {
        0.5 - 0.5 * checked_gamma_lr(0.5, half).unwrap_or(0.0)
    } else {
        0.5 * checked_gamma_ur(0.5, half).unwrap_or(f64::NAN)
    }
}

/// The normal deviate that has the tail of a `t` with the given square.
fn hill(squared: f64, df: f64) -> f64 {
    let a = df - 0.5;
    let b = 48.0 * a * a;
    // Beyond 1e4 the tail is zero in any case, and squares would overflow.
    let y = (a * (squared / df).ln_1p()).min(1e4);
    let correction = (((-0.4 * y - 3.3) * y - 24.0) * y - 85.5) / (0.8 * y * y + 100.0 + b);
    ((correction + y + 3.0) / b + 1.0) * y.sqrt()
}

fn beta_regularised(a: f64, b: f64, x: f64) -> f64 {
    checked_beta_reg(a, b, x).unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_the_line_do_not_panic() {
        for df in [1e-3, 1.0, 6.5, 1e3, 1e300, f64::INFINITY] {
            assert!(student_upper_tail(f64::INFINITY, df) < 1e-300, "df {df}");
            assert!(student_upper_tail(f64::NEG_INFINITY, df) > 0.999, "df {df}");
            assert!((student_upper_tail(0.0, df) - 0.5).abs() < 1e-15);
            assert!(student_quantile(1.0, df).is_infinite());
            assert!(student_quantile(0.5, df).abs() < 1e-12);
        }
        for (t, df) in [(1.0, 0.0), (1.0, -2.0), (1.0, f64::NAN), (f64::NAN, 3.0)] {
            assert!(student_upper_tail(t, df).is_nan());
            assert!(student_quantile(t, df).is_nan() || df > 0.0);
        }
        assert!(student_quantile(1.5, 3.0).is_nan() && student_quantile(f64::NAN, 3.0).is_nan());
    }

    #[test]
    fn the_two_formulas_meet() {
        for t in [0.1, 0.99, 1.01, 2.5, 6.0] {
            let below = student_upper_tail(t, EXPANSION_FROM);
            let above = student_upper_tail(t, EXPANSION_FROM * (1.0 + 1e-12));
            assert!((below / above - 1.0).abs() < 1e-9, "t {t}: {below} {above}");
        }
    }
}
