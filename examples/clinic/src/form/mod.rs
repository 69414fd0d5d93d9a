//! Forms: the fields they have, and answers held against them.

mod validate;

use serde::{Deserialize, Serialize};

pub use validate::{Failures, validate};

/// One question of a form.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Field {
    /// Its key in the answers.
    pub name: String,
    /// What is asked.
    pub label: String,
    /// Whether it must be answered.
    pub required: bool,
    /// What an answer is.
    #[serde(flatten)]
    pub kind: Kind,
}

/// What an answer is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Kind {
    /// Text of at most so many characters.
    Text {
        /// The most characters.
        max_length: usize,
    },
    /// A number, both bounds included.
    Number {
        /// The least.
        min: f64,
        /// The most.
        max: f64,
    },
    /// One of some words.
    Choice {
        /// The words.
        options: Vec<String>,
    },
    /// Yes or no.
    Boolean,
    /// A calendar day.
    Date,
}
