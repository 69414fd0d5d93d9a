//! `--summary-export=FILE`: flat metrics without a type, thresholds that say whether they were
//! crossed, and neither duration nor version nor time.

use serde_json::{Map, Value};

use super::document::object;
use super::fault::Fault;
use super::summary::{Kind, Summary};

/// The summary of an export.
pub(super) fn summary(document: &Map<String, Value>) -> Result<Summary, Fault> {
    let mut summary = Summary::default();
    for (name, metric) in object(document, "metrics").into_iter().flatten() {
        let Some(metric) = metric.as_object() else {
            return Err(Fault::content(
                format!("{metric} as the metric `{name}`"),
                "an object of statistics",
                "the file was changed after k6 wrote it: measure again",
            ));
        };
        match kind(metric) {
            Some(kind) => summary.add(name, kind, metric)?,
            None => summary.others.push(name.clone()),
        }
        // `true` means crossed here, the opposite of handleSummary.
        let thresholds = object(metric, "thresholds").into_iter().flatten();
        let crossed = thresholds.filter(|(_, crossed)| crossed.as_bool() == Some(true));
        summary.crossed.extend(crossed.map(|(expression, _)| (name.clone(), expression.clone())));
    }
    Ok(summary)
}

/// What a metric is, by its keys; `None` for a gauge, of which no row is made.
fn kind(metric: &Map<String, Value>) -> Option<Kind> {
    let has = |keys: &[&str]| keys.iter().all(|key| metric.contains_key(*key));
    if has(&["passes", "fails"]) {
        Some(Kind::Rate)
    } else if has(&["value", "min", "max"]) {
        None
    } else if has(&["count", "rate"]) {
        Some(Kind::Counter)
    } else {
        Some(Kind::Trend)
    }
}
