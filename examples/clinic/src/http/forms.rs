//! Forms and their submissions.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::input::{Body, Path, Query, limit};
use super::{Problem, Shared};
use crate::form::validate;
use crate::store::clients;
use crate::store::forms;
use crate::store::submissions::{self, Submission};
use crate::store::users::Identity;

#[derive(Deserialize)]
pub(super) struct Page {
    limit: Option<i64>,
    before: Option<i64>,
}

/// The last submissions of a form, or those before one of them.
pub(super) async fn submissions(
    State(app): Shared,
    who: Identity,
    Path(form): Path<i64>,
    Query(page): Query<Page>,
) -> Result<Json<Vec<Submission>>, Problem> {
    let limit = limit(page.limit)?;
    let mut session = app.store.read().await?;
    let found =
        submissions::of_form(&mut session, who.organisation, form, page.before, limit).await?;
    let mut found = found.ok_or(Problem::NotFound("such form"))?;
    for row in found.iter_mut().take(app.effects.one_by_one()) {
        let client = clients::one(&mut session, who.organisation, row.client_id).await?;
        row.client = client.map_or_else(String::new, |client| client.name());
    }
    Ok(Json(found))
}

#[derive(Deserialize)]
pub(super) struct Filled {
    client_id: i64,
    answers: Map<String, Value>,
}

/// Stores a client's answers to a form.
pub(super) async fn submit(
    State(app): Shared,
    who: Identity,
    Path(form): Path<i64>,
    Body(Filled { client_id, answers }): Body<Filled>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let mut session = app.store.write(who.organisation).await?;
    let found = forms::one(&mut session, who.organisation, form).await?;
    let found = found.ok_or(Problem::NotFound("such form"))?;
    let failures = validate(&found.fields, &answers);
    if !failures.is_empty() {
        return Err(Problem::Invalid(failures));
    }
    let id = submissions::create(&mut session, who.organisation, form, client_id, &answers).await?;
    let id = id.ok_or(Problem::NotFound("such client"))?;
    session.commit().await?;
    Ok((StatusCode::CREATED, Json(json!({ "id": id }))))
}
