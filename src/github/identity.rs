//! Whose token it is.

use serde::Deserialize;

use super::call::Call;
use super::{Client, Error};

/// The login that the token belongs to; none for the token of an installation, which GitHub does
/// not let ask (403), as that of a workflow's job.
///
/// # Errors
/// Everything else that the API refuses.
pub fn login(client: &Client) -> Result<Option<String>, Error> {
    #[derive(Deserialize)]
    struct User {
        login: String,
    }
    let call = Call::get("/user".to_owned(), "metadata: read", "ask whose token it is".to_owned());
    match client.fetch::<User>(&call) {
        Ok(user) => Ok(Some(user.login)),
        Err(Error::Forbidden { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
