//! From gathered points to rows.

use std::collections::BTreeMap;

use super::tally::{Others, Requests, Span, Tally};
use crate::measure::{Evidence, Figure, Metric, Problem, Row, Severity, Tags, Unit, drops};
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
        let of = could_start(others, tally);
        fill_others(row, others, of);
        if others.dropped > 0 {
            let dropped = others.dropped;
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

/// The iterations that the dropped ones of a row are a share of: its own, and, where k6 does not tell
/// to which row a drop belongs, those of every row that it may belong to.
fn could_start(others: &Others, tally: &Tally) -> u64 {
    let own = others.iterations.saturating_add(others.dropped);
    // k6 writes `dropped_iterations` only when something was dropped.
    let finer = tally.others.iter().filter(|finer| drops::may_be_of(&others.tags, &finer.tags));
    let finer = finer.filter(|_| others.dropped > 0);
    finer.fold(own, |sum, finer| sum.saturating_add(finer.iterations).saturating_add(finer.dropped))
}

fn fill_others(row: &mut Row, others: &Others, could_start: u64) {
    insert(row, Metric::Checks, Figure::share(others.passed, others.checks));
    if row.n > 0 && others.iteration_ms > 0.0 {
        let each = others.iteration_ms / row.n as f64;
        row.statistics.insert(ITERATION.to_owned(), each);
    }
    insert(row, Metric::Dropped, Figure::share(others.dropped, could_start));
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
    fn drops_that_no_row_can_be_blamed_for_are_a_share_of_all_iterations() {
        let mut tally = Tally::new(Grouping::new(Some(&["window".to_owned()])), 300);
        let mut add = |watched, tags: &[(&str, &str)], value| {
            let tags = tags.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
            let seat = tally.seat(watched, &tags).unwrap();
            tally.add(watched, seat, Instant { ns: 0, digits: 9 }, value);
        };
        add(Watched::Iterations, &[("window", "1")], 60.0);
        add(Watched::Iterations, &[("window", "2")], 30.0);
        add(Watched::Dropped, &[("window", "2")], 6.0);
        add(Watched::Dropped, &[], 4.0);
        let (rows, problems) = build(&tally, false, false);
        let shares: Vec<Figure> = rows.iter().map(|row| row.figures[&Metric::Dropped]).collect();
        let share = |events, of| Figure::share(events, of).unwrap();
        assert_eq!(shares, [share(4, 100), share(0, 60), share(6, 36)]);
        let told: Vec<&str> = problems.iter().map(|p| p.message.as_str()).collect();
        assert!(told.iter().any(|text| text.starts_with("4 of 100 iterations")), "{told:?}");
    }

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
