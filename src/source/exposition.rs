//! What a service counts of itself: Prometheus' text format, as its documentation describes version
//! 0.0.4 (prometheus.io, "Exposition formats").
//!
//! Only samples are taken: types and help are for people, and timestamps are the scraper's.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use super::SourceError;
use super::open::{io_error, open, unreadable};

/// The most bytes and samples of a file.
const MOST_BYTES: u64 = 64 << 20;
const MOST_SAMPLES: usize = 500_000;

/// One scrape.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scrape {
    /// Samples by the name of their metric, in the order of the file.
    samples: BTreeMap<String, Vec<Sample>>,
}

/// One sample of a metric.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Its value; not always finite.
    pub value: f64,
}

impl Scrape {
    /// The samples of a metric; empty where the scrape has none of that name.
    #[must_use]
    pub fn samples(&self, metric: &str) -> &[Sample] {
        self.samples.get(metric).map_or(&[], Vec::as_slice)
    }

    /// The sum of a metric over all labels; `None` where the scrape has none of that name.
    #[must_use]
    pub fn sum(&self, metric: &str) -> Option<f64> {
        let samples = self.samples.get(metric)?;
        Some(samples.iter().map(|sample| sample.value).sum())
    }

    /// The cumulative buckets of a histogram whose label `by` has each value, with the sum of its
    /// values; of all labels together where `by` is `None`. Empty where the scrape has none of that
    /// name.
    #[must_use]
    pub fn buckets(&self, metric: &str, by: Option<&str>) -> BTreeMap<String, Buckets> {
        let mut found: BTreeMap<String, Buckets> = BTreeMap::new();
        let key = |sample: &Sample| match by {
            Some(label) => sample.labels.get(label).cloned().unwrap_or_default(),
            None => String::new(),
        };
        for sample in self.samples(&format!("{metric}_bucket")) {
            let bound = sample.labels.get("le").and_then(|bound| number(bound));
            let buckets = found.entry(key(sample)).or_default();
            match bound {
                Some(bound) => buckets.add(bound, sample.value),
                None => buckets.sum = f64::NAN,
            }
        }
        for sample in self.samples(&format!("{metric}_sum")) {
            if let Some(buckets) = found.get_mut(&key(sample)) {
                buckets.sum += sample.value;
            }
        }
        found
    }
}

/// The buckets of a histogram.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Buckets {
    /// Upper bounds, each with the number of values up to it. Rising where all series have the same
    /// bounds.
    pub counts: Vec<(f64, f64)>,
    /// The sum of all values; not a number where a bucket has no bound.
    pub sum: f64,
}

impl Buckets {
    fn add(&mut self, bound: f64, count: f64) {
        match self.counts.iter_mut().find(|(known, _)| known.total_cmp(&bound).is_eq()) {
            Some((_, sum)) => *sum += count,
            None => self.counts.push((bound, count)),
        }
    }
}

/// Reads one scrape.
///
/// # Errors
/// The file cannot be read, or has a line that is no sample.
pub fn exposition(path: &Path) -> Result<Scrape, SourceError> {
    let mut text = String::new();
    open(path)?.text.take(MOST_BYTES + 1).read_to_string(&mut text).map_err(io_error(path))?;
    if text.len() as u64 > MOST_BYTES {
        return Err(refused(path, format!("more than {} MiB", MOST_BYTES >> 20)));
    }
    parse(&text).map_err(|what| refused(path, what))
}

fn refused(path: &Path, what: String) -> SourceError {
    unreadable(
        path,
        what,
        "what a service counts of itself, in Prometheus' text format",
        "fetch it as it is, such as with `curl -s http://127.0.0.1:8080/metrics`",
    )
}

fn parse(text: &str) -> Result<Scrape, String> {
    let mut scrape = Scrape::default();
    let mut count = 0;
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        count += 1;
        if count > MOST_SAMPLES {
            return Err(format!("more than {MOST_SAMPLES} samples"));
        }
        let (name, sample) = read(line).ok_or_else(|| {
            let start: String = line.chars().take(60).collect();
            format!("{start:?} in line {}", at + 1)
        })?;
        scrape.samples.entry(name).or_default().push(sample);
    }
    if count == 0 { Err("no sample".to_owned()) } else { Ok(scrape) }
}

/// `name{label="value",...} number [timestamp]`
fn read(line: &str) -> Option<(String, Sample)> {
    let end = line.find(|c: char| c == '{' || c.is_whitespace())?;
    let (name, rest) = line.split_at_checked(end)?;
    if !is_name(name) {
        return None;
    }
    let (labels, rest) = match rest.strip_prefix('{') {
        Some(rest) => labels(rest)?,
        None => (BTreeMap::new(), rest),
    };
    let mut words = rest.split_whitespace();
    let value = number(words.next()?)?;
    // A timestamp may follow, and nothing after it.
    let stamped = words.next().is_none_or(|stamp| stamp.parse::<i64>().is_ok());
    (stamped && words.next().is_none()).then(|| (name.to_owned(), Sample { labels, value }))
}

fn is_name(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    text.starts_with(|c: char| !c.is_ascii_digit() && fits(c)) && text.chars().all(fits)
}

/// The labels up to the closing brace, and what follows it.
fn labels(mut rest: &str) -> Option<(BTreeMap<String, String>, &str)> {
    let mut labels = BTreeMap::new();
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix('}') {
            return Some((labels, after));
        }
        let (name, after) = rest.split_once('=')?;
        let (value, after) = quoted(after.trim_start().strip_prefix('"')?)?;
        let name = name.trim();
        if !is_name(name) || labels.insert(name.to_owned(), value).is_some() {
            return None;
        }
        rest = after.trim_start();
        match rest.strip_prefix(',') {
            Some(after) => rest = after,
            None if rest.starts_with('}') => {}
            None => return None,
        }
    }
}

/// A text up to its closing quote, with `\\`, `\"` and `\n` undone, and what follows it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut out = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((out, text.get(at + 1..)?)),
            '\\' => match chars.next()? {
                (_, 'n') => out.push('\n'),
                (_, c @ ('\\' | '"')) => out.push(c),
                (_, other) => out.extend(['\\', other]),
            },
            c => out.push(c),
        }
    }
    None
}

/// A number as Go prints it: `+Inf`, `-Inf` and `NaN` among them.
fn number(text: &str) -> Option<f64> {
    match text {
        "+Inf" | "Inf" => Some(f64::INFINITY),
        "-Inf" => Some(f64::NEG_INFINITY),
        "NaN" => Some(f64::NAN),
        _ => text.parse().ok().filter(|number: &f64| number.is_finite()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
# HELP http_requests_total Requests answered.
# TYPE http_requests_total counter
http_requests_total{category=\"read\",status=\"200\"} 1027
http_requests_total{category=\"write\",status=\"409\",} 3 1395066363000

cpu_seconds_total 12.47
odd{path=\"C:\\\\DIR\\\\\",error=\"Cannot find \\\"FILE\\\"\\n, {x=1}\"} 1.458255915e9
query_seconds_bucket{query=\"day\",le=\"0.1\"} 3
query_seconds_bucket{query=\"day\",le=\"+Inf\"} 4
query_seconds_bucket{query=\"book\",le=\"0.1\"} 0
query_seconds_bucket{query=\"book\",le=\"+Inf\"} 2
query_seconds_sum{query=\"day\"} 0.5
query_seconds_sum{query=\"book\"} 1.5
query_seconds_count{query=\"day\"} 4
";

    #[test]
    fn samples_are_read_with_their_labels() {
        let scrape = parse(TEXT).unwrap();
        assert_eq!(scrape.sum("http_requests_total"), Some(1030.0));
        assert_eq!(scrape.sum("cpu_seconds_total"), Some(12.47));
        assert_eq!(scrape.sum("requests_total"), None);
        let odd = &scrape.samples("odd")[0];
        assert_eq!(odd.labels["path"], "C:\\DIR\\");
        assert_eq!(odd.labels["error"], "Cannot find \"FILE\"\n, {x=1}");
    }

    #[test]
    fn histograms_are_split_by_a_label_or_taken_together() {
        let scrape = parse(TEXT).unwrap();
        let split = scrape.buckets("query_seconds", Some("query"));
        assert_eq!(split["day"].counts, [(0.1, 3.0), (f64::INFINITY, 4.0)]);
        assert_eq!(split["book"].counts, [(0.1, 0.0), (f64::INFINITY, 2.0)]);
        let all = scrape.buckets("query_seconds", None);
        assert_eq!(all[""], Buckets { counts: vec![(0.1, 3.0), (f64::INFINITY, 6.0)], sum: 2.0 });
        assert!(scrape.buckets("http_requests_total", None).is_empty());
    }

    #[test]
    fn anything_else_is_refused_with_its_place() {
        for (text, what) in [
            ("", "no sample"),
            ("# HELP x y\n", "no sample"),
            ("a 1\nb\n", "\"b\" in line 2"),
            ("a{b=\"c\" 1\n", "in line 1"),
            ("a{b=\"c\"d=\"e\"} 1\n", "in line 1"),
            ("a{b=\"c\",b=\"d\"} 1\n", "in line 1"),
            ("a{b=c} 1\n", "in line 1"),
            ("a 1 2 3\n", "in line 1"),
            ("a one\n", "in line 1"),
            ("9a 1\n", "in line 1"),
            ("a 1e999\n", "in line 1"),
            ("<html>\n", "in line 1"),
        ] {
            let found = parse(text).unwrap_err();
            assert!(found.contains(what), "{found} for {text:?}");
        }
    }
}
