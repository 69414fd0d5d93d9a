//! The post office: what it asks is what GitHub's own description of its API allows, and what it
//! does when the other side fails.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod contract;
mod doubt;
mod faults;
mod limits;
mod lists;
mod proxy;
mod redirects;
mod wire;

#[path = "../common/github.rs"]
mod double;

use std::time::Duration;

use tailguard::github::{Client, Error, Repository, Settings, Token};

/// A token that no message may hold.
pub(crate) const SECRET: &str = "ghs_S3cretThatNoMessageMayHold";

/// A client that is soon out of patience.
pub(crate) fn client(api: &str) -> Client {
    let token = Some(Token::new(SECRET.to_owned()));
    let patience = Duration::from_millis(1500);
    let stall = Duration::from_millis(1000);
    Client::new(&Settings { api: api.to_owned(), token, patience, stall }).unwrap()
}

pub(crate) fn repository() -> Repository {
    "octocat/hello-world".parse().unwrap()
}

/// A guard that lets everything pass.
pub(crate) fn go() -> Result<(), Error> {
    Ok(())
}

/// The message without the hint; no form of the error may hold the token, and each has a hint.
pub(crate) fn message(error: &Error) -> String {
    let text = error.to_string();
    assert!(!text.contains(SECRET) && !format!("{error:?}").contains(SECRET), "{text}");
    let (message, hint) = text.split_once("\nhint: ").unwrap();
    assert!(!hint.is_empty() && !message.contains('\n'), "{text}");
    message.to_owned()
}
