//! From gathered points to rows.

use std::collections::BTreeMap;

use super::tally::{Others, Requests, Span, Tally};
use crate::measure::{Evidence, Figure, Metric, Problem, Row, Severity, Tags, Unit};
use crate::source::latencies::{QUANTILES, throughput};

/// The statistic of the mean time of an iteration for each of its requests, in ms: what it has over the
/// mean of the requests is time between them.
pub const ITERATION: &str = "iteration";

/// Rows sorted by tags, and what should be known about them. No rows without a point.
pub(super) fn build(tally: &Tally, detail: bool, damaged: bool) -> (Vec<Row>, Vec<Problem>) {
    let mut rows: BTreeMap<Tags, Row> = BTreeMap::new();
    let mut problems = Vec::new();
    for requests in &tally.requests {
        let mut row = empty_row(tally, &requests.tags);
        match fill(&mut row, requests, tally) {
            Some(why) => problems.push(about(&row, Severity::Error, "no-data", why)),
            None => row.detail = detail.then(|| requests.latencies.detail()).flatten(),
        }
        rows.insert(requests.tags.clone(), row);
    }
    for others in &tally.others {
        let row = rows.entry(others.tags.clone()).or_insert_with(|| empty_row(tally, &others.tags));
        fill_others(row, others);
        if others.dropped > 0 {
            let (dropped, of) = (others.dropped, others.iterations.saturating_add(others.dropped));
            let why = format!("{dropped} of {of} iterations never started: less load than offered");
            problems.push(about(row, Severity::Warning, "dropped-iterations", why));
        }
    }
    if tally.requests.is_empty() && !rows.is_empty() {
        let message = "no HTTP request in the file".to_owned();
        problems.push(Problem { severity: Severity::Error, code: "no-data", row: None, message });
    }
    problems.extend(unknown_tags(tally));
    let mut rows: Vec<Row> = rows.into_values().collect();
    rows.iter_mut().for_each(|row| row.damaged = damaged);
    (rows, problems)
}

fn empty_row(tally: &Tally, tags: &Tags) -> Row {
    Row::empty(tally.grouping.id(tags), tags.clone(), Unit::Ms, Evidence::Requests)
}

fn about(row: &Row, severity: Severity, code: &'static str, message: String) -> Problem {
    Problem { severity, code, row: Some(row.id.clone()), message }
}

/// Fills in a row of requests; says why where its latencies are worthless.
fn fill(row: &mut Row, requests: &Requests, tally: &Tally) -> Option<String> {
    row.n = requests.latencies.n();
    if let Some(share) = Figure::share(requests.failed, requests.judged) {
        row.figures.insert(Metric::ErrorRate, share);
    }
    let Some(digest) = requests.latencies.digest(&QUANTILES.map(|(_, q)| q)) else {
        return Some("no latency for these requests".to_owned());
    };
    row.approximate = digest.approximate;
    if digest.max <= 0.0 {
        return Some("every latency is 0: nothing answered".to_owned());
    }
    row.statistics = digest.statistics();
    if requests.judged > 0 && requests.failed == requests.judged {
        let all = requests.judged;
        return Some(format!("all {all} requests failed: these are latencies of failures"));
    }
    row.figures.extend(digest.figures());
    insert(row, Metric::Throughput, rate(requests, tally));
    None
}

fn fill_others(row: &mut Row, others: &Others) {
    insert(row, Metric::Checks, Figure::share(others.passed, others.checks));
    // k6 writes `dropped_iterations` only when something was dropped.
    let started_or_dropped = others.iterations.saturating_add(others.dropped);
    if row.n > 0 && others.iteration_ms > 0.0 {
        let each = others.iteration_ms / row.n as f64;
        row.statistics.insert(ITERATION.to_owned(), each);
    }
    insert(row, Metric::Dropped, Figure::share(others.dropped, started_or_dropped));
}

fn insert(row: &mut Row, metric: Metric, figure: Option<Figure>) {
    row.figures.extend(figure.map(|figure| (metric, figure)));
}

/// Requests a second, over the time in which the row's scenarios ran.
fn rate(requests: &Requests, tally: &Tally) -> Option<Figure> {
    let spans = requests.scenarios.iter().filter_map(|i| tally.scenarios.get(*i as usize));
    let span = spans
        .copied()
        .reduce(|a, b| Span { start: a.start.min(b.start), end: a.end.max(b.end) })?;
    let window = (i128::from(span.end) - i128::from(span.start)) as f64 / 1e9;
    throughput(requests.latencies.n(), window, 10f64.powi(-i32::from(tally.digits)))
}

/// A grouping tag that no request carries is a mistyped one.
fn unknown_tags(tally: &Tally) -> impl Iterator<Item = Problem> {
    let keys = tally.grouping.named_keys().iter().zip(&tally.carried);
    keys.filter(|(_, carried)| !tally.requests.is_empty() && !**carried).map(|(key, _)| Problem {
        severity: Severity::Warning,
        code: "no-such-tag",
        row: None,
        message: format!("no request carries the tag `{key}`"),
    })
}

#[cfg(test)]
mod tests {
    use super::super::gather::Gather as _;
    use super::super::grouping::Grouping;
    use super::super::instant::Instant;
    use super::super::point::Watched;
    use super::*;

    #[test]
    fn a_row_beyond_the_limit_is_approximate() {
        let mut tally = Tally::new(Grouping::new(Some(&[])), 300);
        let seat = tally.seat(Watched::Duration, &Tags::new()).unwrap();
        for i in 0..3000u32 {
            let at = Instant { ns: i64::from(i) * 1_000_000, digits: 9 };
            tally.add(Watched::Duration, seat, at, f64::from(i * 7919 % 3001 + 1));
        }
        let (rows, problems) = build(&tally, true, false);
        assert_eq!((rows[0].n, rows[0].approximate, problems.len()), (3000, true, 0));
        let Figure::Log { y, s } = rows[0].figures[&Metric::P95] else { panic!("no log figure") };
        assert!((y.exp() / 2851.0 - 1.0).abs() < 0.001, "{}", y.exp());
        assert!(s.is_some_and(|s| s > 0.0));
        let windows = rows[0].detail.as_ref().map(|detail| detail.windows.len());
        assert!(windows.is_some_and(|n| (30..=60).contains(&n)), "{windows:?}");
    }
}
