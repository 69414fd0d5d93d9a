//! What was seen beside a load: `tailguard.captured/v1`.

use std::collections::BTreeMap;

/// What was seen beside a load, sampled about once a second.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Captured {
    /// When each sample was taken, in ns since 1970, ascending.
    pub at_ns: Vec<i64>,
    /// By column: the value of each sample; `None` where it was not taken. Columns that are not known
    /// here are kept, and nobody asks for them.
    pub columns: BTreeMap<String, Vec<Option<f64>>>,
}

/// Cores of the machine on which all of it ran.
pub const CORES: &str = "cores";
/// Cores that the service may use, where those are fewer.
pub const SERVICE_CORES: &str = "service_cores";
/// CPU time of the service so far, in seconds.
pub const SERVICE_CPU: &str = "service_cpu_seconds";
/// CPU time of the database so far, in seconds.
pub const DATABASE_CPU: &str = "database_cpu_seconds";
/// CPU time of the load generator so far, in seconds.
pub const GENERATOR_CPU: &str = "generator_cpu_seconds";
/// Time that cores were not idle so far, in seconds of all cores together.
pub const BUSY_CPU: &str = "busy_cpu_seconds";
/// Connections that the service's pool may open.
pub const POOL_SIZE: &str = "pool_size";
/// Connections that requests hold.
pub const POOL_IN_USE: &str = "pool_in_use";
/// Requests that wait for a connection.
pub const POOL_WAITING: &str = "pool_waiting";
/// Time that requests waited for a connection so far, in seconds.
pub const POOL_WAIT: &str = "pool_wait_seconds";
/// Connections that were waited for so far, however short.
pub const POOL_WAITS: &str = "pool_waits";
/// Sessions of the database that execute something, those that wait for a lock included.
pub const DATABASE_ACTIVE: &str = "database_active";
/// Sessions of the database that wait for a lock.
pub const LOCK_WAITS: &str = "database_lock_waits";
/// How the name of a column begins that holds the time of one query so far, in seconds; the name of
/// the query follows.
pub const QUERY: &str = "query_seconds:";
