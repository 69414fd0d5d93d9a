//! The tables as a whole: migrated, filled, and one regression on demand.

use sqlx::migrate::Migrator;
use sqlx::{Connection, PgConnection};

use super::Error;

static MIGRATOR: Migrator = sqlx::migrate!();

/// Indexes that can be dropped.
pub const INDEXES: [&str; 6] = [
    "appointments_by_day",
    "clients_by_name",
    "submissions_by_form",
    "submissions_by_client",
    "appointments_by_client",
    "segments_by_organisation",
];

/// One connection, outside any pool.
///
/// # Errors
///
/// Where the URL is none or the database does not answer.
pub async fn connect(url: &str) -> Result<PgConnection, Error> {
    Ok(PgConnection::connect(url).await?)
}

/// Brings the tables to this version.
///
/// # Errors
///
/// Where the database is of another program or a newer version.
pub async fn migrate(connection: &mut PgConnection) -> Result<(), Error> {
    MIGRATOR.run(connection).await?;
    Ok(())
}

/// Drops one of [`INDEXES`].
///
/// # Errors
///
/// Where the database refuses.
pub async fn drop_index(connection: &mut PgConnection, index: &'static str) -> Result<(), Error> {
    sqlx::query(&format!("drop index if exists {index}")).execute(connection).await?;
    Ok(())
}
