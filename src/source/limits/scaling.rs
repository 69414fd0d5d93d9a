//! A fit, from `tailguard.fit/v1`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::MeasuredIn;

/// The name of the model in which one resource is full.
const HARD_LIMIT: &str = "hard-limit";

/// How throughput grows with concurrency.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Scaling {
    pub(super) schema: String,
    /// The chosen model.
    pub model: String,
    /// Why it was chosen.
    pub chosen_because: String,
    /// Where the most was measured; `None` in what was written before this was told.
    #[serde(default)]
    pub most: Option<ScalingMost>,
    /// Both models.
    pub models: Vec<ScalingModel>,
    /// What they were fitted to.
    #[serde(default)]
    pub steps: Vec<ScalingStep>,
    /// The chosen model over the measured concurrencies.
    #[serde(default)]
    pub curve: Vec<ScalingPoint>,
    /// The results that it was fitted to.
    #[serde(default)]
    pub sources: Vec<MeasuredIn>,
}

/// One model.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct ScalingModel {
    /// Its name.
    pub name: String,
    /// Its parameters.
    #[serde(default)]
    pub parameters: BTreeMap<String, f64>,
    /// Their intervals.
    #[serde(default)]
    pub intervals: BTreeMap<String, (f64, f64)>,
    /// Where it is highest; `None` where the data show no peak.
    #[serde(default)]
    pub peak: Option<ScalingPeak>,
    /// The share of the variance between steps that it explains.
    #[serde(default)]
    pub r2: Option<f64>,
}

/// Where the most was measured.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct ScalingMost {
    /// Requests in flight.
    pub concurrency: f64,
    /// Requests a second, in the mean.
    pub per_s: f64,
    /// Whether the steps show that throughput falls beyond it.
    pub falls: bool,
}

/// Where a model is highest.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct ScalingPeak {
    /// Requests in flight.
    #[serde(default)]
    pub concurrency: f64,
    /// Their interval.
    #[serde(default)]
    pub concurrency_interval: Option<(f64, f64)>,
    /// Requests a second.
    pub per_s: f64,
    /// Their interval.
    #[serde(default)]
    pub per_s_interval: Option<(f64, f64)>,
    /// Nobody saw it.
    pub extrapolated: bool,
}

/// What was measured at one concurrency.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct ScalingStep {
    /// Requests in flight.
    pub concurrency: f64,
    /// Requests a second.
    pub per_s: f64,
    /// What Little's law says of it.
    #[serde(default)]
    pub little: Option<ScalingLittle>,
}

/// What Little's law says of a step.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ScalingLittle {
    /// `agrees`, `differs` or `not-checked`.
    pub state: String,
}

/// One point of a model's curve. Rates are requests a second.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct ScalingPoint {
    /// Requests in flight.
    pub concurrency: f64,
    /// Throughput.
    pub per_s: f64,
    /// Its interval.
    #[serde(default)]
    pub interval_per_s: Option<(f64, f64)>,
}

impl Scaling {
    /// The most requests a second that were observed to be the limit, by the chosen model, with their
    /// interval; `None` where the data show none.
    #[must_use]
    pub fn most(&self) -> Option<(f64, Option<(f64, f64)>)> {
        let chosen = self.models.iter().find(|model| model.name == self.model)?;
        let limit = "limit_per_s";
        match chosen.peak.filter(|peak| !peak.extrapolated) {
            Some(peak) => Some((peak.per_s, peak.per_s_interval)),
            None if chosen.name == HARD_LIMIT => {
                Some((*chosen.parameters.get(limit)?, chosen.intervals.get(limit).copied()))
            }
            None => None,
        }
    }
}
