//! Organisations.

use super::{Error, Session};
use crate::organisation::Organisation;

/// Locks the row of an organisation until the transaction ends: nothing of it is written meanwhile.
///
/// # Errors
///
/// Where the database fails.
pub async fn lock(session: &mut Session, organisation: Organisation) -> Result<(), Error> {
    let query = sqlx::query("select from organisations where id = $1 for update");
    session.execute("organisation_lock", query.bind(organisation)).await?;
    Ok(())
}

/// Whether the database answers.
///
/// # Errors
///
/// Where it does not.
pub async fn reachable(session: &mut Session) -> Result<(), Error> {
    session.execute("health", sqlx::query("select")).await?;
    Ok(())
}
