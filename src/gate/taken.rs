//! What was measured of one suite in one go, and the sides that follow from it. A command that
//! measured and one that judges again go through here, so that both say the same.

use super::base_side::{other_machine, stored};
use super::error::Error;
use super::fresh::one_environment;
use super::judge::{Base, Sides};
use super::notices::of_runs;
use crate::baseline::Shelf;
use crate::measure::Run;
use crate::policy::config::Config;
use crate::report::Notice;

/// What was measured of one suite in one go.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Taken {
    pub(super) suite: String,
    /// At least one run.
    pub(super) fresh: Vec<Run>,
    /// The base side, where it was measured in the same job.
    pub(super) base: Option<Vec<Run>>,
    /// What was measured again of both sides, where the first measurement was a screening.
    pub(super) again: Option<Again>,
    /// What reading both sides told.
    pub(super) notices: Vec<Notice>,
}

/// The confirmation of one suite: both sides in the order of their rounds, as far as it was needed.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Again {
    /// The most rounds that were planned.
    pub(super) rounds: u32,
    pub(super) base: Vec<Run>,
    pub(super) fresh: Vec<Run>,
}

impl Taken {
    /// Runs as read, with `said` of what was left out.
    pub(super) fn new(
        suite: &str,
        fresh: Vec<Run>,
        base: Option<Vec<Run>>,
        said: Vec<Notice>,
    ) -> Self {
        let mut notices = said;
        notices.extend(of_runs(suite, &fresh));
        notices.extend(of_runs(suite, base.as_deref().unwrap_or_default()));
        notices.sort();
        notices.dedup();
        Self { suite: suite.to_owned(), fresh, base, again: None, notices }
    }
}

/// The sides of a suite: its own base side, else what is stored for its machine.
///
/// # Errors
/// Where a baseline cannot be read, or the fresh runs come from different machines.
pub(super) fn sides(
    config: &Config,
    shelf: &Shelf,
    taken: Taken,
) -> Result<(Sides, Vec<Notice>), Error> {
    let Taken { suite, fresh, base, again, mut notices } = taken;
    if let Some(base) = base {
        let base = other_machine(&suite, &base, &fresh).unwrap_or(Base::Runs(base));
        return Ok((Sides { suite, base, fresh, noise: Vec::new(), again }, notices));
    }
    let environment = one_environment(&suite, &fresh)?;
    let (base, noise, said) = stored(config, shelf, &suite, &environment)?;
    notices.extend(said);
    Ok((Sides { suite, base, fresh: one_session(fresh), noise, again: None }, notices))
}

/// All fresh runs that are held against stored ones are one session: the one that every run names,
/// else a session of its own that no stored one can equal.
pub(super) fn one_session(mut runs: Vec<Run>) -> Vec<Run> {
    let mut names: Vec<String> =
        runs.iter().filter_map(|run| run.provenance.session.clone()).collect();
    names.sort();
    names.dedup();
    if names.len() > 1 {
        let session = names.join("+");
        for run in &mut runs {
            run.provenance.session = Some(session.clone());
        }
    }
    runs
}
