//! A number with what is known of its error.

/// The confidence of every interval in this room.
pub const LEVEL: f64 = 0.95;

/// A number, and where the truth may lie.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The number itself.
    pub value: f64,
    /// The two-sided interval with a confidence of [`LEVEL`]; `None` where nothing is known of the
    /// error.
    pub interval: Option<(f64, f64)>,
}
