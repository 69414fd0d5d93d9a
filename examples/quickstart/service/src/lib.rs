//! A clinic's appointment book, held in memory: what the quickstart measures.
//!
//! The same seed makes the same book, so every run does the same work.

mod seed;

use std::env;
use std::num::NonZeroU8;

use serde::Serialize;

/// Minutes of a calendar day.
const DAY: u32 = 24 * 60;
/// Opening hours, in minutes since midnight.
const OPENS: u32 = 8 * 60;
const CLOSES: u32 = 18 * 60;
/// Half hours of a working day.
const HALF_HOURS: usize = ((CLOSES - OPENS) / 30) as usize;

/// One booked time.
#[derive(Debug, Clone, Copy)]
pub struct Appointment {
    /// Minutes since the first day's midnight.
    pub start: u32,
    /// Length in minutes.
    pub minutes: u32,
    /// Index of the patient.
    pub patient: u32,
}

/// A free time of one practitioner.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Gap {
    /// Index of the practitioner.
    pub practitioner: usize,
    /// Minutes since the first day's midnight.
    pub start: u32,
    /// Length in minutes.
    pub minutes: u32,
}

/// What a search for patients found.
#[derive(Debug, Serialize)]
pub struct Matches<'book> {
    /// How many names match.
    pub total: usize,
    /// The first of them.
    pub first: Vec<&'book str>,
}

/// One practitioner's line of a report.
#[derive(Debug, Serialize)]
pub struct Workload {
    /// Minutes booked.
    pub minutes: u32,
    /// Patients seen, each counted once.
    pub patients: usize,
}

/// The appointment book.
#[derive(Debug)]
pub struct Book {
    /// Names, in lower case.
    patients: Vec<String>,
    /// One calendar per practitioner, sorted by start.
    calendars: Vec<Vec<Appointment>>,
    needless_copy: bool,
}

impl Book {
    /// The book of the quickstart. `CLINIC_SLOW=1` in the environment switches the slowdown on.
    #[must_use]
    pub fn open() -> Self {
        let (patients, calendars) = seed::grow();
        let needless_copy = env::var("CLINIC_SLOW").is_ok_and(|value| value == "1");
        Self { patients, calendars, needless_copy }
    }

    /// Patients whose name contains `text`.
    #[must_use]
    pub fn patients(&self, text: &str) -> Matches<'_> {
        let text = text.to_lowercase();
        let mut matches = Matches { total: 0, first: Vec::new() };
        for name in self.patients.iter().filter(|name| name.contains(&text)) {
            matches.total += 1;
            if matches.first.len() < 20 {
                matches.first.push(name);
            }
        }
        matches
    }

    /// How many practitioners are busy in each half hour of `days` days, starting with `from`.
    #[must_use]
    pub fn occupancy(&self, from: u8, days: u8) -> Vec<[u32; HALF_HOURS]> {
        let mut grid = vec![[0; HALF_HOURS]; usize::from(days)];
        for calendar in &self.calendars {
            for appointment in between(calendar, from, days) {
                let day = &mut grid[(appointment.start / DAY - u32::from(from)) as usize];
                let minute = appointment.start % DAY - OPENS;
                let last = minute + appointment.minutes - 1;
                for half_hour in &mut day[(minute / 30) as usize..=(last / 30) as usize] {
                    *half_hour += 1;
                }
            }
        }
        grid
    }

    /// What each practitioner does in `days` days, starting with `from`.
    #[must_use]
    pub fn report(&self, from: u8, days: u8) -> Vec<Workload> {
        let line = |calendar: &Vec<Appointment>| {
            let booked = between(calendar, from, days);
            let mut patients: Vec<u32> = booked.iter().map(|a| a.patient).collect();
            patients.sort_unstable();
            patients.dedup();
            let minutes = booked.iter().map(|a| a.minutes).sum();
            Workload { minutes, patients: patients.len() }
        };
        self.calendars.iter().map(line).collect()
    }

    /// The shortest gap that has room for `minutes`, so that long ones stay whole.
    #[must_use]
    pub fn tightest_gap(&self, minutes: u32) -> Option<Gap> {
        let gap = |(practitioner, calendar): (usize, &Vec<Appointment>)| {
            if self.needless_copy {
                // The slowdown: a copy for safety's sake, sorted although it is sorted already.
                let mut copy = calendar.clone();
                copy.sort_by_key(|appointment| appointment.start);
                tightest_gap(practitioner, &copy, minutes)
            } else {
                tightest_gap(practitioner, calendar, minutes)
            }
        };
        self.calendars.iter().enumerate().filter_map(gap).min_by_key(|gap| gap.minutes)
    }

    /// Books `minutes` for a patient in the tightest gap there is.
    pub fn book(&mut self, patient: u32, minutes: NonZeroU8) -> Option<Gap> {
        let minutes = u32::from(minutes.get());
        let Gap { practitioner, start, .. } = self.tightest_gap(minutes)?;
        let calendar = &mut self.calendars[practitioner];
        let at = calendar.partition_point(|appointment| appointment.start < start);
        calendar.insert(at, Appointment { start, minutes, patient });
        Some(Gap { practitioner, start, minutes })
    }
}

/// The appointments of `days` days, starting with `from`.
fn between(calendar: &[Appointment], from: u8, days: u8) -> &[Appointment] {
    let before = |day: u32| calendar.partition_point(|appointment| appointment.start < day * DAY);
    let (from, days) = (u32::from(from), u32::from(days));
    &calendar[before(from)..before(from + days)]
}

fn tightest_gap(practitioner: usize, calendar: &[Appointment], minutes: u32) -> Option<Gap> {
    let mut tightest: Option<Gap> = None;
    for pair in calendar.windows(2) {
        let [before, after] = pair else { continue };
        let start = before.start + before.minutes;
        let free = after.start - start;
        let same_day = before.start / DAY == after.start / DAY;
        if same_day && free >= minutes && tightest.is_none_or(|gap| free < gap.minutes) {
            tightest = Some(Gap { practitioner, start, minutes: free });
        }
    }
    tightest
}
