//! What became of what was called worse: verdicts that were recorded, held against later ones.

use std::collections::{BTreeMap, BTreeSet};

use super::{CalledWorse, OfRow, PastVerdict};

/// What became of an alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Became {
    /// A refresh took it in, for a reason that people gave.
    Accepted(String),
    /// Version control says that the commit that began it was reverted.
    Reverted,
    /// It was seen again, and a later commit no longer shows it.
    Mended,
    /// It was seen again, the last time by the newest verdict.
    Lasts,
    /// The only commit that showed it was not worse when it was measured again.
    NotAgain,
    /// The next verdict on the row is of another commit, and does not call it worse: either that commit
    /// mended it, or there never was anything.
    GoneAtNext,
    /// What was measured since says nothing certain of it.
    Undecided,
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
            Self::Open | Self::Undecided => Class::Open,
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

/// Follows every alarm through the verdicts that came after it, oldest first; in the order in which they
/// began. `reverted` are commits of which version control says that they were.
#[must_use]
pub fn looked_back(history: &[PastVerdict], reverted: &BTreeSet<String>) -> Vec<Alarm> {
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
        let newest = alarm.seen.last().is_some_and(|place| place + 1 == history.len());
        let became = match (alarm.seen.len() > 1, newest) {
            (true, true) => Became::Lasts,
            (false, true) => Became::Open,
            (_, false) => Became::Undecided,
        };
        Alarm { became, ..alarm }
    }));
    for alarm in &mut ended {
        // What people accepted stays accepted, what was not there again was not reverted, and what is still
        // there was not undone.
        let told = matches!(alarm.became, Became::Accepted(_) | Became::NotAgain | Became::Lasts);
        let began = &history[alarm.seen[0]];
        if !told && began.commit.as_ref().is_some_and(|commit| reverted.contains(commit)) {
            alarm.became = Became::Reverted;
        }
    }
    ended.sort_by(|a, b| (a.seen.first(), &a.of).cmp(&(b.seen.first(), &b.of)));
    ended
}

/// What the last verdict that says anything of a row called worse, and nobody accepted.
#[must_use]
pub fn still_worse(history: &[PastVerdict]) -> Vec<OfRow> {
    let alarms = looked_back(history, &BTreeSet::new()).into_iter();
    let goes_on =
        |alarm: &Alarm| matches!(alarm.became, Became::Open | Became::Undecided | Became::Lasts);
    alarms.filter(goes_on).map(|alarm| alarm.of).collect()
}

/// What a verdict that ended an alarm says about it.
fn end(history: &[PastVerdict], alarm: &Alarm, by: &PastVerdict) -> Became {
    if let Some(reason) =
        by.accepted.as_ref().filter(|_| by.worse.iter().any(|w| w.of.is_same(&alarm.of)))
    {
        return Became::Accepted(reason.clone());
    }
    let same_commit =
        by.commit.is_some() && alarm.seen.iter().all(|place| history[*place].commit == by.commit);
    match (same_commit, alarm.seen.len()) {
        (true, _) => Became::NotAgain,
        (false, 1) => Became::GoneAtNext,
        (false, _) => Became::Mended,
    }
}

/// Checks by what became of the alarms that they show. A check of several suites is one check.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hindsight {
    /// Checks; refreshes are none.
    pub checks: u64,
    /// Those with an alarm, by the best that any of their alarms counts for.
    pub real: u64,
    /// See [`Self::real`].
    pub open: u64,
    /// See [`Self::real`].
    pub unexplained: u64,
    /// See [`Self::real`].
    pub not_real: u64,
}

impl Hindsight {
    /// Counts the checks of all suites: verdicts, and the alarms of [`looked_back`]. A check was right where
    /// any of its alarms was.
    #[must_use]
    pub fn of(suites: &[(&[PastVerdict], &[Alarm])]) -> Self {
        let mut checks: BTreeMap<&str, Option<Class>> = BTreeMap::new();
        for (history, alarms) in suites {
            for (place, verdict) in history.iter().enumerate() {
                let Some(check) = &verdict.check else { continue };
                let shown = alarms.iter().filter(|alarm| alarm.seen.contains(&place));
                let class = shown.map(|alarm| alarm.became.class()).min();
                let known = checks.entry(check).or_default();
                *known = known.iter().chain(&class).min().copied();
            }
        }
        let mut sums = Self { checks: checks.len() as u64, ..Self::default() };
        for class in checks.into_values().flatten() {
            match class {
                Class::Real => sums.real += 1,
                Class::Open => sums.open += 1,
                Class::Unexplained => sums.unexplained += 1,
                Class::False => sums.not_real += 1,
            }
        }
        sums
    }

    /// Checks with an alarm.
    #[must_use]
    pub fn alarmed(self) -> u64 {
        self.real + self.open + self.unexplained + self.not_real
    }
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
            check: Some(commit.to_owned()),
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
        let alarms = looked_back(history, &BTreeSet::from(["bad".to_owned()]));
        alarms.into_iter().map(|alarm| alarm.became).collect()
    }

    #[test]
    fn an_alarm_ends_by_what_came_after_it() {
        let none = |commit: &str| verdict(commit, &[], &[]);
        let a = |commit: &str| verdict(commit, &["a"], &[]);
        let clear = |commit: &str| verdict(commit, &[], &["a"]);
        for (history, expected) in [
            (vec![none("1"), a("2")], Became::Open),
            (vec![a("2"), none("3")], Became::Undecided),
            (vec![a("2"), a("3"), none("4")], Became::Undecided),
            (vec![a("2"), a("3")], Became::Lasts),
            (vec![a("2"), clear("2")], Became::NotAgain),
            (vec![a("2"), clear("3")], Became::GoneAtNext),
            (vec![a("2"), a("3"), clear("4")], Became::Mended),
            (vec![a("2"), accepted("3", &["a"])], Became::Accepted("more fields".to_owned())),
            (vec![accepted("3", &["a"])], Became::Accepted("more fields".to_owned())),
            (vec![a("bad"), clear("3")], Became::Reverted),
            (vec![a("2"), a("bad"), clear("3")], Became::Mended),
            (vec![a("bad"), clear("bad")], Became::NotAgain),
            (vec![a("1"), a("2"), clear("2")], Became::Mended),
            (vec![a("bad"), a("3")], Became::Lasts),
            (vec![a("bad"), accepted("3", &["a"])], Became::Accepted("more fields".to_owned())),
            // Another row was accepted.
            (vec![a("2"), accepted("3", &["b"]), clear("4")], Became::GoneAtNext),
        ] {
            assert_eq!(became(&history)[0], expected, "{history:?}");
        }
    }

    #[test]
    fn the_last_verdict_on_a_row_counts() {
        let mut history = vec![
            verdict("1", &["a", "b"], &[]),
            verdict("2", &["b"], &["a"]),
            verdict("3", &[], &[]),
        ];
        assert_eq!(still_worse(&history), [of("b")]);
        history.push(accepted("4", &["b"]));
        assert_eq!(still_worse(&history), []);
    }

    #[test]
    fn a_row_can_be_called_worse_again() {
        let history =
            [verdict("1", &["a"], &[]), verdict("2", &[], &["a"]), verdict("3", &["a"], &[])];
        assert_eq!(became(&history), [Became::GoneAtNext, Became::Open]);
    }

    /// The verdicts of so many checks, in this order.
    fn numbered(verdicts: Vec<PastVerdict>) -> Vec<PastVerdict> {
        let number = |(place, verdict): (usize, PastVerdict)| PastVerdict {
            check: Some(place.to_string()),
            ..verdict
        };
        verdicts.into_iter().enumerate().map(number).collect()
    }

    fn sums(history: &[PastVerdict]) -> Hindsight {
        Hindsight::of(&[(history, &looked_back(history, &BTreeSet::new()))])
    }

    #[test]
    fn a_check_counts_once_and_by_the_best_of_its_alarms() {
        let history = numbered(vec![
            verdict("1", &["a", "b"], &[]),
            verdict("1", &["a"], &["b"]),
            verdict("2", &["c"], &["a"]),
            verdict("2", &[], &["c"]),
            verdict("3", &[], &[]),
        ]);
        let expected = Hindsight { checks: 5, real: 2, not_real: 1, ..Hindsight::default() };
        assert_eq!(sums(&history), expected);
        assert_eq!(Hindsight::of(&[]), Hindsight::default());
    }

    #[test]
    fn every_check_that_shows_what_lasts_was_right() {
        let history = numbered((0..5).map(|n| verdict(&n.to_string(), &["a"], &[])).collect());
        assert_eq!(sums(&history), Hindsight { checks: 5, real: 5, ..Hindsight::default() });
    }

    #[test]
    fn a_check_of_two_suites_is_one_and_a_refresh_is_none() {
        let one = numbered(vec![verdict("1", &["a"], &[]), verdict("1", &[], &["a"])]);
        let refresh = PastVerdict { check: None, ..verdict("1", &["b"], &[]) };
        let mut other = numbered(vec![verdict("1", &[], &[]), verdict("1", &[], &[])]);
        other.push(refresh);
        let alarms = [&one[..], &other].map(|history| looked_back(history, &BTreeSet::new()));
        let sums = Hindsight::of(&[(&one, &alarms[0]), (&other, &alarms[1])]);
        assert_eq!(sums, Hindsight { checks: 2, not_real: 1, ..Hindsight::default() });
    }
}
