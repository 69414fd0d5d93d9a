//! `[database]`.

use super::model::{CoverageTarget, Database, PoolSettings, Role, TableTarget};
use super::read::{counted, name, suite_name, whole};
use super::{forms, units};
use crate::capacity::pool::Bouncer;
use crate::capacity::timeouts::{Rule, Timeouts};
use crate::policy::Pattern;
use crate::policy::config::ConfigError;
use crate::policy::config::document::{Field, Form, Section};
use crate::policy::config::entries::read_pattern;
use crate::policy::config::suite::optional;
use crate::policy::quantity::{rate, share, shown};

pub(in crate::policy::config) const KEYS: [&str; 11] = [
    "suite",
    "snapshot",
    "pgbench",
    "cores",
    "spindles",
    "max-connections",
    "reserved",
    "pool",
    "pgbouncer",
    "role",
    "table",
];
const POOL_KEYS: [&str; 6] = ["size", "wait", "late", "holds", "requests", "rate"];
const BOUNCER_KEYS: [&str; 5] = ["pool-size", "databases", "users", "max-clients", "per-database"];
const ROLE_KEYS: [&str; 9] = [
    "name",
    "statements",
    "locking",
    "lock-timeout",
    "statement-timeout",
    "pool-wait",
    "statements-per-request",
    "http-timeout",
    "timeout-factor",
];
const TABLE_KEYS: [&str; 3] = ["name", "coverage", "exempt"];

/// The longest identifier of PostgreSQL, in bytes: a longer one is cut, and is another's.
const LONGEST_IDENTIFIER: usize = 63;

/// How long a request may wait for a connection, in seconds, and how many may wait longer.
const WAIT: f64 = 0.01;
const LATE: f64 = 0.01;

/// How much longer than a p99.9 a timeout is.
const FACTOR: f64 = 3.0;

pub(in crate::policy::config) fn read_database(
    section: &Section<'_>,
) -> Result<Database, ConfigError> {
    let roles = tables(section, "role", "[[database.role]]", forms::ROLES, &ROLE_KEYS)?;
    let targets = tables(section, "table", "[[database.table]]", forms::TABLES, &TABLE_KEYS)?;
    let database = Database {
        suite: optional(section, "suite", suite_name)?,
        snapshot: optional(section, "snapshot", |field| field.words(forms::FILE))?,
        pgbench: match section.get("pgbench") {
            Some(field) => field
                .one_or_more()
                .iter()
                .map(|path| path.words(forms::PATHS))
                .collect::<Result<_, _>>()?,
            None => Vec::new(),
        },
        cores: counted(&section.need("cores", forms::COUNT)?)?,
        spindles: optional(section, "spindles", whole)?.unwrap_or(0),
        max_connections: counted(&section.need("max-connections", forms::COUNT)?)?,
        reserved: optional(section, "reserved", whole)?.unwrap_or(0),
        pool: optional(section, "pool", read_pool)?,
        bouncer: optional(section, "pgbouncer", read_bouncer)?,
        roles: roles.iter().map(read_role).collect::<Result<_, _>>()?,
        tables: targets.iter().map(read_target).collect::<Result<_, _>>()?,
    };
    if database.reserved >= database.max_connections {
        let message = format!(
            "[database]: {} reserved of {} connections leave none",
            database.reserved, database.max_connections
        );
        return Err(section.refuse(message, "write fewer reserved".to_owned()));
    }
    Ok(database)
}

fn tables<'t>(
    section: &Section<'t>,
    key: &str,
    name: &'static str,
    form: Form,
    keys: &[&str],
) -> Result<Vec<Section<'t>>, ConfigError> {
    section.get(key).map_or_else(|| Ok(Vec::new()), |field| field.tables(name, form, keys))
}

fn read_pool(field: &Field<'_>) -> Result<PoolSettings, ConfigError> {
    let section = field.table("[database.pool]", forms::POOL, &POOL_KEYS)?;
    let pool = PoolSettings {
        size: optional(&section, "size", counted)?,
        wait: optional(&section, "wait", |f| f.parsed(forms::DURATION, units::seconds))?
            .unwrap_or(WAIT),
        late: optional(&section, "late", |f| f.parsed(forms::SHARE, share))?.unwrap_or(LATE),
        holds: optional(&section, "holds", counted)?.unwrap_or(1),
        requests: optional(&section, "requests", counted)?,
        rate: optional(&section, "rate", |f| f.parsed(forms::RATE, rate))?,
    };
    if !(pool.late > 0.0 && pool.late < 1.0) {
        let message = "[database.pool]: 'late' of 0% or 100% asks for no pool".to_owned();
        return Err(section.refuse(message, "write late = \"1%\"".to_owned()));
    }
    if pool.rate.is_some_and(|rate| rate <= 0.0) {
        let message = "[database.pool]: a rate of zero is no traffic".to_owned();
        return Err(section.refuse(message, format!("write rate = {}", forms::RATE.example)));
    }
    Ok(pool)
}

fn read_bouncer(field: &Field<'_>) -> Result<Bouncer, ConfigError> {
    let section = field.table("[database.pgbouncer]", forms::BOUNCER, &BOUNCER_KEYS)?;
    let count = |key| counted(&section.need(key, forms::COUNT)?);
    Ok(Bouncer {
        pool_size: count("pool-size")?,
        databases: count("databases")?,
        users: count("users")?,
        max_clients: count("max-clients")?,
        per_database: optional(&section, "per-database", counted)?,
    })
}

fn read_role(section: &Section<'_>) -> Result<Role, ConfigError> {
    let server = |key| {
        section
            .need(key, forms::SERVER_TIMEOUT)?
            .parsed(forms::SERVER_TIMEOUT, units::server_timeout)
    };
    let client = |key| section.need(key, forms::DURATION)?.parsed(forms::DURATION, units::seconds);
    let statements = section.get("statements");
    let locking = section.get("locking");
    let role = Role {
        name: read_identifier(&section.need("name", forms::ROLE_NAME)?)?,
        statements: match &statements {
            Some(field) => read_pattern(field, &field.words(forms::PATTERN)?)?,
            None => every(section)?,
        },
        locking: match &locking {
            Some(list) => list
                .list(forms::PATTERNS)?
                .iter()
                .map(|field| read_pattern(field, &field.words(forms::PATTERN)?))
                .collect::<Result<_, _>>()?,
            None => vec![every(section)?],
        },
        timeouts: Timeouts {
            lock: server("lock-timeout")?,
            statement: server("statement-timeout")?,
            pool_wait: client("pool-wait")?,
            http: client("http-timeout")?,
            statements: counted(&section.need("statements-per-request", forms::COUNT)?)?,
        },
        factor: optional(section, "timeout-factor", read_factor)?.unwrap_or(FACTOR),
    };
    match role.timeouts.ladder().into_iter().find(|rung| !rung.holds()) {
        None => Ok(role),
        Some(rung) => {
            let (message, hint) = match rung.rule {
                Rule::LockUnderStatement => (
                    "lock-timeout is not under statement-timeout, which would always come first",
                    "write a shorter lock-timeout",
                ),
                Rule::DatabaseUnderHttp => (
                    "pool-wait and statements-per-request x statement-timeout are not under http-timeout",
                    "write a shorter statement-timeout, or a longer http-timeout",
                ),
            };
            let message = format!("role '{}': {message}", role.name);
            Err(section.refuse(message, hint.to_owned()))
        }
    }
}

fn every(section: &Section<'_>) -> Result<Pattern, ConfigError> {
    Pattern::new("*").map_err(|why| section.refuse(why, "name the statements".to_owned()))
}

fn read_factor(field: &Field<'_>) -> Result<f64, ConfigError> {
    let factor = field.number(forms::FACTOR)?;
    match (1.0..=1000.0).contains(&factor) {
        true => Ok(factor),
        false => Err(field.unfit(forms::FACTOR)),
    }
}

fn read_identifier(field: &Field<'_>) -> Result<String, ConfigError> {
    let text = name(field, forms::ROLE_NAME)?;
    match text.len() <= LONGEST_IDENTIFIER {
        true => Ok(text),
        false => Err(field.unfit(forms::ROLE_NAME)),
    }
}

fn read_target(section: &Section<'_>) -> Result<TableTarget, ConfigError> {
    let field = section.need("name", forms::PATTERN)?;
    let tables = read_pattern(&field, &field.words(forms::PATTERN)?)?;
    let target = match (section.get("coverage"), section.get("exempt")) {
        (Some(field), None) => CoverageTarget::AtLeast(field.parsed(forms::SHARE, share)?),
        (None, Some(field)) => CoverageTarget::Exempt(name(&field, forms::REASON)?),
        _ => {
            let message = format!(
                "[[database.table]] '{}' has not one of 'coverage' and 'exempt'",
                shown(tables.as_str())
            );
            return Err(section.refuse(message, "write coverage = \"95%\"".to_owned()));
        }
    };
    Ok(TableTarget { tables, target })
}
