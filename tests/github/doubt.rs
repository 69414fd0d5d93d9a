//! Creations that end in doubt: what was made is found, and not made twice.

use std::sync::Mutex;

use serde_json::{Value, json};
use tailguard::github::checks::{self, Annotation, CheckRun, Conclusion, Level, Published};
use tailguard::github::comments::{self, Posted, Sticky};
use tailguard::github::git;
use tailguard::github::pulls::{self, NewPull};
use tailguard::github::statuses::{self, State, Status};
use tailguard::github::{Client, Error};
use wiremock::ResponseTemplate;

use crate::double::{Arrived, Double, json_answer, message as answer};
use crate::wire::{self, Reply, Wire};
use crate::{client, go, message, repository};

const SHA: &str = "ce587453ced02b1526dfb4cb910479d431683101";

/// A double that keeps what is posted, and tells the poster something else the first time.
fn forgetful(
    first_answer: Option<ResponseTemplate>,
    keep: impl Fn(&Value, usize) -> Value + Send + Sync + 'static,
    list: impl Fn(&[Value]) -> Value + Send + Sync + 'static,
) -> Double {
    let kept: Mutex<Vec<Value>> = Mutex::default();
    let first = Mutex::new(first_answer);
    Double::scripted(move |request| {
        let mut kept = kept.lock().unwrap();
        match &*request.method {
            "post" => {
                let made = keep(&request.json(), kept.len() + 1);
                kept.push(made.clone());
                Some(first.lock().unwrap().take().unwrap_or_else(|| json_answer(201, &made)))
            }
            "get" => Some(json_answer(200, &list(&kept))),
            _ => None,
        }
    })
}

fn comment(body: &Value, id: usize) -> Value {
    json!({ "id": id, "html_url": "https://h", "body": body["body"], "user": { "login": "octocat" } })
}

fn post_comment(client: &Client) -> Result<Posted, Error> {
    let sticky = Sticky { marker: "<!-- m -->", author: "octocat", body: "text", create: true };
    comments::upsert(client, &repository(), 5, &sticky, &go)
}

#[test]
fn a_comment_that_was_made_before_the_502_is_not_made_again() {
    let double = forgetful(Some(answer(502, "Bad Gateway")), comment, |kept| json!(kept));
    let posted = post_comment(&client(&double.uri())).unwrap();
    assert!(matches!(&posted, Posted::Created(comment) if comment.id == 1), "{posted:?}");
    assert_eq!(double.writes().len(), 1);
    double.assert_kept_to_the_description();
}

#[test]
fn a_comment_whose_answer_cannot_be_read_is_not_made_again() {
    let double = forgetful(Some(json_answer(201, &json!([]))), comment, |kept| json!(kept));
    post_comment(&client(&double.uri())).unwrap();
    assert_eq!(double.writes().len(), 1);
}

#[test]
fn a_comment_that_was_not_made_is_tried_again() {
    let refused = Mutex::new(1);
    let double = Double::scripted(move |request| match &*request.method {
        "get" => Some(json_answer(200, &json!([]))),
        _ => {
            let mut refused = refused.lock().unwrap();
            *refused -= 1;
            (*refused >= 0).then(|| answer(500, "oops"))
        }
    });
    let posted = post_comment(&client(&double.uri())).unwrap();
    assert!(matches!(posted, Posted::Created(_)), "{posted:?}");
    assert_eq!(double.writes().len(), 2);
}

#[test]
fn a_cut_connection_after_the_write_makes_no_second_comment() {
    let made = Mutex::new(false);
    let wire = Wire::start(move |_, request| {
        let mut made = made.lock().unwrap();
        let there = comment(&json!({ "body": "<!-- m -->\ntext" }), 1);
        if request.method == "post" {
            *made = true;
            return Reply::Send(format!("{}{{\"id\":1,", wire::head("201 Created", 500)));
        }
        let list = if *made { json!([there]) } else { json!([]) };
        Reply::Send(wire::json("200 OK", &list.to_string()))
    });
    let posted = post_comment(&client(&wire.uri)).unwrap();
    assert!(matches!(posted, Posted::Created(_)), "{posted:?}");
    let lines: Vec<String> = wire.seen().iter().map(|request| request.method.clone()).collect();
    assert_eq!(lines, ["get", "post", "get"]);
    wire.assert_kept_to_the_description();
}

#[test]
fn a_doubt_that_cannot_be_settled_is_told() {
    let lists = Mutex::new(0);
    let double = Double::scripted(move |request| {
        let mut lists = lists.lock().unwrap();
        *lists += 1;
        match (&*request.method, *lists) {
            ("get", 1) => Some(json_answer(200, &json!([]))),
            ("get", _) => Some(answer(403, "no more")),
            _ => Some(answer(502, "Bad Gateway")),
        }
    });
    let error = post_comment(&client(&double.uri())).unwrap_err();
    assert!(matches!(error, Error::Ambiguous { .. }), "{error:?}");
    assert!(message(&error).ends_with("whether it was done all the same cannot be told"));
    assert_eq!(double.writes().len(), 1);
}

fn run(annotations: &[Annotation]) -> CheckRun<'_> {
    CheckRun {
        name: "tailguard",
        head_sha: SHA,
        key: "tailguard/default",
        kind: "verdict",
        conclusion: Conclusion::Failure,
        title: "t",
        summary: "s",
        details_url: None,
        annotations,
    }
}

fn check(body: &Value, id: usize) -> Value {
    let count = body["output"]["annotations"].as_array().unwrap().len();
    json!({ "id": id, "html_url": "https://h", "external_id": body["external_id"], "status": "completed",
        "conclusion": body["conclusion"], "completed_at": null, "output": { "annotations_count": count } })
}

fn checks_list(kept: &[Value]) -> Value {
    json!({ "total_count": kept.len(), "check_runs": kept })
}

#[test]
fn a_check_run_that_was_made_before_the_502_is_not_made_again() {
    let double = forgetful(Some(answer(502, "Bad Gateway")), check, checks_list);
    let client = client(&double.uri());
    let published = checks::publish(&client, &repository(), &run(&[]), &go).unwrap();
    assert!(matches!(published, Published::Created { id: 1, .. }), "{published:?}");
    // The same again changes nothing; another verdict is another check run.
    let published = checks::publish(&client, &repository(), &run(&[]), &go).unwrap();
    assert!(matches!(published, Published::Unchanged { id: 1, .. }), "{published:?}");
    assert_eq!(double.writes().len(), 1);
    let passed = CheckRun { conclusion: Conclusion::Success, ..run(&[]) };
    checks::publish(&client, &repository(), &passed, &go).unwrap();
    // Only the newest counts: going back to the first verdict is a third.
    let published = checks::publish(&client, &repository(), &run(&[]), &go).unwrap();
    assert!(matches!(published, Published::Created { id: 3, .. }), "{published:?}");
    double.assert_kept_to_the_description();
}

#[test]
fn a_batch_of_annotations_that_arrived_before_the_502_is_not_sent_again() {
    let remark = Annotation {
        path: "a".to_owned(),
        line: 0,
        level: Level::Warning,
        title: "t".to_owned(),
        message: "m".to_owned(),
    };
    let annotations = vec![remark; 120];
    let state: Mutex<(u64, u32)> = Mutex::default();
    let double = Double::scripted(move |request| {
        let mut state = state.lock().unwrap();
        let sent = request.json()["output"]["annotations"].as_array().map_or(0, Vec::len);
        state.0 += sent as u64;
        let run =
            json!({ "id": 1, "status": "completed", "output": { "annotations_count": state.0 } });
        if request.path.ends_with("/commits/ce587453ced02b1526dfb4cb910479d431683101/check-runs") {
            return Some(json_answer(200, &checks_list(&[])));
        }
        if request.method == "patch" {
            state.1 += 1;
            if state.1 == 1 {
                return Some(answer(502, "Bad Gateway"));
            }
        }
        Some(json_answer(200, &run))
    });
    checks::publish(&client(&double.uri()), &repository(), &run(&annotations), &go).unwrap();
    let batches: Vec<usize> = double
        .writes()
        .iter()
        .map(|write| write.json()["output"]["annotations"].as_array().unwrap().len())
        .collect();
    assert_eq!(batches, [50, 50, 20]);
    double.assert_kept_to_the_description();
}

#[test]
fn annotations_that_an_interrupted_publication_left_out_are_added() {
    let remark = Annotation {
        path: "a".to_owned(),
        line: 7,
        level: Level::Notice,
        title: "t".to_owned(),
        message: "m".to_owned(),
    };
    let annotations = vec![remark; 120];
    for (there, sent) in [(50, vec![50, 20]), (100, vec![20]), (120, vec![])] {
        // What we call it is learnt from a first publication.
        let double = Double::start();
        let run = run(&annotations);
        checks::publish(&client(&double.uri()), &repository(), &run, &go).unwrap();
        let name = double.sent("post", "/check-runs")[0].json()["external_id"].clone();
        let double = Double::scripted(move |request| {
            let run = json!({ "id": 8, "html_url": "https://h", "external_id": name, "status": "completed",
                "conclusion": "failure", "output": { "annotations_count": there } });
            // A newer one of somebody else does not hide ours.
            let other = json!({ "id": 9, "external_id": "other:1", "status": "queued" });
            let get = request.method == "get";
            Some(json_answer(200, &if get { checks_list(&[run, other]) } else { run }))
        });
        let published = checks::publish(&client(&double.uri()), &repository(), &run, &go).unwrap();
        assert!(matches!(published, Published::Unchanged { id: 8, .. }), "{published:?}");
        let batches: Vec<usize> = double
            .writes()
            .iter()
            .map(|write| write.json()["output"]["annotations"].as_array().unwrap().len())
            .collect();
        assert_eq!(batches, sent, "{there} were there");
        double.assert_kept_to_the_description();
    }
}

#[test]
fn a_pull_request_that_was_made_before_the_502_is_not_made_again() {
    let pull = |body: &Value, id: usize| {
        json!({ "number": id, "state": "open", "html_url": "https://h", "user": null,
            "head": { "sha": SHA, "ref": body["head"], "repo": null },
            "base": { "sha": SHA, "ref": body["base"], "repo": null } })
    };
    for failure in [answer(502, "Bad Gateway"), json_answer(201, &json!({}))] {
        let double = forgetful(Some(failure), pull, |kept| json!(kept));
        let new = NewPull { title: "t", head: "refresh", base: "main", body: "b" };
        let made = pulls::open(&client(&double.uri()), &repository(), &new, &go).unwrap();
        assert_eq!((made.number, &*made.head_ref), (1, "refresh"));
        assert_eq!(double.writes().len(), 1);
        double.assert_kept_to_the_description();
    }
}

#[test]
fn a_status_that_was_set_before_the_502_is_not_set_again() {
    let double =
        forgetful(Some(answer(502, "Bad Gateway")), |body, _| body.clone(), |kept| json!(kept));
    let status = Status { state: State::Failure, context: "c", description: "d", target_url: None };
    statuses::set(&client(&double.uri()), &repository(), SHA, &status, &go).unwrap();
    assert_eq!(double.writes().len(), 1);
    double.assert_kept_to_the_description();
}

/// A branch is asked for, and is at `tip`; making it fails with `failure`.
fn branch(tip: &'static str, failure: u16) -> Double {
    Double::scripted(move |request: &Arrived| match &*request.method {
        "post" => Some(answer(failure, "Reference already exists")),
        _ => Some(json_answer(200, &json!({ "ref": "refs/heads/b", "object": { "sha": tip } }))),
    })
}

#[test]
fn a_branch_that_was_made_before_the_502_counts_as_made() {
    let double = branch(SHA, 502);
    git::create_branch(&client(&double.uri()), &repository(), "b", SHA, &go).unwrap();
    assert_eq!(double.writes().len(), 1);
    // Without a doubt, a branch that is there already was made by somebody else.
    let double = branch(SHA, 422);
    let error = git::create_branch(&client(&double.uri()), &repository(), "b", SHA, &go);
    assert!(matches!(error, Err(Error::Invalid { .. })), "{error:?}");
    let double = branch("0000", 502);
    let error = git::create_branch(&client(&double.uri()), &repository(), "b", SHA, &go);
    assert!(matches!(error, Err(Error::Server { .. })), "{error:?}");
}
