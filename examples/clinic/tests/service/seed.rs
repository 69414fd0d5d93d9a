//! Seeded rows.

use clinic::form::{Field, validate};
use clinic::seed::{Error, Plan, fill};
use clinic::store::bulk::{TABLES, checksum};
use serde_json::{Map, Value};

use crate::stage::{PLAN, Stage, ask, on_empty, on_seeded};

/// Every constraint and index as the database describes it.
async fn rules(stage: &Stage) -> Vec<String> {
    let sql = "select conrelid::regclass || conname || pg_get_constraintdef(oid) as rule
        from pg_constraint where connamespace = 'public'::regnamespace
        union all select indexdef from pg_indexes where schemaname = 'public' order by rule";
    sqlx::query_scalar(sql).fetch_all(&mut stage.connect().await).await.unwrap()
}

#[test]
fn seeding_leaves_every_constraint_and_index_as_it_was() {
    on_empty(|stage| async move {
        let before = rules(&stage).await;
        assert!(before.iter().any(|rule| rule.contains("EXCLUDE")));
        assert!(before.iter().filter(|rule| rule.contains("FOREIGN KEY")).count() >= 9);
        fill(&mut stage.connect().await, PLAN, false).await.unwrap();
        assert_eq!(rules(&stage).await, before);
    });
}

async fn sums(stage: &Stage) -> Vec<String> {
    let mut connection = stage.connect().await;
    let mut sums = Vec::new();
    for table in TABLES {
        sums.push(checksum(&mut connection, table).await.unwrap());
    }
    sums
}

#[test]
fn the_same_seed_makes_the_same_rows_and_another_makes_others() {
    on_seeded(|stage| async move {
        let first = sums(&stage).await;
        assert!(first.iter().all(|sum| sum.len() == 32), "{first:?}");
        let mut connection = stage.connect().await;
        fill(&mut connection, PLAN, true).await.unwrap();
        assert_eq!(sums(&stage).await, first);
        fill(&mut connection, Plan { seed: 8, ..PLAN }, true).await.unwrap();
        let other = sums(&stage).await;
        for (table, (one, other)) in TABLES.iter().zip(first.iter().zip(&other)) {
            // Forms and segments are the same everywhere.
            assert_eq!(one == other, ["forms", "segments"].contains(&table.name), "{}", table.name);
        }
    });
}

#[test]
fn rows_are_replaced_only_where_that_is_asked_for() {
    on_seeded(|stage| async move {
        let before = sums(&stage).await;
        let error = fill(&mut stage.connect().await, PLAN, false).await.unwrap_err();
        assert!(matches!(error, Error::Filled));
        assert!(error.to_string().contains("\nhint: --force"), "{error}");
        assert_eq!(sums(&stage).await, before);
    });
}

#[test]
fn organisations_have_their_sizes() {
    on_empty(|stage| async move {
        let plan = Plan { organisations: 8, clients: 500, seed: 1 };
        let counts = fill(&mut stage.connect().await, plan, false).await.unwrap();
        let sizes = [500, 100, 20, 20, 14, 11, 10, 8];
        for (organisation, size) in (1_u32..).zip(sizes) {
            assert_eq!(plan.clients_of(organisation), size);
            let sql =
                format!("select count(*) from clients where organisation_id = {organisation}");
            assert_eq!(stage.number(&sql).await, i64::from(size));
        }
        for (table, count) in counts {
            let sql = format!("select count(*) from {table}");
            assert_eq!(stage.number(&sql).await, i64::try_from(count).unwrap(), "{table}");
        }
        // Few clients have many appointments: the first tenth has over a third of them.
        let most = "select coalesce(sum(n), 0)::bigint from (select count(*) as n from appointments
            where organisation_id = 1 group by client_id order by n desc limit 50) as busy";
        let all = "select count(*) from appointments where organisation_id = 1";
        assert!(stage.number(most).await * 3 > stage.number(all).await);
        let outside = "select count(*) from appointments
            where starts_at < '2026-01-05' or ends_at > '2027-01-05'";
        assert_eq!(stage.number(outside).await, 0);
    });
}

#[test]
fn seeded_answers_are_such_as_the_forms_allow() {
    on_seeded(|stage| async move {
        let sql = "select f.fields, s.answers from submissions s join forms f on f.id = s.form_id";
        let rows: Vec<(Value, Value)> =
            sqlx::query_as(sql).fetch_all(&mut stage.connect().await).await.unwrap();
        assert!(rows.len() > 300);
        for (fields, answers) in rows {
            let fields: Vec<Field> = serde_json::from_value(fields).unwrap();
            let answers: Map<String, Value> = serde_json::from_value(answers).unwrap();
            assert!(validate(&fields, &answers).is_empty(), "{answers:?}");
        }
    });
}

#[test]
fn new_rows_follow_the_seeded_ones() {
    on_seeded(|stage| async move {
        let router = stage.router().await;
        let last = stage.number("select max(id) from appointments").await;
        let body = r#"{"client_id":1,"practitioner_id":1,"starts_at":"2026-03-01T10:00:00Z",
            "minutes":30}"#;
        let answer = ask(&router, 1, "POST", "/appointments", body).await;
        assert_eq!(answer.json()["id"], last + 1);
    });
}
