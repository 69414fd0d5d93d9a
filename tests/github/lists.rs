//! Lists in pages: read to their end, not beyond, and nowhere else.

use serde_json::{Value, json};
use tailguard::github::comments::{self, Posted, Sticky};
use tailguard::github::{Error, git, labels, pulls};
use wiremock::ResponseTemplate;

use crate::double::{Arrived, Double, json_answer};
use crate::{client, go, message, repository};

fn page(request: &Arrived) -> usize {
    let number = request.query.split('&').find_map(|pair| pair.strip_prefix("page="));
    number.map_or(1, |number| number.parse().unwrap())
}

/// An answer with a link to `next`.
fn linked(body: &Value, next: &str) -> ResponseTemplate {
    json_answer(200, body).insert_header("link", format!("<{next}>; rel=\"next\"").as_str())
}

#[test]
fn ours_is_found_behind_130_comments_with_our_marker_by_somebody_else() {
    let mut all: Vec<Value> = (1..=130)
        .map(|id| json!({ "id": id, "html_url": "https://h", "body": "<!-- m -->\nfake", "user": { "login": "mallory" } }))
        .collect();
    // Ours, but with the marker in the middle; one of a user that is gone; ours; and a newer one.
    all.push(json!({ "id": 131, "html_url": "h", "body": "see\n<!-- m -->", "user": { "login": "bot[bot]" } }));
    all.push(json!({ "id": 132, "html_url": "h", "body": "<!-- m -->", "user": null }));
    all.push(json!({ "id": 133, "html_url": "h", "body": "<!-- m --> and more", "user": { "login": "bot[bot]" } }));
    all.push(json!({ "id": 134, "html_url": "h", "body": "<!-- m -->\nold", "user": { "login": "Bot[bot]" } }));
    all.push(json!({ "id": 135, "html_url": "h", "body": "<!-- m -->\nold", "user": { "login": "bot[bot]" } }));
    // The double knows its own address only once it runs; a relative end will not do for a link.
    let base = std::sync::Arc::new(std::sync::OnceLock::<String>::new());
    let known = std::sync::Arc::clone(&base);
    let double = Double::scripted(move |request| {
        if request.method != "get" {
            return None;
        }
        let number = page(request);
        let part: Vec<Value> = all.iter().skip((number - 1) * 100).take(100).cloned().collect();
        if number * 100 >= all.len() {
            return Some(json_answer(200, &json!(part)));
        }
        let next = format!("{}{}?per_page=100&page={}", known.get()?, request.path, number + 1);
        Some(linked(&json!(part), &next))
    });
    base.set(double.uri()).unwrap();
    let sticky = Sticky { marker: "<!-- m -->", author: "bot[bot]", body: "new", create: true };
    let posted = comments::upsert(&client(&double.uri()), &repository(), 5, &sticky, &go).unwrap();
    assert!(matches!(posted, Posted::Updated(_)), "{posted:?}");
    let writes = double.writes();
    assert_eq!(writes.len(), 1);
    assert_eq!(writes[0].line(), "patch /repos/octocat/hello-world/issues/comments/134");
    double.assert_kept_to_the_description();
}

#[test]
fn nothing_is_made_where_none_is_wanted() {
    let double = Double::scripted(|_| Some(json_answer(200, &json!([]))));
    let sticky = Sticky { marker: "<!-- m -->", author: "a", body: "new", create: false };
    let posted = comments::upsert(&client(&double.uri()), &repository(), 5, &sticky, &go).unwrap();
    assert_eq!(posted, Posted::Withheld);
    assert!(double.writes().is_empty());
}

#[test]
fn an_endless_list_ends() {
    let base = std::sync::Arc::new(std::sync::OnceLock::<String>::new());
    let known = std::sync::Arc::clone(&base);
    let double = Double::scripted(move |request| {
        let next =
            format!("{}{}?per_page=100&page={}", known.get()?, request.path, page(request) + 1);
        Some(linked(&json!([{ "name": "bug" }]), &next))
    });
    base.set(double.uri()).unwrap();
    let error = labels::on(&client(&double.uri()), &repository(), 5).unwrap_err();
    assert!(matches!(error, Error::TooManyPages { pages: 100, .. }), "{error:?}");
    message(&error);
    assert_eq!(double.seen().len(), 100);
}

#[test]
fn a_link_to_another_place_is_not_followed() {
    let elsewhere = Double::scripted(|_| Some(json_answer(200, &json!([]))));
    let link = format!("{}/repos/o/r/pulls/5/files?page=2&secret=1", elsewhere.uri());
    let double = Double::scripted(move |_| Some(linked(&json!([]), &link)));
    let error = pulls::files(&client(&double.uri()), &repository(), 5).unwrap_err();
    assert!(matches!(&error, Error::ForeignLink { link, .. } if *link == elsewhere.uri()));
    assert!(!message(&error).contains("secret"));
    assert!(elsewhere.seen().is_empty());
    double.assert_kept_to_the_description();
}

#[test]
fn who_labelled_is_told_in_order_and_apps_are_no_persons() {
    let event = |event: &str, login: &str, kind: &str, app: Value| {
        json!({ "event": event, "actor": { "login": login, "type": kind }, "label": { "name": "ok" },
            "created_at": "2026-01-02T03:04:05Z", "performed_via_github_app": app })
    };
    let events = json!([
        event("labeled", "ann", "User", json!(null)),
        event("closed", "ann", "User", json!(null)),
        event("unlabeled", "bob", "User", json!({ "id": 1 })),
        event("labeled", "ci[bot]", "Bot", json!(null)),
        { "event": "labeled", "actor": null, "label": { "name": "ok" }, "created_at": "2026-01-02T03:04:05Z" },
    ]);
    let double = Double::scripted(move |_| Some(json_answer(200, &events)));
    let told = labels::events(&client(&double.uri()), &repository(), 5).unwrap();
    let told: Vec<_> =
        told.iter().map(|event| (event.added, event.actor.as_deref(), event.is_person)).collect();
    let expected = [
        (true, Some("ann"), true),
        (false, Some("bob"), false),
        (true, Some("ci[bot]"), false),
        (true, None, false),
    ];
    assert_eq!(told, expected);
}

#[test]
fn a_listing_of_files_that_is_cut_short_is_refused() {
    let double = Double::scripted(|request| {
        let tree = json!({ "sha": "t", "truncated": true, "tree": [] });
        request.path.contains("/git/trees/").then(|| json_answer(200, &tree))
    });
    let error = git::files_below(&client(&double.uri()), &repository(), "abc", "").unwrap_err();
    assert!(matches!(error, Error::Truncated { .. }), "{error:?}");
    message(&error);
    double.assert_kept_to_the_description();
}
