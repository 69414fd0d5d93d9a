//! The job of GitHub Actions, read from its environment and from payloads as GitHub sent them.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use serde_json::{Value, json};
use tailguard::runner::{Event, Job, PullEvent, job};

/// The job of an event whose payload lies at `payload`.
fn job_of(event: &str, payload: &Path) -> Result<Job, String> {
    job(&|name| match name {
        "GITHUB_EVENT_NAME" => Some(event.to_owned()),
        "GITHUB_EVENT_PATH" => Some(payload.to_string_lossy().into_owned()),
        _ => None,
    })
    .map_err(|error| error.to_string())
}

fn example(name: &str) -> PathBuf {
    PathBuf::from(format!("tests/runner/payloads/{name}.json"))
}

fn event(event: &str, payload: &str) -> Event {
    job_of(event, &example(payload)).unwrap().event
}

/// The event of an example in which the fields at these pointers are replaced.
fn edited(event: &str, payload: &str, edits: &[(&str, Value)]) -> Result<Event, String> {
    let mut value: Value = serde_json::from_slice(&fs::read(example(payload)).unwrap()).unwrap();
    for (pointer, new) in edits {
        *value.pointer_mut(pointer).unwrap() = new.clone();
    }
    written(event, &value.to_string())
}

fn written(event: &str, payload: &str) -> Result<Event, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("event.json");
    fs::write(&path, payload).unwrap();
    job_of(event, &path).map(|job| job.event)
}

fn octocat_s() -> PullEvent {
    PullEvent {
        number: 2,
        head_sha: "ec26c3e57ca3a959ca5aad62de7213c562f8c821".to_owned(),
        head_ref: "changes".to_owned(),
        head_repo: Some("Codertocat/Hello-World".to_owned()),
        base_ref: "master".to_owned(),
        base_sha: "f95f852bd8fca8fcc58a9a2d6c842781e32a215e".to_owned(),
        base_repo: "Codertocat/Hello-World".to_owned(),
        action: "opened".to_owned(),
        label: None,
    }
}

#[test]
fn a_pull_request_is_read_with_its_two_sides() {
    assert_eq!(event("pull_request", "pull_request_opened"), Event::PullRequest(octocat_s()));
    let pushed = PullEvent { action: "synchronize".to_owned(), ..octocat_s() };
    assert_eq!(event("pull_request", "pull_request_synchronize"), Event::PullRequest(pushed));
    let labeled =
        PullEvent { action: "labeled".to_owned(), label: Some("bug".to_owned()), ..octocat_s() };
    let read = event("pull_request_target", "pull_request_labeled");
    assert_eq!(read, Event::PullRequestTarget(labeled));
}

#[test]
fn a_pull_request_of_another_or_a_deleted_repository_is_a_fork_s() {
    let read = |repo: Value| match edited(
        "pull_request",
        "pull_request_opened",
        &[("/pull_request/head/repo", repo)],
    ) {
        Ok(Event::PullRequest(pull)) => pull,
        other => panic!("{other:?}"),
    };
    let own = read(json!({"full_name": "Codertocat/Hello-World"}));
    assert!(!own.is_fork());
    let fork = read(json!({"full_name": "mallory/Hello-World"}));
    assert!(fork.is_fork());
    assert_eq!(fork.head_repo.as_deref(), Some("mallory/Hello-World"));
    let gone = read(Value::Null);
    assert!(gone.is_fork());
    assert_eq!(gone.head_repo, None);
}

#[test]
fn a_merge_group_names_its_branch_without_the_reference() {
    assert_eq!(
        event("merge_group", "merge_group"),
        Event::MergeGroup {
            head_sha: "2ffea6db159f6b6c47a24e778fb9ef40cf6b1c7d".to_owned(),
            base_ref: "main".to_owned(),
            base_sha: "380387fbc80638b734a49e1be1c4dfec1c01b33c".to_owned(),
        }
    );
}

#[test]
fn a_workflow_run_names_the_run_and_whose_branch_it_ran_for() {
    let Event::WorkflowRun(run) = event("workflow_run", "workflow_run_completed") else {
        panic!("another event")
    };
    assert_eq!((run.id, run.attempt), (289_782_451, 1));
    assert_eq!(run.event, "repository_dispatch");
    assert_eq!(run.conclusion.as_deref(), Some("success"));
    assert_eq!(run.head_sha, "3484a3fb816e0859fd6e1cea078d76385ff50625");
    assert_eq!(run.head_branch.as_deref(), Some("master"));
    assert_eq!(run.head_repository.as_deref(), Some("octo-org/octo-repo"));
    let Event::WorkflowRun(run) = event("workflow_run", "workflow_run_requested") else {
        panic!("another event")
    };
    assert_eq!(run.conclusion, None);
    // As it comes for a fork whose repository was deleted meanwhile, tried again.
    let run = edited(
        "workflow_run",
        "workflow_run_completed",
        &[
            ("/workflow_run/event", json!("pull_request")),
            ("/workflow_run/run_attempt", json!(3)),
            ("/workflow_run/conclusion", json!("timed_out")),
            ("/workflow_run/head_repository", Value::Null),
            ("/workflow_run/head_branch", Value::Null),
        ],
    );
    let Ok(Event::WorkflowRun(run)) = run else { panic!("{run:?}") };
    assert_eq!((run.attempt, run.event.as_str()), (3, "pull_request"));
    assert_eq!(run.conclusion.as_deref(), Some("timed_out"));
    assert_eq!((run.head_branch, run.head_repository), (None, None));
}

#[test]
fn a_push_has_a_branch_unless_it_is_a_tag_s() {
    let after = "6113728f27ae82c7b1a177c8d03f9e96e0adf246".to_owned();
    let branch = Some("master".to_owned());
    assert_eq!(event("push", "push_branch"), Event::Push { branch, after: after.clone() });
    assert_eq!(event("push", "push_tag"), Event::Push { branch: None, after });
    let Event::Push { after, .. } = event("push", "push_deleted") else { panic!("another event") };
    assert_eq!(after, "0".repeat(40));
}

#[test]
fn events_of_which_nothing_is_needed_do_without_a_payload() {
    let read = |event: &str| job_of(event, Path::new("no/such/file")).unwrap().event;
    assert_eq!(read("workflow_dispatch"), Event::Dispatch);
    assert_eq!(read("schedule"), Event::Schedule);
    assert_eq!(read("issue_comment"), Event::Other("issue_comment".to_owned()));
}

#[test]
fn a_payload_that_cannot_be_read_is_an_error_that_names_the_file() {
    let gone = job_of("push", Path::new("no/such/file.json")).unwrap_err();
    assert!(gone.contains("no/such/file.json") && gone.contains("\nhint: "), "{gone}");
    let other = job_of("workflow_run", &example("push_branch")).unwrap_err();
    assert!(other.contains("push_branch.json: missing field `workflow_run`"), "{other}");
    assert!(other.contains("hint: GITHUB_EVENT_NAME says \"workflow_run\""), "{other}");
    for broken in ["", "{", "[]", "null", "\u{0}"] {
        let error = written("pull_request", broken).unwrap_err();
        assert!(error.contains("event.json"), "{error}");
    }
    let deep = format!("{{\"x\":{}", "[".repeat(1_000_000));
    assert!(written("push", &deep).is_err());
    let without = job(&|name| (name == "GITHUB_EVENT_NAME").then(|| "push".to_owned()));
    assert!(without.unwrap_err().to_string().contains("GITHUB_EVENT_PATH names no file"));
}

#[test]
fn a_payload_with_more_than_the_largest_size_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("event.json");
    fs::File::create(&path).unwrap().set_len(64 << 20).unwrap();
    let error = job_of("push", &path).unwrap_err();
    assert!(error.contains("it holds more than 32 MiB"), "{error}");
}

#[test]
fn a_field_of_another_shape_is_an_error_that_names_the_field() {
    let pull: &[(&str, Value)] = &[
        ("/pull_request/number", json!(0)),
        ("/pull_request/head/sha", json!("HEAD")),
        ("/pull_request/head/ref", json!("a\nb")),
        ("/pull_request/head/repo/full_name", json!("a/b/../c")),
        ("/pull_request/base/sha", json!("0".repeat(41))),
        ("/pull_request/base/ref", json!("")),
        ("/pull_request/base/repo/full_name", json!("a")),
        ("/action", json!("::error::")),
        ("/label/name", json!("a\u{1b}[31m")),
    ];
    for (pointer, value) in pull {
        let field = pointer[1..].replace('/', ".");
        let edit = &[(*pointer, value.clone())];
        let error = edited("pull_request", "pull_request_labeled", edit).unwrap_err();
        assert!(error.contains(&format!("event.json: {field} is ")), "{error}");
        assert!(!error.chars().any(|c| c.is_control() && c != '\n'), "{error}");
    }
    let error =
        edited("pull_request", "pull_request_opened", &[("/pull_request/base/repo", Value::Null)]);
    assert!(error.unwrap_err().contains("pull_request.base.repo is missing"));
}

#[test]
fn a_job_is_what_its_environment_says() {
    let set = |name: &str| {
        let value = match name {
            "GITHUB_ACTIONS" => "true",
            "GITHUB_API_URL" => "https://github.example/api/v3/",
            "GITHUB_SERVER_URL" => "https://github.example",
            "GITHUB_REPOSITORY" => "octo-org/octo-repo",
            "GITHUB_RUN_ID" => "1658821493",
            "GITHUB_RUN_ATTEMPT" => "2",
            "GITHUB_SHA" => "ffac537e6cbbf934b08745a378932722df287a53",
            "GITHUB_REF" => "refs/heads/release/2.x",
            "GITHUB_EVENT_NAME" => "schedule",
            "GITHUB_STEP_SUMMARY" => "/tmp/summary",
            "GITHUB_OUTPUT" => "/tmp/output",
            // As when an input that was not given is passed on.
            "GITHUB_TOKEN" => "",
            "GH_TOKEN" => "secret-of-the-job",
            _ => return None,
        };
        Some(value.to_owned())
    };
    let read = job(&set).unwrap();
    assert!(!format!("{read:?}").contains("secret"), "{read:?}");
    let wanted = Job {
        api_url: "https://github.example/api/v3".to_owned(),
        server_url: "https://github.example".to_owned(),
        repository: Some("octo-org/octo-repo".to_owned()),
        run_id: Some(1_658_821_493),
        run_attempt: Some(2),
        sha: Some("ffac537e6cbbf934b08745a378932722df287a53".to_owned()),
        branch: Some("release/2.x".to_owned()),
        event: Event::Schedule,
        summary: Some(PathBuf::from("/tmp/summary")),
        output: Some(PathBuf::from("/tmp/output")),
        token: Some("secret-of-the-job".to_owned()),
        in_actions: true,
    };
    assert_eq!(read, wanted);

    // The merge commit of a pull request lies on no branch.
    let merge = |name: &str| (name == "GITHUB_REF").then(|| "refs/pull/7/merge".to_owned());
    assert_eq!(job(&merge).unwrap().branch, None);

    let outside = job(&|_| None).unwrap();
    assert_eq!(outside.event, Event::None);
    assert_eq!(outside.api_url, "https://api.github.com");
    assert!(!outside.in_actions);

    for (name, value) in [
        ("GITHUB_API_URL", "file:///etc/passwd"),
        ("GITHUB_REPOSITORY", "../x"),
        ("GITHUB_RUN_ID", "one"),
        ("GITHUB_SHA", "HEAD"),
        ("GITHUB_EVENT_NAME", "a b"),
    ] {
        let error = job(&|asked| (asked == name).then(|| value.to_owned())).unwrap_err();
        let error = error.to_string();
        assert!(error.contains(&format!("{name}: it is {value:?}")), "{error}");
        assert!(error.contains("\nhint: "), "{error}");
    }
}

proptest! {
    /// Whatever stands in a payload, what is read of it has the shapes that were promised.
    #[test]
    fn what_is_read_of_any_payload_has_its_shape(
        field in prop::sample::select(vec![
            "/action", "/pull_request/number", "/pull_request/head", "/pull_request/head/sha",
            "/pull_request/head/ref", "/pull_request/head/repo/full_name", "/label/name",
        ]),
        text in any::<String>(),
        number in any::<i64>(),
        kind in 0..3_u8,
    ) {
        let value = match kind {
            0 => json!(text),
            1 => json!(number),
            _ => json!({ "name": text, "sha": number }),
        };
        if let Ok(Event::PullRequest(pull)) =
            edited("pull_request", "pull_request_labeled", &[(field, value)])
        {
            prop_assert!(pull.number > 0);
            prop_assert!(pull.head_sha.len() == 40 && pull.head_sha.bytes().all(|b| b.is_ascii_hexdigit()));
            prop_assert!(!pull.head_ref.is_empty() && !pull.head_ref.chars().any(char::is_control));
            prop_assert!(pull.head_repo.is_none_or(|repo| repo.split('/').count() == 2));
        }
    }
}
