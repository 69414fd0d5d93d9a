//! `[docs]`: what pages tell beside baselines, targets and capacity.

use super::ConfigError;
use super::document::{Field, Form, Section};
use super::suite::{optional, read_metric};
use super::{Suite, forms};
use crate::measure::Metric;

/// `[docs]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Docs {
    /// Files of `tailguard.breakpoint/v1`, in order.
    pub breakpoints: Vec<String>,
    /// Files of `tailguard.fit/v1`, in order.
    pub fits: Vec<String>,
    /// Load tests, in order.
    pub scenarios: Vec<Scenario>,
    /// What was tried, in order.
    pub tried: Vec<Tried>,
}

/// `[[docs.scenario]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    /// Its name.
    pub name: String,
    /// What it is there to answer.
    pub asks: String,
    /// `open` or `closed`.
    pub model: String,
    /// The load, in words.
    pub load: String,
    /// The suite whose baseline has its results.
    pub suite: Option<String>,
    /// A file of `tailguard.breakpoint/v1` that has them instead.
    pub ramp: Option<String>,
}

/// `[[docs.tried]]`: a change that was measured against what was there before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// What was changed, in a few words.
    pub advice: String,
    /// The rule that says so, in words.
    pub rule: String,
    /// What has to be measured for it to be advice; `None`: nothing is looked up.
    pub met_by: Option<MetBy>,
    /// The change as a patch, so that anybody can try it again.
    pub change: Option<String>,
    /// A file of `tailguard.report/v1`, from `run --against`.
    pub report: String,
    /// The row that it was about.
    pub row: String,
    /// The metric.
    pub metric: Metric,
}

/// What a measurement has to show for an advice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MetBy {
    /// A statement is among the busiest where a ramp broke.
    Statement(String),
    /// A resource was full there.
    Resource(String),
    /// The pool has more connections than the cores of the database work on.
    Pool,
}

pub(super) const KEYS: [&str; 4] = ["breakpoints", "fits", "scenario", "tried"];
const SCENARIO_KEYS: [&str; 6] = ["name", "asks", "model", "load", "suite", "ramp"];
const TRIED_KEYS: [&str; 7] = ["advice", "rule", "met-by", "change", "report", "row", "metric"];

const fn form(expected: &'static str, example: &'static str) -> Form {
    Form { expected, example }
}

pub(super) const TABLE: Form = form("a table", "[docs]");
const FILES: Form = form("a list of files", "[\"docs/performance/measured/ramp.json\"]");
const SCENARIOS: Form = form("a list of tables", "[[docs.scenario]]");
const TRIED: Form = form("a list of tables", "[[docs.tried]]");
const WORDS: Form = form("a few words", "\"what an ordinary day takes\"");
const MODEL: Form = form("a model", "\"open\" or \"closed\"");
const SUITE: Form = form("the name of a suite", "\"api\"");
const MET_BY: Form = form(
    "a statement, a resource or the pool",
    "\"statement commit\", \"resource database-cpu\" or \"pool\"",
);
const FILE: Form = form("a file", "\"docs/performance/measured/tried.json\"");

pub(super) fn read_docs(section: &Section<'_>, suites: &[Suite]) -> Result<Docs, ConfigError> {
    let scenarios = match section.get("scenario") {
        Some(field) => field.tables("[[docs.scenario]]", SCENARIOS, &SCENARIO_KEYS)?,
        None => Vec::new(),
    };
    let tried = match section.get("tried") {
        Some(field) => field.tables("[[docs.tried]]", TRIED, &TRIED_KEYS)?,
        None => Vec::new(),
    };
    Ok(Docs {
        breakpoints: optional(section, "breakpoints", read_files)?.unwrap_or_default(),
        fits: optional(section, "fits", read_files)?.unwrap_or_default(),
        scenarios: scenarios.iter().map(|s| read_scenario(s, suites)).collect::<Result<_, _>>()?,
        tried: tried.iter().map(read_tried).collect::<Result<_, _>>()?,
    })
}

fn read_files(field: &Field<'_>) -> Result<Vec<String>, ConfigError> {
    field.list(FILES)?.iter().map(|file| file.words(FILE)).collect()
}

fn read_scenario(section: &Section<'_>, suites: &[Suite]) -> Result<Scenario, ConfigError> {
    let words = |key: &'static str| section.need(key, WORDS)?.words(WORDS);
    let suite = |field: &Field<'_>| {
        let name = field.words(SUITE)?;
        match suites.iter().any(|suite| suite.name == name) {
            true => Ok(name),
            false => Err(field
                .refuse(&format!("no suite {name:?}"), "name a [[suite]] of this file".to_owned())),
        }
    };
    let models = [("open", "open"), ("closed", "closed")];
    Ok(Scenario {
        name: words("name")?,
        asks: words("asks")?,
        model: section.need("model", MODEL)?.one_of(MODEL, &models)?.to_owned(),
        load: words("load")?,
        suite: optional(section, "suite", suite)?,
        ramp: optional(section, "ramp", |field| field.words(FILE))?,
    })
}

fn read_met_by(field: &Field<'_>) -> Result<MetBy, ConfigError> {
    let words = field.words(MET_BY)?;
    match words.split_once(' ') {
        Some(("statement", name)) if !name.trim().is_empty() => {
            Ok(MetBy::Statement(name.trim().to_owned()))
        }
        Some(("resource", name)) if !name.trim().is_empty() => {
            Ok(MetBy::Resource(name.trim().to_owned()))
        }
        None if words == "pool" => Ok(MetBy::Pool),
        _ => Err(field.unfit(MET_BY)),
    }
}

fn read_tried(section: &Section<'_>) -> Result<Tried, ConfigError> {
    let words = |key: &'static str| section.need(key, WORDS)?.words(WORDS);
    Ok(Tried {
        advice: words("advice")?,
        rule: words("rule")?,
        met_by: optional(section, "met-by", read_met_by)?,
        change: optional(section, "change", |field| field.words(FILE))?,
        report: section.need("report", FILE)?.words(FILE)?,
        row: words("row")?,
        metric: read_metric(&section.need("metric", forms::METRIC)?)?,
    })
}
