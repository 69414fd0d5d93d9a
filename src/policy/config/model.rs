//! What a configuration says, after parsing.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::docs::Docs;
use super::{Capacity, Database, Github, Trigger};
use crate::compare::Test;
use crate::measure::{Metric, Unit, Workload};
use crate::policy::quantity::Quantity;
use crate::policy::{Accept, Adjustment, Levels, Rule, Slo, Waiver};
use crate::source::{Reading, SourceName};

/// A whole configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The file; empty where there is none.
    pub path: PathBuf,
    /// The directory that the file's paths are relative to. Never empty.
    pub dir: PathBuf,
    /// What holds for every suite.
    pub gate: Gate,
    /// Suites, in order.
    pub suites: Vec<Suite>,
    /// Rules, in order: later ones win.
    pub rules: Vec<Rule>,
    /// Absolute limits, in order.
    pub slos: Vec<Slo>,
    /// Waivers, in order.
    pub waivers: Vec<Waiver>,
    /// How a verdict is shown on a pull request.
    pub github: Github,
    /// Regressions that a label accepts on a pull request, in order.
    pub accepts: Vec<Accept>,
    /// The traffic model, the headroom and what limits were measured, if there is a plan.
    pub capacity: Option<Capacity>,
    /// The database behind it.
    pub database: Option<Database>,
    /// When to grow, in order.
    pub triggers: Vec<Trigger>,
    /// What pages tell beside.
    pub docs: Option<Docs>,
}

/// What holds for every suite that does not say otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct Gate {
    /// The smallest relative change that matters: 0.05 is 5 %.
    pub threshold: f64,
    /// The smallest rise of a proportion that matters: 0.005 is half a percentage point.
    pub error_rate: f64,
    /// Family-wise error rate over the gating rows, above 0 and at most 0.2.
    pub alpha: f64,
    /// The test of a row.
    pub test: Test,
    /// Where baselines are kept, as written; see [`Config::baselines`].
    pub baselines: PathBuf,
    /// Sessions kept in a baseline, at least 1.
    pub keep_sessions: usize,
    /// Runs kept of a session, at least 1.
    pub keep_runs: usize,
    /// A smaller absolute change never fails.
    pub floor: Floors,
    /// How much each case matters.
    pub levels: Levels,
}

/// Floors by the kind of measurement.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Floors {
    /// Of load tests.
    pub load: Quantity,
    /// Of benchmarks.
    pub bench: Quantity,
    /// Of queries, timed by the database or beside it.
    pub database: Quantity,
}

/// A group of rows that one tool measures in one go.
#[derive(Debug, Clone, PartialEq)]
pub struct Suite {
    /// Its name: unique, and safe as the name of a directory.
    pub name: String,
    /// Where `check` finds fresh results: files, directories or globs, relative to [`Config::dir`].
    pub paths: Vec<String>,
    /// The source, where detection by content is to be skipped.
    pub source: Option<SourceName>,
    /// Tags that make a row, in the order of display.
    pub group_by: Option<Vec<String>>,
    /// What measures one round.
    pub command: Option<String>,
    /// What builds a side, once.
    pub build: Option<String>,
    /// It is measured by another configuration: here only its baselines count.
    pub elsewhere: bool,
    /// How long one round of the command may take, in place of [`Suite::TIMEOUT`].
    pub timeout: Option<Duration>,
    /// A name for the machine, which then is the environment key.
    pub environment: Option<String>,
    /// How load is offered.
    pub workload: Option<Workload>,
    /// Which of criterion's baselines is read.
    pub criterion_baseline: Option<String>,
    /// The unit of criterion's numbers.
    pub unit: Option<Unit>,
    /// What is tolerated otherwise than by the gate.
    pub adjustment: Adjustment,
    /// The metrics that can fail the build, in place of the default ones.
    pub gates: Option<Vec<Metric>>,
    /// Where it stands in the configuration, from 1; 0 where there is none.
    pub line: usize,
}

impl Config {
    /// A configuration without a file: one suite, read as `reading` says.
    #[must_use]
    pub fn standalone(name: &str, gate: Gate, reading: Reading) -> Self {
        let suite = Suite {
            name: name.to_owned(),
            paths: Vec::new(),
            source: reading.source,
            group_by: reading.group_by,
            command: None,
            build: None,
            elsewhere: false,
            timeout: None,
            environment: None,
            workload: reading.workload,
            criterion_baseline: reading.criterion_baseline,
            unit: reading.unit,
            adjustment: Adjustment::default(),
            gates: None,
            line: 0,
        };
        Self {
            path: PathBuf::new(),
            dir: PathBuf::from("."),
            gate,
            suites: vec![suite],
            rules: Vec::new(),
            slos: Vec::new(),
            capacity: None,
            database: None,
            triggers: Vec::new(),
            docs: None,
            waivers: Vec::new(),
            github: Github::default(),
            accepts: Vec::new(),
        }
    }

    /// The suite of that name, if there is one.
    #[must_use]
    pub fn suite(&self, name: &str) -> Option<&Suite> {
        self.suites.iter().find(|suite| suite.name == name)
    }

    /// Where baselines are kept.
    #[must_use]
    pub fn baselines(&self) -> PathBuf {
        self.dir.join(&self.gate.baselines)
    }

    /// How much each case of a suite matters, before any rule.
    #[must_use]
    pub fn levels(&self, suite: &str) -> Levels {
        match self.suite(suite) {
            Some(suite) => self.gate.levels.with(&suite.adjustment.levels),
            None => self.gate.levels,
        }
    }

    /// The directory that the paths of a configuration file are relative to.
    pub(super) fn dir_of(path: &Path) -> PathBuf {
        match path.parent() {
            Some(dir) if dir != Path::new("") => dir.to_owned(),
            _ => PathBuf::from("."),
        }
    }
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            threshold: 0.05,
            error_rate: 0.005,
            alpha: 0.02,
            test: Test::ModeratedT,
            baselines: PathBuf::from("baselines"),
            keep_sessions: 10,
            keep_runs: 5,
            floor: Floors {
                load: Quantity { value: 0.1, unit: Unit::Ms },
                bench: Quantity { value: 0.5, unit: Unit::Ns },
                database: Quantity { value: 0.02, unit: Unit::Ms },
            },
            levels: Levels::default(),
        }
    }
}

impl Suite {
    /// How long one round may take unless the suite says otherwise: a round that takes longer hangs.
    pub const TIMEOUT: Duration = Duration::from_secs(30 * 60);

    /// What readers are asked for; identity and detail are the caller's to add.
    #[must_use]
    pub fn reading(&self) -> Reading {
        Reading {
            source: self.source,
            group_by: self.group_by.clone(),
            criterion_baseline: self.criterion_baseline.clone(),
            unit: self.unit,
            workload: self.workload,
            identify: false,
            detail: false,
        }
    }
}
