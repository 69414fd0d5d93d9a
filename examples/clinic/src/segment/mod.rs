//! Segments: rules over clients and what they did, as a condition in SQL.
//!
//! Rules come out of a row of the database, and every value in them becomes a bound parameter: no
//! part of a rule is ever text of a statement.

mod condition;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use condition::push;

/// A rule that holds for a client, or does not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Rule {
    /// Every one of them holds; of none, always.
    All(Vec<Self>),
    /// One of them holds; of none, never.
    Any(Vec<Self>),
    /// It does not hold.
    Not(Box<Self>),
    /// The client lives in one of these.
    City(Vec<String>),
    /// The client was born on a day of this period.
    Born(Period),
    /// The client came first on a day of this period.
    Joined(Period),
    /// The client has at least so many appointments that start in this period.
    Appointments(Activity),
    /// The client's appointments that start in this period take at least so many minutes.
    Minutes(Activity),
    /// The client submitted at least so many forms in this period.
    Submissions(Activity),
    /// The client's last submission of the form has this answer.
    Answer(Answer),
}

/// From a day to another, the last one excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// The first day.
    pub from: NaiveDate,
    /// The day after the last.
    pub to: NaiveDate,
}

/// How much happened in a period, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Activity {
    /// The first day.
    pub from: NaiveDate,
    /// The day after the last.
    pub to: NaiveDate,
    /// The least; at least one.
    pub at_least: u32,
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The form.
    pub form: i64,
    /// The field's name.
    pub field: String,
    /// What the answer is compared with.
    #[serde(flatten)]
    pub test: Test,
}

/// A comparison with an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// It is exactly this value.
    Is(serde_json::Value),
    /// It is a number of at least this.
    AtLeast(f64),
}
