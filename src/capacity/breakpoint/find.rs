//! From a timeline to its breaking point.

use std::ops::Range;

use super::bottleneck::{self, Bottleneck, Resource};
use super::evidence::{self, Evidence, QueryTime};
use super::generator::{self, Generator};
use super::interval;
use super::limits::{self, Kind, Limit, Looked};
use super::question::Question;
use crate::capacity::Estimate;
use crate::capacity::kneedle::knee;
use crate::capacity::windows::{self, LowLoad, Second};
use crate::measure::captured::Captured;
use crate::measure::timeline::Timeline;

/// What a ramp shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Breakpoint {
    /// Every second, with what was offered and achieved.
    pub seconds: Vec<Second>,
    /// Which of them are the ramp.
    pub ramp: Range<usize>,
    /// Requests of an iteration; `None` where iterations are not known.
    pub requests_per_iteration: Option<f64>,
    /// What the service was like at low load.
    pub low: Option<LowLoad>,
    /// What was found, in the order of [`Kind::ALL`].
    pub looked: Vec<Looked>,
    /// The heaviest load of the ramp.
    pub end: End,
    /// A second opinion: where achieved against offered bends most.
    pub knee: Option<Knee>,
    /// What the load generator could do.
    pub generator: Generator,
    /// What was captured beside the load.
    pub evidence: Option<Evidence>,
    /// Which queries took how much, over the whole test.
    pub queries: Vec<QueryTime>,
    /// What stopped the service.
    pub bottleneck: Bottleneck,
    /// What should be known about the answer.
    pub remarks: Vec<Remark>,
}

/// The last seconds of a ramp, as many as confirm a limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct End {
    /// The end of the last one, in seconds from the start of the earliest request.
    pub at_s: f64,
    /// The most requests a second that were offered in one of them.
    pub offered_per_s: Option<f64>,
    /// Requests a second that ended.
    pub achieved: Estimate,
}

/// Where a curve bends most.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Knee {
    /// Requests a second that were offered.
    pub offered_per_s: f64,
    /// Requests a second that ended.
    pub achieved_per_s: f64,
}

/// What should be known about an answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Remark {
    /// The load hardly grew: from so much to so much, a second.
    NoRamp {
        /// The least.
        from_per_s: f64,
        /// The most.
        to_per_s: f64,
    },
    /// Latency grew while nothing was dropped: requests waited, and files tell what was offered only by
    /// what ended or was dropped.
    Waiting {
        /// Median latency at low load, in ms.
        from_ms: f64,
        /// Median latency at the end of the ramp, in ms.
        to_ms: f64,
    },
}

/// A ramp that is too short to tell anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooShort {
    /// Its seconds.
    pub seconds: usize,
    /// As many as it takes.
    pub needed: usize,
}

/// A load that grows by less than this factor is no ramp.
const GROWS: f64 = 1.2;

/// Requests wait where the median latency grew by this factor, and by so many ms.
const WAITS: (f64, f64) = (3.0, 10.0);

impl Breakpoint {
    /// The limit of a kind, if it was reached.
    #[must_use]
    pub fn limit(&self, kind: Kind) -> Option<&Limit> {
        let looked = self.looked.iter().find(|looked| looked.kind == kind)?;
        looked.found.as_ref().ok()
    }

    /// Median latencies at low load and at the end of the ramp, in ms, where requests waited and nobody
    /// knows what was offered: then no limit that was found is no sign that there is none.
    #[must_use]
    pub fn waited(&self) -> Option<(f64, f64)> {
        self.remarks.iter().find_map(|remark| match *remark {
            Remark::Waiting { from_ms, to_ms } => Some((from_ms, to_ms)),
            Remark::NoRamp { .. } => None,
        })
    }

    /// The limit that was reached first.
    #[must_use]
    pub fn first(&self) -> Option<(Kind, &Limit)> {
        let found = self.looked.iter().filter_map(|l| Some((l.kind, l.found.as_ref().ok()?)));
        found.min_by(|a, b| a.1.at_s.total_cmp(&b.1.at_s))
    }

    /// The seconds of the ramp.
    #[must_use]
    pub fn ramp_seconds(&self) -> &[Second] {
        self.seconds.get(self.ramp.clone()).unwrap_or_default()
    }
}

/// Looks for the breaking point of a ramp.
///
/// # Errors
/// The ramp has fewer seconds than twice those that confirm a limit.
pub fn find(timeline: &Timeline, question: &Question<'_>) -> Result<Breakpoint, TooShort> {
    let requests_per_iteration = windows::requests_per_iteration(timeline);
    let low = windows::low_load(timeline, requests_per_iteration);
    let seconds = windows::seconds(timeline, question.offered, requests_per_iteration, low);
    let range = windows::ramp(&seconds);
    let needed = 2 * question.sustained.max(1);
    if range.len() < needed {
        return Err(TooShort { seconds: range.len(), needed });
    }
    let ramp = seconds.get(range.clone()).unwrap_or_default();
    let look = |generator: &Generator| -> Vec<Looked> {
        let is_its = |achieved| generator.is_the_limit(achieved);
        Kind::ALL.iter().map(|kind| limits::look(*kind, ramp, question, is_its)).collect()
    };
    // When the first limit was reached does not depend on whose limit it was.
    let mut generator = generator::of(&seconds, low, false);
    let onset = onset(&look(&generator), &range);
    let evidence = question.captured.map(|captured| beside(captured, timeline, &range, onset));
    let full = evidence.as_ref().map(|evidence| bottleneck::full(&evidence.high));
    generator.is_saturated =
        full.as_ref().is_some_and(|full| full.contains(&Resource::GeneratorCpu));
    let mut looked = look(&generator);
    let remarks = remarks(ramp, question, low, &looked);
    if remarks.iter().any(|remark| matches!(remark, Remark::Waiting { .. })) {
        looked.iter_mut().for_each(limits::cannot_tell_behind);
    }
    let end = end(ramp, question.sustained);
    let knee = second_opinion(ramp, question.sustained.max(1));
    Ok(Breakpoint {
        bottleneck: named(evidence.as_ref(), full),
        ramp: range,
        requests_per_iteration,
        low,
        looked,
        end,
        knee,
        generator,
        evidence,
        queries: question.queries.to_vec(),
        remarks,
        seconds,
    })
}

/// The second in which the first limit was reached; without any, two thirds into the ramp.
fn onset(looked: &[Looked], ramp: &Range<usize>) -> usize {
    let reached = looked.iter().filter_map(|l| l.found.ok()).map(|limit| limit.at_s as usize);
    reached.min().unwrap_or(ramp.start + ramp.len() * 2 / 3)
}

/// What was captured at low load, and from the first limit to the end of the ramp.
fn beside(captured: &Captured, timeline: &Timeline, ramp: &Range<usize>, onset: usize) -> Evidence {
    let at = |second: usize| {
        let ns = i64::try_from(second).unwrap_or(i64::MAX).saturating_mul(1_000_000_000);
        timeline.start_ns.saturating_add(ns)
    };
    // A stretch of three samples at least, for rates.
    let low = (ramp.start + ramp.len() / 5).max(ramp.start + 3);
    Evidence {
        low: evidence::span(captured, at(ramp.start), at(low.min(ramp.end))),
        high: evidence::span(captured, at(onset), at(ramp.end)),
    }
}

fn named(evidence: Option<&Evidence>, full: Option<Vec<Resource>>) -> Bottleneck {
    match (evidence, full) {
        (Some(evidence), _) if evidence.high.is_empty() => Bottleneck::OtherTime,
        (_, Some(full)) if full.is_empty() => Bottleneck::NothingFull,
        (_, Some(full)) => Bottleneck::Full(full),
        (_, None) => Bottleneck::NotCaptured,
    }
}

fn end(ramp: &[Second], sustained: usize) -> End {
    let last = ramp.get(ramp.len().saturating_sub(sustained.max(1))..).unwrap_or_default();
    let achieved: Vec<f64> = last.iter().map(Second::achieved_per_s).collect();
    let none = Estimate { value: 0.0, interval: None };
    End {
        at_s: last.last().map_or(0.0, |second| second.at_s + 1.0),
        offered_per_s: last.iter().filter_map(|s| s.offered_per_s).reduce(f64::max),
        achieved: interval::mean(&achieved).unwrap_or(none),
    }
}

/// Kneedle over means of a few seconds each, in the order of what was offered.
fn second_opinion(ramp: &[Second], sustained: usize) -> Option<Knee> {
    let mut points: Vec<Knee> = ramp
        .chunks_exact(sustained)
        .filter_map(|seconds| {
            let n = seconds.len() as f64;
            let offered: Option<f64> = seconds.iter().map(|s| s.offered_per_s).sum();
            let achieved: f64 = seconds.iter().map(Second::achieved_per_s).sum();
            Some(Knee { offered_per_s: offered? / n, achieved_per_s: achieved / n })
        })
        .collect();
    points.sort_by(|a, b| a.offered_per_s.total_cmp(&b.offered_per_s));
    let offered: Vec<f64> = points.iter().map(|point| point.offered_per_s).collect();
    let achieved: Vec<f64> = points.iter().map(|point| point.achieved_per_s).collect();
    knee(&offered, &achieved, 1.0).and_then(|at| points.get(at).copied())
}

fn remarks(
    ramp: &[Second],
    question: &Question<'_>,
    low: Option<LowLoad>,
    looked: &[Looked],
) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let offered: Vec<f64> = ramp.iter().filter_map(|second| second.offered_per_s).collect();
    let third = offered.len() / 3;
    let mean = |rates: &[f64]| rates.iter().sum::<f64>() / rates.len() as f64;
    if let (Some(first), Some(last)) = (offered.get(..third), offered.get(offered.len() - third..))
        && third > 0
        && mean(last) < GROWS * mean(first)
    {
        remarks.push(Remark::NoRamp { from_per_s: mean(first), to_per_s: mean(last) });
    }
    let kept_up = looked.iter().all(|looked| match looked.kind {
        Kind::AchievedBehindOffered | Kind::Drops => looked.found.is_err(),
        Kind::P95OverTarget | Kind::ErrorsOverBudget => true,
    });
    let last = ramp.iter().rev().take(question.sustained.max(1));
    let medians = last.filter_map(|second| second.window.latency).map(|latency| latency.p50);
    if kept_up
        && question.offered.is_none()
        && let (Some(low), Some(to_ms)) = (low, medians.reduce(f64::min))
        && to_ms > WAITS.0 * low.latency_ms
        && to_ms > low.latency_ms + WAITS.1
    {
        remarks.push(Remark::Waiting { from_ms: low.latency_ms, to_ms });
    }
    remarks
}

#[cfg(test)]
mod tests {
    use super::super::limits::Absence;
    use super::*;
    use crate::capacity::schedule::{Schedule, Stage};
    use crate::measure::timeline::{Iterations, Latency, Window};

    /// 20, 30, … a second of a service that carries 60, for which users without end wait.
    fn waiting(median_ms: impl Fn(u64) -> f64) -> Timeline {
        let window = |second: u64| {
            let (requests, ms) = ((20 + 10 * second).min(60), median_ms(second));
            Window {
                requests,
                latency: Some(Latency { mean: ms, p50: ms, p95: ms, p99: ms }),
                iterations: Some(Iterations { completed: requests, dropped: 0 }),
                ..Window::default()
            }
        };
        let windows = (0..13).map(window).collect();
        Timeline { paths: Vec::new(), start_ns: 0, only: None, windows, problems: Vec::new() }
    }

    fn behind(found: &Breakpoint) -> Result<Limit, Absence> {
        found.looked.iter().find(|l| l.kind == Kind::AchievedBehindOffered).unwrap().found
    }

    #[test]
    fn that_requests_waited_is_no_all_clear() {
        let slower = waiting(|second| if second < 4 { 50.0 } else { 300.0 * second as f64 });
        let unknown = find(&slower, &Question::default()).unwrap();
        assert_eq!(behind(&unknown), Err(Absence::NotKnown));
        assert_eq!(unknown.waited(), Some((50.0, 2700.0)));

        let steady = find(&waiting(|_| 50.0), &Question::default()).unwrap();
        assert_eq!(behind(&steady), Err(Absence::NotReached));
        assert_eq!(steady.waited(), None);

        let stage = Stage { target_per_s: 150.0, seconds: 13.0 };
        let schedule = Schedule::new(15.0, vec![stage]).unwrap();
        let asked = Question { offered: Some(&schedule), ..Question::default() };
        let known = find(&slower, &asked).unwrap();
        let limit = behind(&known).unwrap();
        assert!((limit.achieved.value - 60.0).abs() < 1e-12, "{limit:?}");
        assert!((60.0..=80.0).contains(&limit.offered_per_s.unwrap()), "{limit:?}");
        assert_eq!(known.waited(), None);
    }
}
