//! `benchmark.json`: what was measured.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::measure::Tags;

/// The identity of a benchmark. The three parts are the key: `full_id` joins them by a slash that
/// a part may contain, `title` is cut, and `directory_name` depends on the order of the run.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Benchmark {
    group_id: String,
    #[serde(default)]
    function_id: Option<String>,
    #[serde(default)]
    value_str: Option<String>,
    #[serde(default)]
    full_id: Option<String>,
    #[serde(default)]
    directory_name: Option<String>,
    /// What one iteration works through.
    #[serde(default)]
    pub(super) throughput: Throughput,
}

impl Benchmark {
    pub(super) fn id(&self) -> String {
        self.full_id.clone().unwrap_or_else(|| {
            let parts = [Some(&self.group_id), self.function_id.as_ref(), self.value_str.as_ref()];
            let parts: Vec<_> = parts.into_iter().flatten().map(String::as_str).collect();
            parts.join("/")
        })
    }

    pub(super) fn tags(&self) -> Tags {
        let parts = [
            ("group", Some(&self.group_id)),
            ("function", self.function_id.as_ref()),
            ("value", self.value_str.as_ref()),
        ];
        let present = parts.into_iter().filter_map(|(key, part)| Some((key, part?)));
        present.map(|(key, part)| (key.to_owned(), part.clone())).collect()
    }

    /// The directory under which criterion filed the benchmark that now lies at `place`; `None` if
    /// it was filed under another name.
    pub(super) fn root(&self, place: &Path) -> Option<PathBuf> {
        let filed = Path::new(self.directory_name.as_deref()?);
        let depth = filed.components().count();
        let root = place.ancestors().nth(depth)?;
        (depth > 0 && place.ends_with(filed)).then(|| root.to_owned())
    }
}

/// The number that one iteration works through; of several kinds the first. Kinds are not told
/// apart, so that those of later versions are taken too.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Throughput(pub(super) Option<f64>);

impl<'de> Deserialize<'de> for Throughput {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Anything)
    }
}

struct Anything;

impl<'de> Visitor<'de> for Anything {
    type Value = Throughput;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a throughput")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Throughput, A::Error> {
        let first = map.next_entry::<IgnoredAny, Throughput>()?;
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(first.map_or_else(Throughput::default, |(_, value)| value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Throughput, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Throughput::default())
    }

    fn visit_u64<E>(self, count: u64) -> Result<Throughput, E> {
        Ok(Throughput(Some(count as f64)))
    }

    fn visit_f64<E>(self, count: f64) -> Result<Throughput, E> {
        Ok(Throughput(Some(count)))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Throughput, E> {
        Ok(Throughput::default())
    }

    fn visit_str<E>(self, _: &str) -> Result<Throughput, E> {
        Ok(Throughput::default())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Throughput, E> {
        Ok(Throughput::default())
    }

    fn visit_unit<E>(self) -> Result<Throughput, E> {
        Ok(Throughput::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(json: &str) -> Benchmark {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn an_empty_value_is_not_an_absent_one() {
        let empty = parsed(r#"{"group_id":"g","function_id":"f","value_str":"","full_id":"g/f/"}"#);
        let absent = parsed(r#"{"group_id":"g","function_id":"f","value_str":null}"#);
        assert_eq!(empty.tags().get("value"), Some(&String::new()));
        assert_eq!(absent.tags().get("value"), None);
        assert_eq!((empty.id(), absent.id()), ("g/f/".to_owned(), "g/f".to_owned()));
    }

    #[test]
    fn any_kind_of_throughput_is_taken() {
        for (json, count) in [
            ("null", None),
            (r#"{"Bytes":1024}"#, Some(1024.0)),
            (r#"{"ElementsAndBytes":{"elements":3,"bytes":24}}"#, Some(3.0)),
            (r#"{"Later":[1,{"a":2}]}"#, None),
            (r#""Later""#, None),
            ("{}", None),
        ] {
            let json = format!(r#"{{"group_id":"g","throughput":{json}}}"#);
            assert_eq!(parsed(&json).throughput, Throughput(count), "{json}");
        }
    }

    #[test]
    fn the_root_is_where_the_directory_name_begins() {
        let named = |name: &str| Benchmark {
            directory_name: Some(name.to_owned()),
            ..parsed(r#"{"group_id":"g"}"#)
        };
        let place = Path::new("t/criterion/g/f");
        assert_eq!(named("g/f").root(place), Some(PathBuf::from("t/criterion")));
        assert_eq!(named("g/f/").root(place), Some(PathBuf::from("t/criterion")));
        assert_eq!(named("h/f").root(place), None);
        assert_eq!(named("").root(place), None);
        assert_eq!(named("/g/f").root(place), None);
    }
}
