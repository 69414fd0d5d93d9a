//! What comes with a request, read or refused.

use axum::extract::{FromRequest, FromRequestParts};

use super::Problem;

/// A JSON body.
#[derive(FromRequest)]
#[from_request(via(axum::Json), rejection(Problem))]
pub(super) struct Body<T>(pub(super) T);

/// A query string.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(Problem))]
pub(super) struct Query<T>(pub(super) T);

/// Ids in the path.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(Problem))]
pub(super) struct Path<T>(pub(super) T);

/// Rows of a list where the request does not say.
const ROWS: i64 = 20;
/// The most rows of a list.
const MOST_ROWS: i64 = 100;

/// How many rows a list has at most.
pub(super) fn limit(asked: Option<i64>) -> Result<i64, Problem> {
    let limit = asked.unwrap_or(ROWS);
    if (1..=MOST_ROWS).contains(&limit) {
        Ok(limit)
    } else {
        Err(Problem::query(format!("limit must be between 1 and {MOST_ROWS}")))
    }
}
