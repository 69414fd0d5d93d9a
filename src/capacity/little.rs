//! Little's law as a check of the data: N = X (R + Z).
//!
//! Requests in flight are arrivals a second times the time that each of them stays (Little, "A Proof
//! for the Queuing Formula: L = λW", 1961); for N users who think for Z between requests, the
//! interactive response time law (Lazowska et al., *Quantitative System Performance*, 1984, section
//! 3.5). Whatever the service does, a step that departs from it was measured wrongly.

use super::step::Step;

/// By how much a good step may depart: good ones did by 1 to 2 %.
pub const AGREES_WITHIN: f64 = 0.05;

/// What the law makes of one step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Check {
    /// X (R + Z): the concurrency that throughput and times account for.
    pub accounted: f64,
    /// How far that is from the concurrency of the step, as a fraction of it.
    pub off: f64,
    /// Z in seconds; `None` where no iteration time was measured, and Z was taken as 0.
    pub think_s: Option<f64>,
}

impl Check {
    /// Whether the step is consistent.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.off.abs() <= AGREES_WITHIN
    }
}

/// Checks one step; `None` where no latency was measured, which is not checked and no agreement.
#[must_use]
pub fn check(step: &Step) -> Option<Check> {
    let latency = step.latency_s?;
    let think_s = step.iteration_s.map(|iteration| (iteration - latency).max(0.0));
    let accounted = step.per_s * (latency + think_s.unwrap_or(0.0));
    let off = (accounted - step.concurrency) / step.concurrency;
    (step.is_measured() && off.is_finite()).then_some(Check { accounted, off, think_s })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(latency_s: Option<f64>, iteration_s: Option<f64>) -> Step {
        Step { concurrency: 8.0, per_s: 100.0, latency_s, iteration_s }
    }

    #[test]
    fn the_law_accounts_for_every_user() {
        // 100/s x 80 ms = 8 in flight.
        let good = check(&step(Some(0.080), None)).unwrap();
        assert!((good.accounted - 8.0).abs() < 1e-12 && good.off.abs() < 1e-12 && good.agrees());
        assert_eq!(good.think_s, None);
        // 100/s x (50 ms + 30 ms): the think time makes the difference between good and wrong.
        let thinking = check(&step(Some(0.050), Some(0.080))).unwrap();
        assert!(thinking.agrees() && (thinking.think_s.unwrap() - 0.030).abs() < 1e-12);
        let wrong = check(&step(Some(0.050), None)).unwrap();
        assert!(!wrong.agrees() && (wrong.off + 0.375).abs() < 1e-12);
    }

    #[test]
    fn nothing_measured_is_nothing_checked() {
        assert_eq!(check(&step(None, None)), None);
        assert_eq!(check(&step(None, Some(0.1))), None);
        assert_eq!(check(&step(Some(f64::NAN), None)), None);
        assert_eq!(check(&Step { per_s: 0.0, ..step(Some(0.08), None) }), None);
    }

    #[test]
    fn an_iteration_shorter_than_its_requests_has_no_negative_think_time() {
        let batch = check(&step(Some(0.080), Some(0.040))).unwrap();
        assert_eq!(batch.think_s, Some(0.0));
    }
}
