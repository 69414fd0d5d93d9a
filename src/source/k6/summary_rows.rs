//! From a summary to rows: the whole test, and each part for which the script declared a
//! threshold.

use std::collections::{BTreeMap, BTreeSet};

use super::fault::Fault;
use super::grouping::{ALL, join};
use super::summary::{Summary, Values};
use crate::measure::{Evidence, Figure, Metric, Problem, Row, Severity, Tags, Unit};

/// k6 adds this part by itself; tailguard's latencies are those of all requests.
const EXPECTED_RESPONSE: &str = "expected_response";

/// Metrics named in the message about a summary without a usable one.
const MOST_NAMES: usize = 8;

/// Rows sorted by tags, and what should be known about them.
pub(super) fn build(
    summary: &Summary,
    group_by: Option<&[String]>,
) -> Result<(Vec<Row>, Vec<Problem>), Fault> {
    let whole = Part { id: ALL.to_owned(), tags: Tags::new() };
    let mut parts = parts(summary);
    let mut problems = Vec::new();
    match group_by {
        None => parts.push(whole),
        Some(keys) => {
            let wanted: BTreeSet<&String> = keys.iter().collect();
            parts.retain(|part| part.tags.keys().collect::<BTreeSet<_>>() == wanted);
            parts.iter_mut().for_each(|part| part.id = part.id_by(keys));
            if parts.is_empty() {
                parts.push(whole);
                problems.extend(no_such_part(keys));
            }
        }
    }
    let mut rows = BTreeMap::new();
    for part in parts {
        let mut row = Row::empty(part.id, part.tags, Unit::Ms, Evidence::Quantiles);
        fill(&mut row, summary, &mut problems);
        rows.entry(row.tags.clone()).or_insert(row);
    }
    if rows.values().all(|row| row.figures.is_empty() && row.statistics.is_empty())
        && summary.find("http_req_duration", &Tags::new()).is_none()
    {
        return Err(empty(summary));
    }
    problems.extend(summary.crossed.iter().map(|(metric, expression)| Problem {
        severity: Severity::Notice,
        code: "k6-threshold",
        row: None,
        message: format!("k6's own threshold `{expression}` on `{metric}` was crossed"),
    }));
    Ok((rows.into_values().collect(), problems))
}

/// A part of the test, by tags.
struct Part {
    id: String,
    tags: Tags,
}

impl Part {
    fn id_by(&self, keys: &[String]) -> String {
        join(keys.iter().filter_map(|key| self.tags.get(key)))
    }
}

/// The parts whose latencies the summary has.
fn parts(summary: &Summary) -> Vec<Part> {
    let parts = summary.parts.iter().map(|name| Part {
        id: join(name.tags.iter().map(|(_, value)| value)),
        tags: name.tag_set(),
    });
    parts.filter(|part| !part.tags.contains_key(EXPECTED_RESPONSE)).collect()
}

fn no_such_part(keys: &[String]) -> Option<Problem> {
    (!keys.is_empty()).then(|| Problem {
        severity: Severity::Warning,
        code: "no-such-tag",
        row: None,
        message: format!(
            "the summary has no part by {}; a summary only has the parts on which the script \
             declares a threshold",
            keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(" and ")
        ),
    })
}

fn fill(row: &mut Row, summary: &Summary, problems: &mut Vec<Problem>) {
    let find = |metric: &str| summary.find(metric, &row.tags);
    let trend = find("http_req_duration");
    let statistics = match trend {
        Some(Values::Trend(statistics)) => statistics.clone(),
        _ => BTreeMap::new(),
    };
    let (requests, rate) = match find("http_reqs") {
        Some(Values::Counter { count, rate }) => (*count, *rate),
        _ => (None, None),
    };
    let (error_rate, error_share) = rate_of(find("http_req_failed"));
    let (checks, _) = rate_of(find("checks"));
    let dropped = dropped(find("dropped_iterations"), find("iterations"));

    row.n = statistics.get("count").map(|n| *n as u64).or(requests).unwrap_or(0);
    let mut insert =
        |metric, figure: Option<Figure>| row.figures.extend(figure.map(|f| (metric, f)));
    insert(Metric::ErrorRate, error_rate);
    insert(Metric::Checks, checks);
    insert(Metric::Dropped, dropped);
    // Where the whole test failed, so did its parts, also those whose failures were not counted.
    let (_, whole) = rate_of(summary.find("http_req_failed", &Tags::new()));
    let worthless = if trend.is_none() {
        Some("no HTTP request in the summary")
    } else if !took_time(&statistics) {
        Some("every latency is 0 or absent: no request of this part, or nothing answered")
    } else {
        let all_failed = error_share.or(whole).is_some_and(|share| share >= 1.0);
        all_failed.then_some("all requests failed: these are latencies of failures")
    };
    if worthless.is_none() {
        let quantile = |keys: [&str; 3]| keys.iter().find_map(|key| statistics.get(*key)).copied();
        let figure = |value: Option<f64>| Figure::positive(value?, None);
        insert(Metric::P50, figure(quantile(["med", "p(50)", "p50"])));
        insert(Metric::P95, figure(quantile(["p(95)", "p95", "p(95.0)"])));
        insert(Metric::P99, figure(quantile(["p(99)", "p99", "p(99.0)"])));
        if row.tags.is_empty() {
            insert(Metric::Throughput, throughput(requests, rate, summary.duration));
        }
    }
    if took_time(&statistics) {
        row.statistics = named(&statistics);
    }
    if !row.figures.contains_key(&Metric::ErrorRate) {
        row.statistics.extend(error_share.map(|share| ("error_rate".to_owned(), share)));
    }
    let mut about = |severity, code, message| {
        problems.push(Problem { severity, code, row: Some(row.id.clone()), message });
    };
    if let Some(why) = worthless {
        about(Severity::Error, "no-data", why.to_owned());
    }
    if let Some(Figure::Share { events: events @ 1.., of }) = dropped {
        let why = format!("{events} of {of} iterations never started: less load than offered");
        about(Severity::Warning, "dropped-iterations", why);
    }
}

/// Whether anything took time. `count` tells how often something was measured, not how long.
fn took_time(statistics: &BTreeMap<String, f64>) -> bool {
    statistics.iter().any(|(key, value)| key != "count" && *value > 0.0)
}

/// A proportion where both counts are there, and the share alone.
fn rate_of(values: Option<&Values>) -> (Option<Figure>, Option<f64>) {
    let Some(Values::Rate { events, of, share }) = values else { return (None, None) };
    let figure = events.zip(*of).and_then(|(events, of)| Figure::share(events, of));
    (figure, figure.map(Figure::value).or(*share))
}

/// Dropped iterations out of all that should have run. k6 has the metric only where there were any.
fn dropped(dropped: Option<&Values>, iterations: Option<&Values>) -> Option<Figure> {
    let count = |values: Option<&Values>| match values {
        Some(Values::Counter { count, .. }) => *count,
        _ => None,
    };
    let dropped = count(dropped).unwrap_or(0);
    Figure::share(dropped, dropped.saturating_add(count(iterations).unwrap_or(0)))
}

/// Requests a second over the whole test. A part's rate is divided by the whole test's duration
/// too, which is wrong for a part that does not span it, so parts have none.
fn throughput(count: Option<u64>, rate: Option<f64>, duration: Option<f64>) -> Option<Figure> {
    let by_duration = count.zip(duration).map(|(count, duration)| count as f64 / duration);
    Figure::positive(by_duration.or(rate)?, None)
}

/// Statistics by the names that people know: `mean`, `p50`, `p99.9`.
fn named(statistics: &BTreeMap<String, f64>) -> BTreeMap<String, f64> {
    let name = |key: &str| match key {
        "count" => None,
        "avg" => Some("mean".to_owned()),
        "med" => Some("p50".to_owned()),
        key => {
            let percentile = key.strip_prefix("p(").and_then(|rest| rest.strip_suffix(')'));
            Some(percentile.map_or_else(|| key.to_owned(), |p| format!("p{p}")))
        }
    };
    statistics.iter().filter_map(|(key, value)| Some((name(key)?, *value))).collect()
}

fn empty(summary: &Summary) -> Fault {
    let mut names: Vec<&str> = summary.others.iter().map(String::as_str).collect();
    names.sort_unstable();
    names.truncate(MOST_NAMES);
    Fault::content(
        format!("a summary without a request, check or iteration (metrics: {})", names.join(", ")),
        "http_req_duration",
        "check that the script sends HTTP requests and that k6 ran to its end",
    )
}
