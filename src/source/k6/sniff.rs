//! Which shape of k6's results the first bytes belong to. File names tell nothing.

use super::line::{self, Long};
use super::point::Watched;
use super::shape::Shape;
use super::{csv, outline};

/// Lines that are tried: the first may be the tail of a cut one.
const TRIED: usize = 5;

/// Keys that an error names.
const NAMED: usize = 6;

/// What `values` of a metric can hold, flat in a summary export.
const STATISTICS: [&str; 9] =
    ["avg", "min", "med", "max", "count", "rate", "passes", "fails", "value"];

/// What a document is that looks like results and is none of k6's shapes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What was found.
    pub found: String,
    /// What to do about it.
    pub hint: String,
}

/// The shape of the file that begins with `head` (decompressed, without a byte order mark; 64 KiB
/// are plenty). `None`: not one of k6's; see [`refuse`] for why not.
#[must_use]
pub fn sniff(head: &[u8]) -> Option<Shape> {
    let head = head.trim_ascii_start();
    let lines = || head.split(|byte| *byte == b'\n').take(TRIED);
    if lines().any(is_k6_line) {
        return Some(Shape::Ndjson);
    }
    if lines().next().is_some_and(|first| csv::header(first).is_some()) {
        return Some(Shape::Csv);
    }
    if head.first() != Some(&b'{') {
        return None;
    }
    sniff_summary(&outline::paths(head))
}

/// Says what a JSON document is that [`sniff`] does not know. `None`: not JSON at all.
#[must_use]
pub fn refuse(head: &[u8]) -> Option<Refusal> {
    let head = head.trim_ascii_start();
    let found = match head.first() {
        Some(b'[') => "a JSON array".to_owned(),
        Some(b'{') => {
            let paths = outline::paths(head);
            let mut keys: Vec<&str> = paths
                .iter()
                .filter(|path| path.len() == 1)
                .filter_map(|path| path.first())
                .map(String::as_str)
                .collect();
            let more = keys.len() > NAMED;
            keys.truncate(NAMED);
            let more = if more { ", ..." } else { "" };
            format!(
                "a JSON object that looks like a hand-written summary (keys {}{more})",
                keys.join(", ")
            )
        }
        _ => return None,
    };
    let hint = "write all requests with `k6 run --out json=FILE`, or the summary as k6 has it: \
                `--summary-export=FILE`, or `JSON.stringify(data)` in handleSummary";
    Some(Refusal { found, hint: hint.to_owned() })
}

fn is_k6_line(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    line.first() == Some(&b'{') && !matches!(line::long(line, Watched::in_rows), Long::Bad(_))
        || line.starts_with(b"{\"metric\":\"") && memchr::memmem::find(line, b"\"Point\"").is_some()
}

fn sniff_summary(paths: &[Vec<String>]) -> Option<Shape> {
    let has = |wanted: &[&str]| paths.iter().any(|path| path.iter().eq(wanted.iter()));
    if has(&["results", "metrics"]) || (has(&["results"]) && has(&["config"]) && has(&["version"]))
    {
        return Some(Shape::MachineReadable);
    }
    let in_metric = |wanted: &[&str]| {
        paths.iter().any(|path| match path.as_slice() {
            [metrics, _, key] => metrics == "metrics" && wanted.contains(&key.as_str()),
            _ => false,
        })
    };
    // Groups are a list here and an object in the export; they can fill all of the first bytes.
    let has_list_of_groups = paths.iter().any(|path| match path.as_slice() {
        [root, _, element, ..] => root == "root_group" && element.is_empty(),
        _ => false,
    });
    let has_root = has(&["root_group"]);
    if in_metric(&["values"])
        || has_list_of_groups
        || (has_root && (has(&["options"]) || has(&["state"])))
    {
        return Some(Shape::HandleSummary);
    }
    // Only k6 itself writes `root_group`; a flat `metrics` alone could be anybody's.
    if has_root && (in_metric(&STATISTICS) || has(&["root_group", "path"])) {
        return Some(Shape::SummaryExport);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_is_known_by_its_first_bytes() {
        let cases: [(&[u8], Shape); 8] = [
            (br#"{"root_group":{"path":"","groups":[{"name":"g","#, Shape::HandleSummary),
            (br#"{"type":"Metric","data":{"name":"vus"},"metric":"vus"}"#, Shape::Ndjson),
            (b"cut line}\n{\"metric\":\"vus\",\"type\":\"Point\",\"data\":{\"time\":\"2026-01-01T00:00:00Z\",\"value\":1,\"tags\":null}}\n", Shape::Ndjson),
            (b"metric_name,timestamp,metric_value,extra_tags\n", Shape::Csv),
            (br#"{"metrics":{"vus":{"value":1,"min":1,"max":1}},"root_group":{"path":""}}"#, Shape::SummaryExport),
            (br#"{"root_group":{"path":"","groups":{"#, Shape::SummaryExport),
            (br#"{"metrics":{"vus":{"contains":"default","values":{"value":1}}}}"#, Shape::HandleSummary),
            (br#"{"version":"1.0.0","results":{"metrics":[]}}"#, Shape::MachineReadable),
        ];
        for (head, shape) in cases {
            assert_eq!(sniff(head), Some(shape), "{}", String::from_utf8_lossy(head));
        }
    }

    #[test]
    fn a_shape_of_the_users_own_is_refused_with_its_keys() {
        let head = br#"{"latency_ms":{"p95":"302.10"},"rps":12}"#;
        assert_eq!(sniff(head), None);
        assert!(refuse(head).unwrap().found.contains("(keys latency_ms, rps)"));
        for head in
            [&br#"{"metrics":{"latency":12}}"#[..], br#"{"metrics":{"p":{"p95":1}}}"#, b"[1]"]
        {
            assert_eq!(sniff(head), None);
            assert!(refuse(head).is_some());
        }
        assert_eq!(refuse(b"BenchmarkFoo 1 2 ns/op"), None);
    }
}
