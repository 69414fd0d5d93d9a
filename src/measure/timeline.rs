//! Load over time: what a load test did in each second.

use super::Problem;

/// What a load test did, second by second.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    /// The files it was read from, for people: one a load generator.
    pub paths: Vec<String>,
    /// When the first window begins, in ns since 1970: at the start of the earliest request.
    pub start_ns: i64,
    /// The tag and the value that requests and iterations must have; `None`: all of them.
    pub only: Option<(String, String)>,
    /// Consecutive windows of one second. The last one may be cut short by the end of the test.
    pub windows: Vec<Window>,
    /// What a reader should know about these numbers.
    pub problems: Vec<Problem>,
}

/// One second of a load test.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Window {
    /// Requests that ended in it, failed ones included.
    pub requests: u64,
    /// Failed ones among them; `None` where the files do not tell.
    pub failed: Option<u64>,
    /// How long these requests took; `None` without any.
    pub latency: Option<Latency>,
    /// What became of iterations; `None` where the files do not tell.
    pub iterations: Option<Iterations>,
    /// Mean time of the iterations that ended in it, in ms.
    pub iteration_ms: Option<f64>,
    /// Users that were active, and users that there were; `None` where a generator was silent.
    pub users: Option<Users>,
}

/// Latencies of one window, in ms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Latency {
    /// Mean.
    pub mean: f64,
    /// Median.
    pub p50: f64,
    /// 95th percentile.
    pub p95: f64,
    /// 99th percentile.
    pub p99: f64,
}

/// Iterations of one window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Iterations {
    /// Ended in it.
    pub completed: u64,
    /// Should have started in it, and did not: no user was free.
    pub dropped: u64,
}

/// Users of one window, the most of what was counted in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Users {
    /// Active ones; by some versions of k6 every user of an arrival-rate scenario, busy or not.
    pub active: u64,
    /// All that there were.
    pub most: u64,
}
