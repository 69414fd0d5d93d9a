//! Points gathered by their tags.

use std::collections::HashMap;

use super::fault::Fault;
use super::gather::Gather;
use super::grouping::{Grouping, SCENARIO};
use super::instant::Instant;
use super::point::Watched;
use crate::measure::Tags;
use crate::source::latencies::Latencies;

/// The most rows, and the most scenarios. More is a tag that differs from request to request.
pub(super) const MOST_ROWS: usize = 10_000;

/// The points of one file, gathered by their tags.
pub(super) struct Tally {
    pub(super) grouping: Grouping,
    pub(super) requests: Vec<Requests>,
    pub(super) others: Vec<Others>,
    pub(super) scenarios: Vec<Span>,
    /// Requests of `setup()` and `teardown()`, which are no load.
    pub(super) setup_requests: u64,
    /// The earliest moment of any point, in ns since 1970.
    pub(super) earliest: Option<i64>,
    /// The finest resolution seen, in digits of the second.
    pub(super) digits: u8,
    /// Which of the user's grouping tags some request carried.
    pub(super) carried: Vec<bool>,
    request_index: HashMap<Tags, u32>,
    other_index: HashMap<Tags, u32>,
    scenario_index: HashMap<String, u32>,
    exact: usize,
}

/// Where a point belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seat {
    /// It is no load.
    LeftOut,
    /// To a row of requests, and to a scenario whose time it stretches.
    Request {
        /// Index into [`Tally::requests`].
        row: u32,
        /// Index into [`Tally::scenarios`].
        scenario: u32,
    },
    /// To a row of checks and iterations.
    Other {
        /// Index into [`Tally::others`].
        row: u32,
    },
}

/// The requests of one row.
#[derive(Debug)]
pub(super) struct Requests {
    pub(super) tags: Tags,
    pub(super) latencies: Latencies,
    /// Points that say whether a request failed, and how many say yes.
    pub(super) judged: u64,
    pub(super) failed: u64,
    /// The scenarios that appear in the row.
    pub(super) scenarios: Vec<u32>,
}

/// Checks and iterations, which carry fewer tags than requests.
#[derive(Debug, Default)]
pub(super) struct Others {
    pub(super) tags: Tags,
    pub(super) checks: u64,
    pub(super) passed: u64,
    pub(super) iterations: u64,
    /// The time of all iterations together, in ms.
    pub(super) iteration_ms: f64,
    pub(super) dropped: u64,
}

/// From the start of the earliest request to the end of the latest, in ns since 1970.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) start: i64,
    pub(super) end: i64,
}

impl Tally {
    /// An empty tally, which keeps up to `exact` latencies of a row one by one.
    pub(super) fn new(grouping: Grouping, exact: usize) -> Self {
        let carried = vec![false; grouping.named_keys().len()];
        Self {
            grouping,
            requests: Vec::new(),
            others: Vec::new(),
            scenarios: Vec::new(),
            setup_requests: 0,
            earliest: None,
            digits: 0,
            carried,
            request_index: HashMap::new(),
            other_index: HashMap::new(),
            scenario_index: HashMap::new(),
            exact,
        }
    }
}

impl Gather for Tally {
    type Seat = Seat;

    fn watched(name: &[u8]) -> Option<Watched> {
        Watched::in_rows(name)
    }

    fn seat(&mut self, watched: Watched, tags: &Tags) -> Result<Seat, Fault> {
        if is_setup(tags) {
            return Ok(Seat::LeftOut);
        }
        if !watched.is_of_request() {
            let key = self.grouping.of_other(tags);
            let row = place(&mut self.other_index, key.clone(), &mut self.others, || Others {
                tags: key,
                ..Others::default()
            })?;
            return Ok(Seat::Other { row });
        }
        for (carried, key) in self.carried.iter_mut().zip(self.grouping.named_keys()) {
            *carried |= tags.contains_key(key);
        }
        let name = tags.get(SCENARIO).cloned().unwrap_or_default();
        let span = || Span { start: i64::MAX, end: i64::MIN };
        let scenario = place(&mut self.scenario_index, name, &mut self.scenarios, span)?;
        let key = self.grouping.of_request(tags);
        let exact = self.exact;
        let row = place(&mut self.request_index, key.clone(), &mut self.requests, || Requests {
            tags: key,
            latencies: Latencies::new(exact),
            judged: 0,
            failed: 0,
            scenarios: Vec::new(),
        })?;
        if let Some(requests) = self.requests.get_mut(row as usize)
            && !requests.scenarios.contains(&scenario)
        {
            requests.scenarios.push(scenario);
        }
        Ok(Seat::Request { row, scenario })
    }

    fn add(&mut self, watched: Watched, seat: Seat, at: Instant, value: f64) {
        self.earliest = Some(self.earliest.map_or(at.ns, |earliest| earliest.min(at.ns)));
        self.digits = self.digits.max(at.digits);
        match seat {
            Seat::LeftOut => self.setup_requests += u64::from(watched == Watched::Duration),
            Seat::Request { row, scenario } => {
                let Some(requests) = self.requests.get_mut(row as usize) else { return };
                if watched == Watched::Failed {
                    requests.judged += 1;
                    requests.failed += u64::from(value != 0.0);
                    return;
                }
                requests.latencies.push(value);
                if let Some(span) = self.scenarios.get_mut(scenario as usize) {
                    let start = at.ns.saturating_sub((value * 1e6) as i64);
                    span.start = span.start.min(start);
                    span.end = span.end.max(at.ns);
                }
            }
            Seat::Other { row } => {
                let Some(others) = self.others.get_mut(row as usize) else { return };
                others.add(watched, value);
            }
        }
    }
}

impl Others {
    fn add(&mut self, watched: Watched, value: f64) {
        match watched {
            Watched::Check => {
                self.checks += 1;
                self.passed += u64::from(value != 0.0);
            }
            Watched::Iterations => {
                self.iterations = self.iterations.saturating_add(value as u64);
            }
            Watched::IterationTime => self.iteration_ms += value,
            Watched::Dropped => self.dropped = self.dropped.saturating_add(value as u64),
            Watched::Duration | Watched::Failed | Watched::Users | Watched::MostUsers => {}
        }
    }
}

/// The index of `key`, with a new entry in `list` where it is the first of its kind.
fn place<K: std::hash::Hash + Eq, T>(
    index: &mut HashMap<K, u32>,
    key: K,
    list: &mut Vec<T>,
    new: impl FnOnce() -> T,
) -> Result<u32, Fault> {
    if let Some(known) = index.get(&key) {
        return Ok(*known);
    }
    if list.len() >= MOST_ROWS {
        return Err(Fault::content(
            format!("more than {MOST_ROWS} rows"),
            "a few rows of many requests each",
            "group by fewer tags (`--group-by category`), or give requests a `name` tag in the \
             script so that ids in URLs do not make rows",
        ));
    }
    let next = list.len() as u32;
    index.insert(key, next);
    list.push(new());
    Ok(next)
}

/// k6 runs `setup()` and `teardown()` once, outside every scenario, in groups of that name.
pub(super) fn is_setup(tags: &Tags) -> bool {
    let group = tags.get("group").map_or("", String::as_str);
    !tags.contains_key(SCENARIO)
        && ["::setup", "::teardown"].iter().any(|special| {
            group
                .strip_prefix(special)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
        })
}
