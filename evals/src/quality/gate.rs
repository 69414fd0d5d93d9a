//! The gate's own verdicts, by its own code.

use tailguard::compare::{Test, compare};
use tailguard::policy::config::{Config, Gate};
use tailguard::policy::{Finding, Looks, Procedure, Staged, Verdict, confirm, judge, weighed};
use tailguard::source::Reading;

use super::trial::Trial;

/// Rounds a side in which all rows are screened: what `tailguard run` does unless told otherwise.
pub const SCREEN: usize = 3;

const SUITE: &str = "suite";

/// What is said of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Call {
    /// It is slower, and the build fails.
    Slower,
    /// It can be neither called slower nor the same.
    Undecided,
    /// The build passes, and nobody is told to look.
    #[default]
    Passed,
}

/// What is said of all rows of a suite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// One a row.
    pub rows: Vec<Call>,
    /// Runs a side of one row that were measured, summed over rows.
    pub measured: u64,
    /// Rounds in which anything was measured: what a script takes that cannot measure some rows alone.
    pub rounds: u64,
}

/// The gate's defaults, with a threshold and a level of the error rate.
#[must_use]
pub fn configuration(threshold: f64, alpha: f64) -> Config {
    Config::standalone(SUITE, Gate { threshold, alpha, ..Gate::default() }, Reading::default())
}

/// All runs at once.
#[must_use]
pub fn one_shot(config: &Config, trial: &Trial, test: Test) -> Said {
    let (base, fresh) = trial.runs();
    let cases = weighed(config, SUITE, compare(&base, &fresh, test));
    let (findings, _) = judge(cases, config.gate.alpha, Procedure::OneShot);
    whole(trial, &findings)
}

/// What is said where all rows were measured in all rounds.
fn whole(trial: &Trial, findings: &[Finding]) -> Said {
    let rounds = trial.fresh.len() as u64;
    Said { rows: calls(trial, findings), measured: trial.rows.len() as u64 * rounds, rounds }
}

/// All runs at once, every row by itself: what comes of rows that are not corrected for their number.
#[must_use]
pub fn uncorrected(config: &Config, trial: &Trial, p: f64) -> Said {
    let (base, fresh) = trial.runs();
    let cases = weighed(config, SUITE, compare(&base, &fresh, Test::ModeratedT));
    let (findings, _) = judge(cases, config.gate.alpha, Procedure::OneShot);
    let is_slower = |finding: &Finding| {
        let rose = finding.comparison.change().is_some_and(|change| change > config.gate.threshold);
        rose && finding.tested.is_some_and(|tested| tested.p < p)
    };
    let mut said = whole(trial, &findings);
    for finding in findings.iter().filter(|finding| is_slower(finding)) {
        let place = finding.comparison.id.parse().ok();
        if let Some(call) = place.and_then(|row: usize| said.rows.get_mut(row)) {
            *call = Call::Slower;
        }
    }
    said
}

/// The first rounds screen, the others confirm, of flagged rows alone.
#[must_use]
pub fn screened(config: &Config, trial: &Trial) -> Said {
    let (base, fresh) = trial.runs();
    let first = SCREEN.min(base.len()).min(fresh.len());
    let (base, base_again) = base.split_at(first);
    let (fresh, fresh_again) = fresh.split_at(first);
    let most = u32::try_from(base_again.len().min(fresh_again.len())).unwrap_or(u32::MAX);
    let Some(looks) = Looks::over(most) else {
        return one_shot(config, trial, Test::ModeratedT);
    };
    let staged = Staged { suite: SUITE, base, fresh, base_again, fresh_again };
    let confirmed = confirm(config, &[staged], &looks);
    let again = confirmed.findings.iter().filter(|finding| finding.again.is_some()).count();
    let rounds = (0..confirmed.looks).fold(0, |done, _| looks.next(done).unwrap_or(done));
    let measured = (first * trial.rows.len()) as u64 + u64::from(rounds) * again as u64;
    let rounds = first as u64 + u64::from(rounds);
    Said { rows: calls(trial, &confirmed.findings), measured, rounds }
}

fn calls(trial: &Trial, findings: &[Finding]) -> Vec<Call> {
    let mut rows = vec![Call::Undecided; trial.rows.len()];
    for finding in findings {
        let place = finding.comparison.id.parse().ok().and_then(|row: usize| rows.get_mut(row));
        let Some(row) = place else { continue };
        *row = match finding.verdict {
            Verdict::Regressed => Call::Slower,
            Verdict::Steady | Verdict::Improved => Call::Passed,
            _ => Call::Undecided,
        };
    }
    rows
}
