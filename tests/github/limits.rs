//! Rate limits are waited for as long as the patience lasts, and not longer.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tailguard::github::comments::{self, Posted, Sticky};
use tailguard::github::{Error, identity};
use wiremock::ResponseTemplate;

use crate::double::{Double, json_answer, message as answer};
use crate::{client, go, message, repository};

const STICKY: Sticky<'static> =
    Sticky { marker: "<!-- m -->", author: "octocat", body: "text", create: true };

/// Refuses the first request of a kind with `refusal`.
fn refusing_once(method: &'static str, refusal: ResponseTemplate) -> Double {
    let refused = AtomicUsize::new(0);
    Double::scripted(move |request| {
        (request.method == method && refused.fetch_add(1, Ordering::SeqCst) == 0)
            .then(|| refusal.clone())
    })
}

fn no_comments(double: &'static str) -> impl Fn(&crate::double::Arrived) -> bool {
    move |request| request.method == "get" && request.path.ends_with(double)
}

#[test]
fn a_secondary_limit_is_waited_for_and_the_refused_creation_repeated() {
    let refusal = answer(403, "You have exceeded a secondary rate limit.");
    let double = refusing_once("post", refusal.insert_header("retry-after", "1"));
    let start = Instant::now();
    let posted = comments::upsert(&client(&double.uri()), &repository(), 1, &STICKY, &go).unwrap();
    assert!(matches!(posted, Posted::Created(_)), "{posted:?}");
    assert!(start.elapsed() >= Duration::from_secs(1));
    assert_eq!(double.sent("post", "/comments").len(), 2);
    double.assert_kept_to_the_description();
}

#[test]
fn a_secondary_limit_without_a_time_takes_half_of_the_patience() {
    let double = refusing_once("get", answer(403, "You have exceeded a secondary rate limit."));
    let start = Instant::now();
    assert!(identity::login(&client(&double.uri())).unwrap().is_some());
    assert!(start.elapsed() >= Duration::from_millis(750));
}

#[test]
fn a_limit_longer_than_the_patience_is_an_error_at_once() {
    let refusal = answer(429, "slow down").insert_header("retry-after", "3600");
    let double = Double::scripted(move |_| Some(refusal.clone()));
    let start = Instant::now();
    let error = identity::login(&client(&double.uri())).unwrap_err();
    assert!(start.elapsed() < Duration::from_millis(500));
    assert_eq!(double.seen().len(), 1);
    assert!(matches!(error, Error::RateLimited { wait: Some(Duration { .. }), .. }), "{error:?}");
    assert_eq!(
        message(&error),
        "cannot ask whose token it is: GitHub's rate limit is reached (slow down) for another 3600 s"
    );
}

#[test]
fn the_primary_limit_is_waited_for_until_its_reset() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let limited = |reset: u64| {
        answer(403, "API rate limit exceeded for installation")
            .insert_header("x-ratelimit-remaining", "0")
            .insert_header("x-ratelimit-reset", reset.to_string())
    };
    let double = refusing_once("get", limited(now - 5));
    assert!(identity::login(&client(&double.uri())).unwrap().is_some());
    assert_eq!(double.seen().len(), 2);

    let double = refusing_once("get", limited(now + 1800));
    let error = identity::login(&client(&double.uri())).unwrap_err();
    let Error::RateLimited { wait: Some(wait), .. } = error else { panic!("{error:?}") };
    assert!((1700..=1801).contains(&wait.as_secs()), "{wait:?}");
}

#[test]
fn the_last_call_of_a_limit_may_be_forbidden_for_another_reason() {
    let refusal = answer(403, "Resource not accessible by integration")
        .insert_header("x-ratelimit-remaining", "0");
    let double = Double::scripted(move |request| {
        let listed = no_comments("/comments")(request);
        Some(if listed { json_answer(200, &serde_json::json!([])) } else { refusal.clone() })
    });
    let error = comments::upsert(&client(&double.uri()), &repository(), 1, &STICKY, &go);
    assert!(matches!(error, Err(Error::Forbidden { .. })), "{error:?}");
}
