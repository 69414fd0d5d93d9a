//! One NDJSON line: the layouts that k6 writes are read by hand, all others by `serde_json`.
//!
//! The short way must never say anything that the long way would not say. It only accepts a line
//! whose parts are what the long way would find in that position, and leaves the last part, from
//! the tags to the end of the line, to the long way the first time these very bytes are met.

use std::borrow::Cow;
use std::fmt;

use memchr::{memchr, memchr2, memrchr};
use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use super::decimal;
use super::instant::{Instant, common_rfc3339, rfc3339};
use super::point::Watched;
use crate::measure::Tags;

/// Since k6 0.4x.
const METRIC_FIRST: &[u8] = b"{\"metric\":\"";
const AFTER_METRIC: &[u8] = b",\"type\":\"Point\",\"data\":{\"time\":\"";
/// k6 0.3x.
const TYPE_FIRST: &[u8] = b"{\"type\":\"Point\",\"data\":{\"time\":\"";
const BEFORE_METRIC: &[u8] = b",\"metric\":";
const VALUE: &[u8] = b",\"value\":";
const TAGS: &[u8] = b",\"tags\":{";

/// What the short way makes of a line.
#[derive(Debug, PartialEq)]
pub(super) enum Short<'l> {
    /// No point of a watched metric.
    Skip,
    /// A point, if `rest` is good.
    Point {
        /// Its metric.
        watched: Watched,
        /// When.
        at: Instant,
        /// The value.
        value: f64,
        /// From the opening brace of the tags to the end of the line.
        rest: &'l [u8],
    },
    /// The long way must tell.
    Unsure,
}

/// What the long way makes of a line.
#[derive(Debug, PartialEq)]
pub(super) enum Long {
    /// A point of a watched metric.
    Point {
        /// Its metric.
        watched: Watched,
        /// When.
        at: Instant,
        /// The value.
        value: f64,
        /// Its tags.
        tags: Tags,
    },
    /// The declaration of a metric, or a point of one that is not watched.
    Other {
        /// The metric.
        metric: String,
    },
    /// Not a line of k6, and why.
    Bad(String),
}

/// Reads a line by hand.
pub(super) fn short(line: &[u8], watched: impl Fn(&[u8]) -> Option<Watched>) -> Short<'_> {
    if let Some(after) = line.strip_prefix(METRIC_FIRST) {
        return metric_first(after, watched);
    }
    match line.strip_prefix(TYPE_FIRST) {
        Some(after) => type_first(line, after, watched),
        None => Short::Unsure,
    }
}

fn metric_first(after: &[u8], watched: impl Fn(&[u8]) -> Option<Watched>) -> Short<'_> {
    // Names of metrics have no escapes; a name that has one is none of ours unless it spells one.
    let Some(end) = memchr2(b'"', b'\\', after) else { return Short::Unsure };
    let (Some(name), Some(tail)) = (after.get(..end), after.get(end..)) else {
        return Short::Unsure;
    };
    if tail.first() == Some(&b'\\') {
        return Short::Unsure;
    }
    let Some(watched) = watched(name) else { return Short::Skip };
    let moment = tail.strip_prefix(b"\"").and_then(|t| t.strip_prefix(AFTER_METRIC));
    moment.and_then(|moment| point(watched, moment)).unwrap_or(Short::Unsure)
}

fn type_first<'l>(
    line: &'l [u8],
    after: &'l [u8],
    watched: impl Fn(&[u8]) -> Option<Watched>,
) -> Short<'l> {
    // A quote after a comma opens a string unless the line is broken, and nothing but the end of
    // the line's own object follows, so this is the outermost `metric`.
    let Some(named) = line.strip_suffix(b"\"}") else { return Short::Unsure };
    let Some(quote) = memrchr(b'"', named) else { return Short::Unsure };
    let (Some(before), Some(name)) = (named.get(..quote), named.get(quote + 1..)) else {
        return Short::Unsure;
    };
    if !before.ends_with(BEFORE_METRIC) || memchr(b'\\', name).is_some() {
        return Short::Unsure;
    }
    let Some(watched) = watched(name) else { return Short::Skip };
    point(watched, after).unwrap_or(Short::Unsure)
}

/// The rest of a point, from the text of its moment on.
fn point(watched: Watched, text: &[u8]) -> Option<Short<'_>> {
    let end = memchr(b'"', text)?;
    let at = common_rfc3339(text.get(..end)?)?;
    let text = text.get(end + 1..)?.strip_prefix(VALUE)?;
    let end = memchr(b',', text)?;
    let value = decimal::plain(text.get(..end)?)?;
    let tags = text.get(end..)?.strip_prefix(TAGS)?;
    let rest = text.get(text.len() - tags.len() - 1..)?;
    Some(Short::Point { watched, at, value, rest })
}

/// Reads a line as JSON, whatever the order of its keys.
pub(super) fn long(line: &[u8], watched: impl Fn(&[u8]) -> Option<Watched>) -> Long {
    let parsed: Line = match serde_json::from_slice(line) {
        Ok(parsed) => parsed,
        Err(error) => return Long::Bad(error.to_string()),
    };
    match parsed.kind.as_ref() {
        "Metric" => Long::Other { metric: parsed.metric.into_owned() },
        "Point" => from_point(&parsed.metric, parsed.data, watched),
        other => Long::Bad(format!("`type` is {other:?}, not `Metric` or `Point`")),
    }
}

fn from_point(metric: &str, data: Data<'_>, watched: impl Fn(&[u8]) -> Option<Watched>) -> Long {
    let Some(watched) = watched(metric.as_bytes()) else {
        return Long::Other { metric: metric.to_owned() };
    };
    let (Some(time), Some(Value(value))) = (data.time, data.value) else {
        return Long::Bad("a point without `time` and `value`".to_owned());
    };
    let Some(at) = rfc3339(time.as_bytes()) else {
        return Long::Bad(format!("`time` is {time:?}, not an RFC 3339 time"));
    };
    Long::Point { watched, at, value, tags: data.tags.map(|tags| tags.0).unwrap_or_default() }
}

#[derive(Deserialize)]
struct Line<'l> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'l, str>,
    #[serde(borrow)]
    metric: Cow<'l, str>,
    #[serde(borrow)]
    data: Data<'l>,
}

#[derive(Deserialize)]
struct Data<'l> {
    #[serde(borrow)]
    time: Option<Cow<'l, str>>,
    value: Option<Value>,
    tags: Option<Pairs>,
    #[serde(rename = "metadata")]
    _metadata: Option<IgnoredAny>,
}

/// A number; k6 writes no other values.
#[derive(Deserialize)]
struct Value(f64);

/// Tags, every key once. Values are strings; other plain values are taken as their text.
struct Pairs(Tags);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Pairs;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of tags")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut tags = Tags::new();
                while let Some((key, value)) = map.next_entry::<String, serde_json::Value>()? {
                    let value = match value {
                        serde_json::Value::String(text) => text,
                        serde_json::Value::Null => String::new(),
                        serde_json::Value::Array(_) | serde_json::Value::Object(_) => {
                            return Err(A::Error::custom(format!("tag `{key}` is no text")));
                        }
                        plain => plain.to_string(),
                    };
                    if tags.insert(key, value).is_some() {
                        return Err(A::Error::custom("a tag appears twice"));
                    }
                }
                Ok(Pairs(tags))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn json(text: &str) -> String {
        serde_json::Value::from(text).to_string()
    }

    /// A line with keys in any order, spaces, escapes and extra keys.
    fn lines() -> impl Strategy<Value = String> {
        let name = prop_oneof![
            Just("http_req_duration".to_owned()),
            Just("http_req_failed".to_owned()),
            Just("checks".to_owned()),
            Just("vus_max".to_owned()),
            Just("iteration_duration".to_owned()),
            Just("http_req_blocked".to_owned()),
            Just("http_req_d\\u0075ration".to_owned()),
            "[a-z_]{1,8}",
        ];
        let time = prop_oneof![
            Just("2026-11-23T06:52:47.873331182Z".to_owned()),
            Just("2024-08-22T01:13:59.89-03:00".to_owned()),
            Just("2024-08-22t01:13:59z".to_owned()),
            Just("soon".to_owned()),
        ];
        let value = prop_oneof![
            "[0-9]{1,5}\\.[0-9]{1,6}",
            "-?[0-9]{1,3}",
            "[0-9]{1,20}",
            "[1-9]e[0-9]",
            Just("null".to_owned()),
            Just("01".to_owned()),
            Just("1.".to_owned()),
        ];
        let tags = proptest::collection::btree_map("[a-z]{1,3}", ".{0,6}", 0..4);
        let shape = (0usize..6, 0usize..24, any::<bool>(), prop_oneof![Just(""), Just(" ")]);
        (name, time, value, tags, shape).prop_map(|(name, time, value, tags, shape)| {
            let (outer, inner, metadata, space) = shape;
            let tags: Vec<String> =
                tags.iter().map(|(k, v)| format!("{}:{space}{}", json(k), json(v))).collect();
            let mut data = vec![
                format!("\"time\":{space}\"{time}\""),
                format!("\"value\":{space}{value}"),
                format!("\"tags\":{space}{{{}}}", tags.join(",")),
            ];
            if metadata {
                data.push("\"metadata\":{\"trace\":\"}}\"}".to_owned());
            }
            permute(&mut data, inner);
            let mut parts = vec![
                format!("\"metric\":{space}\"{name}\""),
                "\"type\":\"Point\"".to_owned(),
                format!("\"data\":{{{}}}", data.join(",")),
            ];
            permute(&mut parts, outer);
            format!("{{{}}}", parts.join(","))
        })
    }

    fn permute(list: &mut [String], seed: usize) {
        let mut seed = seed;
        for i in (1..list.len()).rev() {
            list.swap(i, seed % (i + 1));
            seed /= i + 1;
        }
    }

    /// What a reader of rows asks for, and what a reader of windows asks for.
    type In = fn(&[u8]) -> Option<Watched>;
    const WATCHED: [In; 2] = [Watched::in_rows, Watched::in_windows];

    /// What the short way says must be what the long way says of the same line, wherever the long
    /// way finds the line good at all.
    fn agree(line: &[u8]) -> Result<(), TestCaseError> {
        for watched in WATCHED {
            match (short(line, watched), long(line, watched)) {
                (Short::Unsure, _) | (Short::Skip | Short::Point { .. }, Long::Bad(_)) => {}
                (Short::Skip, Long::Other { .. }) => {}
                (
                    Short::Point { watched, at, value, .. },
                    Long::Point { watched: w, at: a, value: v, .. },
                ) => {
                    prop_assert_eq!((watched, at, value.to_bits()), (w, a, v.to_bits()));
                }
                (short, long) => prop_assert!(false, "{:?} but {:?}", short, long),
            }
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn the_short_way_equals_the_long_way(line in lines()) {
            agree(line.as_bytes())?;
        }

        #[test]
        fn also_after_damage(line in lines(), at in any::<prop::sample::Index>(), with in any::<u8>()) {
            let mut bytes = line.into_bytes();
            let at = at.index(bytes.len());
            bytes[at] = with;
            agree(&bytes)?;
        }
    }

    #[test]
    fn both_layouts_of_k6_take_the_short_way() {
        let new = br#"{"metric":"checks","type":"Point","data":{"time":"2026-11-23T06:52:47Z","value":1,"tags":{"check":"ok"}}}"#;
        let old = br#"{"type":"Point","data":{"time":"2026-11-23T06:52:47Z","value":1,"tags":{"check":"ok"}},"metric":"checks"}"#;
        for line in [new.as_slice(), old.as_slice()] {
            let read = short(line, Watched::in_rows);
            assert!(matches!(read, Short::Point { watched: Watched::Check, .. }));
        }
    }

    #[test]
    fn repeated_keys_are_bad() {
        for line in [
            r#"{"metric":"checks","type":"Point","data":{"time":"2026-11-23T06:52:47Z","value":1,"tags":{},"value":2}}"#,
            r#"{"metric":"checks","type":"Point","data":{"time":"2026-11-23T06:52:47Z","value":1,"tags":{"a":"1","a":"2"}}}"#,
        ] {
            let read = long(line.as_bytes(), Watched::in_rows);
            assert!(matches!(read, Long::Bad(_)), "{line}");
        }
    }
}
