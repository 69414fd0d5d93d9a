//! The seconds of a ramp: what was offered in each, against what was achieved.

use std::ops::Range;

use super::schedule::Schedule;
use crate::measure::timeline::{Timeline, Window};
use crate::stats::quantile::r7;

/// One second of a load test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Second {
    /// Its start, in seconds from the start of the earliest request.
    pub at_s: f64,
    /// Requests a second that were offered; `None` where nobody knows.
    pub offered_per_s: Option<f64>,
    /// What happened.
    pub window: Window,
}

/// What a load test was like before it was heavy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LowLoad {
    /// Mean latency of a request, in ms.
    pub latency_ms: f64,
    /// How long a request holds a user, in ms: the time of an iteration for each of its requests, think
    /// time included; where the files do not tell, the latency.
    pub held_ms: f64,
}

/// Of so many seconds, at least and at most, low load is told: from the first fifth.
const LOW: (usize, usize) = (3, 10);

/// While this share of the most is offered, the ramp goes on.
const STILL_OFFERED: f64 = 0.9;

impl Second {
    /// Requests a second that ended.
    #[must_use]
    pub fn achieved_per_s(&self) -> f64 {
        self.window.requests as f64
    }

    /// Iterations that were dropped; `None` where nobody knows.
    #[must_use]
    pub fn dropped(&self) -> Option<u64> {
        self.window.iterations.map(|iterations| iterations.dropped)
    }

    /// The share of requests that failed; `None` without requests, or where nobody knows.
    #[must_use]
    pub fn errors(&self) -> Option<f64> {
        let failed = self.window.failed?;
        (self.window.requests > 0).then(|| failed as f64 / self.window.requests as f64)
    }
}

/// Requests for each iteration; `None` where iterations are not known, or none ended.
#[must_use]
pub fn requests_per_iteration(timeline: &Timeline) -> Option<f64> {
    let completed = timeline.windows.iter().map(|w| w.iterations.map(|i| i.completed as f64));
    let iterations = completed.sum::<Option<f64>>().filter(|n| *n > 0.0)?;
    let requests: f64 = timeline.windows.iter().map(|w| w.requests as f64).sum();
    Some(requests / iterations)
}

/// What the first seconds with requests were like: medians of their means, so that one slow start does
/// not count.
#[must_use]
pub fn low_load(timeline: &Timeline, requests_per_iteration: Option<f64>) -> Option<LowLoad> {
    let busy = || timeline.windows.iter().filter(|window| window.latency.is_some());
    let first = (busy().count() / 5).clamp(LOW.0, LOW.1);
    let latencies = busy().take(first).filter_map(|w| w.latency).map(|latency| latency.mean);
    let latency_ms = median(latencies.collect())?;
    let iterations = median(busy().take(first).filter_map(|w| w.iteration_ms).collect());
    let held = iterations.zip(requests_per_iteration).map(|(ms, requests)| ms / requests);
    Some(LowLoad { latency_ms, held_ms: held.unwrap_or(latency_ms) })
}

/// The seconds of a timeline, with what was offered: by the schedule, else iterations that ended or were
/// dropped; both times the requests of an iteration.
///
/// What a schedule offers ends one latency later, so it is compared with what ended then.
#[must_use]
pub fn seconds(
    timeline: &Timeline,
    schedule: Option<&Schedule>,
    requests_per_iteration: Option<f64>,
    low: Option<LowLoad>,
) -> Vec<Second> {
    let late = low.map_or(0.0, |low| low.latency_ms / 1e3);
    let offered = |at_s: f64, window: &Window| match (schedule, window.iterations) {
        (Some(schedule), _) => {
            let arrivals = schedule.arrivals(at_s - late, at_s + 1.0 - late);
            // A file without iterations has one request each, as far as anybody knows.
            Some(arrivals * requests_per_iteration.unwrap_or(1.0))
        }
        (None, Some(iterations)) => {
            let should = iterations.completed.saturating_add(iterations.dropped);
            Some(should as f64 * requests_per_iteration?)
        }
        (None, None) => None,
    };
    let windows = timeline.windows.iter().enumerate();
    windows
        .map(|(at, window)| {
            let at_s = at as f64;
            Second { at_s, offered_per_s: offered(at_s, window), window: *window }
        })
        .collect()
}

/// The seconds in which the load grew, or stayed at its most. What comes after is left out, and so is
/// the last second, which the end of the test cut short.
#[must_use]
pub fn ramp(seconds: &[Second]) -> Range<usize> {
    let whole = seconds.len().saturating_sub(1);
    let offered: Vec<f64> = seconds.iter().filter_map(|s| s.offered_per_s).collect();
    if offered.len() < seconds.len() {
        return 0..whole;
    }
    let most = (0..offered.len()).map(|at| middle(&offered, at)).fold(0.0, f64::max);
    let last = offered.iter().rposition(|rate| *rate >= STILL_OFFERED * most);
    0..last.map_or(0, |last| last + 1).min(whole)
}

/// The median of a value and its neighbours, so that one odd second is not the most.
fn middle(values: &[f64], at: usize) -> f64 {
    let near = values.get(at.saturating_sub(1)..(at + 2).min(values.len())).unwrap_or_default();
    let mut near = near.to_vec();
    near.sort_unstable_by(f64::total_cmp);
    near.get(near.len().saturating_sub(1) / 2).copied().unwrap_or(0.0)
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    (!values.is_empty()).then(|| r7(&values, 0.5))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capacity::schedule::Stage;
    use crate::measure::timeline::{Iterations, Latency};

    fn window(requests: u64, completed: u64, dropped: u64, ms: f64) -> Window {
        Window {
            requests,
            latency: Some(Latency { mean: ms, p50: ms, p95: ms, p99: ms }),
            iterations: Some(Iterations { completed, dropped }),
            iteration_ms: Some(2.0 * ms + 10.0),
            ..Window::default()
        }
    }

    fn timeline(windows: Vec<Window>) -> Timeline {
        Timeline { paths: Vec::new(), start_ns: 0, only: None, windows, problems: Vec::new() }
    }

    #[test]
    fn offered_is_what_ended_and_what_was_dropped_times_the_requests_of_an_iteration() {
        let timeline = timeline(vec![window(20, 10, 0, 5.0), window(24, 12, 3, 9.0)]);
        let each = requests_per_iteration(&timeline);
        assert_eq!(each, Some(2.0));
        let seconds = seconds(&timeline, None, each, None);
        assert_eq!(seconds[1].offered_per_s, Some(30.0));
        assert_eq!((seconds[1].at_s, seconds[1].dropped()), (1.0, Some(3)));
    }

    #[test]
    fn a_user_is_held_by_think_time_too() {
        let windows = vec![window(20, 10, 0, 90.0), window(20, 10, 0, 5.0), window(20, 10, 0, 6.0)];
        let low = low_load(&timeline(windows), Some(2.0)).unwrap();
        assert_eq!(low, LowLoad { latency_ms: 6.0, held_ms: 11.0 });
        let bare = Window { iteration_ms: None, ..window(20, 10, 0, 5.0) };
        let low = low_load(&timeline(vec![bare]), None).unwrap();
        assert_eq!(low, LowLoad { latency_ms: 5.0, held_ms: 5.0 });
        assert_eq!(low_load(&timeline(vec![Window::default()]), None), None);
    }

    #[test]
    fn a_schedule_is_compared_with_what_ends_a_latency_later() {
        let schedule = Schedule::new(100.0, vec![Stage { target_per_s: 100.0, seconds: 3.0 }]);
        let timeline = timeline(vec![Window::default(); 4]);
        let low = LowLoad { latency_ms: 250.0, held_ms: 250.0 };
        let seconds = seconds(&timeline, schedule.as_ref(), None, Some(low));
        let offered: Vec<_> = seconds.iter().filter_map(|s| s.offered_per_s).collect();
        assert_eq!(offered, [75.0, 100.0, 100.0, 25.0]);
    }

    #[test]
    fn a_ramp_ends_where_less_is_offered() {
        let offered = |rates: &[f64]| -> Vec<Second> {
            let second = |rate: &f64| Second {
                at_s: 0.0,
                offered_per_s: Some(*rate),
                window: Window::default(),
            };
            rates.iter().map(second).collect()
        };
        assert_eq!(ramp(&offered(&[1.0, 2.0, 3.0, 4.0, 4.0, 1.0, 0.0])), 0..5);
        // One odd second is not the most.
        assert_eq!(ramp(&offered(&[1.0, 9.0, 3.0, 4.0, 4.0, 4.0, 0.0])), 0..6);
        // The last second is cut short.
        assert_eq!(ramp(&offered(&[1.0, 2.0, 3.0])), 0..2);
        assert_eq!(ramp(&[]), 0..0);
        let mut unknown = offered(&[1.0, 2.0, 3.0]);
        unknown[1].offered_per_s = None;
        assert_eq!(ramp(&unknown), 0..2);
    }
}
