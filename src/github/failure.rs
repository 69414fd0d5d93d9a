//! What an attempt that brought nothing may have done.

use std::time::Duration;

use super::Error;

/// An attempt that brought nothing.
pub(super) struct Failure {
    pub(super) kind: Kind,
    pub(super) error: Error,
}

/// What an attempt that brought nothing may have done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Refused for good: asking again brings the same.
    Final,
    /// Refused for now, for so long where GitHub says it.
    Limited(Option<Duration>),
    /// It never left this machine.
    Unsent,
    /// It may have been done or not.
    Unknown,
}
