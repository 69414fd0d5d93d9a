//! The results of finished rounds as runs.

use std::path::Path;

use super::super::copies;
use super::super::error::Error;
use super::super::fresh::{Host, settle};
use super::super::taken::{Again, Taken};
use super::bench::Bench;
use crate::measure::Run;
use crate::policy::config::Suite;
use crate::report::Notice;
use crate::rounds::{Folder, Round, Side, Stage};
use crate::source::{self, Reading};

/// What was measured of the suite with this number so far.
///
/// # Errors
/// Where a result cannot be read.
pub(super) fn taken(
    bench: &Bench<'_>,
    suite: usize,
    host: &Host,
    confirming: Option<u32>,
) -> Result<Taken, Error> {
    let settings = bench.suites[suite];
    let mut said = Vec::new();
    let mut side = |stage, rounds, side| -> Result<Vec<Run>, Error> {
        let (runs, copied) = of_side(&bench.folder, settings, stage, rounds, side, host)?;
        said.extend(copied);
        Ok(runs)
    };
    let screened = bench.plan.rounds;
    let fresh = side(Stage::Screen, screened, Side::Head)?;
    let base = match bench.plan.base {
        Some(_) => Some(side(Stage::Screen, screened, Side::Base)?),
        None => None,
    };
    let again = match confirming {
        Some(rounds) => Some(Again {
            rounds,
            base: side(Stage::Confirm, rounds, Side::Base)?,
            fresh: side(Stage::Confirm, rounds, Side::Head)?,
        }),
        None => None,
    };
    let all = again.iter().flat_map(|again| [&again.fresh, &again.base]);
    said.extend(all.flat_map(|runs| super::super::notices::of_runs(&settings.name, runs)));
    Ok(Taken { again, ..Taken::new(&settings.name, fresh, base, said) })
}

fn of_side(
    folder: &Folder,
    suite: &Suite,
    stage: Stage,
    rounds: u32,
    side: Side,
    host: &Host,
) -> Result<(Vec<Run>, Vec<Notice>), Error> {
    let reading = Reading { identify: true, ..suite.reading() };
    let mut runs = Vec::new();
    for number in 0..rounds {
        let round = Round { suite: suite.name.clone(), stage, number, side };
        if folder.finished(&round).is_some() {
            runs.push(read(&folder.results(&round), &reading)?);
        }
    }
    settle(&mut runs, host, suite.environment.as_deref());
    Ok(copies::leave_out(&suite.name, runs))
}

fn read(path: &Path, reading: &Reading) -> Result<Run, Error> {
    Ok(source::read(path, reading)?)
}
