//! Appointments.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use super::input::{Body, Path, Query};
use super::{Problem, Shared};
use crate::form::Failures;
use crate::store::appointments::{self, Appointment, Booking, Slot};
use crate::store::clients;
use crate::store::users::Identity;

/// Years in which there are appointments.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2100;
/// How long an appointment can be, in minutes.
const MINUTES: std::ops::RangeInclusive<u16> = 5..=480;
/// The longest note, in characters.
const NOTE: usize = 1000;

#[derive(Deserialize)]
pub(super) struct Day {
    day: NaiveDate,
}

/// The appointments of a day.
pub(super) async fn of_day(
    State(app): Shared,
    who: Identity,
    Query(Day { day }): Query<Day>,
) -> Result<Json<Vec<Appointment>>, Problem> {
    if !YEARS.contains(&day.year()) {
        return Err(Problem::query("day must be between 2000 and 2100"));
    }
    let mut session = app.store.read().await?;
    let mut found = appointments::of_day(&mut session, who.organisation, day).await?;
    for row in found.iter_mut().take(app.effects.one_by_one()) {
        let client = clients::one(&mut session, who.organisation, row.client_id).await?;
        row.client = client.map_or_else(String::new, |client| client.name());
    }
    Ok(Json(found))
}

#[derive(Deserialize)]
pub(super) struct New {
    client_id: i64,
    practitioner_id: i64,
    #[serde(flatten)]
    time: Time,
    #[serde(default)]
    note: String,
}

/// A time as it is asked for.
#[derive(Deserialize)]
pub(super) struct Time {
    starts_at: DateTime<Utc>,
    minutes: i64,
}

impl Time {
    /// The time, or what is wrong with it.
    fn slot(&self, failures: &mut Failures) -> Slot {
        if !YEARS.contains(&self.starts_at.year()) {
            let why = format!("must be between {} and {}", YEARS.start(), YEARS.end());
            failures.insert("starts_at".to_owned(), why);
        } else if self.starts_at.second() != 0 || self.starts_at.nanosecond() != 0 {
            failures.insert("starts_at".to_owned(), "must be a whole minute".to_owned());
        }
        let minutes = u16::try_from(self.minutes).ok().filter(|minutes| MINUTES.contains(minutes));
        if minutes.is_none() {
            let why = format!("must be between {} and {}", MINUTES.start(), MINUTES.end());
            failures.insert("minutes".to_owned(), why);
        }
        Slot { starts_at: self.starts_at, minutes: minutes.unwrap_or(*MINUTES.start()) }
    }
}

fn sound(failures: Failures) -> Result<(), Problem> {
    if failures.is_empty() { Ok(()) } else { Err(Problem::Invalid(failures)) }
}

/// Books an appointment.
pub(super) async fn create(
    State(app): Shared,
    who: Identity,
    Body(new): Body<New>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let mut failures = Failures::new();
    let slot = new.time.slot(&mut failures);
    if new.note.chars().count() > NOTE {
        failures.insert("note".to_owned(), format!("must be at most {NOTE} characters"));
    } else if new.note.contains('\0') {
        failures.insert("note".to_owned(), "must not contain NUL".to_owned());
    }
    sound(failures)?;
    let New { client_id, practitioner_id, note, .. } = new;
    let booking = Booking { client_id, practitioner_id, slot, note };
    let mut session = app.store.write(who.organisation).await?;
    let id = appointments::create(&mut session, who.organisation, &booking).await?;
    let id = id.ok_or(Problem::NotFound("such client or practitioner"))?;
    session.commit().await?;
    Ok((StatusCode::CREATED, Json(json!({ "id": id }))))
}

/// Moves an appointment to another time.
pub(super) async fn shift(
    State(app): Shared,
    who: Identity,
    Path(id): Path<i64>,
    Body(time): Body<Time>,
) -> Result<Json<Value>, Problem> {
    let mut failures = Failures::new();
    let slot = time.slot(&mut failures);
    sound(failures)?;
    let mut session = app.store.write(who.organisation).await?;
    if !appointments::shift(&mut session, who.organisation, id, slot).await? {
        return Err(Problem::NotFound("such appointment"));
    }
    session.commit().await?;
    Ok(Json(json!({ "id": id, "starts_at": slot.starts_at, "minutes": slot.minutes })))
}
