//! Numbers that carry their unit as a suffix: `5%`, `0.5pp`, `250ms`, `100/s`, `4KiB`.
//!
//! A bare number is refused everywhere: `5` could be a fraction, a percentage or milliseconds.

use std::fmt;

use crate::measure::Unit;

/// A number and what it counts. Finite and not negative where it comes from text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quantity {
    /// How many of `unit`.
    pub value: f64,
    /// What is counted. A percentage is a [`Unit::Ratio`]: `1%` has the value 0.01.
    pub unit: Unit,
}

/// Why a text is not the quantity that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("found '{found}', expected {expected} such as {example}")]
pub struct QuantityError {
    /// The text, shortened and without control characters.
    pub found: String,
    /// What would have been taken, with its article.
    pub expected: &'static str,
    /// One that would have been taken.
    pub example: &'static str,
}

impl QuantityError {
    /// What was probably meant: a bare number with the unit of the example, else the example.
    #[must_use]
    pub fn suggestion(&self) -> String {
        let number = |c: char| c.is_ascii_digit() || c == '.';
        let is_bare = !self.found.is_empty() && self.found.chars().all(number);
        let unit = self.example.trim_start_matches(number);
        match is_bare && !unit.is_empty() {
            true => format!("{}{unit}", self.found),
            false => self.example.to_owned(),
        }
    }
}

/// A relative size: `5%` is 0.05. From 0 % to 1000 %.
///
/// # Errors
/// Any other text, a bare number included.
pub fn percent(text: &str) -> Result<f64, QuantityError> {
    let read = with_suffix(text, "%").filter(|v| *v <= 1000.0).map(|v| v / 100.0);
    read.ok_or_else(|| refuse(text, "a percentage from 0% to 1000%", "5%"))
}

/// A difference of two proportions: `0.5pp` is 0.005. From 0pp to 100pp.
///
/// # Errors
/// Any other text; also a percentage, which for a rate could mean a share of the rate.
pub fn percentage_points(text: &str) -> Result<f64, QuantityError> {
    let read = with_suffix(text, "pp").filter(|v| *v <= 100.0).map(|v| v / 100.0);
    read.ok_or_else(|| refuse(text, "percentage points from 0pp to 100pp", "0.5pp"))
}

/// A proportion: `1%` is 0.01. From 0 % to 100 %.
///
/// # Errors
/// Any other text, a bare number included.
pub fn share(text: &str) -> Result<f64, QuantityError> {
    let read = with_suffix(text, "%").filter(|v| *v <= 100.0).map(|v| v / 100.0);
    read.ok_or_else(|| refuse(text, "a share from 0% to 100%", "1%"))
}

/// A time, in nanoseconds: `250ms` is 250 000 000. Suffixes `ns us µs ms s min`.
///
/// # Errors
/// Any other text, a bare number included.
pub fn duration(text: &str) -> Result<f64, QuantityError> {
    let read = quantity(text).ok().and_then(|q| q.in_unit(Unit::Ns));
    read.ok_or_else(|| refuse(text, "a duration", "250ms"))
}

/// A frequency, a second: `100/s` is 100.
///
/// # Errors
/// Any other text, a bare number included.
pub fn rate(text: &str) -> Result<f64, QuantityError> {
    with_suffix(text, "/s").ok_or_else(|| refuse(text, "a rate", "100/s"))
}

/// A quantity of whichever unit its suffix names: a duration, a size in bytes, a rate,
/// rows, blocks, or a share.
///
/// # Errors
/// A text without a known suffix.
pub fn quantity(text: &str) -> Result<Quantity, QuantityError> {
    let error = || refuse(text, "a number with its unit", "250ms");
    let (number, suffix) = split(text).ok_or_else(error)?;
    let (unit, factor) = match suffix {
        "ns" => (Unit::Ns, 1.0),
        // U+00B5 and U+03BC look the same and are both on keyboards.
        "us" | "\u{b5}s" | "\u{3bc}s" => (Unit::Us, 1.0),
        "ms" => (Unit::Ms, 1.0),
        "s" => (Unit::S, 1.0),
        "min" => (Unit::S, 60.0),
        "B" => (Unit::Bytes, 1.0),
        "kB" | "KB" => (Unit::Bytes, 1e3),
        "MB" => (Unit::Bytes, 1e6),
        "GB" => (Unit::Bytes, 1e9),
        "KiB" => (Unit::Bytes, 1024.0),
        "MiB" => (Unit::Bytes, 1_048_576.0),
        "GiB" => (Unit::Bytes, 1_073_741_824.0),
        "/s" => (Unit::PerSecond, 1.0),
        "rows" | "blocks" => (Unit::Count, 1.0),
        "%" => return share(text).map(|value| Quantity { value, unit: Unit::Ratio }),
        _ => return Err(error()),
    };
    let value = number * factor;
    if value.is_finite() { Ok(Quantity { value, unit }) } else { Err(error()) }
}

impl Quantity {
    /// The same amount counted in `unit`; `None` where the two do not measure the same thing.
    #[must_use]
    pub fn in_unit(self, unit: Unit) -> Option<f64> {
        if self.unit == unit {
            return Some(self.value);
        }
        let (from, to) = (self.unit.nanoseconds()?, unit.nanoseconds()?);
        // Powers of ten above one are exact, so only this order keeps `0.1ms` in µs at 100.
        Some(if from >= to { self.value * (from / to) } else { self.value / (to / from) })
    }
}

impl fmt::Display for Quantity {
    /// As it would be written in the configuration.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.unit {
            Unit::Ns => write!(f, "{}ns", self.value),
            Unit::Us => write!(f, "{}us", self.value),
            Unit::Ms => write!(f, "{}ms", self.value),
            Unit::S => write!(f, "{}s", self.value),
            Unit::Bytes => write!(f, "{}B", self.value),
            Unit::Ratio => write!(f, "{}%", self.value * 100.0),
            Unit::PerSecond => write!(f, "{}/s", self.value),
            Unit::Count => write!(f, "{}", self.value),
        }
    }
}

/// A text from a file, fit for one line of a message: no control characters, at most 60 characters.
pub(crate) fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut out = String::new();
    for (i, c) in text.chars().enumerate() {
        if i == LONGEST {
            out.push('…');
            break;
        }
        if c.is_control() {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}

fn refuse(text: &str, expected: &'static str, example: &'static str) -> QuantityError {
    QuantityError { found: shown(text), expected, example }
}

fn with_suffix(text: &str, wanted: &str) -> Option<f64> {
    split(text).filter(|(_, suffix)| *suffix == wanted).map(|(number, _)| number)
}

/// The decimal number at the start, finite and not negative, and what follows it.
fn split(text: &str) -> Option<(f64, &str)> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, suffix) = text.split_at_checked(end)?;
    let number: f64 = number.parse().ok()?;
    number.is_finite().then(|| (number, suffix.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_carry_their_unit() {
        let close = |a: f64, b: f64| (a - b).abs() <= 1e-15 * b.abs();
        for (text, value) in
            [("5%", 0.05), ("0%", 0.0), ("12.5 %", 0.125), (" 3% ", 0.03), ("1000%", 10.0)]
        {
            assert!(close(percent(text).unwrap(), value), "{text}");
        }
        for (text, value) in [("0.5pp", 0.005), ("2 pp", 0.02), (".5pp", 0.005)] {
            assert!(close(percentage_points(text).unwrap(), value), "{text}");
        }
        for (text, value) in [
            ("250ms", 2.5e8),
            ("0.5ns", 0.5),
            ("3us", 3e3),
            ("3µs", 3e3),
            ("3μs", 3e3),
            ("2s", 2e9),
            ("0.1ms", 1e5),
        ] {
            assert!(close(duration(text).unwrap(), value), "{text}");
        }
        for (text, value, unit) in [
            ("100/s", 100.0, Unit::PerSecond),
            ("4KiB", 4096.0, Unit::Bytes),
            ("4kB", 4000.0, Unit::Bytes),
            ("2GiB", 2_147_483_648.0, Unit::Bytes),
            ("7B", 7.0, Unit::Bytes),
            ("1%", 0.01, Unit::Ratio),
            ("0.3ms", 0.3, Unit::Ms),
            ("2min", 120.0, Unit::S),
        ] {
            let read = quantity(text).unwrap();
            assert!(close(read.value, value) && read.unit == unit, "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused_with_the_right_form() {
        for text in [
            "", "5", "%", "5pp", "-5%", "+5%", "0,5%", "5%%", "1e3%", "nan%", "inf%", "5 %x",
            "..%", "1.2.3%", "1001%", "٥%", "5٪", "five%",
        ] {
            assert!(percent(text).is_err(), "{text:?}");
        }
        for text in ["0.5", "0.5%", "101pp", "-1pp"] {
            assert!(percentage_points(text).is_err(), "{text:?}");
        }
        for text in ["5", "5m", "5mins", "5MS", "1e400ms", "-5ms", "5/s", "5%", "4KiB"] {
            assert!(duration(text).is_err(), "{text:?}");
        }
        for text in ["100", "100rps", "100 req/s", "100/min", "100%"] {
            assert!(rate(text).is_err(), "{text:?}");
        }
        assert!(share("100.1%").is_err());
        assert!(quantity(&format!("{}KiB", "9".repeat(400))).is_err());
        assert_eq!(
            percent("0.05").unwrap_err().to_string(),
            "found '0.05', expected a percentage from 0% to 1000% such as 5%"
        );
        assert_eq!(
            duration("5").unwrap_err().to_string(),
            "found '5', expected a duration such as 250ms"
        );
        assert_eq!(shown("a\u{1b}[31m\n"), "a\\u{1b}[31m\\n");
    }

    #[test]
    fn times_convert_and_other_units_do_not() {
        let floor = Quantity { value: 0.1, unit: Unit::Ms };
        assert_eq!(floor.in_unit(Unit::Ms), Some(0.1));
        assert_eq!(floor.in_unit(Unit::Us), Some(100.0));
        assert_eq!(floor.in_unit(Unit::Ns), Some(1e5));
        assert_eq!(floor.in_unit(Unit::S), Some(0.0001));
        assert_eq!(floor.in_unit(Unit::Bytes), None);
        assert_eq!(floor.in_unit(Unit::Count), None);
        assert_eq!(Quantity { value: 1.0, unit: Unit::Bytes }.in_unit(Unit::Ns), None);
    }
}
