//! The book's content, grown from one fixed seed.

use crate::{Appointment, CLOSES, DAY, OPENS};

const DAYS: u32 = 90;
const PRACTITIONERS: u32 = 300;
const PATIENTS: u32 = 40_000;
const GIVEN: [&str; 8] = ["ada", "bela", "chen", "dora", "emil", "femi", "greta", "hugo"];
const FAMILY: [&str; 8] =
    ["bianchi", "castro", "dubois", "fischer", "garcia", "ito", "kowalski", "lindqvist"];

/// Names of patients, and a calendar per practitioner.
pub(crate) fn grow() -> (Vec<String>, Vec<Vec<Appointment>>) {
    let mut random = Random(0x5EED);
    let patients = (0..PATIENTS).map(|number| random.name(number)).collect();
    let calendars = (0..PRACTITIONERS).map(|_| random.calendar()).collect();
    (patients, calendars)
}

/// The SplitMix64 generator.
struct Random(u64);

impl Random {
    /// A number below `end`; the bias of the remainder does not matter here.
    fn below(&mut self, end: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % u64::from(end)) as u32
    }

    fn name(&mut self, number: u32) -> String {
        let given = GIVEN[self.below(8) as usize];
        let family = FAMILY[self.below(8) as usize];
        format!("{given} {family} {number}")
    }

    /// Appointments of 10 to 30 minutes, with pauses of up to 15 between them.
    fn calendar(&mut self) -> Vec<Appointment> {
        let mut calendar = Vec::new();
        for day in 0..DAYS {
            let mut minute = OPENS + self.below(15);
            loop {
                let minutes = 10 + 5 * self.below(5);
                if minute + minutes > CLOSES {
                    break;
                }
                let patient = self.below(PATIENTS);
                calendar.push(Appointment { start: day * DAY + minute, minutes, patient });
                minute += minutes + self.below(16);
            }
        }
        calendar
    }
}
