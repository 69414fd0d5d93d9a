//! Clients.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};

use super::input::{Path, Query, limit};
use super::{Problem, Shared};
use crate::store::appointments::{self, Appointment};
use crate::store::clients::{self, Client};
use crate::store::submissions::{self, Submission};
use crate::store::users::Identity;

/// The longest text that is searched for, in characters.
const LONGEST: usize = 100;
/// How much of a client's past is shown.
const LAST: i64 = 10;

#[derive(Deserialize)]
pub(super) struct Search {
    #[serde(default)]
    search: String,
    limit: Option<i64>,
}

/// Clients by the start of their name, family name first.
pub(super) async fn search(
    State(app): Shared,
    who: Identity,
    Query(query): Query<Search>,
) -> Result<Json<Vec<Client>>, Problem> {
    let limit = limit(query.limit)?;
    let text = query.search.trim();
    if text.chars().count() > LONGEST || text.contains('\0') {
        return Err(Problem::query(format!("search must be at most {LONGEST} characters of text")));
    }
    let mut session = app.store.read().await?;
    let mut found = clients::search(&mut session, who.organisation, text, limit).await?;
    for row in found.iter_mut().take(app.effects.one_by_one()) {
        if let Some(client) = clients::one(&mut session, who.organisation, row.id).await? {
            *row = client;
        }
    }
    Ok(Json(found))
}

#[derive(Serialize)]
pub(super) struct Card {
    #[serde(flatten)]
    client: Client,
    appointments: Vec<Appointment>,
    submissions: Vec<Submission>,
}

/// A client with the last appointments and submissions.
pub(super) async fn one(
    State(app): Shared,
    who: Identity,
    Path(id): Path<i64>,
) -> Result<Json<Card>, Problem> {
    let organisation = who.organisation;
    let mut session = app.store.read().await?;
    let client = clients::one(&mut session, organisation, id).await?;
    let client = client.ok_or(Problem::NotFound("such client"))?;
    let appointments = appointments::of_client(&mut session, organisation, id, LAST).await?;
    let submissions = submissions::of_client(&mut session, organisation, id, None, LAST).await?;
    Ok(Json(Card { client, appointments, submissions }))
}
