//! A double of GitHub that answers as its own description of the API says, and holds every request
//! to that description.

#![allow(dead_code, reason = "each test crate uses its own part")]
#![allow(unreachable_pub, reason = "every test crate has its own copy")]
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

#[path = "openapi.rs"]
pub mod openapi;

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::runtime::Runtime;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

pub use openapi::Arrived;

/// What a double does with a request instead of answering with the description's example.
type Script = Box<dyn Fn(&Arrived) -> Option<ResponseTemplate> + Send + Sync>;

/// A double of GitHub on a port of this machine.
pub struct Double {
    server: MockServer,
    seen: Arc<Mutex<Vec<Seen>>>,
    _runtime: Runtime,
}

/// A request, and in what it departs from the description.
#[derive(Debug, Clone)]
pub struct Seen {
    pub request: Arrived,
    pub authorization: Option<String>,
    pub violations: Vec<String>,
}

impl Double {
    /// Answers with the description's examples.
    pub fn start() -> Self {
        Self::scripted(|_| None)
    }

    /// Asks `script` first.
    pub fn scripted(
        script: impl Fn(&Arrived) -> Option<ResponseTemplate> + Send + Sync + 'static,
    ) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let answers = Answers { script: Box::new(script), seen: Arc::clone(&seen) };
        let server = runtime.block_on(async {
            let server = MockServer::start().await;
            Mock::given(any()).respond_with(answers).mount(&server).await;
            server
        });
        Self { server, seen, _runtime: runtime }
    }

    /// Where the API is.
    pub fn uri(&self) -> String {
        self.server.uri()
    }

    /// All requests so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// The requests so far with this method and an end of the path.
    pub fn sent(&self, method: &str, end: &str) -> Vec<Arrived> {
        let all = self.seen().into_iter().map(|seen| seen.request);
        all.filter(|request| request.method == method && request.path.ends_with(end)).collect()
    }

    /// All requests that may change something.
    pub fn writes(&self) -> Vec<Arrived> {
        let all = self.seen().into_iter().map(|seen| seen.request);
        all.filter(|request| request.method != "get").collect()
    }

    /// All departures from the description, each with its request.
    pub fn violations(&self) -> Vec<String> {
        let all = self.seen();
        all.iter()
            .flat_map(|seen| {
                seen.violations.iter().map(|v| format!("{}: {v}", seen.request.line()))
            })
            .collect()
    }

    /// Fails the test if any request departed from the description, or if there was none.
    pub fn assert_kept_to_the_description(&self) {
        assert!(!self.seen().is_empty(), "nothing was asked");
        assert_eq!(self.violations(), Vec::<String>::new());
    }
}

struct Answers {
    script: Script,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Respond for Answers {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let arrived = Arrived {
            method: request.method.as_str().to_ascii_lowercase(),
            path: request.url.path().to_owned(),
            query: request.url.query().unwrap_or_default().to_owned(),
            body: request.body.clone(),
        };
        let header =
            |name: &str| Some(request.headers.get(name)?.to_str().unwrap_or_default().to_owned());
        let mut violations = openapi::violations(&arrived);
        // GitHub refuses requests without it.
        if header("user-agent").is_none_or(|agent| agent.is_empty()) {
            violations.push("no user-agent".to_owned());
        }
        let answer = match (self.script)(&arrived) {
            Some(answer) => answer,
            None if violations.is_empty() => example(&arrived),
            None => refusal(&violations),
        };
        let authorization = header("authorization");
        self.seen.lock().unwrap().push(Seen { request: arrived, authorization, violations });
        answer
    }
}

/// The description's own example of a success.
fn example(arrived: &Arrived) -> ResponseTemplate {
    let (status, body) = openapi::example(openapi::operation(arrived).unwrap());
    let answer = ResponseTemplate::new(status);
    match body {
        Some(body) => answer.set_body_json(body),
        None => answer,
    }
}

fn refusal(violations: &[String]) -> ResponseTemplate {
    if violations == ["no such operation"] {
        return message(404, "Not Found");
    }
    let errors: Vec<Value> = violations.iter().map(|v| json!({ "message": v })).collect();
    json_answer(422, &json!({ "message": "Validation Failed", "errors": errors }))
}

/// An answer with GitHub's form of a refusal.
pub fn message(status: u16, message: &str) -> ResponseTemplate {
    json_answer(status, &json!({ "message": message, "documentation_url": "https://docs.example" }))
}

pub fn json_answer(status: u16, body: &Value) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(body)
}
