//! All rounds as one committed file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::arms::BASE;
use super::round::Round;
use crate::Error;
use crate::file;

const SCHEMA: &str = "tailguard.evals.recorded/v1";
const HINT: &str = "restore the committed file, or record again with evals/faults/record";

/// The largest file that is committed or read, in bytes, and the most text in it.
const LARGEST: u64 = 10 << 20;
const MOST_TEXT: u64 = 256 << 20;

/// All rounds of all arms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recorded {
    schema: String,
    /// By arm, then by number.
    pub rounds: Vec<Round>,
}

impl Recorded {
    /// Puts rounds together.
    ///
    /// # Errors
    /// Says why they are not one recording.
    pub fn of(rounds: Vec<Round>) -> Result<Self, String> {
        let recorded = Self { schema: SCHEMA.to_owned(), rounds };
        recorded.check()?;
        Ok(recorded)
    }

    /// The rounds of an arm by number; none where it was not recorded.
    #[must_use]
    pub fn arm(&self, name: &str) -> BTreeMap<u32, &Round> {
        let of_arm = self.rounds.iter().filter(|round| round.origin.arm == name);
        of_arm.map(|round| (round.origin.round, round)).collect()
    }

    fn check(&self) -> Result<(), String> {
        if self.schema != SCHEMA {
            return Err(format!("{:?}, not {SCHEMA:?}", self.schema));
        }
        let mut arms: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
        let (mut services, mut machines) = (BTreeSet::new(), BTreeSet::new());
        let mut settings = BTreeMap::new();
        for round in &self.rounds {
            round.check()?;
            let origin = &round.origin;
            if !arms.entry(&origin.arm).or_default().insert(origin.round) {
                return Err(format!("round {} of {:?} twice", origin.round, origin.arm));
            }
            if settings.entry(&origin.arm).or_insert(&origin.environment) != &&origin.environment {
                return Err(format!("rounds of {:?} with different settings", origin.arm));
            }
            services.insert(&origin.service);
            machines.insert(origin.machine.key());
        }
        if services.len() > 1 || machines.len() > 1 {
            return Err("rounds of different services or machines".to_owned());
        }
        let Some(base) = arms.get(BASE) else { return Err(format!("no rounds of {BASE:?}")) };
        match arms.iter().find(|(_, rounds)| *rounds != base) {
            Some((arm, rounds)) => Err(format!(
                "{} rounds of {arm:?} beside {} of {BASE:?}, or others",
                rounds.len(),
                base.len()
            )),
            None => Ok(()),
        }
    }

    /// Writes the file.
    ///
    /// # Errors
    /// Where it is too large, or what the file system says.
    pub fn write(&self, path: &Path) -> Result<usize, Error> {
        file::write_packed(path, self, LARGEST, "record fewer rounds or arms")
    }

    /// Reads the file.
    ///
    /// # Errors
    /// Where it is not whole, or not one recording.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let recorded: Self = file::read_packed(path, LARGEST, MOST_TEXT, HINT)?;
        recorded.check().map_err(|what| Error::content(path, what, HINT))?;
        Ok(recorded)
    }
}
