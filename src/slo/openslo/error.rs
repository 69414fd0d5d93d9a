//! Why an `OpenSLO` document was not taken.

/// Why a document was not taken, or not written. Foreign text may be in every message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenSloError {
    /// More text than anybody writes by hand.
    #[error("the file is larger than 1 MiB\nhint: import the documents in parts")]
    TooLarge,
    /// Not YAML, or more of it than is looked at.
    #[error(
        "invalid YAML: {0}\nhint: anchors and aliases are not followed: write them out; see https://openslo.com for the form"
    )]
    Yaml(String),
    /// A document of another kind of thing.
    #[error(
        "document {number} is {found}, expected apiVersion openslo/v1\nhint: v1 documents are read, and nothing older or newer"
    )]
    Version {
        /// Which, from 1.
        number: usize,
        /// What it says of itself.
        found: String,
    },
    /// An SLO that has no form here.
    #[error("SLO '{name}': {what}\nhint: {hint}")]
    Unfit {
        /// Its name.
        name: String,
        /// What is wrong: a lowercase fragment.
        what: String,
        /// What to do about it.
        hint: String,
    },
    /// An SLO without the annotation for its load.
    #[error(
        "SLO '{name}' names no load that it holds at\nhint: give --at 200/s or --at '50 users', or write the annotation tailguard/at"
    )]
    NoLoad {
        /// Its name.
        name: String,
    },
    /// An SLO with a value that could be in any unit.
    #[error(
        "SLO '{name}': the value {value} has no unit\nhint: give --unit ms, or write the annotation tailguard/unit"
    )]
    NoUnit {
        /// Its name.
        name: String,
        /// The value, as text.
        value: String,
    },
    /// A file without anything to import.
    #[error(
        "no document of kind SLO in the file\nhint: DataSource, Service and alerts hold no target"
    )]
    Nothing,
    /// Targets of which none has a form in `OpenSLO`.
    #[error("no target has a form in OpenSLO\nhint: percentiles and shares of requests have one")]
    NothingToExport,
}

impl OpenSloError {
    /// Whether a word on the command line is missing, and not something in the file.
    #[must_use]
    pub fn wants_a_flag(&self) -> bool {
        matches!(self, Self::NoLoad { .. } | Self::NoUnit { .. })
    }
}
