//! Figures of plan, pools and triggers as words and cells.

use crate::capacity::figure::{Amount, Basis, Known, Limited, Planned, Source};
use crate::measure::Unit;
use crate::report::commits::short;
use crate::report::number;

/// Commits that a line names.
const NAMED: usize = 3;

/// A number with what it is of the truth: `at least 12,010`.
pub(super) fn value(amount: Amount, unit: Unit) -> String {
    format!("{}{}", bound(amount.bound), one(amount.value(), unit))
}

/// The 95 % interval of a number, where there is one and it tells something: `[11,700, 12,300]`.
pub(super) fn interval(amount: Amount, unit: Unit) -> String {
    match amount.estimate.interval {
        Some((low, high)) if one(low, unit) != one(high, unit) => {
            format!("[{}, {}]", one(low, unit), one(high, unit))
        }
        _ => String::new(),
    }
}

/// Both in one.
pub(super) fn both(amount: Amount, unit: Unit) -> String {
    let interval = interval(amount, unit);
    let gap = if interval.is_empty() { "" } else { " " };
    format!("{}{gap}{interval}", value(amount, unit))
}

/// A number, or that it is not measured and why.
pub(super) fn known(known: &Known, unit: Unit) -> String {
    match &known.amount {
        Ok(amount) => both(*amount, unit),
        Err(why) => format!("not measured: {why}"),
    }
}

/// A number in its unit, as it stands in a formula.
pub(super) fn one(value: f64, unit: Unit) -> String {
    number::term(value, unit)
}

pub(super) fn bound(bound: Limited) -> &'static str {
    match bound {
        Limited::Exact => "",
        Limited::AtLeast => "at least ",
        Limited::AtMost => "at most ",
    }
}

/// How a figure is computed, in the names of its inputs.
#[must_use]
pub fn formula_in_names(figure: &Planned) -> String {
    figure.inputs.iter().fold(figure.formula.clone(), |formula, input| {
        formula.replace(&format!("[{}]", input.name), &input.name)
    })
}

/// The same with their numbers; `None` where one is not measured, or there is no formula.
#[must_use]
pub fn formula_in_numbers(figure: &Planned) -> Option<String> {
    let mut formula = figure.formula.clone();
    for input in &figure.inputs {
        let amount = input.known.amount.as_ref().ok()?;
        formula = formula.replace(&format!("[{}]", input.name), &value(*amount, input.unit));
    }
    (!formula.is_empty()).then_some(formula)
}

/// Where a number comes from: the file, commits and machine.
pub(super) fn source(source: &Source) -> String {
    let mut words = source.file.clone();
    let commits: Vec<&str> = source.commits.iter().take(NAMED).map(|c| short(c)).collect();
    if let Some(first) = commits.first() {
        let more = source.commits.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let named = if commits.len() == 1 { (*first).to_owned() } else { commits.join(", ") };
        words.push_str(&format!(" at {named}{more}"));
    }
    if let Some(machine) = &source.machine {
        words.push_str(&format!(" on {machine}"));
    }
    words
}

/// A row of what some figures rest on: basis, name, number, where it comes from. Derived ones stand
/// among the figures.
pub(super) fn ground(figures: &[Planned]) -> Vec<[String; 4]> {
    let mut seen: Vec<[String; 4]> = Vec::new();
    let inputs = figures.iter().flat_map(|figure| &figure.inputs);
    for input in inputs.filter(|input| input.basis != Basis::Derived) {
        let row = [
            input.basis.name().to_owned(),
            input.name.clone(),
            known(&input.known, input.unit),
            source(&input.known.source),
        ];
        if !seen.contains(&row) {
            seen.push(row);
        }
    }
    seen.sort_by(|a, b| a[0].cmp(&b[0]));
    seen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capacity::Estimate;
    use crate::capacity::figure::Input;

    #[test]
    fn numbers_say_what_they_are_of_the_truth() {
        let shown = Amount::of(Estimate { value: 12_010.4, interval: Some((11_700.0, 12_300.0)) });
        assert_eq!(both(shown.or_more(), Unit::Count), "at least 12,010 [11,700, 12,300]");
        assert_eq!(both(Amount::exact(0.0167), Unit::Count), "0.0167");
        let same = Amount::of(Estimate { value: 30.0, interval: Some((30.0, 30.0)) });
        assert_eq!(both(same, Unit::Count), "30");
        let missing = Known::missing("no ramp");
        assert_eq!(known(&missing, Unit::PerSecond), "not measured: no ramp");
    }

    #[test]
    fn formulas_are_filled_only_where_every_number_is_known() {
        let mut figure = Planned {
            key: "users".to_owned(),
            name: "users".to_owned(),
            unit: Unit::Count,
            answer: true,
            amount: Ok(Amount::exact(140.0)),
            formula: "[limit] x (1 - [headroom])".to_owned(),
            inputs: vec![
                Input::policy("limit", 200.0, Unit::PerSecond, "k"),
                Input::policy("headroom", 0.3, Unit::Ratio, "k"),
            ],
            binding: None,
        };
        assert_eq!(formula_in_names(&figure), "limit x (1 - headroom)");
        assert_eq!(formula_in_numbers(&figure).as_deref(), Some("200/s x (1 - 30%)"));
        figure.inputs[0].known = Known::missing("no ramp");
        assert_eq!(formula_in_numbers(&figure), None);
        assert_eq!(ground(&[figure.clone(), figure]).len(), 2, "each input once");
    }

    #[test]
    fn a_source_names_some_commits_and_the_machine() {
        let of = Source {
            file: "b.json".to_owned(),
            commits: ["a", "b", "c", "d"].map(str::to_owned).into(),
            machine: Some("ci".to_owned()),
            times: None,
        };
        assert_eq!(source(&of), "b.json at a, b, c and 1 more on ci");
        assert_eq!(source(&Source::at("capacity.spare")), "capacity.spare");
    }
}
