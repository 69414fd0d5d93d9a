//! Whole measurements, judged as `check` judges them.

use crate::compare::compare;
use crate::measure::Run;
use crate::policy::config::Config;
use crate::policy::{Finding, Looks, Procedure, Staged, confirm, judge, weighed};

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

/// Judges both sides of every suite as `run --against` does: the first rounds of all rows screen, the others
/// confirm what they flag. One shot where there are too few to confirm by, or the test allows no looks.
pub(super) fn confirmed(config: &Config, suites: &[Sides<'_>], screening: usize) -> Vec<Finding> {
    let most = suites.iter().map(|(_, base, fresh)| base.len().min(fresh.len())).max();
    let again = most.unwrap_or(0).saturating_sub(screening);
    let looks = u32::try_from(again).ok().and_then(Looks::over);
    let Some(looks) = looks.filter(|_| Looks::suit(config.gate.test)) else {
        return judged(config, suites);
    };
    let staged: Vec<Staged<'_>> = suites.iter().map(|suite| stages(suite, screening)).collect();
    confirm(config, &staged, &looks).findings
}

fn stages<'a>((suite, base, fresh): &'a Sides<'_>, screening: usize) -> Staged<'a> {
    let (base, base_again) = base.split_at(screening.min(base.len()));
    let (fresh, fresh_again) = fresh.split_at(screening.min(fresh.len()));
    Staged { suite, base, fresh, base_again, fresh_again }
}
