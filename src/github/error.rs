//! Why something could not be carried. Every message says what was being done, and what to do.

use std::time::Duration;

/// Why something could not be carried. `doing` completes "cannot …"; no message holds the token.
#[derive(Debug, Clone, thiserror::Error)]
#[allow(
    missing_docs,
    reason = "the fields that recur are described here: `doing` is the act, `message` what the other side said, cut and cleaned"
)]
pub enum Error {
    /// The client cannot be made, or was asked something that makes no sense.
    #[error("{message}\nhint: {hint}")]
    Settings { message: String, hint: String },
    /// 401.
    #[error(
        "cannot {doing}: the token is not accepted ({message})\nhint: pass a token that is still valid in GITHUB_TOKEN"
    )]
    Unauthorized { doing: String, message: String },
    /// 403 that is no rate limit: the token may not do this. `needs` is the permission in the words
    /// of a workflow file, `accepted_permissions` GitHub's own header where it sent one.
    #[error("cannot {doing}: {message}\nhint: {}", forbidden_hint(message, needs, accepted_permissions.as_deref()))]
    Forbidden {
        doing: String,
        message: String,
        accepted_permissions: Option<String>,
        needs: &'static str,
    },
    /// A primary or secondary rate limit that lasts longer than the patience left.
    #[error("cannot {doing}: GitHub's rate limit is reached ({message}){}\nhint: try again later, or with a token that is used less", wait_text(*wait))]
    RateLimited { doing: String, message: String, wait: Option<Duration> },
    /// 404: not there, or not for this token to see.
    #[error(
        "cannot {doing}: not found\nhint: check the name, and that the token may read it ({needs})"
    )]
    NotFound { doing: String, needs: &'static str },
    /// 422: GitHub does not take what was sent.
    #[error(
        "cannot {doing}: GitHub does not take it: {message}\nhint: see what GitHub names; the values come from the options, the event or the report"
    )]
    Invalid { doing: String, message: String },
    /// Any other answer that is neither a success nor a failure of the server.
    #[error(
        "cannot {doing}: GitHub answered {status}: {message}\nhint: check the address of the API and what was asked for"
    )]
    Refused { doing: String, status: u16, message: String },
    /// 5xx, still so after repetition.
    #[error(
        "cannot {doing}: GitHub answered {status}: {message}\nhint: try again later; https://www.githubstatus.com tells of outages"
    )]
    Server { doing: String, status: u16, message: String },
    /// No connection, or one that broke.
    #[error(
        "cannot {doing}: {message}\nhint: check the address of the API, the network, HTTPS_PROXY and NO_PROXY, and SSL_CERT_FILE for a certificate of your own"
    )]
    Transport { doing: String, message: String },
    /// No complete answer in time.
    #[error("cannot {doing}: no complete answer within {} s\nhint: try again later", after.as_secs_f64())]
    Stalled { doing: String, after: Duration },
    /// An answer longer than `limit` bytes.
    #[error(
        "cannot {doing}: the answer is longer than {limit} bytes\nhint: what is read here is small; look at what was uploaded or committed"
    )]
    TooLarge { doing: String, limit: u64 },
    /// A list that does not end.
    #[error(
        "cannot {doing}: the list goes on after {pages} pages\nhint: check what answers at the address of the API"
    )]
    TooManyPages { doing: String, pages: usize },
    /// A list whose next page is somewhere else; `link` is the other place without path and query.
    #[error(
        "cannot {doing}: the next page is at {link}, which is not the API\nhint: check what answers at the address of the API; a proxy in front of it has to rewrite its links"
    )]
    ForeignLink { doing: String, link: String },
    /// A redirect that is not followed.
    #[error(
        "cannot {doing}: the redirect is not followed: {message}\nhint: check what answers at the address of the API"
    )]
    Redirected { doing: String, message: String },
    /// The listing of a tree was cut short.
    #[error(
        "cannot {doing}: GitHub cut the listing short\nhint: the repository has more files than one listing holds"
    )]
    Truncated { doing: String },
    /// A pull request's head is another one than that of the verdict.
    #[error(
        "what was to be written to has moved from {was} to {is}\nhint: nothing was written; a verdict on a new head comes with its own run, a refresh can be started again"
    )]
    Moved { was: String, is: String },
    /// A creation may or may not have happened, and looking did not tell.
    #[error(
        "cannot {doing}: {message}; whether it was done all the same cannot be told\nhint: look at GitHub, then try again"
    )]
    Ambiguous { doing: String, message: String },
    /// An answer that is not what this endpoint answers.
    #[error(
        "cannot {doing}: the answer is not understood: {message}\nhint: check that the address is that of GitHub's REST API"
    )]
    Decode { doing: String, message: String },
}

fn forbidden_hint(message: &str, needs: &str, accepted: Option<&str>) -> String {
    if message.contains("not permitted to create or approve pull requests") {
        return "switch on \"Allow GitHub Actions to create and approve pull requests\" under \
                Settings, Actions, General of the repository, or pass a token of an App"
            .to_owned();
    }
    let mut hint = format!("the token needs the permission `{needs}`");
    if let Some(accepted) = accepted {
        hint.push_str(&format!(" (GitHub names: {accepted})"));
    }
    hint.push_str("; pull requests from forks get a read-only token");
    hint
}

fn wait_text(wait: Option<Duration>) -> String {
    wait.map_or_else(String::new, |wait| format!(" for another {} s", wait.as_secs()))
}
