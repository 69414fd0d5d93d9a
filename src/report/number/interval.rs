//! Numbers with an interval, ranges, counts, and the marks of an axis.

use super::{Ladder, NOT_A_NUMBER, fixed, pair, value as one};
use crate::measure::Unit;

/// A value and the interval around it, on one scale and with the value's decimals:
/// `5.83 ms [5.60, 6.10]`.
pub(crate) fn estimate(value: f64, (low, high): (f64, f64), unit: Unit) -> String {
    if ![value, low, high].iter().all(|number| number.is_finite()) {
        return one(value, unit);
    }
    let measure = [value, high, low].into_iter().find(|number| *number != 0.0).unwrap_or(0.0);
    let ladder = Ladder::of(unit, measure);
    let decimals = ladder.decimals(measure);
    let bare = |number: f64| ladder.bare(number, decimals);
    format!("{} [{}, {}]", ladder.with_unit(value, decimals), bare(low), bare(high))
}

/// From one value to another: `1.98 to 2.21 ms`. One value where both read the same.
pub(crate) fn range(low: f64, high: f64, unit: Unit) -> String {
    let (from, to) = (one(low, unit), one(high, unit));
    if from == to {
        return to;
    }
    let (from, to) = pair(low, high, unit);
    format!("{from} to {to}")
}

/// A number without decimals, in groups of three digits: `12,345`.
pub(crate) fn whole(number: f64) -> String {
    if !number.is_finite() {
        return NOT_A_NUMBER.to_owned();
    }
    // Adding zero takes the sign from a negative one.
    grouped(&fixed(number.round() + 0.0, 0))
}

/// A number that a reader may compute with: what is counted in wholes or in thousands has no
/// decimals, and a share has no zeros at its end: `12,010`, `1,200/s`, `30%`.
pub(crate) fn term(number: f64, unit: Unit) -> String {
    let thousands = number.abs() >= 1000.0;
    match unit {
        Unit::Count if thousands || number.fract() == 0.0 => whole(number),
        Unit::PerSecond if thousands => format!("{}/s", whole(number)),
        Unit::Ratio => {
            let text = one(number, unit);
            match text.strip_suffix('%').filter(|digits| digits.contains('.')) {
                Some(digits) => {
                    format!("{}%", digits.trim_end_matches('0').trim_end_matches('.'))
                }
                None => text,
            }
        }
        _ => one(number, unit),
    }
}

/// The mark of an axis: at most three decimals and no zeros at their end.
pub(crate) fn tick(number: f64) -> String {
    if !number.is_finite() {
        return NOT_A_NUMBER.to_owned();
    }
    let text = fixed(number, 3);
    let text = match text.contains('e') {
        true => &text,
        false => text.trim_end_matches('0').trim_end_matches('.'),
    };
    let (integer, decimals) = text.split_once('.').unwrap_or((text, ""));
    let integer = if integer == "-0" && decimals.is_empty() { "0" } else { integer };
    match decimals {
        "" => grouped(integer),
        decimals => format!("{}.{decimals}", grouped(integer)),
    }
}

/// A parameter without a unit, to four significant digits: `0.02672`.
pub(crate) fn plain(number: f64) -> String {
    if !number.is_finite() {
        return NOT_A_NUMBER.to_owned();
    }
    if number != 0.0 && number.abs() < 1e-4 {
        return format!("{number:.3e}");
    }
    fixed(number, super::significant(number.abs(), 4))
}

/// Digits in groups of three. A text that is more than digits and a sign stays as it is.
fn grouped(text: &str) -> String {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.to_owned();
    }
    let mut out = String::from(sign);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_keeps_the_scale_of_its_value() {
        assert_eq!(estimate(5.832, (5.6, 6.104), Unit::Ms), "5.83 ms [5.60, 6.10]");
        assert_eq!(estimate(262.0, (236.0, 1052.4), Unit::PerSecond), "262/s [236, 1052]");
        assert_eq!(estimate(0.0, (0.0, 0.0123), Unit::Ratio), "0% [0, 1.23]");
        assert_eq!(estimate(f64::NAN, (0.0, 1.0), Unit::Ms), "n/a");
    }

    #[test]
    fn a_range_is_one_value_where_both_read_the_same() {
        assert_eq!(range(1.98, 2.21, Unit::Ms), "1.98 to 2.21 ms");
        assert_eq!(range(2.0, 9000.0, Unit::Ms), "2.00 ms to 9.00 s");
        assert_eq!(range(2.001, 2.002, Unit::Ms), "2.00 ms");
        assert_eq!(range(0.0, 0.0, Unit::Ratio), "0%");
    }

    #[test]
    fn counts_have_groups_of_digits() {
        for (number, text) in
            [(0.0, "0"), (999.4, "999"), (1000.0, "1,000"), (1_234_567.0, "1,234,567")]
        {
            assert_eq!(whole(number), text);
        }
        assert_eq!(whole(-12_345.0), "-12,345");
        assert_eq!(whole(f64::INFINITY), "n/a");
    }

    #[test]
    fn terms_can_be_computed_with() {
        for (number, unit, text) in [
            (12_010.4, Unit::Count, "12,010"),
            (3.0, Unit::Count, "3"),
            (2.5, Unit::Count, "2.50"),
            (1_234.4, Unit::PerSecond, "1,234/s"),
            (999.4, Unit::PerSecond, "999/s"),
            (0.3, Unit::Ratio, "30%"),
            (0.005, Unit::Ratio, "0.5%"),
            (1.0, Unit::Ratio, "100%"),
            (0.0, Unit::Ratio, "0%"),
            (0.9995, Unit::Ratio, "99.95%"),
            (5.832, Unit::Ms, "5.83 ms"),
            (f64::NAN, Unit::PerSecond, "n/a"),
        ] {
            assert_eq!(term(number, unit), text);
        }
    }

    #[test]
    fn ticks_carry_no_noise() {
        for (number, text) in [
            (0.1 + 0.2, "0.3"),
            (2.5, "2.5"),
            (12_000.0, "12,000"),
            (1_000.25, "1,000.25"),
            (0.0, "0"),
            (-0.0, "0"),
            (-0.000_01, "0"),
            (100.0, "100"),
        ] {
            assert_eq!(tick(number), text, "{number:?}");
        }
    }

    #[test]
    fn parameters_have_four_digits() {
        for (number, text) in [
            (0.026_715_91, "0.02672"),
            (7.690_945e-5, "7.691e-5"),
            (995.648_6, "995.6"),
            (0.0, "0"),
        ] {
            assert_eq!(plain(number), text);
        }
    }
}
