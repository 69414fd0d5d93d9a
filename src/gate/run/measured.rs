//! The results of finished rounds as runs.

use std::collections::{BTreeMap, BTreeSet};

use super::super::copies;
use super::super::error::Error;
use super::super::fresh::{Host, settle};
use super::super::notices::of_runs;
use super::super::taken::{Again, Taken};
use super::bench::Bench;
use crate::measure::Run;
use crate::policy::config::Suite;
use crate::report::Notice;
use crate::rounds::{Folder, Round, Side, Stage};
use crate::source::{self, Reading};

/// Runs that were read, so that each look reads only what is new.
#[derive(Debug, Default)]
pub(super) struct Runs {
    read: BTreeMap<Round, Run>,
}

impl Runs {
    /// Reads a finished round.
    ///
    /// # Errors
    /// Where its results cannot be read: the sooner that is said, the fewer rounds are for nothing.
    pub(super) fn read(
        &mut self,
        folder: &Folder,
        suite: &Suite,
        round: &Round,
    ) -> Result<(), Error> {
        if !self.read.contains_key(round) {
            let reading = Reading { identify: true, ..suite.reading() };
            let run = source::read(&folder.results(round), &reading)?;
            self.read.insert(round.clone(), run);
        }
        Ok(())
    }

    /// The runs of one side of a stage, in the order of their rounds, with the numbers of these.
    fn of(&self, suite: &str, stage: Stage, side: Side) -> Vec<(u32, Run)> {
        let asked =
            |round: &&Round| round.suite == suite && round.stage == stage && round.side == side;
        let read = self.read.iter().filter(|(round, _)| asked(round));
        read.map(|(round, run)| (round.number, run.clone())).collect()
    }
}

/// What was measured of the suite with this number so far; `confirming` is the most rounds of its
/// confirmation.
pub(super) fn taken(
    bench: &Bench<'_>,
    suite: usize,
    host: &Host,
    confirming: Option<u32>,
) -> Taken {
    let settings = bench.suites[suite];
    let mut said = Vec::new();
    let two = bench.sides(suite).len() == 2;
    let mut side = |side| {
        let (screened, again, copied) = both_stages(bench, settings, (side, two), host);
        said.extend(copied);
        said.extend(of_runs(&settings.name, &again));
        (screened, again)
    };
    let (fresh, fresh_again) = side(Side::Head);
    let (base, base_again) = two.then(|| side(Side::Base)).unzip();
    let again = confirming.filter(|_| two).map(|rounds| Again {
        rounds,
        base: base_again.unwrap_or_default(),
        fresh: fresh_again,
    });
    Taken { again, ..Taken::new(&settings.name, fresh, base, said) }
}

/// The runs of one side, which may be one of two, without copies: what was measured in one stage
/// confirms nothing in another.
fn both_stages(
    bench: &Bench<'_>,
    suite: &Suite,
    (side, of_two): (Side, bool),
    host: &Host,
) -> (Vec<Run>, Vec<Run>, Vec<Notice>) {
    let of = |stage, before| {
        let mut runs = bench.runs.of(&suite.name, stage, side);
        for (round, run) in &mut runs {
            // Only two sides have something to share in a round.
            run.provenance.round = of_two.then_some(before + *round);
        }
        runs.into_iter().map(|(_, run)| run).collect::<Vec<_>>()
    };
    let screened = of(Stage::Screen, 0);
    let seen: BTreeSet<String> = screened.iter().map(|run| run.id.clone()).collect();
    let mut all = [screened, of(Stage::Confirm, bench.plan.rounds)].concat();
    settle(&mut all, host, suite.environment.as_deref());
    let (all, copied) = copies::leave_out(&suite.name, all);
    let (screened, again) = all.into_iter().partition(|run| seen.contains(&run.id));
    (screened, again, copied)
}
