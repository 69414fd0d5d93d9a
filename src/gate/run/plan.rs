//! What a measurement is asked to do.

use std::path::Path;
use std::time::Duration;

use super::super::error::Error;
use super::super::fresh::Host;
use crate::policy::config::{Config, Suite};

/// What a measurement is asked to do.
pub struct RunPlan<'a> {
    /// The configuration; it serves both sides.
    pub config: &'a Config,
    /// Where this runs.
    pub host: &'a Host,
    /// The suites to measure; empty for every suite that has a command.
    pub suites: &'a [String],
    /// The revision to measure alternately with the working tree.
    pub against: Option<&'a str>,
    /// Rounds a side; with a base side, those of the screening.
    pub rounds: u32,
    /// Rounds a side with confirmation.
    pub max_rounds: u32,
    /// Rounds a side that are not looked at.
    pub warmup: u32,
    /// After this long no round begins.
    pub limit: Option<Duration>,
    /// Decides the order of the sides.
    pub seed: u64,
    /// Where the rounds lie.
    pub place: Place<'a>,
    /// The date by which waivers expire.
    pub today: jiff::civil::Date,
}

/// Where the rounds of a measurement lie.
#[derive(Debug, Clone, Copy)]
pub enum Place<'a> {
    /// Somewhere, and gone when it is done. An interrupted measurement stays.
    Temporary,
    /// Here, to stay.
    Keep(&'a Path),
    /// Here, where an interrupted measurement left them; they stay.
    Resume(&'a Path),
}

/// The named suites, or every one that has a command, in the configuration's order.
///
/// # Errors
/// Where a suite is not configured or has no command, or none has one.
pub(super) fn chosen<'c>(config: &'c Config, names: &[String]) -> Result<Vec<&'c Suite>, Error> {
    let file = config.path.display();
    for name in names {
        let Some(suite) = config.suite(name) else {
            let known: Vec<&str> = config.suites.iter().map(|s| s.name.as_str()).collect();
            return Err(Error::Usage(format!(
                "no suite {name:?} in {file}\nhint: the suites are: {}",
                known.join(", ")
            )));
        };
        if suite.command.is_none() {
            return Err(Error::Usage(format!(
                "suite {name:?} has no command in {file}\nhint: add `command = \"…\"`, which \
                 writes its results into $TAILGUARD_OUT"
            )));
        }
    }
    let asked = |suite: &&Suite| names.is_empty() || names.contains(&suite.name);
    let chosen: Vec<&Suite> =
        config.suites.iter().filter(|s| s.command.is_some()).filter(asked).collect();
    if chosen.is_empty() {
        return Err(Error::Usage(format!(
            "no suite in {file} has a command\nhint: add `command = \"…\"` to a [[suite]]; it \
             writes its results into $TAILGUARD_OUT"
        )));
    }
    Ok(chosen)
}
