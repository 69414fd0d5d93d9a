//! Segments in SQL against the same rules evaluated one client at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use clinic::metrics::Metrics;
use clinic::organisation::Organisation;
use clinic::segment::{Activity, Answer, Period, Rule, Test, push};
use clinic::store::{Store, segments};
use serde_json::{Value, json};
use sqlx::QueryBuilder;

use crate::stage::{Stage, ask, on_seeded};

/// What is known of a client.
struct Client {
    city: String,
    born: NaiveDate,
    joined: NaiveDate,
    appointments: Vec<(DateTime<Utc>, i64)>,
    /// Form, time and answers, in order.
    submissions: Vec<(i64, DateTime<Utc>, Value)>,
}

async fn clients(stage: &Stage, organisation: i64) -> BTreeMap<i64, Client> {
    let connection = &mut stage.connect().await;
    let rows: Vec<(i64, String, NaiveDate, NaiveDate)> =
        sqlx::query_as("select id, city, born, joined from clients where organisation_id = $1")
            .bind(organisation)
            .fetch_all(&mut *connection)
            .await
            .unwrap();
    let client = |(id, city, born, joined)| {
        let (appointments, submissions) = (Vec::new(), Vec::new());
        (id, Client { city, born, joined, appointments, submissions })
    };
    let mut clients: BTreeMap<i64, Client> = rows.into_iter().map(client).collect();
    let rows: Vec<(i64, DateTime<Utc>, DateTime<Utc>)> = sqlx::query_as(
        "select client_id, starts_at, ends_at from appointments where organisation_id = $1",
    )
    .bind(organisation)
    .fetch_all(&mut *connection)
    .await
    .unwrap();
    for (client, starts_at, ends_at) in rows {
        let minutes = (ends_at - starts_at).num_minutes();
        clients.get_mut(&client).unwrap().appointments.push((starts_at, minutes));
    }
    let rows: Vec<(i64, i64, DateTime<Utc>, Value)> = sqlx::query_as(
        "select client_id, form_id, submitted_at, answers from submissions
        where organisation_id = $1 order by id",
    )
    .bind(organisation)
    .fetch_all(&mut *connection)
    .await
    .unwrap();
    for (client, form, time, answers) in rows {
        clients.get_mut(&client).unwrap().submissions.push((form, time, answers));
    }
    clients
}

fn holds(rule: &Rule, client: &Client) -> bool {
    let within = |day: NaiveDate, period: &Period| day >= period.from && day < period.to;
    let during = |time: &DateTime<Utc>, activity: &Activity| {
        time.date_naive() >= activity.from && time.date_naive() < activity.to
    };
    // What did not happen at all is no row that could be counted.
    let enough = |happened: usize, sum: i64, activity: &Activity| {
        happened > 0 && sum >= i64::from(activity.at_least)
    };
    match rule {
        Rule::All(rules) => rules.iter().all(|rule| holds(rule, client)),
        Rule::Any(rules) => rules.iter().any(|rule| holds(rule, client)),
        Rule::Not(rule) => !holds(rule, client),
        Rule::City(cities) => cities.contains(&client.city),
        Rule::Born(period) => within(client.born, period),
        Rule::Joined(period) => within(client.joined, period),
        Rule::Appointments(activity) | Rule::Minutes(activity) => {
            let counted = client.appointments.iter().filter(|(time, _)| during(time, activity));
            let minutes: Vec<i64> = counted.map(|(_, minutes)| *minutes).collect();
            let number = minutes.len() as i64;
            let is_number = matches!(rule, Rule::Appointments(_));
            enough(minutes.len(), if is_number { number } else { minutes.iter().sum() }, activity)
        }
        Rule::Submissions(activity) => {
            let counted = client.submissions.iter().filter(|(_, time, _)| during(time, activity));
            let number = counted.count();
            enough(number, number as i64, activity)
        }
        Rule::Answer(Answer { form, field, test }) => {
            let last = client.submissions.iter().rfind(|(of, ..)| of == form);
            let answer = last.and_then(|(.., answers)| answers.get(field));
            match (answer, test) {
                (None, _) => false,
                (Some(answer), Test::Is(value)) => answer == value,
                (Some(answer), Test::AtLeast(least)) => {
                    answer.as_f64().is_some_and(|a| a >= *least)
                }
            }
        }
    }
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

/// Rules of every kind, some of which hold for all, some for none.
fn rules() -> Vec<Rule> {
    let half = Activity { from: day(2026, 1, 5), to: day(2026, 7, 1), at_least: 3 };
    let answer = |form, field: &str, test| Rule::Answer(Answer { form, field: field.into(), test });
    let not = |rule: Rule| Rule::Not(Box::new(rule));
    let adults = Rule::Born(Period { from: day(1900, 1, 1), to: day(1990, 6, 15) });
    vec![
        Rule::All(vec![]),
        Rule::Any(vec![]),
        not(Rule::Any(vec![])),
        Rule::City(vec![]),
        Rule::City(vec!["Porto".into(), "Gdańsk".into(), "'; drop table clients; --".into()]),
        adults.clone(),
        not(adults.clone()),
        Rule::Joined(Period { from: day(2023, 1, 1), to: day(2024, 1, 1) }),
        Rule::Appointments(half),
        Rule::Appointments(Activity { at_least: 0, ..half }),
        Rule::Minutes(Activity { at_least: 150, ..half }),
        Rule::Submissions(half),
        not(Rule::Submissions(Activity { at_least: 1, ..half })),
        answer(2, "pain", Test::AtLeast(4.0)),
        answer(2, "remarks", Test::AtLeast(4.0)),
        answer(2, "medication", Test::Is(json!(true))),
        not(answer(2, "medication", Test::Is(json!(true)))),
        answer(1, "treatment", Test::Is(json!("massage"))),
        answer(3, "score", Test::Is(json!(0))),
        answer(99, "pain", Test::AtLeast(0.0)),
        answer(2, "'] or true --", Test::Is(json!("'"))),
        Rule::Any(vec![
            Rule::All(vec![adults.clone(), Rule::Appointments(half)]),
            Rule::All(vec![not(adults), Rule::Submissions(half), not(Rule::Minutes(half))]),
        ]),
    ]
}

#[test]
fn sql_and_a_loop_agree() {
    on_seeded(|stage| async move {
        let metrics = Arc::new(Metrics::new().unwrap());
        let store = Store::open(&stage.url, 1, None, metrics).await.unwrap();
        let mut session = store.read().await.unwrap();
        let mut partial = 0;
        for organisation in [1, 2] {
            let clients = clients(&stage, organisation).await;
            for rule in rules() {
                let expected: BTreeSet<i64> =
                    clients.iter().filter(|(_, c)| holds(&rule, c)).map(|(id, _)| *id).collect();
                let of = Organisation::of_id(organisation);
                let found = segments::evaluate(&mut session, of, &rule, 1000).await.unwrap();
                let ids: BTreeSet<i64> = found.sample.iter().map(|member| member.id).collect();
                assert_eq!(ids, expected, "{rule:?}");
                assert_eq!(found.count, expected.len() as i64, "{rule:?}");
                partial += usize::from(!expected.is_empty() && expected.len() < clients.len());
                for member in &found.sample {
                    let client = &clients[&member.id];
                    assert_eq!(member.appointments, client.appointments.len() as i64);
                    assert_eq!(member.submissions, client.submissions.len() as i64);
                }
                let order: Vec<_> = found.sample.iter().map(|m| (-m.appointments, m.id)).collect();
                assert!(order.is_sorted());
            }
        }
        assert!(partial >= 20, "{partial} rules hold for some and not for others");
    });
}

#[test]
fn the_seeded_segments_agree_too() {
    on_seeded(|stage| async move {
        let router = stage.router().await;
        for organisation in [1_u32, 2, 3] {
            let clients = clients(&stage, i64::from(organisation)).await;
            let sql = "select id, rules from segments where organisation_id = $1";
            let rows: Vec<(i64, Value)> = sqlx::query_as(sql)
                .bind(i64::from(organisation))
                .fetch_all(&mut stage.connect().await)
                .await
                .unwrap();
            assert_eq!(rows.len(), 5);
            for (id, rule) in rows {
                let rule: Rule = serde_json::from_value(rule).unwrap();
                let expected = clients.values().filter(|client| holds(&rule, client)).count();
                let path = format!("/segments/{id}/evaluate");
                let answer = ask(&router, organisation, "POST", &path, "").await.json();
                assert_eq!(answer["count"], expected, "{rule:?}");
                let sample = answer["sample"].as_array().unwrap();
                assert_eq!(sample.len(), expected.min(20));
            }
        }
    });
}

#[test]
fn no_value_of_a_rule_is_text_of_the_statement() {
    for rule in rules() {
        let mut sql = QueryBuilder::new("");
        push(&mut sql, Organisation::of_id(4_242), &rule);
        let sql = sql.sql();
        for value in ["Porto", "drop", "pain", "massage", "4242", "2026", "'] or true", "150"] {
            assert!(!sql.contains(value), "{value} in {sql}");
        }
        let tables = sql.matches("organisation_id = $").count();
        let asked =
            sql.matches("from appointments").count() + sql.matches("from submissions").count();
        assert_eq!(tables, asked, "{sql}");
    }
}
