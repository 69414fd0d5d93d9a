//! How large an organisation may become: where a percentile leaves its target as the size grows.

use super::Estimate;
use super::figure::Amount;

/// One operation, measured at several sizes.
#[derive(Debug, Clone, PartialEq)]
pub struct Growing {
    /// The operation.
    pub name: String,
    /// Its target, in the unit of the measurements.
    pub target: f64,
    /// Size and measured percentile.
    pub points: Vec<(f64, Estimate)>,
}

/// The size at which an operation leaves its target.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Crossing {
    /// It is over its target at the smallest size that was measured.
    Below(f64),
    /// It leaves its target here; the interval is there where it leaves it at both of its ends.
    At(Estimate),
    /// It is within its target at the largest size that was measured.
    Beyond(f64),
}

impl Growing {
    /// Where the target is left: between two measured sizes on a straight line, and nowhere beyond
    /// them. `None` without measurements.
    #[must_use]
    pub fn crossing(&self) -> Option<Crossing> {
        let mut points = self.points.clone();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (smallest, largest) = (points.first()?.0, points.last()?.0);
        let curve = |of: fn(&Estimate) -> f64| {
            let curve: Vec<_> = points.iter().map(|(size, e)| (*size, of(e))).collect();
            first_over(&curve, self.target)
        };
        Some(match curve(|e| e.value) {
            Left::AtOnce => Crossing::Below(smallest),
            Left::Never => Crossing::Beyond(largest),
            Left::At(value) => {
                // The percentile may be higher than measured, and then the target is left earlier.
                let early = curve(|e| e.interval.map_or(e.value, |(_, high)| high));
                let late = curve(|e| e.interval.map_or(e.value, |(low, _)| low));
                let sure = points.iter().all(|(_, e)| e.interval.is_none());
                let interval = match (early, late) {
                    (Left::At(low), Left::At(high)) if !sure => Some((low, high)),
                    _ => None,
                };
                Crossing::At(Estimate { value, interval })
            }
        })
    }
}

impl Crossing {
    /// The largest size that is within the target, as far as it is known.
    #[must_use]
    pub fn most(self) -> Amount {
        match self {
            Self::Below(smallest) => Amount::exact(smallest).or_less(),
            Self::At(estimate) => Amount::of(estimate),
            Self::Beyond(largest) => Amount::exact(largest).or_more(),
        }
    }
}

/// The operation that limits the size of an organisation, and where it does.
#[derive(Debug, Clone, PartialEq)]
pub struct Largest {
    /// The operation.
    pub operation: String,
    /// Where it leaves its target.
    pub crossing: Crossing,
}

/// Of several operations the one that allows the least; `None` without measurements.
#[must_use]
pub fn largest(operations: &[Growing]) -> Option<Largest> {
    let found = operations.iter().filter_map(|growing| {
        Some(Largest { operation: growing.name.clone(), crossing: growing.crossing()? })
    });
    let key = |largest: &Largest| {
        (!matches!(largest.crossing, Crossing::Below(_)), largest.crossing.most().value())
    };
    found.min_by(|a, b| {
        let ((a_within, a), (b_within, b)) = (key(a), key(b));
        a_within.cmp(&b_within).then(a.total_cmp(&b))
    })
}

enum Left {
    AtOnce,
    At(f64),
    Never,
}

fn first_over(points: &[(f64, f64)], target: f64) -> Left {
    let Some(over) = points.iter().position(|(_, value)| *value > target) else {
        return Left::Never;
    };
    let before = over.checked_sub(1).and_then(|before| points.get(before));
    match (before, points.get(over)) {
        (Some((x0, y0)), Some((x1, y1))) => Left::At(x0 + (x1 - x0) * (target - y0) / (y1 - y0)),
        _ => Left::AtOnce,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn growing(target: f64, points: &[(f64, f64, f64, f64)]) -> Growing {
        let points = points
            .iter()
            .map(|(size, value, low, high)| {
                (*size, Estimate { value: *value, interval: Some((*low, *high)) })
            })
            .collect();
        Growing { name: "evaluate".to_owned(), target, points }
    }

    const SIZES: [(f64, f64, f64, f64); 3] =
        [(10_000.0, 125.0, 100.0, 150.0), (400.0, 11.0, 10.0, 12.0), (2000.0, 25.0, 20.0, 30.0)];

    #[test]
    fn a_target_is_left_between_two_sizes() {
        let Some(Crossing::At(at)) = growing(75.0, &SIZES).crossing() else {
            panic!("no crossing")
        };
        assert!((at.value - 6000.0).abs() < 1e-9, "{at:?}");
        let (low, high) = at.interval.unwrap();
        // 45/120 and 55/80 of the way from 2,000 to 10,000.
        assert!((low - 5000.0).abs() < 1e-9 && (high - 7500.0).abs() < 1e-9, "{at:?}");
    }

    #[test]
    fn nothing_is_claimed_beyond_what_was_measured() {
        assert_eq!(growing(200.0, &SIZES).crossing(), Some(Crossing::Beyond(10_000.0)));
        assert_eq!(Crossing::Beyond(10_000.0).most(), Amount::exact(10_000.0).or_more());
        assert_eq!(growing(5.0, &SIZES).crossing(), Some(Crossing::Below(400.0)));
        assert_eq!(Crossing::Below(400.0).most(), Amount::exact(400.0).or_less());
        assert_eq!(growing(5.0, &[]).crossing(), None);
        // Its upper end is left later than any size tells.
        let Some(Crossing::At(at)) = growing(110.0, &SIZES).crossing() else {
            panic!("no crossing")
        };
        assert_eq!(at.interval, None);
    }

    #[test]
    fn the_operation_that_allows_the_least_decides() {
        let mut slow = growing(75.0, &SIZES);
        slow.name = "slow".to_owned();
        let found = largest(&[growing(200.0, &SIZES), slow]).unwrap();
        assert_eq!(found.operation, "slow");
        assert!(matches!(found.crossing, Crossing::At(_)));
        assert_eq!(largest(&[]), None);
    }
}
