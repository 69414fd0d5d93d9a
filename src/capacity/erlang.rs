//! Waiting for one of several servers: Erlang's formulas, for pools of connections.
//!
//! They hold for arrivals at random (Poisson) and holds of exponential length. Real holds are more even
//! than that as a rule, and real arrivals burstier.

/// The largest pool that is looked for.
pub const MOST: u32 = 100_000;

/// What asks a pool for its servers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Load {
    /// Arrivals a second.
    pub rate: f64,
    /// The mean time that one holds a server, in seconds.
    pub hold: f64,
}

impl Load {
    /// Servers that are busy on average, in erlangs: Little's law.
    #[must_use]
    pub fn busy(self) -> f64 {
        self.rate * self.hold
    }

    /// `P(wait > seconds)` with `servers`, served in the order of arrival: `C(c, a) exp(-(c - a) seconds /
    /// hold)` (Cooper, *Introduction to Queueing Theory*, 1981, section 3.4). NaN for a load that is none.
    #[must_use]
    pub fn waits_longer(self, seconds: f64, servers: u32) -> f64 {
        let spare = f64::from(servers) - self.busy();
        if spare <= 0.0 {
            return 1.0;
        }
        erlang_c(servers, self.busy()) * (-spare * seconds.max(0.0) / self.hold).exp()
    }

    /// The fewest servers with `P(wait > seconds) <= share`; `None` for a load that is not positive, a
    /// share outside (0, 1), or where more than [`MOST`] were needed.
    #[must_use]
    pub fn fewest(self, seconds: f64, share: f64) -> Option<u32> {
        let busy = self.busy();
        let asks = self.rate > 0.0 && self.hold > 0.0 && busy < f64::from(MOST);
        if !asks || share.is_nan() || share <= 0.0 || share >= 1.0 || seconds.is_nan() {
            return None;
        }
        // 1/B grows with every server, so the whole search costs what its last step costs alone.
        let mut inverse = 1.0;
        for servers in 1..=MOST {
            let c = f64::from(servers);
            inverse = 1.0 + inverse * c / busy;
            if c <= busy {
                continue;
            }
            let wait = waiting(1.0 / inverse, c, busy);
            if wait * (-(c - busy) * seconds.max(0.0) / self.hold).exp() <= share {
                return Some(servers);
            }
        }
        None
    }
}

/// The probability that all of `servers` are busy where nobody waits, with `busy` erlangs offered. NaN
/// for a load that is negative or not finite.
///
/// By `1/B(c) = 1 + (c / a) / B(c - 1)`, which only adds positive numbers and so keeps its digits where
/// factorials overflow (Jagerman, "Some properties of the Erlang loss function", 1974).
#[must_use]
pub fn erlang_b(servers: u32, busy: f64) -> f64 {
    if !busy.is_finite() || busy < 0.0 {
        return f64::NAN;
    }
    let mut inverse = 1.0;
    for server in 1..=servers {
        inverse = 1.0 + inverse * f64::from(server) / busy;
    }
    1.0 / inverse
}

/// The probability to wait at all, with `busy` erlangs offered to `servers`: 1 where they cannot keep
/// up. NaN for a load that is negative or not finite.
#[must_use]
pub fn erlang_c(servers: u32, busy: f64) -> f64 {
    let blocked = erlang_b(servers, busy);
    if blocked.is_nan() {
        return blocked;
    }
    waiting(blocked, f64::from(servers), busy)
}

/// Erlang C from Erlang B: `C = B / (1 - (a / c) (1 - B))` (Cooper 1981, section 3.4).
fn waiting(blocked: f64, servers: f64, busy: f64) -> f64 {
    if busy >= servers { 1.0 } else { blocked / (1.0 - busy / servers * (1.0 - blocked)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The load that so many servers carry with 1 % blocked: 8.108 erlangs on 15 lines is the example of
    /// Westbay Engineers' calculator manual (erlang.com), and the others stand in every printed table,
    /// such as that of Boucher, *Traffic System Design Handbook* (1993).
    #[test]
    fn tables_of_erlang_b_are_reproduced() {
        for (servers, busy) in [(1, 0.0101), (10, 4.4612), (15, 8.108), (100, 84.064)] {
            let blocked = erlang_b(servers, busy);
            assert!((blocked - 0.01).abs() < 2e-5, "{servers} servers: {blocked}");
        }
    }

    /// 0.3211 is from the tests of the Python package `erlang`. 360 calls of four minutes in half an hour
    /// for 55 agents are the customary example of the formula; here by its definition, term by term.
    #[test]
    fn erlang_c_agrees_with_others_and_with_its_definition() {
        assert!((erlang_c(132, 123.0) - 0.3211).abs() < 5e-5);
        let calls = Load { rate: 0.2, hold: 240.0 };
        let (busy, agents) = (48.0, 55_u32);
        let (mut term, mut sum) = (1.0, 0.0);
        for k in 0..agents {
            sum += term;
            term *= busy / f64::from(k + 1);
        }
        let queued = term / (1.0 - busy / f64::from(agents));
        let waits = queued / (sum + queued);
        assert!((erlang_c(55, calls.busy()) / waits - 1.0).abs() < 1e-12, "{waits}");
        assert!((waits - 0.2387).abs() < 5e-5, "{waits}");
        // Seven agents are spare: within 15 s that is exp(-7 x 15 / 240) of those who wait.
        let late = waits * (-0.4375_f64).exp();
        assert!((calls.waits_longer(15.0, 55) / late - 1.0).abs() < 1e-12);
    }

    /// With one server the chance to wait is the load; with two it is 2 r² / (1 + r), r = a / 2.
    #[test]
    fn few_servers_have_a_closed_form() {
        for busy in [0.05, 0.5, 0.9] {
            let r = busy / 2.0;
            assert!((erlang_c(1, busy) - busy).abs() < 1e-12, "{busy}");
            assert!((erlang_c(2, busy) - 2.0 * r * r / (1.0 + r)).abs() < 1e-12, "{busy}");
        }
    }

    #[test]
    fn the_fewest_servers_are_enough_and_one_less_is_not() {
        // Five busy for 10 ms each: 7 make 4.4 % wait longer than 10 ms, 8 make 0.83 %.
        let load = Load { rate: 500.0, hold: 0.01 };
        assert_eq!(load.fewest(0.01, 0.01), Some(8));
        for (rate, hold, share) in [(10.0, 0.001, 0.01), (3000.0, 0.02, 0.001), (90.0, 1.0, 0.05)] {
            let load = Load { rate, hold };
            let fewest = load.fewest(0.01, share).unwrap();
            assert!(load.waits_longer(0.01, fewest) <= share, "{load:?}");
            assert!(load.waits_longer(0.01, fewest - 1) > share, "{load:?}");
        }
    }

    #[test]
    fn many_servers_neither_overflow_nor_lose_digits() {
        let blocked = erlang_b(10_000, 9_500.0);
        assert!(blocked > 0.0 && blocked < 1e-3, "{blocked}");
        assert!(erlang_c(MOST, 1.0) < 1e-300);
    }

    #[test]
    fn what_is_no_load_has_no_answer() {
        for (rate, hold) in [(0.0, 0.01), (5.0, 0.0), (-1.0, 0.01), (f64::NAN, 1.0), (1e9, 1.0)] {
            assert_eq!(Load { rate, hold }.fewest(0.01, 0.01), None, "{rate} {hold}");
        }
        let load = Load { rate: 5.0, hold: 0.01 };
        for share in [0.0, 1.0, -0.5, f64::NAN] {
            assert_eq!(load.fewest(0.01, share), None, "{share}");
        }
        assert!(erlang_b(3, f64::INFINITY).is_nan() && erlang_c(3, -1.0).is_nan());
        // Nobody waits where nobody comes; everybody does where servers cannot keep up.
        assert!(erlang_c(3, 0.0).abs() < f64::EPSILON);
        assert!((load.waits_longer(1.0, 0) - 1.0).abs() < f64::EPSILON);
    }
}
