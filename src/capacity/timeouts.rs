//! Timeouts: in which order they must cut off, and whether each leaves room for what was measured.

use super::figure::Source;
use super::histogram::Between;

/// Fewer timings than this do not tell a p99.9: ten of them are above it.
pub const ENOUGH: u64 = 10_000;

/// Fewer timings than this do not tell a p99.
const ENOUGH_FOR_P99: u64 = 1_000;

/// The timeouts of one role, in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Timeouts {
    /// `lock_timeout`.
    pub lock: f64,
    /// `statement_timeout`.
    pub statement: f64,
    /// How long a request waits for a connection at the most.
    pub pool_wait: f64,
    /// How long a request takes at the most.
    pub http: f64,
    /// Statements that a request sends at the most.
    pub statements: u32,
}

/// A timeout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Timeout {
    /// `lock_timeout`.
    Lock,
    /// `statement_timeout`.
    Statement,
    /// For a connection.
    PoolWait,
    /// Of a request.
    Http,
}

/// An order that must hold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rung {
    /// What it is of.
    pub rule: Rule,
    /// What must be less, in seconds.
    pub less: f64,
    /// Than this.
    pub than: f64,
}

/// Which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// `lock_timeout < statement_timeout`: else the statement's always comes first, and nobody learns
    /// that it waited for a lock (PostgreSQL manual, "Client Connection Defaults").
    LockUnderStatement,
    /// `pool wait + statements x statement_timeout < http timeout`: else a request is given up while
    /// the database still works for it.
    DatabaseUnderHttp,
}

/// Measured times of one thing that a timeout cuts off, in seconds.
#[derive(Debug, Clone, PartialEq)]
pub struct Timed {
    /// What was timed.
    pub name: String,
    /// How often.
    pub n: u64,
    /// The 99th percentile; `None` without timings.
    pub p99: Option<Between>,
    /// The 99.9th percentile; `None` without timings.
    pub p999: Option<Between>,
}

/// Whether a timeout leaves room for what was measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Justified {
    /// Which.
    pub timeout: Timeout,
    /// As it is set, in seconds.
    pub set: f64,
    /// What was timed, one by one.
    pub rests_on: Vec<Room>,
    /// Nothing was timed at all: why.
    pub unmeasured: Option<String>,
    /// Where the times come from.
    pub source: Source,
}

/// What a timeout leaves for one thing.
#[derive(Debug, Clone, PartialEq)]
pub struct Room {
    /// The thing and its times.
    pub timed: Timed,
    /// The least that the timeout should be, in seconds; or why that is not measured.
    pub needed: Result<f64, String>,
    /// The timeout cuts off more than a hundredth of them, or may do so.
    pub cuts_p99: bool,
}

/// What can be said of a timeout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is as long as all that was measured needs, and all was.
    Enough,
    /// It is shorter than something that was measured needs.
    Short,
    /// Something that it cuts off is not measured.
    NotMeasured,
}

impl Timeouts {
    /// The orders that must hold.
    #[must_use]
    pub fn ladder(&self) -> [Rung; 2] {
        let database = self.pool_wait + f64::from(self.statements) * self.statement;
        [
            Rung { rule: Rule::LockUnderStatement, less: self.lock, than: self.statement },
            Rung { rule: Rule::DatabaseUnderHttp, less: database, than: self.http },
        ]
    }
}

impl Rung {
    /// Whether it holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.less < self.than
    }
}

/// Holds one timeout against what it cuts off: each needs `factor` times its p99.9, taken at the upper
/// end of what is known of it.
#[must_use]
pub fn justify(timeout: Timeout, set: f64, factor: f64, timed: &[Timed]) -> Justified {
    let rests_on = timed.iter().map(|timed| room(set, factor, timed)).collect();
    let unmeasured = timed.is_empty().then(|| "nothing that it cuts off was timed".to_owned());
    Justified { timeout, set, rests_on, unmeasured, source: Source::default() }
}

fn room(set: f64, factor: f64, timed: &Timed) -> Room {
    let needed = if timed.n < ENOUGH {
        Err(format!("{} timings, {ENOUGH} are needed", timed.n))
    } else {
        match timed.p999.map(|p999| p999.up_to) {
            Some(Some(most)) => Ok(factor * most),
            _ => Err("its p99.9 is beyond the last bucket of the histogram".to_owned()),
        }
    };
    let cuts = |p99: Between| p99.up_to.is_none_or(|most| set < most);
    let cuts_p99 = timed.n >= ENOUGH_FOR_P99 && timed.p99.is_some_and(cuts);
    Room { timed: timed.clone(), needed, cuts_p99 }
}

impl Justified {
    /// The most that anything needs, and that thing.
    #[must_use]
    pub fn needed(&self) -> Option<(f64, &Room)> {
        let known =
            self.rests_on.iter().filter_map(|room| Some((*room.needed.as_ref().ok()?, room)));
        known.max_by(|a, b| a.0.total_cmp(&b.0))
    }

    /// What is not measured, of that which was timed.
    pub fn open(&self) -> impl Iterator<Item = &Room> {
        self.rests_on.iter().filter(|room| room.needed.is_err())
    }

    /// What can be said.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self.needed() {
            Some((needed, _)) if needed > self.set => Verdict::Short,
            Some(_) if self.open().next().is_none() => Verdict::Enough,
            _ => Verdict::NotMeasured,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timed(name: &str, n: u64, p99: f64, p999: f64) -> Timed {
        let known = |most| Some(Between { over: 0.0, up_to: Some(most) });
        Timed { name: name.to_owned(), n, p99: known(p99), p999: known(p999) }
    }

    #[test]
    fn inner_timeouts_come_first() {
        let timeouts =
            Timeouts { lock: 1.0, statement: 3.0, pool_wait: 0.5, http: 15.0, statements: 4 };
        let [lock, database] = timeouts.ladder();
        assert!(lock.holds() && database.holds());
        assert!((database.less - 12.5).abs() < 1e-12);
        let [lock, database] = Timeouts { lock: 3.0, http: 12.5, ..timeouts }.ladder();
        assert!(!lock.holds() && !database.holds(), "as long is not shorter");
    }

    #[test]
    fn a_timeout_needs_room_for_the_slowest_of_what_it_cuts_off() {
        let all = [timed("client", 50_000, 0.002, 0.01), timed("evaluate", 10_000, 0.25, 0.5)];
        let found = justify(Timeout::Statement, 1.5, 3.0, &all);
        assert_eq!(found.verdict(), Verdict::Enough);
        let (needed, room) = found.needed().unwrap();
        assert!((needed - 1.5).abs() < 1e-12 && room.timed.name == "evaluate");
        assert_eq!(justify(Timeout::Statement, 1.4, 3.0, &all).verdict(), Verdict::Short);
    }

    #[test]
    fn few_timings_justify_nothing() {
        let few = [timed("client", 50_000, 0.002, 0.01), timed("evaluate", 9_999, 0.25, 0.5)];
        let found = justify(Timeout::Statement, 60.0, 3.0, &few);
        assert_eq!(found.verdict(), Verdict::NotMeasured);
        let open: Vec<_> = found.open().map(|room| room.timed.name.as_str()).collect();
        assert_eq!(open, ["evaluate"]);
        assert_eq!(found.rests_on[1].needed, Err("9999 timings, 10000 are needed".to_owned()));
        // What was measured still tells that it is too short.
        assert_eq!(justify(Timeout::Statement, 0.02, 3.0, &few).verdict(), Verdict::Short);
        let none = justify(Timeout::Lock, 1.0, 3.0, &[]);
        assert!(none.unmeasured.is_some() && none.verdict() == Verdict::NotMeasured);
    }

    #[test]
    fn a_timeout_below_a_measured_p99_is_told() {
        let cuts = |set, timed: &Timed| {
            justify(Timeout::Statement, set, 3.0, std::slice::from_ref(timed)).rests_on[0].cuts_p99
        };
        let evaluate = timed("evaluate", 1_000, 0.25, 0.5);
        assert!(cuts(0.2, &evaluate) && !cuts(0.25, &evaluate));
        assert!(!cuts(0.2, &timed("evaluate", 999, 0.25, 0.5)));
        let beyond = Some(Between { over: 10.0, up_to: None });
        let lost = Timed { p99: beyond, p999: beyond, ..timed("evaluate", 20_000, 0.0, 0.0) };
        assert!(cuts(60.0, &lost));
        let found = justify(Timeout::Statement, 60.0, 3.0, &[lost]);
        assert_eq!(found.verdict(), Verdict::NotMeasured);
    }
}
