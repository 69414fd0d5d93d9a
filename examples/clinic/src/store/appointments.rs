//! Appointments.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::Serialize;
use sqlx::FromRow;

use super::users::Range;
use super::{Error, Session};
use crate::organisation::Organisation;

/// An appointment.
#[derive(Debug, Clone, Serialize, FromRow)]
pub struct Appointment {
    /// Its id.
    pub id: i64,
    /// Who comes.
    pub client_id: i64,
    /// The client's name.
    pub client: String,
    /// Who is booked.
    pub practitioner_id: i64,
    /// The practitioner's name.
    pub practitioner: String,
    /// When it starts.
    pub starts_at: DateTime<Utc>,
    /// How long it takes.
    pub minutes: i32,
    /// What was noted.
    pub note: String,
}

/// A time: when it starts, and how long it takes.
#[derive(Debug, Clone, Copy)]
pub struct Slot {
    /// The start.
    pub starts_at: DateTime<Utc>,
    /// The length in minutes.
    pub minutes: u16,
}

impl Slot {
    fn ends_at(self) -> DateTime<Utc> {
        self.starts_at + TimeDelta::minutes(i64::from(self.minutes))
    }
}

/// What is to be booked.
#[derive(Debug, Clone)]
pub struct Booking {
    /// Who comes.
    pub client_id: i64,
    /// Who is booked.
    pub practitioner_id: i64,
    /// When.
    pub slot: Slot,
    /// What is noted.
    pub note: String,
}

/// Appointments that start on a day, in UTC, in order.
///
/// # Errors
///
/// Where the database fails.
pub async fn of_day(
    session: &mut Session,
    organisation: Organisation,
    day: NaiveDate,
) -> Result<Vec<Appointment>, Error> {
    // Names one by one: for a join the planner would read all clients of a large organisation.
    let query = sqlx::query_as(
        "select a.id, a.client_id,
            (select c.given_name || ' ' || c.family_name from clients c
                where c.organisation_id = a.organisation_id and c.id = a.client_id) as client,
            a.practitioner_id, p.name as practitioner, a.starts_at,
            (extract(epoch from a.ends_at - a.starts_at) / 60)::int as minutes, a.note
        from appointments a
        join users p on p.organisation_id = a.organisation_id and p.id = a.practitioner_id
        where a.organisation_id = $1 and a.starts_at >= $2 and a.starts_at < $3
        order by a.starts_at, a.id limit 500",
    );
    let start = day.and_time(chrono::NaiveTime::MIN).and_utc();
    let end = start + TimeDelta::days(1);
    session.all("appointments_of_day", query.bind(organisation).bind(start).bind(end)).await
}

/// The last appointments of a client, newest first.
///
/// # Errors
///
/// Where the database fails.
pub async fn of_client(
    session: &mut Session,
    organisation: Organisation,
    client: i64,
    limit: i64,
) -> Result<Vec<Appointment>, Error> {
    let query = sqlx::query_as(
        "select a.id, a.client_id, c.given_name || ' ' || c.family_name as client,
            a.practitioner_id, p.name as practitioner, a.starts_at,
            (extract(epoch from a.ends_at - a.starts_at) / 60)::int as minutes, a.note
        from appointments a
        join clients c on c.organisation_id = a.organisation_id and c.id = a.client_id
        join users p on p.organisation_id = a.organisation_id and p.id = a.practitioner_id
        where a.organisation_id = $1 and a.client_id = $2
        order by a.starts_at desc, a.id limit $3",
    );
    session.all("appointments_of_client", query.bind(organisation).bind(client).bind(limit)).await
}

/// One appointment.
///
/// # Errors
///
/// Where the database fails.
pub async fn one(
    session: &mut Session,
    organisation: Organisation,
    id: i64,
) -> Result<Option<Appointment>, Error> {
    let query = sqlx::query_as(
        "select a.id, a.client_id, c.given_name || ' ' || c.family_name as client,
            a.practitioner_id, p.name as practitioner, a.starts_at,
            (extract(epoch from a.ends_at - a.starts_at) / 60)::int as minutes, a.note
        from appointments a
        join clients c on c.organisation_id = a.organisation_id and c.id = a.client_id
        join users p on p.organisation_id = a.organisation_id and p.id = a.practitioner_id
        where a.organisation_id = $1 and a.id = $2",
    );
    session.optional("appointment", query.bind(organisation).bind(id)).await
}

/// Books an appointment and gives its id; none where the client or the practitioner is not the
/// organisation's.
///
/// # Errors
///
/// [`Error::Overlap`], or where the database fails.
pub async fn create(
    session: &mut Session,
    organisation: Organisation,
    booking: &Booking,
) -> Result<Option<i64>, Error> {
    // Two that book one practitioner go one after the other. Without the lock each would insert and
    // then wait for the other's row to be decided, which is a deadlock.
    let query = sqlx::query_as::<_, (i64,)>(
        "with practitioner as (
            select id from users
            where organisation_id = $1 and id = $3 and practitioner for no key update)
        insert into appointments
            (organisation_id, client_id, practitioner_id, starts_at, ends_at, note)
        select $1, c.id, p.id, $4, $5, $6 from practitioner p, clients c
        where c.organisation_id = $1 and c.id = $2
        returning id",
    );
    let query = query
        .bind(organisation)
        .bind(booking.client_id)
        .bind(booking.practitioner_id)
        .bind(booking.slot.starts_at)
        .bind(booking.slot.ends_at())
        .bind(&booking.note);
    Ok(session.optional("appointment_create", query).await?.map(|(id,)| id))
}

/// Moves an appointment; false where the organisation has none of that id.
///
/// # Errors
///
/// [`Error::Overlap`], or where the database fails.
pub async fn shift(
    session: &mut Session,
    organisation: Organisation,
    id: i64,
    slot: Slot,
) -> Result<bool, Error> {
    let query = sqlx::query(
        "with practitioner as (
            select id from users
            where organisation_id = $1 and id = (
                select practitioner_id from appointments where organisation_id = $1 and id = $2)
            for no key update)
        update appointments a set starts_at = $3, ends_at = $4 from practitioner p
        where a.organisation_id = $1 and a.id = $2 and a.practitioner_id = p.id",
    );
    let query = query.bind(organisation).bind(id).bind(slot.starts_at).bind(slot.ends_at());
    Ok(session.execute("appointment_move", query).await?.rows_affected() == 1)
}

/// The longest range of ids without a gap, if there is an appointment.
///
/// # Errors
///
/// Where the database fails.
pub async fn range(
    session: &mut Session,
    organisation: Organisation,
) -> Result<Option<Range>, Error> {
    let query = sqlx::query_as(
        "select min(id) as first, max(id) as last from (
            select id, id - row_number() over (order by id) as run
            from appointments where organisation_id = $1) as numbered
        group by run order by count(*) desc, run limit 1",
    );
    session.optional("appointments_range", query.bind(organisation)).await
}
