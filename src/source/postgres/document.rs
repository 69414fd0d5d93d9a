//! The snapshot `tailguard.postgres-snapshot/v1`: what a database counted up to one moment.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The schema word.
pub const SCHEMA: &str = "tailguard.postgres-snapshot/v1";

/// What a database counted up to one moment. Counters grow from the last reset; only the
/// difference of two snapshots speaks of a load. It holds no row of any table, no literal of a
/// query, and nothing of the connection that took it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// [`SCHEMA`].
    pub schema: String,
    /// The server.
    pub server: Server,
    /// The database.
    pub database: String,
    /// When the counters were read, by the server's clock: RFC 3339 in UTC.
    pub taken_at: String,
    /// When counters were last set to zero.
    pub resets: Resets,
    /// The database as a whole.
    pub counters: Counters,
    /// Connections of clients to the server, without the one that took the snapshot.
    pub connections: Connections,
    /// Settings that explain the numbers.
    pub settings: BTreeMap<String, String>,
    /// Statements, sorted by text.
    pub statements: Vec<Statement>,
    /// Tables, sorted by schema and name.
    pub tables: Vec<Table>,
    /// Indexes, sorted by schema and name.
    pub indexes: Vec<Index>,
    /// Executed plans of named queries, sorted by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plans: Vec<Plan>,
}

/// A server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Server {
    /// Its version in words, such as `15.10`.
    pub version: String,
    /// Its version as a number, such as 150010.
    pub version_num: u32,
    /// What tells its data directory from all others, where the role may know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// When it was started.
    pub started_at: String,
}

/// When counters were last set to zero; `None` where they never were, or the server does not tell.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resets {
    /// Of `pg_stat_database`.
    pub database: Option<String>,
    /// Of `pg_stat_statements`; servers before 14 do not tell.
    pub statements: Option<String>,
}

/// `pg_stat_database`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Counters {
    /// Transactions that committed.
    pub commits: u64,
    /// Transactions that rolled back.
    pub rollbacks: u64,
    /// Blocks read from the system.
    pub blocks_read: u64,
    /// Blocks found in shared memory.
    pub blocks_hit: u64,
    /// Temporary files.
    pub temp_files: u64,
    /// Bytes written to temporary files.
    pub temp_bytes: u64,
    /// Deadlocks.
    pub deadlocks: u64,
    /// Time spent by sessions, in ms; from 14 on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_ms: Option<f64>,
    /// Time spent executing, in ms; from 14 on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active_ms: Option<f64>,
}

/// Connections of clients to the server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connections {
    /// As many as the server allows: `max_connections`.
    pub allowed: u64,
    /// All of them, by state; `unknown` where the role may not see it.
    pub by_state: BTreeMap<String, u64>,
}

/// One entry of `pg_stat_statements`. Times are in ms.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    /// The name that a comment of the query gives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The text without comments and literals.
    pub query: String,
    /// The server's own id.
    #[serde(default)]
    pub queryid: i64,
    /// Executions.
    pub calls: u64,
    /// Rows returned or changed.
    pub rows: u64,
    /// Time in all.
    pub total_ms: f64,
    /// The shortest execution since the reset.
    pub min_ms: f64,
    /// The longest execution since the reset.
    pub max_ms: f64,
    /// The mean since the reset.
    pub mean_ms: f64,
    /// The standard deviation since the reset, of the population.
    pub stddev_ms: f64,
    /// Blocks found in shared memory.
    pub shared_hit: u64,
    /// Blocks read into shared memory.
    pub shared_read: u64,
    /// Blocks read from temporary files.
    pub temp_read: u64,
    /// Blocks written to temporary files.
    pub temp_written: u64,
}

/// `pg_stat_user_tables`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// The schema.
    pub schema: String,
    /// The table.
    pub table: String,
    /// Scans from the first row to the last.
    pub seq_scan: u64,
    /// Rows that these read.
    pub seq_rows: u64,
    /// Scans by an index.
    pub idx_scan: u64,
    /// Rows that these fetched.
    pub idx_rows: u64,
    /// Rows alive, estimated.
    pub live_rows: u64,
    /// Bytes on disk, without indexes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_bytes: Option<u64>,
}

/// `pg_stat_user_indexes`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// The schema.
    pub schema: String,
    /// The table.
    pub table: String,
    /// The index.
    pub index: String,
    /// It also keeps values unique, whether or not it is scanned.
    pub unique: bool,
    /// Scans.
    pub scans: u64,
    /// Bytes on disk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_bytes: Option<u64>,
}

/// What `EXPLAIN (ANALYZE, BUFFERS)` said of one named query.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The query's name.
    pub name: String,
    /// The text without comments and literals.
    pub query: String,
    /// The times of consecutive executions, in ms.
    pub execution_ms: Vec<f64>,
    /// The plan of the last execution.
    pub root: Node,
}

/// One node of a plan, without conditions: those have literals. Rows are a mean over the loops.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// `Seq Scan`, `Hash Join` and the like.
    pub node: String,
    /// The table that it scans.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation: Option<String>,
    /// The index that it uses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<String>,
    /// Rows that the planner expected.
    pub planned_rows: f64,
    /// Rows that it gave.
    pub rows: f64,
    /// Rows that it read and dropped.
    pub removed_rows: f64,
    /// How often it ran.
    pub loops: f64,
    /// Time of one loop with all nodes below, in ms.
    pub total_ms: f64,
    /// Blocks found in shared memory, with all nodes below.
    pub shared_hit: u64,
    /// Blocks read into shared memory, with all nodes below.
    pub shared_read: u64,
    /// Blocks written to temporary files, with all nodes below.
    pub temp_written: u64,
    /// Nodes below.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nodes: Vec<Self>,
}

impl Snapshot {
    /// Connections in use.
    #[must_use]
    pub fn in_use(&self) -> u64 {
        self.connections.by_state.values().fold(0, |sum, n| sum.saturating_add(*n))
    }
}
