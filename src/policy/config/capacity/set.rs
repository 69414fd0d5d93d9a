//! What if: a number of the plan, changed for one question.

use super::model::Capacity;
use super::units;
use crate::policy::quantity::{QuantityError, share, shown};

/// The names that can be changed, as help shows them.
const NAMES: &str = "headroom, instances, spare, active-share, peak-factor, hours-per-day, \
                     days-per-month, users-per-organisation, clients-per-user, appointments, \
                     submissions, calls, participants, organisations, growth, CATEGORY.ENDPOINT";

/// Changes one number of the plan, as `peak_factor=3` or `read.client=30/h` say it: names with `-` or
/// `_`, values as in the configuration.
///
/// # Errors
/// A name that is none, a value of another form, or one with which the others cannot be: a lowercase
/// fragment and a hint.
pub fn set(capacity: &mut Capacity, words: &str) -> Result<(), String> {
    let (name, value) = words
        .split_once('=')
        .ok_or_else(|| format!("found '{}'\nhint: write NAME=VALUE", shown(words)))?;
    let mut changed = capacity.clone();
    change(&mut changed, name.trim(), value.trim())?;
    match changed.fault() {
        Some(fault) => Err(format!("{}: {fault}\nhint: change another number too", shown(words))),
        None => {
            *capacity = changed;
            Ok(())
        }
    }
}

fn change(capacity: &mut Capacity, name: &str, value: &str) -> Result<(), String> {
    let unknown = || format!("no number is named '{}'\nhint: the names are {NAMES}", shown(name));
    let Capacity { reserve, traffic, now, .. } = capacity;
    match name.replace('_', "-").as_str() {
        "headroom" => reserve.headroom = read(name, value, share)?,
        "instances" => reserve.instances = whole(name, value)?,
        "spare" => reserve.spare = whole(name, value)?,
        "active-share" => traffic.active_share = read(name, value, share)?,
        "peak-factor" => traffic.peak_factor = number(name, value)?,
        "hours-per-day" => traffic.hours_per_day = read(name, value, units::hours)?,
        "days-per-month" => traffic.days_per_month = f64::from(whole(name, value)?),
        "users-per-organisation" => {
            traffic.users_per_organisation = f64::from(whole(name, value)?);
        }
        "clients-per-user" => traffic.clients_per_user = number(name, value)?,
        "appointments" => {
            let made = traffic.appointments.as_mut().ok_or_else(unknown)?;
            made.per_day = read(name, value, units::daily)?;
        }
        "submissions" => {
            let made = traffic.submissions.as_mut().ok_or_else(unknown)?;
            made.per_day = read(name, value, units::daily)?;
        }
        "calls" => {
            let calls = traffic.calls.as_mut().ok_or_else(unknown)?;
            calls.minutes_per_day = read(name, value, units::minutes_daily)?;
        }
        "participants" => {
            let calls = traffic.calls.as_mut().ok_or_else(unknown)?;
            calls.participants = f64::from(whole(name, value)?);
        }
        "organisations" => {
            now.as_mut().ok_or_else(unknown)?.organisations = f64::from(whole(name, value)?);
        }
        "growth" => now.as_mut().ok_or_else(unknown)?.growth = read(name, value, units::growth)?,
        _ => {
            // Categories and endpoints are called as somebody called them.
            let (category, endpoint) = name.split_once('.').ok_or_else(unknown)?;
            let endpoints = traffic.requests.get_mut(category).ok_or_else(unknown)?;
            let rate = endpoints.get_mut(endpoint).ok_or_else(unknown)?;
            *rate = read(name, value, units::hourly)?;
        }
    }
    Ok(())
}

fn read(
    name: &str,
    value: &str,
    parse: impl Fn(&str) -> Result<f64, QuantityError>,
) -> Result<f64, String> {
    parse(value).map_err(|error| {
        format!("{}: {error}\nhint: write {}={}", shown(name), shown(name), error.suggestion())
    })
}

fn number(name: &str, value: &str) -> Result<f64, String> {
    let number = value.parse().ok().filter(|number: &f64| number.is_finite());
    number.ok_or_else(|| {
        format!(
            "{}: found '{}', expected a number\nhint: write {}=2",
            shown(name),
            shown(value),
            shown(name)
        )
    })
}

fn whole(name: &str, value: &str) -> Result<u32, String> {
    value.parse().map_err(|_| {
        format!(
            "{}: found '{}', expected a whole number\nhint: write {}=2",
            shown(name),
            shown(value),
            shown(name)
        )
    })
}
