//! From a file to a configuration.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::DeTable;

use super::document::{Document, Form, Section, TOP_LEVEL};
use super::entries::{RULE_KEYS, WAIVER_KEYS, read_rule, read_waiver};
use super::{
    Config, ConfigError, Gate, Github, Suite, capacity, docs, forms, gate, github, slo, suite,
};
use crate::policy::quantity::shown;

/// The name of a configuration file.
pub const FILE_NAME: &str = "tailguard.toml";

/// The largest file that is read: a configuration is written by hand.
const LARGEST: u64 = 1 << 20;

/// Reads a configuration file.
///
/// # Errors
/// A file that cannot be read, or whose content [`parse`] does not take.
pub fn load(path: &Path) -> Result<Config, ConfigError> {
    let failed = |source| ConfigError::Io { path: path.to_owned(), source };
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes))
        .map_err(failed)?;
    if bytes.len() as u64 > LARGEST {
        let message = "larger than 1 MiB, which no configuration is";
        return Err(failed(io::Error::new(io::ErrorKind::InvalidData, message)));
    }
    match std::str::from_utf8(&bytes) {
        Ok(text) => parse(text, path),
        Err(error) => {
            let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
            Err(ConfigError::Invalid {
                path: path.to_owned(),
                line: 1 + valid.iter().filter(|byte| **byte == b'\n').count(),
                message: "invalid TOML: not UTF-8".to_owned(),
                hint: "save the file as UTF-8".to_owned(),
            })
        }
    }
}

/// The nearest configuration file in `start` or a directory above it.
#[must_use]
pub fn find(start: &Path) -> Option<PathBuf> {
    let start = std::path::absolute(start).ok()?;
    start.ancestors().map(|dir| dir.join(FILE_NAME)).find(|file| file.is_file())
}

/// Takes the text of a configuration; `path` is for messages and relative paths. No I/O.
///
/// An empty text is a configuration without suites.
///
/// # Errors
/// The first thing that is not TOML, not known, of a wrong form, or without meaning.
pub fn parse(text: &str, path: &Path) -> Result<Config, ConfigError> {
    let line_ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
    let document = Document::new(path, &line_ends);
    let root = DeTable::parse(text).map_err(|error| invalid_toml(&document, &error))?;
    let root = top_level(document, &root)?;

    let gate = match root.get("gate") {
        Some(field) => gate::read_gate(&field.table("[gate]", forms::GATE_TABLE, &gate::KEYS)?)?,
        None => Gate::default(),
    };
    let suites =
        distinct(&tables(&root, "suite", "[[suite]]", forms::SUITE_TABLES, &suite::KEYS)?)?;
    let rules = tables(&root, "rule", "[[rule]]", forms::RULE_TABLES, &RULE_KEYS)?;
    let slos = tables(&root, "slo", "[[slo]]", forms::SLO_TABLES, &slo::KEYS)?;
    let shown = match root.get("github") {
        Some(field) => {
            github::read_github(&field.table("[github]", forms::GITHUB_TABLE, &github::KEYS)?)?
        }
        None => Github::default(),
    };
    let accepts =
        tables(&root, "accept", "[[accept]]", forms::ACCEPT_TABLES, &github::ACCEPT_KEYS)?;
    let waivers = tables(&root, "waiver", "[[waiver]]", forms::WAIVER_TABLES, &WAIVER_KEYS)?;
    let capacity = match root.get("capacity") {
        Some(field) => Some(capacity::read_capacity(&field.table(
            "[capacity]",
            capacity::CAPACITY_TABLE,
            &capacity::CAPACITY_KEYS,
        )?)?),
        None => None,
    };
    let database = match root.get("database") {
        Some(field) => Some(capacity::read_database(&field.table(
            "[database]",
            capacity::DATABASE_TABLE,
            &capacity::DATABASE_KEYS,
        )?)?),
        None => None,
    };
    let triggers =
        tables(&root, "trigger", "[[trigger]]", capacity::TRIGGER_TABLES, &capacity::TRIGGER_KEYS)?;
    let triggers = capacity::read_triggers(&triggers, capacity.as_ref(), database.as_ref())?;
    let docs = match root.get("docs") {
        Some(field) => {
            Some(docs::read_docs(&field.table("[docs]", docs::TABLE, &docs::KEYS)?, &suites)?)
        }
        None => None,
    };
    Ok(Config {
        path: path.to_owned(),
        dir: Config::dir_of(path),
        gate,
        github: shown,
        accepts: accepts
            .iter()
            .map(|s| github::read_accept(s, &suites))
            .collect::<Result<_, _>>()?,
        rules: rules.iter().map(|s| read_rule(s, &suites)).collect::<Result<_, _>>()?,
        slos: slo::read_slos(&slos, &suites)?,
        capacity,
        database,
        triggers,
        docs,
        waivers: waivers.iter().map(|s| read_waiver(s, &suites)).collect::<Result<_, _>>()?,
        suites,
    })
}

/// What a text that is no whole configuration says of `[github]`, so that even its refusal is shown
/// where it belongs; the defaults where it says nothing readable.
#[must_use]
pub fn github_of(text: &str) -> Github {
    let line_ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
    let document = Document::new(Path::new(FILE_NAME), &line_ends);
    let read = || {
        let root = DeTable::parse(text).ok()?;
        let every: Vec<&str> = root.get_ref().keys().map(|key| key.get_ref().as_ref()).collect();
        let root = document.section(TOP_LEVEL, root.get_ref(), root.span(), &every).ok()?;
        let table = root.get("github")?.table("[github]", forms::GITHUB_TABLE, &github::KEYS);
        github::read_github(&table.ok()?).ok()
    };
    read().unwrap_or_default()
}

fn top_level<'t>(
    document: Document<'t>,
    root: &'t Spanned<DeTable<'t>>,
) -> Result<Section<'t>, ConfigError> {
    let known = [
        "gate", "suite", "rule", "slo", "waiver", "github", "accept", "capacity", "database",
        "trigger", "docs",
    ];
    // A forgotten header is likelier than a misspelt table.
    let headless = root.get_ref().keys().filter(|key| gate::KEYS.contains(&key.get_ref().as_ref()));
    if let Some(key) = headless.min_by_key(|key| key.span().start) {
        let message = format!("unknown key '{}' at the top level", key.get_ref());
        let line = document.line(key.span().start);
        return Err(document.refuse(line, message, "write [gate] above it".to_owned()));
    }
    document.section(TOP_LEVEL, root.get_ref(), root.span(), &known)
}

fn tables<'t>(
    root: &Section<'t>,
    key: &str,
    name: &'static str,
    form: Form,
    keys: &[&str],
) -> Result<Vec<Section<'t>>, ConfigError> {
    root.get(key).map_or_else(|| Ok(Vec::new()), |field| field.tables(name, form, keys))
}

/// Suites whose names differ by more than case: not every file system tells case apart.
fn distinct(sections: &[Section<'_>]) -> Result<Vec<Suite>, ConfigError> {
    let mut lines: BTreeMap<String, usize> = BTreeMap::new();
    let mut suites = Vec::new();
    for section in sections {
        let suite = suite::read_suite(section)?;
        if let Some(first) = lines.insert(suite.name.to_lowercase(), suite.line) {
            let message = format!("two suites are named '{}'", suite.name);
            let hint = format!("the first is in line {first}; names differ by more than case");
            return Err(section.refuse(message, hint));
        }
        suites.push(suite);
    }
    Ok(suites)
}

fn invalid_toml(document: &Document<'_>, error: &toml::de::Error) -> ConfigError {
    let line = document.line(error.span().map_or(0, |span| span.start));
    let said = error.message();
    let hint = if said.contains("quoted") {
        "values with a unit stand in quotes: threshold = \"5%\""
    } else if said.contains("duplicate key") {
        "write each key and each [table] once; only [[lists of tables]] repeat"
    } else {
        "https://toml.io describes the syntax"
    };
    document.refuse(line, format!("invalid TOML: {}", shown(said)), hint.to_owned())
}
