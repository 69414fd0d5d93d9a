//! The maths: numbers to numbers. Knows no benchmark, no file and no verdict.
//!
//! A run is one process invocation or one load test, and everything here works on one number per
//! run: the logarithm of the gated quantity. From inside a run comes only its own error
//! ([`within_run`]), because neighbouring requests are correlated and are not repetitions. Between
//! runs, a row's own variance has few degrees of freedom, so the rows of a suite lend each other
//! strength: [`prior`] fits a common variance and [`moderate`] pulls each row towards it. A
//! [`Contrast`] is the test itself: an estimated difference with its standard error, from which
//! follow the p-values, the intervals, the equivalence bounds, the change that could have been
//! seen and the number of runs that would see it. [`holm`] pays for judging many rows at once, and
//! [`inverse_normal`] makes one p-value of those of two stages.
//! [`fisher_upper_tail`] is for ratios of variances: whether a curve explains what it should.
//! Proportions come in through [`arcsine`](mod@arcsine), and have the interval of [`mod@wilson`].
//! [`mann_whitney`](mod@mann_whitney) and [`median_interval`](mod@median_interval) assume no
//! distribution; they are the cross-check.
//!
//! Nothing here panics. What cannot be computed (no values, a NaN, no degrees of freedom) is
//! `None`, NaN or, where a p-value is asked for, 1: the absence of evidence.

pub mod arcsine;
pub mod combine;
pub mod contrast;
pub mod fisher;
pub mod mann_whitney;
pub mod median_interval;
pub mod multiplicity;
pub mod prior;
pub mod quantile;
pub mod special;
pub mod student;
pub mod wilson;
pub mod within_run;

pub use arcsine::{arcsine, arcsine_variance};
pub use combine::inverse_normal;
pub use contrast::{Contrast, runs_needed};
pub use fisher::fisher_upper_tail;
pub use mann_whitney::{MannWhitney, least_p, mann_whitney};
pub use median_interval::median_interval;
pub use multiplicity::{benjamini_hochberg, holm};
pub use prior::{Prior, Variance, moderate};
pub use wilson::wilson;
