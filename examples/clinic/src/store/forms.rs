//! Forms.

use sqlx::FromRow;
use sqlx::types::Json;

use super::{Error, Session};
use crate::form::Field;
use crate::organisation::Organisation;

/// A form.
#[derive(Debug, Clone, FromRow)]
pub struct Form {
    /// Its id.
    pub id: i64,
    /// What it is called.
    pub title: String,
    /// What it asks.
    pub fields: Json<Vec<Field>>,
}

/// One form.
///
/// # Errors
///
/// Where the database fails.
pub async fn one(
    session: &mut Session,
    organisation: Organisation,
    id: i64,
) -> Result<Option<Form>, Error> {
    let query = sqlx::query_as(
        "select id, title, fields from forms where organisation_id = $1 and id = $2",
    );
    session.optional("form", query.bind(organisation).bind(id)).await
}
