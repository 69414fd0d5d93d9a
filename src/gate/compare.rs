//! `compare`: any results against any others, without configuration or baseline.

use super::error::Error;
use super::fresh::{Host, SuitePaths, environment, read_runs, settle};
use super::judge::{Base, Judged, Sides, judge_all};
use super::measurement::Measurement;
use super::notices::notice;
use crate::measure::{Run, Severity};
use crate::policy::config::Config;
use crate::source::Reading;

/// What a comparison is asked to do.
pub struct ComparePlan<'a> {
    /// The tolerance, as a configuration of one suite.
    pub config: &'a Config,
    /// Where this runs.
    pub host: &'a Host,
    /// How to read.
    pub reading: &'a Reading,
    /// The base side; in the same session as the fresh side unless a sidecar says otherwise.
    pub base: &'a SuitePaths,
    /// Base runs of named other sessions.
    pub base_sessions: &'a [(String, SuitePaths)],
    /// The fresh side.
    pub fresh: &'a SuitePaths,
    /// The date by which waivers expire.
    pub today: jiff::civil::Date,
}

/// The name of the only suite of a comparison.
pub const SUITE: &str = "compare";

/// Reads both sides, compares, judges.
///
/// # Errors
/// Where a result cannot be read, or nothing can be compared.
pub fn compare(plan: &ComparePlan<'_>) -> Result<(Judged, Measurement), Error> {
    // A named criterion baseline is what the fresh results, criterion's `new`, are compared with.
    let new = Reading { criterion_baseline: None, ..plan.reading.clone() };
    let (mut fresh, mut said) = read_runs(SUITE, plan.fresh, &new)?;
    let (mut base, copies) = read_runs(SUITE, plan.base, plan.reading)?;
    said.extend(copies);
    // What has neither a sidecar nor a name was measured here and now, both sides alike.
    let host = match (&plan.host.session, &plan.host.job) {
        (None, None) => Host { session: Some("this comparison".to_owned()), ..plan.host.clone() },
        _ => plan.host.clone(),
    };
    settle(&mut fresh, &host, None);
    settle(&mut base, &host, None);
    for (session, paths) in plan.base_sessions {
        let (mut runs, copies) = read_runs(SUITE, paths, plan.reading)?;
        said.extend(copies);
        for run in &mut runs {
            run.provenance.session = Some(session.clone());
        }
        settle(&mut runs, &host, None);
        base.extend(runs);
    }
    let measurement = Measurement::of_both(SUITE, &base, &fresh);
    let base = match other_machine(&base, &fresh) {
        Some(absent) => absent,
        None => Base::Runs(base),
    };
    let sides = Sides { suite: SUITE.to_owned(), base, fresh };
    Ok((judge_all(plan.config, vec![sides], said, plan.today)?, measurement))
}

/// Sides of different machines are not compared.
fn other_machine(base: &[Run], fresh: &[Run]) -> Option<Base> {
    let here = environment(fresh.first()?);
    let other = base.iter().chain(fresh).find(|run| environment(run) != here)?;
    let there = environment(other);
    let message = format!(
        "the runs were measured on different machines ({here} and {there}): their times are not \
         compared"
    );
    let notice = Box::new(notice(Severity::Error, "other-machine", SUITE, message));
    Some(Base::Absent { notice, other: other.provenance.machine.clone().map(Box::new) })
}
