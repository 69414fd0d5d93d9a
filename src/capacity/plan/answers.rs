//! From users to what people ask for: organisations, appointments, calls, queries, storage.

use super::limits::all_requests;
use super::{LargestKnown, Question};
use crate::capacity::figure::{Amount, Input, Known, Limited, Planned, Source};
use crate::capacity::traffic::{Made, Traffic};
use crate::measure::Unit;

/// How many users one organisation may have.
pub(super) fn users_per_organisation(question: &Question, per_instance: &Planned) -> Planned {
    let (key, name) = ("users_per_organisation", "users per organisation");
    let Some(LargestKnown { clients, binding }) = &question.largest else {
        let formula = "[users per instance]".to_owned();
        return answer(key, name, per_instance.amount.clone(), formula, vec![per_instance.input()])
            .bound_by(Some(per_instance.name.clone()));
    };
    let each = question.traffic.clients_per_user;
    let by_size = clients.amount.clone().map(|n| n.rising(|clients| (clients / each).floor()));
    let both = by_size.and_then(|size| Ok((size, per_instance.amount.clone()?)));
    let bound = match &both {
        Ok((size, instance)) if instance.value() < size.value() => Some(per_instance.name.clone()),
        Ok(_) => Some(binding.clone()),
        Err(_) => None,
    };
    let inputs = vec![
        Input::measured("clients within the targets", clients, Unit::Count),
        count("clients a user", each, "capacity.traffic.clients-per-user"),
        per_instance.input(),
    ];
    let formula =
        "the least of [clients within the targets] / [clients a user] and [users per instance]";
    let amount = both.map(|(size, instance)| size.least(instance));
    answer(key, name, amount, formula.to_owned(), inputs).bound_by(bound)
}

/// How many ordinary organisations one instance carries.
pub(super) fn organisations_per_instance(
    question: &Question,
    per_instance: &Planned,
    per_organisation: &Planned,
) -> Planned {
    let users = question.traffic.users_per_organisation;
    let most = per_organisation.amount.clone();
    let too_large = most.as_ref().is_ok_and(|most| most.value() < users);
    let amount = most.and_then(|most| match (too_large, most.bound) {
        (false, Limited::AtMost) => {
            Err("no organisation was measured within its targets".to_owned())
        }
        (false, _) => Ok(per_instance.amount.clone()?.rising(|all| (all / users).floor())),
        (true, Limited::AtLeast) => Err(format!(
            "an organisation of {users} users is more than the {} that were measured",
            most.value()
        )),
        (true, _) => Ok(Amount::exact(0.0)),
    });
    let bound_by = if too_large { per_organisation } else { per_instance };
    let inputs = vec![per_instance.input(), organisation(&question.traffic)];
    let formula = "[users per instance] / [users of an organisation]".to_owned();
    answer("organisations_per_instance", "organisations per instance", amount, formula, inputs)
        .bound_by(bound_by.binding.clone())
}

/// How many organisations all serving instances carry.
pub(super) fn organisations(
    question: &Question,
    of_one: &Planned,
    database: Option<&Planned>,
) -> Planned {
    let serving = question.reserve.serving();
    let users = question.traffic.users_per_organisation;
    let instances = of_one.amount.clone().map(|one| one.rising(|n| n * serving));
    let behind = database
        .map(|step| step.amount.clone().map(|carried| carried.rising(|all| (all / users).floor())));
    let mut inputs = vec![
        of_one.input(),
        count("instances", f64::from(question.reserve.instances), "capacity.instances"),
        count("spare", f64::from(question.reserve.spare), "capacity.spare"),
    ];
    let mut formula = format!("[{}] x ([instances] - [spare])", of_one.name);
    let mut binding = of_one.binding.clone();
    if let Some(step) = database {
        formula =
            format!("the least of {formula} and [{}] / [users of an organisation]", step.name);
        inputs.extend([step.input(), organisation(&question.traffic)]);
        if let (Ok(instances), Some(Ok(behind))) = (&instances, &behind)
            && behind.value() < instances.value()
        {
            binding = Some(step.name.clone());
        }
    }
    let amount = match (instances, behind) {
        (Ok(instances), Some(behind)) => behind.map(|behind| instances.least(behind)),
        (instances, _) => instances,
    };
    answer("organisations", "organisations in all", amount, formula, inputs).bound_by(binding)
}

/// What so many organisations do.
pub(super) fn of_organisations(
    question: &Question,
    per_instance: &Planned,
    organisations: &Planned,
) -> Vec<Planned> {
    let traffic = &question.traffic;
    let size = traffic.users_per_organisation;
    let users = times(organisations, size, organisation(traffic)).called("users", "users in all");
    let rate = |users: &Planned, key, name| {
        let step = times(users, traffic.peak_of_all(), all_requests(traffic)).called(key, name);
        Planned { unit: Unit::PerSecond, ..step }
    };
    let full = rate(per_instance, "requests_per_instance", "requests of a full instance");
    let requests = rate(&users, "requests_per_s", "requests at the peak");
    let queries = queries(question, &requests);
    let done = [
        made(&users, "appointments", traffic.appointments.as_ref()),
        made(&users, "submissions", traffic.submissions.as_ref()),
        calls(traffic, &users),
        storage(question, &users),
    ];
    let in_all = [users, requests, queries].into_iter().chain(done);
    std::iter::once(full.bound_by(per_instance.binding.clone()))
        .chain(in_all.map(|step| step.bound_by(organisations.binding.clone())))
        .collect()
}

/// What one user adds to the database a month, in bytes.
#[must_use]
pub fn bytes_per_user(question: &Question) -> Known {
    let mut sum: Result<Amount, String> = Ok(Amount::exact(0.0));
    let mut source = Source::default();
    let mut rows = rows(&question.traffic).peekable();
    if rows.peek().is_none() {
        return Known::missing("the traffic model says nothing of rows that are made");
    }
    for (_, made) in rows {
        let monthly = made.per_day * question.traffic.days_per_month;
        let bytes = bytes(question, made);
        source.clone_from(&bytes.source);
        sum = sum.and_then(|sum| Ok(sum.with(bytes.amount?, |sum, each| sum + monthly * each)));
    }
    Known { amount: sum, source }
}

fn bytes(question: &Question, made: &Made) -> Known {
    let missing =
        || Known::missing(format!("the bytes of a row of {} are not measured", made.table));
    question.bytes.get(&made.table).cloned().unwrap_or_else(missing)
}

fn queries(question: &Question, requests: &Planned) -> Planned {
    let each = &question.statements;
    let amount = requests.amount.clone();
    let amount = amount.and_then(|n| Ok(n.with(each.amount.clone()?, |n, each| n * each)));
    let inputs = vec![requests.input(), Input::measured("statements a request", each, Unit::Count)];
    let formula = format!("[{}] x [statements a request]", requests.name);
    let step = answer("queries_per_s", "database queries at the peak", amount, formula, inputs);
    Planned { unit: Unit::PerSecond, ..step }
}

fn made(users: &Planned, what: &str, made: Option<&Made>) -> Planned {
    let (key, name) = (format!("{what}_per_day"), format!("{what} a day"));
    match made {
        Some(made) => times(users, made.per_day, of_a_day(what, made)).called(&key, &name),
        None => unasked(&key, &name, &format!("the traffic model says nothing of {what}")),
    }
}

fn calls(traffic: &Traffic, users: &Planned) -> Planned {
    let (key, name) = ("concurrent_calls", "videocalls at a time");
    if traffic.calls.is_none() {
        return unasked(key, name, "the traffic model says nothing of calls");
    }
    let each = traffic.calls_at_a_time();
    let input = count("calls at a time for a user at the peak", each, "capacity.traffic.calls");
    times(users, each, input).called(key, name)
}

fn storage(question: &Question, users: &Planned) -> Planned {
    let (key, name) = ("storage_per_month", "storage growth a month");
    if rows(&question.traffic).next().is_none() {
        let why = "the traffic model says nothing of appointments and submissions";
        return Planned { unit: Unit::Bytes, ..unasked(key, name, why) };
    }
    let each = bytes_per_user(question);
    let amount = users.amount.clone().and_then(|n| Ok(n.with(each.amount?, |n, bytes| n * bytes)));
    let mut terms = Vec::new();
    let mut inputs = vec![users.input()];
    for (what, made) in rows(&question.traffic) {
        let rows = of_a_day(what, made);
        let size = format!("bytes a row of {}", made.table);
        terms.push(format!("[{}] x [{size}]", rows.name));
        inputs.extend([rows, Input::measured(size, &bytes(question, made), Unit::Bytes)]);
    }
    let days = question.traffic.days_per_month;
    inputs.push(count("days a month", days, "capacity.traffic.days-per-month"));
    let formula = format!("[{}] x ({}) x [days a month]", users.name, terms.join(" + "));
    Planned { unit: Unit::Bytes, ..answer(key, name, amount, formula, inputs) }
}

fn rows(traffic: &Traffic) -> impl Iterator<Item = (&'static str, &Made)> {
    [("appointments", &traffic.appointments), ("submissions", &traffic.submissions)]
        .into_iter()
        .filter_map(|(what, made)| Some((what, made.as_ref()?)))
}

fn of_a_day(what: &str, made: &Made) -> Input {
    let key = format!("capacity.traffic.{what}.per-user");
    count(&format!("{what} of a user a day"), made.per_day, &key)
}

fn times(step: &Planned, each: f64, input: Input) -> Planned {
    let amount = step.amount.clone().map(|n| n.rising(|n| n * each));
    let formula = format!("[{}] x [{}]", step.name, input.name);
    answer("", "", amount, formula, vec![step.input(), input])
}

fn organisation(traffic: &Traffic) -> Input {
    let key = "capacity.traffic.users-per-organisation";
    count("users of an organisation", traffic.users_per_organisation, key)
}

fn count(name: &str, value: f64, key: &str) -> Input {
    Input::policy(name, value, Unit::Count, key)
}

fn unasked(key: &str, name: &str, why: &str) -> Planned {
    answer(key, name, Err(why.to_owned()), String::new(), Vec::new())
}

fn answer(
    key: &str,
    name: &str,
    amount: Result<Amount, String>,
    formula: String,
    inputs: Vec<Input>,
) -> Planned {
    Planned {
        key: key.to_owned(),
        name: name.to_owned(),
        unit: Unit::Count,
        answer: true,
        amount,
        formula,
        inputs,
        binding: None,
    }
}

impl Planned {
    fn bound_by(self, binding: Option<String>) -> Self {
        Self { binding, ..self }
    }

    fn called(self, key: &str, name: &str) -> Self {
        Self { key: key.to_owned(), name: name.to_owned(), ..self }
    }
}
