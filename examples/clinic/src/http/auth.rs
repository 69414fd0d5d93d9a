//! Who asks: a token into a user and so an organisation.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use super::{App, Problem};
use crate::store::users::{self, Identity, TokenHash};

/// How long a token is known without asking the database: a token that is withdrawn works so long.
const FRESH: Duration = Duration::from_secs(10);
/// How many tokens are known at most.
const KNOWN: usize = 10_000;

/// Tokens that were looked up a moment ago. Only such as somebody has: a guess costs a query each
/// time, and no memory.
#[derive(Debug, Default)]
pub(super) struct Tokens(Mutex<HashMap<TokenHash, (Identity, Instant)>>);

impl Tokens {
    /// The user of a token, if it was looked up a moment ago.
    pub(super) fn fresh(&self, hash: &TokenHash) -> Option<Identity> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(hash).filter(|(_, since)| since.elapsed() < FRESH).map(|(who, _)| *who)
    }

    fn keep(&self, hash: TokenHash, who: Identity) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KNOWN {
            known.retain(|_, (_, since)| since.elapsed() < FRESH);
        }
        if known.len() < KNOWN {
            known.insert(hash, (who, Instant::now()));
        }
    }
}

impl App {
    /// The user of a token.
    pub(super) async fn identify(&self, token: &str) -> Result<Identity, Problem> {
        let hash = users::hash(token);
        if let Some(who) = self.tokens.fresh(&hash) {
            return Ok(who);
        }
        let mut session = self.store.read().await?;
        let who = users::by_token(&mut session, &hash).await?.ok_or(Problem::Unauthorized)?;
        self.tokens.keep(hash, who);
        Ok(who)
    }
}

/// The token in a request's headers.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}

impl FromRequestParts<Arc<App>> for Identity {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let token = bearer(&parts.headers).ok_or(Problem::Unauthorized)?;
        app.identify(token).await
    }
}
