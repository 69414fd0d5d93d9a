//! Points: one sample of one of the few metrics that rows and windows are made of.

/// The metrics of which rows and windows are made.
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
    /// `iteration_duration`, ms.
    IterationTime,
    /// `dropped_iterations`: a count.
    Dropped,
    /// `vus`: users that are active, as k6 counts them about once a second.
    Users,
    /// `vus_max`: users that k6 could use.
    MostUsers,
}

/// Values beyond this are no measurement: in ms, thirty years.
const LARGEST: f64 = 1e12;

impl Watched {
    /// The metric of that name, where rows are made of it.
    pub(super) fn in_rows(name: &[u8]) -> Option<Self> {
        match name {
            b"http_req_duration" => Some(Self::Duration),
            b"http_req_failed" => Some(Self::Failed),
            b"checks" => Some(Self::Check),
            b"iterations" => Some(Self::Iterations),
            b"iteration_duration" => Some(Self::IterationTime),
            b"dropped_iterations" => Some(Self::Dropped),
            _ => None,
        }
    }

    /// The metric of that name, where windows of time are made of it.
    pub(super) fn in_windows(name: &[u8]) -> Option<Self> {
        match name {
            b"http_req_duration" => Some(Self::Duration),
            b"http_req_failed" => Some(Self::Failed),
            b"iterations" => Some(Self::Iterations),
            b"iteration_duration" => Some(Self::IterationTime),
            b"dropped_iterations" => Some(Self::Dropped),
            b"vus" => Some(Self::Users),
            b"vus_max" => Some(Self::MostUsers),
            _ => None,
        }
    }

    /// Whether the metric belongs to one request, so that it carries all of a row's tags.
    pub(super) fn is_of_request(self) -> bool {
        matches!(self, Self::Duration | Self::Failed)
    }

    /// Whether the metric belongs to something that a script does, so that it has a group.
    pub(super) fn is_of_script(self) -> bool {
        !matches!(self, Self::Dropped | Self::Users | Self::MostUsers)
    }
}

/// The value, if it can be one: finite, not negative, not absurd.
pub(super) fn plausible(value: f64) -> Option<f64> {
    // Adding zero turns a negative zero into zero.
    (0.0..=LARGEST).contains(&value).then_some(value + 0.0)
}
