//! What is asked of a ramp.

use super::evidence::QueryTime;
use crate::capacity::schedule::Schedule;
use crate::measure::captured::Captured;
use crate::measure::timeline::{Timeline, Window};

/// Requests of one kind within a ramp: the load that breaks them is that of the whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The tag and the value that they have.
    pub of: (String, String),
    /// Their target of p95, in ms.
    pub p95_ms: Option<f64>,
    /// Their budget of errors: a share of them.
    pub errors: Option<f64>,
    /// Their windows, in the order of the whole ramp's seconds.
    pub windows: Vec<Option<Window>>,
}

impl Part {
    /// The windows of a part in the order of the whole's: each in the second that holds its middle, for
    /// the first request of a part may come later than that of the whole.
    #[must_use]
    pub fn aligned(whole: &Timeline, part: &Timeline) -> Vec<Option<Window>> {
        let late_s = part.start_ns.saturating_sub(whole.start_ns) as f64 / 1e9;
        let late = (late_s + 0.5).floor().max(0.0) as usize;
        let before = std::iter::repeat_n(None, late.min(whole.windows.len()));
        let mut windows: Vec<_> = before.chain(part.windows.iter().copied().map(Some)).collect();
        windows.resize(whole.windows.len(), None);
        windows
    }
}

/// What is asked of a ramp.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The target of p95, in ms.
    pub p95_ms: Option<f64>,
    /// The budget of errors: a share of requests.
    pub errors: Option<f64>,
    /// Kinds of requests with targets of their own.
    pub parts: &'a [Part],
    /// What was offered, where the files are not to tell.
    pub offered: Option<&'a Schedule>,
    /// Seconds in a row that confirm a limit.
    pub sustained: usize,
    /// By which share of what is offered less must be achieved to be behind.
    pub behind: f64,
    /// What was captured beside the load.
    pub captured: Option<&'a Captured>,
    /// Which queries took how much, over the whole test.
    pub queries: &'a [QueryTime],
}

impl Default for Question<'_> {
    /// No target, and nothing captured. Three seconds at 5 % confirm a limit.
    fn default() -> Self {
        Self {
            p95_ms: None,
            errors: None,
            parts: &[],
            offered: None,
            sustained: 3,
            behind: 0.05,
            captured: None,
            queries: &[],
        }
    }
}
