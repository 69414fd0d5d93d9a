//! The summaries whose metrics carry their type: `handleSummary` data and the machine-readable
//! summary of k6 1.5 and later.

use serde_json::{Map, Value};

use super::document::{number, object, text};
use super::fault::Fault;
use super::instant;
use super::summary::{Kind, Summary};

/// The summary of `JSON.stringify(data)`. Statistics are in ms whatever `summaryTimeUnit` says,
/// which is for the text that k6 prints.
pub(super) fn handle_summary(document: &Map<String, Value>) -> Result<Summary, Fault> {
    let state = object(document, "state");
    let duration = match state {
        Some(state) => number(state, "testRunDurationMs", "state")?.map(|ms| ms / 1e3),
        None => None,
    };
    let mut summary = Summary { duration, ..Summary::default() };
    for (name, metric) in object(document, "metrics").into_iter().flatten() {
        let Some(metric) = metric.as_object() else { return Err(no_metric(name, metric)) };
        add(&mut summary, name, metric)?;
        let thresholds = object(metric, "thresholds").into_iter().flatten();
        let crossed = thresholds.filter(|(_, it)| it.get("ok") == Some(&Value::Bool(false)));
        summary.crossed.extend(crossed.map(|(expression, _)| (name.clone(), expression.clone())));
    }
    Ok(summary)
}

/// The machine-readable summary. Its keys are spelled both ways in k6's own sources.
pub(super) fn machine_readable(document: &Map<String, Value>) -> Result<Summary, Fault> {
    let empty = Map::new();
    let metadata = object(document, "metadata").unwrap_or(&empty);
    let config = object(document, "config").unwrap_or(&empty);
    let time = text(metadata, ["generatedAt", "generated_at"])
        .and_then(|time| instant::rfc3339(time.as_bytes()))
        .and_then(|at| instant::display(at.ns));
    let mut summary = Summary {
        duration: number(config, "duration", "config")?,
        tool_version: text(metadata, ["k6Version", "k6_version"]),
        time,
        ..Summary::default()
    };
    let results = object(document, "results").unwrap_or(&empty);
    let metrics = results.get("metrics").and_then(Value::as_array);
    for metric in metrics.into_iter().flatten() {
        let named = metric.as_object().and_then(|m| Some((m, m.get("name")?.as_str()?)));
        let Some((metric, name)) = named else { return Err(no_metric("(unnamed)", metric)) };
        add(&mut summary, name, metric)?;
    }
    Ok(summary)
}

fn add(summary: &mut Summary, name: &str, metric: &Map<String, Value>) -> Result<(), Fault> {
    let kind = match metric.get("type").and_then(Value::as_str) {
        Some("trend") => Kind::Trend,
        Some("counter") => Kind::Counter,
        Some("rate") => Kind::Rate,
        _ => {
            summary.others.push(name.to_owned());
            return Ok(());
        }
    };
    match object(metric, "values") {
        Some(values) => summary.add(name, kind, values),
        None => Err(no_metric(name, &Value::Object(metric.clone()))),
    }
}

fn no_metric(name: &str, found: &Value) -> Fault {
    let mut shown = found.to_string();
    if let Some((at, _)) = shown.char_indices().nth(60) {
        shown.truncate(at);
        shown += "...";
    }
    Fault::content(
        format!("{shown} as the metric `{name}`"),
        "an object with `type` and `values`",
        "the file was changed after k6 wrote it: measure again",
    )
}
