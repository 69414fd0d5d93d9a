//! Points gathered by when they are: what windows of time are cut from.

use super::fault::Fault;
use super::gather::Gather;
use super::instant::Instant;
use super::point::Watched;
use super::tally::is_setup;
use crate::measure::Tags;

/// The points of one file that a timeline needs, each with its moment in ns since 1970.
pub(super) struct Moments {
    /// The tag and the value that requests and iterations must have.
    only: Option<(String, String)>,
    /// How many points may be kept.
    room: usize,
    kept: usize,
    /// When requests ended, and how long they took, in ms.
    pub(super) requests: Vec<(i64, f64)>,
    /// When failed requests ended.
    pub(super) failed: Vec<i64>,
    /// Whether requests were judged at all.
    pub(super) judged: bool,
    /// When iterations ended, and how many at once.
    pub(super) iterations: Vec<(i64, u64)>,
    /// When iterations ended, and how long they took, in ms.
    pub(super) iteration_times: Vec<(i64, f64)>,
    /// When iterations should have started, and how many at once.
    pub(super) dropped: Vec<(i64, u64)>,
    /// Active users.
    pub(super) users: Vec<(i64, u64)>,
    /// All users that there were.
    pub(super) most_users: Vec<(i64, u64)>,
    /// The start of the earliest request, whatever its tags.
    pub(super) start: Option<i64>,
    /// Requests of `setup()` and `teardown()`, which are no load.
    pub(super) setup_requests: u64,
    /// The finest resolution seen, in digits of the second.
    pub(super) digits: u8,
    /// Whether some request carried the tag.
    pub(super) carried: bool,
    /// Dropped iterations that lack the tag, so that nobody knows whose they are.
    pub(super) untold: u64,
    /// When anything ended last.
    end: i64,
    /// The end of the latest request so far, and the largest step back behind it, in ns.
    latest: i64,
    pub(super) step_back: i64,
}

/// Where a point belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// To the load that was asked for.
    Inside,
    /// To other load.
    Outside,
    /// To load that lacks the tag.
    Untold,
    /// It is no load.
    Setup,
}

impl Moments {
    /// No points yet, and room for so many.
    pub(super) fn new(only: Option<(String, String)>, room: usize) -> Self {
        Self {
            only,
            room,
            kept: 0,
            requests: Vec::new(),
            failed: Vec::new(),
            judged: false,
            iterations: Vec::new(),
            iteration_times: Vec::new(),
            dropped: Vec::new(),
            users: Vec::new(),
            most_users: Vec::new(),
            start: None,
            setup_requests: 0,
            digits: 0,
            carried: false,
            untold: 0,
            end: i64::MIN,
            latest: i64::MIN,
            step_back: 0,
        }
    }

    /// The room that is left; `None` where it was too small.
    pub(super) fn room_left(&self) -> Option<usize> {
        self.room.checked_sub(self.kept)
    }

    /// How many requests, failed ones, iterations and drops there are: what the same test in
    /// another format has as well.
    pub(super) fn counts(&self) -> [u64; 4] {
        let sum = |counts: &[(i64, u64)]| counts.iter().fold(0, |n: u64, c| n.saturating_add(c.1));
        let (iterations, dropped) = (sum(&self.iterations), sum(&self.dropped));
        [self.requests.len() as u64, self.failed.len() as u64, iterations, dropped]
    }

    /// The time of all requests together, in ms.
    pub(super) fn total_ms(&self) -> f64 {
        self.requests.iter().map(|(_, ms)| ms).sum()
    }

    /// From the start of the earliest request to the last end of a request or an iteration.
    pub(super) fn span(&self) -> Option<(i64, i64)> {
        Some((self.start?, self.end))
    }

    /// Whether iterations of the load that was asked for are known.
    pub(super) fn tells_iterations(&self) -> bool {
        !self.iterations.is_empty() && self.untold == 0
    }

    fn request(&mut self, place: Place, at: Instant, ms: f64) {
        let start = at.ns.saturating_sub((ms * 1e6) as i64);
        self.start = Some(self.start.map_or(start, |earliest| earliest.min(start)));
        self.step_back = self.step_back.max(self.latest.saturating_sub(at.ns));
        self.latest = self.latest.max(at.ns);
        self.digits = self.digits.max(at.digits);
        if place == Place::Inside {
            self.requests.push((at.ns, ms));
        }
    }
}

impl Gather for Moments {
    type Seat = Place;

    fn watched(name: &[u8]) -> Option<Watched> {
        Watched::in_windows(name)
    }

    fn seat(&mut self, watched: Watched, tags: &Tags) -> Result<Place, Fault> {
        if is_setup(tags) {
            return Ok(Place::Setup);
        }
        let Some((key, wanted)) = &self.only else { return Ok(Place::Inside) };
        let value = tags.get(key);
        self.carried |= watched.is_of_request() && value.is_some();
        Ok(match value {
            Some(value) if value == wanted => Place::Inside,
            Some(_) => Place::Outside,
            None => Place::Untold,
        })
    }

    fn add(&mut self, watched: Watched, place: Place, at: Instant, value: f64) {
        // Users are nobody's: they have no tags.
        let users = matches!(watched, Watched::Users | Watched::MostUsers);
        if place == Place::Setup && !users {
            self.setup_requests += u64::from(watched == Watched::Duration);
            return;
        }
        if self.kept >= self.room {
            self.kept = self.kept.saturating_add(1);
            return;
        }
        if !users {
            self.end = self.end.max(at.ns);
        }
        let count = value as u64;
        match watched {
            Watched::Duration => self.request(place, at, value),
            Watched::Users => self.users.push((at.ns, count)),
            Watched::MostUsers => self.most_users.push((at.ns, count)),
            Watched::Dropped if place == Place::Untold => {
                self.untold = self.untold.saturating_add(count);
            }
            _ if place != Place::Inside => return,
            Watched::Failed => {
                self.judged = true;
                if value == 0.0 {
                    return;
                }
                self.failed.push(at.ns);
            }
            Watched::Iterations => self.iterations.push((at.ns, count)),
            Watched::IterationTime => self.iteration_times.push((at.ns, value)),
            Watched::Dropped => self.dropped.push((at.ns, count)),
            Watched::Check => return,
        }
        self.kept += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(pairs: &[(&str, &str)]) -> Tags {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    fn at(ms: i64) -> Instant {
        Instant { ns: ms * 1_000_000, digits: 9 }
    }

    fn add(moments: &mut Moments, watched: Watched, pairs: &[(&str, &str)], ms: i64, value: f64) {
        let place = moments.seat(watched, &tags(pairs)).unwrap();
        moments.add(watched, place, at(ms), value);
    }

    #[test]
    fn a_tag_chooses_requests_and_iterations_but_not_users() {
        let only = Some(("category".to_owned(), "read".to_owned()));
        let mut moments = Moments::new(only, 100);
        let (read, write) = ([("category", "read")], [("category", "write")]);
        add(&mut moments, Watched::Duration, &write, 100, 90.0);
        add(&mut moments, Watched::Duration, &read, 120, 20.0);
        add(&mut moments, Watched::Iterations, &read, 121, 1.0);
        add(&mut moments, Watched::Iterations, &[("scenario", "s")], 122, 1.0);
        add(&mut moments, Watched::Users, &[], 130, 7.0);
        assert_eq!(moments.counts(), [1, 0, 1, 0]);
        assert_eq!(moments.users, [(130_000_000, 7)]);
        // The earliest request of all, so that windows of all categories are the same.
        assert_eq!(moments.span(), Some((10_000_000, 122_000_000)));
        assert!(moments.carried && moments.tells_iterations());
        add(&mut moments, Watched::Dropped, &[("scenario", "s")], 140, 2.0);
        assert!(!moments.tells_iterations());
    }

    #[test]
    fn more_points_than_there_is_room_for_are_noticed_and_not_kept() {
        let mut moments = Moments::new(None, 2);
        for ms in 0..3 {
            add(&mut moments, Watched::Duration, &[], ms, 1.0);
        }
        assert_eq!((moments.requests.len(), moments.room_left()), (2, None));
        let mut enough = Moments::new(None, 3);
        add(&mut enough, Watched::Failed, &[], 1, 0.0);
        assert_eq!((enough.judged, enough.room_left()), (true, Some(3)));
    }

    #[test]
    fn a_clock_that_goes_back_is_noticed() {
        let mut moments = Moments::new(None, 10);
        for ms in [1_000, 9_000, 2_500, 9_500] {
            add(&mut moments, Watched::Duration, &[], ms, 1.0);
        }
        assert_eq!(moments.step_back, 6_500_000_000);
    }
}
