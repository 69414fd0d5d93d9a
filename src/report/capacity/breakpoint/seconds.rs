//! The seconds of a ramp as a table.

use crate::capacity::breakpoint::Breakpoint;
use crate::capacity::windows::Second;
use crate::measure::Unit;
use crate::report::number;

/// As many seconds are shown at most, unless all are asked for.
const SHOWN: usize = 20;

const HEADING: [&str; 9] =
    ["second", "offered", "achieved", "dropped", "errors", "p50", "p95", "p99", "users"];

/// The heading and the seconds of the ramp, evenly thinned out; all seconds of the test, where all are
/// asked for. How many are left out between two.
pub(super) fn rows(breakpoint: &Breakpoint, all: bool) -> (Vec<Vec<String>>, usize) {
    let seconds = if all { breakpoint.seconds.as_slice() } else { breakpoint.ramp_seconds() };
    let step = if all { 1 } else { seconds.len().div_ceil(SHOWN).max(1) };
    let heading = HEADING.map(str::to_owned).to_vec();
    let rows = std::iter::once(heading).chain(seconds.iter().step_by(step).map(row)).collect();
    (rows, step - 1)
}

fn row(second: &Second) -> Vec<String> {
    let window = &second.window;
    let rate = |rate: f64| number::value(rate, Unit::PerSecond);
    let ms = |value: Option<f64>| value.map(|ms| number::value(ms, Unit::Ms)).unwrap_or_default();
    let users = window.users.map(|users| format!("{}/{}", users.active, users.most));
    let errors = second.errors().map(|share| number::value(share, Unit::Ratio));
    vec![
        number::whole(second.at_s),
        second.offered_per_s.map(rate).unwrap_or_default(),
        rate(second.achieved_per_s()),
        second.dropped().map(|dropped| dropped.to_string()).unwrap_or_default(),
        errors.unwrap_or_default(),
        ms(window.latency.map(|latency| latency.p50)),
        ms(window.latency.map(|latency| latency.p95)),
        ms(window.latency.map(|latency| latency.p99)),
        users.unwrap_or_default(),
    ]
}
