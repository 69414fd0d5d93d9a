//! A table of steps: throughput by concurrency, as CSV that a person may have typed.
//!
//! The first line names the columns: `concurrency` and `per_s`, and where they were measured
//! `latency_ms` and `iteration_ms`. A line that starts with `#` is a remark.

use std::io::Read as _;
use std::path::Path;

use super::open::{io_error, is_damage, open, unreadable};
use super::{Reading, SourceError, detect};

/// One line of the table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepLine {
    /// Requests, or users, at a time: at least 1.
    pub concurrency: f64,
    /// Requests a second: above 0.
    pub per_s: f64,
    /// Mean latency of a request, in ms.
    pub latency_ms: Option<f64>,
    /// Mean time of an iteration for each of its requests, in ms: not under the latency.
    pub iteration_ms: Option<f64>,
}

/// The largest table, in bytes of text.
const LARGEST: u64 = 1 << 20;

/// The most steps of a table.
const MOST_STEPS: usize = 10_000;

/// Numbers beyond this are no measurement.
const LARGEST_NUMBER: f64 = 1e9;

const COLUMNS: [&str; 4] = ["concurrency", "per_s", "latency_ms", "iteration_ms"];

const EXPECTED: &str =
    "a CSV of steps with the columns concurrency,per_s and perhaps latency_ms,iteration_ms";

/// Reads a table; a gzipped one as well.
///
/// # Errors
/// The file cannot be read, is none, or has a line that is no step; the message names the line.
pub fn read(path: &Path) -> Result<Vec<StepLine>, SourceError> {
    if std::fs::metadata(path).map_err(io_error(path))?.is_dir() {
        return Err(unreadable(
            path,
            "a directory",
            EXPECTED,
            "give the file; for the results of load tests say --concurrency-from TAG",
        ));
    }
    let opened = open(path)?;
    if detect::sniff(&opened.head, &Reading::default()).is_some() {
        return Err(unreadable(
            path,
            "the result of a load test",
            EXPECTED,
            "say which tag of its requests carries the concurrency: --concurrency-from TAG",
        ));
    }
    let mut bytes = Vec::new();
    if let Err(error) = opened.text.take(LARGEST + 1).read_to_end(&mut bytes) {
        return Err(match is_damage(error.kind()) {
            true => unreadable(path, format!("damaged data ({error})"), EXPECTED, "copy it again"),
            false => io_error(path)(error),
        });
    }
    let refuse = |fault: Fault| unreadable(path, fault.found, EXPECTED, fault.hint);
    if bytes.len() as u64 > LARGEST {
        let found = format!("more than {} MiB", LARGEST >> 20);
        return Err(refuse(Fault::new(found, "leave in one line a step")));
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| refuse(Fault::new("bytes that are no UTF-8", "save it as UTF-8 text")))?;
    parse(&text).map_err(refuse)
}

/// What is wrong, and what to do.
#[derive(Debug, PartialEq)]
struct Fault {
    found: String,
    hint: &'static str,
}

impl Fault {
    fn new(found: impl Into<String>, hint: &'static str) -> Self {
        Self { found: found.into(), hint }
    }
}

const HEADER_HINT: &str = "begin the file with the line concurrency,per_s";

fn parse(text: &str) -> Result<Vec<StepLine>, Fault> {
    let numbered = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
    let mut lines = numbered.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let Some((number, header)) = lines.next() else {
        return Err(Fault::new("no line but remarks", HEADER_HINT));
    };
    let columns = header_of(number, header)?;
    let mut steps = Vec::new();
    for (number, line) in lines {
        if steps.len() == MOST_STEPS {
            let found = format!("more than {MOST_STEPS} steps");
            return Err(Fault::new(found, "leave in one line a step"));
        }
        steps.push(step(number, line, &columns)?);
    }
    if steps.is_empty() {
        return Err(Fault::new("a header without steps", "add a line for each measured step"));
    }
    Ok(steps)
}

/// For each column of the file, which of [`COLUMNS`] it is.
fn header_of(number: usize, header: &str) -> Result<Vec<usize>, Fault> {
    let mut columns = Vec::new();
    for name in fields(header) {
        let Some(column) = COLUMNS.iter().position(|known| *known == name) else {
            let found = format!("the column {} in line {number}", shown(name));
            return Err(Fault::new(found, HEADER_HINT));
        };
        if columns.contains(&column) {
            let found = format!("the column {name} twice in line {number}");
            return Err(Fault::new(found, "name each column once"));
        }
        columns.push(column);
    }
    match COLUMNS.iter().take(2).zip(0..).find(|(_, needed)| !columns.contains(needed)) {
        Some((name, _)) => Err(Fault::new(format!("no column {name}"), HEADER_HINT)),
        None => Ok(columns),
    }
}

fn step(number: usize, line: &str, columns: &[usize]) -> Result<StepLine, Fault> {
    let mut values: [Option<f64>; COLUMNS.len()] = [None; COLUMNS.len()];
    let texts: Vec<&str> = fields(line).collect();
    if texts.len() != columns.len() {
        let found =
            format!("{} values in line {number} under a header of {}", texts.len(), columns.len());
        return Err(Fault::new(found, "separate values by commas, and write 1234.5, not 1.234,5"));
    }
    for (text, column) in texts.iter().zip(columns) {
        let least = if *column == 0 { 1.0 } else { f64::MIN_POSITIVE };
        let optional = *column > 1;
        let value = match text.parse::<f64>() {
            _ if text.is_empty() && optional => continue,
            Ok(value) if (least..=LARGEST_NUMBER).contains(&value) => value,
            _ => {
                let name = COLUMNS.get(*column).copied().unwrap_or_default();
                let found = format!("{name} {} in line {number}", shown(text));
                let hint = match *column {
                    0 => "a concurrency is a number from 1 to 1000000000",
                    1 => {
                        "throughput is a number above 0: leave out steps at which nothing answered"
                    }
                    _ => "times are milliseconds above 0; leave the field empty where not measured",
                };
                return Err(Fault::new(found, hint));
            }
        };
        if let Some(slot) = values.get_mut(*column) {
            *slot = Some(value);
        }
    }
    let [concurrency, per_s, latency_ms, iteration_ms] = values;
    if let (Some(latency), Some(iteration)) = (latency_ms, iteration_ms)
        && iteration < latency
    {
        let found = format!("an iteration shorter than its latency in line {number}");
        return Err(Fault::new(found, "iteration_ms is the whole iteration, think time included"));
    }
    // Both are there: their columns are, and neither may be empty.
    let missing = || Fault::new(format!("no step in line {number}"), HEADER_HINT);
    Ok(StepLine {
        concurrency: concurrency.ok_or_else(missing)?,
        per_s: per_s.ok_or_else(missing)?,
        latency_ms,
        iteration_ms,
    })
}

fn fields(line: &str) -> impl Iterator<Item = &str> {
    line.split(',').map(|field| field.trim().trim_matches('"'))
}

/// The beginning of a foreign text, quoted.
fn shown(text: &str) -> String {
    let start: String = text.chars().take(40).collect();
    format!("{start:?}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn columns_come_in_any_order_and_times_may_be_left_out() {
        let text = "# measured at night\r\nper_s, concurrency,latency_ms\r\n\r\n100.5,1,9.9\r\n180, 2,\r\n";
        let steps = parse(text).unwrap();
        let first =
            StepLine { concurrency: 1.0, per_s: 100.5, latency_ms: Some(9.9), iteration_ms: None };
        let second = StepLine { concurrency: 2.0, per_s: 180.0, latency_ms: None, ..first };
        assert_eq!(steps, [first, second]);
        assert_eq!(parse("\"concurrency\",\"per_s\"\n\"1\",\"2\"\n").unwrap().len(), 1);
    }

    #[test]
    fn every_fault_names_its_line_and_what_to_do() {
        for (text, found) in [
            ("", "no line but remarks"),
            ("# x\n\n", "no line but remarks"),
            ("1,65\n18,996\n", "the column \"1\" in line 1"),
            ("concurrency;per_s\n1;2\n", "the column \"concurrency;per_s\" in line 1"),
            ("concurrency,per_s,per_s\n", "the column per_s twice in line 1"),
            ("concurrency,latency_ms\n1,2\n", "no column per_s"),
            ("concurrency,per_s\n", "a header without steps"),
            ("concurrency,per_s\n1,2\n\n2\n", "1 values in line 4 under a header of 2"),
            ("concurrency,per_s\n1,1.234,5\n", "3 values in line 2 under a header of 2"),
            ("concurrency,per_s\n0,5\n", "concurrency \"0\" in line 2"),
            ("concurrency,per_s\n0.5,5\n", "concurrency \"0.5\" in line 2"),
            ("concurrency,per_s\n2,0\n", "per_s \"0\" in line 2"),
            ("concurrency,per_s\n2,-1\n", "per_s \"-1\" in line 2"),
            ("concurrency,per_s\n2,NaN\n", "per_s \"NaN\" in line 2"),
            ("concurrency,per_s\n2,inf\n", "per_s \"inf\" in line 2"),
            ("concurrency,per_s\n2,1e300\n", "per_s \"1e300\" in line 2"),
            ("concurrency,per_s\n2,\n", "per_s \"\" in line 2"),
            ("concurrency,per_s\n2,100ms\n", "per_s \"100ms\" in line 2"),
            ("concurrency,per_s,latency_ms\n2,5,0\n", "latency_ms \"0\" in line 2"),
            (
                "concurrency,per_s,latency_ms,iteration_ms\n2,5,10,9\n",
                "an iteration shorter than its latency in line 2",
            ),
        ] {
            let fault = parse(text).unwrap_err();
            assert_eq!(fault.found, found, "{text:?}");
            assert!(!fault.hint.is_empty());
        }
    }

    #[test]
    fn a_table_has_an_end() {
        let many = "1,2\n".repeat(MOST_STEPS);
        assert_eq!(parse(&format!("concurrency,per_s\n{many}")).unwrap().len(), MOST_STEPS);
        let found = parse(&format!("concurrency,per_s\n{many}1,2\n")).unwrap_err().found;
        assert_eq!(found, "more than 10000 steps");
    }

    #[test]
    fn files_that_are_none_are_refused_with_a_hint() {
        let folder = tempfile::tempdir().unwrap();
        let point = "{\"metric\":\"http_req_duration\",\"type\":\"Point\",\"data\":{\"time\":\
                     \"2026-11-23T06:52:47Z\",\"value\":1,\"tags\":{}}}\n";
        let long = format!("concurrency,per_s\n{}", "#\n".repeat(1 << 20));
        for (name, content, found) in [
            ("k6.json", point.as_bytes(), "the result of a load test"),
            ("latin.csv", b"concurrency,per_s\n1,2 \xe4\n", "no UTF-8"),
            ("long.csv", long.as_bytes(), "more than 1 MiB"),
            ("cut.csv.gz", &[0x1f, 0x8b, 8, 0, 0], "damaged gzip data"),
        ] {
            let path = folder.path().join(name);
            std::fs::write(&path, content).unwrap();
            let message = read(&path).unwrap_err().to_string();
            assert!(message.contains(found) && message.contains("\nhint: "), "{message}");
        }
        let message = read(folder.path()).unwrap_err().to_string();
        assert!(message.contains("a directory") && message.contains("\nhint: "), "{message}");
        assert!(read(&folder.path().join("none.csv")).is_err());
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "(concurrency,per_s\n)?[0-9a-z,.\"#\n\\- ]{0,60}") {
            let _ = parse(&text);
        }
    }
}
