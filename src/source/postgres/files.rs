//! Which files make one run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::sniff::Kind;
use super::window;
use crate::source::SourceError;
use crate::source::folder::named;
use crate::source::open::unreadable;

/// The files of one run: two snapshots, or pgbench's logs, or both.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Parts {
    /// The snapshots before and after the load.
    pub(crate) snapshots: Option<(PathBuf, PathBuf)>,
    /// The logs of one process of pgbench, one a thread.
    pub(crate) logs: Vec<PathBuf>,
    /// What that pgbench printed.
    pub(crate) report: Option<PathBuf>,
}

const PAIR: &str = "two snapshots of one run, before.json and after.json";
const TAKE: &str = "take one with `tailguard snapshot postgres` before the load and one after it, \
                    into a directory of their own";

/// The one run in a directory, from its files of PostgreSQL. Not empty.
///
/// # Errors
/// They are of several runs, or a snapshot is alone.
pub(crate) fn gather(
    folder: &Path,
    found: &[(PathBuf, Kind)],
    reports: &[PathBuf],
) -> Result<Parts, SourceError> {
    let of = |wanted: Kind| -> Vec<&PathBuf> {
        found.iter().filter(|(_, kind)| *kind == wanted).map(|(path, _)| path).collect()
    };
    let snapshots = match of(Kind::Snapshot).as_slice() {
        [] => None,
        [one, other] => Some(in_order(one, other)?),
        several => {
            let found = format!("{} snapshots ({})", several.len(), named(several.iter().copied()));
            return Err(unreadable(folder, found, PAIR, TAKE));
        }
    };
    let logs = match processes(&of(Kind::Log)).into_values().collect::<Vec<_>>().as_slice() {
        [] => Vec::new(),
        [logs] => logs.clone(),
        several => {
            let first: Vec<&PathBuf> = several.iter().filter_map(|logs| logs.first()).collect();
            return Err(unreadable(
                folder,
                format!("logs of {} pgbench runs ({})", several.len(), named(first)),
                "one run",
                "give each run a directory of its own, or the first log of each as a PATH",
            ));
        }
    };
    let report = match reports {
        [one] if !logs.is_empty() => Some(one.clone()),
        _ => None,
    };
    Ok(Parts { snapshots, logs, report })
}

/// The run that a single file belongs to: a snapshot and its counterpart, or the logs of all
/// threads.
///
/// # Errors
/// A snapshot has no counterpart beside it.
pub(crate) fn of_file(
    path: &Path,
    kind: Kind,
    beside: &[(PathBuf, Kind)],
    reports: &[PathBuf],
) -> Result<Parts, SourceError> {
    match kind {
        Kind::Snapshot => {
            let counterpart = counterpart(path).filter(|other| other.is_file());
            let Some(other) = counterpart else {
                return Err(unreadable(path, "a single snapshot", PAIR, TAKE));
            };
            let snapshots = Some(in_order(path, &other)?);
            Ok(Parts { snapshots, ..Parts::default() })
        }
        Kind::Log => {
            let logs: Vec<&PathBuf> = beside
                .iter()
                .filter(|(_, kind)| *kind == Kind::Log)
                .map(|(path, _)| path)
                .collect();
            let own = processes(&logs)
                .into_values()
                .find(|logs| logs.iter().any(|log| log.file_name() == path.file_name()));
            let report = match reports {
                [one] => Some(one.clone()),
                _ => None,
            };
            Ok(Parts { snapshots: None, logs: own.unwrap_or(vec![path.to_owned()]), report })
        }
    }
}

/// The earlier snapshot first: by their names, else by their times.
fn in_order(one: &Path, other: &Path) -> Result<(PathBuf, PathBuf), SourceError> {
    let is = |path: &Path, word: &str| split(path).is_some_and(|(_, found, _)| found == word);
    if is(one, "before") && is(other, "after") {
        return Ok((one.to_owned(), other.to_owned()));
    }
    if is(one, "after") && is(other, "before") {
        return Ok((other.to_owned(), one.to_owned()));
    }
    let taken = |path| window::load(path).map(|snapshot| snapshot.taken_at);
    match taken(one)? <= taken(other)? {
        true => Ok((one.to_owned(), other.to_owned())),
        false => Ok((other.to_owned(), one.to_owned())),
    }
}

/// The snapshot on the other side of the load, by its name: `x-after.json` for `x-before.json`.
fn counterpart(path: &Path) -> Option<PathBuf> {
    let (start, word, end) = split(path)?;
    let other = if word == "before" { "after" } else { "before" };
    Some(path.with_file_name(format!("{start}{other}{end}")))
}

/// A name as what stands before its last `before` or `after`, that word, and its extensions.
fn split(path: &Path) -> Option<(&str, &str, &str)> {
    let name = path.file_name()?.to_str()?;
    let stem = name.split('.').next()?;
    let word = ["before", "after"].into_iter().find(|word| stem.ends_with(word))?;
    Some((stem.strip_suffix(word)?, word, name.get(stem.len()..)?))
}

/// Logs by the process that wrote them: the first thread's name, and that name with `.1`, `.2` and
/// so on for the others.
fn processes(logs: &[&PathBuf]) -> BTreeMap<PathBuf, Vec<PathBuf>> {
    let first_of = |log: &PathBuf| -> PathBuf {
        let unzipped = match log.extension() {
            Some(gz) if gz == "gz" => log.with_extension(""),
            _ => log.clone(),
        };
        let is_number = |word: &std::ffi::OsStr| {
            word.to_str().is_some_and(|word| word.bytes().all(|b| b.is_ascii_digit()))
        };
        let first = unzipped.with_extension("");
        let known = |path: &Path| {
            let zipped = PathBuf::from(format!("{}.gz", path.display()));
            logs.iter().any(|log| log.as_path() == path || **log == zipped)
        };
        match unzipped.extension() {
            Some(thread) if is_number(thread) && known(&first) => first,
            _ => unzipped,
        }
    };
    let mut processes: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
    for log in logs {
        processes.entry(first_of(log)).or_default().push((*log).clone());
    }
    processes
}
