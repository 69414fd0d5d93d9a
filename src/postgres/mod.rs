//! The line to a PostgreSQL server: a snapshot of what it counted, in one read-only transaction.
//!
//! `address` reads where the server is, `link` connects, `counters` asks for the counters, `explain`
//! executes named queries, `file` reads those from a file. What leaves the server is counters, names
//! of tables, indexes and columns, and texts without literals; what it is for is in
//! [`source::postgres`](crate::source::postgres).

mod address;
mod counters;
mod error;
mod explain;
mod fields;
mod file;
mod link;
mod snapshot;

pub use address::Address;
pub use error::Error;
pub use file::{NamedQuery, queries};
pub use snapshot::{Plan, take};
