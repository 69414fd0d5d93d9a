//! What the other side may do wrong, and that nothing is written when it should not be.

use std::cell::Cell;
use std::time::{Duration, Instant};

use serde_json::json;
use tailguard::github::comments::{self, Posted, Sticky};
use tailguard::github::pulls::{self, NewPull};
use tailguard::github::statuses::{self, State, Status};
use tailguard::github::{Client, Error, Repository, Settings, Token, git, identity, labels};

use crate::double::{Double, json_answer, message as answer};
use crate::wire::{self, Reply, Wire};
use crate::{SECRET, client, go, message, repository};

const STICKY: Sticky<'static> =
    Sticky { marker: "<!-- m -->", author: "octocat", body: "text", create: true };

/// A double that answers every write so.
fn writes_get(status: u16, text: &'static str) -> Double {
    Double::scripted(move |request| {
        if request.method == "get" {
            Some(json_answer(200, &json!([])))
        } else {
            let accepted = "issues=write; pull_requests=write";
            Some(answer(status, text).insert_header("x-accepted-github-permissions", accepted))
        }
    })
}

fn post(double: &Double) -> Error {
    comments::upsert(&client(&double.uri()), &repository(), 5, &STICKY, &go).unwrap_err()
}

#[test]
fn a_wrong_token_is_named_as_such() {
    let double = Double::scripted(|_| Some(answer(401, "Bad credentials")));
    let error = identity::login(&client(&double.uri())).unwrap_err();
    assert!(matches!(error, Error::Unauthorized { .. }));
    assert_eq!(
        message(&error),
        "cannot ask whose token it is: the token is not accepted (Bad credentials)"
    );
    assert_eq!(double.seen().len(), 1, "it is not tried again");
}

#[test]
fn a_read_only_token_hears_which_permission_is_missing() {
    let double = writes_get(403, "Resource not accessible by integration");
    let error = post(&double);
    assert_eq!(
        message(&error),
        "cannot comment on octocat/hello-world#5: Resource not accessible by integration"
    );
    let hint = error.to_string();
    assert!(hint.contains("`pull-requests: write`"), "{hint}");
    assert!(hint.contains("issues=write; pull_requests=write"), "{hint}");
    assert_eq!(double.writes().len(), 1);
}

#[test]
fn a_job_that_may_not_open_pull_requests_hears_which_setting_allows_it() {
    let text = "GitHub Actions is not permitted to create or approve pull requests.";
    let double = writes_get(403, text);
    let new = NewPull { title: "t", head: "h", base: "main", body: "b" };
    let error = pulls::open(&client(&double.uri()), &repository(), &new, &go).unwrap_err();
    assert!(error.to_string().contains("Allow GitHub Actions to create and approve"), "{error}");
}

#[test]
fn what_is_not_there_is_not_found_or_none() {
    let double = Double::scripted(|_| Some(answer(404, "Not Found")));
    let (client, repository) = (client(&double.uri()), repository());
    let error = labels::on(&client, &repository, 5).unwrap_err();
    assert_eq!(message(&error), "cannot read the labels of octocat/hello-world#5: not found");
    assert_eq!(git::tip(&client, &repository, "gone").unwrap(), None);
    assert!(!labels::may_write(&client, &repository, "nobody").unwrap());
}

#[test]
fn a_refused_value_is_told_with_github_s_reasons() {
    let double = Double::scripted(|request| {
        let errors = json!([{ "resource": "IssueComment", "field": "body", "code": "custom",
            "message": "body is too long (maximum is 65536 characters)" }, { "field": "x", "code": "missing" }]);
        let body = if request.method == "get" {
            json!([])
        } else {
            json!({ "message": "Validation Failed", "errors": errors })
        };
        Some(json_answer(if request.method == "get" { 200 } else { 422 }, &body))
    });
    assert_eq!(
        message(&post(&double)),
        "cannot comment on octocat/hello-world#5: GitHub does not take it: Validation Failed: \
         body is too long (maximum is 65536 characters), x is missing"
    );
    assert_eq!(double.writes().len(), 1);
}

#[test]
fn the_token_of_an_installation_has_no_login() {
    let double = Double::scripted(|_| Some(answer(403, "Resource not accessible by integration")));
    assert_eq!(identity::login(&client(&double.uri())).unwrap(), None);
}

#[test]
fn a_read_is_tried_again_and_given_up_after_a_while() {
    let wire = Wire::start(|number, _| match number {
        0 => Reply::Send(wire::json("502 Bad Gateway", "<html>")),
        1 => Reply::Send(String::new()),
        2 => Reply::Send(format!("{}{{\"login\"", wire::head("200 OK", 100))),
        _ => Reply::Send(wire::json("200 OK", "{\"login\":\"octocat\"}")),
    });
    assert_eq!(identity::login(&client(&wire.uri)).unwrap().as_deref(), Some("octocat"));
    assert_eq!(wire.seen().len(), 4);
    wire.assert_kept_to_the_description();

    let double = Double::scripted(|_| Some(answer(503, "no server is available")));
    let error = identity::login(&client(&double.uri())).unwrap_err();
    assert_eq!(
        message(&error),
        "cannot ask whose token it is: GitHub answered 503: no server is available"
    );
    assert_eq!(double.seen().len(), 6);
}

#[test]
fn a_stall_ends_after_its_time_in_head_and_body() {
    for bytes in [String::new(), format!("{}{{\"log", wire::head("200 OK", 100))] {
        let wire = Wire::start(move |_, _| Reply::Stall(bytes.clone()));
        let start = Instant::now();
        let stall = Duration::from_millis(60);
        let patience = Duration::from_millis(150);
        let settings = Settings { stall, patience, ..Settings::new(wire.uri, None) };
        let error = identity::login(&Client::new(&settings).unwrap()).unwrap_err();
        assert!(matches!(error, Error::Stalled { .. }), "{error:?}");
        assert_eq!(
            message(&error),
            "cannot ask whose token it is: no complete answer within 0.06 s"
        );
        // Patience counts the stalls themselves, so it bounds the whole.
        assert!(start.elapsed() < Duration::from_millis(600), "{:?}", start.elapsed());
    }
}

#[test]
fn a_server_that_is_not_there_is_an_error_of_the_transport() {
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = identity::login(&client(&format!("http://{gone}"))).unwrap_err();
    assert!(matches!(error, Error::Transport { .. }), "{error:?}");
    assert!(message(&error).contains("refused"), "{error}");
}

#[test]
fn an_answer_that_is_none_of_this_endpoint_is_not_understood() {
    let double = Double::scripted(|_| Some(json_answer(200, &json!({ "hello": SECRET }))));
    let error = identity::login(&client(&double.uri())).unwrap_err();
    assert!(matches!(error, Error::Decode { .. }), "{error:?}");
    message(&error);
}

#[test]
fn an_answer_longer_than_its_limit_is_not_read_to_its_end() {
    let double = Double::start();
    let error = git::blob(&client(&double.uri()), &repository(), "abc", 5).unwrap_err();
    assert!(matches!(error, Error::TooLarge { limit: 5, .. }), "{error:?}");
    // 64 MB are promised, and never sent.
    let wire = Wire::start(|_, _| {
        Reply::Stall(format!("{}{}", wire::head("200 OK", 64 << 20), "x".repeat(200_000)))
    });
    let start = Instant::now();
    let error = git::blob(&client(&wire.uri), &repository(), "abc", 1000).unwrap_err();
    assert!(matches!(error, Error::TooLarge { limit: 1000, .. }), "{error:?}");
    assert!(start.elapsed() < Duration::from_millis(900));
}

#[test]
fn nothing_is_written_when_the_head_has_moved() {
    let moved = || Err(Error::Moved { was: "aaa".to_owned(), is: "bbb".to_owned() });
    let double = Double::scripted(|r| (r.method == "get").then(|| json_answer(200, &json!([]))));
    let (client, repository) = (client(&double.uri()), repository());
    let error = comments::upsert(&client, &repository, 5, &STICKY, &moved).unwrap_err();
    assert_eq!(message(&error), "what was to be written to has moved from aaa to bbb");
    let status = Status { state: State::Failure, context: "c", description: "d", target_url: None };
    statuses::set(&client, &repository, "aaa", &status, &moved).unwrap_err();
    assert!(double.writes().is_empty());
}

#[test]
fn the_head_is_compared_again_before_a_repetition() {
    let asked = Cell::new(0);
    let guard = || {
        asked.set(asked.get() + 1);
        if asked.get() < 2 { Ok(()) } else { Err(Error::Moved { was: "a".into(), is: "b".into() }) }
    };
    let double = writes_get(502, "Bad Gateway");
    let (client, repository) = (client(&double.uri()), repository());
    let error = comments::upsert(&client, &repository, 5, &STICKY, &guard).unwrap_err();
    assert!(matches!(error, Error::Moved { .. }), "{error:?}");
    assert_eq!(double.writes().len(), 1);
}

#[test]
fn a_token_that_is_sent_back_is_in_no_message() {
    let double = Double::scripted(|_| {
        let accepted = format!("token {SECRET}");
        Some(
            answer(403, &format!("no: {SECRET}"))
                .insert_header("x-accepted-github-permissions", &*accepted),
        )
    });
    let client = client(&double.uri());
    message(&labels::on(&client, &repository(), 5).unwrap_err());
    assert!(!format!("{client:?}").contains(SECRET));
    let broken = Token::new("ghs_\u{7f}secret".to_owned());
    let error = Client::new(&Settings::new("https://h.example", Some(broken))).unwrap_err();
    assert!(!error.to_string().contains("secret"), "{error}");
}

#[test]
fn the_same_body_is_not_sent_again_whatever_its_line_ends() {
    let double = Double::scripted(|_| {
        let comment = json!({ "id": 3, "html_url": "https://h", "user": { "login": "OctoCat" },
            "body": "<!-- m -->\r\ntext\r\n" });
        Some(json_answer(200, &json!([comment])))
    });
    let (client, repository) = (client(&double.uri()), repository());
    let posted = comments::upsert(&client, &repository, 5, &STICKY, &go).unwrap();
    assert!(matches!(posted, Posted::Unchanged(_)), "{posted:?}");
    assert!(double.writes().is_empty());
}

#[test]
fn an_enterprise_server_s_path_stands_in_front() {
    let double = Double::scripted(|_| Some(json_answer(200, &json!({ "login": "octocat" }))));
    identity::login(&client(&format!("{}/api/v3/", double.uri()))).unwrap();
    assert_eq!(double.seen()[0].request.path, "/api/v3/user");
    let odd = Repository { owner: "a/b".to_owned(), name: "c d".to_owned() };
    labels::on(&client(&double.uri()), &odd, 1).unwrap_err();
    assert_eq!(double.seen()[1].request.path, "/repos/a%2Fb/c%20d/issues/1/labels");
}
