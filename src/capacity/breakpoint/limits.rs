//! The four limits, each looked for on its own.

use std::ops::Range;

use super::interval;
use super::question::{Part, Question};
use crate::capacity::Estimate;
use crate::capacity::windows::Second;
use crate::measure::timeline::Window;

/// What kind of limit is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Less is achieved than offered.
    AchievedBehindOffered,
    /// Iterations are dropped, because no user is free to start them.
    Drops,
    /// p95 is above its target.
    P95OverTarget,
    /// More requests fail than the budget allows.
    ErrorsOverBudget,
}

/// A limit that was reached.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limit {
    /// The start of the first of the seconds that confirm it, from the start of the earliest request.
    pub at_s: f64,
    /// Requests a second that were offered then; `None` where nobody knows.
    pub offered_per_s: Option<f64>,
    /// Between which offered loads it lies: that of the second before, which still kept to the limit,
    /// and the most of those that confirm it.
    pub between_per_s: Option<(f64, f64)>,
    /// Requests a second that ended, from there to the end of the ramp.
    pub achieved: Estimate,
    /// Whose target was left, where requests of several kinds have one: the place in the question's parts.
    pub part: Option<usize>,
    /// The load generator may have been the limit and not the service, which then carries this or more.
    pub at_least: bool,
}

/// Why a limit was not found; of several kinds of requests the last of these tells for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Absence {
    /// There is no target.
    NoTarget,
    /// The ramp ended before it.
    NotReached,
    /// Too few requests a second for a percentile.
    TooFewRequests,
    /// The files do not tell what it takes.
    NotKnown,
    /// The last so many seconds are beyond it: too few to confirm it, or by too little.
    Unconfirmed(usize),
}

/// What was found of one kind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Looked {
    /// The kind.
    pub kind: Kind,
    /// The limit, or why there is none.
    pub found: Result<Limit, Absence>,
}

/// The fewest requests of a second whose p95 is believed: below, it is the largest of them.
const FEWEST: u64 = 20;

impl Kind {
    /// All kinds, in the order of reports.
    pub const ALL: [Self; 4] =
        [Self::AchievedBehindOffered, Self::Drops, Self::P95OverTarget, Self::ErrorsOverBudget];

    /// The name in reports for programs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AchievedBehindOffered => "achieved-behind-offered",
            Self::Drops => "drops",
            Self::P95OverTarget => "p95-over-target",
            Self::ErrorsOverBudget => "errors-over-budget",
        }
    }
}

/// Looks for a limit in the seconds of a ramp. `is_the_generators` says of an achieved rate whether the
/// load generator could do no more.
pub(super) fn look(
    kind: Kind,
    ramp: &[Second],
    question: &Question<'_>,
    is_the_generators: impl Fn(f64) -> bool,
) -> Looked {
    let found = earliest(kind, ramp, question).map(|(confirmed, part)| {
        let achieved: Vec<f64> =
            ramp.iter().skip(confirmed.start).map(Second::achieved_per_s).collect();
        let none = Estimate { value: 0.0, interval: None };
        let achieved = interval::mean(&achieved).unwrap_or(none);
        let second = ramp.get(confirmed.start);
        Limit {
            at_s: second.map_or(0.0, |second| second.at_s),
            offered_per_s: second.and_then(|second| second.offered_per_s),
            between_per_s: between(ramp, &confirmed),
            achieved,
            part,
            at_least: is_the_generators(achieved.value),
        }
    });
    Looked { kind, found }
}

/// Where requests waited and nothing was dropped, what ended is not what was offered: that it kept up is
/// not known then.
pub(super) fn cannot_tell_behind(looked: &mut Looked) {
    if looked.kind == Kind::AchievedBehindOffered && looked.found == Err(Absence::NotReached) {
        looked.found = Err(Absence::NotKnown);
    }
}

/// What a limit is looked for in, and the target that it has there.
struct Watched<'a> {
    part: Option<usize>,
    target: f64,
    windows: Vec<Option<&'a Window>>,
}

/// The whole, and every kind of requests with a target of its own.
fn watched<'a>(kind: Kind, ramp: &'a [Second], question: &Question<'a>) -> Vec<Watched<'a>> {
    let target = |p95_ms: Option<f64>, errors: Option<f64>| match kind {
        // Neither needs a target.
        Kind::AchievedBehindOffered | Kind::Drops => Some(0.0),
        Kind::P95OverTarget => p95_ms,
        Kind::ErrorsOverBudget => errors,
    };
    let whole = target(question.p95_ms, question.errors).map(|target| Watched {
        part: None,
        target,
        windows: ramp.iter().map(|second| Some(&second.window)).collect(),
    });
    if matches!(kind, Kind::AchievedBehindOffered | Kind::Drops) {
        return whole.into_iter().collect();
    }
    let parts = question.parts.iter().enumerate().filter_map(|(place, part): (usize, &'a Part)| {
        let windows = ramp.iter().map(|second| part.windows.get(second.at_s as usize)?.as_ref());
        Some(Watched {
            part: Some(place),
            target: target(part.p95_ms, part.errors)?,
            windows: windows.collect(),
        })
    });
    whole.into_iter().chain(parts).collect()
}

/// The seconds that confirm the limit first, and whose target that is.
fn earliest(
    kind: Kind,
    ramp: &[Second],
    question: &Question<'_>,
) -> Result<(Range<usize>, Option<usize>), Absence> {
    let mut found: Option<(Range<usize>, Option<usize>)> = None;
    let mut absent = Absence::NoTarget;
    for watched in watched(kind, ramp, question) {
        match first(kind, ramp, question, &watched) {
            Ok(confirmed) if found.as_ref().is_none_or(|(at, _)| confirmed.start < at.start) => {
                found = Some((confirmed, watched.part));
            }
            Ok(_) => {}
            Err(why) => absent = absent.max(why),
        }
    }
    found.ok_or(absent)
}

/// The seconds that confirm the limit.
fn first(
    kind: Kind,
    ramp: &[Second],
    question: &Question<'_>,
    watched: &Watched<'_>,
) -> Result<Range<usize>, Absence> {
    let seconds = ramp.iter().zip(&watched.windows);
    let beyond: Vec<Option<bool>> = seconds
        .map(|(second, window)| is_beyond(kind, second, (*window)?, watched.target, question))
        .collect();
    let sustained = question.sustained.max(1);
    let confirms = |at: &usize| {
        let all = beyond.iter().skip(*at).take(sustained);
        all.filter(|beyond| **beyond == Some(true)).count() == sustained
            && (kind != Kind::AchievedBehindOffered || is_behind(ramp, *at, sustained))
    };
    if let Some(at) = (0..beyond.len()).find(confirms) {
        return Ok(at..at + sustained);
    }
    if 2 * beyond.iter().filter(|beyond| beyond.is_none()).count() > beyond.len() {
        let timed = watched.windows.iter().flatten().any(|window| window.latency.is_some());
        return Err(match kind {
            Kind::P95OverTarget if timed => Absence::TooFewRequests,
            _ => Absence::NotKnown,
        });
    }
    match beyond.iter().rev().take_while(|beyond| **beyond == Some(true)).count() {
        0 => Err(Absence::NotReached),
        seconds => Err(Absence::Unconfirmed(seconds)),
    }
}

/// Whether a second is beyond the limit; `None` where it cannot tell.
fn is_beyond(
    kind: Kind,
    second: &Second,
    window: &Window,
    target: f64,
    question: &Question<'_>,
) -> Option<bool> {
    match kind {
        Kind::AchievedBehindOffered => {
            let offered = second.offered_per_s?;
            Some(second.achieved_per_s() < offered * (1.0 - question.behind))
        }
        Kind::Drops => Some(second.dropped()? > 0),
        Kind::P95OverTarget => {
            let latency = window.latency?;
            (window.requests >= FEWEST).then_some(latency.p95 > target)
        }
        Kind::ErrorsOverBudget => {
            let failed = window.failed?;
            (window.requests > 0).then(|| failed as f64 / window.requests as f64 > target)
        }
    }
}

/// Whether some seconds together are behind by more than a count wavers: by more than the square root
/// of what was offered. Few requests a second are behind by chance now and then.
fn is_behind(ramp: &[Second], at: usize, sustained: usize) -> bool {
    let seconds = || ramp.iter().skip(at).take(sustained);
    let offered: f64 = seconds().filter_map(|second| second.offered_per_s).sum();
    let achieved: f64 = seconds().map(Second::achieved_per_s).sum();
    offered - achieved > offered.sqrt()
}

fn between(ramp: &[Second], confirmed: &Range<usize>) -> Option<(f64, f64)> {
    let here = ramp.get(confirmed.start)?.offered_per_s?;
    let before = match confirmed.start.checked_sub(1) {
        Some(before) => ramp.get(before)?.offered_per_s?,
        // The least load of all was too much already.
        None => 0.0,
    };
    let confirming = ramp.get(confirmed.clone())?.iter().filter_map(|s| s.offered_per_s);
    Some((before.min(here), confirming.fold(here, f64::max)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::timeline::{Iterations, Latency, Timeline};

    fn second(at: usize, offered: f64, requests: u64, dropped: u64, p95: f64) -> Second {
        let latency = Latency { mean: p95, p50: p95, p95, p99: p95 };
        let window = Window {
            requests,
            failed: Some(requests / 20),
            latency: Some(latency),
            iterations: Some(Iterations { completed: requests, dropped }),
            ..Window::default()
        };
        Second { at_s: at as f64, offered_per_s: Some(offered), window }
    }

    /// 10, 20, … a second, of which 50 are achieved at most; from there on p95 is 80 ms.
    fn ramp() -> Vec<Second> {
        let seconds = (1..=10_u64).enumerate();
        seconds
            .map(|(at, tens)| {
                let (offered, dropped) = (10.0 * tens as f64, (10 * tens).saturating_sub(50));
                second(at, offered, 10 * tens.min(5), dropped, if tens > 5 { 80.0 } else { 8.0 })
            })
            .collect()
    }

    fn asked() -> Question<'static> {
        Question { p95_ms: Some(50.0), errors: Some(0.06), ..Question::default() }
    }

    fn found(kind: Kind, ramp: &[Second]) -> Result<Limit, Absence> {
        look(kind, ramp, &asked(), |_| false).found
    }

    #[test]
    fn a_limit_begins_with_the_first_second_that_is_followed_by_others() {
        for kind in [Kind::AchievedBehindOffered, Kind::Drops, Kind::P95OverTarget] {
            let limit = found(kind, &ramp()).unwrap();
            assert_eq!((limit.at_s, limit.offered_per_s), (5.0, Some(60.0)), "{kind:?}");
            assert_eq!(limit.between_per_s, Some((50.0, 80.0)));
            assert!((limit.achieved.value - 50.0).abs() < 1e-12);
        }
        assert_eq!(found(Kind::ErrorsOverBudget, &ramp()), Err(Absence::NotReached));
        let mut odd = ramp();
        // One bad second in between is none.
        odd[2].window.iterations = Some(Iterations { completed: 30, dropped: 9 });
        assert_eq!(found(Kind::Drops, &odd).map(|limit| limit.at_s), Ok(5.0));
    }

    /// Reads are fast and many; what is slow among them does not move their p95, and has a target too.
    #[test]
    fn the_requests_of_one_kind_leave_their_own_target_before_the_whole_does() {
        let ramp = ramp();
        let slow = |from: usize| -> Vec<Option<Window>> {
            let window = |at: usize| {
                let ms = if at >= from { 300.0 } else { 9.0 };
                Window { requests: 30, ..second(at, 30.0, 30, 0, ms).window }
            };
            (0..10).map(|at| Some(window(at))).collect()
        };
        let part = |value: &str, p95_ms, errors, windows| Part {
            of: ("category".to_owned(), value.to_owned()),
            p95_ms,
            errors,
            windows,
        };
        let parts = [
            part("read", Some(500.0), None, slow(2)),
            part("complex", Some(200.0), Some(0.02), slow(3)),
        ];
        let asked = Question { p95_ms: None, errors: None, parts: &parts, ..asked() };
        let looked = |kind, asked: &Question<'_>| look(kind, &ramp, asked, |_| false).found;
        let limit = looked(Kind::P95OverTarget, &asked).unwrap();
        // The load is that of the whole: 40 are offered in second 3.
        assert_eq!((limit.at_s, limit.part, limit.offered_per_s), (3.0, Some(1), Some(40.0)));
        // One of thirty failed, and the whole has no budget.
        let errors = looked(Kind::ErrorsOverBudget, &asked).unwrap();
        assert_eq!((errors.at_s, errors.part), (0.0, Some(1)));
        // The whole leaves its target first.
        let both = Question { p95_ms: Some(5.0), ..asked };
        assert_eq!(looked(Kind::P95OverTarget, &both).map(|l| (l.at_s, l.part)), Ok((1.0, None)));
        // Of a kind that has too few requests nothing is known, and that is no all-clear for the others.
        let few = vec![Some(Window { requests: 3, ..slow(0)[0].unwrap() }); 10];
        let parts = [parts[0].clone(), part("complex", Some(200.0), None, few)];
        let asked = Question { parts: &parts, ..asked };
        assert_eq!(looked(Kind::P95OverTarget, &asked), Err(Absence::TooFewRequests));
    }

    #[test]
    fn a_part_that_begins_later_keeps_its_place() {
        let window = |requests| Window { requests, ..Window::default() };
        let timeline = |start_ns, windows| Timeline {
            paths: Vec::new(),
            start_ns,
            only: None,
            windows,
            problems: Vec::new(),
        };
        let whole = timeline(5_000_000_000, vec![window(9); 4]);
        let part = timeline(6_300_000_000, vec![window(1), window(2), window(3)]);
        let placed: Vec<_> =
            Part::aligned(&whole, &part).iter().map(|w| w.map(|w| w.requests)).collect();
        assert_eq!(placed, [None, Some(1), Some(2), Some(3)]);
        // 1.7 s late: more than half of its first second lies in the third.
        let later = timeline(6_700_000_000, vec![window(1), window(2), window(3)]);
        let placed: Vec<_> =
            Part::aligned(&whole, &later).iter().map(|w| w.map(|w| w.requests)).collect();
        assert_eq!(placed, [None, None, Some(1), Some(2)]);
    }

    #[test]
    fn a_limit_at_the_very_end_is_not_confirmed() {
        assert_eq!(found(Kind::Drops, &ramp()[..7]), Err(Absence::Unconfirmed(2)));
        assert_eq!(found(Kind::Drops, &ramp()[..5]), Err(Absence::NotReached));
        assert_eq!(found(Kind::Drops, &ramp()[..8]).map(|limit| limit.at_s), Ok(5.0));
    }

    #[test]
    fn a_few_requests_are_not_behind_because_one_is_late() {
        // 4 of 5, three times: 3 behind, and a count of 15 wavers by 3.9.
        let late: Vec<Second> = (0..6).map(|at| second(at, 5.0, 4, 0, 8.0)).collect();
        assert_eq!(found(Kind::AchievedBehindOffered, &late), Err(Absence::Unconfirmed(6)));
        let behind: Vec<Second> = (0..6).map(|at| second(at, 100.0, 80, 0, 8.0)).collect();
        let limit = found(Kind::AchievedBehindOffered, &behind).unwrap();
        assert_eq!((limit.at_s, limit.between_per_s), (0.0, Some((0.0, 100.0))));
    }

    #[test]
    fn what_is_not_known_is_no_limit_and_no_all_clear() {
        let none = Question::default();
        let absent = |kind| look(kind, &ramp(), &none, |_| true).found;
        assert_eq!(absent(Kind::P95OverTarget), Err(Absence::NoTarget));
        assert_eq!(absent(Kind::ErrorsOverBudget), Err(Absence::NoTarget));
        let few: Vec<Second> = (0..6).map(|at| second(at, 19.0, 19, 0, 800.0)).collect();
        assert_eq!(found(Kind::P95OverTarget, &few), Err(Absence::TooFewRequests));
        let mut blind = ramp();
        for second in &mut blind {
            second.offered_per_s = None;
            second.window = Window { requests: 50, ..Window::default() };
        }
        for kind in Kind::ALL {
            assert_eq!(found(kind, &blind), Err(Absence::NotKnown), "{kind:?}");
        }
        assert_eq!(found(Kind::Drops, &[]), Err(Absence::NotReached));
    }

    #[test]
    fn the_generator_is_asked_about_what_was_achieved() {
        let at_least =
            |rate: f64| look(Kind::Drops, &ramp(), &asked(), move |achieved| achieved < rate);
        assert!(at_least(51.0).found.unwrap().at_least);
        assert!(!at_least(49.0).found.unwrap().at_least);
    }
}
