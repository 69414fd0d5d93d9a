//! Times of statements: from the service's histograms, and from pgbench's logs.

use hdrhistogram::Histogram;
use hdrhistogram::serialization::Deserializer;

use super::super::error::Error;
use super::super::fresh::{SuitePaths, read_runs};
use super::counted::Counted;
use crate::capacity::figure::Source;
use crate::capacity::histogram::Between;
use crate::capacity::timeouts::Timed;
use crate::measure::Row;
use crate::policy::config::{Config, Database};
use crate::source::{Reading, SourceName};

/// What notices about the logs are filed under while they are read.
const NAME: &str = "pgbench";

/// Nanoseconds in a second: the sketch of a load test counts in them.
const SECOND: f64 = 1e9;

/// Everything that was timed, or why nothing was.
pub(super) struct Found {
    pub(super) statements: Result<Vec<Timed>, String>,
    pub(super) waits: Result<Vec<Timed>, String>,
    pub(super) answers: Result<Vec<Timed>, String>,
    pub(super) source: Source,
}

/// Reads what was timed.
///
/// # Errors
/// A log that is named cannot be read.
pub(super) fn timed(
    config: &Config,
    database: &Database,
    counted: Option<&Counted<'_>>,
) -> Result<Found, Error> {
    let uncounted = || Err("no [capacity.metrics] names what the service counts".to_owned());
    let mut statements = counted.map_or_else(uncounted, Counted::statements);
    let logged = logged(config, database)?;
    if !logged.is_empty() {
        statements = Ok(statements.unwrap_or_default().into_iter().chain(logged).collect());
    }
    Ok(Found {
        statements,
        waits: counted.map_or_else(uncounted, Counted::waits),
        answers: counted.map_or_else(uncounted, Counted::answers),
        source: counted.map(|counted| counted.source().clone()).unwrap_or_default(),
    })
}

/// The scripts of pgbench's logs, each run on its own.
fn logged(config: &Config, database: &Database) -> Result<Vec<Timed>, Error> {
    if database.pgbench.is_empty() {
        return Ok(Vec::new());
    }
    let paths = SuitePaths { patterns: database.pgbench.clone(), dir: config.dir.clone() };
    let reading =
        Reading { source: Some(SourceName::Postgres), detail: true, ..Reading::default() };
    let (runs, _) = read_runs(NAME, &paths, &reading)?;
    let rows = runs.iter().flat_map(|run| &run.rows);
    Ok(rows.filter(|row| row.tags.contains_key("script")).map(of_row).collect())
}

fn of_row(row: &Row) -> Timed {
    let quantile = |q: f64| {
        let sketch = row.detail.as_ref().map(|detail| detail.sketch.as_slice())?;
        let read: Option<Histogram<u64>> = Deserializer::new().deserialize(&mut &*sketch).ok();
        let histogram = read.filter(|histogram| !histogram.is_empty())?;
        // The bucket of the sketch, at most 1 % wide.
        let value = histogram.value_at_quantile(q);
        let (low, high) = (histogram.lowest_equivalent(value), histogram.highest_equivalent(value));
        Some(Between { over: low as f64 / SECOND, up_to: Some(high as f64 / SECOND) })
    };
    let name = row.tags.get("script").unwrap_or(&row.id).clone();
    Timed { name, n: row.n, p99: quantile(0.99), p999: quantile(0.999) }
}

#[cfg(test)]
mod tests {
    use hdrhistogram::serialization::{Serializer, V2Serializer};

    use super::*;
    use crate::measure::{Detail, Evidence, Tags, Unit};

    #[test]
    fn a_sketch_tells_a_quantile_to_its_bucket() {
        let mut histogram = Histogram::<u64>::new(2).unwrap();
        (1..=1000_u64).for_each(|ms| histogram.record(ms * 1_000_000).unwrap());
        let mut sketch = Vec::new();
        V2Serializer::new().serialize(&histogram, &mut sketch).unwrap();
        let mut row =
            Row::empty("script book".to_owned(), Tags::new(), Unit::Ms, Evidence::Requests);
        row.n = 1000;
        assert_eq!(of_row(&row).p99, None);
        row.detail = Some(Detail { sketch, windows: Vec::new() });
        let between = of_row(&row).p99.unwrap();
        let most = between.up_to.unwrap();
        assert!(between.over <= 0.99 && 0.99 <= most && most / between.over < 1.02, "{between:?}");
    }
}
