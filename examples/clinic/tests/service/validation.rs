//! What is refused, and how: whatever comes in, the answer is never a failure of the service.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};

use crate::stage::{ask, get, on_seeded, send};

fn with(base: &Value, key: &str, value: Value) -> String {
    let mut changed = base.clone();
    changed[key] = value;
    changed.to_string()
}

#[test]
fn bookings() {
    on_seeded(|stage| async move {
        let router = &stage.router().await;
        let good = json!({ "client_id": 1, "practitioner_id": 1, "note": "",
            "starts_at": "2026-03-01T10:00:00Z", "minutes": 30 });
        let cases = [
            ("minutes", json!(4), "minutes"),
            ("minutes", json!(481), "minutes"),
            ("minutes", json!(-30), "minutes"),
            ("minutes", json!(i64::MAX), "minutes"),
            ("starts_at", json!("2026-03-01T10:00:01Z"), "starts_at"),
            ("starts_at", json!("2026-03-01T10:00:00.5Z"), "starts_at"),
            ("starts_at", json!("1999-12-31T23:59:00Z"), "starts_at"),
            ("starts_at", json!("+262141-01-01T00:00:00Z"), "starts_at"),
            ("note", json!("x".repeat(1001)), "note"),
            ("note", json!("a\0b"), "note"),
        ];
        for (key, value, field) in cases {
            let answer =
                ask(router, 1, "POST", "/appointments", with(&good, key, value.clone())).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{key} {value}");
            let fields = answer.json()["fields"].as_object().unwrap().clone();
            assert_eq!(fields.keys().collect::<Vec<_>>(), [field], "{key} {value}");
        }
        let wrong = [
            ("minutes", json!("30")),
            ("minutes", json!(1e300)),
            ("starts_at", json!("tomorrow")),
            ("starts_at", json!(0)),
            ("client_id", json!(1.5)),
            ("client_id", json!(null)),
            ("note", json!(["a"])),
        ];
        for (key, value) in wrong {
            let answer =
                ask(router, 1, "POST", "/appointments", with(&good, key, value.clone())).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{key} {value}");
        }
        for (key, value) in [("client_id", json!(i64::MAX)), ("practitioner_id", json!(-1))] {
            let answer = ask(router, 1, "POST", "/appointments", with(&good, key, value)).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND);
        }
        // A user who is no practitioner cannot be booked.
        let desk = "select min(id) from users where organisation_id = 1 and not practitioner";
        let desk = stage.number(desk).await;
        let body = with(&good, "practitioner_id", json!(desk));
        assert_eq!(
            ask(router, 1, "POST", "/appointments", body).await.status,
            StatusCode::NOT_FOUND
        );
        let limits = [("minutes", json!(480)), ("note", json!("é".repeat(1000)))];
        for (day, (key, value)) in limits.into_iter().enumerate() {
            let at = json!(format!("2030-01-0{}T10:00:00Z", day + 1));
            let mut body = good.clone();
            body["starts_at"] = at;
            let answer = ask(router, 1, "POST", "/appointments", with(&body, key, value)).await;
            assert_eq!(answer.status, StatusCode::CREATED);
        }
    });
}

#[test]
fn moves() {
    on_seeded(|stage| async move {
        let router = &stage.router().await;
        let good = json!({ "starts_at": "2026-03-01T10:00:00Z", "minutes": 30 });
        let cases = [("minutes", json!(0)), ("starts_at", json!("2101-01-01T00:00:00Z"))];
        for (key, value) in cases {
            let body = with(&good, key, value);
            let answer = ask(router, 1, "PATCH", "/appointments/1", body).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(answer.json()["fields"][key].is_string());
        }
        let answer = ask(router, 1, "PATCH", "/appointments/1", "{}").await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        for id in ["0", "-1", "x", "99999999999999999999", "1%00"] {
            let path = format!("/appointments/{id}");
            let answer = ask(router, 1, "PATCH", &path, good.to_string()).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{id}");
        }
    });
}

#[test]
fn answers() {
    on_seeded(|stage| async move {
        let router = &stage.router().await;
        let intake = json!({ "complaint": "Knee", "since": "2026-01-01", "treatment": "none",
            "height": 180, "smoker": false, "consent": true });
        let diary = json!({ "pain": 3, "sleep": 7.5, "medication": false });
        let submit = async |form: u32, answers: &Value| {
            let body = json!({ "client_id": 1, "answers": answers }).to_string();
            ask(router, 1, "POST", &format!("/forms/{form}/submissions"), body).await
        };
        assert_eq!(submit(1, &intake).await.status, StatusCode::CREATED);
        assert_eq!(submit(2, &diary).await.status, StatusCode::CREATED);
        let cases = [
            (1, "complaint", json!(null)),
            (1, "complaint", json!("x".repeat(401))),
            (1, "complaint", json!("a\0b")),
            (1, "complaint", json!({ "a": 1 })),
            (1, "since", json!("2026-02-30")),
            (1, "since", json!(20_260_101)),
            (1, "treatment", json!("surgery")),
            (1, "treatment", json!(1)),
            (1, "height", json!(49.9)),
            (1, "height", json!("180")),
            (1, "consent", json!("yes")),
            (1, "unknown", json!(1)),
            (2, "pain", json!(10.1)),
            (2, "pain", json!(-1)),
            (2, "pain", json!(1e308)),
        ];
        for (form, key, value) in cases {
            let good = if form == 1 { &intake } else { &diary };
            let mut answers = good.clone();
            answers[key] = value.clone();
            let answer = submit(form, &answers).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{key} {value}");
            let fields = answer.json()["fields"].as_object().unwrap().clone();
            assert_eq!(fields.keys().collect::<Vec<_>>(), [key], "{key} {value}");
        }
        let all_wrong = submit(2, &json!({ "pain": 11, "sleep": 25 })).await.json();
        let fields = all_wrong["fields"].as_object().unwrap();
        assert_eq!(fields.keys().collect::<Vec<_>>(), ["medication", "pain", "sleep"]);
        // What need not be answered may be left out.
        let mut fewer = intake.clone();
        fewer.as_object_mut().unwrap().remove("height");
        fewer["smoker"] = json!(null);
        assert_eq!(submit(1, &fewer).await.status, StatusCode::CREATED);
        let many: serde_json::Map<String, Value> =
            (0..3000).map(|n| (format!("field{n}"), json!(1))).collect();
        let answer = submit(2, &json!(many)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.body.len() < 2000, "the answer repeats everything");
    });
}

#[test]
fn queries() {
    on_seeded(|stage| async move {
        let router = &stage.router().await;
        let bad = [
            "/appointments",
            "/appointments?day=",
            "/appointments?day=2026-02-30",
            "/appointments?day=9999-01-01",
            "/appointments?day=-5000-01-01",
            "/clients?limit=0",
            "/clients?limit=101",
            "/clients?limit=x",
            "/clients?search=a%00b",
            "/forms/1/submissions?before=x",
            "/forms/1/submissions?limit=-1",
            "/forms/1/document.pdf",
            "/forms/1/document.pdf?client_id=x",
        ];
        for path in bad {
            assert_eq!(get(router, 1, path).await.status, StatusCode::BAD_REQUEST, "{path}");
        }
        let long = format!("/clients?search={}", "x".repeat(101));
        assert_eq!(get(router, 1, &long).await.status, StatusCode::BAD_REQUEST);
        let empty = [
            "/clients?search=%25",
            "/clients?search=_",
            "/clients?search='%20or%201=1--",
            "/clients?search=%F0%9F%98%80",
            "/clients?search=%FF",
            "/forms/1/submissions?before=-9223372036854775808",
            "/appointments?day=2000-01-01",
        ];
        for path in empty {
            let answer = get(router, 1, path).await;
            assert_eq!((answer.status, answer.json()), (StatusCode::OK, json!([])), "{path}");
        }
    });
}

#[test]
fn search_is_by_the_start_of_the_name_in_any_case() {
    on_seeded(|stage| async move {
        let router = &stage.router().await;
        let sql = "select family_name || ' ' || given_name from clients
            where organisation_id = 1 and family_name = 'Müller' limit 1";
        let mut connection = stage.connect().await;
        sqlx::query("update clients set family_name = 'Müller' where id = 1")
            .execute(&mut connection)
            .await
            .unwrap();
        let name: String = sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap();
        for text in ["m%C3%BCl", "M%C3%9CLLER", &name.replace(' ', "%20").replace('ü', "%C3%BC")] {
            let found = get(router, 1, &format!("/clients?search={text}")).await.json();
            let found = found.as_array().unwrap();
            assert!(!found.is_empty(), "{text}");
            assert!(found.iter().all(|row| row["family_name"] == "Müller"), "{text}");
        }
    });
}

#[test]
fn pages_of_submissions_follow_each_other() {
    on_seeded(|stage| async move {
        let router = &stage.router().await;
        let (mut before, mut seen) = (String::new(), 0);
        loop {
            let path = format!("/forms/2/submissions?limit=7{before}");
            let page = get(router, 1, &path).await.json();
            let ids: Vec<i64> =
                page.as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect();
            assert!(ids.is_sorted_by(|one, next| one > next));
            let Some(last) = ids.last() else { break };
            seen += ids.len() as i64;
            before = format!("&before={last}");
        }
        let all = "select count(*) from submissions where organisation_id = 1 and form_id = 2";
        assert_eq!(seen, stage.number(all).await);
    });
}

#[test]
fn bodies() {
    on_seeded(|stage| async move {
        let router = &stage.router().await;
        let deep = format!("{}{}", "[".repeat(30_000), "]".repeat(30_000));
        let answers = format!(r#"{{"client_id":1,"answers":{{"pain":{deep}}}}}"#);
        let huge = format!(r#"{{"note":"{}"}}"#, "x".repeat(70_000));
        for path in ["/appointments", "/forms/2/submissions"] {
            let cases = [
                ("", StatusCode::BAD_REQUEST),
                ("{", StatusCode::BAD_REQUEST),
                ("\u{0}", StatusCode::BAD_REQUEST),
                (answers.as_str(), StatusCode::BAD_REQUEST),
                (huge.as_str(), StatusCode::PAYLOAD_TOO_LARGE),
                ("[]", StatusCode::UNPROCESSABLE_ENTITY),
                ("null", StatusCode::UNPROCESSABLE_ENTITY),
            ];
            for (body, status) in cases {
                let answer = ask(router, 1, "POST", path, body.to_owned()).await;
                let shown = &body[..body.len().min(40)];
                if body == answers {
                    assert!(answer.status.is_client_error(), "{path} {shown}: {}", answer.status);
                } else {
                    assert_eq!(answer.status, status, "{path} {shown}");
                }
            }
        }
        let request = Request::post("/appointments")
            .header("authorization", "Bearer org-1-user-1")
            .body(Body::from("{}"))
            .unwrap();
        assert_eq!(send(router, request).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        let nowhere = get(router, 1, "/nothing").await;
        assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
        let answer = ask(router, 1, "DELETE", "/clients", Body::empty()).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    });
}
