//! What goes wrong between the service and its database.

/// Why the store gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The practitioner is in another appointment at that time.
    #[error("the practitioner has another appointment at that time\nhint: choose another time")]
    Overlap,
    /// The database or the pool is too busy for one more.
    #[error("the database is busy: {0}\nhint: try again in a moment")]
    Busy(sqlx::Error),
    /// Anything else the database said.
    #[error("the database failed: {0}\nhint: see its log")]
    Database(sqlx::Error),
    /// The tables are not those of this program.
    #[error("the migrations failed: {0}\nhint: use an empty database or one this version migrated")]
    Migrate(#[from] sqlx::migrate::MigrateError),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        // PostgreSQL's appendix A: exclusion_violation; deadlock_detected, serialization_failure.
        match error.as_database_error().and_then(|error| error.code()).as_deref() {
            Some("23P01") => Self::Overlap,
            Some("40P01" | "40001") => Self::Busy(error),
            _ if matches!(error, sqlx::Error::PoolTimedOut) => Self::Busy(error),
            _ => Self::Database(error),
        }
    }
}
