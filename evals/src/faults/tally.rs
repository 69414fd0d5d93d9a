//! All verdicts of all arms.

use serde::Serialize;
use tailguard::measure::Run;

use super::arms::{Arm, BASE};
use super::change::{Change, changes};
use super::packed::Recorded;
use super::rivals::{any_p95_rose, any_requests_slower};
use super::round::Round;
use super::verdict::{
    CONFIRM, CONFIRM_LONGER, Outcome, SCREEN, configuration, elsewhere, hit, judged, outcome,
    passes_one, touches,
};
use crate::Error;
use crate::random::without_replacement;

/// Everything that was counted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tally {
    schema: &'static str,
    /// Decides which rounds a verdict draws.
    pub seed: u64,
    /// Rounds a side that were recorded.
    pub recorded: usize,
    /// The arms that were recorded, but for the base.
    pub arms: Vec<ArmTally>,
}

/// The verdicts of one arm.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ArmTally {
    /// The arm's name.
    pub arm: String,
    /// Its settings.
    pub settings: String,
    /// Whether the service is unchanged.
    pub control: bool,
    /// How much each row changed, by all rounds.
    pub changes: Vec<Change>,
    /// The row of [`Self::changes`] that rose most, of those that the fault is meant to slow down.
    pub most: Option<usize>,
    /// Whether a touched row rose by a fifth or more with a spread of at most 5 %.
    pub clear: bool,
    /// Whether any touched row rose by more than a steady one may.
    pub hit: bool,
    /// The verdicts.
    pub verdicts: Vec<Drawn>,
    /// Verdicts on the same draws, where more rounds might confirm.
    pub longer: Vec<Drawn>,
}

/// One verdict.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Drawn {
    /// The rounds that were drawn, of both sides.
    pub drawn: Vec<u32>,
    /// How many of them were used.
    pub rounds: u32,
    /// How long both sides took to record those.
    pub minutes: f64,
    /// Whether it was right.
    pub outcome: Outcome,
    /// Whether it names rows that nothing touches.
    pub elsewhere: bool,
    /// Whether it calls a row that the fault did slow down steady, whatever it found beside.
    pub passes_one: bool,
    /// Whether any p95 of the first round rose by more than 10 %.
    pub p95_rule: bool,
    /// Whether the requests of any row of the first round are slower by a rank test.
    pub rank_rule: bool,
}

/// Draws so many verdicts an arm.
///
/// # Errors
/// Where there are too few rounds for one.
pub fn tally(recorded: &Recorded, arms: &[Arm], seed: u64, verdicts: u64) -> Result<Tally, Error> {
    let base: Vec<&Round> = recorded.arm(BASE).into_values().collect();
    let needed = (SCREEN + CONFIRM_LONGER) as usize;
    if base.len() < needed {
        return Err(Error::refused(
            format!("{} recorded rounds are too few for a verdict of {needed}", base.len()),
            "go on with evals/faults/record",
        ));
    }
    let mut found = Vec::new();
    for arm in arms.iter().filter(|arm| arm.name != BASE) {
        let fresh: Vec<&Round> = recorded.arm(&arm.name).into_values().collect();
        if !fresh.is_empty() {
            found.push(one_arm(arm, &base, &fresh, seed, verdicts));
        }
    }
    let schema = "tailguard.evals.verdicts/v1";
    Ok(Tally { schema, seed, recorded: base.len(), arms: found })
}

/// Both sides have the same rounds: a recording has no others.
fn one_arm(arm: &Arm, base: &[&Round], fresh: &[&Round], seed: u64, verdicts: u64) -> ArmTally {
    let config = configuration();
    let (base_runs, fresh_runs) = (runs(base), runs(fresh));
    let changes = changes(&base_runs, &fresh_runs);
    let hit = hit(arm, &changes, &config.gate);
    let touched = |change: &Change| arm.is_control() || touches(arm, &change.tags);
    let most = (0..changes.len())
        .filter(|row| touched(&changes[*row]))
        .max_by(|a, b| changes[*a].change.total_cmp(&changes[*b].change));
    let clear = !arm.is_control()
        && changes.iter().any(|c| hit.contains(&c.tags) && c.change >= 0.2 && c.spread <= 0.05);
    let draw = |number: u64, confirm: u32| {
        let take = (SCREEN + confirm) as usize;
        let places = without_replacement(seed, &arm.name, number, base.len(), take);
        let of = |runs: &[Run]| places.iter().map(|p| runs[*p].clone()).collect::<Vec<_>>();
        let (called, rounds) = judged(&config, &of(&base_runs), &of(&fresh_runs), confirm);
        let used = places.iter().take(rounds as usize);
        let seconds: f64 = used.map(|p| base[*p].origin.seconds + fresh[*p].origin.seconds).sum();
        let (first_base, first_fresh) = (base[places[0]], fresh[places[0]]);
        Drawn {
            drawn: places.iter().map(|p| base[*p].origin.round).collect(),
            rounds,
            minutes: seconds / 60.0,
            outcome: outcome(arm, &called, &hit),
            elsewhere: elsewhere(arm, &called),
            passes_one: passes_one(&called, &hit),
            p95_rule: any_p95_rose(first_base, first_fresh),
            rank_rule: any_requests_slower(first_base, first_fresh),
        }
    };
    ArmTally {
        arm: arm.name.clone(),
        settings: arm.settings(),
        control: arm.is_control(),
        verdicts: (0..verdicts).map(|number| draw(number, CONFIRM)).collect(),
        longer: (0..verdicts).map(|number| draw(number, CONFIRM_LONGER)).collect(),
        changes,
        most,
        clear,
        hit: !hit.is_empty(),
    }
}

fn runs(rounds: &[&Round]) -> Vec<Run> {
    rounds.iter().map(|round| round.run()).collect()
}

impl ArmTally {
    /// How many verdicts were that.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> usize {
        self.count_if(|verdict| verdict.outcome == outcome)
    }

    /// How many verdicts hold that.
    #[must_use]
    pub fn count_if(&self, holds: impl Fn(&Drawn) -> bool) -> usize {
        self.verdicts.iter().filter(|verdict| holds(verdict)).count()
    }

    /// How many verdicts with more rounds were that.
    #[must_use]
    pub fn count_longer(&self, outcome: Outcome) -> usize {
        self.longer.iter().filter(|verdict| verdict.outcome == outcome).count()
    }
}

/// The mean of a number of verdicts.
#[must_use]
pub fn mean(verdicts: &[Drawn], number: impl Fn(&Drawn) -> f64) -> f64 {
    verdicts.iter().map(number).sum::<f64>() / verdicts.len().max(1) as f64
}
