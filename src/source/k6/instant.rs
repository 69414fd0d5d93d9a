//! Moments as k6 writes them: RFC 3339 with any offset, or a unix number.

use jiff::Timestamp;

/// A moment, and how finely the file tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Instant {
    /// Nanoseconds since 1970.
    pub(super) ns: i64,
    /// Digits of the second that the file gives.
    pub(super) digits: u8,
}

/// An RFC 3339 moment. The common form is read by hand, everything else by `jiff`.
pub(super) fn rfc3339(text: &[u8]) -> Option<Instant> {
    common_rfc3339(text).or_else(|| full_rfc3339(text))
}

/// `2026-11-23T06:52:47.873331182Z`, with up to nine digits of the second and any numeric offset.
pub(super) fn common_rfc3339(text: &[u8]) -> Option<Instant> {
    let (head, tail) = text.split_at_checked(19)?;
    let layout = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    if layout.iter().any(|(at, byte)| head.get(*at) != Some(byte)) {
        return None;
    }
    let (year, month, day) = (number(head, 0, 4)?, number(head, 5, 2)?, number(head, 8, 2)?);
    let (hour, minute, second) = (number(head, 11, 2)?, number(head, 14, 2)?, number(head, 17, 2)?);
    let in_range = (1700..2200).contains(&year)
        && (1..=12).contains(&month)
        && (1..=days_of(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    if !in_range {
        return None;
    }
    let (nanoseconds, digits, zone) = fraction(tail)?;
    let seconds = ((days_since_1970(year, month, day) * 24 + hour) * 60 + minute) * 60 + second
        - offset(zone)?;
    Some(Instant { ns: seconds * 1_000_000_000 + nanoseconds, digits })
}

/// Whatever RFC 3339 allows.
pub(super) fn full_rfc3339(text: &[u8]) -> Option<Instant> {
    let text = std::str::from_utf8(text).ok()?;
    let moment: Timestamp = text.parse().ok()?;
    let ns = i64::try_from(moment.as_nanosecond()).ok()?;
    let digits = text
        .split(['.', ','])
        .nth(1)
        .map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_digit).count().min(9));
    Some(Instant { ns, digits: digits as u8 })
}

/// A unix time in seconds, milliseconds, microseconds or nanoseconds: the four lie so far apart
/// that the size tells which, for every moment between 1973 and 5138.
pub(super) fn unix(text: &[u8]) -> Option<Instant> {
    let number: i64 = std::str::from_utf8(text).ok()?.parse().ok()?;
    let digits: u8 = match number {
        ..0 => return None,
        0..100_000_000_000 => 0,
        100_000_000_000..100_000_000_000_000 => 3,
        100_000_000_000_000..100_000_000_000_000_000 => 6,
        _ => 9,
    };
    let ns = number.checked_mul(10i64.pow(u32::from(9 - digits)))?;
    Some(Instant { ns, digits })
}

/// A moment for people.
pub(super) fn display(ns: i64) -> Option<String> {
    Timestamp::from_nanosecond(i128::from(ns)).ok().map(|moment| moment.to_string())
}

fn number(text: &[u8], at: usize, width: usize) -> Option<i64> {
    text.get(at..at + width)?.iter().try_fold(0i64, |sum, byte| {
        byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0'))
    })
}

/// Nanoseconds, digits and what follows them.
fn fraction(tail: &[u8]) -> Option<(i64, u8, &[u8])> {
    let Some(rest) = tail.strip_prefix(b".") else { return Some((0, 0, tail)) };
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    if !(1..=9).contains(&digits) {
        return None;
    }
    let value = number(rest, 0, digits)?;
    let scale = 10i64.pow(9 - digits as u32);
    Some((value * scale, digits as u8, rest.get(digits..)?))
}

/// Seconds east of UTC.
fn offset(zone: &[u8]) -> Option<i64> {
    let (sign, rest) = match zone.split_first()? {
        (b'Z', []) => return Some(0),
        (b'+', rest) => (1, rest),
        (b'-', rest) => (-1, rest),
        _ => return None,
    };
    if rest.len() != 5 || rest.get(2) != Some(&b':') {
        return None;
    }
    let (hours, minutes) = (number(rest, 0, 2)?, number(rest, 3, 2)?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes) * 60)
}

fn days_of(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days between 1970-01-01 and a date of the Gregorian calendar, counted in years that begin in
/// March, so that the leap day comes last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let before_year = year * 365 + year / 4 - year / 100 + year / 400;
    let before_month = (153 * month + 2) / 5;
    before_year + before_month + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn odd_forms_take_the_long_way_or_none() {
        for text in ["2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01", "", "x"] {
            assert_eq!(rfc3339(text.as_bytes()), None, "{text}");
        }
        let leap = rfc3339(b"2016-12-31T23:59:60Z");
        assert_eq!(leap, full_rfc3339(b"2016-12-31T23:59:60Z"));
    }

    #[test]
    fn the_size_of_a_unix_time_tells_its_unit() {
        for (text, digits) in [
            ("1795416771", 0),
            ("1795416771000", 3),
            ("1795416771000000", 6),
            ("1795416771000000000", 9),
        ] {
            let ns = 1_795_416_771_000_000_000;
            assert_eq!(unix(text.as_bytes()), Some(Instant { ns, digits }));
        }
        assert_eq!(unix(b"-5"), None);
        assert_eq!(unix(b"99999999999999999999"), None);
    }

    proptest! {
        #[test]
        fn the_short_way_equals_the_long_way(
            y in 1690i64..2210, mo in 0i64..14, d in 0i64..33, h in 0i64..25, mi in 0i64..61,
            s in 0i64..61, f in "(\\.[0-9]{1,9})?", z in "Z|[+-][0-2][0-9]:[0-5][0-9]",
        ) {
            let text = format!("{y:04}-{mo:02}-{d:02}T{h:02}:{mi:02}:{s:02}{f}{z}");
            if let Some(short) = common_rfc3339(text.as_bytes()) {
                prop_assert_eq!(Some(short), full_rfc3339(text.as_bytes()));
            }
        }
    }
}
