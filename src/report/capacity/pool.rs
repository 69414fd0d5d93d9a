//! Connections, timeouts and indexes of a database: what is wrong first, then each rule with its
//! numbers.

mod figures;
mod json;
mod sizes;
mod sql;
mod timeouts;

use std::io::{self, Write};

use crate::capacity::coverage::State;
use crate::capacity::figure::{Amount, Known};
use crate::capacity::pool::{Answer, Fault, Question};
use crate::capacity::timeouts::{Justified, Rung};
use crate::measure::{Severity, Unit};

use super::json::write;
use super::plan::{computed, unsupported};
use super::words::{both, bound, known, one, source, value};
use crate::report::sheet::{Section, Sheet};
use crate::report::{Dialect, number};

use figures::{demand_bound, long_hold};

pub use figures::pool_figures;
pub use sizes::{PoolSize, pool_sizes};
pub use sql::role_sql;
pub use timeouts::{
    rung_words, timeout_name, timeout_rests_on, timeout_unmeasured, timeout_warnings,
};

/// Sizes of pools, timeouts and index coverage.
#[derive(Debug, Clone, PartialEq)]
pub struct PoolReport {
    /// What was asked.
    pub question: Question,
    /// Sizes by every rule, and what is wrong.
    pub answer: Answer,
    /// Connections taken from one pool a second, and where that comes from.
    pub rate: Known,
    /// How long one is held on average, in seconds, and where that comes from.
    pub hold: Known,
    /// Organisations that the platform is for, where that is known.
    pub organisations: Option<f64>,
    /// Timeouts, by role.
    pub roles: Vec<RoleReport>,
    /// Index coverage, by table.
    pub tables: Vec<TableReport>,
}

/// The timeouts of one role.
#[derive(Debug, Clone, PartialEq)]
pub struct RoleReport {
    /// The role.
    pub name: String,
    /// The orders that must hold.
    pub ladder: [Rung; 2],
    /// Statements that a request sends at the most.
    pub statements: u32,
    /// How much longer than a p99.9 a timeout must be.
    pub factor: f64,
    /// Each timeout against what it cuts off.
    pub justified: Vec<Justified>,
}

/// The scans of one table.
#[derive(Debug, Clone, PartialEq)]
pub struct TableReport {
    /// The table, or the tables that a target is about.
    pub table: String,
    /// The share of scans that should use an index.
    pub target: Option<f64>,
    /// Why nothing is asked of it.
    pub exempt: Option<String>,
    /// The share that did.
    pub measured: Known,
    /// What follows for the target.
    pub state: Option<State>,
}

/// Writes it. The same report gives the same bytes.
///
/// # Errors
/// What the writer says; [`io::ErrorKind::Unsupported`] for `JUnit` and HTML.
pub fn render_pool(report: &PoolReport, dialect: Dialect, out: &mut dyn Write) -> io::Result<()> {
    match dialect {
        Dialect::Terminal(layout) => sheet(report).terminal(layout, out),
        Dialect::Markdown => sheet(report).markdown(out),
        Dialect::Json => write(&json::PoolV1::of(report), out),
        Dialect::Junit | Dialect::Html => Err(unsupported("a pool")),
    }
}

/// What is said of the pool, in one line.
#[must_use]
pub fn pool_headline(report: &PoolReport) -> String {
    let answer = &report.answer;
    let configured = match answer.configured {
        Some((size, _)) => format!("{} configured, ", size.one),
        None => String::new(),
    };
    let needed = match &answer.by_demand {
        Ok(served) => {
            format!("{}{} needed", bound(demand_bound(&report.rate, &report.hold)), served.size.one)
        }
        Err(why) => {
            return format!(
                "connections of one instance: {configured}what is needed is not measured: {why}"
            );
        }
    };
    let most = match &answer.bound {
        Ok(bound) => {
            format!(", {} if every request held as long as the slowest hundredth", bound.size.one)
        }
        Err(_) => String::new(),
    };
    format!("connections of one instance: {configured}{needed}{most}")
}

fn sheet(report: &PoolReport) -> Sheet {
    let mut sections = vec![Section::Table(
        vec!["rule", "an instance", "in all", "waits too long"],
        pool_sizes(report)
            .into_iter()
            .map(|s| vec![s.rule.to_owned(), s.one, s.all, s.late])
            .collect(),
    )];
    sections.extend(
        report
            .answer
            .faults
            .iter()
            .map(|fault| Section::Remark(Severity::Warning, pool_fault(report, *fault))),
    );
    sections.extend(bouncer(report));
    sections.push(Section::Title("how each is computed"));
    sections.extend(pool_figures(report).iter().filter_map(computed));
    sections.push(Section::Item(
        "for arrivals at random and holds of exponential length (Erlang C)".to_owned(),
        vec![
            format!(
                "connections taken: {}; {}",
                known(&report.rate, Unit::PerSecond),
                source(&report.rate.source)
            ),
            format!("mean hold: {}; {}", known(&report.hold, Unit::S), source(&report.hold.source)),
        ],
    ));
    for role in &report.roles {
        sections.extend(timeouts::sections(role));
        sections.push(Section::Code("sql", role_sql(role)));
    }
    if !report.tables.is_empty() {
        sections.push(Section::Title("index coverage: scans by an index out of all scans"));
        let rows = report.tables.iter().map(table).collect();
        sections.push(Section::Table(vec!["table", "state", "target", "measured"], rows));
        let reasons = report.tables.iter().filter_map(|t| Some((&t.table, t.exempt.as_ref()?)));
        sections.extend(
            reasons.map(|(table, why)| Section::Item(format!("{table}: {why}"), Vec::new())),
        );
    }
    Sheet { headline: pool_headline(report), sections }
}

/// What is wrong with a pool, in words.
#[must_use]
pub fn pool_fault(report: &PoolReport, fault: Fault) -> String {
    let available = report.answer.available;
    match fault {
        Fault::OverAvailable { all } => {
            format!(
                "all pools together are {all} connections, of which the database allows {available}"
            )
        }
        Fault::UnderDemand { needed } => {
            format!(
                "a pool needs {needed} connections, or more than {} of its requests wait too long",
                number::term(report.question.late, Unit::Ratio)
            )
        }
        Fault::UnderFloor { floor } => {
            format!(
                "with fewer than {floor} connections, requests that hold several can block each other for good"
            )
        }
        Fault::OverCores { all } => format!(
            "all pools together are {all} connections, and the database works on {} at once: the others \
             wait inside it, where no pool sees them",
            report.answer.by_cores.all
        ),
        Fault::BouncerOverAvailable { connections } => format!(
            "pgbouncer may open {connections} connections, of which the database allows {available}"
        ),
        Fault::OverClients { all } => {
            format!("all pools together are {all} connections, and pgbouncer takes fewer")
        }
    }
}

fn bouncer(report: &PoolReport) -> Option<Section> {
    let mut sentences = pool_bouncer(report).into_iter();
    Some(Section::Item(sentences.next()?, sentences.collect()))
}

/// What a pooler before the server opens, which pool would fit, and how it would be if every
/// organisation had a database of its own: a sentence each, without its full stop. Nothing without a
/// pooler.
#[must_use]
pub fn pool_bouncer(report: &PoolReport) -> Vec<String> {
    let Some(bounced) = report.answer.bouncer else { return Vec::new() };
    let available = report.answer.available;
    let (settings, pairs) = (bounced.settings, bounced.pairs);
    let line = format!(
        "pgbouncer keeps {} connections for each of {}: {} of {available}, and {} open files",
        settings.pool_size,
        number::count(usize::try_from(pairs).unwrap_or(usize::MAX), "pair")
            + " of user and database",
        bounced.connections,
        bounced.files,
    );
    let mut sentences = vec![line, fits(bounced.fits)];
    if let Some(organisations) = report.organisations.filter(|n| *n >= 1.0) {
        let databases = organisations.min(f64::from(u32::MAX)) as u32;
        let each = crate::capacity::pool::Bouncer { databases, ..settings }.opens(available);
        sentences.push(format!(
            "if each of {} organisations had a database of its own: {} of {available}; {}",
            number::whole(organisations),
            number::whole(each.connections as f64),
            fits(each.fits)
        ));
    }
    sentences
}

/// A pool of none is no pool.
fn fits(pool: u64) -> String {
    match pool {
        0 => "no pool would fit, for there are more pairs than connections".to_owned(),
        size => format!("a pool of {size} would fit"),
    }
}

fn table(table: &TableReport) -> Vec<String> {
    let target = table.target.map(|target| value(Amount::exact(target), Unit::Ratio));
    let state = match (table.state, &table.exempt) {
        (Some(State::AtRisk), _) => "at risk",
        (Some(State::NotMeasured), _) => "not measured",
        (Some(state), _) => state.name(),
        (None, Some(_)) => "exempt",
        (None, None) => "no target",
    };
    let measured = match &table.measured.amount {
        Ok(amount) => both(*amount, Unit::Ratio),
        Err(why) => format!("not measured: {why}"),
    };
    vec![table.table.clone(), state.to_owned(), target.unwrap_or_default(), measured]
}

/// Seconds as people read them.
fn seconds(value: f64) -> String {
    one(value, Unit::S)
}

#[cfg(test)]
mod tests;
