//! What one baseline file holds, as plain text.

use std::fmt::Write as _;

use super::changes::{Change, changes, plain};
use super::number::count;
use crate::baseline::Baseline;
use crate::measure::Run;

/// The sessions of a baseline, with why one was taken in although it regressed; what else it keeps; its rows.
/// Names are disarmed for a terminal.
#[must_use]
pub fn stored(path: &str, baseline: &Baseline, rows: &[Change]) -> String {
    let Baseline { runs, accepted, noise, history, .. } = baseline;
    let session = |run: &Run| run.provenance.session.clone().unwrap_or_default();
    let mut sessions: Vec<String> = runs.iter().map(session).collect();
    sessions.dedup();
    let mut text =
        format!("{path}: {} of {}\n", count(runs.len(), "run"), count(sessions.len(), "session"));
    for name in &sessions {
        let of_session: Vec<&Run> = runs.iter().filter(|run| session(run) == *name).collect();
        let first = of_session.first().map(|run| run.provenance.clone()).unwrap_or_default();
        let time = first.time.as_deref().unwrap_or("at an unknown time");
        let commit = first.commit.as_deref().unwrap_or("an unknown commit");
        let reason = accepted
            .get(name)
            .map_or_else(String::new, |reason| format!("; regression accepted: {}", plain(reason)));
        let _ = writeln!(
            text,
            "  {} {} at {} ({}){reason}",
            plain(time),
            plain(name),
            plain(commit),
            count(of_session.len(), "run"),
        );
    }
    if let Some(sessions) = noise.iter().map(|known| known.sessions).max() {
        let _ = writeln!(text, "  noise as {} showed it", count(sessions as usize, "session"));
    }
    if !history.is_empty() {
        let _ = writeln!(text, "  {}", count(history.len(), "recorded verdict"));
    }
    text + &changes(rows)
}
