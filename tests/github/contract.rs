//! Every function once, against GitHub's own description of its API.

use serde_json::json;
use tailguard::github::checks::{self, Annotation, CheckRun, Conclusion, Level, Published};
use tailguard::github::comments::{self, Posted, Sticky};
use tailguard::github::git::{self, NewCommit};
use tailguard::github::pulls::{self, NewPull};
use tailguard::github::statuses::{self, State, Status};
use tailguard::github::{identity, labels, runs};
use wiremock::ResponseTemplate;

use crate::double::{Arrived, Double, json_answer, openapi};
use crate::{client, go, repository};

const SHA: &str = "ce587453ced02b1526dfb4cb910479d431683101";

#[test]
fn a_comment_is_made_and_updated_by_patch() {
    let sticky = Sticky { marker: "<!-- m -->", author: "octocat", body: "text", create: true };
    let double = Double::start();
    let client = client(&double.uri());
    let posted = comments::upsert(&client, &repository(), 1347, &sticky, &go).unwrap();
    // The description's example comment is octocat's, and without our marker.
    let Posted::Created(comment) = posted else { panic!("{posted:?}") };
    assert_eq!((comment.id, &*comment.author), (1, "octocat"));
    double.assert_kept_to_the_description();

    let double = Double::scripted(|request| {
        (request.line() == "get /repos/octocat/hello-world/issues/1347/comments").then(|| {
            let user = json!({ "login": "octocat" });
            json_answer(200, &json!([{ "id": 9, "html_url": "https://h", "user": user, "body": "<!-- m -->\r\nold" }]))
        })
    });
    let client = crate::client(&double.uri());
    let posted = comments::upsert(&client, &repository(), 1347, &sticky, &go).unwrap();
    assert!(matches!(posted, Posted::Updated(_)), "{posted:?}");
    let sent = double.sent("patch", "/repos/octocat/hello-world/issues/comments/9");
    assert_eq!(sent[0].json(), json!({ "body": "<!-- m -->\ntext" }));
    double.assert_kept_to_the_description();
}

#[test]
fn a_check_run_is_completed_from_its_first_moment() {
    let double = Double::start();
    let client = client(&double.uri());
    let annotation = Annotation {
        path: "load/steady.js".to_owned(),
        line: 1,
        level: Level::Failure,
        title: "p95".to_owned(),
        message: "slower".to_owned(),
    };
    let run = CheckRun {
        name: "tailguard",
        head_sha: SHA,
        key: "tailguard/default",
        kind: "verdict",
        conclusion: Conclusion::Failure,
        title: "1 row regressed",
        summary: "text",
        details_url: Some("https://h.example/run"),
        annotations: &vec![annotation; 120],
    };
    let published = checks::publish(&client, &repository(), &run, &go).unwrap();
    assert!(matches!(published, Published::Created { id: 4, .. }), "{published:?}");
    let made = double.sent("post", "/check-runs")[0].json();
    assert_eq!(made["status"], "completed");
    assert_eq!(made["conclusion"], "failure");
    let batches: Vec<usize> = double
        .writes()
        .iter()
        .map(|write| write.json()["output"]["annotations"].as_array().unwrap().len())
        .collect();
    assert_eq!(batches, [50, 50, 20]);
    let seen = checks::seen(&client, &repository(), SHA, "tailguard").unwrap();
    assert_eq!(seen[0].conclusion.as_deref(), Some("neutral"));
    double.assert_kept_to_the_description();
}

#[test]
fn a_status_is_set() {
    let double = Double::start();
    let client = client(&double.uri());
    for state in [State::Success, State::Failure, State::Error] {
        let status = Status {
            state,
            context: "tailguard",
            description: "steady",
            target_url: Some("https://h"),
        };
        statuses::set(&client, &repository(), SHA, &status, &go).unwrap();
    }
    double.assert_kept_to_the_description();
}

#[test]
fn pull_requests_are_read_opened_and_edited() {
    let double = Double::start();
    let (client, repository) = (client(&double.uri()), repository());
    let pull = pulls::get(&client, &repository, 1347).unwrap();
    assert_eq!((pull.number, &*pull.head_ref, &*pull.author), (1347, "new-topic", "octocat"));
    assert_eq!(pull.head_repo.as_deref(), Some("octocat/Hello-World"));
    let open = pulls::open_with_head(&client, &repository, "octocat", "feature/a b").unwrap();
    assert_eq!(open[0].number, 1347);
    let files = pulls::files(&client, &repository, 1347).unwrap();
    assert_eq!((&*files[0].path, &*files[0].status), ("file1.txt", "added"));
    let commits = pulls::commits(&client, &repository, 1347).unwrap();
    assert_eq!(commits[0].author.as_deref(), Some("octocat"));
    let new = NewPull { title: "t", head: "tailguard-refresh", base: "main", body: "b" };
    assert_eq!(pulls::open(&client, &repository, &new, &go).unwrap().number, 1347);
    pulls::edit(&client, &repository, 1347, "other", &go).unwrap();
    double.assert_kept_to_the_description();
}

#[test]
fn runs_and_artifacts_are_read() {
    let double = Double::scripted(|request: &Arrived| {
        request.path.ends_with("/zip").then(|| ResponseTemplate::new(200).set_body_bytes("zip"))
    });
    let (client, repository) = (client(&double.uri()), repository());
    let run = runs::get(&client, &repository, 30_433_642).unwrap();
    assert_eq!((&*run.event, &*run.path), ("push", ".github/workflows/build.yml"));
    assert_eq!(run.head_repository.as_deref(), Some("octo-org/octo-repo"));
    runs::attempt(&client, &repository, 30_433_642, 2).unwrap();
    let newest = |from| runs::newest(&client, &repository, "perf.yml", SHA, from, "pull_request");
    let found = newest((Some("octo-org/octo-repo"), Some("master"))).unwrap();
    assert_eq!(found.unwrap().id, 30_433_642);
    // Another repository may have a run of the same commit.
    assert!(newest((Some("someone/octo-repo"), Some("master"))).unwrap().is_none());
    let artifacts = runs::artifacts(&client, &repository, 30_433_642, "Rails").unwrap();
    assert_eq!((artifacts[0].id, artifacts[0].size, artifacts[0].expired), (11, 556, false));
    assert_eq!(runs::download(&client, &repository, 11, 100).unwrap(), b"zip");
    double.assert_kept_to_the_description();
}

#[test]
fn labels_and_who_may_put_them_there_are_read() {
    let double = Double::start();
    let (client, repository) = (client(&double.uri()), repository());
    assert_eq!(labels::on(&client, &repository, 1347).unwrap(), ["bug", "enhancement"]);
    // The description's example is that of a closing, though it has a label.
    assert_eq!(labels::events(&client, &repository, 1347).unwrap(), []);
    assert!(labels::may_write(&client, &repository, "octo[bot]").unwrap());
    double.assert_kept_to_the_description();
}

#[test]
fn a_commit_is_written_without_checkout() {
    let double = Double::start();
    let (client, repository) = (client(&double.uri()), repository());
    assert!(git::tip(&client, &repository, "feature/x").unwrap().is_some());
    let commit = git::commit(&client, &repository, SHA).unwrap();
    assert_eq!(commit.parents.len(), 1);
    let files = git::files_below(&client, &repository, SHA, "");
    // The description's example of a listing is not cut short.
    assert_eq!(files.unwrap()[0].mode, "100644");
    let one = git::file_at(&client, &repository, SHA, "file.rb").unwrap();
    assert_eq!(one.map(|file| file.path).as_deref(), Some("file.rb"));
    assert_eq!(git::default_branch(&client, &repository).unwrap(), "master");
    let text = git::blob(&client, &repository, SHA, 1000).unwrap();
    assert_eq!(text, b"Content of the blob");
    let new = NewCommit {
        parents: &commit.parents,
        base_tree: &commit.tree,
        message: "Refresh baselines",
        files: &[
            ("baselines/a.json".to_owned(), b"{}".to_vec()),
            ("baselines/b.bin".to_owned(), vec![0xff, 0xfe]),
        ],
        removed: &["baselines/old.json".to_owned()],
    };
    let sha = git::commit_files(&client, &repository, &new, &go).unwrap();
    let tree = &double.sent("post", "/git/trees")[0].json()["tree"];
    assert_eq!(tree[0]["content"], "{}");
    assert!(tree[1]["sha"].is_string() && tree[1].get("content").is_none(), "{tree}");
    assert_eq!(tree[2]["sha"], json!(null));
    assert_eq!(double.sent("post", "/git/blobs")[0].json()["content"], "//4=");
    git::create_branch(&client, &repository, "tailguard/refresh", &sha, &go).unwrap();
    git::move_branch(&client, &repository, "tailguard/refresh", &sha, false, &go).unwrap();
    double.assert_kept_to_the_description();
}

#[test]
fn the_token_s_owner_is_asked_for() {
    let double = Double::start();
    assert_eq!(identity::login(&client(&double.uri())).unwrap().as_deref(), Some("octocat"));
    double.assert_kept_to_the_description();
    assert_eq!(double.seen()[0].authorization, Some(format!("Bearer {}", crate::SECRET)));
}

#[test]
fn the_description_refuses_what_github_refuses() {
    let violations = |method: &str, path: &str, body: &serde_json::Value| {
        openapi::violations(&Arrived {
            method: method.to_owned(),
            path: format!("/repos/octocat/hello-world/{path}"),
            query: String::new(),
            body: body.to_string().into_bytes(),
        })
    };
    let comment = json!({ "body": "x" });
    assert_eq!(violations("post", "issues/comments/9", &comment), ["no such operation"]);
    assert_eq!(violations("patch", "issues/comments/9", &comment), Vec::<String>::new());
    assert!(!violations("patch", "issues/comments/9", &json!({ "body": 5 })).is_empty());
    let annotation = json!({ "path": "a", "start_line": 1, "end_line": 1, "annotation_level": "failure", "message": "m" });
    let run = |count: usize| json!({ "name": "n", "head_sha": "s", "output": { "title": "t", "summary": "s", "annotations": vec![annotation.clone(); count] } });
    assert_eq!(violations("post", "check-runs", &run(50)), Vec::<String>::new());
    assert!(violations("post", "check-runs", &run(51))[0].contains("50"));
    let typo = json!({ "name": "n", "head_sha": "s", "detail_url": "u" });
    assert_eq!(violations("post", "check-runs", &typo), ["/detail_url: not declared"]);
}
