//! The directory of a measurement: its plan, and one directory a finished round.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use super::plan::SCHEMA;
use super::{Facts, Plan, Round, RoundError, Side};
use crate::atomic;

/// The plan's file name.
const PLAN: &str = "plan.json";

/// The largest plan, in bytes.
const LIMIT: u64 = 1 << 20;

const DISK: &str = "is there space left on the disk, and may this user write there?";

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
        let path = absolute(path)?;
        fs::create_dir_all(&path).map_err(RoundError::file("make", &path, DISK))?;
        let mut entries = fs::read_dir(&path).map_err(RoundError::file("read", &path, DISK))?;
        if entries.next().is_some() {
            return Err(RoundError::Folder {
                path,
                found: "it is not empty".to_owned(),
                hint: "go on with what lies there by --resume DIR, or name another directory",
            });
        }
        // Whoever makes the plan has the directory; it is locked before it says anything.
        let file = path.join(PLAN);
        let write = || RoundError::file("write", &file, DISK);
        let mut plan_file = File::create_new(&file).map_err(write())?;
        let written =
            serde_json::to_string_pretty(plan).map_err(io::Error::from).and_then(|text| {
                plan_file.try_lock().map_err(io::Error::from)?;
                plan_file.write_all(format!("{text}\n").as_bytes())?;
                plan_file.sync_all()
            });
        if let Err(error) = written {
            // Half a plan is none.
            let _ = fs::remove_file(&file);
            return Err(write()(error));
        }
        Ok(Self { path, _lock: plan_file })
    }

    /// A directory of rounds as it was left, with its plan.
    ///
    /// # Errors
    /// Where it is none, or cannot be read, or somebody measures into it.
    pub fn open(path: &Path) -> Result<(Self, Plan), RoundError> {
        let path = absolute(path)?;
        let file = path.join(PLAN);
        let refuse = |found: String| RoundError::Folder {
            path: path.clone(),
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
        if !plan.is_sound() {
            return Err(refuse(format!("{PLAN} asks for more rounds than anybody can")));
        }
        let lock = lock(&path)?;
        Ok((Self { path, _lock: lock }, plan))
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

    /// What stands in for a `CARGO_TARGET_DIR` on the base side.
    #[must_use]
    pub fn target(&self) -> PathBuf {
        self.path.join("base-target")
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
        Ok((unfinished, self.beside(round, ".log")))
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

/// Commands may change their directory, and git knows another one.
fn absolute(path: &Path) -> Result<PathBuf, RoundError> {
    std::path::absolute(path).map_err(RoundError::file("find", path, DISK))
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
