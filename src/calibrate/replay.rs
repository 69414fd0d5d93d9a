//! What was stored, judged against the rest of it: no assumption, and few cases.

use std::collections::BTreeSet;

use super::Stored;
use super::judged::judged;
use crate::measure::Run;
use crate::policy::Verdict;
use crate::policy::config::Config;

/// What became of one stored session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replayed {
    /// The suite's name.
    pub suite: String,
    /// The session.
    pub session: String,
    /// Rows that are called worse than the other sessions, for display.
    pub worse: Vec<String>,
}

/// Each stored session of each suite against the others of it, earlier and later ones. Of a suite with one
/// session, every second run against the others.
#[must_use]
pub fn replayed(config: &Config, stored: &[Stored]) -> Vec<Replayed> {
    let mut all = Vec::new();
    for Stored { suite, runs } in stored {
        let session_of = |run: &Run| run.provenance.session.clone().unwrap_or_default();
        let sessions: BTreeSet<String> = runs.iter().map(session_of).collect();
        for session in &sessions {
            let of_session = |(place, run): &(usize, &Run)| match sessions.len() {
                1 => place % 2 == 1,
                _ => session_of(run) == *session,
            };
            let each = || runs.iter().enumerate();
            let fresh = each().filter(of_session).map(|(_, run)| run.clone()).collect();
            let base = each().filter(|run| !of_session(run)).map(|(_, run)| run.clone()).collect();
            let findings = judged(config, &[(suite, base, fresh)]);
            let worse = findings
                .iter()
                .filter(|f| f.verdict == Verdict::Regressed && f.tolerance.gates)
                .map(|f| format!("{} {}", f.comparison.id, f.comparison.metric.name()));
            let worse = worse.collect();
            all.push(Replayed { suite: suite.clone(), session: session.clone(), worse });
        }
    }
    all
}
