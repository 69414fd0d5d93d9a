//! Points: one sample of one of the few metrics that rows are made of.

/// The metrics of which rows are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Watched {
    /// `http_req_duration`, ms.
    Duration,
    /// `http_req_failed`: 1 is a failed request.
    Failed,
    /// `checks`: 1 is a passed check.
    Check,
    /// `iterations`: a count.
    Iterations,
    /// `dropped_iterations`: a count.
    Dropped,
}

/// Values beyond this are no measurement: in ms, thirty years.
const LARGEST: f64 = 1e12;

impl Watched {
    /// The watched metric of that name.
    pub(super) fn named(name: &[u8]) -> Option<Self> {
        match name {
            b"http_req_duration" => Some(Self::Duration),
            b"http_req_failed" => Some(Self::Failed),
            b"checks" => Some(Self::Check),
            b"iterations" => Some(Self::Iterations),
            b"dropped_iterations" => Some(Self::Dropped),
            _ => None,
        }
    }

    /// Whether the metric belongs to one request, so that it carries all of a row's tags.
    pub(super) fn is_of_request(self) -> bool {
        matches!(self, Self::Duration | Self::Failed)
    }
}

/// The value, if it can be one: finite, not negative, not absurd.
pub(super) fn plausible(value: f64) -> Option<f64> {
    // Adding zero turns a negative zero into zero.
    (0.0..=LARGEST).contains(&value).then_some(value + 0.0)
}
