//! One p-value from two that are independent.

use statrs::distribution::{ContinuousCDF as _, Normal};

/// Combines two independent one-sided p-values by the inverse normal method; the second has the rest of
/// the weight.
///
/// ```text
/// p = 1 − Φ( √w · Φ⁻¹(1 − p₁) + √(1 − w) · Φ⁻¹(1 − p₂) )
/// ```
///
/// Uniform where both are, and no more often small where they are no more often small: Lipták, "On the
/// combination of independent tests" (1958); for two stages of which the first decides whether there is a
/// second, Lehmacher and Wassmer, "Adaptive sample size calculations in group sequential trials" (1999).
/// `weight` is the first one's, from 0 to 1.
#[must_use]
pub fn inverse_normal(first: f64, second: f64, weight: f64) -> f64 {
    let normal = Normal::standard();
    // Neither end has a finite quantile.
    let z = |p: f64| -normal.inverse_cdf(p.clamp(1e-300, 1.0 - f64::EPSILON));
    let weight = weight.clamp(0.0, 1.0);
    normal.sf(weight.sqrt() * z(first) + (1.0 - weight).sqrt() * z(second))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_halves_say_nothing_and_two_small_ones_say_more() {
        assert!((inverse_normal(0.5, 0.5, 0.1) - 0.5).abs() < 1e-12);
        // z = (1.6449 + 1.6449) / √2 = 2.3262
        assert!((inverse_normal(0.05, 0.05, 0.5) - 0.010_002).abs() < 1e-5);
    }

    #[test]
    fn all_weight_on_one_is_that_one() {
        for p in [1e-12, 0.003, 0.2, 0.7] {
            assert!((inverse_normal(0.4, p, 0.0) / p - 1.0).abs() < 1e-9);
            assert!((inverse_normal(p, 0.4, 1.0) / p - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn the_ends_are_numbers() {
        for (first, second) in [(0.0, 1.0), (1.0, 0.0), (0.0, 0.0), (1.0, 1.0)] {
            let p = inverse_normal(first, second, 0.1);
            assert!((0.0..=1.0).contains(&p), "{first} and {second} give {p}");
        }
    }

    #[test]
    fn uniform_ones_stay_uniform() {
        // Of a lattice over both, the share below each level is that level.
        let n = 200;
        let at = |i: u32| (f64::from(i) + 0.5) / f64::from(n);
        let all =
            || (0..n).flat_map(move |i| (0..n).map(move |j| inverse_normal(at(i), at(j), 0.1)));
        for level in [0.02, 0.1, 0.5] {
            let share = all().filter(|p| *p < level).count() as f64 / f64::from(n * n);
            assert!((share - level).abs() < 0.002, "{share} below {level}");
        }
    }
}
