//! Numbers as text: the only place where a float meets a reader.

use crate::measure::Unit;

use super::Scale;

mod interval;

pub(crate) use interval::{estimate, plain, range, term, tick, whole};

/// What stands for a number that is not finite.
const NOT_A_NUMBER: &str = "n/a";

/// What stands where nothing can be told from nothing.
pub(super) const NOTHING_DETECTABLE: &str = "~";

/// Two values on one scale and with the same decimals, so that they compare at a glance: `2.20`
/// and `2.60 ms`. Values more than a thousandfold apart carry a unit each.
pub(crate) fn pair(base: f64, fresh: f64, unit: Unit) -> (String, String) {
    let (small, large) = if base.abs() <= fresh.abs() { (base, fresh) } else { (fresh, base) };
    let comparable = small.is_finite() && large.is_finite();
    let near = small == 0.0 || (large / small).abs() < 1000.0;
    if !comparable || !near {
        return (value(base, unit), value(fresh, unit));
    }
    let measure = if small == 0.0 { large } else { small };
    let ladder = Ladder::of(unit, measure);
    let decimals = ladder.decimals(measure).max(ladder.decimals(large));
    (ladder.bare(base, decimals), ladder.with_unit(fresh, decimals))
}

/// One value with its unit: `2.21 ms`, `12.3k/s`, `0.50%`.
pub(crate) fn value(value: f64, unit: Unit) -> String {
    let ladder = Ladder::of(unit, value);
    ladder.with_unit(value, ladder.decimals(value))
}

/// Several values on the scale of the largest, three significant digits each, and the unit.
pub(crate) fn series(values: &[f64], unit: Unit) -> (Vec<String>, &'static str) {
    let largest = values.iter().copied().filter(|v| v.is_finite()).fold(0.0, largest_of);
    let ladder = Ladder::of(unit, largest);
    let texts = values.iter().map(|&v| ladder.bare(v, ladder.decimals(v))).collect();
    (texts, ladder.suffix.trim_start())
}

/// A change with its sign: `+18.2%`, `-0.62pp`.
pub(crate) fn change(change: f64, scale: Scale) -> String {
    if !change.is_finite() {
        return NOT_A_NUMBER.to_owned();
    }
    let percent = change * 100.0;
    let text = fixed(percent.abs(), change_decimals(percent));
    let sign = match text.bytes().all(|b| matches!(b, b'0' | b'.')) {
        true => "±",
        false if percent < 0.0 => "-",
        false => "+",
    };
    format!("{sign}{text}{}", unit_of(scale))
}

/// An interval of a change: `[+10.9%, +26.0%]`.
pub(crate) fn interval([low, high]: [f64; 2], scale: Scale) -> String {
    format!("[{}, {}]", change(low, scale), change(high, scale))
}

/// The size of a change, without a sign: `9.0%`, `0.50pp`.
pub(crate) fn size(size: f64, scale: Scale) -> String {
    if !size.is_finite() {
        return NOT_A_NUMBER.to_owned();
    }
    let percent = (size * 100.0).abs();
    format!("{}{}", fixed(percent, change_decimals(percent)), unit_of(scale))
}

/// `1 row`, `2 rows`
pub(crate) fn count(n: usize, thing: &str) -> String {
    format!("{n} {thing}{}", if n == 1 { "" } else { "s" })
}

/// A probability: `0.43`, `0.014`, `0.00002`, `< 0.00001`.
pub(crate) fn probability(p: f64) -> String {
    if !p.is_finite() {
        return NOT_A_NUMBER.to_owned();
    }
    let decimals = match p {
        p if p >= 0.0995 => 2,
        p if p >= 0.00995 => 3,
        p if p >= 0.000_995 => 4,
        p if p >= 0.00001 => 5,
        _ => return "< 0.00001".to_owned(),
    };
    format!("{p:.decimals$}")
}

/// A share that was chosen, such as alpha, with as many digits as it has: `0.02`.
pub(crate) fn chosen(number: f64) -> String {
    if number.is_finite() { format!("{number}") } else { NOT_A_NUMBER.to_owned() }
}

/// A scale for reading: what one step of it is worth, and what it is called.
struct Ladder {
    step: f64,
    suffix: &'static str,
    share: bool,
}

impl Ladder {
    /// The step on which a value has one to three digits before the point.
    fn of(unit: Unit, value: f64) -> Self {
        const TIMES: [(f64, &str); 4] = [(1e9, " s"), (1e6, " ms"), (1e3, " µs"), (1.0, " ns")];
        const BYTES: [(f64, &str); 4] = [(1e9, " GB"), (1e6, " MB"), (1e3, " kB"), (1.0, " B")];
        const RATES: [(f64, &str); 4] = [(1e9, "G/s"), (1e6, "M/s"), (1e3, "k/s"), (1.0, "/s")];
        const COUNTS: [(f64, &str); 4] = [(1e9, "G"), (1e6, "M"), (1e3, "k"), (1.0, "")];
        let (steps, own) = match unit {
            Unit::Ratio => return Self { step: 0.01, suffix: "%", share: true },
            Unit::Bytes => (BYTES, 1.0),
            Unit::PerSecond => (RATES, 1.0),
            Unit::Count => (COUNTS, 1.0),
            Unit::Ns | Unit::Us | Unit::Ms | Unit::S => (TIMES, unit.nanoseconds().unwrap_or(1.0)),
        };
        // Rounding to three digits may carry: 999.6 is read as one of the next step.
        let reached = |step: f64| value.abs() * own >= step * 0.9995;
        let fallback = match unit {
            Unit::Ns | Unit::Us | Unit::Ms | Unit::S if value == 0.0 => {
                steps.into_iter().find(|(step, _)| *step <= own)
            }
            _ => steps.last().copied(),
        };
        let (step, suffix) =
            steps.into_iter().find(|(step, _)| reached(*step)).or(fallback).unwrap_or((1.0, ""));
        Self { step: step / own, suffix, share: false }
    }

    /// Decimals for three significant digits; shares near one keep what tells them from one.
    fn decimals(&self, value: f64) -> usize {
        let scaled = (value / self.step).abs();
        if self.share {
            let near_one = scaled > 50.0;
            let digits = if near_one {
                significant((100.0 - scaled).abs(), 1)
            } else {
                significant(scaled, 2)
            };
            return digits.max(2);
        }
        significant(scaled, 3)
    }

    fn bare(&self, value: f64, decimals: usize) -> String {
        if !value.is_finite() {
            return NOT_A_NUMBER.to_owned();
        }
        if value == 0.0 {
            return "0".to_owned();
        }
        fixed(value / self.step, decimals)
    }

    fn with_unit(&self, value: f64, decimals: usize) -> String {
        let bare = self.bare(value, decimals);
        if value.is_finite() { bare + self.suffix } else { bare }
    }
}

fn largest_of(a: f64, b: f64) -> f64 {
    a.abs().max(b.abs())
}

/// Decimals that show `digits` significant digits, at most nine.
fn significant(value: f64, digits: i32) -> usize {
    if value == 0.0 || !value.is_finite() {
        return 0;
    }
    // One more after rounding up: 9.996 with three digits is 10.0, not 10.00.
    let exponent = value.log10();
    let rounded = (value / 10f64.powi(exponent.floor() as i32 - digits + 1)).round();
    let carried = rounded >= 10f64.powi(digits);
    let before = exponent.floor() as i32 + 1 + i32::from(carried);
    usize::try_from((digits - before).clamp(0, 9)).unwrap_or(0)
}

fn change_decimals(percent: f64) -> usize {
    match percent.abs() {
        p if p < 0.995 => 2,
        p if p < 999.5 => 1,
        _ => 0,
    }
}

/// Fixed decimals; exponents only where a plain number would fill the line.
fn fixed(value: f64, decimals: usize) -> String {
    if value.abs() >= 1e12 { format!("{value:.2e}") } else { format!("{value:.decimals$}") }
}

fn unit_of(scale: Scale) -> &'static str {
    match scale {
        Scale::Relative => "%",
        Scale::Absolute => "pp",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(base: f64, fresh: f64, unit: Unit) -> String {
        let (base, fresh) = pair(base, fresh, unit);
        format!("{base} → {fresh}")
    }

    #[test]
    fn values_are_scaled_for_reading() {
        let cases = [
            (2.2134, Unit::Ms, "2.21 ms"),
            (0.000_4, Unit::Ms, "400 ns"),
            (999.6, Unit::Ms, "1.00 s"),
            (999.4, Unit::Ms, "999 ms"),
            (9.996, Unit::Ms, "10.0 ms"),
            (1234.0, Unit::S, "1234 s"),
            (0.3, Unit::Ns, "0.300 ns"),
            (0.0, Unit::Ms, "0 ms"),
            (12_345.0, Unit::PerSecond, "12.3k/s"),
            (200.1, Unit::PerSecond, "200/s"),
            (0.005, Unit::Ratio, "0.50%"),
            (0.000_012, Unit::Ratio, "0.0012%"),
            (0.999_7, Unit::Ratio, "99.97%"),
            (0.999_999, Unit::Ratio, "99.9999%"),
            (1.0, Unit::Ratio, "100.00%"),
            (0.0, Unit::Ratio, "0%"),
            (1_500.0, Unit::Bytes, "1.50 kB"),
            (7.0, Unit::Count, "7.00"),
            (f64::NAN, Unit::Ms, "n/a"),
            (f64::INFINITY, Unit::Ms, "n/a"),
            (1e300, Unit::S, "1.00e300 s"),
        ];
        for (number, unit, text) in cases {
            assert_eq!(value(number, unit), text, "{number:?} {unit:?}");
        }
    }

    #[test]
    fn two_sides_share_scale_and_decimals() {
        assert_eq!(both(2.2, 2.6, Unit::Ms), "2.20 → 2.60 ms");
        assert_eq!(both(9.95, 10.12, Unit::Ms), "9.95 → 10.12 ms");
        assert_eq!(both(950.0, 1100.0, Unit::Us), "950 → 1100 µs");
        assert_eq!(both(200.1, 150.0, Unit::PerSecond), "200 → 150/s");
        assert_eq!(both(0.0, 0.0123, Unit::Ratio), "0 → 1.23%");
        assert_eq!(both(0.0, 0.0, Unit::Ratio), "0 → 0%");
        assert_eq!(both(2.0, 9000.0, Unit::Ms), "2.00 ms → 9.00 s");
    }

    #[test]
    fn changes_always_carry_a_sign() {
        assert_eq!(change(0.182, Scale::Relative), "+18.2%");
        assert_eq!(change(-0.5, Scale::Relative), "-50.0%");
        assert_eq!(change(0.0062, Scale::Absolute), "+0.62pp");
        assert_eq!(change(0.000_01, Scale::Relative), "±0.00%");
        assert_eq!(change(-0.0, Scale::Relative), "±0.00%");
        assert_eq!(change(20.0, Scale::Relative), "+2000%");
        assert_eq!(interval([0.109, 0.26], Scale::Relative), "[+10.9%, +26.0%]");
        assert_eq!(size(0.09, Scale::Relative), "9.0%");
    }

    #[test]
    fn small_probabilities_are_bounds() {
        let cases = [(0.43, "0.43"), (0.0142, "0.014"), (2.0e-5, "0.00002"), (1.4e-6, "< 0.00001")];
        for (p, text) in cases {
            assert_eq!(probability(p), text);
        }
        assert_eq!(probability(0.0), "< 0.00001");
        assert_eq!(probability(1.0), "1.00");
    }

    #[test]
    fn a_series_has_one_unit() {
        let (texts, unit) = series(&[0.0123, 1.5, 300.0], Unit::Ms);
        assert_eq!((texts.join(" ").as_str(), unit), ("0.0123 1.50 300", "ms"));
    }
}
