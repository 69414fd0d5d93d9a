//! How busy this machine is.

use std::fs;
use std::time::Duration;

/// The share of all cores' time that was not idle over the next `span`, from 0 to 1; `None` where
/// the system does not tell. Unlike a load average it forgets at once what has ended.
#[must_use]
pub fn busy_share(span: Duration) -> Option<f64> {
    let before = times(&fs::read_to_string("/proc/stat").ok()?)?;
    std::thread::sleep(span);
    let after = times(&fs::read_to_string("/proc/stat").ok()?)?;
    let (idle, all) = (after.0.checked_sub(before.0)?, after.1.checked_sub(before.1)?);
    (all > 0).then(|| (1.0 - idle as f64 / all as f64).clamp(0.0, 1.0))
}

/// The one-minute load average.
#[must_use]
pub fn load_average() -> Option<f64> {
    fs::read_to_string("/proc/loadavg").ok()?.split(' ').next()?.parse().ok()
}

/// Idle ticks (waiting for disks included) and all ticks of `/proc/stat`, see proc_stat(5). Guests'
/// time is part of the users' already.
fn times(stat: &str) -> Option<(u64, u64)> {
    let line = stat.lines().next()?.strip_prefix("cpu ")?;
    let fields: Vec<u64> = line
        .split_ascii_whitespace()
        .take(8)
        .map(|field| field.parse().ok())
        .collect::<Option<_>>()?;
    let idle = fields.get(3)?.saturating_add(*fields.get(4)?);
    Some((idle, fields.iter().fold(0, |sum, ticks| sum.saturating_add(*ticks))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idle_and_all_ticks_are_summed() {
        assert_eq!(times("cpu  10 1 5 80 4 0 0 0 7 0\ncpu0 1"), Some((84, 100)));
        for broken in ["", "cpu", "cpu  1 2", "cpu  a b c d e", "intr 5"] {
            assert_eq!(times(broken), None, "{broken:?}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_share_is_a_share() {
        let share = busy_share(Duration::from_millis(50)).unwrap();
        assert!((0.0..=1.0).contains(&share), "{share}");
        assert!(load_average().is_some_and(|load| load >= 0.0));
    }
}
