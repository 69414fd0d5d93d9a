//! Absolute limits: a rule of their own, whatever the comparison says.

use serde::{Deserialize, Serialize};

use super::quantity::Quantity;
use super::{Scope, Subject};
use crate::measure::{Metric, Unit};

/// An absolute limit on one metric of the rows that it covers.
#[derive(Debug, Clone, PartialEq)]
pub struct Slo {
    /// Which rows.
    pub scope: Scope,
    /// The metric, also the only one in `scope`.
    pub metric: Metric,
    /// Which side of the target is allowed.
    pub bound: Bound,
    /// The limit, in the unit in which it was written.
    pub target: Quantity,
    /// Where it stands in the configuration, from 1.
    pub line: usize,
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

impl Slo {
    /// Whether the limit is about this metric of this row.
    #[must_use]
    pub fn covers(&self, subject: &Subject<'_>) -> bool {
        self.scope.covers(subject)
    }

    /// The limit in a row's own unit; `None` where the row measures something else, so that the
    /// limit cannot be checked.
    #[must_use]
    pub fn target_in(&self, row: Unit) -> Option<f64> {
        self.target.in_unit(self.metric.unit(row))
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
}
