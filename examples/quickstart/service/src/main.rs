//! The appointment book over HTTP, on a free port of the loopback interface.

use std::io;
use std::num::NonZeroU8;
use std::sync::{Arc, PoisonError, RwLock};

use axum::Router;
use axum::extract::{Json, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use clinic::Book;
use serde::Deserialize;
use tokio::net::{TcpListener, TcpStream};

type Shared = State<Arc<RwLock<Book>>>;

#[tokio::main]
async fn main() -> io::Result<()> {
    let service = Router::new()
        .route("/patients", get(patients))
        .route("/occupancy", get(occupancy))
        .route("/report", get(report))
        .route("/appointments", post(book))
        .with_state(Arc::new(RwLock::new(Book::open())));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    axum::serve(listener.tap_io(send_at_once), service).await
}

/// Turns Nagle's algorithm off: with delayed acknowledgements it would add 40 ms at times.
fn send_at_once(connection: &mut TcpStream) {
    if let Err(error) = connection.set_nodelay(true) {
        eprintln!("cannot set TCP_NODELAY: {error}");
    }
}

#[derive(Deserialize)]
struct Name {
    name: String,
}

#[derive(Deserialize)]
struct Period {
    from: u8,
    days: u8,
}

#[derive(Deserialize)]
struct Wish {
    patient: u32,
    minutes: NonZeroU8,
}

async fn patients(State(shared): Shared, Query(Name { name }): Query<Name>) -> Response {
    let book = shared.read().unwrap_or_else(PoisonError::into_inner);
    Json(book.patients(&name)).into_response()
}

async fn occupancy(State(shared): Shared, Query(Period { from, days }): Query<Period>) -> Response {
    let book = shared.read().unwrap_or_else(PoisonError::into_inner);
    Json(book.occupancy(from, days)).into_response()
}

async fn report(State(shared): Shared, Query(Period { from, days }): Query<Period>) -> Response {
    let book = shared.read().unwrap_or_else(PoisonError::into_inner);
    Json(book.report(from, days)).into_response()
}

async fn book(State(shared): Shared, Json(Wish { patient, minutes }): Json<Wish>) -> Response {
    let mut book = shared.write().unwrap_or_else(PoisonError::into_inner);
    match book.book(patient, minutes) {
        Some(gap) => (StatusCode::CREATED, Json(gap)).into_response(),
        None => StatusCode::CONFLICT.into_response(),
    }
}
