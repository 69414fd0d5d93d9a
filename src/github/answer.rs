//! What came back, and what it means.

use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Error;
use super::call::Call;
use super::clean::clean;
use super::failure::{Failure, Kind};
use super::limit;

/// A complete answer with its body.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// The body as what the endpoint answers.
    pub(super) fn read<T: DeserializeOwned>(&self, call: &Call) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(|error| Error::Decode {
            doing: call.doing.clone(),
            message: clean(&error.to_string()),
        })
    }

    /// This answer if it is a success, else why not and whether repeating may help.
    pub(super) fn accept(self, call: &Call) -> Result<Self, Failure> {
        if self.status.is_success() {
            return Ok(self);
        }
        let message = self.message();
        let doing = call.doing.clone();
        if let Some(wait) = limit::reached(self.status, &self.headers, &message) {
            let error = Error::RateLimited { doing, message, wait };
            return Err(Failure { kind: Kind::Limited(wait), error });
        }
        let status = self.status.as_u16();
        let error = match status {
            300..=399 => Error::Redirected {
                doing,
                message: "the repository may have been renamed".to_owned(),
            },
            401 => Error::Unauthorized { doing, message },
            403 => Error::Forbidden {
                doing,
                message,
                accepted_permissions: header(&self.headers, "x-accepted-github-permissions"),
                needs: call.needs,
            },
            404 => Error::NotFound { doing, needs: call.needs },
            422 => Error::Invalid { doing, message },
            500.. => {
                let error = Error::Server { doing, status, message };
                return Err(Failure { kind: Kind::Unknown, error });
            }
            _ => Error::Refused { doing, status, message },
        };
        Err(Failure { kind: Kind::Final, error })
    }

    /// What GitHub says about its refusal, in one line.
    fn message(&self) -> String {
        #[derive(Deserialize)]
        struct Refusal {
            message: String,
            #[serde(default)]
            errors: serde_json::Value,
        }
        let text = match serde_json::from_slice::<Refusal>(&self.body) {
            Ok(refusal) => match details(&refusal.errors) {
                details if details.is_empty() => refusal.message,
                details => format!("{}: {details}", refusal.message),
            },
            // A proxy's page of HTML helps nobody.
            Err(_) => self.status.canonical_reason().unwrap_or("no reason given").to_owned(),
        };
        clean(&text)
    }
}

/// The `errors` of a refusal: texts, or objects with a message or a field and a code.
fn details(errors: &serde_json::Value) -> String {
    let one = |error: &serde_json::Value| {
        let text = |key: &str| error.get(key).and_then(serde_json::Value::as_str);
        match (error.as_str(), text("message"), text("field"), text("code")) {
            (Some(text), ..) | (None, Some(text), ..) => text.to_owned(),
            (.., Some(field), Some(code)) => format!("{field} is {code}"),
            _ => String::new(),
        }
    };
    match errors {
        serde_json::Value::Array(errors) => {
            errors.iter().map(one).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ")
        }
        other => one(other),
    }
}

/// A header as text of one line.
pub(super) fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    Some(clean(headers.get(name)?.to_str().ok()?))
}
