//! The capacity plan, the database, the triggers.

use super::{Amount, Basis, Source, State, Value};

/// The capacity plan, the database, the triggers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Capacity {
    /// What the plan is made from, in order.
    pub inputs: Vec<Input>,
    /// What it says, in order.
    pub plan: Vec<Computed>,
    /// What is scarce first, in words.
    pub bound_by: Option<String>,
    /// What is said of the pool first: a sentence without its full stop.
    pub pool_headline: Option<String>,
    /// The size of the pool by each rule, and what of its requests wait too long.
    pub pool_sizes: Vec<PoolSize>,
    /// What a pooler before the server opens: sentences without their full stops.
    pub pooler: Vec<String>,
    /// Connections in the pool, by each rule.
    pub pool: Vec<Computed>,
    /// Timeouts of statements, locks and requests.
    pub timeouts: Vec<Computed>,
    /// What sets them in the database: statements, a line each.
    pub sql: Vec<String>,
    /// How far indexes cover scans.
    pub indexes: Vec<IndexCoverage>,
    /// When to grow.
    pub triggers: Vec<Trigger>,
}

/// One number that a plan is made from.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// What it is.
    pub name: String,
    /// The number.
    pub value: Value,
    /// What it rests on.
    pub basis: Basis,
    /// Where it came from, where it was measured.
    pub sources: Vec<Source>,
}

/// A number that a formula gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Computed {
    /// What it is.
    pub name: String,
    /// The formula, in names.
    pub formula: String,
    /// The formula, with numbers put in; empty where one is missing.
    pub filled: String,
    /// What it gives.
    pub value: Value,
    /// What it rests on.
    pub basis: Basis,
    /// It answers a question, and is not only on the way to an answer.
    pub answer: bool,
    /// What should be known beside, a sentence without its full stop.
    pub note: Option<String>,
    /// What to be warned of, a sentence without its full stop.
    pub warning: Option<String>,
    /// Where its numbers came from.
    pub sources: Vec<Source>,
}

/// What a pool is by one rule, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolSize {
    /// The rule.
    pub rule: String,
    /// Connections of one instance.
    pub one: String,
    /// Connections of all instances.
    pub all: String,
    /// How many requests wait too long; empty where that is not known.
    pub late: String,
    /// Where the load came from, where the rule looks at one.
    pub sources: Vec<Source>,
}

/// How far indexes cover the scans of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexCoverage {
    /// The table.
    pub table: String,
    /// The share of scans that should use an index.
    pub target: Amount,
    /// The share that did.
    pub measured: Value,
    /// How it was judged.
    pub state: State,
    /// Where this came from.
    pub source: Option<Source>,
}

/// When to take a step.
#[derive(Debug, Clone, PartialEq)]
pub struct Trigger {
    /// The step: `read replica`.
    pub step: String,
    /// What is watched: `database CPU`.
    pub metric: String,
    /// From where on.
    pub threshold: Value,
    /// It is due below the threshold, and not above.
    pub below: bool,
    /// For how long, in words: `10min`.
    pub duration: String,
    /// What the threshold rests on.
    pub basis: Basis,
    /// Why there, as a lowercase fragment.
    pub because: String,
    /// What speaks against the threshold.
    pub warning: Option<String>,
    /// Where it is now.
    pub current: Value,
    /// That is what a load test left behind, and not what follows from today's organisations.
    pub is_of_a_test: bool,
    /// What is left of the threshold, as a fraction of it.
    pub left: Option<f64>,
    /// The day on which the given growth reaches it, as `2027-05-01`.
    pub reached_on: Option<String>,
    /// Where the numbers came from.
    pub sources: Vec<Source>,
}
