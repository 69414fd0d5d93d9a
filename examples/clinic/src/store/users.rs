//! Users: who asks, and who can be booked.

use serde::Serialize;
use sha2::{Digest, Sha256};
use sqlx::FromRow;

use super::{Error, Session};
use crate::organisation::Organisation;

/// A token as it is stored.
pub type TokenHash = [u8; 32];

/// The hash under which a token is stored. Tokens are random enough to need no salt.
#[must_use]
pub fn hash(token: &str) -> TokenHash {
    Sha256::digest(token.as_bytes()).into()
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow)]
pub struct Identity {
    /// The user's id.
    pub user: i64,
    /// The user's organisation.
    pub organisation: Organisation,
}

/// The user of a token.
///
/// # Errors
///
/// Where the database fails.
pub async fn by_token(session: &mut Session, hash: &TokenHash) -> Result<Option<Identity>, Error> {
    let query = sqlx::query_as(
        "select id as \"user\", organisation_id as organisation from users where token_hash = $1",
    );
    session.optional("user_by_token", query.bind(hash.as_slice())).await
}

/// What a user knows at the start.
#[derive(Debug, Serialize, FromRow)]
pub struct Me {
    /// The user's id.
    pub user_id: i64,
    /// The user's name.
    pub user: String,
    /// The organisation's id.
    pub organisation_id: i64,
    /// The organisation's name.
    pub organisation: String,
    /// Ids of who can be booked.
    pub practitioners: Vec<i64>,
    /// Ids of the first forms.
    pub forms: Vec<i64>,
    /// Ids of the first segments.
    pub segments: Vec<i64>,
}

/// Ids without a gap.
#[derive(Debug, Serialize, FromRow)]
pub struct Range {
    /// The first id.
    pub first: i64,
    /// The last id.
    pub last: i64,
}

/// A user's start.
///
/// # Errors
///
/// Where the database fails.
pub async fn me(session: &mut Session, who: Identity) -> Result<Me, Error> {
    let query = sqlx::query_as(
        "select u.id as user_id, u.name as \"user\", o.id as organisation_id, o.name as organisation,
            array(select id from users where organisation_id = $1 and practitioner order by id)
                as practitioners,
            array(select id from forms where organisation_id = $1 order by id limit 20) as forms,
            array(select id from segments where organisation_id = $1 order by id limit 20) as segments
        from users u join organisations o on o.id = u.organisation_id
        where u.organisation_id = $1 and u.id = $2",
    );
    session.one("me", query.bind(who.organisation).bind(who.user)).await
}
