//! No practitioner is in two appointments at once.

use axum::Router;
use axum::http::StatusCode;
use serde_json::json;

use crate::stage::{ask, on_seeded};

/// A Sunday: seeded appointments are on working days.
const DAY: &str = "2026-03-01";

async fn book(router: &Router, practitioner: i64, time: &str, minutes: u32) -> (StatusCode, i64) {
    let booking = json!({ "client_id": 1, "practitioner_id": practitioner,
        "starts_at": format!("{DAY}T{time}:00Z"), "minutes": minutes });
    let answer = ask(router, 1, "POST", "/appointments", booking.to_string()).await;
    (answer.status, answer.json()["id"].as_i64().unwrap_or(0))
}

async fn shift(router: &Router, id: i64, time: &str, minutes: u32) -> StatusCode {
    let to = json!({ "starts_at": format!("{DAY}T{time}:00Z"), "minutes": minutes });
    ask(router, 1, "PATCH", &format!("/appointments/{id}"), to.to_string()).await.status
}

#[test]
fn one_after_the_other() {
    on_seeded(|stage| async move {
        let router = &stage.router().await;
        let (status, first) = book(router, 1, "10:00", 30).await;
        assert_eq!(status, StatusCode::CREATED);
        for (time, minutes) in [("10:00", 30), ("09:45", 30), ("10:29", 5), ("09:00", 300)] {
            assert_eq!(book(router, 1, time, minutes).await.0, StatusCode::CONFLICT, "{time}");
        }
        // Right before, right after, and with somebody else.
        assert_eq!(book(router, 1, "09:30", 30).await.0, StatusCode::CREATED);
        let (status, after) = book(router, 1, "10:30", 30).await;
        assert_eq!(status, StatusCode::CREATED);
        assert_eq!(book(router, 2, "10:00", 30).await.0, StatusCode::CREATED);

        assert_eq!(shift(router, after, "10:15", 30).await, StatusCode::CONFLICT);
        assert_eq!(shift(router, after, "10:35", 30).await, StatusCode::OK, "over itself");
        assert_eq!(shift(router, first, "12:00", 30).await, StatusCode::OK);
        assert_eq!(book(router, 1, "10:00", 30).await.0, StatusCode::CREATED, "the time is free");
        assert_eq!(shift(router, after, "12:10", 30).await, StatusCode::CONFLICT);
    });
}

#[test]
fn of_twenty_at_once_one_is_booked() {
    on_seeded(|stage| async move {
        let router = stage.router().await;
        for round in 0..5 {
            let time = format!("{:02}:00", 8 + round);
            let tasks: Vec<_> = (0..20)
                .map(|_| {
                    let (router, time) = (router.clone(), time.clone());
                    tokio::spawn(async move { book(&router, 1, &time, 30).await.0 })
                })
                .collect();
            let mut booked = 0;
            for task in tasks {
                match task.await.unwrap() {
                    StatusCode::CREATED => booked += 1,
                    status => assert_eq!(status, StatusCode::CONFLICT),
                }
            }
            assert_eq!(booked, 1, "round {round}");
        }
        let sql = "select count(*) from appointments where starts_at::date = '2026-03-01'";
        assert_eq!(stage.number(sql).await, 5);
    });
}

#[test]
fn of_ten_moved_to_one_time_one_arrives() {
    on_seeded(|stage| async move {
        let router = stage.router().await;
        let mut ids = Vec::new();
        for number in 0..10 {
            let time = format!("{:02}:{:02}", 8 + number / 2, number % 2 * 30);
            ids.push(book(&router, 1, &time, 30).await.1);
        }
        let tasks: Vec<_> = ids
            .into_iter()
            .map(|id| {
                let router = router.clone();
                tokio::spawn(async move { shift(&router, id, "20:00", 45).await })
            })
            .collect();
        let mut moved = 0;
        for task in tasks {
            match task.await.unwrap() {
                StatusCode::OK => moved += 1,
                status => assert_eq!(status, StatusCode::CONFLICT),
            }
        }
        assert_eq!(moved, 1);
    });
}

#[test]
fn the_database_itself_refuses() {
    on_seeded(|stage| async move {
        let insert = "insert into appointments
            (organisation_id, client_id, practitioner_id, starts_at, ends_at, note)
            values (1, 1, 1, '2026-03-01 10:00Z', '2026-03-01 10:30Z', '')";
        let mut connection = stage.connect().await;
        sqlx::query(insert).execute(&mut connection).await.unwrap();
        let error = sqlx::query(insert).execute(&mut connection).await.unwrap_err();
        assert_eq!(error.as_database_error().unwrap().code().unwrap(), "23P01");
    });
}
