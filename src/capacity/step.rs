//! Steps: what was measured at one concurrency.

/// One step of a load test, at a fixed number of requests in flight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Requests, or users, at a time.
    pub concurrency: f64,
    /// Throughput, in requests a second.
    pub per_s: f64,
    /// Mean latency of a request, in seconds, where it was measured.
    pub latency_s: Option<f64>,
    /// Mean time of an iteration for each of its requests, in seconds, where it was measured: what it
    /// has over the latency is think time.
    pub iteration_s: Option<f64>,
}

/// What a curve is fitted to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Requests, or users, at a time.
    pub concurrency: f64,
    /// Throughput, in requests a second.
    pub per_s: f64,
}

/// The largest concurrency and throughput that are believed.
const LARGEST: f64 = 1e9;

impl Step {
    /// The step without its times.
    #[must_use]
    pub fn point(&self) -> Point {
        Point { concurrency: self.concurrency, per_s: self.per_s }
    }

    /// Whether throughput was measured at all, at one request or more at a time.
    #[must_use]
    pub fn is_measured(&self) -> bool {
        (1.0..=LARGEST).contains(&self.concurrency) && self.per_s > 0.0 && self.per_s <= LARGEST
    }
}
