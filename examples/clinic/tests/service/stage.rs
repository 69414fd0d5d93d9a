//! A migrated and seeded database of a test's own, with the service over it.

use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode, header};
use clinic::fault::Faults;
use clinic::seed::{self, Plan};
use clinic::serve::{Service, Settings};
use clinic::store::schema;
use http_body_util::BodyExt as _;
use serde_json::Value;
use sqlx::{Connection as _, Executor as _, PgConnection};
use tower::ServiceExt as _;

/// Three organisations of 100, 20 and 4 clients.
pub(crate) const PLAN: Plan = Plan { organisations: 3, clients: 100, seed: 7 };

/// A database, and how it is reached.
#[derive(Clone)]
pub(crate) struct Stage {
    pub(crate) url: String,
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a JSON body")
    }
}

/// Runs a test with a migrated, empty database, and drops it however the test ends.
pub(crate) fn on_empty<F: Future<Output = ()> + Send + 'static>(test: impl FnOnce(Stage) -> F) {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let server = std::env::var("CLINIC_TEST_DATABASE_URL").expect(
        "CLINIC_TEST_DATABASE_URL is not set\n\
        hint: examples/clinic/up --database-only -- cargo test -p clinic",
    );
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("clinic_test_{}_{number}", std::process::id());
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.unwrap().block_on(async {
        let mut admin = PgConnection::connect(&server).await.expect("the database server");
        admin.execute(format!("create database {name}").as_str()).await.unwrap();
        let (address, _) = server.rsplit_once('/').expect("a URL with a database");
        let stage = Stage { url: format!("{address}/{name}") };
        schema::migrate(&mut stage.connect().await).await.unwrap();
        let ended = tokio::spawn(test(stage)).await;
        admin.execute(format!("drop database {name} with (force)").as_str()).await.unwrap();
        if let Err(error) = ended {
            std::panic::resume_unwind(error.into_panic());
        }
    });
}

/// Runs a test with a database seeded after [`PLAN`].
pub(crate) fn on_seeded<F: Future<Output = ()> + Send + 'static>(
    test: impl FnOnce(Stage) -> F + Send + 'static,
) {
    on_empty(|stage| async move {
        seed::fill(&mut stage.connect().await, PLAN, false).await.unwrap();
        test(stage).await;
    });
}

impl Stage {
    pub(crate) async fn connect(&self) -> PgConnection {
        PgConnection::connect(&self.url).await.unwrap()
    }

    pub(crate) async fn service(&self, faults: Faults) -> Service {
        let listen = "127.0.0.1:0".parse().unwrap();
        let settings = Settings { database_url: self.url.clone(), listen, pool: 6, faults };
        Service::start(&settings).await.unwrap()
    }

    pub(crate) async fn router(&self) -> Router {
        self.service(Faults::default()).await.router()
    }

    pub(crate) async fn number(&self, sql: &str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&mut self.connect().await).await.unwrap()
    }
}

/// Asks on behalf of the first user of an organisation. A body that is not empty is JSON.
pub(crate) async fn ask(
    router: &Router,
    organisation: u32,
    method: &str,
    path: &str,
    body: impl Into<Body>,
) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::AUTHORIZATION, format!("Bearer org-{organisation}-user-1"))
        .header(header::CONTENT_TYPE, "application/json")
        .body(body.into())
        .unwrap();
    send(router, request).await
}

pub(crate) async fn get(router: &Router, organisation: u32, path: &str) -> Answer {
    ask(router, organisation, "GET", path, Body::empty()).await
}

pub(crate) async fn send(router: &Router, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    Answer { status, body }
}
