//! Times of statements: from the service's histograms, and from pgbench's logs.

use hdrhistogram::Histogram;
use hdrhistogram::serialization::Deserializer;

use super::super::error::Error;
use super::super::fresh::{SuitePaths, read_runs};
use super::counted::Counted;
use super::inputs::Inputs;
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

/// Everything that was timed.
pub(super) struct Found {
    pub(super) statements: Timings,
    pub(super) waits: Timings,
    pub(super) answers: Timings,
}

/// Times of one kind, or why there are none.
pub(super) struct Timings {
    pub(super) timed: Result<Vec<Timed>, String>,
    pub(super) source: Source,
}

/// Reads what was timed.
///
/// # Errors
/// A log that is named cannot be read.
pub(super) fn timed(
    config: &Config,
    database: &Database,
    inputs: &Inputs<'_>,
) -> Result<Found, Error> {
    let counted = inputs.counted.as_ref();
    let mut statements = of(inputs.timings.as_ref().or(counted), Counted::statements);
    let logged = logged(config, database)?;
    if !logged.is_empty() {
        let counted = statements.timed.unwrap_or_default();
        statements.timed = Ok(counted.into_iter().chain(logged).collect());
        statements.source = with_logs(statements.source, &database.pgbench);
    }
    Ok(Found {
        statements,
        waits: of(counted, Counted::waits),
        answers: of(counted, Counted::answers),
    })
}

/// Where times come from that logs hold too.
fn with_logs(source: Source, logs: &[String]) -> Source {
    let counted = Some(source.file.as_str()).filter(|file| !file.is_empty());
    let files: Vec<&str> = counted.into_iter().chain(logs.iter().map(String::as_str)).collect();
    Source { file: files.join(", "), ..source }
}

fn of<'c>(
    counted: Option<&Counted<'c>>,
    times: impl FnOnce(&Counted<'c>) -> Result<Vec<Timed>, String>,
) -> Timings {
    match counted {
        Some(counted) => Timings { timed: times(counted), source: counted.source().clone() },
        None => Timings {
            timed: Err("no [capacity.metrics] names what the service counts".to_owned()),
            source: Source::default(),
        },
    }
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
    fn logs_are_named_beside_what_the_service_counted() {
        let logs = ["pgbench/*".to_owned()];
        assert_eq!(with_logs(Source::at("after.prom"), &logs).file, "after.prom, pgbench/*");
        assert_eq!(with_logs(Source::default(), &logs).file, "pgbench/*");
    }

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
