//! What became of what was called worse: verdicts that were recorded, held against later ones.

use std::collections::BTreeSet;

use crate::baseline::{CalledWorse, OfRow, PastVerdict};

/// What became of an alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Became {
    /// A refresh took it in, for a reason that people gave.
    Accepted(String),
    /// Version control says that a commit that was called worse was reverted.
    Reverted,
    /// Other measurements called the row worse too, and a later commit no longer did.
    Mended,
    /// Every later measurement of the row calls it worse, and there is one.
    Lasts,
    /// The same commit, measured again, was not worse.
    NotAgain,
    /// The next verdict on the row is of another commit, and does not call it worse: either that commit
    /// mended it, or there never was anything.
    GoneAtNext,
    /// Nothing was measured since.
    Open,
}

/// What an alarm counts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// There was something.
    Real,
    /// Nothing tells yet.
    Open,
    /// It may have been nothing.
    Unexplained,
    /// There was nothing.
    False,
}

impl Became {
    /// What the alarm counts for.
    #[must_use]
    pub fn class(&self) -> Class {
        match self {
            Self::Accepted(_) | Self::Reverted | Self::Mended | Self::Lasts => Class::Real,
            Self::Open => Class::Open,
            Self::GoneAtNext => Class::Unexplained,
            Self::NotAgain => Class::False,
        }
    }
}

/// One metric of one row that was called worse, from the first verdict that did to what ended it.
#[derive(Debug, Clone, PartialEq)]
pub struct Alarm {
    /// What was.
    pub of: OfRow,
    /// By how much, at first.
    pub change: f64,
    /// The places of the verdicts that did, in the order of time.
    pub seen: Vec<usize>,
    /// What became of it.
    pub became: Became,
}

/// What the recorded verdicts of a suite come to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Hindsight {
    /// What was called worse, in the order in which it was first.
    pub alarms: Vec<Alarm>,
    /// Verdicts.
    pub checks: u64,
    /// Verdicts that began an alarm, by the best that any of their alarms counts for.
    pub real: u64,
    /// See [`Self::real`].
    pub open: u64,
    /// See [`Self::real`].
    pub unexplained: u64,
    /// See [`Self::real`].
    pub not_real: u64,
}

/// Follows every alarm through the verdicts that came after it, oldest first. `reverted` are commits of
/// which version control says that they were.
#[must_use]
pub fn looked_back(history: &[PastVerdict], reverted: &BTreeSet<String>) -> Hindsight {
    let mut ended: Vec<Alarm> = Vec::new();
    let mut open: Vec<Alarm> = Vec::new();
    for (place, verdict) in history.iter().enumerate() {
        for CalledWorse { of, change } in &verdict.worse {
            match open.iter_mut().find(|alarm| alarm.of.is_same(of)) {
                Some(alarm) => alarm.seen.push(place),
                None => open.push(Alarm {
                    of: of.clone(),
                    change: *change,
                    seen: vec![place],
                    became: Became::Open,
                }),
            }
        }
        let (over, on): (Vec<Alarm>, Vec<Alarm>) = open.into_iter().partition(|alarm| {
            let accepted = verdict.accepted.is_some() && alarm.seen.last() == Some(&place);
            accepted || verdict.cleared.iter().any(|of| alarm.of.is_same(of))
        });
        open = on;
        ended.extend(over.into_iter().map(|alarm| {
            let became = end(history, &alarm, verdict);
            Alarm { became, ..alarm }
        }));
    }
    ended.extend(open.into_iter().map(|alarm| {
        let became = if alarm.seen.len() > 1 { Became::Lasts } else { Became::Open };
        Alarm { became, ..alarm }
    }));
    for alarm in &mut ended {
        let mut commits = alarm.seen.iter().filter_map(|place| history[*place].commit.as_ref());
        if !matches!(alarm.became, Became::Accepted(_)) && commits.any(|c| reverted.contains(c)) {
            alarm.became = Became::Reverted;
        }
    }
    ended.sort_by(|a, b| (a.seen.first(), &a.of).cmp(&(b.seen.first(), &b.of)));
    counted(history.len(), ended)
}

/// What a verdict that ended an alarm says about it.
fn end(history: &[PastVerdict], alarm: &Alarm, by: &PastVerdict) -> Became {
    if let Some(reason) =
        by.accepted.as_ref().filter(|_| by.worse.iter().any(|w| w.of.is_same(&alarm.of)))
    {
        return Became::Accepted(reason.clone());
    }
    let same_commit = alarm.seen.iter().any(|place| {
        let commit = &history[*place].commit;
        commit.is_some() && *commit == by.commit
    });
    match (same_commit, alarm.seen.len()) {
        (true, _) => Became::NotAgain,
        (false, 1) => Became::GoneAtNext,
        (false, _) => Became::Mended,
    }
}

/// A check that raised several alarms was right where any of them was.
fn counted(checks: usize, alarms: Vec<Alarm>) -> Hindsight {
    let mut hindsight = Hindsight { checks: checks as u64, ..Hindsight::default() };
    let begun: BTreeSet<usize> = alarms.iter().map(|alarm| alarm.seen[0]).collect();
    for place in begun {
        let own = alarms.iter().filter(|alarm| alarm.seen[0] == place);
        match own.map(|alarm| alarm.became.class()).min() {
            Some(Class::Real) => hindsight.real += 1,
            Some(Class::Open) => hindsight.open += 1,
            Some(Class::Unexplained) => hindsight.unexplained += 1,
            Some(Class::False) => hindsight.not_real += 1,
            None => {}
        }
    }
    hindsight.alarms = alarms;
    hindsight
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::{Metric, Tool};

    fn of(id: &str) -> OfRow {
        let tags = [("row".to_owned(), id.to_owned())].into();
        OfRow { tool: Tool::K6, id: id.to_owned(), tags, metric: Metric::P95 }
    }

    /// A verdict of a commit: what it calls worse, and what it no longer does.
    fn verdict(commit: &str, worse: &[&str], cleared: &[&str]) -> PastVerdict {
        PastVerdict {
            fresh: String::new(),
            session: None,
            commit: Some(commit.to_owned()),
            time: None,
            judged: 3,
            worse: worse.iter().map(|id| CalledWorse { of: of(id), change: 0.1 }).collect(),
            cleared: cleared.iter().map(|id| of(id)).collect(),
            accepted: None,
        }
    }

    fn accepted(commit: &str, worse: &[&str]) -> PastVerdict {
        PastVerdict { accepted: Some("more fields".to_owned()), ..verdict(commit, worse, &[]) }
    }

    fn became(history: &[PastVerdict]) -> Vec<Became> {
        let hindsight = looked_back(history, &BTreeSet::from(["bad".to_owned()]));
        hindsight.alarms.into_iter().map(|alarm| alarm.became).collect()
    }

    #[test]
    fn an_alarm_ends_by_what_came_after_it() {
        let none = |commit: &str| verdict(commit, &[], &[]);
        let a = |commit: &str| verdict(commit, &["a"], &[]);
        let clear = |commit: &str| verdict(commit, &[], &["a"]);
        for (history, expected) in [
            (vec![none("1"), a("2")], Became::Open),
            (vec![a("2"), none("3")], Became::Open),
            (vec![a("2"), a("3")], Became::Lasts),
            (vec![a("2"), clear("2")], Became::NotAgain),
            (vec![a("2"), clear("3")], Became::GoneAtNext),
            (vec![a("2"), a("3"), clear("4")], Became::Mended),
            (vec![a("2"), accepted("3", &["a"])], Became::Accepted("more fields".to_owned())),
            (vec![accepted("3", &["a"])], Became::Accepted("more fields".to_owned())),
            (vec![a("bad"), clear("3")], Became::Reverted),
            (vec![a("bad"), accepted("3", &["a"])], Became::Accepted("more fields".to_owned())),
            // Another row was accepted.
            (vec![a("2"), accepted("3", &["b"]), clear("4")], Became::GoneAtNext),
        ] {
            assert_eq!(became(&history)[0], expected, "{history:?}");
        }
    }

    #[test]
    fn a_row_can_be_called_worse_again() {
        let history =
            [verdict("1", &["a"], &[]), verdict("2", &[], &["a"]), verdict("3", &["a"], &[])];
        assert_eq!(became(&history), [Became::GoneAtNext, Became::Open]);
    }

    #[test]
    fn a_check_counts_once_and_by_the_best_of_its_alarms() {
        let history = [
            verdict("1", &["a", "b"], &[]),
            verdict("1", &["a"], &["b"]),
            verdict("2", &["c"], &["a"]),
            verdict("2", &[], &["c"]),
            verdict("3", &[], &[]),
        ];
        let hindsight = looked_back(&history, &BTreeSet::new());
        assert_eq!(hindsight.alarms.len(), 3);
        let counts = [
            hindsight.checks,
            hindsight.real,
            hindsight.open,
            hindsight.unexplained,
            hindsight.not_real,
        ];
        assert_eq!(counts, [5, 1, 0, 0, 1]);
        assert_eq!(looked_back(&[], &BTreeSet::new()), Hindsight::default());
    }
}
