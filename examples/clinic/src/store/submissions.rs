//! Submissions of forms.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use sqlx::FromRow;
use sqlx::types::Json;

use super::{Error, Session};
use crate::organisation::Organisation;

/// A submission, its answers as they are stored.
#[derive(Debug, Serialize, FromRow)]
pub struct Submission {
    /// Its id.
    pub id: i64,
    /// The form that was filled in.
    pub form_id: i64,
    /// The form's title.
    pub form: String,
    /// Who filled it in.
    pub client_id: i64,
    /// The client's name.
    pub client: String,
    /// When.
    pub submitted_at: DateTime<Utc>,
    /// The answers by the fields' names.
    pub answers: Json<Box<RawValue>>,
}

/// The last submissions of a form whose ids are below `before`, newest first. None where the
/// organisation has no such form.
///
/// # Errors
///
/// Where the database fails.
pub async fn of_form(
    session: &mut Session,
    organisation: Organisation,
    form: i64,
    before: Option<i64>,
    limit: i64,
) -> Result<Option<Vec<Submission>>, Error> {
    let query = sqlx::query_as(
        "select s.id, s.form_id, f.title as form, s.client_id,
            c.given_name || ' ' || c.family_name as client, s.submitted_at, s.answers
        from submissions s
        join forms f on f.organisation_id = s.organisation_id and f.id = s.form_id
        join clients c on c.organisation_id = s.organisation_id and c.id = s.client_id
        where s.organisation_id = $1 and s.form_id = $2 and s.id < $3
        order by s.id desc limit $4",
    );
    let query = query.bind(organisation).bind(form).bind(before.unwrap_or(i64::MAX)).bind(limit);
    let found = session.all("submissions_of_form", query).await?;
    if found.is_empty() && super::forms::one(session, organisation, form).await?.is_none() {
        return Ok(None);
    }
    Ok(Some(found))
}

/// The last submissions of a client, newest first; of one form, or of all.
///
/// # Errors
///
/// Where the database fails.
pub async fn of_client(
    session: &mut Session,
    organisation: Organisation,
    client: i64,
    form: Option<i64>,
    limit: i64,
) -> Result<Vec<Submission>, Error> {
    let query = sqlx::query_as(
        "select s.id, s.form_id, f.title as form, s.client_id,
            c.given_name || ' ' || c.family_name as client, s.submitted_at, s.answers
        from submissions s
        join forms f on f.organisation_id = s.organisation_id and f.id = s.form_id
        join clients c on c.organisation_id = s.organisation_id and c.id = s.client_id
        where s.organisation_id = $1 and s.client_id = $2 and ($3::bigint is null or s.form_id = $3)
        order by s.id desc limit $4",
    );
    let query = query.bind(organisation).bind(client).bind(form).bind(limit);
    session.all("submissions_of_client", query).await
}

/// Stores answers and gives the submission's id; none where the form or the client is not the
/// organisation's.
///
/// # Errors
///
/// Where the database fails.
pub async fn create(
    session: &mut Session,
    organisation: Organisation,
    form: i64,
    client: i64,
    answers: &Map<String, Value>,
) -> Result<Option<i64>, Error> {
    let query = sqlx::query_as::<_, (i64,)>(
        "insert into submissions (organisation_id, form_id, client_id, submitted_at, answers)
        select $1, f.id, c.id, now(), $4 from forms f, clients c
        where f.organisation_id = $1 and f.id = $2 and c.organisation_id = $1 and c.id = $3
        returning id",
    );
    let query = query.bind(organisation).bind(form).bind(client).bind(Json(answers));
    Ok(session.optional("submission_create", query).await?.map(|(id,)| id))
}
