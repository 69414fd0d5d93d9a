//! `snapshot postgres` against a real server. Set `TAILGUARD_TEST_POSTGRES` to the URL of a server's
//! superuser without a database, as `tests/postgres.sh` does; it makes databases and roles there.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]
#![allow(clippy::print_stderr, reason = "a test says what it skips")]

mod common;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use common::{run, stderr, stdout, tailguard};
use serde_json::Value;

const PASSWORD: &str = "geheim-1";
const SECRET: &str = "patient-secret-4711";

/// The superuser's URL, up to the database.
fn server() -> Option<String> {
    let url = std::env::var("TAILGUARD_TEST_POSTGRES").ok().filter(|url| !url.is_empty());
    if url.is_none() {
        eprintln!("SKIPPED: TAILGUARD_TEST_POSTGRES is not set, so no server was asked");
    }
    url
}

/// Runs statements one by one, as the load of an application.
fn sql(url: &str, database: &str, statements: &[&str]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let url = format!("{url}/{database}");
        let (client, connection) =
            tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
        let line = tokio::spawn(connection);
        for statement in statements {
            client.simple_query(statement).await.unwrap_or_else(|e| panic!("{statement}: {e}"));
        }
        drop(client);
        line.await.unwrap().unwrap();
    });
}

/// The URL of a role.
fn of_role(server: &str, role: &str, database: &str) -> String {
    let place = server.rsplit('@').next().unwrap();
    format!("postgresql://{role}@{place}/{database}")
}

fn snapshot(url: &str, arguments: &[&str]) -> Output {
    let mut command: Command = tailguard(Path::new("."));
    command.args(["snapshot", "postgres"]).args(arguments);
    command.env("TAILGUARD_POSTGRES_URL", url).env("PGPASSWORD", PASSWORD);
    command.output().unwrap()
}

fn refused(url: &str, arguments: &[&str], code: i32, said: &str, hint: &str) {
    let output = snapshot(url, arguments);
    let message = stderr(&output);
    assert_eq!(output.status.code(), Some(code), "{url}: {message}");
    assert!(message.contains(said), "{said:?} is not in: {message}");
    let given = message.split("hint: ").nth(1).unwrap_or_default();
    assert!(given.contains(hint), "{hint:?} is not the hint of: {message}");
    assert!(!message.contains(PASSWORD) && output.stdout.is_empty(), "{message}");
}

fn set_up(server: &str) {
    sql(
        server,
        "postgres",
        &[
            "drop database if exists tg_clinic",
            "drop database if exists tg_bare",
            "drop role if exists tg_monitor",
            "drop role if exists tg_stranger",
            "create database tg_clinic",
            "create database tg_bare",
            &format!("create role tg_monitor login password '{PASSWORD}'"),
            &format!("create role tg_stranger login password '{PASSWORD}'"),
            "grant pg_monitor to tg_monitor",
        ],
    );
    sql(
        server,
        "tg_clinic",
        &[
            "create extension pg_stat_statements",
            "create schema ward",
            "create table patient (id int primary key, name text)",
            &format!(
                "insert into patient select g, '{SECRET}' || g from generate_series(1, 12000) g"
            ),
            "create table ward.bed (id int, free bool)",
            "insert into ward.bed select g, true from generate_series(1, 50) g",
            "analyze",
            // As large rights as a careless team gives.
            "grant all on all tables in schema public, ward to tg_monitor",
            "grant usage on schema ward to tg_monitor",
        ],
    );
}

/// What an application does between the snapshots.
fn load(server: &str) {
    let by_id = "/* name: by-id */ select name from patient where id = 7";
    let by_name = format!("select id from patient where name = '{SECRET}7'");
    let mut statements = vec![by_id; 20];
    statements.extend(vec![by_name.as_str(); 5]);
    statements.push("select count(*) from ward.bed where free");
    sql(server, "tg_clinic", &statements);
    // A server process writes down what its session did when the session ends.
    std::thread::sleep(Duration::from_millis(1500));
}

/// One test, for its parts share the server and the time that setting it up takes.
#[test]
fn snapshots_of_a_real_server() {
    let Some(server) = server() else { return };
    set_up(&server);
    counts_are_those_of_the_load(&server);
    nothing_is_written(&server);
    errors_say_what_to_do(&server);
    tls_is_verified(&server);
}

fn counts_are_those_of_the_load(server: &str) {
    let folder = tempfile::tempdir().unwrap();
    let url = of_role(server, "tg_monitor", "tg_clinic");
    let explain = folder.path().join("explain.sql");
    fs::write(
        &explain,
        format!(
            "-- name: by-name\nselect id from patient where name = '{SECRET}9';\n\
             -- name: beds\nselect count(*) from ward.bed where free and id <> 4711;\n"
        ),
    )
    .unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    for (file, more) in [("before.json", None), ("after.json", Some(explain.to_str().unwrap()))] {
        let file = path(file);
        let mut arguments = vec!["--output", &file];
        arguments.extend(more.into_iter().flat_map(|explain| ["--explain", explain]));
        let output = snapshot(&url, &arguments);
        assert!(output.status.success(), "{}", stderr(&output));
        if more.is_none() {
            load(server);
        }
    }
    let schema =
        concat!(env!("CARGO_MANIFEST_DIR"), "/docs/performance/schemas/postgres-snapshot-v1.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(schema).unwrap()).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    for file in ["before.json", "after.json"] {
        let text = fs::read_to_string(path(file)).unwrap();
        let place = server.rsplit('@').next().unwrap();
        for forbidden in [SECRET, PASSWORD, "4711", "tg_monitor", place, "postgresql:"] {
            assert!(!text.contains(forbidden), "{forbidden} is in {text}");
        }
        let value: Value = serde_json::from_str(&text).unwrap();
        let complaints: Vec<String> = schema.iter_errors(&value).map(|e| e.to_string()).collect();
        assert_eq!(complaints, Vec::<String>::new());
    }

    let output = run(folder.path(), &["inspect", "--format", "json", "."]);
    assert!(output.status.success(), "{}", stderr(&output));
    let inspected: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let rows = inspected["runs"][0]["rows"].as_array().unwrap();
    let row = |id: &str| {
        rows.iter().find(|row| row["id"] == id).unwrap_or_else(|| {
            panic!("no {id:?} in {:?}", rows.iter().map(|row| &row["id"]).collect::<Vec<_>>())
        })
    };
    assert_eq!(row("by-id")["n"], 20);
    assert_eq!(row("by-id")["buffers"], 3.0);
    // Five searches by name read the whole table each; twenty by id read one row each.
    let patient = row("table patient");
    assert_eq!(patient["statistics"]["seq_scan"], 5.0);
    assert_eq!(patient["statistics"]["idx_scan"], 20.0);
    assert_eq!(patient["statistics"]["rows_read"], 5.0 * 12_000.0 + 20.0);
    assert_eq!(patient["index_coverage"], 0.8);
    assert_eq!(row("table ward.bed")["index_coverage"], 0.0);
    assert_eq!(row("plan by-name")["rows_read"], 12_000.0);
    assert_eq!(row("plan beds")["rows_read"], 50.0);
    assert!(row("database tg_clinic")["rows_read"].as_f64().unwrap() > 1_000.0);
    let named =
        inspected["runs"][0]["problems"].as_array().unwrap().iter().any(|problem| {
            problem["code"] == "sequential-only" && problem["row"] == "table ward.bed"
        });
    assert!(named, "{}", stdout(&output));
    assert_eq!(rows.iter().filter(|row| row["tags"]["query"].is_string()).count(), 3, "{rows:?}");
}

fn nothing_is_written(server: &str) {
    let folder = tempfile::tempdir().unwrap();
    let url = of_role(server, "tg_monitor", "tg_clinic");
    let explain = |sql: &str, said: &str, hint: &str| {
        let path = folder.path().join("explain.sql");
        fs::write(&path, format!("-- name: q\n{sql}\n")).unwrap();
        refused(&url, &["--explain", path.to_str().unwrap()], 1, said, hint);
    };
    explain("delete from patient", "read-only transaction", "only queries that read");
    explain("select 1; delete from patient", "multiple commands", "");
    explain("select 1; commit; delete from patient", "multiple commands", "");
    explain("set transaction read write", "syntax error", "");
    explain("select set_config('transaction_read_only', 'off', true)", "read-write mode", "");
    explain("select nextval('s') from (select 1) a", "\"s\" does not exist", "name the schema");
    explain("select id from patient where id = $1", "expected 1 parameters", "write values");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let left: i64 = runtime.block_on(async {
        let url = format!("{server}/tg_clinic");
        let (client, line) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(line);
        client.query_one("select count(*) from patient", &[]).await.unwrap().get(0)
    });
    assert_eq!(left, 12_000);
}

fn errors_say_what_to_do(server: &str) {
    let folder = tempfile::tempdir().unwrap();
    let clinic = of_role(server, "tg_monitor", "tg_clinic");
    let path = folder.path().join("slow.sql");
    fs::write(&path, "-- name: slow\nselect pg_sleep(60)\n").unwrap();
    let start = Instant::now();
    let slow = ["--explain", path.to_str().unwrap(), "--timeout", "500ms"];
    refused(&clinic, &slow, 1, "cannot explain \"slow\": the server says: canceling", "--timeout");
    assert!(start.elapsed() < Duration::from_secs(10));

    // What a server says of a value that would not do quotes the value.
    fs::write(&path, "-- name: cast\nselect sum(name::int) from patient\n").unwrap();
    let cast = ["--explain", path.to_str().unwrap()];
    refused(&clinic, &cast, 1, "fails on its data (SQLSTATE 22P02)", "a query that runs");
    assert!(!stderr(&snapshot(&clinic, &cast)).contains(SECRET));

    let bare = of_role(server, "tg_monitor", "tg_bare");
    refused(&bare, &[], 1, "has no pg_stat_statements", "create extension");
    let stranger = of_role(server, "tg_stranger", "tg_clinic");
    refused(&stranger, &[], 1, "may not see the queries of others", "pg_read_all_stats");
    let nowhere = of_role(server, "tg_monitor", "tg_nowhere");
    refused(&nowhere, &[], 1, "\"tg_nowhere\" does not exist", "the database");
    let wrong = clinic.replace("tg_monitor@", "tg_monitor:wrong@");
    refused(&wrong, &[], 1, "password authentication failed", "PGPASSWORD");
    refused("postgresql://u@127.0.0.1:1/d", &[], 1, "refused", "that the server runs");
    refused("mysql://u@127.0.0.1/d", &[], 2, "no address of a PostgreSQL server", "postgresql://");
    refused("", &[], 2, "no server", "--url");
    refused(&clinic, &["--timeout", "5"], 2, "--timeout got \"5\"", "such as 5s");
    refused(&clinic, &["--format", "html"], 2, "written as JSON", "--format");
    let absent = folder.path().join("absent.sql").display().to_string();
    refused(&clinic, &["--explain", &absent], 1, "cannot read", "--explain");
}

/// `TAILGUARD_TEST_POSTGRES_CA` names the authority of the server's certificate.
fn tls_is_verified(server: &str) {
    let Some(authority) = std::env::var("TAILGUARD_TEST_POSTGRES_CA").ok() else {
        eprintln!("SKIPPED: TAILGUARD_TEST_POSTGRES_CA is not set, so TLS was not tried");
        return;
    };
    let clinic = of_role(server, "tg_monitor", "tg_clinic");
    refused(&format!("{clinic}?sslmode=require"), &[], 1, "certificate", "sslrootcert=FILE");
    let output = snapshot(&format!("{clinic}?sslmode=require&sslrootcert={authority}"), &[]);
    assert!(output.status.success(), "{}", stderr(&output));
    let other = clinic.replace("127.0.0.1", "localhost");
    let trusting = format!("{other}?sslmode=verify-full&sslrootcert={authority}");
    refused(&trusting, &[], 1, "certificate", "sslrootcert=FILE");
}
