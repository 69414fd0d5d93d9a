//! The CI job around this process, as GitHub Actions tells it: the event, and the files and lines
//! through which a step answers.
//!
//! What a job says of itself comes from its environment, what the event says from a file of JSON
//! that others wrote: a fork names its own branches. Every field that is used is checked for its
//! shape; the rest is not looked at.

mod append;
mod commands;
mod error;
mod event;
mod job;
mod outputs;
mod payload;
mod shape;
mod summary;

pub use commands::{Annotation, Level, commands};
pub use error::{Error, Unfit};
pub use event::{Event, PullEvent, RunEvent};
pub use job::{Job, job};
pub use outputs::write_outputs;
pub use summary::{Appended, append_summary};
