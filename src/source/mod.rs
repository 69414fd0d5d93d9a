//! The doors: one foreign format each, into a [`Run`](crate::measure::Run).
//!
//! [`find`] turns what a user wrote into paths, one a run; [`read`] turns one path into a run. What a
//! file is gets decided by its content and never by its name: a k6 stream is often called
//! `results.json`, and a criterion benchmark may well be called `report`.
//!
//! A file that is not what any reader takes is an error, never an empty run. What can be read but
//! not relied on is kept, with a [`Problem`](crate::measure::Problem) that says so.

mod captured;
mod criterion;
mod detect;
mod error;
pub mod exposition;
mod folder;
mod glob;
mod identity;
pub mod k6;
mod latencies;
pub mod limits;
mod locate;
mod open;
pub mod postgres;
mod read;
mod reading;
pub mod sidecar;
pub mod steps;
mod timeline;
mod window;

pub use captured::captured;
pub use error::SourceError;
pub use locate::find;
pub use read::read;
pub use reading::{Reading, SourceName};
pub use timeline::timeline;
