//! One organisation's rows.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::random::{Random, Skewed};
use super::rows::Rows;
use super::{forms, words};
use crate::store::users;

/// The first day of all calendars, a Monday.
const FIRST_DAY: NaiveDate = match NaiveDate::from_ymd_opt(2026, 1, 5) {
    Some(day) => day,
    None => NaiveDate::MIN,
};
/// Days of a calendar; weekends stay free.
const DAYS: u64 = 364;
/// Half hours of a working day, from eight to six.
const HALF_HOURS: u32 = 20;
/// Appointments of a client on average.
const APPOINTMENTS: u64 = 6;
/// Submissions of a client on average.
const SUBMISSIONS: u64 = 3;
/// Clients for whom one practitioner is there.
const CLIENTS_PER_PRACTITIONER: usize = 400;
/// Users who cannot be booked.
const DESKS: usize = 3;

/// The last id of each table that was given away.
#[derive(Default)]
pub(super) struct Ids {
    user: i64,
    client: i64,
    form: i64,
    segment: i64,
    appointment: i64,
    submission: i64,
}

fn next(id: &mut i64) -> i64 {
    *id += 1;
    *id
}

/// Rows of an organisation, in the order of the store's tables.
pub(super) fn rows(ids: &mut Ids, seed: u64, organisation: u64, clients: usize) -> [Rows; 7] {
    let random = &mut Random::new(seed, organisation);
    let mut named = Rows::default();
    named.push(&[&organisation, &format!("{} {organisation}", random.word(&words::PRACTICES))]);
    let practitioners = (clients / CLIENTS_PER_PRACTITIONER).max(2);
    let (users, practitioners) = users(ids, random, organisation, practitioners);
    let first_client = ids.client + 1;
    let people = people(ids, random, organisation, clients);
    let first_form = ids.form + 1;
    let forms = form_rows(ids, organisation);
    let segments = segment_rows(ids, organisation, first_form);
    let often = Skewed::new(random, clients);
    let choose = |random: &mut Random| first_client + often.choose(random) as i64;
    let appointments = appointments(ids, random, organisation, clients, &practitioners, choose);
    let submissions = submissions(ids, random, organisation, clients, first_form, choose);
    [named, users, people, forms, segments, appointments, submissions]
}

fn users(
    ids: &mut Ids,
    random: &mut Random,
    organisation: u64,
    bookable: usize,
) -> (Rows, Vec<i64>) {
    let mut rows = Rows::default();
    let mut practitioners = Vec::new();
    for number in 1..=bookable + DESKS {
        let id = next(&mut ids.user);
        let name = format!("{} {}", random.word(&words::GIVEN), random.word(&words::FAMILY));
        let hash = users::hash(&format!("org-{organisation}-user-{number}"));
        let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        let practitioner = number <= bookable;
        rows.push(&[&id, &organisation, &number, &name, &practitioner, &format!("\\x{hash}")]);
        if practitioner {
            practitioners.push(id);
        }
    }
    (rows, practitioners)
}

fn people(ids: &mut Ids, random: &mut Random, organisation: u64, clients: usize) -> Rows {
    let mut rows = Rows::default();
    for _ in 0..clients {
        let id = next(&mut ids.client);
        let (given, family) = (random.word(&words::GIVEN), random.word(&words::FAMILY));
        let email = format!("client{id}@example.org");
        let city = random.word(&words::CITIES);
        let born = back(random.below(80 * 365) + 6 * 365);
        let joined = back(random.below(5 * 365));
        rows.push(&[&id, &organisation, &given, &family, &email, &city, &born, &joined]);
    }
    rows
}

fn back(days: u64) -> NaiveDate {
    FIRST_DAY.checked_sub_days(Days::new(days)).unwrap_or(FIRST_DAY)
}

fn form_rows(ids: &mut Ids, organisation: u64) -> Rows {
    let mut rows = Rows::default();
    for (title, fields) in forms::forms() {
        let fields = serde_json::json!(fields);
        rows.push(&[&next(&mut ids.form), &organisation, &title, &fields]);
    }
    rows
}

fn segment_rows(ids: &mut Ids, organisation: u64, first_form: i64) -> Rows {
    let mut rows = Rows::default();
    for (name, rule) in forms::segments(first_form) {
        rows.push(&[&next(&mut ids.segment), &organisation, &name, &serde_json::json!(rule)]);
    }
    rows
}

/// Every practitioner's calendar is walked through once, so nothing overlaps.
fn appointments(
    ids: &mut Ids,
    random: &mut Random,
    organisation: u64,
    clients: usize,
    practitioners: &[i64],
    choose: impl Fn(&mut Random) -> i64,
) -> Rows {
    let half_hours = practitioners.len() as u64 * (DAYS * 5 / 7) * u64::from(HALF_HOURS);
    // One in four takes two half hours, and the walk skips the second.
    let of_thousand = (clients as u64 * APPOINTMENTS * 1250 / half_hours.max(1)).min(800);
    let mut booked: Vec<(DateTime<Utc>, i64, i64, &str)> = Vec::new();
    for practitioner in practitioners {
        for day in 0..DAYS {
            if day % 7 >= 5 {
                continue;
            }
            let opens = at(day, 8 * 60);
            let mut half_hour = 0;
            while half_hour < HALF_HOURS {
                let starts_at = opens + TimeDelta::minutes(i64::from(half_hour) * 30);
                half_hour += 1;
                if !random.happens(of_thousand) {
                    continue;
                }
                let long = half_hour < HALF_HOURS && random.happens(250);
                half_hour += u32::from(long);
                let minutes = if long { 60 } else { [20, 30][usize::from(random.happens(700))] };
                let note = random.word(&words::NOTES);
                booked.push((starts_at, *practitioner, minutes, note));
            }
        }
    }
    booked.sort_unstable_by_key(|(starts_at, practitioner, ..)| (*starts_at, *practitioner));
    let mut rows = Rows::default();
    for (starts_at, practitioner, minutes, note) in booked {
        let (id, client) = (next(&mut ids.appointment), choose(random));
        let ends_at = starts_at + TimeDelta::minutes(minutes);
        rows.push(&[&id, &organisation, &client, &practitioner, &starts_at, &ends_at, &note]);
    }
    rows
}

fn at(day: u64, minute: i64) -> DateTime<Utc> {
    let day = FIRST_DAY.checked_add_days(Days::new(day)).unwrap_or(FIRST_DAY);
    day.and_time(NaiveTime::MIN).and_utc() + TimeDelta::minutes(minute)
}

fn submissions(
    ids: &mut Ids,
    random: &mut Random,
    organisation: u64,
    clients: usize,
    first_form: i64,
    choose: impl Fn(&mut Random) -> i64,
) -> Rows {
    let forms = forms::forms();
    let minutes = DAYS * 24 * 60;
    let mut times: Vec<u64> =
        (0..clients as u64 * SUBMISSIONS).map(|_| random.below(minutes)).collect();
    times.sort_unstable();
    let mut rows = Rows::default();
    for time in times {
        // Diaries are kept more often than intakes are filled in.
        let form = [0, 1, 1, 1, 1, 2, 3, 3][random.below(8) as usize];
        let submitted_at = at(0, i64::try_from(time).unwrap_or(0));
        let answers = forms::answers(random, &forms[form].1, submitted_at.date_naive());
        let answers = serde_json::Value::Object(answers);
        let (id, client) = (next(&mut ids.submission), choose(random));
        let form = first_form + form as i64;
        rows.push(&[&id, &organisation, &form, &client, &submitted_at, &answers]);
    }
    rows
}
