//! Appointments.

use axum::Json;
use axum::extract::State;
use chrono::{Datelike, NaiveDate};
use serde::Deserialize;

use super::input::Query;
use super::{Problem, Shared};
use crate::store::appointments::{self, Appointment};
use crate::store::users::Identity;

/// Years in which there are appointments.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2100;

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
    Ok(Json(appointments::of_day(&mut session, who.organisation, day).await?))
}
