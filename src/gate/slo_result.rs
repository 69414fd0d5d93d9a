//! From a judged target to a line of a report: its level, its words, and where its numbers come from.

use std::collections::BTreeSet;

use crate::measure::{Run, Unit};
use crate::policy::config::Config;
use crate::policy::{Level, Load, Outcome, Slo, SloState};
use crate::report::{Promise, SloResult, SloSource, SourceKind, number};
use crate::slo::{self, Judged, Why};

/// Characters of a run's id that stand for it.
const SHORT: usize = 16;

/// The runs of one suite that were measured on one machine.
pub(super) struct Measured<'r> {
    pub(super) suite: &'r str,
    pub(super) runs: &'r [Run],
    /// The baseline's file, as the configuration would name it; fresh runs name their own.
    pub(super) file: Option<String>,
}

/// A target against every set of runs that it may be about. Not measured where none has a row of it.
pub(super) fn of_target(config: &Config, slo: &Slo, sets: &[Measured<'_>]) -> Vec<SloResult> {
    let mut results = Vec::new();
    for set in sets.iter().filter(|set| slo.is_about(set.suite)) {
        let judged = slo::judge(slo, set.suite, set.runs);
        results.extend(judged.into_iter().map(|judged| result(config, slo, set, judged)));
    }
    if results.is_empty() {
        let measured = sets.iter().find(|set| slo.is_about(set.suite) && !set.runs.is_empty());
        let (suite, why) = match measured {
            Some(set) => (set.suite, Why::NoRow),
            None => (first_suite(config, slo), Why::NoRuns),
        };
        let judged = Judged::unmeasured(slo, slo::about(&slo.scope), Unit::Ms, why);
        let nothing = Measured { suite, runs: &[], file: None };
        results.push(result(config, slo, &nothing, judged));
    }
    results
}

/// What the targets say of the build.
pub(super) fn outcome(results: &[SloResult]) -> Outcome {
    let denied = || results.iter().filter(|result| result.level == Level::Deny);
    if denied().any(|result| result.state == SloState::Broken) {
        Outcome::Fail
    } else if denied().next().is_some() {
        Outcome::Undecided
    } else {
        Outcome::Pass
    }
}

fn first_suite<'c>(config: &'c Config, slo: &'c Slo) -> &'c str {
    let first = || config.suites.first().map(|suite| suite.name.as_str());
    slo.scope.suite.as_deref().or_else(first).unwrap_or_default()
}

fn result(config: &Config, slo: &Slo, set: &Measured<'_>, judged: Judged) -> SloResult {
    let level = match (&slo.availability, judged.state) {
        // What is counted in production does not count as not measured in a test.
        (Some(_), SloState::NotMeasured) => Level::Allow,
        (_, state) => config.levels(set.suite).of_slo(state),
    };
    let met = match judged.state {
        SloState::Met => Some(true),
        SloState::Broken => Some(false),
        SloState::AtRisk | SloState::NotMeasured => None,
    };
    let source = source(set, &judged.runs);
    SloResult {
        suite: set.suite.to_owned(),
        metric: slo.metric,
        unit: judged.unit,
        bound: slo.bound,
        target: judged.target,
        at: slo.at.to_string(),
        objective: slo.availability.as_ref().map(|availability| availability.objective),
        name: slo.name.clone(),
        load: judged.load,
        measured: judged.estimate.map(|estimate| estimate.value),
        interval: judged.estimate.and_then(|e| e.interval).map(|(low, high)| [low, high]),
        margin: judged.margin,
        contract: judged.contract.map(|kept| Promise {
            target: kept.target,
            state: kept.state,
            margin: kept.margin,
        }),
        state: judged.state,
        met,
        level,
        because: judged.why.map(|why| because(why, slo)),
        source,
        id: judged.row,
    }
}

/// The runs that count, in their order; `None` where there are none.
fn source(set: &Measured<'_>, places: &[usize]) -> Option<SloSource> {
    let runs: Vec<&Run> = places.iter().filter_map(|place| set.runs.get(*place)).collect();
    let first = runs.first()?;
    let told = |tell: fn(&Run) -> Option<&str>| runs.iter().filter_map(move |run| tell(run));
    let sessions: BTreeSet<_> = runs.iter().map(|run| &run.provenance.session).collect();
    let times = || told(|run| run.provenance.time.as_deref());
    let (kind, paths) = match &set.file {
        Some(file) => (SourceKind::Baseline, vec![file.clone()]),
        None => (SourceKind::Fresh, distinct(told(|run| Some(run.path.as_str())))),
    };
    Some(SloSource {
        kind,
        paths,
        runs: runs.iter().map(|run| run.id.chars().take(SHORT).collect()).collect(),
        sessions: u32::try_from(sessions.len()).unwrap_or(u32::MAX),
        commits: distinct(told(|run| run.provenance.commit.as_deref())),
        times: times().min().zip(times().max()).map(|(a, b)| [a.to_owned(), b.to_owned()]),
        machine: first.provenance.machine.clone().unwrap_or_default(),
    })
}

/// Each text once, in the order of the first.
fn distinct<'r>(texts: impl Iterator<Item = &'r str>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    texts.filter(|text| seen.insert(*text)).map(str::to_owned).collect()
}

/// Why a target is not measured.
fn because(why: Why, slo: &Slo) -> String {
    let some = |runs: usize, of: usize| format!("{runs} of {}", number::count(of, "run"));
    match why {
        Why::NoRuns => "neither fresh results nor a baseline of this suite".to_owned(),
        Why::NoRow => "no row is what the target is about".to_owned(),
        Why::OtherUnit { rows, limit } => {
            format!("the limit is {}, and the row measures {}", kind(limit), kind(rows))
        }
        Why::NoFigure { runs, of } => format!(
            "{} without {}: nothing answered, or their format does not carry it",
            some(runs, of),
            slo.metric.name()
        ),
        Why::NoLoad { runs, of } => match slo.at {
            Load::PerSecond(_) => {
                format!("{} without a rate: their load is not known", some(runs, of))
            }
            Load::Users(_) => format!(
                "{} without a tag {}: how many users there were is not known",
                some(runs, of),
                slo::load::USER_TAGS.join(", ")
            ),
        },
        Why::TooLittle { most } => format!(
            "no run carried {}, which is 95% of {}; the most was {}",
            load(slo.at.of(slo.at.counts_from())),
            slo.at,
            load(slo.at.of(most))
        ),
        Why::Incomplete { runs, of } => {
            format!("{} did not complete the load that was offered", some(runs, of))
        }
        Why::Damaged { runs, of } => format!("part of the data of {} is lost", some(runs, of)),
    }
}

fn load(load: Load) -> String {
    match load {
        Load::PerSecond(rate) => number::value(rate, Unit::PerSecond),
        Load::Users(users) => format!("{} users", number::chosen(users)),
    }
}

fn kind(unit: Unit) -> &'static str {
    match unit {
        Unit::Ns | Unit::Us | Unit::Ms | Unit::S => "a time",
        Unit::Bytes => "a size in bytes",
        Unit::Count => "a plain number",
        Unit::Ratio => "a share",
        Unit::PerSecond => "a rate",
    }
}
