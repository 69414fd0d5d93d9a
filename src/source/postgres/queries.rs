//! Rows of queries: what `pg_stat_statements` counted between two snapshots.

use std::collections::BTreeMap;

use super::document::{Snapshot, Statement};
use super::shared::{insert, problem, row, statistics};
use super::statement::{first_word, is_name};
use super::window::Window;
use crate::measure::{Evidence, Figure, Metric, Problem, Row, Severity, Unit};
use crate::source::identity;

/// One row a query that ran, and what should be known about them.
pub(super) fn rows(window: &Window) -> (Vec<Row>, Vec<Problem>) {
    let (before, after) = (by_key(&window.before), by_key(&window.after));
    let mut rows = Vec::new();
    let mut problems = Vec::new();
    for (key, total) in &after {
        let start = before.get(key).copied().unwrap_or_default();
        let mut row = row("query", key, Unit::Ms, Evidence::Quantiles);
        let Some(grown) = total.minus(&start) else {
            let message = "its counters went back: pg_stat_statements forgot it between the \
                           snapshots, or was told to; raise pg_stat_statements.max";
            problems.push(problem(Severity::Error, "counter-reset", Some(&row), message));
            row.damaged = true;
            rows.push(row);
            continue;
        };
        if grown.calls > 0 {
            fill(&mut row, &grown, window.seconds);
            rows.push(row);
        }
    }
    let forgotten = before.keys().filter(|key| !after.contains_key(*key)).count();
    if forgotten > 0 {
        let message = format!(
            "pg_stat_statements forgot {forgotten} statements between the snapshots; raise \
             pg_stat_statements.max"
        );
        problems.push(problem(Severity::Warning, "forgotten-statements", None, message));
    }
    (rows, problems)
}

/// Rows returned or changed by all queries between two snapshots; `None` where counters went back.
pub(super) fn returned(window: &Window) -> Option<u64> {
    let before = by_key(&window.before);
    by_key(&window.after).iter().try_fold(0_u64, |sum, (key, total)| {
        let start = before.get(key).copied().unwrap_or_default();
        Some(sum.saturating_add(total.rows.checked_sub(start.rows)?))
    })
}

fn fill(row: &mut Row, grown: &Sum, seconds: f64) {
    let calls = grown.calls as f64;
    let touched = grown.hit.saturating_add(grown.read);
    let with_temp = touched.saturating_add(grown.temp_written);
    row.n = grown.calls;
    // The server keeps no latencies, so nothing is known of an error within the run.
    insert(row, Metric::Mean, Figure::positive(grown.mean, None));
    insert(row, Metric::Throughput, Figure::positive(calls / seconds, None));
    insert(row, Metric::Buffers, Figure::positive(touched as f64 / calls, None));
    insert(row, Metric::CacheHit, Figure::share(grown.hit, touched));
    insert(row, Metric::TempBlocks, Figure::share(grown.temp_written, with_temp));
    row.statistics = statistics([
        ("mean", grown.mean),
        ("std_dev", (grown.squares / calls).sqrt()),
        ("total", grown.mean * calls),
    ]);
}

/// What statements of one key add up to. Times are in ms.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Sum {
    calls: u64,
    rows: u64,
    mean: f64,
    /// Squared deviations from the mean, summed.
    squares: f64,
    hit: u64,
    read: u64,
    temp_written: u64,
}

impl Sum {
    fn of(statement: &Statement) -> Self {
        let calls = statement.calls as f64;
        Self {
            calls: statement.calls,
            rows: statement.rows,
            mean: if statement.calls > 0 { statement.total_ms / calls } else { 0.0 },
            squares: statement.stddev_ms * statement.stddev_ms * calls,
            hit: statement.shared_hit,
            read: statement.shared_read,
            temp_written: statement.temp_written,
        }
    }

    /// Both together (Chan, Golub and LeVeque 1983, formula 1.5).
    fn plus(&self, other: &Self) -> Self {
        let calls = self.calls.saturating_add(other.calls);
        let (m, n) = (self.calls as f64, other.calls as f64);
        let step = other.mean - self.mean;
        let share = if calls > 0 { n / calls as f64 } else { 0.0 };
        Self {
            calls,
            rows: self.rows.saturating_add(other.rows),
            mean: self.mean + step * share,
            squares: self.squares + other.squares + step * step * m * share,
            hit: self.hit.saturating_add(other.hit),
            read: self.read.saturating_add(other.read),
            temp_written: self.temp_written.saturating_add(other.temp_written),
        }
    }

    /// What came on top of `start`: the inverse of [`Sum::plus`]. `None` where a counter went back.
    fn minus(&self, start: &Self) -> Option<Self> {
        let calls = self.calls.checked_sub(start.calls)?;
        let (all, m, n) = (self.calls as f64, start.calls as f64, calls as f64);
        let mean = if calls > 0 { (self.mean * all - start.mean * m) / n } else { 0.0 };
        let step = mean - start.mean;
        let apart = if calls > 0 { step * step * m * n / all } else { 0.0 };
        Some(Self {
            calls,
            rows: self.rows.checked_sub(start.rows)?,
            mean: (mean >= 0.0).then_some(mean)?,
            // Sums of squares are large, so that their difference may fall below zero.
            squares: (self.squares - start.squares - apart).max(0.0),
            hit: self.hit.checked_sub(start.hit)?,
            read: self.read.checked_sub(start.read)?,
            temp_written: self.temp_written.checked_sub(start.temp_written)?,
        })
    }
}

fn by_key(snapshot: &Snapshot) -> BTreeMap<String, Sum> {
    let mut sums: BTreeMap<String, Sum> = BTreeMap::new();
    for statement in &snapshot.statements {
        let sum = sums.entry(key(statement)).or_default();
        *sum = sum.plus(&Sum::of(statement));
    }
    sums
}

/// What a query is called on every server: the name in its comment, else its verb, the first table
/// and the start of the SHA-256 of its text. The server's own id changes with its version and with
/// every table that is made again.
fn key(statement: &Statement) -> String {
    if let Some(name) = statement.name.as_ref().filter(|name| is_name(name)) {
        return name.clone();
    }
    let verb = first_word(&statement.query).to_ascii_lowercase();
    let hash = identity::of_bytes(statement.query.as_bytes());
    let hash = hash.get(..8).unwrap_or_default();
    match table(&statement.query) {
        Some(table) => format!("{verb} {table} {hash}"),
        None => format!("{verb} {hash}"),
    }
}

/// The first table that a text names.
fn table(query: &str) -> Option<String> {
    const LONGEST: usize = 64;
    let mut words = query.split_ascii_whitespace();
    words
        .find(|word| ["from", "into", "update"].iter().any(|key| word.eq_ignore_ascii_case(key)))?;
    let inside = |c: &char| c.is_alphanumeric() || matches!(c, '_' | '.');
    let name: String =
        words.next()?.chars().filter(|c| *c != '"').take_while(inside).take(LONGEST).collect();
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(latencies: &[f64]) -> Sum {
        let n = latencies.len() as f64;
        let mean = latencies.iter().sum::<f64>() / n;
        let variance = latencies.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n;
        Sum::of(&Statement {
            calls: latencies.len() as u64,
            total_ms: mean * n,
            stddev_ms: variance.sqrt(),
            ..Statement::default()
        })
    }

    #[test]
    fn a_difference_is_what_was_measured_between() {
        let (first, then) = ([1.0, 2.0, 9.0], [4.0, 4.5, 7.0, 0.5]);
        let both = of(&[first.as_slice(), then.as_slice()].concat());
        let close = |a: Sum, b: Sum| {
            assert_eq!(a.calls, b.calls);
            assert!((a.mean - b.mean).abs() < 1e-12, "{a:?} {b:?}");
            assert!((a.squares - b.squares).abs() < 1e-9, "{a:?} {b:?}");
        };
        close(both.minus(&of(&first)).unwrap(), of(&then));
        close(of(&first).plus(&of(&then)), both);
        close(both.minus(&Sum::default()).unwrap(), both);
        assert_eq!(both.minus(&both).unwrap().calls, 0);
        assert_eq!(of(&first).minus(&both), None);
    }

    #[test]
    fn a_query_has_one_name_everywhere() {
        let named = |query: &str, name: Option<&str>| {
            let name = name.map(str::to_owned);
            key(&Statement { query: query.to_owned(), name, ..Statement::default() })
        };
        assert_eq!(named("select $", Some("day")), "day");
        assert_eq!(named("select $", Some("no name")), "select f49509a4");
        assert!(named("insert into shop.\"item\"(a)", None).starts_with("insert shop.item "));
        assert!(named("select a from (select", None).starts_with("select "));
    }
}
