//! A snapshot from its first word to its last.

use std::time::Duration;

use super::{Address, Error, NamedQuery, counters, explain, link};
use crate::source::postgres::{Resets, SCHEMA, Snapshot};

/// What a snapshot is taken of.
#[derive(Debug)]
pub struct Plan<'a> {
    /// Where the server is.
    pub address: &'a Address,
    /// Queries to execute under `EXPLAIN`, after the counters were read.
    pub explain: &'a [NamedQuery],
    /// The longest time for the connection, and for each statement.
    pub timeout: Duration,
}

/// Takes a snapshot: one connection, one read-only transaction that is rolled back.
///
/// # Errors
/// The server cannot be reached, or it or the role lacks what a snapshot needs.
pub fn take(plan: &Plan<'_>) -> Result<Snapshot, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::server(format!("no network: {error}"), "try again"))?;
    runtime.block_on(taken(plan))
}

async fn taken(plan: &Plan<'_>) -> Result<Snapshot, Error> {
    let link = link::Link::open(plan.address, plan.timeout).await?;
    link.begin().await?;
    let scene = counters::scene(&link).await?;
    // The statements come first: the other questions are no part of them, but count elsewhere.
    let (statements, resets) = counters::statements(&link).await?;
    let (counted, database_reset) = counters::database(&link).await?;
    let tables = counters::tables(&link).await?;
    let indexes = counters::indexes(&link).await?;
    let connections = counters::connections(&link).await?;
    let settings = counters::settings(&link).await?;
    // What is executed here must not be among the counters of the load.
    let mut plans = Vec::new();
    for query in plan.explain {
        plans.push(explain::explain(&link, query).await?);
    }
    link.run("rollback").await?;
    Ok(Snapshot {
        schema: SCHEMA.to_owned(),
        server: scene.server,
        database: scene.database,
        taken_at: scene.taken_at,
        resets: Resets { database: database_reset, ..resets },
        counters: counted,
        connections,
        settings,
        statements,
        tables,
        indexes,
        plans,
    })
}
