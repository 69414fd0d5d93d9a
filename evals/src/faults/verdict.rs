//! One verdict, and whether it was right.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use tailguard::measure::{Metric, Run, Tags, Unit};
use tailguard::policy::config::{Config, Gate};
use tailguard::policy::{Looks, Staged, Verdict, confirm};
use tailguard::source::Reading;

use super::arms::Arm;
use super::change::Change;

/// Rounds a side in which all rows are screened: what `tailguard run` does unless told otherwise.
pub const SCREEN: u32 = 3;

/// Rounds a side at most in which rows are confirmed, as there.
pub const CONFIRM: u32 = 5;

/// The same with `--max-rounds 16`.
pub const CONFIRM_LONGER: u32 = 13;

/// The suite's name.
pub const SUITE: &str = "clinic";

/// What a verdict says of one metric of one row that can fail the build.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Called {
    /// The row, for display.
    pub row: String,
    /// The row's identity.
    pub tags: Tags,
    /// The metric.
    pub metric: Metric,
    /// Fresh against base: a fraction of the base, or a difference of proportions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<f64>,
    /// What was concluded.
    pub verdict: Verdict,
}

/// Whether a verdict was right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It fails, and names a row of a category that the fault is meant to slow down.
    Found,
    /// It names no such row, and calls a row that the fault did slow down steady or improved.
    Missed,
    /// It names no such row, and calls no row that the fault did slow down steady.
    Undecided,
    /// Nothing was there to find, and nothing was found.
    Passed,
    /// The service is unchanged, and it fails.
    FalseAlarm,
}

/// The configuration of all verdicts: the gate's defaults.
#[must_use]
pub fn configuration() -> Config {
    Config::standalone(SUITE, Gate::default(), Reading::default())
}

/// Judges both sides as `tailguard run` does, the first rounds screening and at most `confirm_most` others
/// confirming.
/// Returns what it says of gating rows, and how many rounds a side it took.
#[must_use]
pub fn judged(
    config: &Config,
    base: &[Run],
    fresh: &[Run],
    confirm_most: u32,
) -> (Vec<Called>, u32) {
    let split = |side: &'_ [Run]| (SCREEN as usize).min(side.len());
    let (base, base_again) = base.split_at(split(base));
    let (fresh, fresh_again) = fresh.split_at(split(fresh));
    let staged = Staged { suite: SUITE, base, fresh, base_again, fresh_again };
    let Some(looks) = Looks::over(confirm_most) else { return (Vec::new(), 0) };
    let confirmed = confirm(config, &[staged], &looks);
    let confirming = (0..confirmed.looks).fold(0, |done, _| looks.next(done).unwrap_or(done));
    let gating = confirmed.findings.into_iter().filter(|finding| finding.tolerance.gates);
    let called = gating.map(|finding| Called {
        change: finding.comparison.change(),
        row: finding.comparison.id,
        tags: finding.comparison.tags,
        metric: finding.comparison.metric,
        verdict: finding.verdict,
    });
    (called.collect(), SCREEN + confirming)
}

/// The rows that a fault did slow down, by all rounds: those of the categories that it is meant for,
/// whose p95 rose by more than a steady row may, which is twice the threshold, and by more than the
/// floor.
#[must_use]
pub fn hit(arm: &Arm, changes: &[Change], gate: &Gate) -> BTreeSet<Tags> {
    let floor = gate.floor.load.in_unit(Unit::Ms).unwrap_or(0.0);
    let is_hit = |c: &&Change| c.change > 2.0 * gate.threshold && c.change * c.base > floor;
    let touched = changes.iter().filter(|change| touches(arm, &change.tags));
    touched.filter(is_hit).map(|change| change.tags.clone()).collect()
}

/// Whether an arm is meant to slow a row down.
#[must_use]
pub fn touches(arm: &Arm, tags: &Tags) -> bool {
    tags.get("category").is_some_and(|category| arm.touches.contains(category))
}

/// Whether a verdict was right; `hit` are the rows that the fault did slow down.
#[must_use]
pub fn outcome(arm: &Arm, called: &[Called], hit: &BTreeSet<Tags>) -> Outcome {
    let mut worse = called.iter().filter(|row| row.verdict == Verdict::Regressed);
    if arm.is_control() {
        return if worse.next().is_some() { Outcome::FalseAlarm } else { Outcome::Passed };
    }
    if worse.any(|row| touches(arm, &row.tags)) {
        return Outcome::Found;
    }
    if hit.is_empty() {
        return Outcome::Passed;
    }
    if passes_one(called, hit) { Outcome::Missed } else { Outcome::Undecided }
}

/// Whether a verdict calls the p95 of a row that a fault did slow down steady or improved, whatever it
/// says of other rows.
#[must_use]
pub fn passes_one(called: &[Called], hit: &BTreeSet<Tags>) -> bool {
    called.iter().any(|row| {
        let fine = matches!(row.verdict, Verdict::Steady | Verdict::Improved);
        row.metric == Metric::P95 && fine && hit.contains(&row.tags)
    })
}

/// The rows that became worse by a verdict although nothing touches them.
#[must_use]
pub fn elsewhere(arm: &Arm, called: &[Called]) -> bool {
    let worse = |row: &&Called| row.verdict == Verdict::Regressed;
    !arm.is_control() && called.iter().filter(worse).any(|row| !touches(arm, &row.tags))
}
