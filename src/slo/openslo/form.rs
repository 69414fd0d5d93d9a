//! What both ways have in common: the words, and the documents that are written.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::measure::{Metric, Unit};

/// The version that is read and written.
pub(super) const API: &str = "openslo/v1";

/// What begins every annotation of ours.
pub(super) const PREFIX: &str = "tailguard/";
pub(super) const AT: &str = "tailguard/at";
pub(super) const NAME: &str = "tailguard/name";
pub(super) const METRIC: &str = "tailguard/metric";
pub(super) const SUITE: &str = "tailguard/suite";
pub(super) const ROW: &str = "tailguard/row";
pub(super) const TAG: &str = "tailguard/tag.";
pub(super) const UNIT: &str = "tailguard/unit";
pub(super) const CONTRACT: &str = "tailguard/contract";

/// In place of a metric's name.
pub(super) const AVAILABILITY: &str = "availability";

/// The share of events that a percentile speaks of.
pub(super) fn share_of(metric: Metric) -> Option<f64> {
    match metric {
        Metric::P50 => Some(0.5),
        Metric::P95 => Some(0.95),
        Metric::P99 => Some(0.99),
        _ => None,
    }
}

/// Units of values, by the suffix that the configuration takes.
pub(super) const UNITS: [(&str, Unit); 5] =
    [("ns", Unit::Ns), ("us", Unit::Us), ("ms", Unit::Ms), ("s", Unit::S), ("B", Unit::Bytes)];

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document {
    pub(super) api_version: &'static str,
    pub(super) kind: &'static str,
    pub(super) metadata: Metadata,
    pub(super) spec: Spec,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Metadata {
    pub(super) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) display_name: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) annotations: BTreeMap<String, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Spec {
    pub(super) service: String,
    pub(super) indicator: Indicator,
    pub(super) time_window: [TimeWindow; 1],
    pub(super) budgeting_method: &'static str,
    pub(super) objectives: [Objective; 1],
}

#[derive(Serialize)]
pub(super) struct Indicator {
    pub(super) metadata: Metadata,
    pub(super) spec: IndicatorSpec,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct IndicatorSpec {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) threshold_metric: Option<Sourced>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ratio_metric: Option<Ratio>,
}

#[derive(Serialize)]
pub(super) struct Ratio {
    pub(super) counter: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) good: Option<Sourced>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) bad: Option<Sourced>,
    pub(super) total: Sourced,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Sourced {
    pub(super) metric_source: Source,
}

#[derive(Serialize)]
pub(super) struct Source {
    pub(super) r#type: &'static str,
    pub(super) spec: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TimeWindow {
    pub(super) duration: &'static str,
    pub(super) is_rolling: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Objective {
    pub(super) display_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) op: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) value: Option<f64>,
    pub(super) target: f64,
}
