//! Screen, then confirm: all rows are measured in few rounds, what looks worse is measured again,
//! and only what holds up in the fresh data regresses.
//!
//! The screening may cry wolf, for it decides nothing alone; so it needs no correction for the number of
//! rows and finds small changes in few rounds. The confirmation tests the flagged rows on data that
//! flagged none of them, and with little weight on how far below its level the screening flagged them, so
//! that its error rate is that of the few rows that are flagged.

use std::collections::{BTreeMap, BTreeSet};

use crate::compare::{Comparison, Test, compare, compare_again, compare_whole, screen};
use crate::measure::{Metric, Run, Tags, Tool};

use super::config::Config;
use super::family::{SCREEN_ALPHA, directed_p};
use super::margin::Margin;
use super::{Finding, Procedure, Tolerance, Verdict, Weighed, judge, weighed};

/// A flagged row whose fresh data alone look worse with a p-value above this is not worth more
/// rounds. Giving up early can only lower the error rate.
const FUTILE_P: f64 = 0.25;

/// The same where all rounds together show that the row is steady.
const STEADY_P: f64 = 0.1;

/// How late the error rate is spent: the power of the spending function. Little early, so that most
/// of it is left for the look with the most data.
const SPENDING: i32 = 4;

/// One-sided level at which a worsening is surely within its threshold.
const WITHIN_ALPHA: f64 = 0.05;

/// When a confirmation is looked at: after every second round, for the order of the sides is balanced
/// over two, and after the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looks {
    rounds: u32,
}

impl Looks {
    /// The looks at a confirmation of at most so many rounds; none without a round.
    #[must_use]
    pub fn over(rounds: u32) -> Option<Self> {
        (rounds > 0).then_some(Self { rounds })
    }

    /// Whether a test can be confirmed at all. Ranks of few rounds can never reach the level: for them
    /// all rounds are one measurement.
    #[must_use]
    pub fn suit(test: Test) -> bool {
        test == Test::ModeratedT
    }

    /// The most rounds.
    #[must_use]
    pub fn rounds(&self) -> u32 {
        self.rounds
    }

    /// How many looks there are.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.rounds.div_ceil(2)
    }

    /// The part of the error rate that a look spends after `rounds`, when the last one was after
    /// `before`: the spending function `t^4` of Kim and DeMets, "Design and Analysis of Group
    /// Sequential Tests Based on the Type I Error Spending Rate Function" (1987). What earlier looks
    /// spent is not counted again, whatever the looks have in common (Bonferroni), so that the error
    /// rate holds for any dependence.
    #[must_use]
    pub fn share(&self, before: u32, rounds: u32) -> f64 {
        let spent = |rounds: u32| (f64::from(rounds) / f64::from(self.rounds)).powi(SPENDING);
        spent(rounds) - spent(before)
    }

    /// The rounds after which it is looked for the next time when so many are done; `None` after the
    /// last.
    #[must_use]
    pub fn next(&self, done: u32) -> Option<u32> {
        (done < self.rounds).then(|| (done / 2 * 2 + 2).min(self.rounds))
    }
}

/// Both sides of one suite, in the order of their rounds.
#[derive(Debug, Clone, Copy)]
pub struct Staged<'a> {
    /// The suite's name.
    pub suite: &'a str,
    /// The base side of the screening.
    pub base: &'a [Run],
    /// The fresh side of the screening.
    pub fresh: &'a [Run],
    /// The base side of the confirmation so far.
    pub base_again: &'a [Run],
    /// The fresh side of the confirmation so far.
    pub fresh_again: &'a [Run],
}

/// What a screening and a confirmation say.
#[derive(Debug, Clone, PartialEq)]
pub struct Confirmed {
    /// One a row and metric.
    pub findings: Vec<Finding>,
    /// Flagged rows: the family of the correction.
    pub family: usize,
    /// Looks that were taken.
    pub looks: u32,
    /// By suite, the display ids of rows that more rounds could still confirm.
    pub open: BTreeMap<String, BTreeSet<String>>,
}

/// Judges a screening and what there is of its confirmation, look by look, as it was judged while it
/// was measured: what one look found worse stays so.
#[must_use]
pub fn confirm(config: &Config, suites: &[Staged<'_>], looks: &Looks) -> Confirmed {
    let screened: Vec<Vec<Comparison>> =
        suites.iter().map(|suite| screen(suite.base, suite.fresh)).collect();
    let flagged: Vec<Flags> = suites
        .iter()
        .zip(&screened)
        .map(|(suite, rows)| {
            weighed(config, suite.suite, rows.clone())
                .iter()
                .filter_map(|case| Some((Key::of(case), flagging_p(case)?)))
                .collect()
        })
        .collect();
    let measured = suites.iter().map(|suite| suite.base_again.len().min(suite.fresh_again.len()));
    let measured = u32::try_from(measured.max().unwrap_or(0)).unwrap_or(u32::MAX);
    // Before any fresh round there is nothing that could confirm, and nothing chose to end here but the
    // clock: what there is, is judged as if it were all, and by runs, for what a look at the data chose
    // may not decide on them.
    let mut procedure = Procedure::OneShot;
    let decides = measured == 0 && flagged.iter().any(|flags| !flags.is_empty());
    let shown: Vec<Vec<Comparison>> = match decides {
        true => suites.iter().map(|s| compare(s.base, s.fresh, Test::ModeratedT)).collect(),
        false => screened.clone(),
    };
    let mut settled: BTreeMap<(String, Key), Weighed> = BTreeMap::new();
    let mut rounds = 0;
    let mut taken = 0;
    loop {
        let mut cases = Vec::new();
        for (((suite, first), shown), flags) in
            suites.iter().zip(&screened).zip(&shown).zip(&flagged)
        {
            cases.extend(at_look(config, suite, [first, shown], flags, rounds));
        }
        for case in &mut cases {
            if let Some(known) = settled.get(&(case.suite.clone(), Key::of(case))) {
                *case = known.clone();
            }
        }
        let (findings, family) = judge(cases.clone(), config.gate.alpha, procedure);
        for (case, finding) in cases.into_iter().zip(&findings) {
            if let (Procedure::Confirm { share }, Verdict::Regressed) = (procedure, finding.verdict)
            {
                let share = case.share.or(Some(share));
                let key = (case.suite.clone(), Key::of(&case));
                settled.insert(key, Weighed { share, ..case });
            }
        }
        let open = open(&findings);
        let next = looks.next(rounds).map(|next| next.min(measured));
        match next {
            Some(next) if !open.is_empty() && next > rounds => {
                procedure = Procedure::Confirm { share: looks.share(rounds, next) };
                rounds = next;
                taken += 1;
            }
            _ => return Confirmed { findings, family, looks: taken, open },
        }
    }
}

/// What identifies a row and metric within a suite.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key(Tool, Tags, Metric);

/// Flagged rows, with the p-values by which they were flagged.
type Flags = BTreeMap<Key, f64>;

impl Key {
    fn of(case: &Weighed) -> Self {
        Self::of_comparison(&case.comparison)
    }

    fn of_comparison(comparison: &Comparison) -> Self {
        Self(comparison.tool, comparison.tags.clone(), comparison.metric)
    }
}

/// The rows of a suite after so many rounds of the confirmation: all rounds together (before any,
/// what is `shown` of the screening), and for what was flagged the fresh ones alone beside.
fn at_look(
    config: &Config,
    suite: &Staged<'_>,
    [first, shown]: [&[Comparison]; 2],
    flags: &Flags,
    rounds: u32,
) -> Vec<Weighed> {
    let so_far = |side: &[Run]| side.iter().take(rounds as usize).cloned().collect::<Vec<_>>();
    let (base, fresh) = (so_far(suite.base_again), so_far(suite.fresh_again));
    let all = match rounds {
        0 => shown.to_vec(),
        _ => compare_whole(&[suite.base, &base].concat(), &[suite.fresh, &fresh].concat(), first),
    };
    let again = compare_again(&base, &fresh, first);
    let mut again: BTreeMap<Key, Comparison> =
        again.into_iter().map(|row| (Key::of_comparison(&row), row)).collect();
    let mut cases = weighed(config, suite.suite, all);
    for case in &mut cases {
        let Some(flagged) = flags.get(&Key::of(case)) else { continue };
        case.screened_p = Some(*flagged);
        // A flagged row that was not measured again has nothing that could confirm it.
        let none = || Comparison {
            contrast: None,
            rank_p: None,
            tail: None,
            base: None,
            fresh: None,
            ..case.comparison.clone()
        };
        case.again = Some(again.remove(&Key::of(case)).unwrap_or_else(none));
    }
    cases
}

/// The p-value of a screened row that is worth measuring again: it can fail the build, looks worse, and
/// may have become worse by more than is tolerated.
fn flagging_p(case: &Weighed) -> Option<f64> {
    let (worse, _) = directed_p(&case.comparison)?;
    let is_flagged = case.tolerance.gates
        && worse < SCREEN_ALPHA
        && may_exceed(&case.comparison, &case.tolerance);
    is_flagged.then_some(worse)
}

/// Whether the worsening may be beyond its threshold and floor, as far as these runs can tell.
fn may_exceed(comparison: &Comparison, tolerance: &Tolerance) -> bool {
    let Some(contrast) = &comparison.contrast else { return true };
    let threshold = Margin::of(comparison, tolerance).threshold;
    let better = comparison.metric.better();
    let (low, high) = (contrast.bound_lower(WITHIN_ALPHA), contrast.bound_upper(WITHIN_ALPHA));
    let ends = match comparison.metric.is_proportion() {
        true => comparison.as_change((low, high)),
        false => Some([low, high]),
    };
    ends.is_none_or(|ends| ends.into_iter().any(|end| better.worsening(end) > threshold))
}

/// The flagged rows that are neither confirmed nor given up.
fn open(findings: &[Finding]) -> BTreeMap<String, BTreeSet<String>> {
    let mut open: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| is_open(finding)) {
        open.entry(finding.suite.clone()).or_default().insert(finding.comparison.id.clone());
    }
    open
}

fn is_open(finding: &Finding) -> bool {
    let Some(again) = &finding.again else { return false };
    if again.contrast.is_none() && finding.comparison.contrast.is_some() {
        return true;
    }
    let worse = directed_p(again).map(|(worse, _)| worse);
    let given_up = match finding.verdict {
        Verdict::Steady => STEADY_P,
        _ => FUTILE_P,
    };
    matches!(finding.verdict, Verdict::Inconclusive | Verdict::Steady)
        && worse.is_none_or(|worse| worse <= given_up)
        && may_exceed(&finding.comparison, &finding.tolerance)
}
