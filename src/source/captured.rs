//! What was seen beside a load: CSV under a first line `# tailguard.captured/v1`.
//!
//! A script appends a line a second, so the file may end within one. There are no quotes: names of
//! columns are our own, but for those of queries.

use std::io::Read as _;
use std::path::Path;

use super::SourceError;
use super::open::{io_error, open, unreadable};
use crate::measure::captured::Captured;

/// The first line.
const SCHEMA: &str = "# tailguard.captured/v1";

/// The column that every sample has.
const TIME: &str = "time";

/// The most bytes, columns and samples of a file.
const MOST_BYTES: u64 = 64 << 20;
const MOST_COLUMNS: usize = 256;
const MOST_SAMPLES: usize = 200_000;

/// Reads what was seen beside a load.
///
/// # Errors
/// The file cannot be read, has no such first line, no column `time`, a line that is no sample, or
/// more of anything than a load test has.
pub fn captured(path: &Path) -> Result<Captured, SourceError> {
    let mut text = String::new();
    let opened = open(path)?;
    opened.text.take(MOST_BYTES + 1).read_to_string(&mut text).map_err(io_error(path))?;
    if text.len() as u64 > MOST_BYTES {
        return Err(refused(path, format!("more than {} MiB", MOST_BYTES >> 20)));
    }
    parse(&text).map_err(|what| refused(path, what))
}

fn refused(path: &Path, what: String) -> SourceError {
    unreadable(
        path,
        what,
        format!("what was seen beside a load, as CSV below a line {SCHEMA:?}"),
        "write it with a script that samples once a second, such as examples/clinic/load/capture",
    )
}

fn parse(text: &str) -> Result<Captured, String> {
    // What has no end was being written.
    let whole = text.rfind('\n').and_then(|end| text.get(..end)).unwrap_or_default();
    let mut lines = whole.lines().map(str::trim_end).enumerate();
    if lines.next().is_none_or(|(_, line)| line != SCHEMA) {
        let first: String = text.lines().next().unwrap_or_default().chars().take(60).collect();
        return Err(format!("a first line {first:?}"));
    }
    let names: Vec<&str> = lines.next().map(|(_, l)| l.split(',').collect()).unwrap_or_default();
    let Some(time) = names.iter().position(|name| *name == TIME) else {
        return Err(format!("no column {TIME:?}"));
    };
    if names.len() > MOST_COLUMNS {
        return Err(format!("{} columns", names.len()));
    }
    let mut captured = Captured::default();
    for name in names.iter().filter(|name| **name != TIME) {
        if captured.columns.insert((*name).to_owned(), Vec::new()).is_some() {
            return Err(format!("two columns {name:?}"));
        }
    }
    for (at, line) in lines.filter(|(_, line)| !line.is_empty()) {
        let number = at + 1;
        let values: Vec<&str> = line.split(',').collect();
        if values.len() != names.len() {
            return Err(format!(
                "{} values under {} columns in line {number}",
                values.len(),
                names.len()
            ));
        }
        if captured.at_ns.len() == MOST_SAMPLES {
            return Err(format!("more than {MOST_SAMPLES} samples"));
        }
        let moment = values.get(time).and_then(|text| nanoseconds(text));
        let Some(moment) = moment.filter(|now| captured.at_ns.last().is_none_or(|t| t < now))
        else {
            return Err(format!("no time after the one before, in line {number}"));
        };
        captured.at_ns.push(moment);
        for (name, text) in names.iter().zip(&values).filter(|(name, _)| **name != TIME) {
            let value = value(text).ok_or_else(|| format!("{text:?} in line {number}"))?;
            if let Some(column) = captured.columns.get_mut(*name) {
                column.push(value);
            }
        }
    }
    Ok(captured)
}

/// Unix seconds, with as many decimals as there are, in ns.
fn nanoseconds(text: &str) -> Option<i64> {
    const LATEST: f64 = 4e9;
    let seconds: f64 = text.trim().parse().ok()?;
    (0.0..LATEST).contains(&seconds).then_some((seconds * 1e9) as i64)
}

/// A number, finite and not negative; or nothing, where it was not taken.
fn value(text: &str) -> Option<Option<f64>> {
    const LARGEST: f64 = 1e15;
    let text = text.trim();
    if text.is_empty() {
        return Some(None);
    }
    let value: f64 = text.parse().ok()?;
    (0.0..=LARGEST).contains(&value).then_some(Some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "# tailguard.captured/v1\ntime,cores,pool_waiting,query_seconds:day\n";

    #[test]
    fn samples_are_read_up_to_the_line_that_has_no_end() {
        let text = format!("{HEAD}1795416771.5,2,,0.25\n1795416772.5,2,7,1.5\n17954167");
        let captured = parse(&text).unwrap();
        assert_eq!(captured.at_ns, [1_795_416_771_500_000_000, 1_795_416_772_500_000_000]);
        assert_eq!(captured.columns["pool_waiting"], [None, Some(7.0)]);
        assert_eq!(captured.columns["query_seconds:day"], [Some(0.25), Some(1.5)]);
        assert!(parse(HEAD).unwrap().at_ns.is_empty());
    }

    #[test]
    fn anything_else_is_refused_with_its_place() {
        for (text, what) in [
            (String::new(), "a first line \"\""),
            ("time\n1\n".to_owned(), "a first line \"time\""),
            ("# tailguard.captured/v2\ntime\n".to_owned(), "captured/v2"),
            ("# tailguard.captured/v1\ncores\n".to_owned(), "no column \"time\""),
            ("# tailguard.captured/v1\ntime,cores,cores\n".to_owned(), "two columns \"cores\""),
            (format!("{HEAD}1,2,3\n"), "3 values under 4 columns in line 3"),
            (format!("{HEAD}x,2,3,4\n"), "no time after the one before, in line 3"),
            (format!("{HEAD}2,2,3,4\n2,2,3,4\n"), "no time after the one before, in line 4"),
            (format!("{HEAD}1,2,-3,4\n"), "\"-3\" in line 3"),
            (format!("{HEAD}1,2,inf,4\n"), "\"inf\" in line 3"),
            (format!("{HEAD}nan,2,3,4\n"), "no time"),
        ] {
            let found = parse(&text).unwrap_err();
            assert!(found.contains(what), "{found} for {text:?}");
        }
    }
}
