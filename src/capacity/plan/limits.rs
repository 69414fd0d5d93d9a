//! From measured limits to users: what one user takes of an instance.

use std::collections::{BTreeMap, BTreeSet};

use super::{Limit, Question};
use crate::capacity::figure::{Amount, Input, Planned};
use crate::capacity::traffic::{CALLS, QUERIES, Traffic};
use crate::measure::Unit;

/// What of limits and traffic does not fit together, if anything: a lowercase fragment.
#[must_use]
pub fn fault(limits: &[Limit], traffic: &Traffic) -> Option<String> {
    let mut covered: BTreeMap<&str, &str> = BTreeMap::new();
    for limit in limits {
        let known = |key: &String| {
            key == CALLS || key == QUERIES || traffic.requests.contains_key(key.as_str())
        };
        if let Some(key) = limit.mix.keys().find(|key| !known(key)) {
            return Some(format!(
                "'{}' is measured with '{key}', which no request is of",
                limit.name
            ));
        }
        if limit.mix.values().any(|rate| !rate.is_finite() || *rate <= 0.0) {
            return Some(format!("'{}' has a part of its mix that is not above zero", limit.name));
        }
        if limit.mix.contains_key(QUERIES) && limit.mix.len() > 1 {
            return Some(format!("'{}' mixes queries with what causes them", limit.name));
        }
        for key in limit.mix.keys() {
            if let Some(first) = covered.insert(key, &limit.name) {
                return Some(format!("'{key}' is in two limits, '{first}' and '{}'", limit.name));
            }
        }
    }
    None
}

/// What one user asks for in the busiest minute, by category; whatever nobody asks for is left out.
pub(super) fn asked(traffic: &Traffic) -> Vec<(String, Planned)> {
    let share = Input::policy(
        "active share",
        traffic.active_share,
        Unit::Ratio,
        "capacity.traffic.active-share",
    );
    let peak = peak_factor(traffic);
    let mut asked: Vec<(String, Planned)> = Vec::new();
    for category in traffic.requests.keys().filter(|category| traffic.peak(category) > 0.0) {
        let hourly = format!("{category} requests an hour");
        let key = format!("capacity.traffic.requests.{category}");
        asked.push((
            category.clone(),
            Planned {
                key: format!("peak_per_user.{category}"),
                name: format!("{category} requests of a user at the peak"),
                unit: Unit::PerSecond,
                answer: false,
                amount: Ok(Amount::exact(traffic.peak(category))),
                formula: format!("[{hourly}] x [active share] x [peak factor] / 3600"),
                inputs: vec![
                    Input::policy(&hourly, traffic.per_hour(category), Unit::Count, &key),
                    share.clone(),
                    peak.clone(),
                ],
                binding: None,
            },
        ));
    }
    asked.extend(calls(traffic).map(|step| (CALLS.to_owned(), step)));
    asked
}

fn calls(traffic: &Traffic) -> Option<Planned> {
    let calls = traffic.calls.filter(|calls| calls.minutes_per_day > 0.0)?;
    let input = |name, value, key| Input::policy(name, value, Unit::Count, key);
    Some(Planned {
        key: "peak_per_user.calls".to_owned(),
        name: "calls at a time for a user at the peak".to_owned(),
        unit: Unit::Count,
        answer: false,
        amount: Ok(Amount::exact(traffic.calls_at_a_time())),
        formula: "[call minutes a day] / (60 x [hours a day]) x [peak factor] / [participants]"
            .to_owned(),
        inputs: vec![
            input("call minutes a day", calls.minutes_per_day, "capacity.traffic.calls.per-user"),
            input("hours a day", traffic.hours_per_day, "capacity.traffic.hours-per-day"),
            peak_factor(traffic),
            input("participants", calls.participants, "capacity.traffic.calls.participants"),
        ],
        binding: None,
    })
}

fn peak_factor(traffic: &Traffic) -> Input {
    let key = "capacity.traffic.peak-factor";
    Input::policy("peak factor", traffic.peak_factor, Unit::Count, key)
}

/// The part of one limit that one user takes.
pub(super) struct Part {
    /// The categories of the limit that users ask for.
    covers: BTreeSet<String>,
    pub(super) step: Planned,
}

/// The parts of the limits that users ask something of.
pub(super) fn parts(limits: &[Limit], asked: &[(String, Planned)]) -> Vec<Part> {
    limits.iter().filter_map(|limit| part(limit, asked)).collect()
}

/// A load is carried where each of its categories is no more than in the load that was carried.
fn part(limit: &Limit, asked: &[(String, Planned)]) -> Option<Part> {
    let whole: f64 = limit.mix.values().sum();
    let wanted = |step: &Planned| step.amount.as_ref().map_or(0.0, |amount| amount.value());
    let of_limit = |(category, step): &(String, Planned)| {
        let share = limit.mix.get(category)? / whole;
        Some((wanted(step) / share, share))
    };
    let ours: Vec<_> = asked.iter().filter_map(|entry| Some((entry, of_limit(entry)?))).collect();
    let ((category, step), (needed, share)) =
        *ours.iter().max_by(|a, b| a.1.0.total_cmp(&b.1.0))?;
    let name = format!("limit of {}", limit.name);
    let unit = if category == CALLS { Unit::Count } else { Unit::PerSecond };
    let mut inputs = vec![step.input(), Input::measured(name.as_str(), &limit.carried, unit)];
    let mut formula = format!("[{}] / [{name}]", step.name);
    if limit.mix.len() > 1 {
        let within = format!("{category} in it");
        formula = format!("[{}] / ([{name}] x [{within}])", step.name);
        inputs.push(Input::policy(&within, share, Unit::Ratio, "capacity.limit: mix"));
    }
    let carried = limit.carried.amount.clone();
    Some(Part {
        covers: ours.iter().map(|((category, _), _)| category.clone()).collect(),
        step: Planned {
            key: format!("part_of_limit.{}", limit.name),
            name: format!("part that a user takes of {}", limit.name),
            unit: Unit::Ratio,
            answer: false,
            amount: match carried {
                Ok(carried) if carried.value() > 0.0 => Ok(carried.falling(|most| needed / most)),
                Ok(_) => Err(format!("{}: nothing was carried", limit.name)),
                Err(why) => Err(format!("{}: {why}", limit.name)),
            },
            formula,
            inputs,
            binding: (limit.mix.len() > 1).then(|| format!("{category} requests")),
        },
    })
}

/// How many users one instance carries.
pub(super) fn users_per_instance(
    question: &Question,
    asked: &[(String, Planned)],
    parts: &[Part],
) -> Planned {
    let all: Vec<&Part> = parts.iter().collect();
    let sum = covering(asked, &all).and_then(|()| total(&all));
    users(question, "users_per_instance", "users per instance", &all, sum, true)
}

/// How many users the database was shown to carry, where more instances than one ask it: as many as
/// were measured in queries, or else as one instance had behind it when it was measured.
pub(super) fn users_of_the_database(
    question: &Question,
    asked: &[(String, Planned)],
    parts: &[Part],
) -> Option<Planned> {
    if let Some(limit) = question.limits.iter().find(|limit| limit.mix.contains_key(QUERIES)) {
        return Some(by_queries(question, limit));
    }
    if question.reserve.serving() < 2.0 {
        return None;
    }
    let requests: Vec<_> = asked.iter().filter(|(name, _)| name != CALLS).cloned().collect();
    let behind: Vec<&Part> =
        parts.iter().filter(|part| part.covers.iter().any(|name| name != CALLS)).collect();
    let sum = covering(&requests, &behind).and_then(|()| total(&behind));
    // That the service had its limit there does not say that the database has.
    let name = "users that the database was shown to carry";
    let mut step = users(question, "users_of_the_database", name, &behind, sum, false);
    step.amount = step.amount.map(Amount::or_more);
    Some(step)
}

fn by_queries(question: &Question, limit: &Limit) -> Planned {
    let requests = question.traffic.peak_of_all();
    let free = 1.0 - question.reserve.headroom;
    let name = format!("limit of {}", limit.name);
    let amount = limit.carried.amount.clone().and_then(|carried| {
        let statements = question.statements.amount.clone()?;
        let each = statements.rising(|n| n * requests);
        if each.value() <= 0.0 {
            return Err("no statement was counted".to_owned());
        }
        Ok(carried.with(each.falling(|n| 1.0 / n), |most, users| most * users * free))
    });
    Planned {
        key: "users_of_the_database".to_owned(),
        name: "users that the database carries".to_owned(),
        unit: Unit::Count,
        answer: false,
        amount: amount.map(|amount| amount.rising(f64::floor)),
        formula: format!(
            "[{name}] x (1 - [headroom]) / ([requests of a user at the peak] x [statements a request])"
        ),
        inputs: vec![
            Input::measured(name, &limit.carried, Unit::PerSecond),
            headroom(question),
            all_requests(&question.traffic),
            Input::measured("statements a request", &question.statements, Unit::Count),
        ],
        binding: Some(limit.name.clone()),
    }
}

/// Requests of all categories by a user; each is a figure of its own.
pub(super) fn all_requests(traffic: &Traffic) -> Input {
    let name = "requests of a user at the peak";
    Input::policy(name, traffic.peak_of_all(), Unit::PerSecond, "capacity.traffic")
}

pub(super) fn headroom(question: &Question) -> Input {
    Input::policy("headroom", question.reserve.headroom, Unit::Ratio, "capacity.headroom")
}

/// Every category that users ask for has its limit.
fn covering(asked: &[(String, Planned)], parts: &[&Part]) -> Result<(), String> {
    let uncovered = |name: &String| !parts.iter().any(|part| part.covers.contains(name));
    match asked.iter().find(|(name, _)| uncovered(name)) {
        Some((name, _)) => Err(format!("no limit was measured with '{name}'")),
        None => Ok(()),
    }
}

fn total(parts: &[&Part]) -> Result<Amount, String> {
    parts.iter().try_fold(Amount::exact(0.0), |sum, part| {
        Ok(sum.with(part.step.amount.clone()?, |a, b| a + b))
    })
}

fn users(
    question: &Question,
    key: &str,
    name: &str,
    parts: &[&Part],
    sum: Result<Amount, String>,
    answer: bool,
) -> Planned {
    let free = 1.0 - question.reserve.headroom;
    let terms: Vec<String> = parts.iter().map(|part| format!("[{}]", part.step.name)).collect();
    let formula = match terms.as_slice() {
        [one] => format!("(1 - [headroom]) / {one}"),
        several => format!("(1 - [headroom]) / ({})", several.join(" + ")),
    };
    Planned {
        key: key.to_owned(),
        name: name.to_owned(),
        unit: Unit::Count,
        answer,
        amount: sum.map(|sum| sum.falling(|part| (free / part).floor())),
        formula,
        inputs: std::iter::once(headroom(question))
            .chain(parts.iter().map(|part| part.step.input()))
            .collect(),
        binding: largest(parts),
    }
}

/// The limit of which a user takes the most.
fn largest(parts: &[&Part]) -> Option<String> {
    let value = |part: &Part| part.step.amount.as_ref().map_or(0.0, |amount| amount.value());
    let largest = parts.iter().max_by(|a, b| value(a).total_cmp(&value(b)))?;
    largest.step.amount.as_ref().ok()?;
    let limit = largest.step.key.strip_prefix("part_of_limit.").unwrap_or_default();
    Some(match &largest.step.binding {
        Some(what) => format!("{limit}, by its {what}"),
        None => limit.to_owned(),
    })
}
