//! What the configuration says of capacity, after parsing.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::capacity::figure::Known;
use crate::capacity::plan::{Limit, Reserve, fault};
use crate::capacity::pool::Bouncer;
use crate::capacity::timeouts::Timeouts;
use crate::capacity::traffic::{CALLS, Traffic};
use crate::measure::{Metric, Unit};
use crate::policy::Pattern;

/// `[capacity]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Capacity {
    /// Instances and headroom.
    pub reserve: Reserve,
    /// Cores of one instance.
    pub cores: Option<u32>,
    /// Memory of one instance, in bytes.
    pub memory: Option<f64>,
    /// The environment whose baselines count; `None`: the only one.
    pub environment: Option<String>,
    /// What the service counts of itself.
    pub metrics: Option<MetricNames>,
    /// What users do.
    pub traffic: Traffic,
    /// What was measured of one instance, in order.
    pub limits: Vec<LimitSource>,
    /// Complex operations at several sizes of an organisation.
    pub size: Option<SizeSuite>,
    /// Where the platform stands.
    pub now: Option<Now>,
    /// The next steps of the infrastructure, by number.
    pub phases: BTreeMap<u32, String>,
}

/// Files in Prometheus' text format, and the names of metrics in them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricNames {
    /// One file from the start of the service to the end of a load, or two around a load.
    pub files: Vec<String>,
    /// The same of another load, for what statements take: one that sends each of them often enough.
    /// Empty: `files`.
    pub timings: Vec<String>,
    /// A counter of requests.
    pub requests: Option<String>,
    /// A histogram of the times of requests.
    pub answers: Option<String>,
    /// A histogram of the times that connections are held.
    pub hold: Option<String>,
    /// A histogram of the times that connections are waited for.
    pub wait: Option<String>,
    /// A histogram of the times of statements.
    pub statements: Option<String>,
    /// The label that names a statement.
    pub statement: Option<String>,
    /// A counter of CPU seconds.
    pub cpu: Option<String>,
    /// Resident memory in bytes.
    pub memory: Option<String>,
}

/// `[[capacity.limit]]`.
#[derive(Debug, Clone, PartialEq)]
pub struct LimitSource {
    /// What it is of.
    pub name: String,
    /// The proportions in which the load came.
    pub mix: BTreeMap<String, f64>,
    /// Where it was measured.
    pub of: LimitOf,
}

/// Where a limit was measured.
#[derive(Debug, Clone, PartialEq)]
pub enum LimitOf {
    /// A file of `tailguard.breakpoint/v1`.
    Breakpoint(String),
    /// A file of `tailguard.fit/v1`.
    Fit(String),
    /// What a suite of the baselines carried, so at least that.
    Carried {
        /// The row and its metric, a rate.
        of: RowOf,
        /// How long each of what is counted lasts, in seconds, where the limit is of so many at a time.
        lasting: Option<f64>,
    },
}

/// One metric of one row of a suite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowOf {
    /// The suite.
    pub suite: String,
    /// The row's display id.
    pub row: String,
    /// The metric.
    pub metric: Metric,
}

/// `[capacity.size]`.
#[derive(Debug, Clone, PartialEq)]
pub struct SizeSuite {
    /// The suite.
    pub suite: String,
    /// The tag whose values are sizes.
    pub tag: String,
    /// Clients of the organisation of each size.
    pub clients: BTreeMap<String, f64>,
}

/// `[capacity.now]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Now {
    /// The day from which growth counts.
    pub date: Date,
    /// Organisations on that day.
    pub organisations: f64,
    /// Their growth a month: 0.06 is 6 %.
    pub growth: f64,
}

/// `[database]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Database {
    /// The suite whose baselines have scans by table.
    pub suite: Option<String>,
    /// A file of `tailguard.postgres-snapshot/v1`.
    pub snapshot: Option<String>,
    /// Logs of pgbench: files, directories or globs.
    pub pgbench: Vec<String>,
    /// Cores of the server.
    pub cores: u32,
    /// Spindles of its disks that work at once.
    pub spindles: u32,
    /// `max_connections`.
    pub max_connections: u32,
    /// Connections that are kept for operations.
    pub reserved: u32,
    /// The pool of one instance.
    pub pool: Option<PoolSettings>,
    /// A pooler before the server.
    pub bouncer: Option<Bouncer>,
    /// Timeouts, in order.
    pub roles: Vec<Role>,
    /// Index coverage; the first that fits a table counts.
    pub tables: Vec<TableTarget>,
}

/// `[database.pool]`.
#[derive(Debug, Clone, PartialEq)]
pub struct PoolSettings {
    /// As it is configured.
    pub size: Option<u32>,
    /// How long a request may wait, in seconds.
    pub wait: f64,
    /// How many may wait longer, out of all.
    pub late: f64,
    /// Connections that one request holds at a time.
    pub holds: u32,
    /// Requests that do so at a time.
    pub requests: Option<u32>,
    /// Connections taken a second, where the plan is not measured.
    pub rate: Option<f64>,
}

/// `[[database.role]]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Role {
    /// The role's name in the database.
    pub name: String,
    /// The statements that it sends.
    pub statements: Pattern,
    /// Those of them that hold locks for which others wait.
    pub locking: Vec<Pattern>,
    /// Its timeouts.
    pub timeouts: Timeouts,
    /// How much longer than a p99.9 a timeout must be.
    pub factor: f64,
}

/// `[[database.table]]`.
#[derive(Debug, Clone, PartialEq)]
pub struct TableTarget {
    /// The tables.
    pub tables: Pattern,
    /// What is asked of them.
    pub target: CoverageTarget,
}

/// What is asked of the scans of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum CoverageTarget {
    /// At least this share of them uses an index.
    AtLeast(f64),
    /// Nothing, for a reason.
    Exempt(String),
}

/// `[[trigger]]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Trigger {
    /// Its name.
    pub name: String,
    /// What is done when it is due.
    pub does: String,
    /// The phase of the infrastructure that begins, if one does.
    pub phase: Option<u32>,
    /// What is watched.
    pub watch: Watch,
    /// A threshold that was decided; `None`: it is derived from the plan.
    pub at: Option<Threshold>,
    /// How long it must be passed, in seconds.
    pub lasting: f64,
    /// How Prometheus computes what is watched.
    pub promql: Option<String>,
    /// Where it stands in the configuration, from 1.
    pub line: usize,
}

/// A threshold that was decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Threshold {
    /// In the unit of what is watched.
    pub value: f64,
    /// Why.
    pub because: String,
}

/// What a trigger watches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Watch {
    /// Requests a second, of all instances.
    Requests,
    /// Database queries a second.
    Queries,
    /// Organisations.
    Organisations,
    /// Users.
    Users,
    /// Videocalls at a time.
    Calls,
    /// CPU in use out of the cores of an instance.
    Cpu,
    /// CPU in use out of the cores of the database server.
    DatabaseCpu,
    /// Memory in use out of that of an instance.
    Memory,
    /// Connections in use out of those that the database allows.
    Connections,
    /// Bytes of tables and indexes.
    Storage,
    /// A metric of a row.
    Row(RowOf),
}

impl Capacity {
    /// The limits, with what `carried` knows of each.
    #[must_use]
    pub fn limits(&self, carried: impl Fn(&LimitSource) -> Known) -> Vec<Limit> {
        let limit = |source: &LimitSource| Limit {
            name: source.name.clone(),
            mix: source.mix.clone(),
            carried: carried(source),
        };
        self.limits.iter().map(limit).collect()
    }

    /// What of it cannot be, if anything: a lowercase fragment.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        let timeless = |limit: &&LimitSource| {
            let lasts = matches!(limit.of, LimitOf::Carried { lasting: Some(_), .. });
            matches!(limit.of, LimitOf::Carried { .. }) && limit.mix.contains_key(CALLS) != lasts
        };
        self.reserve
            .fault()
            .or_else(|| self.traffic.fault())
            .or_else(|| fault(&self.limits(|_| Known::missing("")), &self.traffic))
            .or_else(|| {
                let limit = self.limits.iter().find(timeless)?;
                Some(format!(
                    "limit '{}': 'lasting' belongs to calls, and only to them",
                    limit.name
                ))
            })
    }
}

impl Watch {
    /// The words that stand for what is watched, and what they mean.
    pub(super) const WORDS: [(&'static str, Self); 10] = [
        ("requests", Self::Requests),
        ("queries", Self::Queries),
        ("organisations", Self::Organisations),
        ("users", Self::Users),
        ("calls", Self::Calls),
        ("cpu", Self::Cpu),
        ("database-cpu", Self::DatabaseCpu),
        ("memory", Self::Memory),
        ("connections", Self::Connections),
        ("storage", Self::Storage),
    ];

    /// The unit of what is watched; `times` is that of the row's times, where it is a row's.
    #[must_use]
    pub fn unit(&self, times: Unit) -> Unit {
        match self {
            Self::Requests | Self::Queries => Unit::PerSecond,
            Self::Organisations | Self::Users | Self::Calls => Unit::Count,
            Self::Cpu | Self::DatabaseCpu | Self::Memory | Self::Connections => Unit::Ratio,
            Self::Storage => Unit::Bytes,
            Self::Row(of) => of.metric.unit(times),
        }
    }

    /// Whether a threshold can follow from the plan.
    #[must_use]
    pub fn is_planned(&self) -> bool {
        !matches!(self, Self::Memory | Self::Connections | Self::Storage | Self::Row(_))
    }

    /// What is watched, in words.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Requests => "requests at the peak".to_owned(),
            Self::Queries => "database queries at the peak".to_owned(),
            Self::Organisations => "organisations".to_owned(),
            Self::Users => "users".to_owned(),
            Self::Calls => "videocalls at a time".to_owned(),
            Self::Cpu => "CPU of an instance".to_owned(),
            Self::DatabaseCpu => "CPU of the database".to_owned(),
            Self::Memory => "memory of an instance".to_owned(),
            Self::Connections => "connections to the database".to_owned(),
            Self::Storage => "size of the database".to_owned(),
            Self::Row(of) => format!("{} of {}", of.metric.name(), of.row),
        }
    }
}
