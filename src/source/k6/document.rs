//! A JSON document in which no object has a key twice, and its numbers.

use std::fmt;
use std::io::Read;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::fault::Fault;
use crate::source::open::is_damage;

/// The largest summary. Real ones have a few KB.
const LARGEST: u64 = 64 * 1024 * 1024;

const EXPECTED: &str = "one of k6's JSON summaries";

/// Parses all of `input`.
pub(super) fn parse(input: &mut dyn Read) -> Result<Map<String, Value>, Fault> {
    let mut bytes = Vec::new();
    if let Err(error) = input.take(LARGEST + 1).read_to_end(&mut bytes) {
        let hint = "the file is damaged: measure again";
        return Err(match is_damage(error.kind()) {
            true => Fault::content(format!("a broken stream ({error})"), EXPECTED, hint),
            false => Fault::Io(error),
        });
    }
    if bytes.len() as u64 > LARGEST {
        let found = format!("a document of more than {} MiB", LARGEST >> 20);
        return Err(Fault::content(found, EXPECTED, "check that this is the summary"));
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    match serde_json::from_slice::<Unique>(text) {
        Ok(Unique(Value::Object(object))) => Ok(object),
        Ok(_) => Err(Fault::content("JSON that is no object", EXPECTED, "check the file")),
        Err(error) => Err(Fault::content(
            format!("broken JSON: {error}"),
            EXPECTED,
            "the file is cut or damaged: measure again",
        )),
    }
}

/// The object under `key`, if there is one.
pub(super) fn object<'m>(map: &'m Map<String, Value>, key: &str) -> Option<&'m Map<String, Value>> {
    map.get(key)?.as_object()
}

/// The text under any of `keys`.
pub(super) fn text(map: &Map<String, Value>, keys: [&str; 2]) -> Option<String> {
    keys.iter().find_map(|key| map.get(*key)?.as_str().map(str::to_owned))
}

/// A number that is not negative, as a number or in quotes. `None` where it is absent, or stands
/// for a missing one: `null`, `NaN`, `N/A`, `-`. `place` is named in the error.
pub(super) fn number(
    map: &Map<String, Value>,
    key: &str,
    place: &str,
) -> Result<Option<f64>, Fault> {
    let Some(value) = map.get(key) else { return Ok(None) };
    let number = match value {
        Value::Null => return Ok(None),
        Value::Number(number) => number.as_f64(),
        Value::String(text) => match text.trim() {
            "" | "-" | "N/A" | "NaN" | "null" => return Ok(None),
            text => text.parse().ok(),
        },
        _ => None,
    };
    match number {
        Some(number) if number.is_finite() && number >= 0.0 => Ok(Some(number)),
        _ => Err(Fault::content(
            format!("{value} under `{key}` of `{place}`"),
            "a number that is not negative",
            "the file was changed after k6 wrote it: measure again",
        )),
    }
}

/// A count.
pub(super) fn count(
    map: &Map<String, Value>,
    key: &str,
    place: &str,
) -> Result<Option<u64>, Fault> {
    let Some(number) = number(map, key, place)? else { return Ok(None) };
    if number.fract() > 0.0 || number > 1e15 {
        return Err(Fault::content(
            format!("{number} under `{key}` of `{place}`"),
            "a whole number",
            "the file was changed after k6 wrote it: measure again",
        ));
    }
    Ok(Some(number as u64))
}

/// A value that was read without meeting a key twice in one object.
struct Unique(Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Unique;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Unique, E> {
        Ok(Unique(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Unique, E> {
        Ok(Unique(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Unique, E> {
        Ok(Unique(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Unique, E> {
        Ok(Unique(Number::from_f64(value).map_or(Value::Null, Value::Number)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Unique, E> {
        Ok(Unique(value.into()))
    }

    fn visit_unit<E>(self) -> Result<Unique, E> {
        Ok(Unique(Value::Null))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Unique, A::Error> {
        let mut list = Vec::new();
        while let Some(Unique(value)) = seq.next_element()? {
            list.push(value);
        }
        Ok(Unique(list.into()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Unique, A::Error> {
        let mut object = Map::new();
        while let Some((key, Unique(value))) = map.next_entry::<String, Unique>()? {
            if object.contains_key(&key) {
                return Err(A::Error::custom(format!("the key {key:?} appears twice")));
            }
            object.insert(key, value);
        }
        Ok(Unique(object.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> String {
        match parse(&mut text.as_bytes()) {
            Err(Fault::Content { found, .. }) => found,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_document_is_refused_with_what_is_wrong() {
        assert!(found(r#"{"a":{"b":1,"b":2}}"#).contains("\"b\" appears twice"));
        assert!(found(r#"{"a":1"#).contains("EOF"));
        assert!(found("[1]").contains("no object"));
        assert!(found(&"[".repeat(100_000)).contains("recursion limit"));
    }

    #[test]
    fn numbers_come_in_many_clothes() {
        let map = parse(
            &mut br#"{"a":1.5,"b":"2","c":null,"d":"N/A","e":"x","f":-1,"g":true}"#.as_slice(),
        );
        let map = map.unwrap();
        let read = |key| number(&map, key, "m");
        assert_eq!((read("a").unwrap(), read("b").unwrap()), (Some(1.5), Some(2.0)));
        assert_eq!(
            (read("c").unwrap(), read("d").unwrap(), read("z").unwrap()),
            (None, None, None)
        );
        for key in ["e", "f", "g"] {
            assert!(
                matches!(read(key), Err(Fault::Content { found, .. }) if found.contains("`m`"))
            );
        }
        assert!(count(&map, "a", "m").is_err());
    }
}
