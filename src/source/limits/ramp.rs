//! A ramp, from `tailguard.breakpoint/v1`.

use serde::Deserialize;

use super::MeasuredIn;

/// What a ramp found.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Ramp {
    pub(super) schema: String,
    /// The generator took part: it dropped arrivals, or had no user free for them.
    #[serde(default)]
    pub generator_limited: bool,
    /// The limits that were found.
    pub limits: Vec<RampLimit>,
    /// The limits that were not.
    #[serde(default)]
    pub absent: Vec<Absent>,
    /// What latency and errors were held against.
    #[serde(default)]
    pub targets: RampTargets,
    /// Which of its seconds count, and the heaviest load of them.
    #[serde(default)]
    pub ramp: Option<Heaviest>,
    /// What was seen beside it.
    #[serde(default)]
    pub bottleneck: Option<Beside>,
    /// The ramp, second by second.
    #[serde(default)]
    pub seconds: Vec<RampSecond>,
    /// The results that it was found in.
    #[serde(default)]
    pub sources: Vec<MeasuredIn>,
}

impl Ramp {
    /// The seconds that limits were looked for in: all, where the file does not say which.
    pub fn judged(&self) -> impl Iterator<Item = &RampSecond> {
        let from = self.ramp.and_then(|ramp| ramp.from_seconds).unwrap_or(f64::NEG_INFINITY);
        let to = self.ramp.and_then(|ramp| ramp.to_seconds).unwrap_or(f64::INFINITY);
        self.seconds.iter().filter(move |s| s.at_seconds >= from && s.at_seconds < to)
    }
}

/// One limit of a ramp. Rates are requests a second.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct RampLimit {
    /// Which.
    pub kind: String,
    /// Whose target it is, where requests of several kinds have one.
    #[serde(default)]
    pub of: Option<RampOf>,
    /// The start of the first window that confirms it, in seconds.
    #[serde(default)]
    pub at_seconds: f64,
    /// What was offered there.
    #[serde(default)]
    pub offered_per_s: Option<f64>,
    /// The loads between which it lies.
    #[serde(default)]
    pub between_per_s: Option<(f64, f64)>,
    /// What was answered from there on.
    pub achieved_per_s: f64,
    /// Its interval.
    #[serde(default)]
    pub interval_per_s: Option<(f64, f64)>,
    /// The generator was the limit, and the service may carry more.
    pub at_least: bool,
}

/// A limit that a ramp did not find.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Absent {
    /// Which.
    pub kind: String,
    /// Why: `not-reached`, `no-target` and so on.
    pub why: String,
}

/// What latency and errors were held against.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct RampTargets {
    /// The 95th percentile, in ms.
    #[serde(default)]
    pub p95_ms: Option<f64>,
    /// Failed requests out of all.
    #[serde(default)]
    pub errors: Option<f64>,
    /// Those of requests with a tag.
    #[serde(default)]
    pub parts: Vec<RampPart>,
}

/// What the requests with one tag were held against.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct RampPart {
    /// The tag.
    pub tag: String,
    /// Its value.
    pub value: String,
    /// The 95th percentile, in ms.
    #[serde(default)]
    pub p95_ms: Option<f64>,
    /// Failed ones out of all of them.
    #[serde(default)]
    pub errors: Option<f64>,
}

/// Whose target a limit is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RampOf {
    /// The tag.
    pub tag: String,
    /// Its value.
    pub value: String,
}

/// The ramp itself, and its heaviest load. Rates are requests a second.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct Heaviest {
    /// The start of the first second that limits were looked for in.
    #[serde(default)]
    pub from_seconds: Option<f64>,
    /// The end of the last one. What comes after it was cut short, or is no ramp.
    #[serde(default)]
    pub to_seconds: Option<f64>,
    /// What was offered.
    #[serde(default)]
    pub offered_per_s: Option<f64>,
    /// What was answered.
    pub achieved_per_s: f64,
    /// Its interval.
    #[serde(default)]
    pub interval_per_s: Option<(f64, f64)>,
}

/// One second of a ramp. Rates are requests a second, latencies in ms.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct RampSecond {
    /// Its start, in seconds from the start of the earliest request.
    pub at_seconds: f64,
    /// What was offered.
    #[serde(default)]
    pub offered_per_s: Option<f64>,
    /// What was answered.
    pub achieved_per_s: f64,
    /// Iterations that never started.
    #[serde(default)]
    pub dropped: Option<u64>,
    /// Requests that failed.
    #[serde(default)]
    pub failed: Option<u64>,
    /// Median.
    #[serde(default)]
    pub p50_ms: Option<f64>,
    /// 95th percentile.
    #[serde(default)]
    pub p95_ms: Option<f64>,
    /// 99th percentile.
    #[serde(default)]
    pub p99_ms: Option<f64>,
}

/// What was seen beside a ramp.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Beside {
    /// Resources that were full at the limit.
    #[serde(default)]
    pub resources: Vec<String>,
    /// What speaks for them, a sentence each.
    #[serde(default)]
    pub evidence: Vec<String>,
    /// While the load was at the limit.
    #[serde(default)]
    pub high: Option<BesideSpan>,
}

/// What was seen in one span of time.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct BesideSpan {
    /// Cores of the machine.
    #[serde(default)]
    pub cores: Option<f64>,
    /// Cores that the service may use, where those are fewer.
    #[serde(default)]
    pub service_cores: Option<f64>,
    /// Cores that the service kept busy.
    #[serde(default)]
    pub service_busy: Option<f64>,
    /// Cores that the database kept busy.
    #[serde(default)]
    pub database_busy: Option<f64>,
    /// The statements that took most time, those that took most first.
    #[serde(default)]
    pub queries: Vec<BesideQuery>,
}

/// How much a statement was executed.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct BesideQuery {
    /// Its name.
    pub name: String,
    /// Executions at a time.
    pub busy: f64,
}
