//! Numbers, verdicts and reasons as the pages write them.

use super::model::{Amount, Basis, Fit, Peak, State, Target, Value};
use crate::measure::Unit;
use crate::report::{Bound, Scale, number, prose};

/// What stands where nothing was measured.
pub(super) const NOT_MEASURED: &str = "not measured";

/// `5.83 ms [5.60, 6.10]`, `at least 262/s`, `1,240 users`
pub(super) fn amount(amount: &Amount) -> String {
    let whole = |number: f64| amount.unit == Unit::Count && number.fract() == 0.0;
    let text = match amount.interval {
        None if whole(amount.value) => number::whole(amount.value),
        None => number::value(amount.value, amount.unit),
        Some((low, high)) if [amount.value, low, high].into_iter().all(whole) => format!(
            "{} [{}, {}]",
            number::whole(amount.value),
            number::whole(low),
            number::whole(high)
        ),
        Some(interval) => number::estimate(amount.value, interval, amount.unit),
    };
    let lead = match amount.bound {
        Some(Bound::AtLeast) => "at least ",
        Some(Bound::AtMost) => "at most ",
        None => "",
    };
    match &amount.thing {
        Some(thing) => format!("{lead}{text} {}", prose::words(thing)),
        None => format!("{lead}{text}"),
    }
}

/// A number, or why there is none.
pub(super) fn value(value: &Value) -> String {
    match value {
        Value::Known(known) => amount(known),
        Value::NotMeasured(why) => not_measured(why),
    }
}

/// A number, or that there is none.
pub(super) fn maybe(known: Option<&Amount>) -> String {
    known.map_or_else(|| NOT_MEASURED.to_owned(), amount)
}

/// `at most 60.0 ms`
pub(super) fn limit(bound: Bound, target: &Amount) -> String {
    let side = match bound {
        Bound::AtMost => "at most",
        Bound::AtLeast => "at least",
    };
    format!("{side} {}", amount(target))
}

/// What is left, with its sign; nothing where it is not known.
pub(super) fn margin(margin: Option<f64>, unit: Unit) -> String {
    let scale = if unit == Unit::Ratio { Scale::Absolute } else { Scale::Relative };
    margin.map_or_else(String::new, |margin| number::change(margin, scale))
}

/// What a target is about, without its limit: ``p95 of `read / client` ``, `p95`
pub(super) fn about(target: &Target) -> String {
    let metric = prose::words(&target.metric);
    match &target.row {
        Some(row) => format!("{metric} of {}", prose::code(row)),
        None => metric,
    }
}

/// The same, with the category of what is about no endpoint: `p95 of read`
pub(super) fn about_in_full(target: &Target) -> String {
    match &target.row {
        Some(_) => about(target),
        None => format!("{} of {}", about(target), prose::words(&target.category)),
    }
}

/// `**broken**`
pub(super) fn state(state: State) -> &'static str {
    match state {
        State::Met => "met",
        State::AtRisk => "at risk",
        State::Broken => "**broken**",
        State::NotMeasured => NOT_MEASURED,
        State::Policy => "policy",
    }
}

/// How many targets are in which state, as one sentence in bold.
pub(super) fn tally(targets: &[Target]) -> String {
    let of = |state: State| targets.iter().filter(|target| target.state == state).count();
    let judged = targets.len() - of(State::Policy);
    let mut text = format!("{} of {} met", of(State::Met), number::count(judged, "target"));
    for (state, word) in
        [(State::Broken, "broken"), (State::AtRisk, "at risk"), (State::NotMeasured, NOT_MEASURED)]
    {
        if of(state) > 0 {
            text.push_str(&format!(", {} {word}", of(state)));
        }
    }
    format!("**{text}.**")
}

/// Where the chosen model is highest; where the data show no peak, where the most was measured.
pub(super) fn highest(fit: &Fit) -> String {
    let chosen = fit.models.iter().find(|model| model.name == fit.chosen);
    if let Some(peak) = chosen.and_then(|model| model.peak) {
        let beyond = if peak.extrapolated { ", extrapolated beyond what was measured" } else { "" };
        return format!("highest at {}{beyond}", at_peak(&peak));
    }
    let Some(most) = fit.most else {
        return chosen.map_or(NOT_MEASURED, |_| "the data show no peak").to_owned();
    };
    let last = number::tick(fit.points.iter().map(|(n, _)| *n).fold(most.concurrency, f64::max));
    let best = number::tick(most.concurrency);
    let beyond = match most.falls {
        Some(true) => format!("; with {last} it is lower than with {best}"),
        Some(false) => format!("; no fall is shown up to {last}"),
        None => String::new(),
    };
    let per_s = number::value(most.per_s, Unit::PerSecond);
    format!("{per_s} with {best} in flight was the most of what was measured{beyond}")
}

/// `3.39k/s [3.32, 3.51] with 17 [13.9, 31.5] in flight`
fn at_peak(peak: &Peak) -> String {
    let per_s = match peak.per_s_interval {
        Some(interval) => number::estimate(peak.per_s, interval, Unit::PerSecond),
        None => number::value(peak.per_s, Unit::PerSecond),
    };
    let interval = peak.concurrency_interval.map_or_else(String::new, |(low, high)| {
        let ends = [low, high].map(|end| number::value(end, Unit::Count));
        format!(" [{}, {}]", ends[0], ends[1])
    });
    format!("{per_s} with {}{interval} in flight", number::tick(peak.concurrency))
}

/// A text, or what stands in for it where it is empty.
pub(super) fn or(text: String, instead: &str) -> String {
    if text.is_empty() { instead.to_owned() } else { text }
}

/// What a number rests on.
pub(super) fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::Measured => "measured",
        Basis::Derived => "derived",
        Basis::Policy => "policy",
    }
}

fn not_measured(why: &str) -> String {
    match why.trim() {
        "" => NOT_MEASURED.to_owned(),
        why => format!("{NOT_MEASURED}: {}", prose::words(why)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_say_what_they_count_and_how_surely() {
        let cases = [
            (Amount::new(5.832, Unit::Ms).within(5.6, 6.104), "5.83 ms [5.60, 6.10]"),
            (Amount::new(1240.0, Unit::Count).of("users"), "1,240 users"),
            (
                Amount::new(1240.0, Unit::Count).within(1100.0, 1400.0).of("users"),
                "1,240 [1,100, 1,400] users",
            ),
            (Amount::new(90.04, Unit::Count), "90.0"),
            (
                Amount { bound: Some(Bound::AtLeast), ..Amount::new(262.0, Unit::PerSecond) },
                "at least 262/s",
            ),
            (Amount::new(f64::NAN, Unit::Count), "n/a"),
        ];
        for (number, text) in cases {
            assert_eq!(amount(&number), text);
        }
        for (why, text) in [("no run", "not measured: no run"), (" ", "not measured")] {
            assert_eq!(value(&Value::NotMeasured(why.to_owned())), text);
        }
    }

    #[test]
    fn margins_of_shares_are_differences() {
        assert_eq!(margin(Some(-0.187), Unit::Ms), "-18.7%");
        assert_eq!(margin(Some(0.004), Unit::Ratio), "+0.40pp");
        assert_eq!(margin(None, Unit::Ms), "");
    }
}
