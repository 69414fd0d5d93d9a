//! `capacity pool`: connections, timeouts and indexes of the database.

use std::collections::BTreeMap;

use super::super::error::Error;
use super::counted::Counted;
use super::inputs::{Inputs, inputs};
use super::measured::stored;
use super::timed::{Found, Timings, timed};
use crate::capacity::Estimate;
use crate::capacity::coverage::at_least;
use crate::capacity::figure::{Amount, Known};
use crate::capacity::plan::{named, of_requests, plan};
use crate::capacity::pool::{Question, answer};
use crate::capacity::timeouts::{Justified, Timeout, justify};
use crate::measure::{Metric, Tool};
use crate::policy::Pattern;
use crate::policy::config::{Config, CoverageTarget, Database, Role};
use crate::report::{PoolReport, RoleReport, TableReport};

/// Sizes the pools, holds timeouts and index coverage against what was measured.
///
/// # Errors
/// There is no `[capacity]` or no `[database]`, or a file or baseline that is there cannot be read.
pub fn capacity_pool(config: &Config) -> Result<PoolReport, Error> {
    let Some(database) = &config.database else {
        return Err(Error::Usage(format!(
            "{} has no [database]\nhint: write cores and max-connections of the server there",
            config.path.display()
        )));
    };
    let inputs = inputs(config)?;
    let (rate, hold) = demand(&inputs, database);
    let question = question(&inputs, database, &rate, &hold);
    let timed = timed(config, database, &inputs)?;
    let organisations = named(&plan(&inputs.question), "organisations")
        .and_then(|figure| figure.amount.clone().ok());
    Ok(PoolReport {
        answer: answer(&question),
        question,
        rate,
        hold,
        organisations: organisations.map(Amount::value).or(inputs
            .capacity
            .now
            .as_ref()
            .map(|now| now.organisations)),
        roles: database
            .roles
            .iter()
            .map(|role| known_statements(role, &timed).map(|()| role_of(role, &timed)))
            .collect::<Result<_, _>>()?,
        tables: tables(config, database)?,
    })
}

/// Connections taken from one pool a second at the load of a full instance, and how long one is held.
fn demand(inputs: &Inputs<'_>, database: &Database) -> (Known, Known) {
    // As many requests as an instance may carry, whatever else is scarce first.
    let figures = plan(&of_requests(&inputs.question));
    let requests = named(&figures, "requests_per_instance");
    let planned = requests.map(|figure| figure.amount.clone());
    let each = inputs.counted.as_ref().map(Counted::holds_per_request);
    let source = each.as_ref().map(|each| each.source.clone()).unwrap_or_default();
    let amount = match (planned, each) {
        (Some(requests), Some(each)) => requests
            .and_then(|requests| Ok(requests.with(each.amount?, |requests, each| requests * each))),
        _ => Err("no [capacity.metrics] names what the service counts".to_owned()),
    };
    let decided = database.pool.as_ref().and_then(|pool| pool.rate);
    let rate = match (amount, decided) {
        (Err(_), Some(rate)) => Known::policy(rate, "database.pool.rate"),
        (amount, _) => Known { amount, source },
    };
    let hold = match &inputs.counted {
        Some(counted) => {
            Known { amount: counted.hold().0.map(Amount::exact), source: counted.source().clone() }
        }
        None => Known::missing("no [capacity.metrics] names what the service counts"),
    };
    (rate, hold)
}

fn question(inputs: &Inputs<'_>, database: &Database, rate: &Known, hold: &Known) -> Question {
    let pool = database.pool.as_ref();
    let estimate = |known: &Known| -> Result<Estimate, String> {
        known.amount.clone().map(|amount| amount.estimate)
    };
    let uncounted = || Err("no [capacity.metrics] names what the service counts".to_owned());
    Question {
        instances: inputs.question.reserve.instances,
        cores: database.cores,
        spindles: database.spindles,
        allowed: database.max_connections,
        reserved: database.reserved,
        holds: pool.map_or(1, |pool| pool.holds),
        holders: pool.and_then(|pool| pool.requests),
        wait: pool.map_or(0.01, |pool| pool.wait),
        late: pool.map_or(0.01, |pool| pool.late),
        rate: estimate(rate),
        hold: estimate(hold),
        long_hold: inputs.counted.as_ref().map_or_else(uncounted, |counted| counted.hold().1),
        configured: pool.and_then(|pool| pool.size),
        bouncer: database.bouncer,
    }
}

/// A pattern that fits no statement would hold a timeout against nothing, and nobody would know.
fn known_statements(role: &Role, found: &Found) -> Result<(), Error> {
    let Ok(all) = &found.statements.timed else { return Ok(()) };
    let patterns = std::iter::once(&role.statements).chain(&role.locking);
    let fits =
        |pattern: &Pattern, name: &str| pattern.matches(name) && role.statements.matches(name);
    let fits_none = |pattern: &&Pattern| !all.iter().any(|timed| fits(pattern, &timed.name));
    let Some(odd) = patterns.filter(|_| !all.is_empty()).find(fits_none) else { return Ok(()) };
    let names: Vec<&str> = all.iter().map(|timed| timed.name.as_str()).collect();
    Err(Error::Usage(format!(
        "no statement {:?} of role {:?} was measured\nhint: the statements are: {}",
        odd.as_str(),
        role.name,
        names.join(", ")
    )))
}

/// The timeouts of one role against what they cut off.
fn role_of(role: &Role, found: &Found) -> RoleReport {
    let of = |keep: &dyn Fn(&str) -> bool| match &found.statements.timed {
        Ok(all) => Ok(all.iter().filter(|timed| keep(&timed.name)).cloned().collect::<Vec<_>>()),
        Err(why) => Err(why.clone()),
    };
    let source = |timings: &Timings| timings.source.clone();
    let statements = of(&|name| role.statements.matches(name));
    let locking = of(&|name| {
        role.statements.matches(name) && role.locking.iter().any(|lock| lock.matches(name))
    });
    let timeouts = role.timeouts;
    let cut_off = [
        (Timeout::Lock, timeouts.lock, locking, source(&found.statements)),
        (Timeout::Statement, timeouts.statement, statements, source(&found.statements)),
        (Timeout::PoolWait, timeouts.pool_wait, found.waits.timed.clone(), source(&found.waits)),
        (Timeout::Http, timeouts.http, found.answers.timed.clone(), source(&found.answers)),
    ];
    let justified = cut_off.map(|(timeout, set, timed, source)| {
        let why = timed.as_ref().err().cloned();
        let justified = justify(timeout, set, role.factor, &timed.unwrap_or_default());
        Justified { unmeasured: why.or(justified.unmeasured.clone()), source, ..justified }
    });
    RoleReport {
        name: role.name.clone(),
        ladder: timeouts.ladder(),
        statements: timeouts.statements,
        factor: role.factor,
        justified: justified.into(),
    }
}

/// The scans of every table that was measured or has a target.
fn tables(config: &Config, database: &Database) -> Result<Vec<TableReport>, Error> {
    let Some(suite) = &database.suite else { return Ok(Vec::new()) };
    let mut measured: BTreeMap<String, Known> = BTreeMap::new();
    let why = match stored(config, suite)? {
        Err(why) => why,
        Ok(stored) => {
            let of_table = |row: &crate::measure::Row| row.tags.contains_key("table");
            let mut names: BTreeMap<String, Vec<_>> = BTreeMap::new();
            for (run, row) in stored.rows(of_table) {
                if let (Tool::Postgres, Some(name)) = (run.tool, row.tags.get("table")) {
                    names.entry(name.clone()).or_default().push((run, row));
                }
            }
            for (name, rows) in names {
                let amount = stored.estimate(&rows, Metric::IndexCoverage);
                measured.insert(name, Known { amount, source: stored.source.clone() });
            }
            "no scan of it is stored".to_owned()
        }
    };
    let mut reports: Vec<TableReport> = Vec::new();
    for (table, known) in &measured {
        let target = database.tables.iter().find(|target| target.tables.matches(table));
        let share = target.and_then(|target| match target.target {
            CoverageTarget::AtLeast(share) => Some(share),
            CoverageTarget::Exempt(_) => None,
        });
        let exempt = target.and_then(|target| match &target.target {
            CoverageTarget::Exempt(reason) => Some(reason.clone()),
            CoverageTarget::AtLeast(_) => None,
        });
        let estimate = known.amount.as_ref().ok().map(|amount| amount.estimate);
        reports.push(TableReport {
            table: table.clone(),
            state: share.map(|share| at_least(share, estimate)),
            target: share,
            exempt,
            measured: known.clone(),
        });
    }
    // A target on a table that nothing scanned would hold in silence.
    for target in &database.tables {
        let CoverageTarget::AtLeast(share) = target.target else { continue };
        if !measured.keys().any(|table| target.tables.matches(table)) {
            reports.push(TableReport {
                table: target.tables.to_string(),
                state: Some(at_least(share, None)),
                target: Some(share),
                exempt: None,
                measured: Known::missing(why.clone()),
            });
        }
    }
    Ok(reports)
}
