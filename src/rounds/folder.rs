//! The directory of a measurement: its plan, and one directory a finished round.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{GeneratorLoad, RoundError};
use crate::atomic;

/// The schema word of a plan.
const SCHEMA: &str = "tailguard.rounds/v1";

/// The plan's file name.
const PLAN: &str = "plan.json";

/// The largest plan, in bytes.
const LIMIT: u64 = 1 << 20;

const DISK: &str = "is there space left on the disk, and may this user write there?";

/// What is measured; two measurements with different plans are not one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    schema: String,
    /// Decides the order of the sides.
    pub seed: u64,
    /// Rounds a side in the first stage.
    pub rounds: u32,
    /// Rounds a side with confirmation.
    pub max_rounds: u32,
    /// Rounds a side before the first that counts.
    pub warmup: u32,
    /// The commit that is the base side, where there is one.
    pub base: Option<String>,
    /// The commit that is checked out, where there is one.
    pub head: Option<String>,
    /// A hash of the working tree that is the head side.
    pub state: Option<String>,
    /// The session of every round.
    pub session: String,
    /// The suites, in the order in which they are measured.
    pub suites: Vec<SuitePlan>,
}

/// What is measured of one suite.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuitePlan {
    /// Its name.
    pub name: String,
    /// What measures one round.
    pub command: String,
    /// What builds a side.
    pub build: Option<String>,
}

impl Plan {
    /// A plan without suites and sides, to be filled in.
    #[must_use]
    pub fn new(seed: u64, session: String) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            seed,
            rounds: 0,
            max_rounds: 0,
            warmup: 0,
            base: None,
            head: None,
            state: None,
            session,
            suites: Vec::new(),
        }
    }
}

/// One of the two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// What is compared with.
    Base,
    /// The working tree.
    Head,
}

impl Side {
    /// The name in directories, variables and messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::Head => "head",
        }
    }
}

/// What a round is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Not looked at.
    WarmUp,
    /// Every row.
    Screen,
    /// What the screening flagged.
    Confirm,
}

impl Stage {
    /// The name in directories and messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::WarmUp => "warm-up",
            Self::Screen => "screen",
            Self::Confirm => "confirm",
        }
    }
}

/// One run of one suite's command on one side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    /// The suite.
    pub suite: String,
    /// What it is for.
    pub stage: Stage,
    /// From 0, within its stage.
    pub number: u32,
    /// The side.
    pub side: Side,
}

/// What is known of a finished round beside its results.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// The command's exit code.
    pub exit_code: i32,
    /// How long it took.
    pub seconds: f64,
    /// What the load generator used of the machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generator: Option<GeneratorLoad>,
}

/// The directory of one measurement. Nobody else measures into it meanwhile.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// Held for as long as this is.
    _lock: File,
}

impl Folder {
    /// A new directory of rounds at `path`, which must be empty or absent.
    ///
    /// # Errors
    /// Where something lies there, or it cannot be written.
    pub fn create(path: &Path, plan: &Plan) -> Result<Self, RoundError> {
        fs::create_dir_all(path).map_err(RoundError::file("make", path, DISK))?;
        let mut entries = fs::read_dir(path).map_err(RoundError::file("read", path, DISK))?;
        if entries.next().is_some() {
            return Err(RoundError::Folder {
                path: path.to_owned(),
                found: "it is not empty".to_owned(),
                hint: "go on with what lies there by --resume DIR, or name another directory",
            });
        }
        serde_json::to_string_pretty(plan)
            .map_err(io::Error::from)
            .and_then(|text| atomic::replace(&path.join(PLAN), format!("{text}\n").as_bytes()))
            .map_err(RoundError::file("write", path.join(PLAN), DISK))?;
        Ok(Self { path: path.to_owned(), _lock: lock(path)? })
    }

    /// A directory of rounds as it was left, with its plan.
    ///
    /// # Errors
    /// Where it is none, or cannot be read, or somebody measures into it.
    pub fn open(path: &Path) -> Result<(Self, Plan), RoundError> {
        let file = path.join(PLAN);
        let refuse = |found: String| RoundError::Folder {
            path: path.to_owned(),
            found,
            hint: "name a directory that `tailguard run` wrote",
        };
        let size = fs::metadata(&file).map_err(|e| refuse(format!("{PLAN} is not there ({e})")))?;
        if size.len() > LIMIT {
            return Err(refuse(format!("{PLAN} has more than {LIMIT} bytes")));
        }
        let text = fs::read(&file).map_err(|e| refuse(format!("{PLAN} cannot be read ({e})")))?;
        let plan: Plan =
            serde_json::from_slice(&text).map_err(|e| refuse(format!("{PLAN} is broken ({e})")))?;
        if plan.schema != SCHEMA {
            return Err(refuse(format!("its schema is {:?}, known is {SCHEMA:?}", plan.schema)));
        }
        Ok((Self { path: path.to_owned(), _lock: lock(path)? }, plan))
    }

    /// The directory itself.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the other commit is checked out.
    #[must_use]
    pub fn checkout(&self) -> PathBuf {
        self.path.join("base-checkout")
    }

    /// Where the output of a build goes.
    #[must_use]
    pub fn build_log(&self, side: Side, number: usize) -> PathBuf {
        self.path.join(format!("build-{}-{}.log", side.name(), number + 1))
    }

    /// What is known of a round, if it is finished.
    #[must_use]
    pub fn finished(&self, round: &Round) -> Option<Facts> {
        if !self.results(round).is_dir() {
            return None;
        }
        let text = fs::read(self.beside(round, ".json")).ok()?;
        serde_json::from_slice(&text).ok()
    }

    /// Where the results of a finished round lie.
    #[must_use]
    pub fn results(&self, round: &Round) -> PathBuf {
        self.beside(round, "")
    }

    /// A fresh empty directory for a round that begins, and where its output goes.
    ///
    /// # Errors
    /// What the file system says.
    pub fn begin(&self, round: &Round) -> Result<(PathBuf, PathBuf), RoundError> {
        let unfinished = self.beside(round, ".unfinished");
        if unfinished.exists() {
            fs::remove_dir_all(&unfinished).map_err(RoundError::file(
                "remove",
                &unfinished,
                DISK,
            ))?;
        }
        fs::create_dir_all(&unfinished).map_err(RoundError::file("make", &unfinished, DISK))?;
        // Commands may change their directory.
        let absolute = std::path::absolute(&unfinished).map_err(RoundError::file(
            "find",
            &unfinished,
            DISK,
        ))?;
        Ok((absolute, self.beside(round, ".log")))
    }

    /// Forgets a round that was begun and will not be finished.
    pub fn abandon(&self, round: &Round) {
        // What cannot be removed now is when the round is begun again.
        let _ = fs::remove_dir_all(self.beside(round, ".unfinished"));
        let _ = fs::remove_file(self.beside(round, ".log"));
    }

    /// What the command of a finished round printed, up to a mebibyte of it; nothing where that
    /// cannot be read.
    #[must_use]
    pub fn log_text(&self, round: &Round) -> String {
        let mut bytes = Vec::new();
        let read = File::open(self.beside(round, ".log"))
            .and_then(|file| file.take(LIMIT).read_to_end(&mut bytes));
        read.map_or_else(|_| String::new(), |_| String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Keeps a round that is finished. What is there afterwards is whole.
    ///
    /// # Errors
    /// What the file system says.
    pub fn finish(&self, round: &Round, facts: &Facts) -> Result<(), RoundError> {
        let file = self.beside(round, ".json");
        serde_json::to_string(facts)
            .map_err(io::Error::from)
            .and_then(|text| atomic::replace(&file, format!("{text}\n").as_bytes()))
            .map_err(RoundError::file("write", &file, DISK))?;
        let results = self.results(round);
        fs::rename(self.beside(round, ".unfinished"), &results)
            .map_err(RoundError::file("keep", &results, DISK))
    }

    /// Whether any round is finished, or was begun and is still there.
    #[must_use]
    pub fn holds_rounds(&self) -> bool {
        let suites = fs::read_dir(self.path.join("rounds")).into_iter().flatten().flatten();
        suites
            .into_iter()
            .any(|suite| fs::read_dir(suite.path()).is_ok_and(|mut rounds| rounds.next().is_some()))
    }

    /// Removes the directory and all in it.
    pub fn remove(self) {
        // What cannot be removed is left; a measurement that succeeded does not fail for that.
        let _ = fs::remove_dir_all(&self.path);
    }

    fn beside(&self, round: &Round, suffix: &str) -> PathBuf {
        let Round { suite, stage, number, side } = round;
        let name = format!("{}-{:02}-{}{suffix}", stage.name(), number + 1, side.name());
        self.path.join("rounds").join(suite).join(name)
    }
}

/// Locks the plan, which is written once: a lock that leaves no file behind.
fn lock(path: &Path) -> Result<File, RoundError> {
    let file = path.join(PLAN);
    let lock = File::open(&file).map_err(RoundError::file("read", &file, DISK))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(RoundError::Folder {
            path: path.to_owned(),
            found: "another process measures into it".to_owned(),
            hint: "wait for it, or name another directory",
        }),
        Err(TryLockError::Error(source)) => Err(RoundError::file("lock", &file, DISK)(source)),
    }
}
