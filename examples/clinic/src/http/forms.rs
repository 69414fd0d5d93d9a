//! Forms and their submissions.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;

use super::input::{Path, Query, limit};
use super::{Problem, Shared};
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
    found.map(Json).ok_or(Problem::NotFound("such form"))
}
