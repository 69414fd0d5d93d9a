//! Documents, read back.

use axum::http::StatusCode;
use lopdf::Document;
use serde_json::json;

use crate::stage::{Stage, ask, get, on_seeded};

/// The text of each page; line breaks are spaces.
fn pages(bytes: &[u8]) -> Vec<String> {
    assert!(bytes.starts_with(b"%PDF-"));
    let document = Document::load_mem(bytes).unwrap();
    let numbers: Vec<u32> = document.get_pages().keys().copied().collect();
    let text = |number: &u32| document.extract_text(&[*number]).unwrap();
    let lines = |number: &u32| text(number).split_whitespace().collect::<Vec<_>>().join(" ");
    numbers.iter().map(lines).collect()
}

/// The client of organisation 1 who did most, and one of the client's appointments.
async fn busiest(stage: &Stage) -> (i64, i64) {
    let client = stage
        .number(
            "select client_id from submissions where organisation_id = 1 and form_id = 2
            group by 1 order by count(*) desc, 1 limit 1",
        )
        .await;
    let appointment = format!("select min(id) from appointments where client_id = {client}");
    (client, stage.number(&appointment).await)
}

async fn name(stage: &Stage, client: i64) -> String {
    let sql = format!("select given_name || ' ' || family_name from clients where id = {client}");
    sqlx::query_scalar(&sql).fetch_one(&mut stage.connect().await).await.unwrap()
}

fn numbered(pages: &[String], header: &str) {
    assert!(pages.len() > 1, "{} pages", pages.len());
    for (index, text) in pages.iter().enumerate() {
        let footer = format!("Page {} of {}", index + 1, pages.len());
        assert!(text.contains(&footer), "{footer}: {text}");
        assert!(text.starts_with(header), "{header}: {text}");
    }
}

#[test]
fn a_letter_has_the_appointment_the_past_and_the_terms() {
    on_seeded(|stage| async move {
        let router = stage.router().await;
        let (client, appointment) = busiest(&stage).await;
        sqlx::query("update clients set given_name = 'Zoë' where id = $1")
            .bind(client)
            .execute(&mut stage.connect().await)
            .await
            .unwrap();
        let answer = get(&router, 1, &format!("/appointments/{appointment}/document.pdf")).await;
        assert_eq!(answer.status, StatusCode::OK);
        let pages = pages(&answer.body);
        let name = name(&stage, client).await;
        numbered(&pages, &format!("Appointment {appointment}, {name}"));
        let first = &pages[0];
        for expected in ["Your appointment", "When", &name, "How to prepare", "ten minutes before"]
        {
            assert!(first.contains(expected), "{expected}: {first}");
        }
        let all = pages.join(" ");
        let count = format!("select count(*) from appointments where client_id = {client}");
        let count = stage.number(&count).await.min(100);
        // The year is in every row's time, and once more at the top.
        let times = all.matches(", 08:").count()
            + (9..18).map(|hour| all.matches(&format!(", {hour:02}:")).count()).sum::<usize>();
        assert!(times as i64 > count, "{times} times for {count} appointments");
        for expected in ["What you told us", "What it costs", "Complaints", "takes its place."] {
            assert!(all.contains(expected), "{expected}");
        }
        assert!(pages.last().unwrap().contains("Changes"), "the terms are last");
        let again = get(&router, 1, &format!("/appointments/{appointment}/document.pdf")).await;
        assert_eq!(answer.body, again.body, "the same rows, the same bytes");
    });
}

#[test]
fn a_record_has_every_submission_of_the_client() {
    on_seeded(|stage| async move {
        let router = stage.router().await;
        let (client, _) = busiest(&stage).await;
        let path = format!("/forms/2/document.pdf?client_id={client}");
        let answer = get(&router, 1, &path).await;
        assert_eq!(answer.status, StatusCode::OK);
        let pages = pages(&answer.body);
        numbered(&pages, "Pain diary of ");
        let sql = format!(
            "select id from submissions where client_id = {client} and form_id = 2 order by id desc"
        );
        let ids: Vec<i64> =
            sqlx::query_scalar(&sql).fetch_all(&mut stage.connect().await).await.unwrap();
        let all = pages.join(" ");
        let mut place = 0;
        for id in &ids {
            let heading = format!(": number {id}");
            let found = all[place..].find(&heading);
            place += found.unwrap_or_else(|| panic!("submission {id} is missing or out of order"));
        }
        assert_eq!(all.matches(": number ").count(), ids.len());
        assert!(pages[0].contains(&format!("{} submissions", ids.len())));
        for expected in ["Pain, 0 to 10", "number from 0 to 24", "text of at most 600 characters"] {
            assert!(all.contains(expected), "{expected}");
        }
    });
}

#[test]
fn a_client_without_submissions_has_a_record_too() {
    on_seeded(|stage| async move {
        let router = stage.router().await;
        let mut connection = stage.connect().await;
        sqlx::query("delete from submissions").execute(&mut connection).await.unwrap();
        let answer = get(&router, 1, "/forms/1/document.pdf?client_id=1").await;
        let pages = pages(&answer.body);
        assert!(pages[0].contains("0 submissions"));
    });
}

#[test]
fn any_note_fits_on_the_page() {
    on_seeded(|stage| async move {
        let router = stage.router().await;
        let notes = [
            "x".repeat(1000),
            "(\\) %PDF endstream ) Tj".to_owned(),
            "Łukasz paid 20 € – “thanks”".to_owned(),
            "日本語 🦀 \u{202e}\r\n\ttabs\u{7}".to_owned(),
            "a ".repeat(500),
        ];
        for (number, note) in notes.iter().enumerate() {
            let booking = json!({ "client_id": 1, "practitioner_id": 1, "minutes": 30,
                "starts_at": format!("2026-03-01T1{number}:00:00Z"), "note": note });
            let booked = ask(&router, 1, "POST", "/appointments", booking.to_string()).await;
            assert_eq!(booked.status, StatusCode::CREATED);
            let id = booked.json()["id"].as_i64().unwrap();
            let answer = get(&router, 1, &format!("/appointments/{id}/document.pdf")).await;
            let text = pages(&answer.body).join(" ");
            match number {
                0 => assert_eq!(text.matches('x').count() / 1000, 2, "in the facts and the table"),
                1 => assert!(text.contains("(\\) %PDF endstream ) Tj")),
                2 => assert!(text.contains("Lukasz paid 20 € – “thanks”"), "{text}"),
                3 => assert!(text.contains("??? ?")),
                _ => assert!(text.contains("a a a a a")),
            }
        }
    });
}
