//! Profiles: which worlds, how many suites of each; what was counted, in a file; going on after a stop.

use std::path::{Path, PathBuf};
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::count::{Cell, count};
use super::histories::History;
use super::location::Located;
use super::recorded::Recordings;
use super::unlabelled::Unlabelled;
use super::worlds::{WORLDS, World};
use crate::Error;
use crate::file;

const SCHEMA: &str = "tailguard.evals.quality/v1";

/// The largest file of counts that is read.
const LARGEST: u64 = 8 << 20;

/// How thorough an evaluation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Profile {
    /// Below two minutes, on every change.
    Quick,
    /// Everything.
    Full,
}

/// Everything that one profile counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counted {
    schema: String,
    /// Decides everything that is drawn.
    pub seed: u64,
    /// One a world, rule and change.
    pub cells: Vec<Cell>,
    /// One a collection of real series and rule; empty in the quick profile.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub histories: Vec<History>,
    /// How far from labelled slowdowns they are placed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub located: Vec<Located>,
    /// The same of histories that nobody labelled.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unlabelled: Vec<Unlabelled>,
}

impl Profile {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Full => "full",
        }
    }

    /// Suites of a world.
    #[must_use]
    pub fn suites(self, world: &World) -> u64 {
        match self {
            Self::Quick => world.quick,
            Self::Full => world.full,
        }
    }

    /// The committed file.
    #[must_use]
    pub fn file(self, root: &Path) -> PathBuf {
        root.join(format!("evals/quality/{}.json", self.name()))
    }
}

impl Counted {
    /// Counts all worlds of a profile. With a folder, what is finished is kept there, and taken from
    /// there the next time. `told` hears of each world and how many seconds it took.
    ///
    /// # Errors
    /// Where the folder cannot be read or written.
    pub fn count(
        profile: Profile,
        seed: u64,
        recorded: &Recordings,
        keep: Option<&Path>,
        mut told: impl FnMut(&str, f64),
    ) -> Result<Self, Error> {
        let mut cells = Vec::new();
        for world in WORLDS.iter().filter(|world| profile.suites(world) > 0) {
            let suites = profile.suites(world);
            let kept =
                keep.map(|dir| dir.join(format!("{seed}-{suites}-{}.json", slug(world.name))));
            if let Some(path) = kept.as_ref().filter(|path| path.exists()) {
                let known: Vec<Cell> = read(path)?;
                cells.extend(known);
                continue;
            }
            let started = Instant::now();
            let counted = count(world, seed, suites, recorded);
            told(world.name, started.elapsed().as_secs_f64());
            if let Some(path) = kept {
                file::write(&path, &json(&counted)?)?;
            }
            cells.extend(counted);
        }
        Ok(Self {
            schema: SCHEMA.to_owned(),
            seed,
            cells,
            histories: Vec::new(),
            located: Vec::new(),
            unlabelled: Vec::new(),
        })
    }

    /// Reads what was counted.
    ///
    /// # Errors
    /// Where the file cannot be read or is another.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let counted: Self = read(path)?;
        if counted.schema == SCHEMA {
            return Ok(counted);
        }
        Err(Error::content(path, format!("it is {:?}, not {SCHEMA:?}", counted.schema), HINT))
    }

    /// The bytes of its file.
    ///
    /// # Errors
    /// Where it cannot be written as JSON, which does not happen.
    pub fn bytes(&self) -> Result<Vec<u8>, Error> {
        json(self)
    }
}

const HINT: &str = "make it again: cargo run --release -p evals -- full";

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, Error> {
    let bytes = file::read(path, LARGEST, HINT)?;
    serde_json::from_slice(&bytes).map_err(|error| Error::content(path, error, HINT))
}

/// One element a line, so that a diff shows what changed.
fn json<T: Serialize>(value: &T) -> Result<Vec<u8>, Error> {
    let failed = |error| Error::refused(format!("cannot write counts: {error}"), HINT);
    let value = serde_json::to_value(value).map_err(failed)?;
    let mut text = String::new();
    lines(&value, 0, &mut text);
    text.push('\n');
    Ok(text.into_bytes())
}

/// Containers of containers are broken into lines, those of plain values are not.
fn lines(value: &serde_json::Value, depth: usize, text: &mut String) {
    use serde_json::Value;
    let nested = |value: &Value| value.is_array() || value.is_object();
    let indent = |depth: usize| format!("\n{}", " ".repeat(depth));
    match value {
        Value::Array(items) if items.iter().any(nested) => {
            text.push('[');
            for (place, item) in items.iter().enumerate() {
                text.push_str(if place > 0 { "," } else { "" });
                text.push_str(&indent(depth + 1));
                lines(item, depth + 1, text);
            }
            text.push_str(&indent(depth));
            text.push(']');
        }
        Value::Object(fields) if fields.values().any(nested) => {
            text.push('{');
            for (place, (key, item)) in fields.iter().enumerate() {
                text.push_str(if place > 0 { "," } else { "" });
                text.push_str(&format!("{}\"{key}\": ", indent(depth + 1)));
                lines(item, depth + 1, text);
            }
            text.push_str(&indent(depth));
            text.push('}');
        }
        plain => text.push_str(&plain.to_string()),
    }
}

fn slug(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    name.chars().map(plain).collect()
}
