//! All SQL. One file per table; every function takes the organisation it works for, and every
//! statement on a tenant's table names it.

pub mod appointments;
pub mod bulk;
pub mod clients;
mod error;
pub mod forms;
pub mod organisations;
pub mod schema;
pub mod segments;
mod session;
pub mod submissions;
pub mod users;

use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{PgPool, Postgres, Transaction};

pub use error::Error;
pub use session::Session;

use crate::metrics::Metrics;
use crate::organisation::Organisation;

/// How long a request waits for a connection before it is answered 503.
const PATIENCE: Duration = Duration::from_secs(10);

/// A pool of connections, watched.
#[derive(Debug, Clone)]
pub struct Store {
    pool: PgPool,
    metrics: Arc<Metrics>,
    lock: Option<Duration>,
}

impl Store {
    /// Opens `connections` connections at once and keeps exactly so many. Where `lock` is set, every
    /// write holds its organisation's row locked that much longer.
    ///
    /// # Errors
    ///
    /// Where the URL is none or the database does not answer.
    pub async fn open(
        url: &str,
        connections: u32,
        lock: Option<Duration>,
        metrics: Arc<Metrics>,
    ) -> Result<Self, Error> {
        let options: PgConnectOptions = url.parse()?;
        let pool = PgPoolOptions::new()
            .min_connections(connections)
            .max_connections(connections)
            .acquire_timeout(PATIENCE)
            .idle_timeout(None)
            .max_lifetime(None)
            // A connection is tested when it is given back; once more would be a round trip more.
            .test_before_acquire(false)
            .connect_with(options.application_name("clinic"))
            .await?;
        let mut all = Vec::new();
        for _ in 0..connections {
            all.push(pool.acquire().await?);
        }
        drop(all);
        metrics.pool_connections.set(i64::from(pool.size()));
        Ok(Self { pool, metrics, lock })
    }

    /// A connection for reading.
    ///
    /// # Errors
    ///
    /// Where none came free in time.
    pub async fn read(&self) -> Result<Session, Error> {
        let connection = self.waiting(self.pool.acquire()).await?;
        Ok(Session::reading(connection, Arc::clone(&self.metrics)))
    }

    /// A connection with a transaction, which is rolled back unless it is committed.
    ///
    /// # Errors
    ///
    /// Where none came free in time, or the transaction cannot begin.
    pub async fn write(&self, organisation: Organisation) -> Result<Session, Error> {
        let connection = self.waiting(self.pool.acquire()).await?;
        let transaction = Transaction::begin(connection, None).await?;
        let metrics = Arc::clone(&self.metrics);
        let mut session = Session::writing(transaction, self.lock, metrics);
        if self.lock.is_some() {
            organisations::lock(&mut session, organisation).await?;
        }
        Ok(session)
    }

    /// How many connections are open.
    #[must_use]
    pub fn connections(&self) -> u32 {
        self.pool.size()
    }

    /// Closes every connection.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    async fn waiting<C>(&self, acquire: impl Future<Output = sqlx::Result<C>>) -> sqlx::Result<C> {
        let waiting = Waiting::start(&self.metrics);
        let connection = acquire.await;
        drop(waiting);
        self.metrics.pool_connections.set(i64::from(self.pool.size()));
        connection
    }
}

/// One request in the queue, however it leaves.
struct Waiting<'metrics> {
    metrics: &'metrics Metrics,
    since: Instant,
}

impl<'metrics> Waiting<'metrics> {
    fn start(metrics: &'metrics Metrics) -> Self {
        metrics.pool_waiting.inc();
        Self { metrics, since: Instant::now() }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.metrics.pool_waiting.dec();
        self.metrics.waited(self.since.elapsed());
    }
}

type Query<'q> = sqlx::query::Query<'q, Postgres, sqlx::postgres::PgArguments>;
type QueryAs<'q, T> = sqlx::query::QueryAs<'q, Postgres, T, sqlx::postgres::PgArguments>;
