//! Documents. The rows are fetched first and the connection given back: laying out pages needs none.

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use serde::Deserialize;

use super::input::{Path, Query};
use super::{Problem, Shared};
use crate::document::{self, Letter, Record};
use crate::store::users::Identity;
use crate::store::{appointments, clients, forms, submissions};

/// Appointments in a letter, at most.
const APPOINTMENTS: i64 = 100;
/// Submissions in a letter, at most.
const TOLD: i64 = 20;
/// Submissions in a record, at most.
const SUBMISSIONS: i64 = 500;

/// The letter that confirms an appointment.
pub(super) async fn letter(
    State(app): Shared,
    who: Identity,
    Path(id): Path<i64>,
) -> Result<impl IntoResponse, Problem> {
    let organisation = who.organisation;
    let mut session = app.store.read().await?;
    let appointment = appointments::one(&mut session, organisation, id).await?;
    let appointment = appointment.ok_or(Problem::NotFound("such appointment"))?;
    let id = appointment.client_id;
    let client = clients::one(&mut session, organisation, id).await?;
    let client = client.ok_or(Problem::NotFound("such client"))?;
    let past = appointments::of_client(&mut session, organisation, id, APPOINTMENTS).await?;
    let submissions = submissions::of_client(&mut session, organisation, id, None, TOLD).await?;
    drop(session);
    let letter = Letter { appointment, client, past, submissions };
    pdf(move || document::letter(&letter)).await
}

#[derive(Deserialize)]
pub(super) struct Of {
    client_id: i64,
}

/// All that a client submitted of a form.
pub(super) async fn record(
    State(app): Shared,
    who: Identity,
    Path(form): Path<i64>,
    Query(Of { client_id }): Query<Of>,
) -> Result<impl IntoResponse, Problem> {
    let organisation = who.organisation;
    let mut session = app.store.read().await?;
    let found = forms::one(&mut session, organisation, form).await?;
    let found = found.ok_or(Problem::NotFound("such form"))?;
    let client = clients::one(&mut session, organisation, client_id).await?;
    let client = client.ok_or(Problem::NotFound("such client"))?;
    let submissions =
        submissions::of_client(&mut session, organisation, client_id, Some(form), SUBMISSIONS)
            .await?;
    drop(session);
    let record = Record { form: found, client, submissions };
    pdf(move || document::record(&record)).await
}

/// A document, made where it keeps no other request waiting.
async fn pdf<M>(make: M) -> Result<impl IntoResponse, Problem>
where
    M: FnOnce() -> std::io::Result<Vec<u8>> + Send + 'static,
{
    let made = tokio::task::spawn_blocking(make).await;
    let made = made.map_err(|error| Problem::Internal(error.to_string()))?;
    let bytes = made.map_err(|error| Problem::Internal(error.to_string()))?;
    Ok(([(header::CONTENT_TYPE, "application/pdf")], bytes))
}
