//! Criterion benchmarks of real crates, recorded unchanged on both sides.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tailguard::host::this_machine;
use tailguard::measure::{Figure, Machine, Metric, Severity};
use tailguard::source::{self, Reading};

use crate::{Error, file};

const SCHEMA: &str = "tailguard.evals.benchmarks/v1";
const HINT: &str = "restore the committed file, or record again with evals/criterion/record";

/// The largest file that is read or committed, in bytes, and the most text in it.
const LARGEST: u64 = 4 << 20;
const MOST_TEXT: u64 = 64 << 20;

/// A slowdown of 10 % of a faster benchmark, in ns, is less than the floor below which the gate fails
/// nothing.
const FASTEST: f64 = 5.0;

/// Both runs of a round, by how their folders end.
const SIDES: [&str; 2] = ["base", "fresh"];

/// All rounds of all benchmarks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Benchmarks {
    schema: String,
    machine: Machine,
    /// One a benchmark, by crate and name.
    rows: Vec<Recorded>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Recorded {
    of: String,
    name: String,
    /// Both sides of each round.
    rounds: Vec<[Timed; 2]>,
}

/// One run of one benchmark.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timed {
    /// Natural logarithm of the median in ns.
    pub y: f64,
    /// Within-run standard error of `y`, where it is known.
    pub s: Option<f64>,
    /// Times of an iteration in ns, to five digits, in the order in which they were taken.
    pub samples: Vec<f64>,
}

type Run = BTreeMap<(String, String), Timed>;

impl Benchmarks {
    /// Puts the finished rounds of a recording together.
    ///
    /// # Errors
    /// Where a round cannot be read, or rounds have different benchmarks.
    pub fn take(dir: &Path) -> Result<Self, Error> {
        const HINT: &str = "name the folder that evals/criterion/record wrote";
        let mut rounds: Vec<[Run; 2]> = Vec::new();
        loop {
            let of = |side: &str| dir.join(format!("{:02}-{side}", rounds.len()));
            let [base, fresh] = SIDES.map(of);
            if !(base.is_dir() && fresh.is_dir()) {
                break;
            }
            rounds.push([run(&base)?, run(&fresh)?]);
        }
        let Some([first, _]) = rounds.first() else {
            return Err(Error::content(dir, "no round is finished", HINT));
        };
        let names: Vec<(String, String)> = first.keys().cloned().collect();
        let mut rows: Vec<Recorded> =
            names.into_iter().map(|(of, name)| Recorded { of, name, rounds: Vec::new() }).collect();
        for (place, [base, fresh]) in rounds.into_iter().enumerate() {
            for (side, run) in [("base", &base), ("fresh", &fresh)] {
                if run.len() != rows.len() {
                    let what =
                        format!("round {place}, {side}: other benchmarks than the first has");
                    return Err(Error::content(dir, what, HINT));
                }
            }
            for row in &mut rows {
                let key = (row.of.clone(), row.name.clone());
                let (Some(one), Some(other)) = (base.get(&key), fresh.get(&key)) else {
                    let what = format!("round {place} has no {} {}", row.of, row.name);
                    return Err(Error::content(dir, what, HINT));
                };
                row.rounds.push([one.clone(), other.clone()]);
            }
        }
        let all = Self { schema: SCHEMA.to_owned(), machine: this_machine(), rows };
        all.check().map_err(|what| Error::content(dir, what, HINT))?;
        Ok(all)
    }

    /// Benchmarks and rounds.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        (self.rows.len(), self.rows.first().map_or(0, |row| row.rounds.len()))
    }

    /// Both runs of every round, by benchmark; those are left out of which 10 % is less than the gate's
    /// floor.
    #[must_use]
    pub fn rounds(&self) -> Vec<Vec<(Timed, Timed)>> {
        let is_slow_enough =
            |row: &&Recorded| row.rounds.iter().flatten().all(|run| run.y > FASTEST.ln());
        let of_row = |row: &Recorded| row.rounds.iter().cloned().map(|[a, b]| (a, b)).collect();
        self.rows.iter().filter(is_slow_enough).map(of_row).collect()
    }

    fn check(&self) -> Result<(), String> {
        if self.schema != SCHEMA {
            return Err(format!("{:?}, not {SCHEMA:?}", self.schema));
        }
        let (_, rounds) = self.size();
        let fine = |one: &Timed| {
            let times = one.samples.iter().all(|time| time.is_finite() && *time > 0.0);
            one.y.abs() < 100.0 && one.s.is_none_or(|s| (0.0..100.0).contains(&s)) && times
        };
        for row in &self.rows {
            if row.rounds.len() != rounds || !row.rounds.iter().flatten().all(fine) {
                return Err(format!("{} {} is not whole", row.of, row.name));
            }
        }
        Ok(())
    }

    /// Writes the file.
    ///
    /// # Errors
    /// Where it is too large, or what the file system says.
    pub fn write(&self, path: &Path) -> Result<usize, Error> {
        file::write_packed(path, self, LARGEST, "record fewer rounds")
    }

    /// Reads the file.
    ///
    /// # Errors
    /// Where it is not whole, or not one recording.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let all: Self = file::read_packed(path, LARGEST, MOST_TEXT, HINT)?;
        all.check().map_err(|what| Error::content(path, what, HINT))?;
        Ok(all)
    }
}

/// One run of all crates: a criterion folder each.
fn run(dir: &Path) -> Result<Run, Error> {
    let mut all = Run::new();
    for root in folders(dir)? {
        let of = root.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let read = source::read(&root, &Reading::default())?;
        if let Some(problem) = read.problems.iter().find(|p| p.severity == Severity::Error) {
            return Err(Error::content(&root, &problem.message, HINT));
        }
        let mut samples = BTreeMap::new();
        for new in find_new(&root)? {
            let (name, times) = sample(&new)?;
            samples.insert(name, times);
        }
        for row in read.rows {
            let (Some(Figure::Log { y, s }), Some(samples)) =
                (row.figures.get(&Metric::Median).copied(), samples.remove(&row.id))
            else {
                let what = format!("{} has no median, or no samples", row.id);
                return Err(Error::content(&root, what, HINT));
            };
            all.insert((of.clone(), row.id), Timed { y, s, samples });
        }
    }
    Ok(all)
}

fn folders(dir: &Path) -> Result<Vec<PathBuf>, Error> {
    let failed = |source| Error::File { does: "read", path: dir.to_owned(), source, hint: HINT };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The folders called `new` below one.
fn find_new(dir: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    for folder in folders(dir)? {
        if folder.ends_with("new") {
            found.push(folder);
        } else {
            found.extend(find_new(&folder)?);
        }
    }
    Ok(found)
}

/// The full name of a benchmark and its times of an iteration, from the two files that criterion writes.
fn sample(new: &Path) -> Result<(String, Vec<f64>), Error> {
    #[derive(Deserialize)]
    struct Identity {
        full_id: String,
    }
    #[derive(Deserialize)]
    struct Samples {
        iters: Vec<f64>,
        times: Vec<f64>,
    }
    fn json<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, Error> {
        let bytes = file::read(path, LARGEST, HINT)?;
        serde_json::from_slice(&bytes).map_err(|error| Error::content(path, error, HINT))
    }
    let identity: Identity = json(&new.join("benchmark.json"))?;
    let samples: Samples = json(&new.join("sample.json"))?;
    let times = samples.times.iter().zip(&samples.iters).map(|(time, iters)| time / iters);
    let rounded = times.map(|time| format!("{time:.4e}").parse().unwrap_or(time));
    Ok((identity.full_id, rounded.collect()))
}
