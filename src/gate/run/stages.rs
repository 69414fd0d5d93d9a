//! The stages of a measurement: warm up, screen, confirm.

use std::time::Duration;

use super::super::error::Error;
use super::super::fresh::SuitePaths;
use super::super::judge::{Judged, judge_all};
use super::super::measurement::Measurement;
use super::super::taken::{Taken, sides};
use super::bench::{Bench, Task};
use super::filter::filter;
use super::measured::taken;
use super::notices::{busy, of_plan, out_of_time};
use super::place::{Placed, placed};
use super::plan::{Place, RunPlan};
use super::progress::{Deadline, Progress};
use crate::baseline::Shelf;
use crate::host;
use crate::policy::Looks;
use crate::report::Notice;
use crate::rounds::{Checkout, Folder, RoundError, Stage, Stop};

/// How long the machine is watched before anything is measured.
const WATCH: Duration = Duration::from_secs(1);

/// Rounds that were measured and not judged.
#[derive(Debug)]
pub struct Rounds {
    folder: Folder,
    /// By suite, where the results of its rounds lie.
    pub results: Vec<(String, SuitePaths)>,
    /// What a reader should know.
    pub notices: Vec<Notice>,
}

impl Rounds {
    /// Removes the rounds: whoever wanted them has them.
    pub fn done(self) {
        self.folder.remove();
    }
}

/// Measures, then judges: both sides by screening and confirmation, the working tree alone by the
/// stored baselines. `tell` hears of every step.
///
/// # Errors
/// Where a command fails or hangs, results cannot be read, nothing can be compared, or somebody asks
/// to stop: then the finished rounds stay, and the error says where.
pub fn run(
    plan: &RunPlan<'_>,
    stop: &Stop,
    tell: &mut dyn FnMut(&Progress<'_>),
) -> Result<(Judged, Measurement), Error> {
    let mut bench = begun(plan, stop, tell)?;
    let judged = all_stages(plan, &mut bench);
    let folder = bench.cleared();
    match judged {
        Ok(judged) => {
            if matches!(plan.place, Place::Temporary) {
                folder.remove();
            }
            Ok(judged)
        }
        Err(error) => Err(left(folder, plan.place, error)),
    }
}

/// What stays of a measurement that did not come to its end, and what is said about it: rounds that
/// are finished are worth keeping, a directory without any is litter.
fn left(folder: Folder, place: Place<'_>, error: Error) -> Error {
    if !folder.holds_rounds() {
        if !matches!(place, Place::Resume(_)) {
            folder.remove();
        }
        return error;
    }
    let kept = folder.path().to_owned();
    match error {
        Error::Rounds(RoundError::Interrupted { signal }) => Error::Interrupted { signal, kept },
        other => Error::AfterRounds { source: Box::new(other), kept },
    }
}

/// Measures rounds of the working tree, for whoever takes them in.
///
/// # Errors
/// As [`run`].
pub fn measure(
    plan: &RunPlan<'_>,
    stop: &Stop,
    tell: &mut dyn FnMut(&Progress<'_>),
) -> Result<Rounds, Error> {
    let mut bench = begun(plan, stop, tell)?;
    let measured = bench.build().and_then(|()| screened(&mut bench));
    let results = bench.suites.iter().map(|suite| {
        let pattern = format!("rounds/{}/{}-*-head", suite.name, Stage::Screen.name());
        let dir = bench.folder.path().to_owned();
        (suite.name.clone(), SuitePaths { patterns: vec![pattern], dir })
    });
    let (results, notices) = (results.collect(), bench.notices.clone());
    let folder = bench.cleared();
    match measured {
        Ok(_) => Ok(Rounds { folder, results, notices }),
        Err(error) => {
            folder.remove();
            Err(error)
        }
    }
}

fn begun<'a>(
    plan: &RunPlan<'a>,
    stop: &'a Stop,
    tell: &'a mut dyn FnMut(&Progress<'_>),
) -> Result<Bench<'a>, Error> {
    let deadline = Deadline::new(plan.limit);
    let (placed, suites) = placed(plan)?;
    let mut machine = plan.host.machine.clone();
    machine.load = host::load_average();
    machine.name = machine.name.or_else(|| placed.plan.environment.clone());
    let mut notices = of_plan(&placed.plan, placed.dirty);
    notices.extend(busy(host::busy_share(WATCH)));
    let Placed { folder, plan: planned, repository, .. } = placed;
    let base = match (&repository, &planned.base) {
        (Some(repository), Some(commit)) => {
            match Checkout::of(repository, commit, &folder.checkout(), stop) {
                Ok(checkout) => Some(checkout),
                Err(error) => return Err(left(folder, plan.place, error.into())),
            }
        }
        _ => None,
    };
    let rounds = (folder, planned);
    Ok(Bench::new(rounds, base, &plan.config.dir, suites, machine, deadline, stop, tell, notices))
}

/// Warms up and screens; whether there was time for all of it.
fn screened(bench: &mut Bench<'_>) -> Result<bool, Error> {
    let every: Vec<(usize, String)> =
        (0..bench.suites.len()).map(|suite| (suite, String::new())).collect();
    let stages = [(Stage::WarmUp, bench.plan.warmup), (Stage::Screen, bench.plan.rounds)];
    for (stage, rounds) in stages {
        let task = Task { stage, from: 0, to: rounds, of: rounds, suites: &every };
        if !bench.rounds(&task)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn all_stages(plan: &RunPlan<'_>, bench: &mut Bench<'_>) -> Result<(Judged, Measurement), Error> {
    bench.build()?;
    let mut in_time = screened(bench)?;
    let confirming = bench.plan.max_rounds.saturating_sub(bench.plan.rounds);
    let looks = bench.plan.base.as_ref().and_then(|_| Looks::over(confirming));
    let looks = looks.filter(|_| Looks::suit(plan.config.gate.test));
    let mut done = 0;
    loop {
        let taken = all_taken(plan, bench, looks.as_ref())?;
        let (judged, measurement) = judged(plan, bench, taken)?;
        let open = judged.confirmation.as_ref().map(|confirmation| &confirmation.open);
        let next = looks.as_ref().and_then(|looks| looks.next(done));
        let (Some(open), Some(next), true) = (open, next, in_time) else {
            return conclude(plan, bench, judged, measurement, in_time);
        };
        let numbers = (0..bench.suites.len()).filter_map(|number| {
            Some((number, filter(open.get(&bench.suites[number].name)?.iter())))
        });
        let suites: Vec<(usize, String)> = numbers.collect();
        if suites.is_empty() {
            return conclude(plan, bench, judged, measurement, in_time);
        }
        let stage = Stage::Confirm;
        let task = Task { stage, from: done, to: next, of: confirming, suites: &suites };
        in_time = bench.rounds(&task)?;
        done = next;
    }
}

fn all_taken(
    plan: &RunPlan<'_>,
    bench: &Bench<'_>,
    looks: Option<&Looks>,
) -> Result<Vec<Taken>, Error> {
    let rounds = looks.map(Looks::rounds);
    let taken: Vec<Taken> =
        (0..bench.suites.len()).map(|suite| taken(bench, suite, plan.host, rounds)).collect();
    let is_hollow =
        |taken: &&Taken| taken.fresh.is_empty() || taken.base.as_ref().is_some_and(Vec::is_empty);
    match taken.iter().find(is_hollow) {
        Some(hollow) => Err(Error::NoTime { suite: hollow.suite.clone() }),
        None => Ok(taken),
    }
}

fn judged(
    plan: &RunPlan<'_>,
    bench: &Bench<'_>,
    taken: Vec<Taken>,
) -> Result<(Judged, Measurement), Error> {
    let measurement = Measurement::of(&taken, plan.host.commit.clone());
    let shelf = Shelf::new(plan.config.baselines());
    let mut notices = bench.notices.clone();
    let mut suites = Vec::new();
    for taken in taken {
        let (both, said) = sides(plan.config, &shelf, taken)?;
        suites.push(both);
        notices.extend(said);
    }
    Ok((judge_all(plan.config, suites, notices, plan.today)?, measurement))
}

/// The last judgement, with what only the end tells.
fn conclude(
    plan: &RunPlan<'_>,
    bench: &mut Bench<'_>,
    judged_so_far: Judged,
    measurement: Measurement,
    in_time: bool,
) -> Result<(Judged, Measurement), Error> {
    let before = bench.notices.len();
    if !in_time {
        let limit = plan.limit.unwrap_or_default().as_secs_f64() / 60.0;
        bench.notices.push(out_of_time(limit));
    }
    let (screen, confirm) = (bench.plan.rounds, bench.plan.max_rounds);
    for suite in 0..bench.suites.len() {
        bench.tell_of_rounds(suite, Stage::Screen, screen);
        bench.tell_of_rounds(suite, Stage::Confirm, confirm);
    }
    if bench.notices.len() == before {
        return Ok((judged_so_far, measurement));
    }
    let mut judged = judged_so_far;
    judged.notices.extend(bench.notices.iter().cloned());
    judged.notices.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.cmp(b)));
    judged.notices.dedup();
    Ok((judged, measurement))
}
