//! The bytes of an artifact. GitHub redirects to a storage of its own with a signed address: the
//! token is not sent there, and that address is in no message, for it opens the artifact.

use std::time::Duration;

use http::{Method, StatusCode, Uri, header};
use http_body_util::BodyExt;

use super::NEEDS;
use crate::github::answer::Answer;
use crate::github::call::Call;
use crate::github::failure::{Failure, Kind};
use crate::github::transport::{self, Open};
use crate::github::{Client, Error, Repository, link};

/// How many redirects are followed.
const REDIRECTS: usize = 5;

/// The zip file of an artifact, up to `limit` bytes.
///
/// # Errors
/// Everything the API refuses; [`Error::TooLarge`] as soon as the limit is passed;
/// [`Error::Redirected`] for redirects that are too many or lead to a place without TLS.
pub fn download(
    client: &Client,
    repository: &Repository,
    artifact_id: u64,
    limit: u64,
) -> Result<Vec<u8>, Error> {
    let path = repository.path(&format!("actions/artifacts/{artifact_id}/zip"));
    let mut call =
        Call::get(path, NEEDS, format!("download the artifact {artifact_id} of {repository}"));
    call.limit = limit;
    client.retrieve(&call)
}

impl Client {
    fn retrieve(&self, call: &Call) -> Result<Vec<u8>, Error> {
        let whole = self.patience.max(self.stall);
        self.repeat(|| {
            let timed = async {
                tokio::time::timeout(whole, follow(self, call))
                    .await
                    .unwrap_or_else(|_| Err(transport::stalled(&call.doing, whole)))
            };
            let answer = self.timed(timed)?;
            if answer.status.is_success() {
                return Ok(answer.body);
            }
            Ok(self.without_secret(answer).accept(call)?.body)
        })
    }
}

/// Follows redirects by hand, and reads what is at their end.
async fn follow(client: &Client, call: &Call) -> Result<Answer, Failure> {
    let token = &client.with_token;
    let mut open = {
        let ask = transport::ask(token, &call.doing, Method::GET, &call.path, None);
        in_time(client.stall, &call.doing, ask).await?
    };
    for _ in 0..REDIRECTS {
        if !is_redirect(open.status()) {
            return read(client, call, open).await;
        }
        let address = target(&open, call)?;
        let ask = transport::ask(&client.without_token, &call.doing, Method::GET, &address, None);
        open = in_time(client.stall, &call.doing, ask).await?;
    }
    if is_redirect(open.status()) {
        return Err(refused(call, format!("more than {REDIRECTS} of them")));
    }
    read(client, call, open).await
}

/// Reads a body. Each piece may take as long as an answer may; all together are under the clock of
/// the whole.
async fn read(client: &Client, call: &Call, open: Open) -> Result<Answer, Failure> {
    let (parts, mut body) = open.into_parts();
    let mut read = Vec::new();
    loop {
        let frame = async { Ok(body.frame().await) };
        let Some(frame) = in_time(client.stall, &call.doing, frame).await? else { break };
        transport::take(&mut read, frame, &call.doing, call.limit_of(parts.status))?;
    }
    Ok(Answer { status: parts.status, headers: parts.headers, body: read })
}

async fn in_time<T>(
    stall: Duration,
    doing: &str,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    tokio::time::timeout(stall, work)
        .await
        .unwrap_or_else(|_| Err(transport::stalled(doing, stall)))
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// Where a redirect leads, if it may be followed: with TLS, or on this machine.
fn target(open: &Open, call: &Call) -> Result<String, Failure> {
    let location = open.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
    let location = location.ok_or_else(|| refused(call, "it names no address".to_owned()))?;
    let uri: Uri = location.parse().map_err(|_| refused(call, "its address is none".to_owned()))?;
    let own_machine = matches!(uri.host(), Some("127.0.0.1" | "localhost" | "[::1]"));
    match uri.scheme_str() {
        Some("https") => Ok(location.to_owned()),
        Some("http") if own_machine => Ok(location.to_owned()),
        _ => Err(refused(call, format!("it leads to {}", link::place(&uri)))),
    }
}

fn refused(call: &Call, message: String) -> Failure {
    let error = Error::Redirected { doing: call.doing.clone(), message };
    Failure { kind: Kind::Final, error }
}
