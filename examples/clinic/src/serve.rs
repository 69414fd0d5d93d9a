//! The service from its settings to its end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::ListenerExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::fault::{Effects, Faults};
use crate::http::{self, App};
use crate::metrics::Metrics;
use crate::store::{self, Store, schema};

/// What open requests get before the service ends without them.
const GRACE: Duration = Duration::from_secs(2);

/// How the service is to be started.
#[derive(Debug, Clone)]
pub struct Settings {
    /// A migrated database.
    pub database_url: String,
    /// Where it listens.
    pub listen: SocketAddr,
    /// How many connections it holds, unless a fault says otherwise.
    pub pool: u32,
    /// What is to go wrong.
    pub faults: Faults,
}

/// Why the service did not start, or ended.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// Two metrics have one name.
    #[error("the metrics cannot be registered: {0}\nhint: this is a defect of the program")]
    Metrics(#[from] prometheus::Error),
    /// The address is taken, or none of this machine.
    #[error("cannot listen on {0}: {1}\nhint: choose another address with --listen")]
    Listen(SocketAddr, std::io::Error),
    /// There is no thread for a fault.
    #[error("a fault cannot be started: {0}\nhint: see the limits of threads")]
    Fault(std::io::Error),
    /// The listener failed.
    #[error("the listener failed: {0}\nhint: see the limits of open files")]
    Serve(std::io::Error),
}

/// A service that listens.
#[derive(Debug)]
pub struct Service {
    app: Arc<App>,
    listener: TcpListener,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Service {
    /// Starts everything up to the listener.
    ///
    /// # Errors
    ///
    /// Where the database or the address cannot be had.
    pub async fn start(settings: &Settings) -> Result<Self, Error> {
        let Settings { database_url, pool, faults, .. } = settings;
        if !faults.drop_index.is_empty() {
            let mut connection = schema::connect(database_url).await?;
            for index in &faults.drop_index {
                schema::drop_index(&mut connection, index).await?;
            }
        }
        let metrics = Arc::new(Metrics::new()?);
        let pool = faults.pool.unwrap_or(*pool);
        let store = Store::open(database_url, pool, faults.lock, Arc::clone(&metrics)).await?;
        let effects = Effects::start(faults).map_err(Error::Fault)?;
        let app = App::new(store, metrics, effects);
        let unheard = |error| Error::Listen(settings.listen, error);
        let listener = TcpListener::bind(settings.listen).await.map_err(unheard)?;
        let address = listener.local_addr().map_err(unheard)?;
        Ok(Self { app, listener, address })
    }

    /// Every route, to be asked without a socket.
    pub fn router(&self) -> axum::Router {
        http::router(Arc::clone(&self.app))
    }

    /// Serves until `stop` is ready, then lets open requests end.
    ///
    /// # Errors
    ///
    /// Where the listener fails.
    pub async fn run(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<(), Error> {
        let (stopped, mut stopping) = watch::channel(false);
        let router = self.router();
        let app = self.app;
        let calls = Arc::clone(&app);
        let stop = async move {
            stop.await;
            calls.hang_up();
            let _ = stopped.send(true);
        };
        // Small answers wait for no acknowledgement.
        let at_once = |stream: &mut TcpStream| drop(stream.set_nodelay(true));
        let serve = axum::serve(self.listener.tap_io(at_once), router).with_graceful_shutdown(stop);
        let late = async {
            let _ = stopping.wait_for(|stopped| *stopped).await;
            tokio::time::sleep(GRACE).await;
        };
        tokio::select! {
            ended = serve => ended.map_err(Error::Serve)?,
            () = late => {}
        }
        let _ = tokio::time::timeout(GRACE, app.close()).await;
        Ok(())
    }
}
