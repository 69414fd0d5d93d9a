//! The doors: one foreign format each, into a [`Run`](crate::measure::Run).

mod error;
pub mod k6;
mod reading;

pub use error::SourceError;
pub use reading::{Reading, SourceName};
