//! The limit of a target, and what was promised beside it.

use crate::measure::{Better, Metric, Unit};
use crate::policy::Bound;
use crate::policy::config::document::{Field, Form, Section};
use crate::policy::config::gate::is_time_or_size;
use crate::policy::config::{ConfigError, forms};
use crate::policy::quantity::{Quantity, quantity, rate, shown};

/// The side and the limit of a target that is no availability.
pub(super) fn read_bound(
    section: &Section<'_>,
    metric: Metric,
) -> Result<(Bound, Quantity), ConfigError> {
    if let Some(field) = section.get("promql") {
        let hint = "it counts for availability = \"99.5%\" alone".to_owned();
        return Err(field.refuse("no meaning without availability", hint));
    }
    let (bound, field) = match (section.get("at-most"), section.get("at-least")) {
        (Some(field), None) => (Bound::AtMost, field),
        (None, Some(field)) => (Bound::AtLeast, field),
        (found, _) => {
            let many = if found.is_some() { "both" } else { "neither" };
            let joint = if found.is_some() { "and" } else { "nor" };
            let message = format!("[[slo]] has {many} 'at-most' {joint} 'at-least'");
            let hint = format!("write at-most = {}", form(metric).example);
            return Err(section.refuse(message, hint));
        }
    };
    if bound == Bound::AtLeast && metric.better() == Better::Lower {
        let hint = format!(
            "of {} less is better: write at-most = {}",
            metric.name(),
            form(metric).example
        );
        return Err(field.refuse("it would be kept by what is slow or fails", hint));
    }
    let limit = read_limit(&field, metric)?;
    // Without an error there is a run, but none takes no time.
    if bound == Bound::AtMost && metric.is_time() && limit.value <= 0.0 {
        let hint = format!("write at-most = {}", form(metric).example);
        return Err(field.refuse("nothing takes no time: it would never be kept", hint));
    }
    Ok((bound, limit))
}

fn form(metric: Metric) -> Form {
    match metric.unit(Unit::Ns) {
        Unit::Ratio => forms::SHARE_LIMIT,
        Unit::PerSecond => forms::RATE_LIMIT,
        Unit::Count => forms::COUNT_LIMIT,
        _ => forms::LATENCY_LIMIT,
    }
}

/// A limit in a unit that the metric can have.
pub(super) fn read_limit(field: &Field<'_>, metric: Metric) -> Result<Quantity, ConfigError> {
    let form = form(metric);
    let limit = match metric.unit(Unit::Ns) {
        Unit::PerSecond => field.parsed(form, |text| rate(text).and_then(|_| quantity(text)))?,
        _ => field.parsed(form, quantity)?,
    };
    let fits = match metric.unit(Unit::Ns) {
        Unit::Ns => is_time_or_size(limit.unit),
        unit => limit.unit == unit,
    };
    if fits {
        return Ok(limit);
    }
    let what = format!(
        "found '{}', expected {} for '{}'",
        shown(field.text(form)?),
        form.expected,
        metric.name()
    );
    Err(field.refuse(&what, format!("write {} = {}", field.key(), form.example)))
}

/// A promise to a customer leaves room for the target.
pub(super) fn check_contract(
    field: &Field<'_>,
    bound: Bound,
    target: Quantity,
    contract: Quantity,
) -> Result<Quantity, ConfigError> {
    let Some(promised) = contract.in_unit(target.unit) else {
        let hint = "write both as durations, or both as sizes".to_owned();
        return Err(field.refuse("the promise and the target measure different things", hint));
    };
    // The target has to lie within what was promised.
    if bound.allows(target.value, promised) {
        return Ok(contract);
    }
    let hint =
        "the target is what is aimed at, and lies within the promise: relax the promise, or \
                tighten the target"
            .to_owned();
    Err(field.refuse("the promise is stricter than the target", hint))
}
