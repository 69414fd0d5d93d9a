//! No organisation sees another's rows.

use std::collections::BTreeSet;
use std::path::Path;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use clinic::endpoint::ROUTES;
use serde_json::{Value, json};

use crate::stage::{Stage, ask, get, on_seeded, send};

const BOOKING: &str = "2026-03-01T10:00:00Z";

/// Ids of rows of an organisation.
struct Ids {
    client: i64,
    practitioner: i64,
    appointment: i64,
    form: i64,
    segment: i64,
}

async fn ids(stage: &Stage, organisation: i64) -> Ids {
    let first = async |table: &str| {
        let sql = format!("select min(id) from {table} where organisation_id = {organisation}");
        stage.number(&sql).await
    };
    Ids {
        client: first("clients").await,
        practitioner: first("users").await,
        appointment: first("appointments").await,
        form: first("forms").await,
        segment: first("segments").await,
    }
}

/// Requests of organisation 1 that reach for rows of organisation 2, by endpoint.
fn reaching(own: &Ids, foreign: &Ids) -> Vec<(&'static str, &'static str, String, Value)> {
    let booking = |client: i64, practitioner: i64| {
        json!({ "client_id": client, "practitioner_id": practitioner,
            "starts_at": BOOKING, "minutes": 30 })
    };
    let diary = |client: i64| json!({ "client_id": client, "answers": { "pain": 1, "sleep": 8, "medication": false } });
    let Ids { client, practitioner, appointment, form, segment } = foreign;
    let time = json!({ "starts_at": BOOKING, "minutes": 30 });
    let document =
        |form: i64, client: i64| format!("/forms/{form}/document.pdf?client_id={client}");
    vec![
        ("client", "GET", format!("/clients/{client}"), json!(null)),
        ("submissions", "GET", format!("/forms/{form}/submissions"), json!(null)),
        ("appointment-create", "POST", "/appointments".into(), booking(*client, own.practitioner)),
        ("appointment-create", "POST", "/appointments".into(), booking(own.client, *practitioner)),
        ("appointment-create", "POST", "/appointments".into(), booking(*client, *practitioner)),
        ("appointment-move", "PATCH", format!("/appointments/{appointment}"), time),
        (
            "submission-create",
            "POST",
            format!("/forms/{}/submissions", form + 1),
            diary(own.client),
        ),
        (
            "submission-create",
            "POST",
            format!("/forms/{}/submissions", own.form + 1),
            diary(*client),
        ),
        ("segment-evaluate", "POST", format!("/segments/{segment}/evaluate"), json!(null)),
        (
            "appointment-pdf",
            "GET",
            format!("/appointments/{appointment}/document.pdf"),
            json!(null),
        ),
        ("form-pdf", "GET", document(*form, own.client), json!(null)),
        ("form-pdf", "GET", document(own.form, *client), json!(null)),
    ]
}

/// Endpoints that name no row, and those of rooms, which have tests of their own.
const ELSEWHERE: [&str; 7] =
    ["appointments-day", "clients-search", "me", "health", "metrics", "room-create", "room-signal"];

#[test]
fn foreign_ids_are_not_found_by_any_endpoint() {
    on_seeded(|stage| async move {
        let (own, foreign) = (ids(&stage, 1).await, ids(&stage, 2).await);
        let router = stage.router().await;
        let before = rows_of_second(&stage).await;
        let mut reached = BTreeSet::new();
        for (name, method, path, body) in reaching(&own, &foreign) {
            let body = if body.is_null() { Body::empty() } else { body.to_string().into() };
            let answer = ask(&router, 1, method, &path, body).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method} {path}");
            reached.insert(name);
        }
        let all: BTreeSet<&str> = ROUTES.iter().map(|(.., endpoint)| endpoint.name).collect();
        reached.extend(ELSEWHERE);
        assert_eq!(reached, all, "an endpoint without a test of its tenancy");
        assert_eq!(rows_of_second(&stage).await, before);
    });
}

#[test]
fn the_same_requests_succeed_for_whom_the_rows_belong_to() {
    on_seeded(|stage| async move {
        let own = ids(&stage, 2).await;
        let router = stage.router().await;
        for (_, method, path, body) in reaching(&own, &own) {
            let body = if body.is_null() { Body::empty() } else { body.to_string().into() };
            let status = ask(&router, 2, method, &path, body).await.status;
            // The same time is asked for more than once.
            let fine = status.is_success() || status == StatusCode::CONFLICT;
            assert!(fine, "{method} {path}: {status}");
        }
    });
}

async fn rows_of_second(stage: &Stage) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in ["appointments", "submissions"] {
        let sql = format!(
            "select coalesce(bit_xor(hashtextextended(t::text, 0)), 0)
            from (select * from {table} where organisation_id = 2 order by id) t"
        );
        counts.push(stage.number(&sql).await);
    }
    counts
}

#[test]
fn lists_have_rows_of_their_own_organisation_alone() {
    on_seeded(|stage| async move {
        let router = stage.router().await;
        for organisation in 1..=3 {
            let id = i64::from(organisation);
            let clients = ids_of(&stage, "clients", id).await;
            let days = stage.number("select count(distinct starts_at::date) from appointments");
            assert!(days.await > 200);
            let mut seen = BTreeSet::new();
            for day in 5..=30 {
                let path = format!("/appointments?day=2026-01-{day:02}");
                for row in get(&router, organisation, &path).await.json().as_array().unwrap() {
                    assert!(clients.contains(&row["client_id"].as_i64().unwrap()));
                    seen.insert(row["id"].as_i64().unwrap());
                }
            }
            let sql = format!(
                "select count(*) from appointments where organisation_id = {id}
                and starts_at >= '2026-01-05' and starts_at < '2026-01-31'"
            );
            assert_eq!(i64::try_from(seen.len()).unwrap(), stage.number(&sql).await);

            let found = get(&router, organisation, "/clients?limit=100").await.json();
            let found: BTreeSet<i64> =
                found.as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect();
            assert_eq!(found, clients);

            for form in ids_of(&stage, "forms", id).await {
                let path = format!("/forms/{form}/submissions?limit=100");
                for row in get(&router, organisation, &path).await.json().as_array().unwrap() {
                    assert!(clients.contains(&row["client_id"].as_i64().unwrap()));
                }
            }
            for segment in ids_of(&stage, "segments", id).await {
                let path = format!("/segments/{segment}/evaluate");
                let answer = ask(&router, organisation, "POST", &path, Body::empty()).await;
                for row in answer.json()["sample"].as_array().unwrap() {
                    assert!(clients.contains(&row["id"].as_i64().unwrap()));
                }
            }
            let me = get(&router, organisation, "/me").await.json();
            assert_eq!(me["organisation_id"], id);
            for (key, table) in
                [("practitioners", "users"), ("forms", "forms"), ("segments", "segments")]
            {
                let own = ids_of(&stage, table, id).await;
                let listed = me[key].as_array().unwrap();
                assert!(!listed.is_empty());
                assert!(listed.iter().all(|id| own.contains(&id.as_i64().unwrap())), "{key}");
            }
            assert_eq!(me["clients"]["first"], *clients.first().unwrap());
            assert_eq!(me["clients"]["last"], *clients.last().unwrap());
        }
    });
}

async fn ids_of(stage: &Stage, table: &str, organisation: i64) -> BTreeSet<i64> {
    let sql = format!("select id from {table} where organisation_id = {organisation}");
    let ids: Vec<i64> =
        sqlx::query_scalar(&sql).fetch_all(&mut stage.connect().await).await.unwrap();
    ids.into_iter().collect()
}

#[test]
fn every_endpoint_of_an_organisation_asks_for_a_token() {
    on_seeded(|stage| async move {
        let router = stage.router().await;
        for (method, route, endpoint) in ROUTES {
            if ["health", "metrics"].contains(&endpoint.name) {
                continue;
            }
            let path = route.replace("{id}", "1");
            let (query, body) = ("?day=2026-03-02&client_id=1", r#"{"client_id":1}"#);
            for token in ["", "Bearer nobody", "Basic org-1-user-1", "Bearer "] {
                let request = Request::builder()
                    .method(method)
                    .uri(format!("{path}{query}"))
                    .header("authorization", token)
                    .header("content-type", "application/json")
                    .body(Body::from(body))
                    .unwrap();
                let answer = send(&router, request).await;
                assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{method} {path} {token:?}");
            }
        }
    });
}

/// Tables whose rows belong to an organisation.
const TABLES: [&str; 6] = ["users", "clients", "appointments", "forms", "submissions", "segments"];

#[test]
fn every_statement_on_a_tenants_table_names_the_organisation() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store");
    let mut checked = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        // Whole tables, on behalf of nobody.
        if ["bulk.rs", "schema.rs"].contains(&name.as_str()) {
            continue;
        }
        for statement in literals(&std::fs::read_to_string(&path).unwrap()) {
            let tables = tenant_tables(&statement);
            if tables == 0 {
                continue;
            }
            checked += 1;
            if statement.contains("from users where token_hash = $1") {
                continue;
            }
            let named = statement.matches("organisation_id").count();
            assert!(named >= tables, "{name}: {tables} tables, {named} conditions: {statement}");
            let bound = ["organisation_id = $1", "organisation_id = "];
            assert!(bound.iter().any(|text| statement.contains(text)), "{name}: {statement}");
        }
    }
    assert!(checked >= 15, "only {checked} statements were found");
}

/// How often a statement refers to a tenant's table, and does not use its name for something else.
fn tenant_tables(statement: &str) -> usize {
    let words: Vec<&str> = statement
        .split(|character: char| !(character.is_alphanumeric() || character == '_'))
        .filter(|word| !word.is_empty())
        .collect();
    let named = |pair: &&[&str]| TABLES.contains(&pair[1]) && !["as", "by"].contains(&pair[0]);
    words.windows(2).filter(named).count()
}

/// String literals that span whole statements, comments left out.
fn literals(source: &str) -> Vec<String> {
    let code: Vec<&str> =
        source.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = code.join("\n").replace("\\\"", "'").replace("\\\n", "\n");
    // A statement begins with its name, which is a comment and may be that of a table.
    let statement = |text: &str| text.split_once("*/ ").map_or(text, |(_, sql)| sql).to_owned();
    let literals = code.split('"').skip(1).step_by(2).map(statement);
    literals.filter(|literal| literal.contains(' ')).collect()
}

#[test]
fn the_scan_finds_a_statement_without_its_organisation() {
    let source = r#"let q = "select id from clients where id = $1";"#;
    let [statement] = literals(source).try_into().unwrap();
    assert_eq!(tenant_tables(&statement), 1);
    assert!(!statement.contains("organisation_id"));
}
