//! Targets, and what was measured of them.

use super::{Amount, Source, Value};
use crate::report::Bound;

/// Targets, and what was measured of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Targets {
    /// Every target, in order.
    pub targets: Vec<Target>,
    /// What a promised availability leaves.
    pub budgets: Vec<Budget>,
}

/// One target, as it was judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// What it is called in `tailguard slo`.
    pub id: String,
    /// The kind of endpoint, which groups targets.
    pub category: String,
    /// The endpoint, where the target is about one; hostile.
    pub row: Option<String>,
    /// The metric, in words: `p95`, `error rate`.
    pub metric: String,
    /// Which side of the target is allowed.
    pub bound: Bound,
    /// The target.
    pub target: Amount,
    /// What a customer was promised, in the target's unit.
    pub promise: Option<Amount>,
    /// The load that it holds at, as it was written: `200/s`. `None` for what is counted in
    /// production.
    pub at: Option<String>,
    /// What was measured.
    pub measured: Value,
    /// How it was judged.
    pub state: State,
    /// What is left of the target: a fraction of it, for shares a difference; negative where
    /// broken.
    pub margin: Option<f64>,
    /// What is left of the promise, likewise.
    pub promise_margin: Option<f64>,
    /// Where the measurement came from.
    pub source: Option<Source>,
}

/// How a target was judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// What was measured keeps to it.
    Met,
    /// What was measured keeps to it, or not, and its interval crosses it.
    AtRisk,
    /// What was measured does not keep to it.
    Broken,
    /// Nothing was measured at its load.
    NotMeasured,
    /// It is counted in production, not in a test.
    Policy,
}

/// What a promised availability leaves.
#[derive(Debug, Clone, PartialEq)]
pub struct Budget {
    /// What it is about.
    pub name: String,
    /// The promise, as a share: 0.995.
    pub availability: f64,
    /// The window, in days.
    pub days: u32,
    /// Minutes that may fail.
    pub minutes: f64,
    /// When to be told that it is used up too fast.
    pub rules: Vec<BurnRule>,
}

/// An alert on the rate at which a budget is used up.
#[derive(Debug, Clone, PartialEq)]
pub struct BurnRule {
    /// Who is told: `page`, `ticket`.
    pub severity: String,
    /// The budget's own rate is 1.
    pub factor: f64,
    /// The long window, in words: `1h`.
    pub long: String,
    /// The short window.
    pub short: String,
    /// The share of the budget that is gone after the long window.
    pub consumed: f64,
}
