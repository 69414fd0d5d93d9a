//! `rejudge`: a saved measurement, judged by a configuration and the baselines beside it, wherever
//! it was measured.

use std::collections::BTreeMap;

use super::base_side::{BaselineAge, age};
use super::error::Error;
use super::fresh::one_environment;
use super::judge::{Base, Judged, Sides, judge_all};
use super::measurement::Measurement;
use super::notices::notice;
use super::taken::{Taken, sides};
use crate::baseline::Shelf;
use crate::measure::Severity;
use crate::policy::Waiver;
use crate::policy::config::Config;
use crate::report::Notice;

/// What a second judge is asked to do.
pub struct Rejudge<'a> {
    /// The configuration; stored baselines are the ones that it names.
    pub config: &'a Config,
    /// What was measured.
    pub measurement: &'a Measurement,
    /// What is accepted beside the configuration's own waivers.
    pub waivers: &'a [Waiver],
    /// The date by which waivers expire.
    pub today: jiff::civil::Date,
}

/// Judges what was measured: each suite against the base side that was measured with it, else
/// against what is stored. A suite that should have been measured and was not denies; one that the
/// configuration does not know is told and not judged.
///
/// # Errors
/// Where a baseline cannot be read, no suite is in common, a suite was measured on different
/// machines, or nothing can be compared.
pub fn rejudge(plan: &Rejudge<'_>) -> Result<Judged, Error> {
    let shelf = Shelf::new(plan.config.baselines());
    let mut measured = by_suite(plan.measurement)?;
    let known = |name: &String| plan.config.suite(name).is_some();
    if !measured.keys().any(known) {
        return Err(Error::NoSuiteInCommon {
            measured: listed(measured.keys()),
            configured: listed(plan.config.suites.iter().map(|suite| &suite.name)),
        });
    }
    let mut suites = Vec::new();
    let mut notices = Vec::new();
    for suite in &plan.config.suites {
        if let Some(taken) = measured.remove(&suite.name) {
            let (both, said) = sides(plan.config, &shelf, taken)?;
            suites.push(both);
            notices.extend(said);
        } else if !suite.paths.is_empty() || suite.command.is_some() {
            suites.push(not_measured(&suite.name));
        }
    }
    notices.extend(unknown(&measured));
    let config = Config {
        waivers: [plan.config.waivers.as_slice(), plan.waivers].concat(),
        ..plan.config.clone()
    };
    judge_all(&config, suites, notices, plan.today)
}

/// How old the stored baselines are that [`rejudge`] would hold the measurement against, by suite;
/// suites with a base side of their own are left out.
///
/// # Errors
/// As [`rejudge`].
pub fn baseline_ages(
    config: &Config,
    measurement: &Measurement,
) -> Result<Vec<BaselineAge>, Error> {
    let shelf = Shelf::new(config.baselines());
    let measured = by_suite(measurement)?;
    let stored = config.suites.iter().filter_map(|suite| measured.get(&suite.name));
    stored
        .filter(|taken| taken.base.is_none())
        .map(|taken| {
            let environment = one_environment(&taken.suite, &taken.fresh)?;
            age(config, &shelf, &taken.suite, &environment)
        })
        .collect()
}

fn by_suite(measurement: &Measurement) -> Result<BTreeMap<String, Taken>, Error> {
    let taken = measurement.taken().map_err(Error::Measurement)?;
    Ok(taken.into_iter().map(|taken| (taken.suite.clone(), taken)).collect())
}

/// A suite without fresh runs: its limits are not met, and nothing is silently a pass.
fn not_measured(suite: &str) -> Sides {
    let message = "the measurement does not have this suite: let the job that measures run all of \
                   them";
    let notice = Box::new(notice(Severity::Error, "not-measured", suite, message.to_owned()));
    Sides {
        suite: suite.to_owned(),
        base: Base::Absent { notice, other: None },
        fresh: Vec::new(),
        noise: Vec::new(),
        again: None,
    }
}

fn unknown(measured: &BTreeMap<String, Taken>) -> Option<Notice> {
    let message = format!(
        "measured and not judged, because the configuration does not have it: {}",
        listed(measured.keys())
    );
    (!measured.is_empty()).then(|| Notice {
        severity: Severity::Warning,
        code: "unknown-suite".to_owned(),
        suite: None,
        message,
    })
}

/// The first few names.
fn listed<'a>(names: impl ExactSizeIterator<Item = &'a String>) -> String {
    let all = names.len();
    let shown: Vec<String> = names.take(5).map(|name| format!("{name:?}")).collect();
    match all.saturating_sub(shown.len()) {
        0 if all == 0 => "none".to_owned(),
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
