//! What is asked of a ramp.

use super::evidence::QueryTime;
use crate::capacity::schedule::Schedule;
use crate::measure::captured::Captured;

/// What is asked of a ramp.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The target of p95, in ms.
    pub p95_ms: Option<f64>,
    /// The budget of errors: a share of requests.
    pub errors: Option<f64>,
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
            offered: None,
            sustained: 3,
            behind: 0.05,
            captured: None,
            queries: &[],
        }
    }
}
