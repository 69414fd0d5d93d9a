//! From words to plans.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use globset::GlobBuilder;

use super::args::{Origin, Read, Source};
use crate::gate::{Error, Host, SuitePaths};
use crate::policy::config::{self, Config};
use crate::policy::quantity::QuantityError;
use crate::source::{Reading, SourceName};

/// The configuration that is named, or found by walking up.
pub(super) fn load_config(named: Option<&Path>) -> Result<Config, Error> {
    let path = match named {
        Some(path) => path.to_owned(),
        None => config::find(&here()).ok_or_else(|| {
            Error::Usage(
                "no tailguard.toml here or in any parent directory\nhint: write one with \
                 `tailguard init`, or compare two sets of results with `tailguard compare`"
                    .to_owned(),
            )
        })?,
    };
    Ok(config::load(&path)?)
}

/// Why the value of an option is none, with one that is.
pub(super) fn unfit(flag: &str, text: &str, error: &QuantityError) -> Error {
    let instead = error.suggestion();
    Error::Usage(format!("--{flag} got {text:?}: {error}\nhint: write --{flag} {instead}"))
}

/// The working directory.
pub(super) fn here() -> PathBuf {
    std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."))
}

/// Paths as the command line gives them: relative to the working directory.
pub(super) fn paths(patterns: &[String]) -> SuitePaths {
    SuitePaths { patterns: patterns.to_vec(), dir: PathBuf::new() }
}

/// `NAME=PATH…` words: every word with a `=` starts a name, unless it is the path of an existing
/// file; the words after it are more paths of that name.
pub(super) fn named_paths(
    flag: &str,
    words: &[String],
) -> Result<BTreeMap<String, SuitePaths>, Error> {
    let mut named: BTreeMap<String, SuitePaths> = BTreeMap::new();
    let mut current: Option<String> = None;
    for word in words {
        let is_name = |name: &str| !name.contains(['/', '*']) && !Path::new(word).exists();
        let split = word.split_once('=').filter(|(name, _)| is_name(name));
        let (name, path) = match (split, &current) {
            (Some((name, path)), _) => (name.to_owned(), path),
            (None, Some(name)) => (name.clone(), word.as_str()),
            (None, None) => {
                return Err(Error::Usage(format!(
                    "--{flag} got {word:?}\nhint: write --{flag} NAME=PATH"
                )));
            }
        };
        if name.is_empty() || path.is_empty() {
            return Err(Error::Usage(format!(
                "--{flag} got {word:?}\nhint: write --{flag} NAME=PATH"
            )));
        }
        let entry = named
            .entry(name.clone())
            .or_insert_with(|| SuitePaths { patterns: Vec::new(), dir: PathBuf::new() });
        entry.patterns.push(path.to_owned());
        current = Some(name);
    }
    Ok(named)
}

/// Only the named suites of a configuration, at the places where it says; nothing for every suite.
pub(super) fn suites_only(
    config: &Config,
    mut fresh: BTreeMap<String, SuitePaths>,
    suites: &[String],
) -> Result<BTreeMap<String, SuitePaths>, Error> {
    if let Some(name) = fresh.keys().find(|name| !suites.is_empty() && !suites.contains(name)) {
        return Err(Error::Usage(format!(
            "--fresh names suite {name:?}, which --suite leaves out\nhint: name it in both, or leave \
             --suite out"
        )));
    }
    for name in suites {
        let Some(suite) = config.suites.iter().find(|suite| suite.name == *name) else {
            return Err(Error::Usage(format!(
                "no suite {name:?} in {}\nhint: the suites are: {}",
                config.path.display(),
                config.suites.iter().map(|s| s.name.as_str()).collect::<Vec<_>>().join(", ")
            )));
        };
        fresh.entry(name.clone()).or_insert_with(|| SuitePaths {
            patterns: suite.paths.clone(),
            dir: config.dir.clone(),
        });
    }
    Ok(fresh)
}

/// How results are read.
pub(super) fn reading(read: &Read) -> Reading {
    Reading {
        source: read.source.map(|source| match source {
            Source::Criterion => SourceName::Criterion,
            Source::K6 => SourceName::K6,
            Source::Postgres => SourceName::Postgres,
        }),
        group_by: read.group_by.clone(),
        criterion_baseline: read.criterion_baseline.clone(),
        ..Reading::default()
    }
}

/// Where this runs, and what the command line says about it.
pub(super) fn host(origin: &Origin, dir: &Path) -> Host {
    Host {
        session: origin.session.clone(),
        environment: origin.environment.clone(),
        ..Host::here(dir)
    }
}

/// The date by which waivers expire, in the time zone in which every CI runs.
pub(super) fn today() -> jiff::civil::Date {
    jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now()).date()
}

/// A glob over display ids; no character is a separator.
pub(super) fn row_matcher(glob: Option<&str>) -> Result<impl Fn(&str) -> bool + use<>, Error> {
    let matcher = match glob {
        None => None,
        Some(glob) => Some(
            GlobBuilder::new(glob)
                .literal_separator(false)
                .build()
                .map_err(|e| {
                    Error::Usage(format!(
                        "--match got {glob:?}: {}\nhint: write a glob such as 'read*'",
                        e.kind()
                    ))
                })?
                .compile_matcher(),
        ),
    };
    Ok(move |id: &str| matcher.as_ref().is_none_or(|m| m.is_match(id)))
}
