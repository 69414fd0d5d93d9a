//! k6's result files.

use std::io::BufRead;
use std::path::Path;

use crate::measure::Run;

use super::{Reading, SourceError};

/// Which of k6's result files.
pub(crate) enum Shape {
    Ndjson,
    Csv,
    SummaryExport,
    HandleSummary,
    MachineReadable,
}

pub(crate) fn sniff(head: &[u8]) -> Option<Shape> {
    let text = String::from_utf8_lossy(head);
    let text = text.trim_start();
    let has = |word: &str| text.contains(word);
    if text.starts_with("metric_name,timestamp,metric_value") {
        Some(Shape::Csv)
    } else if !text.starts_with('{') {
        None
    } else if has("\"type\":\"Metric\"") || has("\"type\":\"Point\"") {
        Some(Shape::Ndjson)
    } else if has("\"metrics\"") && has("\"contains\"") {
        Some(Shape::HandleSummary)
    } else if has("\"metrics\"") && has("\"root_group\"") {
        Some(Shape::SummaryExport)
    } else {
        has("\"k6_version\"").then_some(Shape::MachineReadable)
    }
}

pub(crate) fn read(
    path: &Path,
    _shape: Shape,
    _input: &mut dyn BufRead,
    _reading: &Reading,
) -> Result<Run, SourceError> {
    Err(SourceError::Unreadable {
        path: path.to_owned(),
        found: "a k6 result".to_owned(),
        expected: "a reader for it".to_owned(),
        hint: "this build reads criterion only".to_owned(),
    })
}

/// What a document is that looks like results and is none of k6's shapes.
pub(crate) struct Refusal {
    pub(crate) found: String,
    pub(crate) hint: String,
}

pub(crate) fn refuse(_head: &[u8]) -> Option<Refusal> {
    None
}
