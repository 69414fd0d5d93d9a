//! GitHub's rate limits, as its answers tell them.
//!
//! Source: "Rate limits for the REST API" and "Best practices for using the REST API" of GitHub's
//! documentation. The primary limit answers 403 or 429 with `x-ratelimit-remaining: 0` and the time
//! of its end in `x-ratelimit-reset`; secondary limits answer 403 or 429, mostly with `retry-after`.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::{HeaderMap, StatusCode};

/// Whether an answer is a rate limit, and for how long where it says so.
#[allow(
    clippy::option_option,
    reason = "no limit, a limit of unknown length, a limit of known length"
)]
pub(super) fn reached(
    status: StatusCode,
    headers: &HeaderMap,
    message: &str,
) -> Option<Option<Duration>> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<u64>().ok();
    let after = number("retry-after").map(Duration::from_secs);
    let exhausted = number("x-ratelimit-remaining") == Some(0);
    let said = message.to_ascii_lowercase();
    let limited = status == StatusCode::TOO_MANY_REQUESTS
        || status == StatusCode::FORBIDDEN
            && (after.is_some()
                || said.contains("rate limit")
                || said.contains("abuse detection")
                // The last call that the limit allows may be refused for another reason.
                || exhausted && !said.contains("not accessible"));
    if !limited {
        return None;
    }
    let reset = exhausted.then(|| number("x-ratelimit-reset")).flatten();
    Some(after.or_else(|| reset.map(until)))
}

/// The time from now until a second of the epoch, and one second more because clocks differ.
fn until(second: u64) -> Duration {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Duration::from_secs(second.saturating_add(1)).saturating_sub(now)
}
