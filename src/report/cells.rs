//! What stands in the cells of a row, in words and numbers of ours.

use super::text::Text;
use super::{ReportRow, Scale, SloResult, number};
use crate::measure::{Metric, Unit};
use crate::policy::Verdict;

/// A row's name: suite, display id and metric.
pub(super) fn label<'a>(suite: &'a str, id: &'a str, metric: Metric) -> Text<'a> {
    Text::new().name(suite).words(" ").name(id).words(" ").words(metric.name())
}

/// Both values on one scale, or the one that there is.
pub(super) fn values_text(row: &ReportRow) -> String {
    match values(row) {
        (base, fresh) if base.is_empty() => fresh,
        (base, fresh) if fresh.is_empty() => base,
        (base, fresh) => format!("{base} → {fresh}"),
    }
}

/// Both values, also where one is missing: `41.3 ms → nothing`.
pub(super) fn sides_text(row: &ReportRow) -> String {
    match values_text(row) {
        values if values.is_empty() => values,
        values if row.base.is_none() => format!("nothing → {values}"),
        values if row.fresh.is_none() => format!("{values} → nothing"),
        values => values,
    }
}

/// The change and its interval; an estimate is shown only where the verdict rests on it or the
/// interval excludes zero, because a percentage out of noise is remembered as a fact.
pub(super) fn change_text(row: &ReportRow) -> (String, String) {
    let Some(change) = row.change else {
        return (String::new(), String::new());
    };
    let rests_on_it = row.suspect
        || matches!(row.verdict, Verdict::Regressed | Verdict::Improved | Verdict::Waived);
    let noise = row.interval.is_some_and(|[low, high]| low <= 0.0 && high >= 0.0);
    let change = if noise && !rests_on_it {
        number::NOTHING_DETECTABLE.to_owned()
    } else {
        number::change(change, row.scale)
    };
    let interval = row.interval.map(|i| number::interval(i, row.scale)).unwrap_or_default();
    (change, interval)
}

/// `612 ms [590, 640 ms], allowed at most 500 ms at 200/s`
pub(super) fn limit_sentence(limit: &SloResult) -> String {
    let target = number::value(limit.target, limit.unit);
    let measured = match (limit.measured, limit.interval) {
        (Some(measured), Some(interval)) => {
            format!("{} {}", number::value(measured, limit.unit), interval_of(interval, limit.unit))
        }
        (Some(measured), None) => number::value(measured, limit.unit),
        (None, _) => "nothing measured".to_owned(),
    };
    let because =
        limit.because.as_ref().map_or_else(String::new, |because| format!(" ({because})"));
    format!("{measured}, allowed {} {target} at {}{because}", limit.bound.words(), limit.at)
}

/// The same, with what is left of the limit and the load that was carried: `…; margin +18.4%, carried
/// 201/s`
pub(super) fn limit_in_full(limit: &SloResult) -> String {
    let margin = limit.margin.map(|m| format!("margin {}", number::change(m, Scale::Relative)));
    let load = Some(load_text(limit)).filter(|load| !load.is_empty());
    let rest: Vec<String> =
        margin.into_iter().chain(load.map(|load| format!("carried {load}"))).collect();
    match rest.is_empty() {
        true => limit_sentence(limit),
        false => format!("{}; {}", limit_sentence(limit), rest.join(", ")),
    }
}

/// An interval of values: `[1.80, 2.05 ms]`.
pub(super) fn interval_of([low, high]: [f64; 2], unit: Unit) -> String {
    let (low, high) = number::pair(low, high, unit);
    format!("[{low}, {high}]")
}

/// The load that the runs of a target carried.
pub(super) fn load_text(limit: &SloResult) -> String {
    match limit.load {
        None => String::new(),
        Some(load) if limit.is_of_users() => format!("{} users", number::chosen(load)),
        Some(load) => number::value(load, Unit::PerSecond),
    }
}

pub(super) fn values(row: &ReportRow) -> (String, String) {
    match (row.base, row.fresh) {
        (Some(base), Some(fresh)) => number::pair(base.value, fresh.value, row.unit),
        (Some(base), None) => (number::value(base.value, row.unit), String::new()),
        (None, Some(fresh)) => (String::new(), number::value(fresh.value, row.unit)),
        (None, None) => (String::new(), String::new()),
    }
}
