//! Segments.

use serde::Serialize;
use sqlx::types::Json;
use sqlx::{FromRow, QueryBuilder};

use super::{Error, Session};
use crate::organisation::Organisation;
use crate::segment::{self, Rule};

/// A segment.
#[derive(Debug, Clone, FromRow)]
pub struct Segment {
    /// Its id.
    pub id: i64,
    /// What it is called.
    pub name: String,
    /// Who is in it.
    pub rules: Json<Rule>,
}

/// A client of a segment.
#[derive(Debug, Serialize, FromRow)]
pub struct Member {
    /// The client's id.
    pub id: i64,
    /// The client's name.
    pub name: String,
    /// How many appointments the client has.
    pub appointments: i64,
    /// How many submissions.
    pub submissions: i64,
}

/// Who is in a segment.
#[derive(Debug, Serialize)]
pub struct Evaluation {
    /// How many clients are.
    pub count: i64,
    /// The most active of them.
    pub sample: Vec<Member>,
}

#[derive(FromRow)]
struct Counted {
    count: i64,
    #[sqlx(flatten)]
    member: Member,
}

/// One segment.
///
/// # Errors
///
/// Where the database fails.
pub async fn one(
    session: &mut Session,
    organisation: Organisation,
    id: i64,
) -> Result<Option<Segment>, Error> {
    let query = sqlx::query_as(
        "select id, name, rules from segments where organisation_id = $1 and id = $2",
    );
    session.optional("segment", query.bind(organisation).bind(id)).await
}

/// The organisation's clients for whom a rule holds, and the `limit` of them with the most
/// appointments.
///
/// # Errors
///
/// Where the database fails.
pub async fn evaluate(
    session: &mut Session,
    organisation: Organisation,
    rule: &Rule,
    limit: i64,
) -> Result<Evaluation, Error> {
    let mut sql = QueryBuilder::new(
        "with member as materialized (
            select c.id, c.given_name || ' ' || c.family_name as name
            from clients c where c.organisation_id = ",
    );
    sql.push_bind(organisation).push(" and (");
    segment::push(&mut sql, organisation, rule);
    sql.push(
        ")), booked as (
            select client_id, count(*) as number from appointments where organisation_id = ",
    );
    sql.push_bind(organisation);
    sql.push(
        " group by client_id), submitted as (
            select client_id, count(*) as number from submissions where organisation_id = ",
    );
    sql.push_bind(organisation);
    sql.push(
        " group by client_id)
        select count(*) over () as count, m.id, m.name,
            coalesce(b.number, 0) as appointments, coalesce(s.number, 0) as submissions
        from member m
        left join booked b on b.client_id = m.id left join submitted s on s.client_id = m.id
        order by appointments desc, m.id limit ",
    );
    sql.push_bind(limit);
    let counted: Vec<Counted> = session.all("segment_evaluate", sql.build_query_as()).await?;
    let count = counted.first().map_or(0, |first| first.count);
    Ok(Evaluation { count, sample: counted.into_iter().map(|row| row.member).collect() })
}
