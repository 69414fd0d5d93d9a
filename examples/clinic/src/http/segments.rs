//! Segments.

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use super::input::Path;
use super::{Problem, Shared};
use crate::store::segments::{self, Evaluation};
use crate::store::users::Identity;

/// How many clients of a segment are named.
const SAMPLE: i64 = 20;

#[derive(Serialize)]
pub(super) struct Evaluated {
    id: i64,
    name: String,
    #[serde(flatten)]
    evaluation: Evaluation,
}

/// Counts the clients of a segment and names some.
pub(super) async fn evaluate(
    State(app): Shared,
    who: Identity,
    Path(id): Path<i64>,
) -> Result<Json<Evaluated>, Problem> {
    let mut session = app.store.read().await?;
    let segment = segments::one(&mut session, who.organisation, id).await?;
    let segment = segment.ok_or(Problem::NotFound("such segment"))?;
    let evaluation =
        segments::evaluate(&mut session, who.organisation, &segment.rules, SAMPLE).await?;
    Ok(Json(Evaluated { id, name: segment.name, evaluation }))
}
