//! Targets, held against what is committed.

use super::super::error::Error;
use super::super::slo;
use super::baselines::machine;
use crate::measure::Unit;
use crate::pages::{Amount, Budget, BurnRule, Source, State, Target, Targets, Value};
use crate::policy::config::Config;
use crate::policy::{Slo, SloState};
use crate::report::{AvailabilityPolicy, SloResult, SloSource};

/// The tag that says what kind of endpoint a target is about.
const CATEGORY: &str = "category";

/// Every target with what the committed baselines say of it, and what availabilities leave.
///
/// # Errors
/// Where a baseline cannot be read, or a target is about what nobody knows.
pub(super) fn targets(config: &Config) -> Result<Targets, Error> {
    let (judged, policies) = slo::committed_targets(config)?;
    let of_one = |(slo, results): (&Slo, Vec<SloResult>)| -> Vec<Target> {
        results.into_iter().map(|result| target(slo, result)).collect()
    };
    Ok(Targets {
        targets: judged.into_iter().flat_map(of_one).collect(),
        budgets: policies.iter().map(budget).collect(),
    })
}

fn target(slo: &Slo, result: SloResult) -> Target {
    let category = slo.scope.tags.get(CATEGORY).map(ToString::to_string);
    let first = result.id.split(" / ").next().filter(|_| result.id.contains(" / "));
    let category = category.or_else(|| first.map(str::to_owned));
    let measured = match (result.measured, result.interval) {
        (Some(value), Some([low, high])) => {
            Value::Known(Amount::new(value, result.unit).within(low, high))
        }
        (Some(value), None) => Value::Known(Amount::new(value, result.unit)),
        (None, _) => Value::NotMeasured(result.because.unwrap_or_default()),
    };
    Target {
        category: category.unwrap_or_else(|| result.suite.clone()),
        row: Some(result.id.clone()),
        id: result.name.unwrap_or(result.id),
        metric: result.metric.name().replace('_', " "),
        bound: result.bound,
        target: Amount::new(result.target, result.unit),
        promise: result.contract.map(|promise| Amount::new(promise.target, result.unit)),
        at: Some(result.at),
        measured,
        state: state(result.state),
        margin: difference(result.margin, result.target, result.unit),
        promise_margin: result
            .contract
            .and_then(|promise| difference(promise.margin, promise.target, result.unit)),
        source: result.source.as_ref().map(source),
    }
}

/// Of a share, what is left of it is a difference.
fn difference(margin: Option<f64>, target: f64, unit: Unit) -> Option<f64> {
    margin.map(|margin| if unit == Unit::Ratio { margin * target } else { margin })
}

pub(super) fn state(state: SloState) -> State {
    match state {
        SloState::Met => State::Met,
        SloState::AtRisk => State::AtRisk,
        SloState::Broken => State::Broken,
        SloState::NotMeasured => State::NotMeasured,
    }
}

fn source(source: &SloSource) -> Source {
    let day = |time: &String| time.get(..10).unwrap_or(time).to_owned();
    let date = source.times.as_ref().map(|[first, last]| match day(first) == day(last) {
        true => day(first),
        false => format!("{} to {}", day(first), day(last)),
    });
    Source {
        file: source.paths.first().cloned().unwrap_or_default(),
        commits: source.commits.clone(),
        machine: machine(&source.machine),
        date,
    }
}

fn budget(policy: &AvailabilityPolicy) -> Budget {
    Budget {
        name: policy.id.clone(),
        availability: policy.objective,
        // A whole number from 1 to 366, by the policy's own constant.
        days: policy.days as u32,
        minutes: policy.budget_minutes,
        rules: policy
            .burn_rates
            .iter()
            .map(|burn| BurnRule {
                severity: burn.severity.to_owned(),
                factor: burn.rate,
                long: burn.long.to_owned(),
                short: burn.short.to_owned(),
                consumed: burn.budget_share,
            })
            .collect(),
    }
}
