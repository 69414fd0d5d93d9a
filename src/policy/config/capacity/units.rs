//! Quantities that only the traffic model has: rates of hours and days, growth a month.

use crate::measure::Unit;
use crate::policy::quantity::{QuantityError, duration, quantity, shown};

/// Nanoseconds in a second.
const SECOND: f64 = 1e9;

/// Seconds in a minute.
const MINUTE: f64 = 60.0;

/// Events an hour: `30/h` is 30.
pub(super) fn hourly(text: &str) -> Result<f64, QuantityError> {
    with_suffix(text, "/h").ok_or_else(|| refuse(text, "a rate of hours", "30/h"))
}

/// Events a day: `8/day` is 8.
pub(super) fn daily(text: &str) -> Result<f64, QuantityError> {
    with_suffix(text, "/day").ok_or_else(|| refuse(text, "a rate of days", "8/day"))
}

/// Time spent a day, in minutes: `15min/day` is 15. Nobody calls for milliseconds: that is a unit
/// mistaken for another.
pub(super) fn minutes_daily(text: &str) -> Result<f64, QuantityError> {
    let time = text.trim().strip_suffix("/day").and_then(|time| quantity(time).ok());
    let seconds = time.filter(|time| time.unit == Unit::S).map(|time| time.value);
    let expected = "a time a day in seconds or minutes";
    seconds.map(|s| s / MINUTE).ok_or_else(|| refuse(text, expected, "15min/day"))
}

/// Hours: `10h` is 10.
pub(super) fn hours(text: &str) -> Result<f64, QuantityError> {
    with_suffix(text, "h").ok_or_else(|| refuse(text, "a number of hours", "10h"))
}

/// Growth a month: `6%/month` is 0.06, and `100%/year` what twelve times gives 100 %.
pub(super) fn growth(text: &str) -> Result<f64, QuantityError> {
    let monthly = with_suffix(text, "%/month").map(|percent| percent / 100.0);
    let yearly = || with_suffix(text, "%/year").map(|percent| (percent / 100.0).ln_1p() / 12.0);
    monthly
        .or_else(|| yearly().map(f64::exp_m1))
        .filter(|rate| *rate <= 10.0)
        .ok_or_else(|| refuse(text, "a growth up to 1000% a month", "6%/month"))
}

/// Bytes: `4GiB`.
pub(super) fn bytes(text: &str) -> Result<f64, QuantityError> {
    let read = quantity(text).ok().filter(|q| q.unit == Unit::Bytes).map(|q| q.value);
    read.ok_or_else(|| refuse(text, "a size", "4GiB"))
}

/// A time in seconds, more than none: `250ms` is 0.25.
pub(super) fn seconds(text: &str) -> Result<f64, QuantityError> {
    let read = duration(text).ok().filter(|ns| *ns > 0.0).map(|ns| ns / SECOND);
    read.ok_or_else(|| refuse(text, "a duration above zero", "250ms"))
}

/// A timeout of PostgreSQL in seconds: whole milliseconds from 1, for 0 switches it off, up to the
/// largest that the server takes.
pub(super) fn server_timeout(text: &str) -> Result<f64, QuantityError> {
    let whole = |ms: &f64| (1.0..=f64::from(i32::MAX)).contains(ms) && ms.fract() == 0.0;
    let read = duration(text).ok().map(|ns| ns / 1e6).filter(whole).map(|ms| ms / 1e3);
    read.ok_or_else(|| refuse(text, "a duration of whole milliseconds, from 1ms", "500ms"))
}

/// The decimal number before a suffix, finite and not negative.
fn with_suffix(text: &str, suffix: &str) -> Option<f64> {
    let number = text.trim().strip_suffix(suffix)?.trim_end();
    let plain = number.chars().all(|c| c.is_ascii_digit() || c == '.');
    let number: Option<f64> = if plain { number.parse().ok() } else { None };
    number.filter(|number| number.is_finite())
}

fn refuse(text: &str, expected: &'static str, example: &'static str) -> QuantityError {
    QuantityError { found: shown(text), expected, example }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_carry_their_unit() {
        let close = |a: Result<f64, QuantityError>, b: f64| (a.unwrap() - b).abs() < 1e-12;
        assert!(close(hourly("0.5/h"), 0.5) && close(hourly(" 30 /h"), 30.0));
        assert!(close(daily("8/day"), 8.0));
        assert!(close(minutes_daily("15min/day"), 15.0) && close(minutes_daily("90s/day"), 1.5));
        assert!(close(hours("10h"), 10.0));
        assert!(close(growth("6%/month"), 0.06));
        // Doubled in a year: twelve months multiply to two.
        let monthly = growth("100%/year").unwrap();
        assert!(((1.0 + monthly).powi(12) - 2.0).abs() < 1e-12);
        assert!(close(bytes("4KiB"), 4096.0));
        assert!(close(seconds("250ms"), 0.25) && close(server_timeout("1.5s"), 1.5));
    }

    #[test]
    fn other_units_and_bare_numbers_are_refused() {
        for text in ["30", "30/s", "30/min", "30/day", "h", "/h", "-1/h", "1e3/h", "1.2.3/h"] {
            assert!(hourly(text).is_err(), "{text}");
        }
        for text in ["8", "8/h", "8/d", "8 a day"] {
            assert!(daily(text).is_err(), "{text}");
        }
        for text in ["15", "15/day", "15min", "15min/h", "15 minutes/day", "15ms/day", "9us/day"] {
            assert!(minutes_daily(text).is_err(), "{text}");
        }
        for text in ["10", "10/h", "10min", "600min"] {
            assert!(hours(text).is_err(), "{text}");
        }
        for text in ["6%", "6", "6/month", "-6%/month", "1001%/month"] {
            assert!(growth(text).is_err(), "{text}");
        }
        for text in ["4", "4s", "4%"] {
            assert!(bytes(text).is_err(), "{text}");
        }
        for text in ["0s", "3", "3000", "3%"] {
            assert!(seconds(text).is_err(), "{text}");
        }
        for text in ["0ms", "0.5ms", "1.5ms", "3", "3000", "30000000s"] {
            assert!(server_timeout(text).is_err(), "{text}");
        }
        let message = hourly("30").unwrap_err().to_string();
        assert_eq!(message, "found '30', expected a rate of hours such as 30/h");
    }
}
