//! The shapes of k6's results.

/// One of k6's result shapes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `--out json=FILE`.
    Ndjson,
    /// `--out csv=FILE`.
    Csv,
    /// `--summary-export=FILE`.
    SummaryExport,
    /// `JSON.stringify(data)` in the script's `handleSummary`.
    HandleSummary,
    /// `--new-machine-readable-summary`.
    MachineReadable,
}

impl Shape {
    /// The name in a run.
    #[must_use]
    pub fn format(self) -> &'static str {
        match self {
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
            Self::SummaryExport => "summary-export",
            Self::HandleSummary => "handle-summary",
            Self::MachineReadable => "machine-readable-summary",
        }
    }
}
