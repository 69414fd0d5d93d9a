//! A connection on loan: its queries are timed, and so is how long it is held.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgQueryResult, PgRow};
use sqlx::{FromRow, PgConnection, Postgres, Transaction};

use super::{Error, Query, QueryAs};
use crate::metrics::Metrics;

/// A connection, given back when it is dropped.
#[derive(Debug)]
pub struct Session {
    connection: Loan,
    /// How much longer than needed locks are held.
    lock: Option<Duration>,
    held: Held,
}

#[derive(Debug)]
enum Loan {
    Reading(PoolConnection<Postgres>),
    Writing(Transaction<'static, Postgres>),
}

impl Session {
    pub(super) fn reading(connection: PoolConnection<Postgres>, metrics: Arc<Metrics>) -> Self {
        let held = Held::start(metrics);
        Self { connection: Loan::Reading(connection), lock: None, held }
    }

    pub(super) fn writing(
        transaction: Transaction<'static, Postgres>,
        lock: Option<Duration>,
        metrics: Arc<Metrics>,
    ) -> Self {
        let held = Held::start(metrics);
        Self { connection: Loan::Writing(transaction), lock, held }
    }

    /// Makes what was written last.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn commit(self) -> Result<(), Error> {
        if let Some(time) = self.lock {
            tokio::time::sleep(time).await;
        }
        match self.connection {
            Loan::Reading(_) => Ok(()),
            Loan::Writing(transaction) => {
                let timed = self.held.timed("commit", transaction.commit());
                Ok(timed.await?)
            }
        }
    }

    pub(super) async fn all<T>(
        &mut self,
        name: &'static str,
        query: QueryAs<'_, T>,
    ) -> Result<Vec<T>, Error>
    where
        T: for<'row> FromRow<'row, PgRow> + Send + Unpin,
    {
        let query = query.fetch_all(self.connection.get());
        Ok(self.held.timed(name, query).await?)
    }

    pub(super) async fn optional<T>(
        &mut self,
        name: &'static str,
        query: QueryAs<'_, T>,
    ) -> Result<Option<T>, Error>
    where
        T: for<'row> FromRow<'row, PgRow> + Send + Unpin,
    {
        let query = query.fetch_optional(self.connection.get());
        Ok(self.held.timed(name, query).await?)
    }

    pub(super) async fn one<T>(
        &mut self,
        name: &'static str,
        query: QueryAs<'_, T>,
    ) -> Result<T, Error>
    where
        T: for<'row> FromRow<'row, PgRow> + Send + Unpin,
    {
        let query = query.fetch_one(self.connection.get());
        Ok(self.held.timed(name, query).await?)
    }

    pub(super) async fn execute(
        &mut self,
        name: &'static str,
        query: Query<'_>,
    ) -> Result<PgQueryResult, Error> {
        let query = query.execute(self.connection.get());
        Ok(self.held.timed(name, query).await?)
    }
}

impl Loan {
    fn get(&mut self) -> &mut PgConnection {
        match self {
            Self::Reading(connection) => connection,
            Self::Writing(transaction) => transaction,
        }
    }
}

/// The time of a loan, however it ends.
#[derive(Debug)]
struct Held {
    metrics: Arc<Metrics>,
    since: Instant,
}

impl Held {
    fn start(metrics: Arc<Metrics>) -> Self {
        metrics.pool_in_use.inc();
        Self { metrics, since: Instant::now() }
    }

    async fn timed<T>(&self, name: &'static str, query: impl Future<Output = T>) -> T {
        let start = Instant::now();
        let result = query.await;
        self.metrics.queried(name, start.elapsed());
        result
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.metrics.pool_in_use.dec();
        self.metrics.held(self.since.elapsed());
    }
}
