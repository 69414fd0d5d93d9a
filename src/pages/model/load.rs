//! Load tests, breaking points, scalability, and what follows from them.

use super::{Amount, Source};

/// Load tests and what follows from them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LoadTests {
    /// What was asked, in order.
    pub scenarios: Vec<Scenario>,
    /// Where the service breaks, one a ramp.
    pub breakpoints: Vec<Breakpoint>,
    /// How throughput grows with concurrency, one a series of steps.
    pub fits: Vec<Fit>,
    /// What to do, most worthwhile first.
    pub recommendations: Vec<Recommendation>,
}

/// One scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// Its name.
    pub name: String,
    /// What it is there to answer.
    pub asks: String,
    /// `open` or `closed`.
    pub model: String,
    /// The load, in words.
    pub load: String,
    /// What came out; `None` where it was not run.
    pub result: Option<ScenarioResult>,
}

/// What came out of a scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct ScenarioResult {
    /// Requests that were answered or failed, in all runs.
    pub requests: u64,
    /// The 95th percentile of latency.
    pub p95: Option<Amount>,
    /// Requests that failed, out of all.
    pub error_rate: Option<Amount>,
    /// Iterations that never started, out of all.
    pub dropped: Option<Amount>,
    /// Where this came from.
    pub source: Source,
}

/// A ramp, and where the service stopped keeping up.
#[derive(Debug, Clone, PartialEq)]
pub struct Breakpoint {
    /// The ramp's name.
    pub name: String,
    /// The windows that limits were looked for in, in order of time.
    pub windows: Vec<Window>,
    /// The limits that were looked for, each on its own.
    pub limits: Vec<Limit>,
    /// The generator ran out of users, or dropped.
    pub generator_limited: bool,
    /// The target for p95, in ms, if there is one.
    pub p95_target: Option<f64>,
    /// What the limit likely is, likeliest first.
    pub bottlenecks: Vec<Bottleneck>,
    /// Where this came from.
    pub source: Source,
}

/// One window of a ramp. Rates are per second, latencies in ms.
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    /// Its start, in seconds from the start of the earliest request.
    pub at_seconds: f64,
    /// Requests that should have been made.
    pub offered: f64,
    /// Requests that were completed.
    pub achieved: f64,
    /// Median, if anything was completed.
    pub p50: Option<f64>,
    /// 95th percentile.
    pub p95: Option<f64>,
    /// 99th percentile.
    pub p99: Option<f64>,
}

/// A limit that was looked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    /// Which.
    pub kind: LimitKind,
    /// The target that is left, in words: `25.0 ms for category=read`; empty where it has none.
    pub target: String,
    /// Whether and where.
    pub reached: Reached,
}

/// The limits that a ramp can find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitKind {
    /// Less is completed than is offered.
    AchievedBehindOffered,
    /// Arrivals are dropped.
    Drops,
    /// p95 leaves its target.
    P95OverTarget,
    /// Errors leave their budget.
    ErrorsOverBudget,
}

/// Whether a limit was reached.
#[derive(Debug, Clone, PartialEq)]
pub enum Reached {
    /// It was.
    At(Crossing),
    /// It was not, up to this rate offered.
    Not(Amount),
    /// There is no target that says where it would be.
    NoTarget,
    /// What was recorded does not tell, which is no all-clear.
    NotKnown,
}

/// Where a limit was reached.
#[derive(Debug, Clone, PartialEq)]
pub struct Crossing {
    /// The start of the first window of those that confirm it, in seconds.
    pub at_seconds: f64,
    /// What was offered there, a second.
    pub offered: Amount,
    /// What was achieved from there on, a second.
    pub achieved: Amount,
}

/// What a limit likely is.
#[derive(Debug, Clone, PartialEq)]
pub struct Bottleneck {
    /// What is scarce.
    pub name: String,
    /// What speaks for it, a sentence each.
    pub evidence: Vec<String>,
    /// Where that came from.
    pub sources: Vec<Source>,
}

/// How throughput grows with concurrency.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// The name of the series.
    pub name: String,
    /// The model that explains the points best.
    pub chosen: String,
    /// Why, as a sentence without its full stop.
    pub because: String,
    /// Where the most was measured; `None` without points.
    pub most: Option<Most>,
    /// Every model that was tried.
    pub models: Vec<FitModel>,
    /// What was measured: requests in flight, throughput a second.
    pub points: Vec<(f64, f64)>,
    /// The chosen model's curve, with its band.
    pub curve: Vec<Curve>,
    /// What Little's law says of the data: a sentence without its full stop.
    pub little: String,
    /// Where this came from.
    pub source: Source,
}

/// Where the most was measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Most {
    /// Requests in flight.
    pub concurrency: f64,
    /// Throughput a second, in the mean.
    pub per_s: f64,
    /// Whether the points show that throughput falls beyond it; `None` where nobody says.
    pub falls: Option<bool>,
}

/// One point of a curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Curve {
    /// Requests in flight.
    pub concurrency: f64,
    /// Throughput a second.
    pub per_s: f64,
    /// The band around it, where there is one.
    pub band: Option<(f64, f64)>,
}

/// One model of a fit.
#[derive(Debug, Clone, PartialEq)]
pub struct FitModel {
    /// Its name.
    pub name: String,
    /// Its parameters, in order.
    pub parameters: Vec<Parameter>,
    /// Where it is highest; `None` where the data show no peak, or are for another model.
    pub peak: Option<Peak>,
    /// The share of the variance between steps that it explains.
    pub r2: Option<f64>,
}

/// A parameter of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its name, and what it counts in which unit.
    pub name: String,
    /// Its value.
    pub value: f64,
    /// Two-sided 95 %, or from 0 where it lies at its bound.
    pub interval: Option<(f64, f64)>,
}

/// Where a model is highest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Peak {
    /// Requests in flight.
    pub concurrency: f64,
    /// Two-sided 95 % of it.
    pub concurrency_interval: Option<(f64, f64)>,
    /// Throughput a second.
    pub per_s: f64,
    /// Two-sided 95 % of it.
    pub per_s_interval: Option<(f64, f64)>,
    /// It lies beyond what was measured.
    pub extrapolated: bool,
}

/// What to do, by which rule, on what evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct Recommendation {
    /// What to do, in a few words.
    pub advice: String,
    /// The rule that says so.
    pub rule: String,
    /// The measurement that meets it.
    pub evidence: String,
    /// What came of it, where it was tried.
    pub tried: Option<Tried>,
    /// Where the evidence came from.
    pub sources: Vec<Source>,
}

/// A recommendation that was tried: before and after, measured alternately.
#[derive(Debug, Clone, PartialEq)]
pub struct Tried {
    /// What was measured: a metric of a row.
    pub what: String,
    /// Without the change.
    pub before: Amount,
    /// With it.
    pub after: Amount,
    /// The verdict's word.
    pub verdict: String,
    /// Why that is the verdict.
    pub because: String,
    /// The change as a patch, where it is kept.
    pub change: Option<String>,
    /// Other times of the same row, of which the verdict is another.
    pub beside: Vec<Beside>,
    /// The side with the change was measured with changes that no commit has.
    pub uncommitted: bool,
    /// Where this came from.
    pub source: Source,
}

/// What else became of the row of a trial.
#[derive(Debug, Clone, PartialEq)]
pub struct Beside {
    /// The metric.
    pub what: String,
    /// Without the change.
    pub before: Amount,
    /// With it.
    pub after: Amount,
    /// The verdict's word.
    pub verdict: String,
    /// Why, in a sentence without its full stop.
    pub because: String,
}
