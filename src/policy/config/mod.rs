//! `tailguard.toml`: the policy as a file. Parsing proves it; nothing behind it checks again.

mod capacity;
pub mod docs;
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

pub use capacity::{
    Capacity, CoverageTarget, Database, LimitOf, LimitSource, MetricNames, Now, PoolSettings, Role,
    RowOf, SizeSuite, TableTarget, Threshold, Trigger, Watch, set,
};
pub use error::ConfigError;
pub use github::{CommentWhen, Github, MergeQueue, Undecided};
pub use load::{FILE_NAME, find, github_of, load, parse};
pub use model::{Config, Floors, Gate, Suite};
