//! One target against the runs of one suite.

use std::collections::{BTreeMap, BTreeSet};

use super::load::{Carried, carried, users};
use super::pool::{figure, is_pooled};
use super::spread::{self, Observation};
use super::words::about;
use crate::capacity::Estimate;
use crate::measure::{Metric, Row, Run, Tags, Tool, Unit};
use crate::policy::{Bound, Load, Slo, SloState, Subject};
use crate::stats::prior::Prior;

/// A target on one row, or on several together, and what was measured of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The row's display id; of several rows together, what the target is about.
    pub row: String,
    /// The unit of target and value.
    pub unit: Unit,
    /// The limit.
    pub target: f64,
    /// The load that the runs which count completed on average, in requests a second or users.
    pub load: Option<f64>,
    /// What they say. Absent where the target is not measured.
    pub estimate: Option<Estimate>,
    /// What follows for the target.
    pub state: SloState,
    /// What is left of the limit, as a share of it; negative beyond it. Absent for a limit of zero.
    pub margin: Option<f64>,
    /// The same for what was promised to a customer.
    pub contract: Option<Kept>,
    /// Why the target is not measured.
    pub why: Option<Why>,
    /// The runs that count, by their place.
    pub runs: Vec<usize>,
}

/// A promise, and what is left of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Kept {
    /// The promise.
    pub target: f64,
    /// What follows for it.
    pub state: SloState,
    /// What is left of it, as a share of it.
    pub margin: Option<f64>,
}

/// Why a target is not measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Why {
    /// There is no run of the suite at all.
    NoRuns,
    /// No row is what the target is about.
    NoRow,
    /// The rows measure something else than the limit limits.
    OtherUnit {
        /// What the rows measure.
        rows: Unit,
        /// What the limit is in.
        limit: Unit,
    },
    /// Runs without the number: nothing answered, or their format does not carry it.
    NoFigure {
        /// How many.
        runs: usize,
        /// Out of how many.
        of: usize,
    },
    /// Runs of which nobody knows what load they carried.
    NoLoad {
        /// How many.
        runs: usize,
        /// Out of how many.
        of: usize,
    },
    /// No run reached the load.
    TooLittle {
        /// The most that a run carried.
        most: f64,
    },
    /// Runs that were offered the load and did not complete it: what was dropped has no times. What they
    /// did complete would keep to the target.
    Incomplete {
        /// How many.
        runs: usize,
        /// Out of how many.
        of: usize,
    },
    /// Runs of which part is lost; what is left of them would keep to the target.
    Damaged {
        /// How many.
        runs: usize,
        /// Out of how many.
        of: usize,
    },
}

/// Whether any row of the runs is what a target is about, measured or not.
#[must_use]
pub fn covers(slo: &Slo, suite: &str, runs: &[Run]) -> bool {
    runs.iter().any(|run| !covered(slo, suite, run).is_empty())
}

/// Holds a target against the runs of one suite and machine: one result a row, or one for all rows
/// where the metric adds up. Empty where no row is what the target is about, or where the target
/// names no suite and nothing in this one has its metric.
#[must_use]
pub fn judge(slo: &Slo, suite: &str, runs: &[Run]) -> Vec<Judged> {
    let all: Vec<Vec<&Row>> = runs.iter().map(|run| covered(slo, suite, run)).collect();
    let Some(first) = all.iter().flatten().next() else { return Vec::new() };
    let unit = first.unit;
    let whole = |why| vec![Judged::unmeasured(slo, about(&slo.scope), unit, why)];
    let relevant = relevant(slo.metric, runs, &all);
    let rows: Vec<Vec<&Row>> = all
        .into_iter()
        .zip(runs)
        .map(|(rows, run)| keep(rows, |row| relevant.contains(&(run.tool, &row.tags))))
        .collect();
    if rows.iter().all(Vec::is_empty) {
        let absent = Why::NoFigure { runs: runs.len(), of: runs.len() };
        return if slo.scope.suite.is_some() { whole(absent) } else { Vec::new() };
    }
    let rows = match at_the_level(slo.at, runs, rows) {
        Ok(rows) => rows,
        Err(why) => return whole(why),
    };
    let loads: Vec<Option<Carried>> =
        runs.iter().zip(&rows).map(|(run, rows)| carried(run, rows, slo.at)).collect();
    let prior = suite_prior(slo.metric, runs);
    groups(slo.metric, runs, &rows)
        .into_iter()
        .map(|group| judge_group(slo, runs, &loads, &group, prior))
        .collect()
}

impl Judged {
    /// A target of which nothing is known; `row` is a display id, `unit` that of the row's times.
    #[must_use]
    pub fn unmeasured(slo: &Slo, row: String, unit: Unit, why: Why) -> Self {
        // Where the row measures something else, the limit stands as it was written.
        let (target, shown) = match slo.target_in(unit) {
            Some(target) => (target, slo.metric.unit(unit)),
            None => (slo.target.value, slo.target.unit),
        };
        let promised = slo.contract_in(unit);
        Self {
            row,
            unit: shown,
            target,
            load: None,
            estimate: None,
            state: SloState::NotMeasured,
            margin: None,
            contract: promised.map(|target| Kept {
                target,
                state: SloState::NotMeasured,
                margin: None,
            }),
            why: Some(why),
            runs: Vec::new(),
        }
    }
}

fn covered<'r>(slo: &Slo, suite: &str, run: &'r Run) -> Vec<&'r Row> {
    let tool = run.tool;
    let fits = |row: &&Row| {
        let (id, tags) = (row.id.as_str(), &row.tags);
        let subject = Subject { suite, tool, id, tags, metric: slo.metric, unit: row.unit };
        slo.covers(&subject)
    };
    if tool.measures(slo.metric) { run.rows.iter().filter(fits).collect() } else { Vec::new() }
}

fn keep(mut rows: Vec<&Row>, fits: impl Fn(&Row) -> bool) -> Vec<&Row> {
    rows.retain(|row| fits(row));
    rows
}

type Key<'r> = (Tool, &'r Tags);

/// The rows that have the metric in some run, or that nothing answered in. The others measure
/// something else, and a target on everything is not about them.
fn relevant<'r>(metric: Metric, runs: &[Run], rows: &[Vec<&'r Row>]) -> BTreeSet<Key<'r>> {
    let with_tool = runs.iter().zip(rows).flat_map(|(run, rows)| {
        let tool = run.tool;
        rows.iter().map(move |row| (tool, *row))
    });
    with_tool
        .filter(|(_, row)| row.figures.contains_key(&metric) || is_hollow(row))
        .map(|(tool, row)| (tool, &row.tags))
        .collect()
}

/// A row that was expected to hold times, or counters, and holds none.
fn is_hollow(row: &Row) -> bool {
    let mut metrics = row.figures.keys();
    let beside = |m: &Metric| matches!(m, Metric::Checks | Metric::Dropped);
    let only_beside = !row.figures.is_empty() && metrics.clone().all(beside);
    !only_beside && !metrics.any(|m| m.is_time() || m.is_of_counters())
}

/// Where the load is users, only the rows of the first step from the load on: a target says nothing
/// of more users than it names.
fn at_the_level<'r>(
    at: Load,
    runs: &[Run],
    rows: Vec<Vec<&'r Row>>,
) -> Result<Vec<Vec<&'r Row>>, Why> {
    if matches!(at, Load::PerSecond(_)) {
        return Ok(rows);
    }
    let known = || runs.iter().zip(&rows).map(|(run, rows)| (run.tool, rows));
    let levels: Vec<Option<f64>> =
        known().flat_map(|(tool, rows)| rows.iter().map(move |row| users(tool, row))).collect();
    let silent = |(tool, rows): &(Tool, &Vec<&Row>)| rows.iter().any(|r| users(*tool, r).is_none());
    let without = known().filter(silent).count();
    if without > 0 {
        return Err(Why::NoLoad { runs: without, of: runs.len() });
    }
    let levels: Vec<f64> = levels.into_iter().flatten().collect();
    let enough = levels.iter().copied().filter(|level| *level >= at.counts_from());
    let Some(level) = enough.reduce(f64::min) else {
        return Err(Why::TooLittle { most: levels.into_iter().fold(0.0, f64::max) });
    };
    let fits =
        |tool: Tool, row: &Row| users(tool, row).is_some_and(|n| n.total_cmp(&level).is_eq());
    Ok(rows
        .into_iter()
        .zip(runs)
        .map(|(rows, run)| keep(rows, |row| fits(run.tool, row)))
        .collect())
}

/// The rows of every run that one result is about.
struct Group<'r> {
    /// By run; the rows of one that has none are left out.
    rows: Vec<(usize, Vec<&'r Row>)>,
}

fn groups<'r>(metric: Metric, runs: &[Run], rows: &[Vec<&'r Row>]) -> Vec<Group<'r>> {
    let mut groups: BTreeMap<Option<Key<'r>>, BTreeMap<usize, Vec<&'r Row>>> = BTreeMap::new();
    for (place, (run, rows)) in runs.iter().zip(rows).enumerate() {
        for &row in rows {
            let key = (!is_pooled(metric)).then_some((run.tool, &row.tags));
            groups.entry(key).or_default().entry(place).or_default().push(row);
        }
    }
    groups.into_values().map(|rows| Group { rows: rows.into_iter().collect() }).collect()
}

impl Group<'_> {
    /// The display id of its only row, or what the target is about.
    fn name(&self, slo: &Slo) -> String {
        let ids: BTreeSet<&str> =
            self.rows.iter().flat_map(|(_, rows)| rows.iter().map(|row| row.id.as_str())).collect();
        match ids.into_iter().collect::<Vec<_>>().as_slice() {
            [id] => (*id).to_owned(),
            _ => about(&slo.scope),
        }
    }

    fn unit(&self) -> Unit {
        self.rows.iter().flat_map(|(_, rows)| rows).next().map_or(Unit::Ms, |row| row.unit)
    }
}

/// What the rows of a suite have in common of how a metric scatters between repetitions.
fn suite_prior(metric: Metric, runs: &[Run]) -> Prior {
    let mut rows: BTreeMap<Key<'_>, Vec<Observation<'_>>> = BTreeMap::new();
    for run in runs {
        for row in &run.rows {
            if let Some(figure) = row.figures.get(&metric) {
                let observation = Observation { session: session(run), figure: *figure };
                rows.entry((run.tool, &row.tags)).or_default().push(observation);
            }
        }
    }
    let variances: Vec<_> = rows.values().filter_map(|seen| spread::variance(seen)).collect();
    spread::prior(&variances)
}

fn session(run: &Run) -> &str {
    run.provenance.session.as_deref().unwrap_or_default()
}

fn judge_group(
    slo: &Slo,
    runs: &[Run],
    loads: &[Option<Carried>],
    group: &Group<'_>,
    prior: Prior,
) -> Judged {
    let unit = group.unit();
    let unmeasured = |why| Judged::unmeasured(slo, group.name(slo), unit, why);
    let Some(target) = slo.target_in(unit) else {
        let rows = slo.metric.unit(unit);
        return unmeasured(Why::OtherUnit { rows, limit: slo.target.unit });
    };
    let of = group.rows.len();
    let seen: Vec<Seen<'_>> = group
        .rows
        .iter()
        .filter_map(|(place, rows)| {
            let run = runs.get(*place)?;
            let figure = figure(rows, slo.metric)?;
            let observation = Observation { session: session(run), figure };
            let load = loads.get(*place).copied().flatten();
            let damaged = rows.iter().any(|row| row.damaged);
            Some(Seen { place: *place, observation, load, damaged })
        })
        .collect();
    // One run of a dead server, and nothing is known of the target.
    if seen.len() < of {
        return unmeasured(Why::NoFigure { runs: of - seen.len(), of });
    }
    let without = seen.iter().filter(|seen| seen.load.is_none()).count();
    if without > 0 {
        return unmeasured(Why::NoLoad { runs: without, of });
    }
    let counts =
        |seen: &&Seen<'_>| seen.load.is_some_and(|load| load.offered >= slo.at.counts_from());
    let counted: Vec<&Seen<'_>> = seen.iter().filter(counts).collect();
    let observations: Vec<Observation<'_>> = counted.iter().map(|seen| seen.observation).collect();
    let Some(estimate) = spread::estimate(&observations, prior) else {
        let offered = seen.iter().filter_map(|seen| Some(seen.load?.offered));
        let most = offered.fold(0.0, f64::max);
        return unmeasured(Why::TooLittle { most });
    };
    let state = state(slo.bound, target, estimate);
    let damaged = counted.iter().filter(|seen| seen.damaged).count();
    if damaged > 0 && state != SloState::Broken {
        return unmeasured(Why::Damaged { runs: damaged, of: counted.len() });
    }
    let completed = || counted.iter().filter_map(|seen| Some(seen.load?.completed));
    let incomplete = completed().filter(|load| *load < slo.at.counts_from()).count();
    // What was completed and what was dropped is known all the same.
    let is_of_load = matches!(slo.metric, Metric::Throughput | Metric::Dropped);
    if incomplete > 0 && state != SloState::Broken && !is_of_load {
        return unmeasured(Why::Incomplete { runs: incomplete, of: counted.len() });
    }
    let load = completed().sum::<f64>() / counted.len() as f64;
    Judged {
        row: group.name(slo),
        unit: slo.metric.unit(unit),
        target,
        load: Some(load),
        estimate: Some(estimate),
        state,
        margin: margin(slo.bound, target, estimate.value),
        contract: slo.contract_in(unit).map(|target| {
            let kept = Kept {
                target,
                state: self::state(slo.bound, target, estimate),
                margin: margin(slo.bound, target, estimate.value),
            };
            // What breaks the target may still seem to keep the promise, by what is left of the data.
            let lacks = damaged > 0 || (incomplete > 0 && !is_of_load);
            match lacks && kept.state != SloState::Broken {
                true => Kept { state: SloState::NotMeasured, margin: None, ..kept },
                false => kept,
            }
        }),
        why: None,
        runs: counted.iter().map(|seen| seen.place).collect(),
    }
}

/// One run of a group.
struct Seen<'r> {
    place: usize,
    observation: Observation<'r>,
    load: Option<Carried>,
    damaged: bool,
}

fn state(bound: Bound, target: f64, estimate: Estimate) -> SloState {
    let (low, high) = estimate.interval.unwrap_or((estimate.value, estimate.value));
    match (bound.allows(low, target), bound.allows(high, target)) {
        (true, true) => SloState::Met,
        (false, false) => SloState::Broken,
        _ => SloState::AtRisk,
    }
}

fn margin(bound: Bound, target: f64, value: f64) -> Option<f64> {
    let left = match bound {
        Bound::AtMost => (target - value) / target,
        Bound::AtLeast => (value - target) / target,
    };
    left.is_finite().then_some(left)
}

#[cfg(test)]
pub(super) mod tests;
