//! The words and cells of a fit: decided here once, laid out by each dialect.

use crate::capacity::fit::{Fit, HardLimitFit, Model, Peak};
use crate::capacity::{Estimate, Step, little};
use crate::measure::Unit;

use crate::report::{Scale, number};

/// What the fit says, in one line. Beyond what was measured it claims nothing that it does not call
/// extrapolated.
#[must_use]
pub fn fit_headline(fit: &Fit) -> String {
    match fit.model {
        Model::HardLimit => of_limit(fit, &fit.hard_limit),
        Model::Usl => of_law(fit, fit.usl.peak.as_ref()),
    }
}

/// Why the model was chosen, in one line.
#[must_use]
pub fn fit_because(fit: &Fit) -> String {
    let (chosen, other) = fit.qualities();
    let steps = format!(
        "{} at {}",
        number::count(fit.steps.len(), "step"),
        number::count(fit.levels, "concurrency level")
    );
    if let Some(p) = fit.refuted {
        let line = match fit.hard_limit.law.r0_s {
            Some(_) => "grows in proportion",
            None => "is the same everywhere",
        };
        return format!(
            "that throughput {line} is refuted by {steps} (F test against the scalability law, p = {}), \
             and they show no other hard limit",
            number::probability(p)
        );
    }
    let other_name = match fit.model {
        Model::Usl => "a hard limit",
        Model::HardLimit => "the scalability law (USL)",
    };
    let close = if fit.weight < CLEAR {
        "; that is close, and more concurrencies would tell them apart"
    } else {
        ""
    };
    format!(
        "Akaike's criterion for small samples is {} against {} for {other_name}, over {steps}: \
         weight of evidence {}{close}",
        number::value(chosen.aicc, Unit::Count),
        number::value(other.aicc, Unit::Count),
        number::value(fit.weight, Unit::Ratio),
    )
}

/// The weight of evidence under which both models deserve a look.
const CLEAR: f64 = 0.9;

fn of_limit(fit: &Fit, limit: &HardLimitFit) -> String {
    let (least, most) = fit.range();
    let (least, most) = (number::chosen(least), number::chosen(most));
    let limit_per_s = limit.limit_per_s.as_ref().map(|limit| estimate(limit, Unit::PerSecond));
    let fallen = fit.most.falls.then(|| fallen(fit));
    let but = || fallen.as_ref().map_or_else(String::new, |fallen| format!("; but {fallen}"));
    match (&limit.knee, limit_per_s) {
        (None, Some(limit_per_s)) if limit.r0_s.is_some() => format!(
            "hard limit: {limit_per_s}; the concurrency from which on it holds is not certain{}",
            but()
        ),
        (Some(knee), Some(limit_per_s)) => format!(
            "hard limit: {limit_per_s} from a concurrency of {} on; {}",
            estimate(knee, Unit::Count),
            fallen.unwrap_or_else(|| "what comes on top only waits".to_owned())
        ),
        (None, Some(limit_per_s)) => format!(
            "hard limit: {limit_per_s} at every measured concurrency, from {least} to {most}{}",
            but()
        ),
        (_, None) => format!(
            "no limit observed: throughput grows in proportion up to a concurrency of {most}{}",
            but()
        ),
    }
}

fn of_law(fit: &Fit, peak: Option<&Peak>) -> String {
    let (least, most) = fit.range();
    let (least, most) = (number::chosen(least), number::chosen(most));
    let range = format!("from a concurrency of {least} to {most}");
    let measured = number::value(fit.most.per_s, Unit::PerSecond);
    let best = number::chosen(fit.most.concurrency);
    match peak {
        Some(peak) if peak.extrapolated => format!(
            "scalability law (USL): no maximum observed {range}; extrapolated, it is {}",
            at(peak)
        ),
        Some(peak) => {
            format!("scalability law (USL): at most {}; beyond, throughput falls", at(peak))
        }
        None if fit.most.falls => format!(
            "scalability law (USL): {measured} at a concurrency of {best} was the most of what was \
             measured; {}",
            fallen(fit)
        ),
        None => format!(
            "scalability law (USL): no maximum observed; {measured} at a concurrency of {best} was the \
             most of what was measured, and no fall is shown up to {most}"
        ),
    }
}

/// `649/s [640/s, 660/s] at a concurrency of 17 [15.6, 18.9]`
fn at(peak: &Peak) -> String {
    let interval = peak.concurrency.interval;
    format!(
        "{} at a concurrency of {}{}",
        estimate(&peak.per_s, Unit::PerSecond),
        number::chosen(peak.concurrency.value),
        interval.map_or_else(String::new, |ends| format!(" {}", bounds(ends, Unit::Count)))
    )
}

/// What the steps show beyond the concurrency of the most throughput.
fn fallen(fit: &Fit) -> String {
    let (_, most) = fit.range();
    let (best, most) = (number::chosen(fit.most.concurrency), number::chosen(most));
    format!("at {most} throughput is lower than at {best}")
}

/// `752/s [738/s, 766/s]`
fn estimate(estimate: &Estimate, unit: Unit) -> String {
    let value = number::value(estimate.value, unit);
    match estimate.interval {
        Some(interval) => format!("{value} {}", bounds(interval, unit)),
        None => value,
    }
}

fn bounds((low, high): (f64, f64), unit: Unit) -> String {
    format!("[{}, {}]", number::value(low, unit), number::value(high, unit))
}

pub(super) const PARAMETERS: [&str; 3] = ["parameter", "value", "95% interval"];

/// One row a parameter, the chosen model's first.
pub(super) fn parameters(fit: &Fit) -> Vec<[String; 3]> {
    let usl = &fit.usl;
    let cost = |name: &str, cost: &Estimate, held: bool| {
        let interval = match cost.interval {
            Some((_, high)) if held => {
                format!("at its bound; at most {}", number::value(high, Unit::Count))
            }
            Some(interval) => bounds(interval, Unit::Count),
            None => String::new(),
        };
        [name.to_owned(), number::value(cost.value, Unit::Count), interval]
    };
    let plain = |name: &str, estimate: Option<&Estimate>, unit: Unit| {
        let value = estimate.map(|e| number::value(e.value, unit));
        let value = value.unwrap_or_else(|| "not observed".to_owned());
        let interval = estimate.and_then(|e| e.interval).map(|i| bounds(i, unit));
        [name.to_owned(), value, interval.unwrap_or_default()]
    };
    let r2 = |name: &str, r2: Option<f64>| {
        let value = r2.map(|r2| number::value(r2, Unit::Count));
        let value = value.unwrap_or_else(|| "not defined".to_owned());
        [name.to_owned(), value, String::new()]
    };
    let law = vec![
        plain("USL: lambda, of one user", Some(&usl.lambda), Unit::PerSecond),
        cost("USL: sigma, contention", &usl.sigma, usl.held.sigma),
        cost("USL: kappa, coherency", &usl.kappa, usl.held.kappa),
        r2("USL: R²", usl.quality.r2),
    ];
    let hard = &fit.hard_limit;
    let limit = vec![
        plain("limit: R0, a request below it", hard.r0_s.as_ref(), Unit::S),
        plain("limit: C, the most throughput", hard.limit_per_s.as_ref(), Unit::PerSecond),
        plain("limit: knee, a concurrency", hard.knee.as_ref(), Unit::Count),
        r2("limit: R²", hard.quality.r2),
    ];
    match fit.model {
        Model::Usl => law.into_iter().chain(limit).collect(),
        Model::HardLimit => limit.into_iter().chain(law).collect(),
    }
}

pub(super) const STEPS: [&str; 6] =
    ["concurrency", "measured", "fitted", "residual", "latency", "N = X(R+Z)"];

/// One row a step, by the chosen model.
pub(super) fn steps(fit: &Fit) -> Vec<[String; 6]> {
    let residuals = &fit.qualities().0.residuals;
    let row = |(step, residual): (&Step, &f64)| {
        let fitted = fit.per_s(step.concurrency);
        let consistent = match little::check(step) {
            Some(check) => {
                let word = if check.agrees() { "agrees" } else { "differs" };
                format!("{word} {}", number::change(check.off, Scale::Relative))
            }
            None => "not checked".to_owned(),
        };
        [
            number::chosen(step.concurrency),
            number::value(step.per_s, Unit::PerSecond),
            number::value(fitted, Unit::PerSecond),
            number::change(residual / fitted, Scale::Relative),
            step.latency_s.map(|s| number::value(s, Unit::S)).unwrap_or_default(),
            consistent,
        ]
    };
    fit.steps.iter().zip(residuals).map(row).collect()
}
