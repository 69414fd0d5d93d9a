//! What stands in the cells of a row, in words and numbers of ours.

use super::text::Text;
use super::{Bound, ReportRow, SloResult, number};
use crate::measure::Metric;
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

/// `612 ms, allowed at most 500 ms`
pub(super) fn limit_sentence(limit: &SloResult) -> String {
    let target = number::value(limit.target, limit.unit);
    let bound = match limit.bound {
        Bound::AtMost => "at most",
        Bound::AtLeast => "at least",
    };
    let measured = match limit.measured {
        Some(measured) => number::value(measured, limit.unit),
        None => "nothing measured".to_owned(),
    };
    format!("{measured}, allowed {bound} {target}")
}

pub(super) fn values(row: &ReportRow) -> (String, String) {
    match (row.base, row.fresh) {
        (Some(base), Some(fresh)) => number::pair(base.value, fresh.value, row.unit),
        (Some(base), None) => (number::value(base.value, row.unit), String::new()),
        (None, Some(fresh)) => (String::new(), number::value(fresh.value, row.unit)),
        (None, None) => (String::new(), String::new()),
    }
}
