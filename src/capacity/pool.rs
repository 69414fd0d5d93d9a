//! How many connections a pool needs, and how many the server has for all of them.

use super::Estimate;
use super::erlang::Load;

/// What a pool is for, and what it is drawn from.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Instances that have a pool each, the spare ones included: they hold connections too.
    pub instances: u32,
    /// Cores of the database server, and the spindles of its disks that work at once; 0 where all that is
    /// asked for is in memory.
    pub cores: u32,
    /// See `cores`.
    pub spindles: u32,
    /// Connections that the server allows, and those of them that are kept for operations.
    pub allowed: u32,
    /// See `allowed`.
    pub reserved: u32,
    /// Connections that one request holds at a time, at least 1.
    pub holds: u32,
    /// Requests of an instance that do so at a time, where it is known.
    pub holders: Option<u32>,
    /// How long a request may wait, in seconds, and the share of them that may wait longer.
    pub wait: f64,
    /// See `wait`.
    pub late: f64,
    /// Connections taken from one pool a second, or why that is not known.
    pub rate: Result<Estimate, String>,
    /// How long one is held on average, in seconds, or why that is not known.
    pub hold: Result<Estimate, String>,
    /// How long the slowest hundredth holds one at least, in seconds, or why that is not known.
    pub long_hold: Result<f64, String>,
    /// The pool as it is configured.
    pub configured: Option<u32>,
    /// A pooler before the server.
    pub bouncer: Option<Bouncer>,
}

/// pgbouncer, whose pools are one for each pair of user and database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bouncer {
    /// `default_pool_size`.
    pub pool_size: u32,
    /// Databases that are asked for.
    pub databases: u32,
    /// Users that ask each of them.
    pub users: u32,
    /// `max_client_conn`.
    pub max_clients: u32,
    /// `max_db_connections`, where it is set.
    pub per_database: Option<u32>,
}

/// Connections of one instance, and of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Of one.
    pub one: u32,
    /// Of all.
    pub all: u64,
}

/// A pool that serves a load.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Served {
    /// The load.
    pub load: Load,
    /// The pool.
    pub size: Size,
    /// The share of requests that wait longer than they may.
    pub late: f64,
}

/// Sizes by every rule, and what is wrong with those in use.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// As many as the server works on at once: `cores x 2 + spindles` (PostgreSQL wiki, "Number of
    /// database connections"), shared by all instances.
    pub by_cores: Size,
    /// The fewest of which few enough requests wait, for the mean hold; at the upper end of the rate
    /// where it has an interval.
    pub by_demand: Result<Served, String>,
    /// The same if every request held as long as the slowest hundredth: more than is needed.
    pub bound: Result<Served, String>,
    /// The fewest of which requests that hold several cannot block each other:
    /// `requests x (connections - 1) + 1` (HikariCP wiki, "About Pool Sizing").
    pub floor: Result<Size, String>,
    /// Connections that the server has for all pools.
    pub available: u32,
    /// The pool as it is configured; `late` where the load is known.
    pub configured: Option<(Size, Option<f64>)>,
    /// What a pooler before the server opens.
    pub bouncer: Option<Bounced>,
    /// What is wrong.
    pub faults: Vec<Fault>,
}

/// What a pooler opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounced {
    /// Its settings.
    pub settings: Bouncer,
    /// Pairs of user and database.
    pub pairs: u64,
    /// Connections to the server, at the most.
    pub connections: u64,
    /// Open files: one a client and one a connection to the server.
    pub files: u64,
    /// The largest pool with which all pairs fit.
    pub fits: u64,
}

/// Something that is wrong with a pool in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// All pools together are more than the server has.
    OverAvailable {
        /// Connections of all pools.
        all: u64,
    },
    /// The configured pool is smaller than the load needs.
    UnderDemand {
        /// What it needs.
        needed: u32,
    },
    /// The configured pool is so small that requests can block each other.
    UnderFloor {
        /// What it takes.
        floor: u32,
    },
    /// All pools together are more than the server works on at once.
    OverCores {
        /// Connections of all pools.
        all: u64,
    },
    /// The pooler may open more than the server has.
    BouncerOverAvailable {
        /// Connections of the pooler.
        connections: u64,
    },
    /// The pools together are more than the pooler takes.
    OverClients {
        /// Connections of all pools.
        all: u64,
    },
}

impl Bouncer {
    /// What it opens, with so many databases and users.
    #[must_use]
    pub fn opens(self, available: u32) -> Bounced {
        let (size, users) = (u64::from(self.pool_size), u64::from(self.users));
        let of_one = size.saturating_mul(users);
        let of_one = self.per_database.map_or(of_one, |most| of_one.min(u64::from(most)));
        let connections = of_one.saturating_mul(u64::from(self.databases));
        let pairs = users.saturating_mul(u64::from(self.databases));
        Bounced {
            settings: self,
            pairs,
            connections,
            files: u64::from(self.max_clients).saturating_add(connections),
            fits: u64::from(available).checked_div(pairs).unwrap_or(0),
        }
    }
}

/// Sizes by every rule.
#[must_use]
pub fn answer(question: &Question) -> Answer {
    let size = |one: u32| Size { one, all: u64::from(one) * u64::from(question.instances) };
    let available = question.allowed.saturating_sub(question.reserved);
    let at_once = u64::from(question.cores) * 2 + u64::from(question.spindles);
    let share = at_once.checked_div(u64::from(question.instances)).unwrap_or(0).max(1);
    let served = |hold: Result<f64, String>| -> Result<Served, String> {
        let load = Load { rate: most(question.rate.clone()?), hold: hold? };
        let servers = load.fewest(question.wait, question.late);
        let servers = servers.ok_or_else(|| "no pool of a sensible size would do".to_owned())?;
        let late = load.waits_longer(question.wait, servers);
        Ok(Served { load, size: size(servers), late })
    };
    let by_demand = served(question.hold.clone().map(most));
    let floor = match (question.holds, question.holders) {
        (0 | 1, _) => Ok(size(1)),
        (holds, Some(holders)) => {
            Ok(size(holders.saturating_mul(holds.saturating_sub(1)).saturating_add(1)))
        }
        (_, None) => Err("how many requests at a time hold several is not known".to_owned()),
    };
    let configured = question.configured.map(|one| {
        let late = by_demand.as_ref().map(|d| d.load.waits_longer(question.wait, one));
        (size(one), late.ok())
    });
    let mut answer = Answer {
        by_cores: Size { one: u32::try_from(share).unwrap_or(u32::MAX), all: at_once },
        bound: served(question.long_hold.clone()),
        by_demand,
        floor,
        available,
        configured,
        bouncer: question.bouncer.map(|bouncer| bouncer.opens(available)),
        faults: Vec::new(),
    };
    answer.faults = faults(&answer);
    answer
}

/// The upper end of what was measured: a pool is for the worst that it may be.
fn most(estimate: Estimate) -> f64 {
    estimate.interval.map_or(estimate.value, |(_, high)| high)
}

fn faults(answer: &Answer) -> Vec<Fault> {
    let mut faults = Vec::new();
    let available = u64::from(answer.available);
    if let Some((size, _)) = answer.configured {
        let needed = answer.by_demand.as_ref().map_or(0, |served| served.size.one);
        if size.one < needed {
            faults.push(Fault::UnderDemand { needed });
        }
        let floor = answer.floor.as_ref().map_or(0, |floor| floor.one);
        if size.one < floor {
            faults.push(Fault::UnderFloor { floor });
        }
        match answer.bouncer {
            Some(bounced) if size.all > u64::from(bounced.settings.max_clients) => {
                faults.push(Fault::OverClients { all: size.all });
            }
            None if size.all > available => faults.push(Fault::OverAvailable { all: size.all }),
            None if size.all > answer.by_cores.all => {
                faults.push(Fault::OverCores { all: size.all });
            }
            _ => {}
        }
    }
    if let Some(bounced) = answer.bouncer.filter(|b| b.connections > available) {
        faults.push(Fault::BouncerOverAvailable { connections: bounced.connections });
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimate(value: f64) -> Estimate {
        Estimate { value, interval: None }
    }

    fn question() -> Question {
        Question {
            instances: 2,
            cores: 4,
            spindles: 1,
            allowed: 100,
            reserved: 3,
            holds: 1,
            holders: None,
            wait: 0.01,
            late: 0.01,
            rate: Ok(estimate(500.0)),
            hold: Ok(estimate(0.01)),
            long_hold: Ok(0.05),
            configured: Some(16),
            bouncer: None,
        }
    }

    #[test]
    fn each_rule_gives_its_size() {
        let answer = answer(&question());
        assert_eq!(answer.by_cores, Size { one: 4, all: 9 });
        let served = answer.by_demand.unwrap();
        // Five are busy; the eighth makes few enough wait.
        assert_eq!(served.size, Size { one: 8, all: 16 });
        assert!(served.late < 0.01 && (served.load.busy() - 5.0).abs() < 1e-12);
        assert!(answer.bound.unwrap().size.one > 25, "25 would be busy");
        assert_eq!(answer.floor, Ok(Size { one: 1, all: 2 }));
        assert_eq!(answer.available, 97);
        assert_eq!(answer.faults, [Fault::OverCores { all: 32 }]);
    }

    #[test]
    fn a_pool_is_for_the_upper_end_of_what_was_measured() {
        let mut sure = question();
        sure.rate = Ok(Estimate { value: 500.0, interval: Some((400.0, 900.0)) });
        let mut high = question();
        high.rate = Ok(estimate(900.0));
        assert_eq!(answer(&sure).by_demand, answer(&high).by_demand);
        assert!(answer(&high).by_demand.unwrap().size.one > 8);
    }

    #[test]
    fn what_is_not_known_has_no_size() {
        let mut unknown = question();
        unknown.hold = Err("no histogram".to_owned());
        unknown.holds = 2;
        let answer = answer(&unknown);
        assert_eq!(answer.by_demand, Err("no histogram".to_owned()));
        assert!(answer.bound.is_ok(), "the slowest hundredth was told");
        assert!(answer.floor.is_err());
        assert_eq!(answer.configured, Some((Size { one: 16, all: 32 }, None)));
    }

    #[test]
    fn too_small_and_too_many_are_faults() {
        let faults = |change: fn(&mut Question)| {
            let mut question = question();
            change(&mut question);
            answer(&question).faults
        };
        assert_eq!(faults(|q| q.configured = Some(3)), [Fault::UnderDemand { needed: 8 }]);
        assert_eq!(faults(|q| q.configured = Some(49)), [Fault::OverAvailable { all: 98 }]);
        let deadlock = |q: &mut Question| {
            (q.holds, q.holders, q.cores) = (3, Some(10), 40);
        };
        assert_eq!(faults(deadlock), [Fault::UnderFloor { floor: 21 }]);
        assert!(faults(|q| q.cores = 40).is_empty());
    }

    #[test]
    fn a_pooler_opens_a_pool_for_each_pair_of_user_and_database() {
        let settings = Bouncer {
            pool_size: 20,
            databases: 12,
            users: 1,
            max_clients: 400,
            per_database: None,
        };
        let bounced = settings.opens(97);
        assert_eq!((bounced.pairs, bounced.connections), (12, 240));
        assert_eq!((bounced.files, bounced.fits), (640, 8));
        let capped = Bouncer { per_database: Some(5), ..settings };
        assert_eq!(capped.opens(97).connections, 60);
        let mut question = question();
        question.bouncer = Some(settings);
        // The pools of the instances end at the pooler, and are no connections of the server.
        assert_eq!(answer(&question).faults, [Fault::BouncerOverAvailable { connections: 240 }]);
        question.bouncer = Some(Bouncer { databases: 1, max_clients: 31, ..settings });
        assert_eq!(answer(&question).faults, [Fault::OverClients { all: 32 }]);
        assert_eq!(Bouncer { databases: 0, ..settings }.opens(97).fits, 0);
    }
}
