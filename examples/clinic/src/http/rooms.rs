//! Videocalls: a room is opened by a request, and taken part in over a WebSocket.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep_until};

use super::input::{Path, Query};
use super::{Problem, Shared, auth};
use crate::organisation::Organisation;
use crate::room::{Hub, Incoming, Outgoing, Refusal, Seat};
use crate::store::users::Identity;

/// The largest message of a participant, in bytes. Descriptions of a call's media are smaller.
const MESSAGE: usize = 64 * 1024;
/// How long a participant may say nothing, not even answer a ping, before the call ends.
const SILENCE: Duration = Duration::from_secs(60);
/// How often a silent participant is asked.
const PING: Duration = Duration::from_secs(20);

/// Opens a room.
pub(super) async fn create(
    State(app): Shared,
    who: Identity,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let id = app.hub.create(who.organisation).map_err(|_| Problem::Full("rooms"))?;
    Ok((StatusCode::CREATED, Json(json!({ "id": id }))))
}

/// The token where no header can be set, as in a browser.
#[derive(Deserialize)]
pub(super) struct Token {
    token: Option<String>,
}

/// Takes part in a room.
pub(super) async fn connect(
    State(app): Shared,
    Path(id): Path<u64>,
    Query(Token { token }): Query<Token>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    let token = token.as_deref().or_else(|| auth::bearer(&headers));
    let who = app.identify(token.ok_or(Problem::Unauthorized)?).await?;
    if !app.hub.has(who.organisation, id) {
        return Err(Problem::NotFound("such room"));
    }
    let upgrade = upgrade
        .map_err(|rejection| Problem::Unreadable(rejection.status(), rejection.body_text()))?;
    let hub = app.hub.clone();
    let upgrade = upgrade.max_message_size(MESSAGE).max_frame_size(MESSAGE);
    Ok(upgrade.on_upgrade(async move |socket| take_part(socket, hub, who.organisation, id).await))
}

/// What follows a message.
enum Next {
    Stay(Option<Outgoing>),
    End(Option<Outgoing>),
}

async fn take_part(mut socket: WebSocket, hub: Hub, organisation: Organisation, id: u64) {
    let mut seat: Option<Seat> = None;
    let mut heard = Instant::now();
    let mut ping = heard + PING;
    loop {
        let message = tokio::select! {
            message = socket.recv() => {
                heard = Instant::now();
                match message {
                    Some(Ok(Message::Text(text))) => {
                        answer(&text, &mut seat, &hub, organisation, id)
                    }
                    Some(Ok(Message::Binary(_))) => {
                        Next::Stay(Some(Outgoing::error("messages are text")))
                    }
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => Next::Stay(None),
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                }
            }
            message = next(&mut seat) => message.map_or(Next::End(None), |m| Next::Stay(Some(m))),
            () = sleep_until(ping) => {
                ping = Instant::now() + PING;
                let asked = socket.send(Message::Ping(axum::body::Bytes::new())).await;
                if heard.elapsed() > SILENCE || asked.is_err() {
                    return;
                }
                Next::Stay(None)
            }
        };
        let (outgoing, ends) = match message {
            Next::Stay(outgoing) => (outgoing, false),
            Next::End(outgoing) => (outgoing, true),
        };
        if let Some(Outgoing(text)) = outgoing
            && !send(&mut socket, Message::Text(text)).await
        {
            return;
        }
        if ends {
            // The place first: the others need not wait for this one's goodbye.
            drop(seat);
            let _ = send(&mut socket, Message::Close(None)).await;
            return;
        }
    }
}

/// Whether it could be sent before the patience with a participant who does not read ended.
async fn send(socket: &mut WebSocket, message: Message) -> bool {
    matches!(tokio::time::timeout(PING, socket.send(message)).await, Ok(Ok(())))
}

/// The next message for a seat; without one there is none, ever.
async fn next(seat: &mut Option<Seat>) -> Option<Outgoing> {
    match seat {
        Some(seat) => seat.next().await,
        None => std::future::pending().await,
    }
}

fn answer(
    text: &str,
    seat: &mut Option<Seat>,
    hub: &Hub,
    organisation: Organisation,
    id: u64,
) -> Next {
    let stay = |error| Next::Stay(Some(Outgoing::error(error)));
    match (serde_json::from_str(text), seat.as_ref()) {
        (Err(_), _) => stay("no message of type join, signal or leave"),
        (Ok(Incoming::Leave), _) => Next::End(None),
        (Ok(Incoming::Join), Some(_)) => stay("already in the room"),
        (Ok(Incoming::Join), None) => match hub.join(organisation, id) {
            Ok(taken) => {
                *seat = Some(taken);
                Next::Stay(None)
            }
            Err(Refusal::Full) => Next::End(Some(Outgoing::error("the room is full"))),
            Err(Refusal::Absent) => Next::End(Some(Outgoing::error("the room has ended"))),
        },
        (Ok(Incoming::Signal { .. }), None) => stay("not in the room: join first"),
        (Ok(Incoming::Signal { to, payload }), Some(seat)) => {
            if seat.signal(to, &payload) {
                Next::Stay(None)
            } else {
                stay("nobody of that number is in the room")
            }
        }
    }
}
