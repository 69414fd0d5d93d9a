//! Which faults are on, as the environment says.

use std::ffi::OsString;
use std::time::Duration;

use super::parse::{number, ratio, size, time};
use crate::endpoint::Category;
use crate::store::schema::INDEXES;

/// What all names of faults begin with.
const PREFIX: &str = "CLINIC_FAULT_";

/// A fault that cannot be had.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{variable}: {why}\nhint: the clinic's README has an example of each fault")]
pub struct Error {
    variable: String,
    why: String,
}

/// The faults that are on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults {
    /// Percent of added work, by category.
    pub cpu: Vec<(Category, u32)>,
    /// Indexes that are dropped.
    pub drop_index: Vec<&'static str>,
    /// How many rows of a list are fetched one by one.
    pub n_plus_one: Option<usize>,
    /// Connections of the pool.
    pub pool: Option<u32>,
    /// How much longer locks are held.
    pub lock: Option<Duration>,
    /// A pause now and then.
    pub pause: Option<Every>,
    /// A slow request now and then.
    pub tail: Option<Tail>,
    /// Bytes that each request keeps.
    pub leak: Option<usize>,
}

/// Something that takes a time, again and again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Every {
    /// How long it takes.
    pub takes: Duration,
    /// From one start to the next.
    pub every: Duration,
}

/// Something that happens to one request of many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tail {
    /// How long it takes.
    pub takes: Duration,
    /// Of how many requests it is one.
    pub one_of: u32,
}

impl Faults {
    /// The faults of an environment. An empty value is none.
    ///
    /// # Errors
    ///
    /// Where a value is not valid, or a variable is the name of no fault.
    pub fn read(
        environment: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, Error> {
        let mut faults = Self::default();
        for (variable, value) in environment {
            let variable = variable.to_string_lossy().into_owned();
            let Some(name) = variable.strip_prefix(PREFIX) else { continue };
            let value = value.to_string_lossy();
            if let Err(why) = faults.set(name, value.trim()) {
                return Err(Error { variable, why });
            }
        }
        Ok(faults)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        let on = !value.is_empty();
        match name {
            "CPU" | "DROP_INDEX" | "N_PLUS_ONE" | "POOL" | "LOCK_MS" | "PAUSE" | "TAIL"
            | "LEAK"
                if !on => {}
            "CPU" => self.cpu = value.split(',').map(added).collect::<Result<_, _>>()?,
            "DROP_INDEX" => {
                self.drop_index = value.split(',').map(index).collect::<Result<_, _>>()?
            }
            "N_PLUS_ONE" if value == "all" => self.n_plus_one = Some(usize::MAX),
            "N_PLUS_ONE" => self.n_plus_one = Some(number(value, 1, 1000)? as usize),
            "POOL" => self.pool = Some(number(value, 1, 1000)?),
            "LOCK_MS" => {
                let milliseconds = number(value, 1, 60_000)?;
                self.lock = Some(Duration::from_millis(u64::from(milliseconds)));
            }
            "PAUSE" => {
                let (takes, every) = ratio(value)?;
                let pause = Every { takes: time(takes)?, every: time(every)? };
                if pause.takes >= pause.every {
                    return Err(format!("{value:?} pauses all the time"));
                }
                self.pause = Some(pause);
            }
            "TAIL" => {
                let (takes, one_of) = ratio(value)?;
                self.tail =
                    Some(Tail { takes: time(takes)?, one_of: number(one_of, 1, 1_000_000)? });
            }
            "LEAK" => self.leak = Some(size(value)?),
            _ => return Err("there is no such fault".to_owned()),
        }
        Ok(())
    }

    /// A line for each fault that is on.
    #[must_use]
    pub fn describe(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (category, percent) in &self.cpu {
            lines.push(format!("{percent} % more CPU work in every {} request", category.name()));
        }
        for index in &self.drop_index {
            lines.push(format!("no index {index}"));
        }
        if let Some(rows) = self.n_plus_one {
            let rows = if rows == usize::MAX { "all".to_owned() } else { rows.to_string() };
            lines.push(format!("one query more for each of {rows} rows of a list"));
        }
        if let Some(connections) = self.pool {
            lines.push(format!("a pool of {connections} connections"));
        }
        if let Some(time) = self.lock {
            lines.push(format!("locks held {time:?} longer"));
        }
        if let Some(Every { takes, every }) = self.pause {
            lines.push(format!("a pause of {takes:?} every {every:?}"));
        }
        if let Some(Tail { takes, one_of }) = self.tail {
            lines.push(format!("one request of {one_of} takes {takes:?} longer"));
        }
        if let Some(bytes) = self.leak {
            lines.push(format!("every request keeps {bytes} bytes and walks over all of them"));
        }
        lines
    }
}

fn added(text: &str) -> Result<(Category, u32), String> {
    let (name, percent) =
        text.split_once(':').ok_or_else(|| format!("{text:?} is no CATEGORY:PERCENT"))?;
    let category = Category::MEASURED.into_iter().find(|category| category.name() == name.trim());
    let category = category.ok_or_else(|| format!("{name:?} is not read, write or complex"))?;
    Ok((category, number(percent.trim(), 1, 10_000)?))
}

fn index(text: &str) -> Result<&'static str, String> {
    let known = INDEXES.into_iter().find(|index| *index == text.trim());
    known.ok_or_else(|| format!("{text:?} is none of {}", INDEXES.join(", ")))
}
