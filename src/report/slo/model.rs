//! What is said of targets, as plain data.

use serde::{Deserialize, Serialize};

use crate::measure::{Machine, Metric, Unit};
use crate::policy::{Bound, Level, Outcome, SloState};
use crate::report::Notice;

/// The schema word of the JSON dialect.
pub const SLO_SCHEMA: &str = "tailguard.slo/v1";

/// A target and what was measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SloResult {
    /// The suite's name.
    pub suite: String,
    /// The row, for display; of several rows together, what the target is about. Hostile text.
    pub id: String,
    /// The metric.
    pub metric: Metric,
    /// The unit of target and value.
    pub unit: Unit,
    /// `at-most` or `at-least`.
    pub bound: Bound,
    /// The limit.
    pub target: f64,
    /// The load that it holds at: `200/s` or `50 users`.
    pub at: String,
    /// Of an availability, the share of requests that has to succeed over 30 days; the limit is then
    /// that of the error rate in a test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objective: Option<f64>,
    /// The target's own name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What the runs that count carried on average, in the kind of load of `at`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load: Option<f64>,
    /// What was measured; absent where nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<f64>,
    /// Its two-sided 95 % interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<[f64; 2]>,
    /// What is left of the limit, as a share of it: negative beyond it, absent for a limit of zero.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub margin: Option<f64>,
    /// What was promised to a customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<Promise>,
    /// What follows for the target.
    pub state: SloState,
    /// Whether it is met for certain, or broken for certain; `None` for anything else.
    pub met: Option<bool>,
    /// What policy makes of it.
    pub level: Level,
    /// Why it is not measured. Words of ours, and of the configuration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// Where the numbers come from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SloSource>,
}

/// A promise to a customer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Promise {
    /// The promise, in the unit of the target.
    pub target: f64,
    /// What follows for it.
    pub state: SloState,
    /// What is left of it, as a share of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub margin: Option<f64>,
}

/// The runs behind a number. Foreign text may be in all of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SloSource {
    /// Whether they are fresh or committed.
    pub kind: SourceKind,
    /// The baseline's file, or a path a run.
    pub paths: Vec<String>,
    /// The content hashes of the runs, shortened.
    pub runs: Vec<String>,
    /// Sessions that they come from.
    pub sessions: u32,
    /// The commits that were measured.
    pub commits: Vec<String>,
    /// When the first and the last run were measured, where they tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<[String; 2]>,
    /// The machine.
    pub machine: Machine,
}

/// Where runs lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceKind {
    /// Results of this job.
    Fresh,
    /// A committed baseline.
    Baseline,
}

/// Every target and what was measured of it.
#[derive(Debug, Clone, PartialEq)]
pub struct SloReport {
    /// What follows for the build.
    pub outcome: Outcome,
    /// One a target and row, in the order of the configuration.
    pub slo: Vec<SloResult>,
    /// The availabilities, in the order of the configuration.
    pub availability: Vec<AvailabilityPolicy>,
    /// What a reader should know beside.
    pub notices: Vec<Notice>,
}

/// An availability over 30 days: a policy, counted in production and never in a test.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AvailabilityPolicy {
    /// What it is about, in words. Words of the configuration.
    pub id: String,
    /// The share of requests that has to succeed.
    pub objective: f64,
    /// Days over which it is counted.
    pub days: f64,
    /// Minutes in which everything may fail.
    pub budget_minutes: f64,
    /// The share that was promised to a customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contract: Option<f64>,
    /// Minutes that the promise leaves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contract_budget_minutes: Option<f64>,
    /// Its alerts, most urgent first.
    pub burn_rates: Vec<Burn>,
}

/// One alert of an availability.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Burn {
    /// `page` or `ticket`.
    pub severity: &'static str,
    /// How many times faster than evenly the budget burns.
    pub rate: f64,
    /// The window that tells that it matters.
    pub long: &'static str,
    /// The window that tells that it still goes on.
    pub short: &'static str,
    /// The share of the budget that is spent when the long window is full of it.
    pub budget_share: f64,
    /// Hours until all of it is spent.
    pub hours_to_exhaustion: f64,
}

impl SloResult {
    /// Whether the load is in users, and not in requests a second.
    pub(in crate::report) fn is_of_users(&self) -> bool {
        !self.at.ends_with("/s")
    }

    /// The same without numbers that are not finite, for which JSON has no word.
    pub(in crate::report) fn finite(&self) -> Self {
        let finite = |number: Option<f64>| number.filter(|number| number.is_finite());
        let promise = |promise: Promise| Promise { margin: finite(promise.margin), ..promise };
        Self {
            objective: finite(self.objective),
            load: finite(self.load),
            measured: finite(self.measured),
            interval: self.interval.filter(|ends| ends.iter().all(|end| end.is_finite())),
            margin: finite(self.margin),
            contract: self.contract.filter(|p| p.target.is_finite()).map(promise),
            ..self.clone()
        }
    }
}
