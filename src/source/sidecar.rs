//! The sidecar `tailguard-run.json`: where, when and from what the runs beside it were measured.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::atomic;
use crate::measure::{Machine, Provenance};

use super::SourceError;
use super::open::{io_error, unreadable};

/// The sidecar's file name.
pub const NAME: &str = "tailguard-run.json";

/// The largest sidecar, in bytes.
const LIMIT: u64 = 1 << 20;

/// What is known about the runs beside a sidecar. Every field may be absent, and fields that are
/// not known are ignored, so that a job can write one by hand.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sidecar {
    /// The version of this format.
    pub schema: Schema,
    /// One job on one machine.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "text")]
    pub session: Option<String>,
    /// The machine: an object, or just its name.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "machine")]
    pub machine: Option<Machine>,
    /// The commit that was measured.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "text")]
    pub commit: Option<String>,
    /// When, as an RFC 3339 time.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "text")]
    pub time: Option<String>,
    /// What was started.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "text")]
    pub command: Option<String>,
    /// The content hashes of the runs it speaks of; `None`: of whatever lies beside it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runs: Option<Vec<String>>,
    /// The files beside it are several formats of one run, to be read once.
    #[serde(rename = "formats-of-one-run", skip_serializing_if = "std::ops::Not::not")]
    pub formats_of_one_run: bool,
}

/// The version of the format, `tailguard.run/v1`. Another one is refused when parsed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Schema;

impl Schema {
    const NAME: &str = "tailguard.run/v1";
}

impl Serialize for Schema {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(Self::NAME)
    }
}

impl<'de> Deserialize<'de> for Schema {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let name = String::deserialize(from)?;
        if name == Self::NAME {
            return Ok(Self);
        }
        Err(D::Error::custom(format_args!("schema is {name:?}, known is {:?}", Self::NAME)))
    }
}

impl Sidecar {
    /// Whether it speaks of the run with this content hash.
    #[must_use]
    pub fn speaks_of(&self, run: &str) -> bool {
        self.runs.as_ref().is_none_or(|runs| runs.iter().any(|known| known == run))
    }

    /// What it says about a run.
    #[must_use]
    pub fn provenance(self) -> Provenance {
        Provenance {
            session: self.session,
            round: None,
            machine: self.machine,
            commit: self.commit,
            time: self.time,
            command: self.command,
        }
    }
}

/// The sidecar of the run at `path`: for a file, in the same directory; for a directory, inside it,
/// else beside it. `None` if there is none.
///
/// # Errors
/// A sidecar that is there but cannot be read, is not JSON of the known schema, or is too large.
pub fn read_beside(path: &Path) -> Result<Option<Sidecar>, SourceError> {
    let here = Path::new(".");
    let path = if path.as_os_str().is_empty() { here } else { path };
    if path.is_dir()
        && let Some(inside) = read_at(&path.join(NAME))?
    {
        return Ok(Some(inside));
    }
    read_at(&parent(path).join(NAME))
}

/// Writes the sidecar of the run at `path` to where [`read_beside`] looks first. Whoever reads
/// meanwhile sees the old file or the new one, never half of it.
///
/// # Errors
/// What the file system says.
pub fn write(path: &Path, sidecar: &Sidecar) -> Result<(), SourceError> {
    let folder = if path.is_dir() { path.to_owned() } else { parent(path) };
    let target = folder.join(NAME);
    serde_json::to_string_pretty(sidecar)
        .map_err(io::Error::from)
        .and_then(|text| atomic::replace(&target, format!("{text}\n").as_bytes()))
        .map_err(io_error(&target))
}

/// The sidecar in this directory, if there is one.
pub(crate) fn read_inside(folder: &Path) -> Result<Option<Sidecar>, SourceError> {
    read_at(&folder.join(NAME))
}

fn read_at(path: &Path) -> Result<Option<Sidecar>, SourceError> {
    let kind = match std::fs::metadata(path) {
        Ok(kind) => kind,
        // Beside a file there is nothing inside.
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(io_error(path)(error)),
    };
    let broken = |found: String| {
        unreadable(
            path,
            found,
            format!("an object of schema {:?}", Schema::NAME),
            "correct the file or delete it; the runs beside it can be read without it",
        )
    };
    if !kind.is_file() {
        return Err(broken("something that is not a file".to_owned()));
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LIMIT + 1).read_to_end(&mut bytes))
        .map_err(io_error(path))?;
    if bytes.len() as u64 > LIMIT {
        return Err(broken(format!("more than {LIMIT} bytes")));
    }
    let bytes = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(&bytes);
    // A struct would also be taken from an array of its fields.
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        return Err(broken("something that is not an object".to_owned()));
    }
    serde_json::from_slice(bytes).map(Some).map_err(|e| broken(format!("a broken sidecar ({e})")))
}

fn parent(path: &Path) -> PathBuf {
    match path.file_name().and(path.parent()) {
        Some(parent) if parent.as_os_str().is_empty() => PathBuf::from("."),
        Some(parent) => parent.to_owned(),
        // `.` and `..` have no name of their own.
        None => path.join(".."),
    }
}

/// Text; a whole number is taken as its digits, because CI run ids are numbers.
fn text<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    struct Text;

    impl Visitor<'_> for Text {
        type Value = Option<String>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string")
        }

        fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
            Ok(Some(text.to_owned()))
        }

        fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
            Ok(Some(number.to_string()))
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
    }

    from.deserialize_any(Text)
}

/// A machine as an object, or by its name.
fn machine<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Machine>, D::Error> {
    struct Described;

    impl<'de> Visitor<'de> for Described {
        type Value = Option<Machine>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a machine or its name")
        }

        fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
            Ok(Some(Machine { name: Some(name.to_owned()), ..Machine::default() }))
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
            Machine::deserialize(MapAccessDeserializer::new(map)).map(Some)
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
    }

    from.deserialize_any(Described)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(json: &str) -> Result<Sidecar, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(NAME), json).unwrap();
        read_beside(&folder.path().join("results.json"))
            .map(Option::unwrap)
            .map_err(|e| e.to_string())
    }

    #[test]
    fn a_machine_may_be_a_name_and_a_session_a_number() {
        let sidecar = parsed(r#"{"session": 17, "machine": "box", "new": {}, "commit": null}"#);
        let machine = Machine { name: Some("box".to_owned()), ..Machine::default() };
        let expected = Sidecar {
            session: Some("17".to_owned()),
            machine: Some(machine),
            ..Sidecar::default()
        };
        assert_eq!(sidecar, Ok(expected));
        let machine = parsed(r#"{"machine": {"os": "linux", "cores": 2}}"#).unwrap().machine;
        assert_eq!(machine.map(|m| (m.os, m.cores)), Some(("linux".to_owned(), 2)));
    }

    #[test]
    fn a_broken_sidecar_is_named() {
        for (json, found) in [
            ("{", "EOF"),
            ("[]", "not an object"),
            ("", "not an object"),
            (r#"{"schema": "tailguard.run/v2"}"#, r#"schema is "tailguard.run/v2""#),
            (r#"{"session": {}}"#, "expected a string"),
            (r#"{"machine": 3}"#, "expected a machine or its name"),
        ] {
            let message = parsed(json).unwrap_err();
            assert!(message.contains(NAME) && message.contains("\nhint: "), "{message}");
            assert!(message.contains(found), "{message}");
        }
    }

    #[test]
    fn what_was_written_is_read_beside_a_file_inside_a_directory_and_beside_one() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("inner");
        std::fs::create_dir(&inner).unwrap();
        assert_eq!(read_beside(&inner).unwrap(), None);

        let outer = Sidecar { session: Some("outer".to_owned()), ..Sidecar::default() };
        write(&folder.path().join("results.json"), &outer).unwrap();
        assert_eq!(read_beside(&inner).unwrap(), Some(outer.clone()));
        assert_eq!(read_beside(&folder.path().join("results.json")).unwrap(), Some(outer));

        let closer = Sidecar {
            session: Some("closer".to_owned()),
            runs: Some(vec!["00".to_owned()]),
            formats_of_one_run: true,
            ..Sidecar::default()
        };
        write(&inner, &closer).unwrap();
        assert_eq!(read_beside(&inner).unwrap(), Some(closer));
        let names: Vec<_> = std::fs::read_dir(&inner).unwrap().map(|e| e.unwrap()).collect();
        assert_eq!(names.len(), 1, "a temporary file was left: {names:?}");
    }
}
