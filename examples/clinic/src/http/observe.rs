//! Every request, counted and timed.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;

use super::Shared;
use crate::endpoint::Endpoint;

pub(super) async fn observe(State(app): Shared, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let endpoint = Endpoint::of(request.method().as_str(), route);
    let start = Instant::now();
    let response = next.run(request).await;
    app.metrics.answered(endpoint, response.status().as_u16(), start.elapsed());
    response
}
