//! The one form to which the three summaries are brought.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::document::{count, number};
use super::fault::Fault;
use super::submetric::{self, MetricName};
use crate::measure::Tags;

/// A summary of any shape.
#[derive(Debug, Default)]
pub(super) struct Summary {
    /// The parts of the test whose latencies the summary has, in the order of the file.
    pub(super) parts: Vec<MetricName>,
    /// The names of all other metrics.
    pub(super) others: Vec<String>,
    /// How long the test took, in s.
    pub(super) duration: Option<f64>,
    pub(super) tool_version: Option<String>,
    pub(super) time: Option<String>,
    /// Crossed thresholds: metric and expression.
    pub(super) crossed: Vec<(String, String)>,
    /// The metrics of which rows are made, and their sub-metrics, by name and tags.
    pub(super) values: BTreeMap<(String, Tags), Values>,
}

/// What a metric says.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Values {
    /// Statistics in ms, by k6's names for them, and `count`.
    Trend(BTreeMap<String, f64>),
    /// A sum, and the sum over the whole test's duration.
    Counter { count: Option<u64>, rate: Option<f64> },
    /// Samples that are not zero, out of all; k6 calls them `passes`, failed requests too.
    Rate { events: Option<u64>, of: Option<u64>, share: Option<f64> },
}

/// What a metric is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Trend,
    Counter,
    Rate,
}

impl Summary {
    /// Adds a metric if rows are made of it.
    pub(super) fn add(
        &mut self,
        name: &str,
        kind: Kind,
        values: &Map<String, Value>,
    ) -> Result<(), Fault> {
        let parsed = submetric::parse(name);
        if usual_kind(&parsed.metric) != Some(kind) {
            self.others.push(name.to_owned());
            return Ok(());
        }
        let values = read_values(name, kind, values)?;
        let tags = parsed.tag_set();
        if kind == Kind::Trend && !tags.is_empty() {
            self.parts.push(parsed.clone());
        }
        // Parts that differ only in the order of their tags are the same samples.
        self.values.insert((parsed.metric, tags), values);
        Ok(())
    }

    /// What a metric says of exactly these tags; no tags for the whole metric.
    pub(super) fn find(&self, metric: &str, tags: &Tags) -> Option<&Values> {
        self.values.get(&(metric.to_owned(), tags.clone()))
    }
}

impl MetricName {
    pub(super) fn tag_set(&self) -> Tags {
        self.tags.iter().cloned().collect()
    }
}

/// The kind of the metrics of which rows are made.
fn usual_kind(metric: &str) -> Option<Kind> {
    match metric {
        "http_req_duration" => Some(Kind::Trend),
        "http_reqs" | "iterations" | "dropped_iterations" => Some(Kind::Counter),
        "http_req_failed" | "checks" => Some(Kind::Rate),
        _ => None,
    }
}

fn read_values(name: &str, kind: Kind, values: &Map<String, Value>) -> Result<Values, Fault> {
    match kind {
        Kind::Trend => {
            let mut statistics = BTreeMap::new();
            for key in values.keys().filter(|key| *key != "thresholds") {
                if let Some(value) = number(values, key, name)? {
                    statistics.insert(key.clone(), value);
                }
            }
            Ok(Values::Trend(statistics))
        }
        Kind::Counter => Ok(Values::Counter {
            count: count(values, "count", name)?,
            rate: number(values, "rate", name)?,
        }),
        Kind::Rate => {
            let events = first(count(values, "passes", name)?, || count(values, "matches", name))?;
            let fails = count(values, "fails", name)?;
            let sum = events.zip(fails).map(|(events, fails)| events.saturating_add(fails));
            Ok(Values::Rate {
                events,
                of: first(sum, || count(values, "total", name))?,
                share: first(number(values, "rate", name)?, || number(values, "value", name))?,
            })
        }
    }
}

fn first<T>(
    one: Option<T>,
    other: impl FnOnce() -> Result<Option<T>, Fault>,
) -> Result<Option<T>, Fault> {
    if one.is_some() { Ok(one) } else { other() }
}
