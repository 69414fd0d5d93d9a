//! How a row scatters, as sessions of earlier days showed it.

use serde::{Deserialize, Serialize};

use super::OfRow;

/// Logarithms do not scatter by more than this variance in anything that was measured.
const LARGEST: f64 = 100.0;

/// How one metric of a row scatters, on the scale of the test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownNoise {
    /// Of what.
    pub of: OfRow,
    /// Sessions that showed it.
    pub sessions: u64,
    /// Runs of one of them, as a harmonic mean.
    pub runs: f64,
    /// The variance between the runs of one session.
    pub run: f64,
    /// The variance between the means of sessions; `None` where too few showed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<f64>,
    /// Degrees of freedom of the variance between means, or of that between runs where it is all there is.
    pub df: f64,
}

impl KnownNoise {
    /// What is known of the variance of the mean of one session of so many runs. Sessions with fewer runs
    /// than those that showed it scatter by more.
    #[must_use]
    pub fn of_session(&self, runs: usize) -> f64 {
        let of_one = self.run / runs.max(1) as f64;
        self.session.map_or(of_one, |session| session + (of_one - self.run / self.runs).max(0.0))
    }

    /// Whether the numbers are ones that anybody could have measured.
    #[must_use]
    pub fn is_plausible(&self) -> bool {
        let fits = |variance: f64| (0.0..LARGEST).contains(&variance);
        let counts = self.runs.is_finite() && self.runs >= 1.0;
        let freedom = self.df.is_finite() && self.df > 0.0;
        counts && freedom && fits(self.run) && self.session.is_none_or(fits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::{Metric, Tags, Tool};

    fn known() -> KnownNoise {
        let of =
            OfRow { tool: Tool::K6, id: "read".to_owned(), tags: Tags::new(), metric: Metric::P95 };
        KnownNoise { of, sessions: 6, runs: 4.0, run: 0.0016, session: Some(0.0009), df: 5.0 }
    }

    #[test]
    fn a_session_of_fewer_runs_scatters_more_and_one_of_more_runs_no_less() {
        let of = |runs: usize| known().of_session(runs);
        // .0009 of sessions of four runs, and what .0016 of one run adds to .0016 / 4.
        assert!((of(4) - 0.0009).abs() < 1e-12 && (of(8) - 0.0009).abs() < 1e-12);
        assert!((of(1) - 0.0021).abs() < 1e-12, "{}", of(1));
        let of_runs = KnownNoise { session: None, ..known() };
        assert!((of_runs.of_session(4) - 0.0004).abs() < 1e-12);
    }

    #[test]
    fn numbers_that_nobody_measured_are_told_apart() {
        assert!(known().is_plausible());
        for odd in [f64::NAN, f64::INFINITY, -1.0] {
            assert!(!KnownNoise { run: odd, ..known() }.is_plausible(), "{odd}");
            assert!(!KnownNoise { runs: odd, ..known() }.is_plausible(), "{odd}");
            assert!(!KnownNoise { df: odd, ..known() }.is_plausible(), "{odd}");
            assert!(!KnownNoise { session: Some(odd), ..known() }.is_plausible(), "{odd}");
        }
    }
}
