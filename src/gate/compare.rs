//! `compare`: any results against any others, without configuration or baseline.

use super::error::Error;
use super::fresh::{Host, SuitePaths, read_runs, settle};
use super::judge::{Judged, judge_all};
use super::measurement::Measurement;
use super::taken::{Taken, sides};
use crate::baseline::Shelf;
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
    let host = plan.host.of_both_sides();
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
    let taken = Taken::new(SUITE, fresh, Some(base), said);
    let measurement = Measurement::of(std::slice::from_ref(&taken), plan.host.commit.clone());
    let shelf = Shelf::new(plan.config.baselines());
    let (sides, notices) = sides(plan.config, &shelf, taken)?;
    Ok((judge_all(plan.config, vec![sides], notices, plan.today)?, measurement))
}
