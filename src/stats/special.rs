//! Derivatives of the digamma function, by recurrence and asymptotic series (Abramowitz and
//! Stegun, *Handbook of Mathematical Functions*, 1964, 6.4.6 and 6.4.12 to 6.4.14).

/// From here on the first term left out of either series is below the precision of an `f64`.
const ASYMPTOTIC_FROM: f64 = 20.0;

/// Trigamma, the second derivative of `ln Γ`, for `x > 0`; NaN elsewhere.
#[must_use]
pub fn trigamma(x: f64) -> f64 {
    if x.is_nan() || x <= 0.0 {
        return f64::NAN;
    }
    let (mut x, mut sum) = (x, 0.0);
    while x < ASYMPTOTIC_FROM {
        sum += 1.0 / (x * x);
        x += 1.0;
    }
    let (r, r2) = (1.0 / x, 1.0 / (x * x));
    let series =
        1.0 / 6.0 - r2 * (1.0 / 30.0 - r2 * (1.0 / 42.0 - r2 * (1.0 / 30.0 - r2 * 5.0 / 66.0)));
    sum + r + r2 / 2.0 + r * r2 * series
}

/// Tetragamma, the third derivative of `ln Γ`, for `x > 0`; NaN elsewhere.
#[must_use]
pub fn tetragamma(x: f64) -> f64 {
    if x.is_nan() || x <= 0.0 {
        return f64::NAN;
    }
    let (mut x, mut sum) = (x, 0.0);
    while x < ASYMPTOTIC_FROM {
        sum -= 2.0 / (x * x * x);
        x += 1.0;
    }
    let (r, r2) = (1.0 / x, 1.0 / (x * x));
    let series =
        1.0 / 2.0 - r2 * (1.0 / 6.0 - r2 * (1.0 / 6.0 - r2 * (3.0 / 10.0 - r2 * 5.0 / 6.0)));
    sum - r2 - r * r2 - r2 * r2 * series
}

/// The `y` with `trigamma(y) = x`, for `x > 0`; NaN elsewhere. Newton's method on `1/trigamma`,
/// which is nearly linear (Smyth 2004, appendix), so it converges from any start without a bracket.
#[must_use]
pub fn trigamma_inverse(x: f64) -> f64 {
    if x.is_nan() || x <= 0.0 {
        return f64::NAN;
    }
    // The limits of trigamma at 0 and at infinity; the iteration would only lose digits there.
    if x > 1e7 {
        return 1.0 / x.sqrt();
    }
    if x < 1e-6 {
        return 1.0 / x;
    }
    let mut y = 0.5 + 1.0 / x;
    for _ in 0..50 {
        let value = trigamma(y);
        let step = value * (1.0 - value / x) / tetragamma(y);
        y += step;
        if step.abs() < 1e-12 * y {
            break;
        }
    }
    y
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inverse_inverts_over_fourteen_decades() {
        for exponent in -70..70 {
            let y = 10f64.powf(f64::from(exponent) / 10.0);
            let back = trigamma_inverse(trigamma(y));
            assert!((back / y - 1.0).abs() < 1e-6, "{y} came back as {back}");
        }
    }

    #[test]
    fn tetragamma_is_the_slope_of_trigamma() {
        for x in [0.3, 1.0, 4.5, 19.9, 20.1, 100.0] {
            let h = x * 1e-4;
            let slope = (trigamma(x + h) - trigamma(x - h)) / (2.0 * h);
            assert!((slope / tetragamma(x) - 1.0).abs() < 1e-6, "at {x}");
        }
    }

    #[test]
    fn outside_the_domain_is_nan() {
        for x in [0.0, -1.0, f64::NAN, f64::NEG_INFINITY] {
            assert!(trigamma(x).is_nan() && tetragamma(x).is_nan() && trigamma_inverse(x).is_nan());
        }
        assert!(trigamma(f64::INFINITY).abs() < f64::EPSILON);
    }
}
