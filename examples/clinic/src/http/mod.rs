//! Requests into calls of the other rooms, results into JSON.

mod appointments;
mod auth;
mod clients;
mod documents;
mod forms;
mod input;
mod observe;
mod problem;
mod rooms;
mod segments;
mod service;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, patch, post};

use crate::fault::Effects;
use crate::metrics::Metrics;
use crate::room::Hub;
use crate::store::Store;
pub use problem::Problem;

/// The largest body that is read, in bytes.
const BODY: usize = 64 * 1024;

/// What every request works with.
#[derive(Debug)]
pub struct App {
    store: Store,
    metrics: Arc<Metrics>,
    tokens: auth::Tokens,
    hub: Hub,
    effects: Effects,
}

impl App {
    /// A service over a database.
    #[must_use]
    pub fn new(store: Store, metrics: Arc<Metrics>, effects: Effects) -> Arc<Self> {
        let hub = Hub::new(Arc::clone(&metrics));
        Arc::new(Self { store, metrics, tokens: auth::Tokens::default(), hub, effects })
    }

    /// Ends every videocall.
    pub fn hang_up(&self) {
        self.hub.close();
    }

    /// Closes the connections to the database.
    pub async fn close(&self) {
        self.store.close().await;
    }
}

type Shared = axum::extract::State<Arc<App>>;

/// Every route of the service.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/appointments", get(appointments::of_day).post(appointments::create))
        .route("/appointments/{id}", patch(appointments::shift))
        .route("/appointments/{id}/document.pdf", get(documents::letter))
        .route("/clients", get(clients::search))
        .route("/clients/{id}", get(clients::one))
        .route("/forms/{id}/submissions", get(forms::submissions).post(forms::submit))
        .route("/forms/{id}/document.pdf", get(documents::record))
        .route("/segments/{id}/evaluate", post(segments::evaluate))
        .route("/rooms", post(rooms::create))
        .route("/rooms/{id}/ws", get(rooms::connect))
        .route("/health", get(service::health))
        .route("/metrics", get(service::metrics))
        .route("/me", get(service::me))
        .fallback(async || Problem::not_found("route"))
        .method_not_allowed_fallback(async || Problem::Method)
        .layer(DefaultBodyLimit::max(BODY))
        .layer(from_fn_with_state(Arc::clone(&app), observe::observe))
        .with_state(app)
}
