//! The `run` command, and measuring for others.

use std::time::Duration;

use super::args::{Global, Run};
use super::commands::conclude;
use super::output::say;
use super::plan::{host, load_config, today};
use super::progress::Line;
use crate::gate::{self, Error, Host, Place, Rounds, RunPlan};
use crate::policy::config::Config;
use crate::rounds::Stop;

/// Rounds a side of the confirmation, unless the command line says otherwise.
const CONFIRMING: u32 = 5;

pub(super) fn run(global: &Global, args: &Run) -> Result<u8, Error> {
    let config = load_config(global.config.as_deref())?;
    let host = host(&args.origin, &config.dir);
    let max_rounds = max_rounds(args)?;
    let place = match (&args.keep, &args.resume) {
        (_, Some(dir)) => Place::Resume(dir),
        (Some(dir), None) => Place::Keep(dir),
        (None, None) => Place::Temporary,
    };
    let plan = RunPlan {
        config: &config,
        host: &host,
        suites: &args.suite,
        against: args.against.as_deref(),
        rounds: args.pace.rounds,
        max_rounds,
        warmup: args.pace.warmup,
        limit: args.pace.max_minutes.map(|minutes| Duration::from_secs(60 * u64::from(minutes))),
        seed: args.seed.unwrap_or_else(seed_of_the_clock),
        place,
        today: today(),
    };
    for suite in config.suites.iter().filter(|suite| suite.command.is_none()) {
        say(global, &format!("note: suite {:?} has no command and is not measured", suite.name));
    }
    let mut line = Line::new(global);
    let (judged, measurement) = gate::run(&plan, &stop()?, &mut |step| line.show(step))?;
    line.clear();
    conclude(global, &judged, &measurement, args.save.as_deref())
}

/// Measures the working tree for whoever takes the results in.
pub(super) fn measured(
    global: &Global,
    config: &Config,
    host: &Host,
    suites: &[String],
    rounds: u32,
) -> Result<Rounds, Error> {
    let plan = RunPlan {
        config,
        host,
        suites,
        against: None,
        rounds,
        max_rounds: rounds,
        warmup: 1,
        limit: None,
        seed: 0,
        place: Place::Temporary,
        today: today(),
    };
    let mut line = Line::new(global);
    let measured = gate::measure(&plan, &stop()?, &mut |step| line.show(step))?;
    line.clear();
    Ok(measured)
}

/// With a base side: at least the rounds of the screening.
fn max_rounds(args: &Run) -> Result<u32, Error> {
    let rounds = args.pace.rounds;
    if rounds < 2 && args.against.is_some() {
        return Err(Error::Usage(
            "--rounds got 1, and one round a side tells nothing of how far rounds differ\nhint: \
             write at least 2"
                .to_owned(),
        ));
    }
    match args.max_rounds {
        Some(most) if most < rounds => Err(Error::Usage(format!(
            "--max-rounds got {most}, fewer than the {rounds} of --rounds\nhint: the rounds of the \
             confirmation come on top: write at least {}",
            rounds + 2
        ))),
        Some(_) if args.against.is_none() => Err(Error::Usage(
            "--max-rounds confirms what two sides show\nhint: add --against REF, or write --rounds"
                .to_owned(),
        )),
        Some(most) => Ok(most),
        None => Ok(rounds + CONFIRMING),
    }
}

fn seed_of_the_clock() -> u64 {
    // Short enough to be read out.
    jiff::Timestamp::now().as_nanosecond().unsigned_abs() as u64 % 1_000_000
}

fn stop() -> Result<Stop, Error> {
    Stop::on_signals().map_err(|source| Error::Write { path: "signal handlers".into(), source })
}
