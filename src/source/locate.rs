//! What a user wrote as PATH, as the paths of single runs.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use super::glob::{Failure, Glob, MOST_ENTRIES};
use super::open::{io_error, unreadable};
use super::{SourceError, detect, sidecar};

/// Expands one PATH (a file, a directory or a glob, relative to `base`) into the paths of single
/// runs, sorted. What exists under exactly this name is never taken as a glob. Sidecars among the
/// matches are left out: they speak of runs and are none.
///
/// # Errors
/// Nothing matches; the glob is not one; a directory on the way cannot be listed.
pub fn find(pattern: &str, base: &Path) -> Result<Vec<PathBuf>, SourceError> {
    let literal = base.join(pattern);
    let is_glob = pattern.contains(['*', '?', '[', '{']);
    match std::fs::metadata(&literal) {
        Ok(_) => return Ok(vec![literal]),
        Err(e) if is_glob || e.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(io_error(&literal)(error)),
    }
    if !is_glob {
        let home = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        let hint = hint(pattern, home("CRITERION_HOME"), home("CARGO_TARGET_DIR"));
        return Err(unreadable(&literal, "no such file or directory", detect::RESULTS, hint));
    }
    let found = expand(pattern, base, &literal)?;
    if found.is_empty() {
        return Err(unreadable(
            &literal,
            "nothing that matches this glob",
            detect::RESULTS,
            "quote the glob so that the shell leaves it alone, and check where the results were \
             written",
        ));
    }
    Ok(found)
}

fn expand(pattern: &str, base: &Path, literal: &Path) -> Result<Vec<PathBuf>, SourceError> {
    let glob = match Glob::parse(pattern) {
        Ok(glob) => glob,
        Err(error) => {
            return Err(unreadable(
                literal,
                format!("a broken glob ({})", error.kind()),
                "a glob",
                "a literal *, ?, [ or { is written [*], [?], [[] or [{]",
            ));
        }
    };
    let found = glob.expand(base).map_err(|error| match error {
        Failure::Io(path, source) => SourceError::Io { path, source },
        Failure::TooMany => unreadable(
            literal,
            format!("more than {MOST_ENTRIES} files and directories to look at"),
            "a narrower glob",
            "name the directories instead of **: each match is read as one run",
        ),
    })?;
    let is_run = |path: &PathBuf| path.file_name().is_none_or(|name| name != sidecar::NAME);
    Ok(found.into_iter().filter(is_run).collect())
}

/// Where else the results may be. criterion leaves its usual place if one of two variables is set.
fn hint(pattern: &str, criterion: Option<OsString>, target: Option<OsString>) -> String {
    let usual = Path::new(pattern).ends_with("target/criterion");
    let elsewhere = criterion
        .map(|home| ("CRITERION_HOME", PathBuf::from(home)))
        .or_else(|| target.map(|home| ("CARGO_TARGET_DIR", Path::new(&home).join("criterion"))));
    match elsewhere {
        Some((name, place)) if usual => {
            format!("{name} is set, so criterion writes to {}: give that path", place.display())
        }
        _ if usual => "run `cargo bench` first; in a workspace criterion writes to the target \
                       directory of the workspace or of the member"
            .to_owned(),
        _ => "check the path and where the results were written".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hint_follows_criterion_to_its_other_places() {
        let set = |path: &str| Some(OsString::from(path));
        assert!(hint("target/criterion", set("/c"), set("/t")).contains("CRITERION_HOME"));
        assert!(hint("./target/criterion", None, set("/t")).contains("/t/criterion"));
        assert!(hint("target/criterion", None, None).contains("cargo bench"));
        assert!(!hint("out/results.json", set("/c"), None).contains("/c"));
    }
}
