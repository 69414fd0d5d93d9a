//! `tailguard.toml`: the policy as a file. Parsing proves it; nothing behind it checks again.

mod document;
mod entries;
mod error;
mod forms;
mod gate;
mod github;
mod load;
mod model;
mod slo;
mod suite;

pub use error::ConfigError;
pub use github::{CommentWhen, Github, MergeQueue, Undecided};
pub use load::{FILE_NAME, find, github_of, load, parse};
pub use model::{Config, Floors, Gate, Suite};
