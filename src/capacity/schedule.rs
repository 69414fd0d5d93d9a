//! What a script offers: arrivals whose rate changes in stages, as load generators take them.

/// The most stages, and the longest schedule in seconds.
const MOST_STAGES: usize = 1_000;
const LONGEST: f64 = 24.0 * 3600.0;

/// The largest rate, a second.
const LARGEST: f64 = 1e9;

/// A rate of arrivals over time: iterations a second, from the start of the earliest request on. After
/// its last stage nothing arrives.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    start: f64,
    stages: Vec<Stage>,
}

/// A stretch in which the rate goes evenly from where it was to a new one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stage {
    /// The rate at its end, a second.
    pub target_per_s: f64,
    /// How long it takes, in seconds.
    pub seconds: f64,
}

impl Schedule {
    /// A schedule that starts at a rate a second. `None` without a stage, with rates or times that are
    /// none, or where nothing would ever arrive.
    #[must_use]
    pub fn new(start_per_s: f64, stages: Vec<Stage>) -> Option<Self> {
        let is_rate = |rate: f64| (0.0..=LARGEST).contains(&rate);
        let sound = |stage: &Stage| is_rate(stage.target_per_s) && stage.seconds > 0.0;
        let schedule = Self { start: start_per_s, stages };
        let stages = &schedule.stages;
        let ok = is_rate(start_per_s)
            && (1..=MOST_STAGES).contains(&stages.len())
            && stages.iter().all(sound)
            && schedule.seconds() <= LONGEST
            && schedule.arrivals(0.0, LONGEST) > 0.0;
        ok.then_some(schedule)
    }

    /// How long it takes, in seconds.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.stages.iter().map(|stage| stage.seconds).sum()
    }

    /// How many arrive between two moments, in seconds from the start.
    #[must_use]
    pub fn arrivals(&self, from: f64, to: f64) -> f64 {
        let (mut begin, mut rate, mut sum) = (0.0, self.start, 0.0);
        for stage in &self.stages {
            let end = begin + stage.seconds;
            let at =
                |moment: f64| rate + (stage.target_per_s - rate) * (moment - begin) / stage.seconds;
            let (low, high) = (from.max(begin), to.min(end));
            if high > low {
                // The area under a straight line.
                sum += (at(low) + at(high)) / 2.0 * (high - low);
            }
            begin = end;
            rate = stage.target_per_s;
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp() -> Schedule {
        let up = Stage { target_per_s: 30.0, seconds: 10.0 };
        let hold = Stage { target_per_s: 30.0, seconds: 5.0 };
        Schedule::new(10.0, vec![up, hold]).unwrap()
    }

    #[test]
    fn arrivals_are_the_area_under_the_rate() {
        for (from, to, expected) in [
            (0.0, 10.0, 200.0),
            (0.0, 1.0, 11.0),
            (9.5, 10.5, 0.5 * 29.5 + 0.5 * 30.0),
            (14.0, 20.0, 30.0),
            (-1.0, 0.0, 0.0),
            (15.0, 99.0, 0.0),
        ] {
            let arrivals = ramp().arrivals(from, to);
            assert!((arrivals - expected).abs() < 1e-9, "{from} to {to}: {arrivals}");
        }
    }

    #[test]
    fn what_is_no_schedule_is_none() {
        let stage = |target_per_s, seconds| Stage { target_per_s, seconds };
        for (start, stages) in [
            (10.0, vec![]),
            (f64::NAN, vec![stage(1.0, 1.0)]),
            (-1.0, vec![stage(1.0, 1.0)]),
            (1.0, vec![stage(f64::INFINITY, 1.0)]),
            (1.0, vec![stage(1.0, 0.0)]),
            (1.0, vec![stage(1.0, f64::NAN)]),
            (1.0, vec![stage(1.0, 1e6)]),
            (0.0, vec![stage(0.0, 60.0)]),
        ] {
            assert_eq!(Schedule::new(start, stages), None);
        }
    }
}
