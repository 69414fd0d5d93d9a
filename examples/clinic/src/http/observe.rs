//! Every request, counted and timed.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;

use super::{Shared, auth};
use crate::endpoint::{Category, Endpoint};
use crate::store::users;

pub(super) async fn observe(State(app): Shared, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let endpoint = Endpoint::of(request.method().as_str(), route);
    let token = auth::bearer(request.headers()).map(users::hash);
    let (start, before) = (Instant::now(), app.effects.before());
    let response = next.run(request).await;
    // Known by now, unless nobody has it.
    if Category::MEASURED.contains(&endpoint.category)
        && let Some(who) = token.and_then(|token| app.tokens.fresh(&token))
    {
        app.effects.after(endpoint, who.organisation, before).await;
    }
    app.metrics.answered(endpoint, response.status().as_u16(), start.elapsed());
    response
}
