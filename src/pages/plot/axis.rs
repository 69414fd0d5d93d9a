//! Axes: which values they show, where, and by what marks.

use crate::report::number;

/// Marks of an axis that begins at zero, about so many.
const MARKS: f64 = 5.0;

/// One axis.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Axis {
    /// What it measures, with its unit.
    pub(super) title: String,
    /// Its ends, as places.
    pub(super) from: f64,
    pub(super) to: f64,
    /// Marks at most.
    pub(super) marks: usize,
    scale: Scale,
}

#[derive(Debug, Clone, PartialEq)]
enum Scale {
    Linear,
    /// A place is a decimal logarithm.
    Decades,
    /// A place is the position of a name.
    Names(Vec<String>),
}

impl Axis {
    /// From zero to a round number that all values keep under.
    pub(super) fn from_zero(title: &str, values: impl Iterator<Item = f64>) -> Self {
        let most = values.filter(|value| value.is_finite()).fold(0.0, f64::max);
        let most = if most > 0.0 { most } else { 1.0 };
        let step = round_step(most);
        let steps = (most / step).ceil().max(1.0);
        Self {
            title: title.to_owned(),
            from: 0.0,
            to: steps * step,
            marks: steps as usize + 1,
            scale: Scale::Linear,
        }
    }

    /// The decades around positive values; others are not shown. `None` without any.
    pub(super) fn decades(title: &str, values: impl Iterator<Item = f64>) -> Option<Self> {
        let logs = values.filter(|value| value.is_finite() && *value > 0.0).map(f64::log10);
        let (least, most) = logs.fold(None, |ends: Option<(f64, f64)>, log| {
            Some(ends.map_or((log, log), |(low, high)| (low.min(log), high.max(log))))
        })?;
        let (from, to) = (least.floor(), most.ceil());
        let to = if to > from { to } else { from + 1.0 };
        let marks = (to - from) as usize + 1;
        Some(Self { title: title.to_owned(), from, to, marks, scale: Scale::Decades })
    }

    /// Names at equal distances; at least two are shown.
    pub(super) fn names(title: &str, names: Vec<String>) -> Self {
        let last = names.len().saturating_sub(1).max(1);
        Self {
            title: title.to_owned(),
            from: 0.0,
            to: last as f64,
            marks: last + 1,
            scale: Scale::Names(names),
        }
    }

    /// Where a value stands; `None` where it is not on the axis.
    pub(super) fn place(&self, value: f64) -> Option<f64> {
        let place = match self.scale {
            Scale::Decades if value > 0.0 => value.log10(),
            Scale::Decades => return None,
            Scale::Linear | Scale::Names(_) => value,
        };
        // The last round number may fall short of the largest value by its rounding.
        let slack = (self.to - self.from) * 1e-9;
        let on = (self.from - slack..=self.to + slack).contains(&place);
        (place.is_finite() && on).then_some(place)
    }

    /// A value's place, moved to the nearer end where it is not on the axis.
    pub(super) fn nearest(&self, value: f64) -> f64 {
        let place = match self.scale {
            Scale::Decades => value.max(f64::MIN_POSITIVE).log10(),
            Scale::Linear | Scale::Names(_) => value,
        };
        if place.is_nan() { self.from } else { place.clamp(self.from, self.to) }
    }

    /// The mark at a place.
    pub(super) fn mark(&self, place: f64) -> String {
        match &self.scale {
            Scale::Linear => number::tick(place),
            Scale::Decades => number::tick(10_f64.powf(place)),
            Scale::Names(names) => names.get(place.round() as usize).cloned().unwrap_or_default(),
        }
    }
}

/// 1, 2 or 5 times a power of ten: the smallest that needs no more than [`MARKS`] steps.
fn round_step(most: f64) -> f64 {
    let least = most / MARKS;
    let power = 10_f64.powf(least.log10().floor());
    let mut steps = [1.0, 2.0, 5.0].into_iter().map(|n| n * power);
    steps.find(|step| *step >= least).unwrap_or(10.0 * power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_from_zero_ends_at_a_round_number() {
        for (most, end, marks) in
            [(262.0, 300.0, 4), (5.0, 5.0, 6), (1.0, 1.0, 6), (0.0, 1.0, 6), (0.37, 0.4, 5)]
        {
            let axis = Axis::from_zero("x", [most / 2.0, f64::NAN, most].into_iter());
            assert!((axis.to - end).abs() < 1e-9, "{most}: {}", axis.to);
            assert_eq!(axis.marks, marks, "{most}");
        }
        let axis = Axis::from_zero("x", [10.0].into_iter());
        assert_eq!(axis.place(10.5), None);
        assert!((axis.nearest(10.5) - 10.0).abs() < 1e-9);
        assert_eq!(axis.mark(2.0), "2");
    }

    #[test]
    fn decades_go_around_the_values() {
        let axis = Axis::decades("x", [0.0, 3.0, 420.0, -1.0].into_iter()).unwrap();
        assert!(axis.from.abs() < 1e-9 && (axis.to - 3.0).abs() < 1e-9);
        assert_eq!((axis.mark(0.0), axis.mark(3.0)), ("1".to_owned(), "1,000".to_owned()));
        assert_eq!((axis.marks, axis.place(0.0)), (4, None));
        assert!(axis.place(10.0).is_some_and(|place| (place - 1.0).abs() < 1e-9));
        assert!(axis.nearest(0.0).abs() < 1e-9);
        let one = Axis::decades("x", [1.0].into_iter()).unwrap();
        assert!((one.to - one.from - 1.0).abs() < 1e-9, "an axis has a length");
        assert_eq!(Axis::decades("x", [0.0].into_iter()), None);
    }

    #[test]
    fn names_are_their_own_marks() {
        let axis = Axis::names("x", vec!["p50".to_owned(), "p95".to_owned()]);
        assert_eq!((axis.mark(0.0), axis.mark(1.0)), ("p50".to_owned(), "p95".to_owned()));
        assert_eq!(axis.mark(7.0), "");
    }
}
