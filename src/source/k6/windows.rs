//! From moments to windows of one second.

use super::fault::Fault;
use super::moments::Moments;
use crate::measure::timeline::{Iterations, Latency, Users, Window};
use crate::stats::quantile::r7;

/// The length of a window, in ns.
const SECOND: i64 = 1_000_000_000;

/// The most windows: a day. More is a clock that jumped, not a ramp.
const MOST_WINDOWS: i64 = 24 * 60 * 60;

/// The windows of one load test that several generators may have made together, from the start of
/// the earliest request to the last end of anything, and that start in ns since 1970.
///
/// # Errors
/// No request, or more windows than a load test has.
pub(super) fn build(files: &[Moments]) -> Result<(i64, Vec<Window>), Fault> {
    let spans = || files.iter().filter_map(Moments::span);
    let (Some(start), Some(end)) = (spans().map(|s| s.0).min(), spans().map(|s| s.1).max()) else {
        return Err(no_request());
    };
    let last = end.saturating_sub(start) / SECOND;
    if last >= MOST_WINDOWS {
        return Err(Fault::content(
            format!("requests over {last} seconds"),
            "one load test of at most a day",
            "cut other tests out of the file, and check whether the clock was set meanwhile",
        ));
    }
    let cut = Cut { start, n: usize::try_from(last).unwrap_or(0) + 1 };
    let mut windows = vec![Window::default(); cut.n];
    requests(files, cut, &mut windows);
    iterations(files, cut, &mut windows);
    users(files, cut, &mut windows);
    Ok((start, windows))
}

fn no_request() -> Fault {
    Fault::content("no request", "points of http_req_duration", "check that k6 ran to its end")
}

/// Where windows begin, and how many there are.
#[derive(Debug, Clone, Copy)]
struct Cut {
    start: i64,
    n: usize,
}

impl Cut {
    /// The window of a moment; `None` outside of all.
    fn of(self, at: i64) -> Option<usize> {
        let place = usize::try_from(at.checked_sub(self.start)?.div_euclid(SECOND)).ok()?;
        (place < self.n).then_some(place)
    }

    /// Values by window.
    fn by_window<T: Copy>(self, points: impl Iterator<Item = (i64, T)>) -> Vec<Vec<T>> {
        let mut found = vec![Vec::new(); self.n];
        for (at, value) in points {
            if let Some(values) = self.of(at).and_then(|place| found.get_mut(place)) {
                values.push(value);
            }
        }
        found
    }

    /// The sums of counts by window.
    fn sums(self, points: impl Iterator<Item = (i64, u64)>) -> Vec<u64> {
        let mut sums = vec![0_u64; self.n];
        for (at, count) in points {
            if let Some(sum) = self.of(at).and_then(|place| sums.get_mut(place)) {
                *sum = sum.saturating_add(count);
            }
        }
        sums
    }
}

fn requests(files: &[Moments], cut: Cut, windows: &mut [Window]) {
    let latencies = cut.by_window(files.iter().flat_map(|file| file.requests.iter().copied()));
    for (window, mut values) in windows.iter_mut().zip(latencies) {
        window.requests = values.len() as u64;
        window.latency = latency(&mut values);
    }
    if files.iter().all(|file| file.judged) {
        let failed = files.iter().flat_map(|file| file.failed.iter().map(|at| (*at, 1)));
        for (window, failed) in windows.iter_mut().zip(cut.sums(failed)) {
            // A file may judge a request in the next window: its two points have a moment each.
            window.failed = Some(failed.min(window.requests));
        }
    }
}

fn latency(values: &mut [f64]) -> Option<Latency> {
    values.sort_unstable_by(f64::total_cmp);
    (!values.is_empty()).then(|| Latency {
        mean: mean(values),
        p50: r7(values, 0.50),
        p95: r7(values, 0.95),
        p99: r7(values, 0.99),
    })
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn iterations(files: &[Moments], cut: Cut, windows: &mut [Window]) {
    let times = cut.by_window(files.iter().flat_map(|f| f.iteration_times.iter().copied()));
    for (window, times) in windows.iter_mut().zip(times) {
        window.iteration_ms = (!times.is_empty()).then(|| mean(&times));
    }
    if !files.iter().all(Moments::tells_iterations) {
        return;
    }
    let completed = cut.sums(files.iter().flat_map(|file| file.iterations.iter().copied()));
    let dropped = cut.sums(files.iter().flat_map(|file| file.dropped.iter().copied()));
    for (window, (completed, dropped)) in windows.iter_mut().zip(completed.into_iter().zip(dropped))
    {
        window.iterations = Some(Iterations { completed, dropped });
    }
}

/// Users of all generators together, of each the most of what it counted in a window.
fn users(files: &[Moments], cut: Cut, windows: &mut [Window]) {
    let most = |points: &[(i64, u64)]| -> Vec<Option<u64>> {
        let counts = cut.by_window(points.iter().copied());
        counts.iter().map(|counts| counts.iter().copied().max()).collect()
    };
    let mut sums = vec![Some(Users { active: 0, most: 0 }); cut.n];
    for file in files {
        let counted = most(&file.users).into_iter().zip(most(&file.most_users));
        for (sum, counts) in sums.iter_mut().zip(counted) {
            *sum = match (*sum, counts) {
                (Some(sum), (Some(active), Some(most))) => Some(Users {
                    active: sum.active.saturating_add(active),
                    most: sum.most.saturating_add(most),
                }),
                _ => None,
            };
        }
    }
    for (window, users) in windows.iter_mut().zip(sums) {
        window.users = users;
    }
}

#[cfg(test)]
mod tests {
    use super::super::gather::Gather as _;
    use super::super::instant::Instant;
    use super::super::point::Watched;
    use super::*;
    use crate::measure::Tags;

    /// Points as (metric, ms since 1970, value).
    fn moments(points: &[(Watched, i64, f64)]) -> Moments {
        let mut moments = Moments::new(None, 1_000);
        for (watched, ms, value) in points {
            let place = moments.seat(*watched, &Tags::new()).unwrap();
            let at = Instant { ns: ms * 1_000_000, digits: 9 };
            moments.add(*watched, place, at, *value);
        }
        moments
    }

    #[test]
    fn seconds_begin_with_the_earliest_request_and_hold_what_ended_in_them() {
        let (start, windows) = build(&[moments(&[
            (Watched::Duration, 10_600, 100.0),
            (Watched::Failed, 10_600, 0.0),
            (Watched::Duration, 10_900, 600.0), // the earliest start: 10.3 s
            (Watched::Iterations, 10_900, 1.0),
            (Watched::IterationTime, 10_900, 601.0),
            (Watched::Dropped, 11_299, 2.0),
            (Watched::Duration, 12_300, 20.0),
            (Watched::Failed, 12_300, 1.0),
            (Watched::Users, 10_700, 3.0),
            (Watched::MostUsers, 10_700, 4.0),
            (Watched::Users, 12_700, 9.0),
        ])])
        .unwrap();
        assert_eq!((start, windows.len()), (10_300_000_000, 3));
        let first = windows[0];
        assert_eq!((first.requests, first.failed), (2, Some(0)));
        assert!((first.latency.unwrap().p50 - 350.0).abs() < 1e-12);
        assert_eq!(first.iterations, Some(Iterations { completed: 1, dropped: 2 }));
        assert_eq!(first.iteration_ms, Some(601.0));
        assert_eq!(first.users, Some(Users { active: 3, most: 4 }));
        assert_eq!((windows[1].requests, windows[1].latency, windows[1].users), (0, None, None));
        // Active users without the users that there were say nothing.
        assert_eq!((windows[2].requests, windows[2].failed, windows[2].users), (1, Some(1), None));
    }

    #[test]
    fn generators_of_one_test_add_up() {
        let one = |active| {
            moments(&[
                (Watched::Duration, 1_000, 100.0),
                (Watched::Iterations, 1_001, 1.0),
                (Watched::Users, 1_002, active),
                (Watched::MostUsers, 1_002, 5.0),
            ])
        };
        let (_, windows) = build(&[one(2.0), one(3.0)]).unwrap();
        assert_eq!(windows[0].requests, 2);
        assert_eq!(windows[0].users, Some(Users { active: 5, most: 10 }));
        assert_eq!(windows[0].failed, None, "no file says which requests failed");
        let silent = moments(&[(Watched::Duration, 1_000, 100.0)]);
        let (_, windows) = build(&[one(2.0), silent]).unwrap();
        assert_eq!((windows[0].users, windows[0].iterations), (None, None));
    }

    #[test]
    fn a_clock_that_jumped_makes_no_million_windows() {
        for far in [i64::MAX / 1_000_000, 90_000_000] {
            let files = [moments(&[(Watched::Duration, 0, 1.0), (Watched::Duration, far, 1.0)])];
            assert!(build(&files).is_err(), "{far}");
        }
        assert!(build(&[moments(&[(Watched::Users, 0, 1.0)])]).is_err());
        assert!(build(&[]).is_err());
    }
}
