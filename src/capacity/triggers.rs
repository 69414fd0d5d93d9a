//! Scaling triggers: how far a threshold is, and when it is reached as things grow.

use super::figure::{Amount, Basis, Known, Limited};

/// A threshold and where things stand.
#[derive(Debug, Clone, PartialEq)]
pub struct Watched {
    /// The threshold, and what it is derived from or why it was decided.
    pub threshold: Known,
    /// Whether it is derived or policy.
    pub basis: Basis,
    /// Where things stand.
    pub current: Known,
    /// Which side of the threshold is the far one.
    pub side: Side,
    /// How it moves.
    pub growth: Growth,
}

/// On which side of its threshold a trigger is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Above it.
    Above,
    /// Below it: of a share that should be high.
    Below,
}

/// How a quantity grows.
#[derive(Debug, Clone, PartialEq)]
pub enum Growth {
    /// By this share of itself a month.
    Compound(f64),
    /// By what comes in: so much a month now, and by a share more every month.
    Filling {
        /// What comes in a month.
        each_month: Known,
        /// How much more of it comes in a month later, as a share.
        growth: f64,
    },
    /// Nobody knows, for a reason: a lowercase fragment.
    Unknown(String),
}

/// When a threshold is reached, in months from where things stand.
#[derive(Debug, Clone, PartialEq)]
pub enum Reach {
    /// It is.
    Now,
    /// In so many months; the interval follows from those of both numbers.
    In(Amount),
    /// Not at this growth.
    Never,
    /// Not known, for a reason: a lowercase fragment.
    Unknown(String),
}

/// What can be said of a trigger.
#[derive(Debug, Clone, PartialEq)]
pub struct Distance {
    /// The current value out of the threshold.
    pub used: Result<f64, String>,
    /// When it is reached.
    pub reach: Reach,
}

/// A trigger further away than this is not dated: in months, a century.
const FARTHEST: f64 = 1200.0;

/// How far a threshold is.
#[must_use]
pub fn distance(watched: &Watched) -> Distance {
    let both =
        watched.threshold.amount.clone().and_then(|t| Ok((t, watched.current.amount.clone()?)));
    match both {
        Ok((threshold, current)) if threshold.value() > 0.0 && current.value().is_finite() => {
            let used = Ok(current.value() / threshold.value());
            Distance { used, reach: reach(watched, threshold, current) }
        }
        Ok(_) => unknown("the threshold is not above zero".to_owned()),
        Err(why) => unknown(why),
    }
}

fn unknown(why: String) -> Distance {
    Distance { used: Err(why.clone()), reach: Reach::Unknown(why) }
}

fn reach(watched: &Watched, threshold: Amount, current: Amount) -> Reach {
    let due = match watched.side {
        Side::Above => current.value() >= threshold.value(),
        Side::Below => current.value() <= threshold.value(),
    };
    if due {
        return Reach::Now;
    }
    if watched.side == Side::Below {
        return Reach::Unknown("a share does not grow with the number of organisations".to_owned());
    }
    match &watched.growth {
        Growth::Unknown(why) => Reach::Unknown(why.clone()),
        Growth::Compound(rate) if *rate <= 0.0 => Reach::Never,
        Growth::Compound(rate) => {
            if current.value() <= 0.0 {
                return Reach::Unknown("there is nothing yet that could grow".to_owned());
            }
            let months = |to: f64, from: f64| (to / from).ln().max(0.0) / rate.ln_1p();
            dated(threshold, current, months)
        }
        Growth::Filling { each_month, growth } => match &each_month.amount {
            Err(why) => Reach::Unknown(why.clone()),
            Ok(rate) if rate.value() <= 0.0 => Reach::Never,
            Ok(rate) => {
                let months = |to: f64, from: f64| {
                    months_to_fill((to - from).max(0.0), rate.value(), *growth)
                };
                dated(threshold, current, months)
            }
        },
    }
}

/// Months until `amount` has come in, where `each_month` comes in now and grows by the share `growth` a
/// month: `n` of `each_month ((1 + growth)^n - 1) / ln(1 + growth) = amount`, the integral of what comes in.
fn months_to_fill(amount: f64, each_month: f64, growth: f64) -> f64 {
    let rate = growth.ln_1p();
    if rate > 0.0 { (amount * rate / each_month).ln_1p() / rate } else { amount / each_month }
}

/// Later for a higher threshold, sooner from a higher start.
fn dated(threshold: Amount, current: Amount, months: impl Fn(f64, f64) -> f64) -> Reach {
    // The negative of the start turns its interval round, so that both let the months rise.
    let from = current.falling(|value| -value);
    let months = threshold.with(from, |to, from| months(to, -from));
    match months.value() {
        months if months > FARTHEST => Reach::Never,
        months if months.is_nan() => Reach::Unknown("the numbers do not give a date".to_owned()),
        _ => Reach::In(months),
    }
}

impl Reach {
    /// Whether it may be later: the threshold is only what was shown so far.
    #[must_use]
    pub fn or_later(&self) -> bool {
        matches!(self, Self::In(months) if months.bound == Limited::AtLeast)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capacity::Estimate;
    use crate::capacity::figure::Source;

    fn watched(threshold: Amount, current: Amount, growth: Growth) -> Watched {
        let known = |amount| Known { amount: Ok(amount), source: Source::default() };
        Watched {
            threshold: known(threshold),
            basis: Basis::Derived,
            current: known(current),
            side: Side::Above,
            growth,
        }
    }

    fn between(value: f64, low: f64, high: f64) -> Amount {
        Amount::of(Estimate { value, interval: Some((low, high)) })
    }

    #[test]
    fn growth_upon_growth_reaches_a_threshold() {
        // Twice as much at 10 % a month: ln 2 / ln 1.1.
        let found = distance(&watched(
            between(200.0, 150.0, 400.0),
            Amount::exact(100.0),
            Growth::Compound(0.1),
        ));
        assert!((found.used.unwrap() - 0.5).abs() < 1e-12);
        let Reach::In(months) = found.reach else { panic!("{:?}", found.reach) };
        let after = |ratio: f64| ratio.ln() / 1.1_f64.ln();
        assert!((months.value() - after(2.0)).abs() < 1e-9);
        let (low, high) = months.ends();
        assert!((low - after(1.5)).abs() < 1e-9 && (high - after(4.0)).abs() < 1e-9);
    }

    #[test]
    fn a_higher_start_is_sooner() {
        let found = distance(&watched(
            Amount::exact(100.0).or_more(),
            between(40.0, 20.0, 60.0),
            filling(Known::policy(10.0, "")),
        ));
        let Reach::In(months) = &found.reach else { panic!("{:?}", found.reach) };
        assert_eq!(months.ends(), (4.0, 8.0));
        assert!((months.value() - 6.0).abs() < 1e-12 && found.reach.or_later());
    }

    fn filling(each_month: Known) -> Growth {
        Growth::Filling { each_month, growth: 0.0 }
    }

    #[test]
    fn what_comes_in_faster_is_full_sooner() {
        // 10 a month, 10 % more every month: the integral over 12 months is 10 (1.1^12 - 1) / ln 1.1.
        let amount = 10.0 * (1.1_f64.powi(12) - 1.0) / 1.1_f64.ln();
        assert!((months_to_fill(amount, 10.0, 0.1) - 12.0).abs() < 1e-9);
        assert!((months_to_fill(120.0, 10.0, 0.0) - 12.0).abs() < 1e-12);
    }

    #[test]
    fn what_has_no_date_says_why() {
        let at = |current, growth| {
            distance(&watched(Amount::exact(100.0), Amount::exact(current), growth)).reach
        };
        assert_eq!(at(100.0, Growth::Compound(0.1)), Reach::Now);
        assert_eq!(at(50.0, Growth::Compound(0.0)), Reach::Never);
        assert_eq!(at(1e-9, Growth::Compound(0.001)), Reach::Never, "in centuries");
        assert!(matches!(at(0.0, Growth::Compound(0.1)), Reach::Unknown(_)));
        let unknown = at(50.0, Growth::Unknown("no growth is given".to_owned()));
        assert_eq!(unknown, Reach::Unknown("no growth is given".to_owned()));
        let missing = at(50.0, filling(Known::missing("no snapshot")));
        assert_eq!(missing, Reach::Unknown("no snapshot".to_owned()));
        let mut unmeasured = watched(Amount::exact(9.0), Amount::exact(1.0), Growth::Compound(0.1));
        unmeasured.current = Known::missing("no metrics");
        let found = distance(&unmeasured);
        assert_eq!(found.used, Err("no metrics".to_owned()));
        assert_eq!(found.reach, Reach::Unknown("no metrics".to_owned()));
    }

    #[test]
    fn a_share_that_should_be_high_is_due_below() {
        let mut hits = watched(Amount::exact(0.99), Amount::exact(0.985), Growth::Compound(0.1));
        hits.side = Side::Below;
        assert_eq!(distance(&hits).reach, Reach::Now);
        hits.current = Known::policy(0.999, "");
        assert!(matches!(distance(&hits).reach, Reach::Unknown(_)));
    }
}
