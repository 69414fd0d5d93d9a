//! Whether the load generator was the limit, and not the service.

use crate::capacity::windows::{LowLoad, Second};

/// What the load generator could do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Generator {
    /// It could not do all that it should: it dropped iterations, or all users were active at some time.
    pub is_limited: bool,
    /// Iterations that it dropped; `None` where nobody knows.
    pub dropped: Option<u64>,
    /// Seconds in which all users were active.
    pub full_seconds: usize,
    /// The most users that there were; `None` where nobody knows.
    pub most_users: Option<u64>,
    /// Requests a second that so many users could make while the service answered as it does at low
    /// load: users / time that a request holds one (Little, "A Proof for the Queuing Formula L = λW",
    /// 1961).
    pub bound_per_s: Option<f64>,
    /// Its CPU was at its limit.
    pub is_saturated: bool,
}

/// A service that slows down needs more users for the same rate. Where those that there were could have
/// made less than so many times what was achieved, it did not have to slow down.
const ROOM: f64 = 1.2;

impl Generator {
    /// Whether it could do no more than was achieved, so that the service shows no limit of its own.
    /// Where nobody knows what it could do, it is taken for the limit.
    #[must_use]
    pub fn is_the_limit(&self, achieved_per_s: f64) -> bool {
        let no_room = self.bound_per_s.is_none_or(|bound| bound < ROOM * achieved_per_s);
        self.is_limited && (no_room || self.is_saturated)
    }
}

/// What the load generator could do in a test. `is_saturated` tells of its CPU.
pub(super) fn of(seconds: &[Second], low: Option<LowLoad>, is_saturated: bool) -> Generator {
    let dropped: Option<u64> =
        seconds.iter().try_fold(0_u64, |sum, second| Some(sum.saturating_add(second.dropped()?)));
    // What is known of some seconds counts, even if it is not known of all.
    let some_dropped = seconds.iter().any(|second| second.dropped().is_some_and(|n| n > 0));
    let users = || seconds.iter().filter_map(|second| second.window.users);
    let full_seconds = users().filter(|users| users.most > 0 && users.active >= users.most).count();
    let most_users = users().map(|users| users.most).max();
    let held_s = low.map(|low| low.held_ms / 1e3).filter(|seconds| *seconds > 0.0);
    Generator {
        is_limited: some_dropped || full_seconds > 0,
        dropped,
        full_seconds,
        most_users,
        bound_per_s: most_users.zip(held_s).map(|(users, seconds)| users as f64 / seconds),
        is_saturated,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::timeline::{Iterations, Users, Window};

    fn second(dropped: u64, active: u64) -> Second {
        let window = Window {
            iterations: Some(Iterations { completed: 100, dropped }),
            users: Some(Users { active, most: 20 }),
            ..Window::default()
        };
        Second { at_s: 0.0, offered_per_s: None, window }
    }

    const LOW: Option<LowLoad> = Some(LowLoad { latency_ms: 50.0, held_ms: 50.0 });

    #[test]
    fn drops_or_busy_users_limit_it() {
        assert!(!of(&[second(0, 19), second(0, 3)], LOW, false).is_limited);
        assert!(of(&[second(1, 19)], LOW, false).is_limited);
        assert!(of(&[second(0, 3), second(0, 20)], LOW, false).is_limited);
        let idle = Window { users: Some(Users { active: 0, most: 0 }), ..Window::default() };
        let before = Second { window: idle, ..second(0, 0) };
        assert!(!of(&[before], LOW, false).is_limited);
    }

    /// 20 users at 50 ms make 400 a second.
    #[test]
    fn users_that_could_have_made_more_are_not_the_limit() {
        let generator = of(&[second(5, 20)], LOW, false);
        assert_eq!(generator.bound_per_s, Some(400.0));
        assert!(generator.is_the_limit(340.0), "400 is under 1.2 x 340");
        assert!(!generator.is_the_limit(330.0), "400 is over 1.2 x 330");
        assert!(of(&[second(5, 20)], LOW, true).is_the_limit(1.0), "its CPU was at its limit");
        assert!(!of(&[second(0, 2)], LOW, true).is_the_limit(390.0), "it did all that it should");
    }

    #[test]
    fn what_is_not_known_is_no_excuse_for_the_generator() {
        assert!(of(&[second(5, 20)], None, false).is_the_limit(1.0));
        let mut silent = second(5, 20);
        silent.window.users = None;
        let generator = of(&[silent], LOW, false);
        assert_eq!((generator.most_users, generator.bound_per_s), (None, None));
        assert!(generator.is_the_limit(1.0));
        silent.window.iterations = None;
        assert_eq!(of(&[silent, second(0, 1)], LOW, false).dropped, None);
    }
}
