//! Requests and answers over octocrab, with the layers it exports, over a connector of our own:
//! octocrab's default client knows no proxies, and its own retries repeat creations.

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, HeaderValue, PROXY_AUTHORIZATION, USER_AGENT};
use http::{Method, Response, Uri};
use http_body_util::BodyExt;
use http_body_util::combinators::BoxBody;
use hyper_util::client::legacy;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use octocrab::service::middleware::auth_header::AuthHeaderLayer;
use octocrab::service::middleware::base_uri::BaseUriLayer;
use octocrab::service::middleware::extra_headers::ExtraHeadersLayer;
use octocrab::{AuthState, Octocrab, OctocrabBuilder};
use serde_json::Value;

use super::Error;
use super::answer::Answer;
use super::call::Call;
use super::clean::clean;
use super::dial::{self, Dial};
use super::failure::{Failure, Kind};
use super::settings::Token;

/// An answer whose body is still to be read.
pub(super) type Open = Response<BoxBody<Bytes, octocrab::Error>>;

/// The address of the API, without a slash at its end.
pub(super) fn base(api: &str) -> Result<Uri, Error> {
    let wrong = || Error::Settings {
        message: format!("{:?} is not the address of an API", clean(api)),
        hint: "it is https://api.github.com, or https://HOST/api/v3 of an Enterprise server"
            .to_owned(),
    };
    let uri: Uri = api.trim().trim_end_matches('/').parse().map_err(|_| wrong())?;
    let authority = uri.authority().ok_or_else(wrong)?;
    let known = matches!(uri.scheme_str(), Some("https" | "http"));
    // A password in the address would end up in messages.
    if known && uri.query().is_none() && !authority.as_str().contains('@') {
        Ok(uri)
    } else {
        Err(wrong())
    }
}

/// One octocrab that sends the token to the API, and one for everything else.
pub(super) fn build(
    base: &Uri,
    token: Option<&Token>,
    stall: Duration,
) -> Result<(Octocrab, Octocrab), Error> {
    let dial = Dial::from_environment(stall);
    let proxy_password = dial.password_for_plain(base);
    let tls = dial::tls(dial, base)?;
    // A connection that was idle for long is often dead, and a request on it is in doubt.
    let mut builder = legacy::Client::builder(TokioExecutor::new());
    builder.pool_idle_timeout(Duration::from_secs(15)).pool_timer(TokioTimer::new());
    let mut headers = vec![
        (USER_AGENT, HeaderValue::from_static(concat!("tailguard/", env!("CARGO_PKG_VERSION")))),
        (ACCEPT, HeaderValue::from_static("application/vnd.github+json")),
    ];
    let without_token = builder.build(tls.clone());
    let without_token = OctocrabBuilder::new_empty()
        .with_service(without_token)
        .with_layer(&ExtraHeadersLayer::new(Arc::new(headers.clone())))
        .with_auth(AuthState::None)
        .build();
    headers.extend(proxy_password.map(|password| (PROXY_AUTHORIZATION, password)));
    let with_token = builder.build(tls);
    let with_token = OctocrabBuilder::new_empty()
        .with_service(with_token)
        .with_layer(&ExtraHeadersLayer::new(Arc::new(headers)))
        .with_layer(&BaseUriLayer::new(base.clone()))
        .with_layer(&AuthHeaderLayer::new(bearer(token)?, base.clone(), base.clone()))
        .with_auth(AuthState::None)
        .build();
    let Ok(with_token) = with_token;
    let Ok(without_token) = without_token;
    Ok((with_token, without_token))
}

/// Sends one request; the answer's body is not read yet.
pub(super) async fn ask(
    octocrab: &Octocrab,
    doing: &str,
    method: Method,
    address: &str,
    body: Option<&Value>,
) -> Result<Open, Failure> {
    let failed = |error| failure(doing, &error);
    let builder = http::request::Builder::new().method(method).uri(address);
    let request = octocrab.build_request(builder, body).map_err(failed)?;
    octocrab.execute(request).await.map_err(failed)
}

/// Sends one request and reads its answer.
pub(super) async fn exchange(octocrab: &Octocrab, call: &Call) -> Result<Answer, Failure> {
    let open =
        ask(octocrab, &call.doing, call.method.clone(), &call.path, call.body.as_ref()).await?;
    let (parts, mut body) = open.into_parts();
    let mut read = Vec::new();
    while let Some(frame) = body.frame().await {
        take(&mut read, frame, &call.doing, call.limit_of(parts.status))?;
    }
    Ok(Answer { status: parts.status, headers: parts.headers, body: read })
}

/// Adds a piece of a body to what is there, up to `limit` bytes in all.
pub(super) fn take(
    read: &mut Vec<u8>,
    frame: Result<hyper::body::Frame<Bytes>, octocrab::Error>,
    doing: &str,
    limit: u64,
) -> Result<(), Failure> {
    let frame = frame.map_err(|error| failure(doing, &error))?;
    let Some(data) = frame.data_ref() else { return Ok(()) };
    if (read.len() as u64).saturating_add(data.len() as u64) > limit {
        let error = Error::TooLarge { doing: doing.to_owned(), limit };
        return Err(Failure { kind: Kind::Final, error });
    }
    read.extend_from_slice(data);
    Ok(())
}

/// No complete answer in time.
pub(super) fn stalled(doing: &str, after: Duration) -> Failure {
    let error = Error::Stalled { doing: doing.to_owned(), after };
    Failure { kind: Kind::Unknown, error }
}

fn bearer(token: Option<&Token>) -> Result<Option<HeaderValue>, Error> {
    let Some(token) = token else { return Ok(None) };
    let value = HeaderValue::from_str(&format!("Bearer {}", token.secret()));
    let mut value = value.map_err(|_| Error::Settings {
        message: "the token holds characters that no token has".to_owned(),
        hint: "look for a line break or a quote in GITHUB_TOKEN".to_owned(),
    })?;
    value.set_sensitive(true);
    Ok(Some(value))
}

/// A failure of the transport, in one line, and whether anything was sent.
fn failure(doing: &str, error: &octocrab::Error) -> Failure {
    let mut unsent = false;
    let mut words: Vec<String> = Vec::new();
    // octocrab's own words add nothing, and its `Debug` prints a backtrace.
    let mut cause = error.source();
    while let Some(error) = cause {
        unsent |= error.downcast_ref::<legacy::Error>().is_some_and(legacy::Error::is_connect);
        let text = error.to_string();
        if words.last() != Some(&text) {
            words.push(text);
        }
        cause = error.source();
    }
    let message = if words.is_empty() { error.to_string() } else { words.join(": ") };
    let error = Error::Transport { doing: doing.to_owned(), message: clean(&message) };
    Failure { kind: if unsent { Kind::Unsent } else { Kind::Unknown }, error }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_api_has_an_address_of_http_without_password_or_query() {
        assert_eq!(base("https://api.github.com/").unwrap(), "https://api.github.com");
        assert_eq!(base("https://h.example/api/v3").unwrap(), "https://h.example/api/v3");
        for wrong in ["", "api.github.com", "ftp://h", "https://u:p@h", "https://h/?a=b", "/a"] {
            assert!(base(wrong).is_err(), "{wrong:?}");
        }
    }
}
