//! Whole measurements, judged as `check` judges them.

use crate::compare::compare;
use crate::measure::Run;
use crate::policy::config::Config;
use crate::policy::{Finding, Procedure, judge, weighed};

/// What is measured of a suite to be judged: its name, the base side, the fresh side.
pub(super) type Sides<'a> = (&'a str, Vec<Run>, Vec<Run>);

/// Judges both sides of every suite: one family of all suites' rows.
pub(super) fn judged(config: &Config, suites: &[Sides<'_>]) -> Vec<Finding> {
    let of_suite = |(suite, base, fresh): &Sides<'_>| {
        weighed(config, suite, compare(base, fresh, config.gate.test))
    };
    let cases = suites.iter().flat_map(of_suite).collect();
    judge(cases, config.gate.alpha, Procedure::OneShot).0
}
