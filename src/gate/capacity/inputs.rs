//! From files and configuration to the question that a plan answers.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::super::error::Error;
use super::at_limit::{AtLimit, at_limit, first};
use super::counted::{Counted, counted};
use super::measured::{Stored, beside, slashes, stored};
use crate::capacity::Estimate;
use crate::capacity::figure::{Amount, Known, Source};
use crate::capacity::plan::{LargestKnown, Limit, Question};
use crate::capacity::size::{Crossing, Growing, largest};
use crate::measure::{Metric, Row, Run, Tags};
use crate::policy::config::{Capacity, Config, LimitOf, LimitSource, SizeSuite};
use crate::policy::{Bound, Subject};
use crate::source::limits::{MeasuredIn, Ramp, RampLimit, breakpoint, fit};
use crate::source::postgres::{Snapshot, Table, snapshot};

/// What a plan is made of, and what else was read for it.
pub(super) struct Inputs<'c> {
    pub(super) capacity: &'c Capacity,
    pub(super) question: Question,
    /// What the service counted of itself.
    pub(super) counted: Option<Counted<'c>>,
    /// The same of a load that sends every statement often.
    pub(super) timings: Option<Counted<'c>>,
    /// What the tables of the database take.
    pub(super) sizes: Option<Sizes>,
    /// What was busy where a ramp reached its first limit.
    pub(super) at_limit: AtLimit,
}

/// Sizes of tables with their indexes.
pub(super) struct Sizes {
    snapshot: Snapshot,
    source: Source,
}

/// Reads everything that the plan of a configuration names.
///
/// # Errors
/// There is no `[capacity]`, or a file or baseline that is there cannot be read.
pub(super) fn inputs(config: &Config) -> Result<Inputs<'_>, Error> {
    let Some(capacity) = &config.capacity else {
        return Err(Error::Usage(format!(
            "{} has no [capacity]\nhint: write the traffic model and the headroom there",
            config.path.display()
        )));
    };
    let metrics = capacity.metrics.as_ref();
    let read = |names, files: &[String]| counted(names, files, &config.dir);
    let counted = metrics.map(|names| read(names, &names.files)).transpose()?;
    let rare = metrics.filter(|names| !names.timings.is_empty());
    let timings = rare.map(|names| read(names, &names.timings)).transpose()?;
    let sizes = sizes(config)?;
    let mut limits = Vec::new();
    let mut at_limit = AtLimit::unknown();
    for limit in &capacity.limits {
        let (carried, busy) = carried(config, limit)?;
        limits.push(Limit { name: limit.name.clone(), mix: limit.mix.clone(), carried });
        if let (Some(busy), false) = (busy, at_limit.is_known()) {
            at_limit = busy;
        }
    }
    let uncounted = || Known::missing("no [capacity.metrics] names what the service counts");
    let question = Question {
        traffic: capacity.traffic.clone(),
        reserve: capacity.reserve,
        limits,
        largest: match &capacity.size {
            Some(size) => Some(largest_known(config, size)?),
            None => None,
        },
        statements: counted.as_ref().map_or_else(uncounted, Counted::statements_per_request),
        bytes: bytes(capacity, sizes.as_ref()),
    };
    Ok(Inputs { capacity, question, counted, timings, sizes, at_limit })
}

/// What was carried of one limit, and what was busy there.
fn carried(config: &Config, limit: &LimitSource) -> Result<(Known, Option<AtLimit>), Error> {
    let there = |file: &str| config.dir.join(file).exists();
    let absent = |file: &str| (Known::missing(format!("there is no {file}")), None);
    match &limit.of {
        LimitOf::Breakpoint(file) | LimitOf::Fit(file) if !there(file) => Ok(absent(file)),
        LimitOf::Breakpoint(file) => {
            let ramp = breakpoint(&config.dir.join(file))?;
            let source = measured_in(file, &ramp.sources);
            let cores = config.database.as_ref().map(|database| database.cores);
            let busy = at_limit(&ramp, &source, cores);
            Ok((Known { amount: first_limit(&ramp), source }, Some(busy)))
        }
        LimitOf::Fit(file) => {
            let scaling = fit(&config.dir.join(file))?;
            let most = scaling.most().map(|(value, interval)| Estimate { value, interval });
            let why = "the data show no maximum up to the largest concurrency that was measured";
            let amount = most.map(Amount::of).ok_or_else(|| why.to_owned());
            Ok((Known { amount, source: measured_in(file, &scaling.sources) }, None))
        }
        LimitOf::Carried { of, lasting } => {
            let known = match stored(config, &of.suite)? {
                Ok(stored) => stored.figure(&of.row, of.metric).0,
                Err(why) => Known::missing(why),
            };
            // By Little's law: so many at a time as begin a second, times how long each lasts.
            let times = lasting.unwrap_or(1.0);
            let amount = known.amount.map(|rate| rate.rising(|rate| rate * times).or_more());
            Ok((Known { amount, source: known.source }, None))
        }
    }
}

/// The load of the limit that a ramp reached first; where it reached none, the most that it carried.
fn first_limit(ramp: &Ramp) -> Result<Amount, String> {
    if let Some(limit) = first(ramp) {
        let amount = Amount::of(load_of(limit));
        return Ok(if limit.at_least { amount.or_more() } else { amount });
    }
    let most = ramp.ramp.map(|most| (most.achieved_per_s, most.interval_per_s));
    most.map(|(value, interval)| Amount::of(Estimate { value, interval }).or_more())
        .ok_or_else(|| "the ramp reached no limit".to_owned())
}

/// What was carried until a limit was reached. What is achieved from there on is more where a service goes
/// on answering beyond its target: then what was offered when the target was left counts.
fn load_of(limit: &RampLimit) -> Estimate {
    match limit.offered_per_s.filter(|offered| *offered < limit.achieved_per_s) {
        Some(offered) => {
            let interval = limit.between_per_s.filter(|(low, high)| low <= high);
            Estimate { value: interval.map_or(offered, |(low, _)| low), interval }
        }
        None => Estimate { value: limit.achieved_per_s, interval: limit.interval_per_s },
    }
}

fn measured_in(file: &str, sources: &[MeasuredIn]) -> Source {
    let distinct = |of: fn(&MeasuredIn) -> Option<&str>| -> BTreeSet<String> {
        sources.iter().filter_map(of).map(str::to_owned).collect()
    };
    let times = distinct(|source| source.time.as_deref());
    Source {
        file: slashes(Path::new(file)),
        commits: distinct(|source| source.commit.as_deref()).into_iter().collect(),
        machine: distinct(|source| source.machine.as_deref()).into_iter().next(),
        times: times.first().cloned().zip(times.last().cloned()),
    }
}

/// How many clients the largest organisation may have.
fn largest_known(config: &Config, size: &SizeSuite) -> Result<LargestKnown, Error> {
    let unknown =
        |why: String| LargestKnown { clients: Known::missing(why), binding: String::new() };
    let stored = match stored(config, &size.suite)? {
        Ok(stored) => stored,
        Err(why) => return Ok(unknown(why)),
    };
    let operations = match growing(config, size, &stored) {
        Ok(operations) => operations,
        Err(why) => return Ok(unknown(why)),
    };
    let Some(found) = largest(&operations) else {
        return Ok(unknown(format!("no [[slo]] is on the p95 of rows of {}", size.suite)));
    };
    let binding = match found.crossing {
        Crossing::Below(_) => {
            format!("p95 of {} is over its target at the smallest size measured", found.operation)
        }
        Crossing::At(_) => format!("p95 of {} leaves its target", found.operation),
        Crossing::Beyond(_) => {
            format!("p95 of {} is within its target at the largest size measured", found.operation)
        }
    };
    let amount = found.crossing.most();
    Ok(LargestKnown { clients: Known { amount: Ok(amount), source: stored.source }, binding })
}

/// Each operation with a target, at every size.
fn growing(config: &Config, size: &SizeSuite, stored: &Stored) -> Result<Vec<Growing>, String> {
    let mut operations: BTreeMap<Tags, Vec<(&Run, &Row)>> = BTreeMap::new();
    for (run, row) in stored.rows(|row| row.tags.contains_key(&size.tag)) {
        let mut tags = row.tags.clone();
        tags.remove(&size.tag);
        operations.entry(tags).or_default().push((run, row));
    }
    let mut found = Vec::new();
    for (tags, rows) in operations {
        let name = tags.values().map(String::as_str).collect::<Vec<_>>().join(" / ");
        let targets = rows.iter().filter_map(|(run, row)| target(config, &size.suite, run, row));
        let Some(target) = targets.reduce(f64::min) else { continue };
        let mut points = Vec::new();
        for (word, clients) in &size.clients {
            let of_size = |row: &Row| row.tags.get(&size.tag).is_some_and(|tag| tag == word);
            let rows: Vec<_> = rows.iter().copied().filter(|(_, row)| of_size(row)).collect();
            if rows.is_empty() {
                return Err(format!("{name} was not measured at size {word}"));
            }
            points.push((*clients, stored.estimate(&rows, Metric::P95)?.estimate));
        }
        found.push(Growing { name, target, points });
    }
    Ok(found)
}

/// The strictest target on the p95 of a row, in the row's unit.
fn target(config: &Config, suite: &str, run: &Run, row: &Row) -> Option<f64> {
    let (id, tags) = (row.id.as_str(), &row.tags);
    let subject = Subject { suite, tool: run.tool, id, tags, metric: Metric::P95, unit: row.unit };
    let of_p95 = config.slos.iter().filter(|slo| slo.metric == Metric::P95);
    of_p95
        .filter(|slo| slo.bound == Bound::AtMost && slo.covers(&subject))
        .filter_map(|slo| slo.target_in(row.unit))
        .reduce(f64::min)
}

fn sizes(config: &Config) -> Result<Option<Sizes>, Error> {
    let file = config.database.as_ref().and_then(|database| database.snapshot.as_ref());
    let Some(file) = file.filter(|file| config.dir.join(file).exists()) else { return Ok(None) };
    let snapshot = snapshot(&config.dir.join(file))?;
    let times = Some((snapshot.taken_at.clone(), snapshot.taken_at.clone()));
    let source = Source { times, ..beside(&config.dir, file)? };
    Ok(Some(Sizes { snapshot, source }))
}

fn bytes(capacity: &Capacity, sizes: Option<&Sizes>) -> BTreeMap<String, Known> {
    let made = [&capacity.traffic.appointments, &capacity.traffic.submissions];
    let tables = made.into_iter().flatten().map(|made| made.table.clone());
    tables
        .map(|table| {
            let known = match sizes {
                Some(sizes) => sizes.of_a_row(&table),
                None => Known::missing("no snapshot of [database] tells how large tables are"),
            };
            (table, known)
        })
        .collect()
}

impl Sizes {
    /// Bytes of all tables and indexes.
    pub(super) fn whole(&self) -> Known {
        let all: f64 = self.snapshot.tables.iter().filter_map(|table| self.of(table)).sum();
        let why = || "the snapshot tells no sizes".to_owned();
        let amount = (all > 0.0).then(|| Amount::exact(all)).ok_or_else(why);
        Known { amount, source: self.source.clone() }
    }

    /// Bytes of one row of a table, with its share of the indexes.
    fn of_a_row(&self, name: &str) -> Known {
        let named = |table: &&Table| match name.split_once('.') {
            Some((schema, rest)) => table.schema == schema && table.table == rest,
            None => table.schema == "public" && table.table == name,
        };
        let amount = match self.snapshot.tables.iter().find(named) {
            None => Err(format!("the snapshot has no table {name}")),
            Some(table) if table.live_rows == 0 => Err(format!("{name} had no rows")),
            Some(table) => {
                let rows = table.live_rows as f64;
                let each = self.of(table).map(|bytes| Amount::exact(bytes / rows));
                each.ok_or_else(|| format!("the snapshot does not tell the size of {name}"))
            }
        };
        Known { amount, source: self.source.clone() }
    }

    fn of(&self, table: &Table) -> Option<f64> {
        let of_table = |index: &&crate::source::postgres::Index| {
            index.schema == table.schema && index.table == table.table
        };
        let indexes = self.snapshot.indexes.iter().filter(of_table).filter_map(|i| i.size_bytes);
        Some((table.size_bytes? as f64) + indexes.map(|bytes| bytes as f64).sum::<f64>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(offered: Option<f64>, achieved: f64) -> RampLimit {
        RampLimit {
            of: None,
            kind: "p95-over-target".to_owned(),
            at_seconds: 34.0,
            offered_per_s: offered,
            between_per_s: Some((700.0, 800.0)),
            achieved_per_s: achieved,
            interval_per_s: Some((930.0, 1080.0)),
            at_least: false,
        }
    }

    #[test]
    fn a_service_carries_what_was_offered_when_it_left_its_target() {
        // It goes on answering more than that, later than it should.
        let left = load_of(&limit(Some(777.0), 1004.0));
        assert_eq!((left.value, left.interval), (700.0, Some((700.0, 800.0))));
        let without = RampLimit { between_per_s: None, ..limit(Some(777.0), 1004.0) };
        assert_eq!((load_of(&without).value, load_of(&without).interval), (777.0, None));
    }

    #[test]
    fn a_service_that_falls_behind_carries_what_it_achieves() {
        let behind = load_of(&limit(Some(1500.0), 1004.0));
        assert_eq!((behind.value, behind.interval), (1004.0, Some((930.0, 1080.0))));
        assert_eq!(load_of(&limit(None, 1004.0)).interval, Some((930.0, 1080.0)));
    }
}
