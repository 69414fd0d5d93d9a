//! Videocalls over real sockets.

use std::time::Duration;

use axum::http::StatusCode;
use clinic::fault::Faults;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::stage::{Stage, ask, get, on_seeded};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A service on a port, until it is dropped.
struct Running {
    address: String,
    router: axum::Router,
    stop: oneshot::Sender<()>,
}

async fn run(stage: &Stage) -> Running {
    let service = stage.service(Faults::default()).await;
    let (address, router) = (service.address.to_string(), service.router());
    let (stop, stopped) = oneshot::channel::<()>();
    tokio::spawn(service.run(async {
        let _ = stopped.await;
    }));
    Running { address, router, stop }
}

impl Running {
    async fn open(&self, organisation: u32) -> u64 {
        let answer = ask(&self.router, organisation, "POST", "/rooms", "").await;
        assert_eq!(answer.status, StatusCode::CREATED);
        answer.json()["id"].as_u64().unwrap()
    }

    async fn connect(&self, room: u64, organisation: u32) -> Result<Socket, Error> {
        let token = format!("org-{organisation}-user-2");
        let url = format!("ws://{}/rooms/{room}/ws?token={token}", self.address);
        Ok(connect_async(url).await?.0)
    }

    /// A participant who was let in, and the number.
    async fn join(&self, room: u64, organisation: u32) -> (Socket, u64) {
        let mut socket = self.connect(room, organisation).await.unwrap();
        say(&mut socket, json!({ "type": "join" })).await;
        let welcome = hear(&mut socket).await;
        assert_eq!(welcome["type"], "joined");
        let number = welcome["you"].as_u64().unwrap();
        (socket, number)
    }
}

async fn say(socket: &mut Socket, message: Value) {
    socket.send(Message::text(message.to_string())).await.unwrap();
}

/// The next text; null where the service closed.
async fn hear(socket: &mut Socket) -> Value {
    loop {
        let message = timeout(Duration::from_secs(10), socket.next()).await.expect("a message");
        match message {
            Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).unwrap(),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            _ => return Value::Null,
        }
    }
}

async fn hears_nothing(socket: &mut Socket) {
    let quiet = timeout(Duration::from_millis(200), socket.next()).await;
    assert!(quiet.is_err(), "{quiet:?}");
}

#[test]
fn signals_reach_the_others_in_the_room_and_nobody_else() {
    on_seeded(|stage| async move {
        let running = run(&stage).await;
        let room = running.open(1).await;
        let elsewhere = running.open(1).await;
        let (mut ada, first) = running.join(room, 1).await;
        let (mut ben, second) = running.join(room, 1).await;
        assert_eq!(hear(&mut ada).await, json!({ "type": "joined", "from": second }));
        let (mut eve, third) = running.join(room, 1).await;
        for socket in [&mut ada, &mut ben] {
            assert_eq!(hear(socket).await, json!({ "type": "joined", "from": third }));
        }
        let (mut other, _) = running.join(elsewhere, 1).await;
        let payload = json!({ "sdp": "v=0", "nested": [1, null, "ü"] });
        say(&mut ada, json!({ "type": "signal", "payload": payload })).await;
        let expected = json!({ "type": "signal", "from": first, "payload": payload });
        assert_eq!(hear(&mut ben).await, expected);
        assert_eq!(hear(&mut eve).await, expected);
        say(&mut ben, json!({ "type": "signal", "to": third, "payload": 1 })).await;
        let expected = json!({ "type": "signal", "from": second, "payload": 1 });
        assert_eq!(hear(&mut eve).await, expected);
        hears_nothing(&mut ada).await;
        hears_nothing(&mut other).await;

        let metrics = get(&running.router, 1, "/metrics").await;
        let metrics = String::from_utf8(metrics.body.to_vec()).unwrap();
        assert!(metrics.contains("\nclinic_rooms 2\n"), "{metrics}");
        assert!(metrics.contains("\nclinic_room_participants 4\n"), "{metrics}");
    });
}

#[test]
fn who_leaves_or_breaks_off_is_gone_for_the_others() {
    on_seeded(|stage| async move {
        let running = run(&stage).await;
        let room = running.open(1).await;
        let (mut ada, _) = running.join(room, 1).await;
        let (mut ben, second) = running.join(room, 1).await;
        hear(&mut ada).await;
        say(&mut ben, json!({ "type": "leave" })).await;
        assert_eq!(hear(&mut ada).await, json!({ "type": "left", "from": second }));
        assert_eq!(hear(&mut ben).await, Value::Null);
        let (eve, third) = running.join(room, 1).await;
        hear(&mut ada).await;
        drop(eve);
        assert_eq!(hear(&mut ada).await, json!({ "type": "left", "from": third }));
        say(&mut ada, json!({ "type": "signal", "to": third, "payload": 1 })).await;
        assert_eq!(hear(&mut ada).await["type"], "error");
        // The room ends with the last who is in it.
        say(&mut ada, json!({ "type": "leave" })).await;
        assert_eq!(hear(&mut ada).await, Value::Null);
        assert!(running.connect(room, 1).await.is_err());
    });
}

#[test]
fn a_room_of_another_organisation_cannot_be_joined() {
    on_seeded(|stage| async move {
        let running = run(&stage).await;
        let room = running.open(1).await;
        let status = |error: Result<Socket, Error>| match error {
            Err(Error::Http(response)) => response.status().as_u16(),
            other => panic!("{other:?}"),
        };
        assert_eq!(status(running.connect(room, 2).await), 404);
        assert_eq!(status(running.connect(room + 1, 1).await), 404);
        assert_eq!(status(running.connect(room, 99).await), 401);
        assert!(running.connect(room, 1).await.is_ok());
        // Not even with a request that is no WebSocket.
        let path = format!("/rooms/{room}/ws");
        assert_eq!(get(&running.router, 2, &path).await.status, StatusCode::NOT_FOUND);
        assert!(get(&running.router, 1, &path).await.status.is_client_error());
        for id in ["x", "-1", "18446744073709551616"] {
            let path = format!("/rooms/{id}/ws");
            assert_eq!(get(&running.router, 1, &path).await.status, StatusCode::NOT_FOUND);
        }
    });
}

#[test]
fn what_is_no_message_is_answered_and_the_call_goes_on() {
    on_seeded(|stage| async move {
        let running = run(&stage).await;
        let room = running.open(1).await;
        let mut socket = running.connect(room, 1).await.unwrap();
        let early = json!({ "type": "signal", "payload": 1 }).to_string();
        for text in ["", "{", "null", r#"{"type":"dance"}"#, r#"{"type":"signal","to":-1}"#, &early]
        {
            socket.send(Message::text(text)).await.unwrap();
            assert_eq!(hear(&mut socket).await["type"], "error", "{text}");
        }
        socket.send(Message::binary(vec![0, 159])).await.unwrap();
        assert_eq!(hear(&mut socket).await["type"], "error");
        say(&mut socket, json!({ "type": "join" })).await;
        assert_eq!(hear(&mut socket).await["you"], 1);
        say(&mut socket, json!({ "type": "join" })).await;
        assert_eq!(hear(&mut socket).await["type"], "error");
        say(&mut socket, json!({ "type": "signal", "to": 1, "payload": 1 })).await;
        assert_eq!(hear(&mut socket).await["type"], "error", "nobody signals to oneself");
        let _ = socket.send(Message::text("x".repeat(100_000))).await;
        assert_eq!(hear(&mut socket).await, Value::Null, "too long a message ends it");
    });
}

#[test]
fn the_seventeenth_finds_no_place() {
    on_seeded(|stage| async move {
        let running = run(&stage).await;
        let room = running.open(1).await;
        let mut sockets = Vec::new();
        for number in 1..=16 {
            let (socket, given) = running.join(room, 1).await;
            assert_eq!(given, number);
            sockets.push(socket);
        }
        let mut late = running.connect(room, 1).await.unwrap();
        say(&mut late, json!({ "type": "join" })).await;
        assert_eq!(hear(&mut late).await["error"], "the room is full");
        assert_eq!(hear(&mut late).await, Value::Null);
    });
}

#[test]
fn the_end_of_the_service_ends_the_calls() {
    on_seeded(|stage| async move {
        let running = run(&stage).await;
        let room = running.open(1).await;
        let (mut ada, _) = running.join(room, 1).await;
        running.stop.send(()).unwrap();
        assert_eq!(hear(&mut ada).await, Value::Null);
    });
}
