//! `[capacity.traffic]`.

use std::collections::BTreeMap;

use super::read::{counted, name};
use super::{forms, units};
use crate::capacity::traffic::{Calls, Made, Traffic};
use crate::policy::config::ConfigError;
use crate::policy::config::document::{Field, Section};
use crate::policy::config::suite::optional;
use crate::policy::quantity::share;

const KEYS: [&str; 10] = [
    "users-per-organisation",
    "clients-per-user",
    "active-share",
    "peak-factor",
    "hours-per-day",
    "days-per-month",
    "requests",
    "appointments",
    "submissions",
    "calls",
];

pub(super) fn read_traffic(field: &Field<'_>) -> Result<Traffic, ConfigError> {
    let section = field.table("[capacity.traffic]", forms::TRAFFIC, &KEYS)?;
    let number = |key| section.need(key, forms::NUMBER)?.number(forms::NUMBER);
    let users = section.need("users-per-organisation", forms::COUNT)?;
    let active = section.need("active-share", forms::SHARE)?;
    let hours = section.need("hours-per-day", forms::HOURS)?;
    let days = section.need("days-per-month", forms::COUNT)?;
    Ok(Traffic {
        users_per_organisation: f64::from(counted(&users)?),
        clients_per_user: number("clients-per-user")?,
        active_share: active.parsed(forms::SHARE, share)?,
        peak_factor: number("peak-factor")?,
        hours_per_day: hours.parsed(forms::HOURS, units::hours)?,
        days_per_month: f64::from(counted(&days)?),
        requests: read_requests(&section)?,
        appointments: optional(&section, "appointments", |f| {
            made(f, "[capacity.traffic.appointments]")
        })?,
        submissions: optional(&section, "submissions", |f| {
            made(f, "[capacity.traffic.submissions]")
        })?,
        calls: optional(&section, "calls", calls)?,
    })
}

fn read_requests(
    traffic: &Section<'_>,
) -> Result<BTreeMap<String, BTreeMap<String, f64>>, ConfigError> {
    let field = traffic.need("requests", forms::REQUESTS)?;
    let categories = field.open_table("[capacity.traffic.requests]", forms::REQUESTS)?;
    let mut requests: BTreeMap<String, BTreeMap<String, f64>> = BTreeMap::new();
    let mut endpoints_seen: BTreeMap<String, String> = BTreeMap::new();
    for category in categories.fields() {
        let endpoints = category.open_table("[capacity.traffic.requests]", forms::ENDPOINTS)?;
        let mut rates = BTreeMap::new();
        for endpoint in endpoints.fields() {
            let (key, within) = (endpoint.key().to_owned(), category.key().to_owned());
            if let Some(other) = endpoints_seen.insert(key.clone(), within) {
                let what = format!("the endpoint is in '{other}' already");
                return Err(endpoint.refuse(&what, "give each endpoint one category".to_owned()));
            }
            rates.insert(key, endpoint.parsed(forms::HOURLY, units::hourly)?);
        }
        requests.insert(category.key().to_owned(), rates);
    }
    Ok(requests)
}

fn made(field: &Field<'_>, table: &'static str) -> Result<Made, ConfigError> {
    let section = field.table(table, forms::MADE, &["per-user", "endpoint", "table"])?;
    let per_day = section.need("per-user", forms::DAILY)?;
    Ok(Made {
        per_day: per_day.parsed(forms::DAILY, units::daily)?,
        endpoint: name(&section.need("endpoint", forms::NAME)?, forms::NAME)?,
        table: name(&section.need("table", forms::NAME)?, forms::NAME)?,
    })
}

fn calls(field: &Field<'_>) -> Result<Calls, ConfigError> {
    let keys = ["per-user", "participants"];
    let section = field.table("[capacity.traffic.calls]", forms::CALLS, &keys)?;
    let minutes = section.need("per-user", forms::MINUTES_DAILY)?;
    Ok(Calls {
        minutes_per_day: minutes.parsed(forms::MINUTES_DAILY, units::minutes_daily)?,
        participants: f64::from(counted(&section.need("participants", forms::COUNT)?)?),
    })
}
