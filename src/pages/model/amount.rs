//! Numbers, where they came from, and numbers that are not there.

use crate::measure::Unit;
use crate::report::Bound;

/// A number with its unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Amount {
    /// The number.
    pub value: f64,
    /// Its unit.
    pub unit: Unit,
    /// Two-sided interval, usually 95 %, in the same unit.
    pub interval: Option<(f64, f64)>,
    /// What is counted, in the plural, where the unit does not say: `users`.
    pub thing: Option<String>,
    /// Only a bound of the truth, where what was measured with was the limit and not what was measured.
    pub bound: Option<Bound>,
}

impl Amount {
    /// A number without an interval.
    #[must_use]
    pub fn new(value: f64, unit: Unit) -> Self {
        Self { value, unit, interval: None, thing: None, bound: None }
    }

    /// The same number of `things`.
    #[must_use]
    pub fn of(self, things: &str) -> Self {
        Self { thing: Some(things.to_owned()), ..self }
    }

    /// The same number, known to lie from `low` to `high`.
    #[must_use]
    pub fn within(self, low: f64, high: f64) -> Self {
        Self { interval: Some((low, high)), ..self }
    }
}

/// A number, or why there is none.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// The number.
    Known(Amount),
    /// Nothing was measured that tells it: why, as a lowercase fragment.
    NotMeasured(String),
}

/// Where a number came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Source {
    /// The file, relative to the configuration's directory, with `/` between components.
    pub file: String,
    /// The commits that were measured, in full.
    pub commits: Vec<String>,
    /// The machine, in words.
    pub machine: Option<String>,
    /// The day or days of the measurement, as `2026-11-25`.
    pub date: Option<String>,
}

/// What a number rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// It was measured.
    Measured,
    /// It follows from what was measured.
    Derived,
    /// Somebody decided it.
    Policy,
}
