//! What stored sessions showed of the noise of a suite, for comparisons that cannot show it themselves.

use serde::{Deserialize, Serialize};

use crate::measure::{Metric, Tool};
use crate::stats::prior::Prior;

/// Logarithms do not scatter by more than this variance in anything that was measured.
const LARGEST: f64 = 100.0;

/// How one metric of the rows of a suite scatters, on the scale of the test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoiseProfile {
    /// The tool.
    pub tool: Tool,
    /// The metric.
    pub metric: Metric,
    /// Rows that showed it.
    pub rows: u64,
    /// Runs of a session, as a harmonic mean over sessions.
    pub runs: f64,
    /// Sessions.
    pub sessions: u64,
    /// Between the runs of one session.
    pub run: Prior,
    /// Between the means of sessions; `None` where too few showed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Prior>,
}

impl NoiseProfile {
    /// What is known of the variance of the mean of one session of so many runs. Sessions with fewer runs
    /// than those that showed it scatter by more.
    pub(super) fn of_session(&self, runs: usize) -> Prior {
        let of_one = self.run.v0 / runs.max(1) as f64;
        match self.session {
            Some(session) => {
                let unseen = of_one - self.run.v0 / self.runs;
                Prior { v0: session.v0 + unseen.max(0.0), ..session }
            }
            None => Prior { v0: of_one, ..self.run },
        }
    }

    /// Whether the numbers are ones that anybody could have measured.
    #[must_use]
    pub fn is_plausible(&self) -> bool {
        let fits = |prior: Prior| {
            prior.d0.is_finite() && prior.d0 > 0.0 && (0.0..LARGEST).contains(&prior.v0)
        };
        let runs = self.runs.is_finite() && self.runs >= 1.0;
        runs && fits(self.run) && self.session.is_none_or(fits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROFILE: NoiseProfile = NoiseProfile {
        tool: Tool::K6,
        metric: Metric::P95,
        rows: 5,
        runs: 4.0,
        sessions: 6,
        run: Prior { d0: 8.0, v0: 0.0016 },
        session: Some(Prior { d0: 5.0, v0: 0.0009 }),
    };

    #[test]
    fn a_session_of_fewer_runs_scatters_more_and_one_of_more_runs_no_less() {
        let v0 = |runs: usize| PROFILE.of_session(runs).v0;
        // .0009 of sessions of four runs, and what two more quarters of .0016 add.
        assert!((v0(4) - 0.0009).abs() < 1e-12 && (v0(8) - 0.0009).abs() < 1e-12);
        assert!((v0(1) - 0.0021).abs() < 1e-12, "{}", v0(1));
        assert!((PROFILE.of_session(1).d0 - 5.0).abs() < 1e-12);
        let of_runs = NoiseProfile { session: None, ..PROFILE };
        assert_eq!(of_runs.of_session(4), Prior { d0: 8.0, v0: 0.0004 });
    }

    #[test]
    fn numbers_that_nobody_measured_are_told_apart() {
        assert!(PROFILE.is_plausible());
        for odd in [f64::NAN, f64::INFINITY, -1.0] {
            let run = Prior { v0: odd, ..PROFILE.run };
            assert!(!NoiseProfile { run, ..PROFILE }.is_plausible(), "{odd}");
            assert!(!NoiseProfile { runs: odd, ..PROFILE }.is_plausible(), "{odd}");
            let session = Some(Prior { d0: odd, v0: 0.1 });
            assert!(!NoiseProfile { session, ..PROFILE }.is_plausible(), "{odd}");
        }
    }
}
