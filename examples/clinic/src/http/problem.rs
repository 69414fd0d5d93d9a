//! Answers to requests that are not served.

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::form::Failures;
use crate::store;

/// Why a request is not served.
#[derive(Debug)]
pub enum Problem {
    /// The request cannot be read, with the status that says so.
    Unreadable(StatusCode, String),
    /// No token, or one that nobody has.
    Unauthorized,
    /// The organisation has no such thing, whoever else has one.
    NotFound(&'static str),
    /// There is no such method on this route.
    Method,
    /// Fields that are not as they have to be.
    Invalid(Failures),
    /// There are as many as there may be.
    Full(&'static str),
    /// The store gave no answer.
    Store(store::Error),
    /// A part of the service itself failed.
    Internal(String),
}

impl Problem {
    pub(super) const fn not_found(what: &'static str) -> Self {
        Self::NotFound(what)
    }

    /// A query that cannot be answered.
    pub(super) fn query(why: impl Into<String>) -> Self {
        Self::Unreadable(StatusCode::BAD_REQUEST, why.into())
    }
}

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        Self::Unreadable(rejection.status(), rejection.body_text())
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Self::Unreadable(rejection.status(), rejection.body_text())
    }
}

impl From<PathRejection> for Problem {
    // What is no id names nothing.
    fn from(_: PathRejection) -> Self {
        Self::NotFound("such id")
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, body) = match self {
            Self::Unreadable(status, why) => (status, json!({ "error": why })),
            Self::Unauthorized => {
                let body = json!({ "error": "no valid token in the header authorization" });
                let scheme = [(header::WWW_AUTHENTICATE, "Bearer")];
                return (StatusCode::UNAUTHORIZED, scheme, Json(body)).into_response();
            }
            Self::NotFound(what) => {
                (StatusCode::NOT_FOUND, json!({ "error": format!("no {what}") }))
            }
            Self::Method => {
                (StatusCode::METHOD_NOT_ALLOWED, json!({ "error": "no such method here" }))
            }
            Self::Invalid(fields) => {
                let body = json!({ "error": "invalid fields", "fields": fields });
                (StatusCode::UNPROCESSABLE_ENTITY, body)
            }
            Self::Full(what) => {
                (StatusCode::TOO_MANY_REQUESTS, json!({ "error": format!("too many {what}") }))
            }
            Self::Store(error @ store::Error::Overlap) => {
                (StatusCode::CONFLICT, json!({ "error": first_line(&error.to_string()) }))
            }
            Self::Store(error @ store::Error::Busy(_)) => {
                report(&error.to_string());
                (StatusCode::SERVICE_UNAVAILABLE, json!({ "error": "the database is busy" }))
            }
            // What the database says is for who runs the service, not for who uses it.
            Self::Store(error) => {
                report(&error.to_string());
                (StatusCode::INTERNAL_SERVER_ERROR, json!({ "error": "the database failed" }))
            }
            Self::Internal(why) => {
                report(&why);
                (StatusCode::INTERNAL_SERVER_ERROR, json!({ "error": "the service failed" }))
            }
        };
        (status, Json(body)).into_response()
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

#[allow(clippy::print_stderr, reason = "the service's log is its standard error")]
fn report(error: &str) {
    eprintln!("error: {error}");
}
