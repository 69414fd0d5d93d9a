//! The command line: words in, one plan to the gate, reports out.

mod args;
mod baseline;
mod calibrate;
mod capacity;
mod commands;
mod docs;
mod github;
mod init;
mod measure;
mod output;
mod plan;
mod progress;
mod slo;
mod snapshot;

pub use args::Cli;
pub use commands::{Failure, run};
