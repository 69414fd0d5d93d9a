//! What was captured beside the load, at low load and beyond the limit.

use crate::measure::captured::{self, Captured};

/// Means over a stretch of the test; `None` where nobody captured it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Span {
    /// Cores of the machine.
    pub cores: Option<f64>,
    /// Cores that the service may use.
    pub service_cores: Option<f64>,
    /// Cores that were busy with the service.
    pub service_busy: Option<f64>,
    /// Cores that were busy with the database.
    pub database_busy: Option<f64>,
    /// Cores that were busy with the load generator.
    pub generator_busy: Option<f64>,
    /// Cores that were busy with anything.
    pub all_busy: Option<f64>,
    /// Connections of the pool.
    pub pool_size: Option<f64>,
    /// Connections that requests held.
    pub pool_in_use: Option<f64>,
    /// Requests that waited for a connection.
    pub pool_waiting: Option<f64>,
    /// Mean wait for a connection, in ms.
    pub pool_wait_ms: Option<f64>,
    /// Sessions of the database that executed something.
    pub database_active: Option<f64>,
    /// Sessions of the database that waited for a lock.
    pub lock_waits: Option<f64>,
    /// The queries that took most of the time, the first most of all.
    pub queries: Vec<QueryTime>,
}

/// The time of one query.
#[derive(Debug, Clone, PartialEq)]
pub struct QueryTime {
    /// Its name. Foreign text.
    pub name: String,
    /// How many executed at a time, in the mean: calls a second times the mean time.
    pub busy: f64,
}

/// The same at low load and beyond the limit.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Evidence {
    /// While the load was low.
    pub low: Span,
    /// From the first limit to the end of the ramp.
    pub high: Span,
}

/// The most queries that are named.
const MOST_QUERIES: usize = 5;

impl Span {
    /// Whether anything was captured.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What was captured in a stretch from one moment to another, in ns since 1970.
pub(super) fn span(captured: &Captured, from_ns: i64, to_ns: i64) -> Span {
    let within = |name: &str| -> Vec<(i64, f64)> {
        let values = captured.columns.get(name).map(Vec::as_slice).unwrap_or_default();
        let samples = captured.at_ns.iter().zip(values);
        samples
            .filter(|(at, _)| (from_ns..=to_ns).contains(*at))
            .filter_map(|(at, value)| Some((*at, (*value)?)))
            .collect()
    };
    let mean = |name: &str| {
        let samples = within(name);
        let sum: f64 = samples.iter().map(|(_, value)| value).sum();
        (!samples.is_empty()).then(|| sum / samples.len() as f64)
    };
    let rate = |name: &str| growth(&within(name)).map(|(grown, seconds)| grown / seconds);
    let grown = |name: &str| growth(&within(name)).map(|(grown, _)| grown);
    let waits = grown(captured::POOL_WAIT).zip(grown(captured::POOL_WAITS));
    let mut queries: Vec<QueryTime> = captured
        .columns
        .keys()
        .filter_map(|column| Some((column.strip_prefix(captured::QUERY)?, rate(column)?)))
        .filter(|(_, busy)| *busy > 0.0)
        .map(|(name, busy)| QueryTime { name: name.to_owned(), busy })
        .collect();
    queries.sort_by(|a, b| b.busy.total_cmp(&a.busy));
    queries.truncate(MOST_QUERIES);
    Span {
        cores: mean(captured::CORES),
        service_cores: mean(captured::SERVICE_CORES),
        service_busy: rate(captured::SERVICE_CPU),
        database_busy: rate(captured::DATABASE_CPU),
        generator_busy: rate(captured::GENERATOR_CPU),
        all_busy: rate(captured::BUSY_CPU),
        pool_size: mean(captured::POOL_SIZE),
        pool_in_use: mean(captured::POOL_IN_USE),
        pool_waiting: mean(captured::POOL_WAITING),
        pool_wait_ms: waits.filter(|(_, n)| *n > 0.0).map(|(seconds, n)| 1e3 * seconds / n),
        database_active: mean(captured::DATABASE_ACTIVE),
        lock_waits: mean(captured::LOCK_WAITS),
        queries,
    }
}

/// By how much a counter grew, and in how many seconds; `None` with fewer than two samples, or where it
/// fell: whatever was counted was started again.
fn growth(samples: &[(i64, f64)]) -> Option<(f64, f64)> {
    let ((first, from), (last, to)) = (samples.first()?, samples.last()?);
    let seconds = (last - first) as f64 / 1e9;
    let falls = samples.windows(2).any(|two| matches!(two, [(_, a), (_, b)] if b < a));
    (seconds > 0.0 && !falls).then_some((to - from, seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sample a second from 100 s on.
    fn captured(columns: &[(&str, &[Option<f64>])]) -> Captured {
        let n = columns.first().map_or(0, |(_, values)| values.len()) as i64;
        Captured {
            at_ns: (0..n).map(|i| (100 + i) * 1_000_000_000).collect(),
            columns: columns.iter().map(|(k, v)| ((*k).to_owned(), v.to_vec())).collect(),
        }
    }

    fn close(value: Option<f64>, expected: f64) {
        assert!(value.is_some_and(|v| (v - expected).abs() < 1e-9), "{value:?}, not {expected}");
    }

    #[test]
    fn gauges_are_averaged_and_counters_become_rates() {
        let captured = captured(&[
            ("pool_in_use", &[Some(0.0), Some(14.0), None, Some(16.0)]),
            ("service_cpu_seconds", &[Some(7.0), Some(8.0), Some(9.5), Some(11.0)]),
            ("pool_wait_seconds", &[Some(0.0), Some(1.0), Some(2.0), Some(5.0)]),
            ("pool_waits", &[Some(0.0), Some(50.0), Some(60.0), Some(150.0)]),
            ("query_seconds:day", &[Some(0.0), Some(0.0), Some(3.0), Some(6.0)]),
            ("query_seconds:client", &[Some(0.0), Some(0.0), Some(4.0), Some(8.0)]),
            ("query_seconds:idle", &[Some(1.0), Some(1.0), Some(1.0), Some(1.0)]),
        ]);
        let span = span(&captured, 101_000_000_000, 103_000_000_000);
        close(span.pool_in_use, 15.0);
        close(span.service_busy, 1.5);
        close(span.pool_wait_ms, 40.0);
        let queries: Vec<&str> = span.queries.iter().map(|query| query.name.as_str()).collect();
        assert_eq!(queries, ["client", "day"]);
        assert_eq!((span.database_busy, span.cores), (None, None));
        assert!(!span.is_empty());
    }

    #[test]
    fn a_counter_that_starts_again_or_is_seen_once_has_no_rate() {
        let captured = captured(&[
            ("service_cpu_seconds", &[Some(7.0), Some(0.5), Some(9.0)]),
            ("database_cpu_seconds", &[None, Some(3.0), None]),
        ]);
        assert!(span(&captured, 0, i64::MAX).is_empty());
        assert!(span(&captured, 0, 99_000_000_000).is_empty());
        assert!(span(&Captured::default(), 0, i64::MAX).is_empty());
    }
}
