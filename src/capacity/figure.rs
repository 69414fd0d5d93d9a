//! Figures that say what they rest on: the currency of the plan, the pools and the triggers.

use super::Estimate;
use crate::measure::Unit;

/// A number, how sure it is, and on which side of it the truth may lie.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Amount {
    /// The number, with the 95 % interval of what was measured carried through.
    pub estimate: Estimate,
    /// What the number is of the truth.
    pub bound: Limited,
}

/// What a number is of the truth: a measurement that never reached the limit of the service tells only
/// what was shown so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limited {
    /// The number itself.
    Exact,
    /// The truth is this or more.
    AtLeast,
    /// The truth is this or less.
    AtMost,
}

/// A number, or why there is none; and where either comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// The number, or a lowercase fragment that says why it is not measured.
    pub amount: Result<Amount, String>,
    /// Where either comes from.
    pub source: Source,
}

/// Where a number comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Source {
    /// A file, or a key of the configuration. Empty for what follows from other numbers.
    pub file: String,
    /// The commits that were measured.
    pub commits: Vec<String>,
    /// The environment key of the machine that measured.
    pub machine: Option<String>,
    /// When, as RFC 3339 times: the first and the last.
    pub times: Option<(String, String)>,
}

/// What stands behind a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// Somebody measured it.
    Measured,
    /// It follows from other numbers.
    Derived,
    /// Somebody decided it.
    Policy,
}

/// A number that goes into a formula.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// The name by which the formula calls it.
    pub name: String,
    /// Its unit.
    pub unit: Unit,
    /// What stands behind it.
    pub basis: Basis,
    /// The number, and where it comes from.
    pub known: Known,
}

/// One computed figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned {
    /// A stable name for programs.
    pub key: String,
    /// What it is, in words; that it counts for a day or a month is said here.
    pub name: String,
    /// Its unit.
    pub unit: Unit,
    /// Whether it answers a question, and is not only on the way to an answer.
    pub answer: bool,
    /// The figure, or a lowercase fragment that says why it is not measured.
    pub amount: Result<Amount, String>,
    /// How it is computed; names of inputs stand in brackets.
    pub formula: String,
    /// Every input that the formula names.
    pub inputs: Vec<Input>,
    /// What keeps it from being more.
    pub binding: Option<String>,
}

impl Basis {
    /// The word in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Measured => "measured",
            Self::Derived => "derived",
            Self::Policy => "policy",
        }
    }
}

impl Limited {
    fn opposite(self) -> Self {
        match self {
            Self::Exact => Self::Exact,
            Self::AtLeast => Self::AtMost,
            Self::AtMost => Self::AtLeast,
        }
    }

    /// Of a sum of two, say. Bounds on opposite sides leave none that could be told.
    fn joined(self, other: Self) -> Self {
        match (self, other) {
            (Self::Exact, other) => other,
            (bound, Self::Exact) => bound,
            (bound, other) if bound == other => bound,
            _ => Self::Exact,
        }
    }
}

impl Amount {
    /// A number as it is.
    #[must_use]
    pub fn exact(value: f64) -> Self {
        Self::of(Estimate { value, interval: None })
    }

    /// An estimate as it is.
    #[must_use]
    pub fn of(estimate: Estimate) -> Self {
        Self { estimate, bound: Limited::Exact }
    }

    /// The number as one of which more is possible.
    #[must_use]
    pub fn or_more(self) -> Self {
        Self { bound: Limited::AtLeast, ..self }
    }

    /// The number as one that the truth does not exceed.
    #[must_use]
    pub fn or_less(self) -> Self {
        Self { bound: Limited::AtMost, ..self }
    }

    /// The number.
    #[must_use]
    pub fn value(self) -> f64 {
        self.estimate.value
    }

    /// The ends of the interval; the number itself twice where there is none.
    #[must_use]
    pub fn ends(self) -> (f64, f64) {
        self.estimate.interval.unwrap_or((self.estimate.value, self.estimate.value))
    }

    /// The amount through a function that never falls.
    #[must_use]
    pub fn rising(self, f: impl Fn(f64) -> f64) -> Self {
        let interval = self.estimate.interval.map(|(low, high)| (f(low), f(high)));
        Self { estimate: Estimate { value: f(self.estimate.value), interval }, ..self }
    }

    /// The amount through a function that never rises: what was at least is at most.
    #[must_use]
    pub fn falling(self, f: impl Fn(f64) -> f64) -> Self {
        let interval = self.estimate.interval.map(|(low, high)| (f(high), f(low)));
        let estimate = Estimate { value: f(self.estimate.value), interval };
        Self { estimate, bound: self.bound.opposite() }
    }

    /// Two amounts through a function that rises with both. The interval holds wherever both of theirs
    /// do: it is wider than 95 % asks for.
    #[must_use]
    pub fn with(self, other: Self, f: impl Fn(f64, f64) -> f64) -> Self {
        let estimate = Estimate {
            value: f(self.value(), other.value()),
            interval: self.interval_with(other, f),
        };
        Self { estimate, bound: self.bound.joined(other.bound) }
    }

    /// The smaller of two amounts. It is one of which more is possible only where that is true of the
    /// smaller one, and one of which less is where it is true of either.
    #[must_use]
    pub fn least(self, other: Self) -> Self {
        let smaller = if other.value() < self.value() { other } else { self };
        let less = [self.bound, other.bound].contains(&Limited::AtMost);
        let bound = if less { Limited::AtMost } else { smaller.bound };
        let interval = self.interval_with(other, f64::min);
        Self { estimate: Estimate { value: smaller.value(), interval }, bound }
    }

    fn interval_with(self, other: Self, f: impl Fn(f64, f64) -> f64) -> Option<(f64, f64)> {
        let sure = self.estimate.interval.is_none() && other.estimate.interval.is_none();
        let ((low, high), (other_low, other_high)) = (self.ends(), other.ends());
        (!sure).then(|| (f(low, other_low), f(high, other_high)))
    }
}

impl Source {
    /// A file or a key of which no more is known.
    #[must_use]
    pub fn at(file: &str) -> Self {
        Self { file: file.to_owned(), ..Self::default() }
    }
}

impl Known {
    /// A number that somebody decided.
    #[must_use]
    pub fn policy(value: f64, key: &str) -> Self {
        Self { amount: Ok(Amount::exact(value)), source: Source::at(key) }
    }

    /// No number.
    #[must_use]
    pub fn missing(why: impl Into<String>) -> Self {
        Self { amount: Err(why.into()), source: Source::default() }
    }
}

impl Input {
    /// What somebody decided.
    #[must_use]
    pub fn policy(name: &str, value: f64, unit: Unit, key: &str) -> Self {
        let known = Known::policy(value, key);
        Self { name: name.to_owned(), unit, basis: Basis::Policy, known }
    }

    /// What was measured.
    #[must_use]
    pub fn measured(name: impl Into<String>, known: &Known, unit: Unit) -> Self {
        Self { name: name.into(), unit, basis: Basis::Measured, known: known.clone() }
    }
}

impl Planned {
    /// The step as an input of a later one, under its own name.
    #[must_use]
    pub fn input(&self) -> Input {
        let known = Known { amount: self.amount.clone(), source: Source::default() };
        Input { name: self.name.clone(), unit: self.unit, basis: Basis::Derived, known }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn between(value: f64, low: f64, high: f64) -> Amount {
        Amount::of(Estimate { value, interval: Some((low, high)) })
    }

    #[test]
    fn intervals_are_carried_from_end_to_end() {
        let limit = between(10.0, 8.0, 12.0);
        assert_eq!(limit.rising(|x| 2.0 * x), between(20.0, 16.0, 24.0));
        assert_eq!(limit.falling(|x| 120.0 / x), between(12.0, 10.0, 15.0));
        assert_eq!(limit.with(Amount::exact(3.0), |a, b| a + b), between(13.0, 11.0, 15.0));
        assert_eq!(limit.least(Amount::exact(9.0)), between(9.0, 8.0, 9.0));
        let exact = Amount::exact(1.0).with(Amount::exact(2.0), f64::max);
        assert_eq!(exact, Amount::exact(2.0));
    }

    #[test]
    fn more_stays_possible_and_turns_into_less_below_a_line() {
        let shown = Amount::exact(5.0).or_more();
        assert_eq!(shown.rising(f64::floor).bound, Limited::AtLeast);
        assert_eq!(shown.falling(|x| 1.0 / x).bound, Limited::AtMost);
        assert_eq!(Amount::exact(1.0).with(shown, |a, b| a * b).bound, Limited::AtLeast);
        // A limit that was found below what was only shown is the limit.
        assert_eq!(Amount::exact(4.0).least(shown).bound, Limited::Exact);
        assert_eq!(Amount::exact(6.0).least(shown).bound, Limited::AtLeast);
        assert_eq!(Amount::exact(4.0).least(shown.or_less()).bound, Limited::AtMost);
    }
}
