//! An artifact is fetched from where GitHub redirects to, without the token and within a limit.

use std::time::{Duration, Instant};

use tailguard::github::{Error, runs};
use wiremock::ResponseTemplate;

use crate::double::{Double, json_answer, message as answer};
use crate::wire::{self, Reply, Wire};
use crate::{client, message, repository};

fn redirecting(to: &str) -> Double {
    let to = to.to_owned();
    Double::scripted(move |_| Some(ResponseTemplate::new(302).insert_header("location", &*to)))
}

fn download(double: &Double, limit: u64) -> Result<Vec<u8>, Error> {
    runs::download(&client(&double.uri()), &repository(), 11, limit)
}

#[test]
fn the_token_does_not_follow_a_redirect() {
    let storage = Double::scripted(|_| Some(ResponseTemplate::new(200).set_body_bytes("zip")));
    let double = redirecting(&format!("{}/a/b.zip?sig=1%2B2", storage.uri()));
    assert_eq!(download(&double, 3).unwrap(), b"zip");
    assert!(double.seen()[0].authorization.is_some());
    let seen = &storage.seen()[0];
    assert_eq!(seen.authorization, None);
    assert_eq!((&*seen.request.path, &*seen.request.query), ("/a/b.zip", "sig=1%2B2"));
    double.assert_kept_to_the_description();
}

#[test]
fn not_even_to_the_api_itself_below_whose_path_it_need_not_be() {
    let double = Double::scripted(|request| {
        Some(match &*request.path {
            "/storage/1" => ResponseTemplate::new(200).set_body_bytes("zip"),
            _ => ResponseTemplate::new(302),
        })
    });
    let to = format!("{}/storage/1", double.uri());
    let first = redirecting(&to);
    let api = format!("{}/api/v3", first.uri());
    assert_eq!(runs::download(&client(&api), &repository(), 11, 9).unwrap(), b"zip");
    assert_eq!(first.seen()[0].request.path.split("/repos").next(), Some("/api/v3"));
    assert_eq!(double.seen()[0].authorization, None);
}

#[test]
fn a_redirect_without_tls_or_without_end_is_refused() {
    let error = download(&redirecting("http://storage.example/a?sig=secret"), 9).unwrap_err();
    assert_eq!(
        message(&error),
        "cannot download the artifact 11 of octocat/hello-world: the redirect is not followed: \
         it leads to http://storage.example"
    );
    for odd in ["ftp://127.0.0.1/", "/relative", "file:///etc/passwd", "http://[::1"] {
        let error = download(&redirecting(odd), 9).unwrap_err();
        assert!(matches!(error, Error::Redirected { .. }), "{odd}: {error:?}");
    }
    let base = std::sync::Arc::new(std::sync::OnceLock::<String>::new());
    let known = std::sync::Arc::clone(&base);
    let circle = Double::scripted(move |_| {
        Some(ResponseTemplate::new(302).insert_header("location", known.get()?.as_str()))
    });
    base.set(circle.uri()).unwrap();
    let error = download(&circle, 9).unwrap_err();
    assert!(matches!(error, Error::Redirected { .. }), "{error:?}");
    assert_eq!(circle.seen().len(), 6);
}

#[test]
fn an_artifact_over_its_limit_is_refused_while_it_streams() {
    let wire = Wire::start(|_, _| {
        Reply::Stall(format!("{}{}", wire::head("200 OK", 1 << 30), "x".repeat(300_000)))
    });
    let start = Instant::now();
    let error = download(&redirecting(&wire.uri), 100_000).unwrap_err();
    assert!(matches!(error, Error::TooLarge { limit: 100_000, .. }), "{error:?}");
    assert!(start.elapsed() < Duration::from_millis(900));
}

#[test]
fn a_download_that_breaks_is_begun_again() {
    let storage = Wire::start(|number, _| match number {
        0 => Reply::Send(format!("{}zi", wire::head("200 OK", 3))),
        1 => Reply::Send(wire::json("503 Slow Down", "<Error/>")),
        _ => Reply::Send(wire::json("200 OK", "zip")),
    });
    let double = redirecting(&storage.uri);
    assert_eq!(download(&double, 3).unwrap(), b"zip");
    // The signed address lives for a minute only: it is asked for anew.
    assert_eq!(double.seen().len(), 3);
}

#[test]
fn an_artifact_that_is_gone_says_so() {
    let double = Double::scripted(|_| Some(answer(410, "Artifact has expired")));
    let error = download(&double, 3).unwrap_err();
    assert_eq!(
        message(&error),
        "cannot download the artifact 11 of octocat/hello-world: GitHub answered 410: Artifact has expired"
    );
    let list = Double::scripted(|_| {
        let artifact = |id: u64, name: &str| serde_json::json!({ "id": id, "name": name, "size_in_bytes": 1, "expired": false, "created_at": null });
        let all = [artifact(1, "other"), artifact(2, "mine"), artifact(3, "mine")];
        Some(json_answer(200, &serde_json::json!({ "total_count": 3, "artifacts": all })))
    });
    let found = runs::artifacts(&client(&list.uri()), &repository(), 7, "mine").unwrap();
    assert_eq!(found.iter().map(|artifact| artifact.id).collect::<Vec<_>>(), [2, 3]);
}
