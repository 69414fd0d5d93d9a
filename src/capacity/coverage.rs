//! Index coverage: scans by an index out of all scans of a table, against a target.

use super::Estimate;

/// What is measured of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// All of the interval is at the target or above.
    Met,
    /// All of it is below.
    Broken,
    /// The target lies within it.
    AtRisk,
    /// Nothing was measured, which is never met.
    NotMeasured,
}

/// Holds a share against the least that it should be.
#[must_use]
pub fn at_least(target: f64, measured: Option<Estimate>) -> State {
    let Some(estimate) = measured else { return State::NotMeasured };
    let (low, high) = estimate.interval.unwrap_or((estimate.value, estimate.value));
    if low >= target {
        State::Met
    } else if high < target {
        State::Broken
    } else {
        State::AtRisk
    }
}

impl State {
    /// The word in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Broken => "broken",
            Self::AtRisk => "at-risk",
            Self::NotMeasured => "not-measured",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_across_the_target_is_a_risk() {
        let share = |low, high| Some(Estimate { value: 0.95, interval: Some((low, high)) });
        assert_eq!(at_least(0.95, share(0.95, 0.99)), State::Met);
        assert_eq!(at_least(0.95, share(0.94, 0.99)), State::AtRisk);
        assert_eq!(at_least(0.95, share(0.90, 0.949)), State::Broken);
        let alone = |value| Some(Estimate { value, interval: None });
        assert_eq!(at_least(0.95, alone(0.95)), State::Met);
        assert_eq!(at_least(0.95, alone(0.5)), State::Broken);
        assert_eq!(at_least(0.95, alone(f64::NAN)), State::AtRisk);
        assert_eq!(at_least(0.0, None), State::NotMeasured);
    }
}
