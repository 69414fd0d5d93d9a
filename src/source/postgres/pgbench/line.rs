//! One line of the log: `client transaction latency script seconds microseconds [lag] [retries]`.

/// One transaction. Times are in µs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Line {
    /// The client.
    pub(crate) client: u32,
    /// The client's count of its transactions, from 1.
    pub(crate) number: u64,
    /// How it ended.
    pub(crate) outcome: Outcome,
    /// The script, from 0.
    pub(crate) script: u32,
    /// When it ended, since 1970.
    pub(crate) end: u64,
}

/// How a transaction ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// After this time; with `--rate`, since it should have started.
    Done(u64),
    /// It failed for good.
    Failed,
    /// It never started: it was too late already.
    Skipped,
}

/// The words that stand for a latency of a failure, from `--failures-detailed` too.
const FAILURES: [&str; 4] = ["failed", "serialization", "deadlock", "other"];

/// Moments that a log can speak of, in seconds since 1970: from 2001 to 2286. They tell the log
/// from other columns of numbers.
const MOMENTS: std::ops::Range<u64> = 1_000_000_000..10_000_000_000;

/// A day, in µs.
const LONGEST: u64 = 86_400_000_000;

/// Reads a line; `None` where it is none of pgbench's.
pub(crate) fn line(bytes: &[u8]) -> Option<Line> {
    let text = std::str::from_utf8(bytes).ok()?.trim_end_matches('\r');
    let mut words = text.split(' ');
    let client = words.next()?.parse().ok()?;
    let number = words.next()?.parse().ok()?;
    let outcome = match words.next()? {
        "skipped" => Outcome::Skipped,
        word if FAILURES.contains(&word) => Outcome::Failed,
        word => Outcome::Done(word.parse().ok().filter(|us| *us <= LONGEST)?),
    };
    let script = words.next()?.parse().ok()?;
    let seconds: u64 = words.next()?.parse().ok()?;
    let micros: u64 = words.next()?.parse().ok()?;
    let rest = words.collect::<Vec<_>>();
    let plausible = MOMENTS.contains(&seconds)
        && micros < 1_000_000
        && rest.len() <= 2
        && rest.iter().all(|word| word.parse::<f64>().is_ok());
    plausible.then_some(Line { client, number, outcome, script, end: seconds * 1_000_000 + micros })
}

/// Whether a line is of `--aggregate-interval`: it begins with a moment, and counts follow.
pub(crate) fn is_aggregated(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let numbers: Option<Vec<u64>> =
        text.trim_end().split(' ').map(|word| word.parse().ok()).collect();
    numbers.is_some_and(|numbers| {
        (6..=16).contains(&numbers.len()) && numbers.first().is_some_and(|n| MOMENTS.contains(n))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_told_from_other_columns() {
        let done = Line {
            client: 1,
            number: 2,
            outcome: Outcome::Done(9713),
            script: 3,
            end: 1_795_416_956_109_194,
        };
        for (text, expected) in [
            ("1 2 9713 3 1795416956 109194", Some(done)),
            ("1 2 9713 3 1795416956 109194 91\r", Some(done)),
            ("1 2 9713 3 1795416956 109194 91 0", Some(done)),
            (
                "1 2 skipped 3 1795416956 109194 91",
                Some(Line { outcome: Outcome::Skipped, ..done }),
            ),
            ("1 2 deadlock 3 1795416956 109194", Some(Line { outcome: Outcome::Failed, ..done })),
            ("1 2 9713 3 1795416956", None),
            ("1 2 9713 3 1795416956 1091940", None),
            ("1 2 9713 3 17 109194", None),
            ("1 2 -9713 3 1795416956 109194", None),
            ("1 2 99999999999999 3 1795416956 109194", None),
            ("1 2 9713 3 1795416956 109194 x", None),
            ("1 2 9713 3 1795416956 109194 1 2 3", None),
            ("", None),
        ] {
            assert_eq!(line(text.as_bytes()), expected, "{text}");
        }
        assert!(is_aggregated(b"1345828501 5601 1542744 483552416 61 2573"));
        assert!(!is_aggregated(b"1 2 9713 3 1795416956 109194"));
    }
}
