//! Targets: absolute limits that hold at a load, whatever the comparison says.

use serde::{Deserialize, Serialize};

use super::load_level::Load;
use super::quantity::Quantity;
use super::{Scope, Subject};
use crate::measure::{Metric, Unit};

/// An absolute limit on one metric of the rows that it covers, at a load.
#[derive(Debug, Clone, PartialEq)]
pub struct Slo {
    /// Its name, which no other target has.
    pub name: Option<String>,
    /// Which rows.
    pub scope: Scope,
    /// The metric, also the only one in `scope`.
    pub metric: Metric,
    /// Which side of the target is allowed.
    pub bound: Bound,
    /// The limit, in the unit in which it was written.
    pub target: Quantity,
    /// What was promised to a customer; never stricter than the target.
    pub contract: Option<Quantity>,
    /// The load at which it holds.
    pub at: Load,
    /// Where the target is the availability over 30 days, of which a test can only show the error
    /// rate: `metric`, `bound` and `target` then speak of that.
    pub availability: Option<Availability>,
    /// Where it stands in the configuration, from 1; 0 where it does not stand in one.
    pub line: usize,
}

/// The share of requests that has to succeed over 30 days: a policy, counted in production.
#[derive(Debug, Clone, PartialEq)]
pub struct Availability {
    /// The share, from 0.95 to below 1.
    pub objective: f64,
    /// How Prometheus counts requests.
    pub promql: Option<Promql>,
}

/// Two expressions with [`Promql::WINDOW`] in place of the range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promql {
    /// Failed requests a second.
    pub bad: String,
    /// All requests a second.
    pub total: String,
}

impl Promql {
    /// What stands for the range.
    pub const WINDOW: &str = "$window";
}

/// Which side of an absolute limit is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bound {
    /// The value may not be above the limit.
    AtMost,
    /// The value may not be below the limit.
    AtLeast,
}

/// What can be said of a target, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SloState {
    /// The whole interval of what was measured is beyond the target.
    Broken,
    /// Nothing was measured at the target's load. Never met.
    NotMeasured,
    /// The interval crosses the target.
    AtRisk,
    /// The whole interval keeps to the target.
    Met,
}

impl SloState {
    /// Every state, worst first.
    pub const ALL: [Self; 4] = [Self::Broken, Self::NotMeasured, Self::AtRisk, Self::Met];

    /// The word in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Broken => "broken",
            Self::NotMeasured => "not-measured",
            Self::AtRisk => "at-risk",
            Self::Met => "met",
        }
    }
}

impl Slo {
    /// Whether the limit is about this metric of this row.
    #[must_use]
    pub fn covers(&self, subject: &Subject<'_>) -> bool {
        self.scope.covers(subject)
    }

    /// Whether the limit may be about rows of a suite.
    #[must_use]
    pub fn is_about(&self, suite: &str) -> bool {
        self.scope.suite.as_deref().is_none_or(|name| name == suite)
    }

    /// The suite that it is about, where it names one.
    #[must_use]
    pub fn suite(&self) -> Option<&str> {
        self.scope.suite.as_deref()
    }

    /// The limit in a row's own unit; `None` where the row measures something else, so that the
    /// limit cannot be checked.
    #[must_use]
    pub fn target_in(&self, row: Unit) -> Option<f64> {
        self.target.in_unit(self.metric.unit(row))
    }

    /// What was promised, in a row's own unit.
    #[must_use]
    pub fn contract_in(&self, row: Unit) -> Option<f64> {
        self.contract?.in_unit(self.metric.unit(row))
    }
}

impl Bound {
    /// Whether a measured value keeps to the limit; both in one unit.
    #[must_use]
    pub fn allows(self, value: f64, target: f64) -> bool {
        match self {
            Self::AtMost => value <= target,
            Self::AtLeast => value >= target,
        }
    }

    /// The words before a limit.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::AtMost => "at most",
            Self::AtLeast => "at least",
        }
    }
}
