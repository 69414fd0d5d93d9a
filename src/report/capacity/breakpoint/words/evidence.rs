//! What was captured beside a ramp, in words.

use super::plain;
use crate::capacity::breakpoint::{Breakpoint, QueryTime, Span};
use crate::measure::Unit;
use crate::report::number;

/// What was captured beside the load, from the first limit to the end of the ramp: a sentence each.
/// Names of queries are in it.
#[must_use]
pub fn evidence(breakpoint: &Breakpoint) -> Vec<String> {
    let mut said = Vec::new();
    if let Some(evidence) = &breakpoint.evidence {
        let (low, high) = (&evidence.low, &evidence.high);
        let cpus = |span: &Span| {
            [span.service_busy, span.database_busy, span.generator_busy, span.all_busy]
        };
        let names = ["service", "database", "load generator", "everything"];
        for (name, (low, busy)) in names.into_iter().zip(cpus(low).into_iter().zip(cpus(high))) {
            said.extend(cpu(name, low, busy, high.cores));
        }
        said.extend(pool(low, high));
        said.extend(sessions(low, high));
        said.extend(queries("from there on", &high.queries));
    }
    said.extend(queries("over the whole test", &breakpoint.queries));
    said
}

fn cpu(name: &str, low: Option<f64>, high: Option<f64>, cores: Option<f64>) -> Option<String> {
    let of = cores.map(|cores| format!(" of {}", number::chosen(cores)));
    Some(format!(
        "CPU of {name}: {}{} cores{}",
        plain(high?),
        of.unwrap_or_default(),
        at_low(low.map(plain))
    ))
}

fn pool(low: &Span, high: &Span) -> Option<String> {
    let used = high.pool_in_use?;
    let of = high.pool_size.map(|size| format!(" of {}", number::chosen(size)));
    let waiting = high.pool_waiting.map(|n| format!(", {} requests waiting", plain(n)));
    let wait = high.pool_wait_ms.map(|ms| format!(", mean wait {}", number::value(ms, Unit::Ms)));
    let low = low.pool_wait_ms.map(|ms| format!("{} wait", number::value(ms, Unit::Ms)));
    Some(format!(
        "pool: {}{} connections in use{}{}{}",
        plain(used),
        of.unwrap_or_default(),
        waiting.unwrap_or_default(),
        wait.unwrap_or_default(),
        at_low(low)
    ))
}

fn sessions(low: &Span, high: &Span) -> Option<String> {
    let active = high.database_active?;
    let waits = high.lock_waits.map(|n| format!(", {} of them waiting for a lock", plain(n)));
    Some(format!(
        "database: {} sessions active{}{}",
        plain(active),
        waits.unwrap_or_default(),
        at_low(low.database_active.map(plain))
    ))
}

fn queries(when: &str, queries: &[QueryTime]) -> Option<String> {
    let named: Vec<String> =
        queries.iter().map(|query| format!("{} {}", query.name, plain(query.busy))).collect();
    let named = named.join(", ");
    (!named.is_empty()).then(|| format!("queries that took most time {when}: {named} at a time"))
}

/// ` (0.200 at low load)`
fn at_low(low: Option<String>) -> String {
    low.map(|low| format!(" ({low} at low load)")).unwrap_or_default()
}
