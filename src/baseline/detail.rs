//! Sketches and windows of stored runs. No verdict needs them; later questions do.

use std::collections::BTreeMap;
use std::io::{Read, Write};

use flate2::{Compression, GzBuilder, read::GzDecoder};
use serde::{Deserialize, Serialize};

use super::form::FormError;
use crate::measure::{Detail, Run, Tags, Tool, Window};

const SCHEMA: &str = "tailguard.detail/v1";

/// No honest detail file of the runs that a baseline keeps is larger than this, unpacked.
const LARGEST: u64 = 256 << 20;

/// Sketches and windows, by run id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Details {
    schema: String,
    runs: BTreeMap<String, Vec<RowDetail>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RowDetail {
    tool: Tool,
    tags: Tags,
    /// `HdrHistogram` V2 wire format, in hexadecimal.
    sketch: String,
    /// n, p50, p95, p99, mean.
    windows: Vec<(u64, f64, f64, f64, f64)>,
}

impl Details {
    pub(super) fn empty() -> Self {
        Self { schema: SCHEMA.to_owned(), runs: BTreeMap::new() }
    }

    /// Adds the details that the runs carry; a run that is known is left as it is, but for rows
    /// that were not known.
    pub(super) fn add(&mut self, runs: &[Run]) {
        for run in runs {
            for row in &run.rows {
                let Some(detail) = &row.detail else { continue };
                let rows = self.runs.entry(run.id.clone()).or_default();
                if !rows.iter().any(|known| known.tool == run.tool && known.tags == row.tags) {
                    rows.push(row_detail(run.tool, &row.tags, detail));
                }
            }
        }
    }

    /// Only what belongs to these runs.
    pub(super) fn keep(&mut self, runs: &[Run]) {
        self.runs.retain(|id, rows| {
            let Some(run) = runs.iter().find(|run| run.id == *id) else { return false };
            rows.retain(|known| {
                known.tool == run.tool && run.rows.iter().any(|row| row.tags == known.tags)
            });
            !rows.is_empty()
        });
    }

    /// The bytes of the file: gzip without a name or a time, so that they depend on the content
    /// only.
    pub(super) fn pack(&self) -> std::io::Result<Vec<u8>> {
        let mut packed = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
        packed.write_all(&serde_json::to_vec(self)?)?;
        packed.finish()
    }

    pub(super) fn unpack(packed: &[u8]) -> Result<Self, FormError> {
        let mut text = Vec::new();
        GzDecoder::new(packed)
            .take(LARGEST)
            .read_to_end(&mut text)
            .map_err(serde_json::Error::io)?;
        let details: Self = serde_json::from_slice(&text)?;
        if details.schema != SCHEMA {
            return Err(FormError::Schema { found: details.schema, expected: SCHEMA });
        }
        for (id, rows) in &details.runs {
            if rows.iter().any(|row| bytes(&row.sketch).is_none()) {
                return Err(FormError::Inconsistent(format!("run {id} has a sketch that is none")));
            }
        }
        Ok(details)
    }
}

fn row_detail(tool: Tool, tags: &Tags, detail: &Detail) -> RowDetail {
    let sketch = detail.sketch.iter().map(|byte| format!("{byte:02x}")).collect();
    let window = |w: &Window| (w.n, w.p50, w.p95, w.p99, w.mean);
    let windows = detail.windows.iter().map(window).collect();
    RowDetail { tool, tags: tags.clone(), sketch, windows }
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    (hex.len().is_multiple_of(2) && hex.is_ascii()).then_some(())?;
    (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(hex.get(i..i + 2)?, 16).ok()).collect()
}
