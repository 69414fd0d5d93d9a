//! `[capacity]`, `[database]` and `[[trigger]]`: what the plan, the pools and the scaling triggers are
//! computed from. What is measured is named by its file; what is a number here is a decision.

mod database;
mod forms;
mod limits;
mod model;
mod read;
mod set;
mod traffic;
mod triggers;
mod units;

pub(super) use database::{KEYS as DATABASE_KEYS, read_database};
pub(super) use forms::{CAPACITY_TABLE, DATABASE_TABLE, TRIGGER_TABLES};
pub use model::{
    Capacity, CoverageTarget, Database, LimitOf, LimitSource, MetricNames, Now, PoolSettings, Role,
    RowOf, SizeSuite, TableTarget, Threshold, Trigger, Watch,
};
pub(super) use read::{KEYS as CAPACITY_KEYS, read_capacity};
pub use set::set;
pub(super) use triggers::{KEYS as TRIGGER_KEYS, read_triggers};
