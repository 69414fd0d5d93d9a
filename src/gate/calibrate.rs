//! `calibrate`: how often this gate would be wrong here, and what it can see.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::error::Error;
use crate::baseline::{Baseline, Shelf};
use crate::calibrate::{
    Amount, RowNoise, Shape, Simulated, SimulatedRow, Stored, doubts, known_noise, noise, replayed,
    simulated,
};
use crate::history::{KnownNoise, OfRow};
use crate::measure::{EnvironmentKey, Run, Tags, Tool, Unit};
use crate::pages::{Curves, PageError, curves};
use crate::policy::config::{Config, Suite};
use crate::policy::{Subject, tolerance};
use crate::report::{CalibratedRow, CalibratedSuite, Calibration, calibration_headline};
use crate::stats::{runs_needed, wilson};

/// The power that "is found" stands for.
const POWER: f64 = 0.8;

/// More rounds than this are no reasonable advice.
const MOST_ROUNDS: u32 = 100;

/// What a calibration is asked to do.
pub struct CalibratePlan<'a> {
    /// The configuration.
    pub config: &'a Config,
    /// The suites to look at; empty for every suite that has a baseline and is measured by this
    /// configuration.
    pub suites: &'a [String],
    /// The machine whose baselines count; `None` where only one has any.
    pub environment: Option<&'a str>,
    /// Runs of a fresh session; `None` for as many as the last stored one has.
    pub fresh_runs: Option<usize>,
    /// The slowdown that should be seen, as a share.
    pub detect: f64,
    /// Pull requests to simulate.
    pub pull_requests: u64,
    /// Decides what is drawn.
    pub seed: u64,
    /// Runs that were measured for this, instead of what is stored.
    pub measured: Vec<(String, Vec<Run>)>,
}

/// The runs of one suite, and what they were measured on.
struct Known {
    stored: Stored,
    environment: String,
}

/// Takes the noise of stored runs, and has unchanged measurements with that noise judged.
///
/// # Errors
/// Where a suite is not configured, a baseline cannot be read, or there is none.
pub fn calibrate(plan: &CalibratePlan<'_>) -> Result<Calibration, Error> {
    let known = known(plan)?;
    let mut suites = Vec::new();
    let mut told = Vec::new();
    for Known { stored, environment } in &known {
        let by_session = sessions(&stored.runs);
        let last = by_session.last().map_or(0, |(_, runs)| *runs);
        let of_session = stored.runs.len() as f64 / by_session.len().max(1) as f64;
        let shape = Shape {
            // What was measured for this is the noise of one session, in which both sides are measured.
            sessions: if plan.measured.is_empty() { by_session.len() } else { 0 },
            // Stored sessions may differ in size; simulated ones have the usual one.
            runs: of_session.round() as usize,
            fresh: plan.fresh_runs.unwrap_or(last).max(1),
        };
        told.push(CalibratedSuite {
            suite: stored.suite.clone(),
            environment: environment.clone(),
            sessions: by_session.len(),
            runs: stored.runs.len(),
            fresh_runs: shape.fresh,
        });
        let gating: Vec<RowNoise> = noise(&stored.suite, &stored.runs)
            .into_iter()
            .filter(|row| tolerance(plan.config, &subject(row)).gates)
            .collect();
        suites.push((stored.suite.clone(), shape, gating));
    }
    let found = simulated(plan.config, &suites, plan.pull_requests, plan.seed);
    let stored: Vec<Stored> = known.into_iter().map(|known| known.stored).collect();
    let replayed = replayed(plan.config, &stored);
    let worse = replayed.iter().filter(|session| !session.worse.is_empty()).count() as u64;
    let interval = wilson(found.failed, found.pull_requests, 0.95);
    let rows: Vec<&RowNoise> = suites.iter().flat_map(|(_, _, rows)| rows).collect();
    Ok(Calibration {
        suites: told,
        rows: rows.iter().map(|row| calibrated(plan, row, rows.len(), &found)).collect(),
        pull_requests: found.pull_requests,
        failed: found.failed,
        interval,
        replay_is_worse: wilson(worse, replayed.len() as u64, 0.95).0 > interval.1,
        replayed,
        detect: plan.detect,
        seed: plan.seed,
    })
}

fn calibrated(
    plan: &CalibratePlan<'_>,
    row: &RowNoise,
    family: usize,
    found: &Simulated,
) -> CalibratedRow {
    let is_it = |one: &&SimulatedRow| {
        (&one.suite, one.tool, &one.tags, one.metric)
            == (&row.suite, row.tool, &row.tags, row.metric)
    };
    let simulated = found.rows.iter().find(is_it);
    let alpha = plan.config.gate.alpha / family.max(1) as f64;
    let (spread, rounds) = match row.amount {
        Amount::Positive { run, session, .. } => {
            let variance = run.max(row.within.unwrap_or(0.0));
            let change = plan.detect.ln_1p();
            let prior = (row.prior, 2.0);
            let rounds = runs_needed(variance, prior, change, alpha, POWER, MOST_ROUNDS);
            (Some((run.sqrt(), session.sqrt())), rounds)
        }
        Amount::Share { .. } => (None, None),
    };
    CalibratedRow {
        suite: row.suite.clone(),
        id: row.id.clone(),
        tags: row.tags.clone(),
        metric: row.metric,
        unit: row.unit,
        value: row.value(),
        spread,
        alarms: simulated.map_or(0, |one| one.alarms),
        detectable: simulated.and_then(|one| one.detectable),
        rounds,
        threshold: tolerance(plan.config, &subject(row)).threshold,
        doubts: doubts(row),
    }
}

fn subject(row: &RowNoise) -> Subject<'_> {
    Subject {
        suite: &row.suite,
        tool: row.tool,
        id: &row.id,
        tags: &row.tags,
        metric: row.metric,
        unit: row.unit,
    }
}

/// Sessions in the order in which they were stored, with their runs.
fn sessions(runs: &[Run]) -> Vec<(Option<&str>, usize)> {
    let mut sessions: Vec<(Option<&str>, usize)> = Vec::new();
    for run in runs {
        let session = run.provenance.session.as_deref();
        match sessions.last_mut().filter(|(last, _)| *last == session) {
            Some((_, count)) => *count += 1,
            None => sessions.push((session, 1)),
        }
    }
    sessions
}

fn known(plan: &CalibratePlan<'_>) -> Result<Vec<Known>, Error> {
    if !plan.measured.is_empty() {
        let of = |(suite, runs): &(String, Vec<Run>)| Known {
            environment: runs
                .first()
                .and_then(|run| run.provenance.machine.as_ref())
                .map_or_else(|| "this machine".to_owned(), |machine| machine.key().to_string()),
            stored: Stored { suite: suite.clone(), runs: runs.clone() },
        };
        return Ok(plan.measured.iter().map(of).collect());
    }
    let baselines = baselines(plan.config, plan.suites, plan.environment, |s| !s.elsewhere)?;
    if baselines.is_empty() {
        return Err(Error::NoBaseline(format!(
            "no baseline to calibrate by in {}\nhint: store some sessions with `tailguard baseline \
             refresh --run`, or measure now with --run",
            plan.config.baselines().display()
        )));
    }
    let of = |baseline: Baseline| Known {
        environment: baseline.environment.to_string(),
        stored: Stored { suite: baseline.suite, runs: baseline.runs },
    };
    Ok(baselines.into_iter().map(of).collect())
}

/// The baselines of one machine: of the named suites, or of all that `usual` takes where none is named.
///
/// # Errors
/// Where a suite is not configured, a baseline cannot be read, or several machines have some and none is
/// named.
pub(super) fn baselines(
    config: &Config,
    suites: &[String],
    environment: Option<&str>,
    usual: impl Fn(&Suite) -> bool,
) -> Result<Vec<Baseline>, Error> {
    let file = config.path.display();
    for name in suites {
        if config.suite(name).is_none() {
            let all: Vec<&str> = config.suites.iter().map(|suite| suite.name.as_str()).collect();
            return Err(Error::Usage(format!(
                "no suite {name:?} in {file}\nhint: the suites are: {}",
                all.join(", ")
            )));
        }
    }
    let asked = |suite: &&Suite| match suites.is_empty() {
        true => usual(suite),
        false => suites.contains(&suite.name),
    };
    let wanted = environment.map(EnvironmentKey::new);
    let shelf = Shelf::new(config.baselines());
    let mut machines: BTreeSet<String> = BTreeSet::new();
    let mut found = Vec::new();
    for suite in config.suites.iter().filter(asked) {
        for environment in shelf.environments(&suite.name)? {
            if wanted.as_ref().is_some_and(|wanted| environment != *wanted) {
                continue;
            }
            machines.insert(environment.to_string());
            found.extend(shelf.load(&suite.name, &environment)?);
        }
    }
    if machines.len() > 1 {
        return Err(Error::Usage(format!(
            "baselines of {} machines in {}\nhint: choose one with --environment: {}",
            machines.len(),
            config.baselines().display(),
            machines.into_iter().collect::<Vec<_>>().join(", ")
        )));
    }
    Ok(found)
}

/// Writes how gating rows scatter into the baseline files of their suites. What rounds of one session cannot
/// tell of sessions is kept from before. Returns the files.
///
/// # Errors
/// As of [`calibrate`]; where a suite that was measured has no baseline, or a file cannot be written.
pub fn store_noise(plan: &CalibratePlan<'_>) -> Result<Vec<PathBuf>, Error> {
    let shelf = Shelf::new(plan.config.baselines());
    let known = known(plan)?;
    let lock = shelf.lock()?;
    let mut renewed = Vec::new();
    for Known { stored: Stored { suite, runs }, environment } in known {
        let environment = EnvironmentKey::new(&environment);
        let Some(baseline) = shelf.load(&suite, &environment)? else {
            return Err(no_place(&suite));
        };
        let gates = |new: &KnownNoise| {
            let OfRow { tool, id, tags, metric } = &new.of;
            // What gates does not depend on the unit.
            let unit = Unit::Ms;
            let subject = Subject { suite: &suite, tool: *tool, id, tags, metric: *metric, unit };
            tolerance(plan.config, &subject).gates
        };
        let mut noise = baseline.noise.clone();
        for new in known_noise(&runs).into_iter().filter(gates) {
            match noise.iter_mut().find(|old| old.of.is_same(&new.of)) {
                Some(old) if old.session.is_some() && new.session.is_none() => old.run = new.run,
                Some(old) => *old = new,
                None => noise.push(new),
            }
        }
        // Rows that are stored no more have no noise.
        let rows = |run: &Run| run.rows.iter().map(|row| (run.tool, row.tags.clone())).collect();
        let stored: Vec<Vec<(Tool, Tags)>> = baseline.runs.iter().map(rows).collect();
        noise.retain(|known| {
            stored
                .iter()
                .flatten()
                .any(|(tool, tags)| (*tool, tags) == (known.of.tool, &known.of.tags))
        });
        noise.sort_by(|a, b| a.of.cmp(&b.of));
        renewed.push(Baseline { noise, ..baseline });
    }
    for baseline in &renewed {
        shelf.save(baseline, &[], &lock)?;
    }
    Ok(renewed.iter().map(|b| shelf.file(&b.suite, &b.environment)).collect())
}

fn no_place(suite: &str) -> Error {
    Error::NoBaseline(format!(
        "suite {suite:?} has no baseline for this machine to keep its noise in\nhint: take its results in \
         first: tailguard baseline refresh --run --suite {suite}"
    ))
}

/// Whether what rounds tell could be stored: asked before they are measured.
///
/// # Errors
/// Where a suite with a command has no baseline file.
pub fn can_store_noise(config: &Config, suites: &[String]) -> Result<(), Error> {
    let shelf = Shelf::new(config.baselines());
    let measured = config.suites.iter().filter(|suite| suite.command.is_some());
    for suite in measured.filter(|suite| suites.is_empty() || suites.contains(&suite.name)) {
        if shelf.environments(&suite.name)?.is_empty() {
            return Err(no_place(&suite.name));
        }
    }
    Ok(())
}

/// In how many rows a check finds a slowdown, by its size, as an SVG document.
///
/// # Errors
/// What the plotting library says.
pub fn calibration_figure(found: &Calibration) -> Result<String, PageError> {
    let sizes: Vec<f64> = found.rows.iter().filter_map(|row| row.detectable).collect();
    let most = sizes.iter().copied().fold(found.detect, f64::max).min(1.0);
    let steps = 40;
    let points = (0..=steps).map(|step| {
        let size = most * f64::from(step) / f64::from(steps);
        let seen = sizes.iter().filter(|own| **own <= size).count();
        (100.0 * size, 100.0 * seen as f64 / found.rows.len().max(1) as f64)
    });
    let series = vec![("rows that can be seen".to_owned(), points.collect::<Vec<_>>())];
    curves(&Curves {
        title: "Rows in which a check finds a slowdown four times in five",
        description: &calibration_headline(found),
        x: "slowdown, %",
        y: "gating rows, %",
        series,
    })
}
