//! What is recorded: the unchanged service, and each fault at two sizes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;

use crate::Error;
use crate::file;

/// The arm that all others are held against.
pub const BASE: &str = "base";

/// What the names of a fault's variables begin with.
const VARIABLES: &str = "CLINIC_FAULT_";

const LARGEST: u64 = 1 << 20;
const HINT: &str = "see the comment at the top of evals/faults/arms.toml";

/// One way to start the service.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Arm {
    /// Its name, which file names contain.
    pub name: String,
    /// What is set for the service.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// The categories of requests that it is meant to slow down; none for the unchanged service.
    #[serde(default)]
    pub touches: BTreeSet<String>,
}

impl Arm {
    /// Whether the service is unchanged, so that a failing verdict is a false alarm.
    #[must_use]
    pub fn is_control(&self) -> bool {
        self.environment.is_empty()
    }

    /// The settings as one text, `-` where there are none.
    #[must_use]
    pub fn settings(&self) -> String {
        let words: Vec<String> = self.environment.iter().map(|(k, v)| format!("{k}={v}")).collect();
        if words.is_empty() { "-".to_owned() } else { words.join(" ") }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Arms {
    arm: Vec<Arm>,
}

/// The arms of a file, in its order.
///
/// # Errors
/// Where the file cannot be read, or an arm is not one.
pub fn load(path: &Path) -> Result<Vec<Arm>, Error> {
    let bytes = file::read(path, LARGEST, HINT)?;
    let text = std::str::from_utf8(&bytes).map_err(|error| Error::content(path, error, HINT))?;
    let Arms { arm: arms } =
        toml::from_str(text).map_err(|error| Error::content(path, error.message(), HINT))?;
    check(&arms).map_err(|what| Error::content(path, what, HINT))?;
    Ok(arms)
}

/// The arms with these names, in their own order; all where none is named.
///
/// # Errors
/// Where a name is none of an arm.
pub fn chosen(arms: Vec<Arm>, names: &[String]) -> Result<Vec<Arm>, Error> {
    if let Some(unknown) = names.iter().find(|name| arms.iter().all(|arm| arm.name != **name)) {
        let known: Vec<&str> = arms.iter().map(|arm| arm.name.as_str()).collect();
        return Err(Error::refused(
            format!("no arm {unknown:?}"),
            format!("the arms are {}", known.join(", ")),
        ));
    }
    Ok(arms.into_iter().filter(|arm| names.is_empty() || names.contains(&arm.name)).collect())
}

fn check(arms: &[Arm]) -> Result<(), String> {
    let mut names = BTreeSet::new();
    for arm in arms {
        let name = &arm.name;
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if name.is_empty() || name.len() > 40 || !name.chars().all(plain) {
            return Err(format!("the name {name:?} is not one of a-z, 0-9 and -"));
        }
        if !names.insert(name) {
            return Err(format!("two arms are named {name:?}"));
        }
        // The scripts hand them on as words.
        let word = |text: &String| {
            !text.is_empty() && text.chars().all(|c| c.is_ascii_graphic() && !"'\"\\$`".contains(c))
        };
        for (variable, value) in &arm.environment {
            if !variable.starts_with(VARIABLES) || !word(variable) || !word(value) {
                return Err(format!("arm {name:?} sets {variable}={value}, which is no fault"));
            }
        }
        if arm.is_control() != arm.touches.is_empty() {
            return Err(format!("arm {name:?}: a fault touches something, no fault nothing"));
        }
    }
    match arms.iter().find(|arm| arm.name == BASE) {
        Some(base) if base.is_control() => Ok(()),
        _ => Err(format!("no arm {BASE:?} without a fault")),
    }
}
