//! Histograms of times as services count them: how many took at most so long.

/// Cumulative counts by upper bound, the sum of all values and their number.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    /// Upper bounds, rising; the last is infinite. Each with the number of values up to it.
    buckets: Vec<(f64, f64)>,
    sum: f64,
}

/// Where a quantile lies: above one bound of the histogram and not above the next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Between {
    /// It is more than this.
    pub over: f64,
    /// It is at most this; `None` where it is above the last finite bound.
    pub up_to: Option<f64>,
}

impl Between {
    /// A quantile that is known as such.
    #[must_use]
    pub fn exact(value: f64) -> Self {
        Self { over: value, up_to: Some(value) }
    }
}

impl Histogram {
    /// A histogram; `None` where bounds or counts fall, the last bound is finite, or a number is none.
    #[must_use]
    pub fn new(mut buckets: Vec<(f64, f64)>, sum: f64) -> Option<Self> {
        buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
        let ends = buckets.last().is_some_and(|(bound, _)| *bound == f64::INFINITY);
        let counts = buckets.iter().all(|(bound, n)| !bound.is_nan() && n.is_finite() && *n >= 0.0);
        let rises =
            buckets.iter().zip(buckets.iter().skip(1)).all(|(a, b)| a.0 < b.0 && a.1 <= b.1);
        (ends && counts && rises && sum.is_finite() && sum >= 0.0).then_some(Self { buckets, sum })
    }

    /// What came after an earlier state of the same histogram; `None` where it is not one, as after a
    /// restart.
    #[must_use]
    pub fn since(&self, before: &Self) -> Option<Self> {
        self.joined(before, |now, then| now - then)
    }

    /// Two histograms of the same bounds as one; `None` where their bounds differ.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Option<Self> {
        self.joined(other, |a, b| a + b)
    }

    /// How many values.
    #[must_use]
    pub fn n(&self) -> u64 {
        self.buckets.last().map_or(0, |(_, n)| *n as u64)
    }

    /// Their mean; `None` without values.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        self.buckets.last().filter(|(_, n)| *n > 0.0).map(|(_, n)| self.sum / n)
    }

    /// Where the `q`-quantile lies; `None` without values or where `q` is outside (0, 1]. Nothing is
    /// interpolated: a bucket does not tell where in it its values are.
    #[must_use]
    pub fn quantile(&self, q: f64) -> Option<Between> {
        let (_, all) = *self.buckets.last().filter(|(_, n)| *n > 0.0)?;
        if q.is_nan() || q <= 0.0 || q > 1.0 {
            return None;
        }
        let place = self.buckets.iter().position(|(_, n)| *n >= q * all)?;
        let (bound, _) = *self.buckets.get(place)?;
        let over = match place.checked_sub(1).and_then(|before| self.buckets.get(before)) {
            Some((before, _)) => *before,
            None => 0.0_f64.min(bound),
        };
        Some(Between { over, up_to: bound.is_finite().then_some(bound) })
    }

    fn joined(&self, other: &Self, f: impl Fn(f64, f64) -> f64) -> Option<Self> {
        let alike = self.buckets.len() == other.buckets.len()
            && self.buckets.iter().zip(&other.buckets).all(|(a, b)| a.0.total_cmp(&b.0).is_eq());
        let both = self.buckets.iter().zip(&other.buckets);
        let buckets = both.map(|(a, b)| (a.0, f(a.1, b.1))).collect();
        alike.then(|| Self::new(buckets, f(self.sum, other.sum))).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(counts: [f64; 4], sum: f64) -> Option<Histogram> {
        let bounds = [0.001, 0.01, 0.1, f64::INFINITY];
        Histogram::new(bounds.into_iter().zip(counts).collect(), sum)
    }

    #[test]
    fn a_quantile_is_known_to_a_bucket() {
        let times = counted([900.0, 990.0, 999.0, 1000.0], 4.0).unwrap();
        assert_eq!((times.n(), times.mean()), (1000, Some(0.004)));
        let found = |q| times.quantile(q).unwrap();
        assert_eq!(found(0.5), Between { over: 0.0, up_to: Some(0.001) });
        assert_eq!(found(0.95), Between { over: 0.001, up_to: Some(0.01) });
        assert_eq!(found(0.99), Between { over: 0.001, up_to: Some(0.01) });
        assert_eq!(found(0.995), Between { over: 0.01, up_to: Some(0.1) });
        assert_eq!(found(0.9999), Between { over: 0.1, up_to: None });
    }

    #[test]
    fn what_happened_between_two_scrapes_is_their_difference() {
        let before = counted([5.0, 5.0, 5.0, 5.0], 0.002).unwrap();
        let after = counted([5.0, 9.0, 9.0, 9.0], 0.022).unwrap();
        let load = after.since(&before).unwrap();
        assert_eq!(load.n(), 4);
        assert!((load.mean().unwrap() - 0.005).abs() < 1e-12);
        assert_eq!(load.quantile(0.01), Some(Between { over: 0.001, up_to: Some(0.01) }));
        assert_eq!(before.since(&after), None, "a restart in between");
        assert_eq!(after.plus(&before).unwrap().n(), 14);
    }

    #[test]
    fn what_is_no_histogram_is_refused() {
        assert_eq!(counted([5.0, 4.0, 5.0, 5.0], 1.0), None, "counts that fall");
        assert_eq!(counted([f64::NAN, 4.0, 5.0, 5.0], 1.0), None);
        assert_eq!(counted([1.0; 4], f64::NAN), None);
        assert_eq!(Histogram::new(vec![(1.0, 3.0)], 1.0), None, "no last bucket");
        assert_eq!(Histogram::new(Vec::new(), 0.0), None);
        let none = counted([0.0; 4], 0.0).unwrap();
        assert_eq!((none.mean(), none.quantile(0.5)), (None, None));
    }
}
