//! Finding the benchmarks below a directory.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use crate::source::open::{io_error, unreadable};
use crate::source::{Reading, SourceError};

/// One measurement of one benchmark: a directory called `new`, or like the baseline asked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Found {
    /// The directory with the files, such as `target/criterion/group/function/new`.
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

/// The benchmarks below a directory that have the baseline asked for, sorted by path.
///
/// A benchmark is recognised by the files in it, because it may be called `new`, `base`, `change`
/// or `report`. In a cargo project only its `target` is looked into, in a target directory only
/// its `criterion`. Other symbolic links to directories are not followed.
///
/// # Errors
/// A directory cannot be listed, or there are far too many.
pub(crate) fn find(path: &Path, reading: &Reading) -> Result<Vec<Found>, SourceError> {
    search(path, Some(wanted(reading)))
}

/// The names of all baselines below a directory, sorted; empty if it cannot be listed.
pub(crate) fn baselines(path: &Path) -> Vec<String> {
    let mut names: Vec<_> = search(path, None)
        .unwrap_or_default()
        .iter()
        .filter(|found| found.benchmark && found.sample)
        .filter_map(|found| found.path.file_name())
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    names.sort();
    names.dedup();
    names
}

fn search(path: &Path, baseline: Option<&str>) -> Result<Vec<Found>, SourceError> {
    let entries = AtomicUsize::new(0);
    let mut found = walk(path, 0, &Search { top: path, baseline, entries: &entries })?;
    found.sort();
    Ok(found)
}

struct Search<'a> {
    top: &'a Path,
    /// `None`: any.
    baseline: Option<&'a str>,
    entries: &'a AtomicUsize,
}

fn walk(path: &Path, depth: usize, search: &Search<'_>) -> Result<Vec<Found>, SourceError> {
    let listing = list(path, search)?;
    let mut all = Vec::new();
    let named = path.file_name().unwrap_or_default();
    let is_wanted = search.baseline.is_none_or(|baseline| named == baseline);
    if is_wanted && (listing.benchmark || listing.sample || listing.estimates) {
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
