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
mod tests;
