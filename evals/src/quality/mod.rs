//! How often the gate cries wolf and how much it misses, beside rules in use elsewhere, on the same data.
//!
//! A [world](worlds) hands out [suites](trial) of which the truth is known: simulated
//! [run by run](simulated) or [request by request](requests), or drawn from [recorded] rounds of unchanged
//! programs. Every [rule](rules) judges every suite, once unchanged and once for each change that is put
//! into its first row, and what it says is [counted](count). [Real series](histories) with [labels]
//! are judged build by build, and so are [those that nobody labelled](unlabelled), as their projects
//! [publish](collections) them. Counts are integers, so that the same seed gives the same file.

pub mod collections;
pub mod count;
pub mod gate;
pub mod histories;
pub mod labels;
pub mod location;
pub mod page;
pub mod plot;
pub mod profile;
pub mod recorded;
pub mod requests;
pub mod rules;
pub mod simulated;
pub mod targets;
pub mod trial;
pub mod unlabelled;
pub mod variants;
pub mod worlds;
