//! Times and sizes as text.

use std::time::Duration;

/// The longest time any fault takes: more would be an outage.
const LONGEST: Duration = Duration::from_secs(60);

/// A time like `80ms`, `3s`, above zero.
pub(super) fn time(text: &str) -> Result<Duration, String> {
    let time = match text.strip_suffix("ms") {
        Some(number) => number.parse().ok().map(Duration::from_millis),
        None => {
            let number = text.strip_suffix('s').and_then(|number| number.parse().ok());
            number.map(Duration::from_secs)
        }
    };
    time.filter(|time| !time.is_zero() && *time <= LONGEST)
        .ok_or_else(|| format!("{text:?} is no time like 80ms or 3s, up to 60s"))
}

/// A size like `64kB` or `1MB`, above zero, in bytes.
pub(super) fn size(text: &str) -> Result<usize, String> {
    let (number, unit) = match (text.strip_suffix("kB"), text.strip_suffix("MB")) {
        (Some(number), _) => (number, 1 << 10),
        (_, Some(number)) => (number, 1 << 20),
        _ => ("", 1),
    };
    let size = number.parse::<usize>().ok().and_then(|number| number.checked_mul(unit));
    size.filter(|size| (1..=64 << 20).contains(size))
        .ok_or_else(|| format!("{text:?} is no size like 64kB or 1MB, up to 64MB"))
}

/// A whole number from `least` to `most`.
pub(super) fn number(text: &str, least: u32, most: u32) -> Result<u32, String> {
    let number = text.parse().ok().filter(|number| (least..=most).contains(number));
    number.ok_or_else(|| format!("{text:?} is no whole number from {least} to {most}"))
}

/// Both sides of the first slash.
pub(super) fn ratio(text: &str) -> Result<(&str, &str), String> {
    text.split_once('/').ok_or_else(|| format!("{text:?} has no slash"))
}
