//! What users do: the traffic model.

use std::collections::BTreeMap;

/// The name under which limits speak of videocalls at a time.
pub const CALLS: &str = "calls";

/// The name under which limits speak of the queries that the database answers a second.
pub const QUERIES: &str = "queries";

/// What the users of an organisation do.
#[derive(Debug, Clone, PartialEq)]
pub struct Traffic {
    /// Users of an ordinary organisation.
    pub users_per_organisation: f64,
    /// Clients of an organisation for each of its users.
    pub clients_per_user: f64,
    /// Users who are active in the busiest hour of an ordinary day, out of all.
    pub active_share: f64,
    /// The busiest minute of that hour against its mean.
    pub peak_factor: f64,
    /// Hours of a working day.
    pub hours_per_day: f64,
    /// Working days of a month.
    pub days_per_month: f64,
    /// Requests of one active user an hour: by category, then by endpoint.
    pub requests: BTreeMap<String, BTreeMap<String, f64>>,
    /// Appointments that are made.
    pub appointments: Option<Made>,
    /// Form submissions that are made.
    pub submissions: Option<Made>,
    /// Videocalls.
    pub calls: Option<Calls>,
}

/// Rows that users leave behind.
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    /// By one user a day, averaged over all.
    pub per_day: f64,
    /// The endpoint that makes them.
    pub endpoint: String,
    /// The table that keeps them.
    pub table: String,
}

/// Videocalls.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Calls {
    /// Minutes that one user spends in them a day, averaged over all.
    pub minutes_per_day: f64,
    /// Participants of one call.
    pub participants: f64,
}

impl Traffic {
    /// Requests of a category by one active user an hour.
    #[must_use]
    pub fn per_hour(&self, category: &str) -> f64 {
        self.requests.get(category).map_or(0.0, |endpoints| endpoints.values().sum())
    }

    /// Requests of a category a second by one user, active or not, in the busiest minute.
    #[must_use]
    pub fn peak(&self, category: &str) -> f64 {
        self.per_hour(category) * self.active_share * self.peak_factor / 3600.0
    }

    /// Requests of every category a second by one user in the busiest minute.
    #[must_use]
    pub fn peak_of_all(&self) -> f64 {
        self.requests.keys().map(|category| self.peak(category)).sum()
    }

    /// Calls at a time for each user in the busiest minute, by Little's law.
    #[must_use]
    pub fn calls_at_a_time(&self) -> f64 {
        self.calls.map_or(0.0, |calls| {
            let of_an_hour = calls.minutes_per_day / (60.0 * self.hours_per_day);
            of_an_hour * self.peak_factor / calls.participants
        })
    }

    /// What of it cannot be, if anything: a lowercase fragment.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        let within = [
            ("users-per-organisation", self.users_per_organisation, 1.0, 1e9),
            ("clients-per-user", self.clients_per_user, 0.0, 1e9),
            ("active-share", self.active_share, 0.0, 1.0),
            ("peak-factor", self.peak_factor, 1.0, 1e6),
            ("hours-per-day", self.hours_per_day, 0.0, 24.0),
            ("days-per-month", self.days_per_month, 0.0, 31.0),
        ];
        for (name, value, low, high) in within {
            let open = low <= 0.0 && value <= 0.0;
            if open || !(low..=high).contains(&value) {
                let from = if low > 0.0 { format!("from {low}") } else { "above 0".to_owned() };
                return Some(format!("{name} is {value}, expected a number {from} to {high}"));
            }
        }
        let rates = || self.requests.values().flat_map(BTreeMap::values);
        if rates().any(|rate| !rate.is_finite() || *rate < 0.0) {
            return Some("a rate of requests is no number".to_owned());
        }
        if rates().sum::<f64>() <= 0.0 {
            return Some(
                "the traffic model has no traffic: every rate of requests is zero".to_owned(),
            );
        }
        if let Some(name) = [CALLS, QUERIES].iter().find(|name| self.requests.contains_key(**name))
        {
            return Some(format!("no category can be called '{name}', which limits use otherwise"));
        }
        self.made_fault("appointments", self.appointments.as_ref())
            .or_else(|| self.made_fault("submissions", self.submissions.as_ref()))
            .or_else(|| self.calls_fault())
    }

    /// Whether an endpoint makes enough: at the most, every active user works all day as in the
    /// busiest hour.
    fn made_fault(&self, what: &str, made: Option<&Made>) -> Option<String> {
        let made = made?;
        let of = |endpoints: &BTreeMap<String, f64>| endpoints.get(&made.endpoint).copied();
        let Some(rate) = self.requests.values().find_map(of) else {
            return Some(format!(
                "{what}: no endpoint of the traffic model is '{}'",
                made.endpoint
            ));
        };
        let most = rate * self.active_share * self.hours_per_day;
        // What was multiplied may miss a number that was written by some digits.
        (made.per_day > most * (1.0 + 1e-9)).then(|| {
            format!(
                "{what}: {} a user and day cannot come of {rate} requests to '{}' by an active user \
                 an hour: those make {most} at the most",
                made.per_day, made.endpoint
            )
        })
    }

    fn calls_fault(&self) -> Option<String> {
        let calls = self.calls?;
        if calls.participants < 2.0 {
            return Some(format!("calls: a call has {} participants", calls.participants));
        }
        let most = self.hours_per_day * 60.0;
        (calls.minutes_per_day > most)
            .then(|| format!("calls: {} minutes a user and day, of {most}", calls.minutes_per_day))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A small model: a user asks for 90 reads and 10 writes an hour.
    pub(in crate::capacity) fn small() -> Traffic {
        let endpoints = |name: &str, rate| BTreeMap::from([(name.to_owned(), rate)]);
        Traffic {
            users_per_organisation: 25.0,
            clients_per_user: 100.0,
            active_share: 0.4,
            peak_factor: 2.0,
            hours_per_day: 10.0,
            days_per_month: 20.0,
            requests: BTreeMap::from([
                ("read".to_owned(), endpoints("day", 90.0)),
                ("write".to_owned(), endpoints("book", 10.0)),
            ]),
            appointments: Some(Made {
                per_day: 8.0,
                endpoint: "book".to_owned(),
                table: "appointments".to_owned(),
            }),
            submissions: None,
            calls: Some(Calls { minutes_per_day: 15.0, participants: 3.0 }),
        }
    }

    #[test]
    fn rates_follow_from_the_model() {
        let traffic = small();
        assert!((traffic.peak("read") - 0.02).abs() < 1e-12);
        assert!((traffic.peak_of_all() - 80.0 / 3600.0).abs() < 1e-12);
        // 15 of 600 minutes, twice as many at the peak, three in each call.
        assert!((traffic.calls_at_a_time() - 1.0 / 60.0).abs() < 1e-12);
        assert!(traffic.peak("none").abs() < f64::EPSILON);
        assert_eq!(traffic.fault(), None);
    }

    #[test]
    fn what_cannot_be_is_named() {
        let faulty = |change: fn(&mut Traffic)| {
            let mut traffic = small();
            change(&mut traffic);
            traffic.fault().unwrap_or_default()
        };
        type Change = fn(&mut Traffic);
        let cases: [(Change, &str); 12] = [
            (
                |t| t.requests.values_mut().flat_map(BTreeMap::values_mut).for_each(|r| *r = 0.0),
                "no traffic",
            ),
            (|t| t.requests.clear(), "no traffic"),
            (|t| t.peak_factor = 0.5, "peak-factor is 0.5, expected a number from 1"),
            (|t| t.active_share = 0.0, "active-share is 0, expected a number above 0"),
            (|t| t.active_share = 1.1, "active-share is 1.1"),
            (|t| t.hours_per_day = f64::NAN, "hours-per-day is NaN"),
            (|t| t.users_per_organisation = 0.0, "users-per-organisation is 0"),
            (|t| t.appointments.iter_mut().for_each(|a| a.per_day = 41.0), "40 at the most"),
            (
                |t| t.appointments.iter_mut().for_each(|a| a.endpoint = "x".to_owned()),
                "no endpoint of the traffic model is 'x'",
            ),
            (|t| t.calls.iter_mut().for_each(|c| c.participants = 1.0), "1 participants"),
            (|t| t.calls.iter_mut().for_each(|c| c.minutes_per_day = 601.0), "of 600"),
            (
                |t| drop(t.requests.insert(CALLS.to_owned(), BTreeMap::new())),
                "no category can be called 'calls'",
            ),
        ];
        for (change, why) in cases {
            let fault = faulty(change);
            assert!(fault.contains(why), "{fault:?}, expected {why:?}");
        }
    }
}
