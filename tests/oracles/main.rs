//! Every statistic against numbers that this crate did not compute: other projects' published test
//! data, printed tables, arbitrary-precision arithmetic, and a resampling that needs no formula.

mod benchstat;
mod mann_whitney;
mod moderated_t;
mod properties;
mod quantiles;
mod random;
mod within_run;

/// Fails unless `got` is within `tolerance` of `expected`.
#[track_caller]
fn near(got: f64, expected: f64, tolerance: f64) {
    assert!((got - expected).abs() <= tolerance, "{got} is not {expected} (± {tolerance})");
}

/// Fails unless `got` is within the share `tolerance` of `expected`.
#[track_caller]
fn near_share(got: f64, expected: f64, tolerance: f64) {
    near(got, expected, tolerance * expected.abs());
}
