//! What serves the operation of the service, and the start of a user.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use serde::Serialize;
use serde_json::{Value, json};

use super::{Problem, Shared};
use crate::store::users::{Identity, Me, Range};
use crate::store::{appointments, clients, organisations, users};

/// Whether the database answers.
pub(super) async fn health(State(app): Shared) -> Result<Json<Value>, Problem> {
    let mut session = app.store.read().await?;
    organisations::reachable(&mut session).await?;
    Ok(Json(json!({ "status": "ok" })))
}

/// Everything counted and timed, for Prometheus.
pub(super) async fn metrics(State(app): Shared) -> Result<impl IntoResponse, Problem> {
    let text = app.metrics.text().map_err(|error| Problem::Internal(error.to_string()))?;
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text))
}

#[derive(Serialize)]
pub(super) struct Start {
    #[serde(flatten)]
    me: Me,
    clients: Option<Range>,
    appointments: Option<Range>,
}

/// What a user, or a load script, knows at the start.
pub(super) async fn me(State(app): Shared, who: Identity) -> Result<Json<Start>, Problem> {
    let mut session = app.store.read().await?;
    let me = users::me(&mut session, who).await?;
    let clients = clients::range(&mut session, who.organisation).await?;
    let appointments = appointments::range(&mut session, who.organisation).await?;
    Ok(Json(Start { me, clients, appointments }))
}
