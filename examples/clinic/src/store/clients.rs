//! Clients.

use chrono::NaiveDate;
use serde::Serialize;
use sqlx::FromRow;

use super::users::Range;
use super::{Error, Session};
use crate::organisation::Organisation;

/// A client.
#[derive(Debug, Clone, Serialize, FromRow)]
pub struct Client {
    /// Its id.
    pub id: i64,
    /// First name.
    pub given_name: String,
    /// Last name.
    pub family_name: String,
    /// Where letters go.
    pub email: String,
    /// Where the client lives.
    pub city: String,
    /// Day of birth.
    pub born: NaiveDate,
    /// Day of the first contact.
    pub joined: NaiveDate,
}

impl Client {
    /// First and last name.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} {}", self.given_name, self.family_name)
    }
}

/// Clients whose name, family name first, starts with `text`; in order of name.
///
/// # Errors
///
/// Where the database fails.
pub async fn search(
    session: &mut Session,
    organisation: Organisation,
    text: &str,
    limit: i64,
) -> Result<Vec<Client>, Error> {
    // No character sorts after the last of Unicode, so the range is the prefix.
    let query = sqlx::query_as(
        "select id, given_name, family_name, email, city, born, joined from clients
        where organisation_id = $1
            and search_name >= lower($2) and search_name < lower($2) || U&'\\+10FFFF'
        order by search_name, id limit $3",
    );
    session.all("clients_search", query.bind(organisation).bind(text).bind(limit)).await
}

/// One client.
///
/// # Errors
///
/// Where the database fails.
pub async fn one(
    session: &mut Session,
    organisation: Organisation,
    id: i64,
) -> Result<Option<Client>, Error> {
    let query = sqlx::query_as(
        "select id, given_name, family_name, email, city, born, joined from clients
        where organisation_id = $1 and id = $2",
    );
    session.optional("client", query.bind(organisation).bind(id)).await
}

/// The longest range of ids without a gap, if there is a client.
///
/// # Errors
///
/// Where the database fails.
pub async fn range(
    session: &mut Session,
    organisation: Organisation,
) -> Result<Option<Range>, Error> {
    let query = sqlx::query_as(
        "select min(id) as first, max(id) as last from (
            select id, id - row_number() over (order by id) as run
            from clients where organisation_id = $1) as numbered
        group by run order by count(*) desc, run limit 1",
    );
    session.optional("clients_range", query.bind(organisation)).await
}
