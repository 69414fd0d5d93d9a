//! Finding the benchmarks below a directory.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use crate::source::open::{io_error, unreadable};
use crate::source::{Reading, SourceError};

/// The measurements below a directory, sorted by path.
pub(crate) struct Measurements {
    /// Those of the baseline asked for.
    pub(crate) wanted: Vec<Found>,
    /// Those of other baselines, as far as they are whole.
    pub(crate) others: Vec<Found>,
}

/// One measurement of one benchmark: a directory such as `target/criterion/group/function/new`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Found {
    pub(super) path: PathBuf,
    pub(super) benchmark: bool,
    pub(super) sample: bool,
    pub(super) estimates: bool,
}

/// A path may be a project, its target directory, criterion's directory, a group or a benchmark;
/// the longest of these is `target/criterion/group/function/value/new`.
const DEEPEST: usize = 8;

/// How many directory entries are looked at before the path is refused as a mistake.
const MOST_ENTRIES: usize = 1_000_000;

/// The name of criterion's baseline that is read.
pub(crate) fn wanted(reading: &Reading) -> &str {
    reading.criterion_baseline.as_deref().unwrap_or("new")
}

/// Looks for measurements.
///
/// A benchmark is recognised by the files in it, because it may be called `new`, `base`, `change`
/// or `report`. In a cargo project only its `target` is looked into, in a target directory only
/// its `criterion`. Other symbolic links to directories are not followed.
///
/// # Errors
/// A directory cannot be listed, or there are far too many.
pub(crate) fn find(path: &Path, reading: &Reading) -> Result<Measurements, SourceError> {
    let entries = AtomicUsize::new(0);
    let mut found = walk(path, 0, &Search { top: path, entries: &entries })?;
    found.sort();
    let name = OsStr::new(wanted(reading));
    let (wanted, mut others): (Vec<_>, _) =
        found.into_iter().partition(|found| found.path.file_name() == Some(name));
    // What else holds estimates is `change`, which is a comparison.
    others.retain(|found| found.benchmark && found.sample);
    Ok(Measurements { wanted, others })
}

impl Measurements {
    /// The names of the other baselines, sorted.
    pub(crate) fn other_baselines(&self) -> Vec<String> {
        let names = self.others.iter().filter_map(|found| found.path.file_name());
        let names: BTreeSet<_> = names.map(|name| name.to_string_lossy().into_owned()).collect();
        names.into_iter().collect()
    }

    /// Benchmarks of which only other baselines are there.
    pub(super) fn without_wanted(&self) -> BTreeSet<&Path> {
        fn places(found: &[Found]) -> BTreeSet<&Path> {
            found.iter().filter_map(|found| found.path.parent()).collect()
        }
        &places(&self.others) - &places(&self.wanted)
    }
}

struct Search<'a> {
    top: &'a Path,
    entries: &'a AtomicUsize,
}

fn walk(path: &Path, depth: usize, search: &Search<'_>) -> Result<Vec<Found>, SourceError> {
    let listing = list(path, search)?;
    let mut all = Vec::new();
    if listing.benchmark || listing.sample || listing.estimates {
        all.push(Found {
            path: path.to_owned(),
            benchmark: listing.benchmark,
            sample: listing.sample,
            estimates: listing.estimates,
        });
    }
    if depth < DEEPEST {
        let below: Vec<_> = listing
            .folders
            .into_par_iter()
            .map(|name| walk(&path.join(name), depth + 1, search))
            .collect();
        for found in below {
            all.extend(found?);
        }
    }
    Ok(all)
}

#[derive(Default)]
struct Listing {
    folders: Vec<OsString>,
    benchmark: bool,
    sample: bool,
    estimates: bool,
}

fn list(path: &Path, search: &Search<'_>) -> Result<Listing, SourceError> {
    let mut listing = Listing::default();
    let mut links = Vec::new();
    let (mut is_project, mut is_target) = (false, false);
    for entry in std::fs::read_dir(path).map_err(io_error(path))? {
        let entry = entry.map_err(io_error(path))?;
        if search.entries.fetch_add(1, Ordering::Relaxed) >= MOST_ENTRIES {
            return Err(too_many(search.top));
        }
        let kind = entry.file_type().map_err(io_error(path))?;
        let name = entry.file_name();
        if kind.is_dir() {
            listing.folders.push(name);
            continue;
        }
        let place = match name.to_str() {
            Some("benchmark.json") => &mut listing.benchmark,
            Some("sample.json") => &mut listing.sample,
            Some("estimates.json") => &mut listing.estimates,
            Some("Cargo.toml") => &mut is_project,
            Some("CACHEDIR.TAG" | ".rustc_info.json") => &mut is_target,
            _ if kind.is_symlink() => {
                links.push(name);
                continue;
            }
            _ => continue,
        };
        // Opening a pipe would wait for a writer.
        *place = kind.is_file() || (kind.is_symlink() && entry.path().is_file());
    }
    if is_project || is_target {
        // These two are often links to a cache.
        listing.folders.extend(links.into_iter().filter(|name| path.join(name).is_dir()));
        let kept = |name: &OsStr| name == "criterion" || (is_project && name == "target");
        listing.folders.retain(|name| kept(name));
    }
    Ok(listing)
}

fn too_many(path: &Path) -> SourceError {
    unreadable(
        path,
        format!("more than {MOST_ENTRIES} files and directories"),
        "criterion's directory",
        "give the directory that criterion wrote, usually target/criterion",
    )
}
