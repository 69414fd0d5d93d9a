//! The flags of `snapshot`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Snapshot {
    /// What a PostgreSQL database counted so far; two of them around a load make a run
    Postgres(SnapshotPostgres),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct SnapshotPostgres {
    /// The database: postgresql://USER@HOST:PORT/DATABASE
    ///
    /// TAILGUARD_POSTGRES_URL stands in for it, and PGPASSWORD for a password that it lacks: the
    /// words of a command can be seen in the list of processes.
    #[arg(long, value_name = "URL")]
    pub(in crate::cli) url: Option<String>,
    /// Execute the queries of this file under EXPLAIN, each below a line `-- name: NAME`; for the
    /// snapshot after the load
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) explain: Option<PathBuf>,
    /// Longest time for the connection, and for each statement
    #[arg(long, value_name = "DURATION", default_value = "5s")]
    pub(in crate::cli) timeout: String,
}
