//! CSV, as `k6 run --out csv=FILE` writes it: columns by name, since they depend on the system
//! tags that the script enables.

use std::io::Read;

use memchr::memchr;

use super::blocks::{Pieces, take_apart};
use super::decimal;
use super::fault::Fault;
use super::gather::Gather;
use super::instant::{self, Instant};
use super::point::plausible;
use super::record::{fields, split_record};
use super::seats::Seats;
use super::stream::Stream;
use crate::measure::Tags;

const METRIC: &str = "metric_name";
const TIME: &str = "timestamp";
const VALUE: &str = "metric_value";
const EXTRA: &str = "extra_tags";
const METADATA: &str = "metadata";
const GROUP: &str = "group";

/// Reads a stream of records into `tally`.
pub(super) fn read<G: Gather>(input: &mut dyn Read, tally: G) -> Result<Stream<G>, Fault> {
    let mut reader = Reader { columns: None, stream: Stream::new(tally), seats: Seats::new() };
    reader.stream.damage = take_apart(input, &mut reader)?;
    Ok(reader.stream)
}

/// The names of a header, if it is one of k6's.
pub(super) fn header(record: &[u8]) -> Option<Vec<String>> {
    let names: Vec<String> = fields(record)
        .into_iter()
        .map(|name| String::from_utf8_lossy(&name).trim().to_owned())
        .collect();
    [METRIC, TIME, VALUE].iter().all(|n| names.iter().any(|name| name == n)).then_some(names)
}

struct Columns {
    names: Vec<String>,
    metric: usize,
    time: usize,
    value: usize,
    extra: Option<usize>,
    /// Metric, time and value come first, in this order, as k6 has them.
    usual: bool,
}

impl Columns {
    fn new(names: Vec<String>) -> Option<Self> {
        let find = |wanted: &str| names.iter().position(|name| name == wanted);
        let (metric, time, value) = (find(METRIC)?, find(TIME)?, find(VALUE)?);
        let usual = (metric, time, value) == (0, 1, 2);
        let extra = find(EXTRA);
        Some(Self { names, metric, time, value, extra, usual })
    }
}

struct Reader<G: Gather> {
    columns: Option<Columns>,
    stream: Stream<G>,
    seats: Seats<G::Seat>,
}

impl<G: Gather> Pieces for Reader<G> {
    fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
        split_record(bytes)
    }

    fn take(&mut self, record: &[u8]) -> Result<(), Fault> {
        self.record(record)
    }

    fn take_unended(&mut self, record: &[u8]) -> Result<(), Fault> {
        self.unended(record)
    }
}

impl<G: Gather> Reader<G> {
    fn record(&mut self, record: &[u8]) -> Result<(), Fault> {
        let Some(columns) = &self.columns else { return self.take_header(record) };
        self.stream.lines += 1;
        if !columns.usual {
            return self.take_long(record, None);
        }
        let Some(comma) = memchr(b',', record) else { return self.take_long(record, None) };
        let name = record.get(..comma).unwrap_or_default();
        if name.first() == Some(&b'"') {
            return self.take_long(record, None);
        }
        let Some(watched) = G::watched(name) else { return Ok(()) };
        let Some((at, value, rest)) = short(record.get(comma + 1..).unwrap_or_default()) else {
            return self.take_long(record, None);
        };
        match self.seats.find(watched, rest) {
            Some(seat) => self.stream.tally.add(watched, seat, at, value),
            None => return self.take_long(record, Some(rest)),
        }
        Ok(())
    }

    fn take_header(&mut self, record: &[u8]) -> Result<(), Fault> {
        self.stream.lines += 1;
        self.columns = header(record).and_then(Columns::new);
        match self.columns {
            Some(_) => Ok(()),
            None => Err(Fault::content(
                "a first line without the columns metric_name, timestamp and metric_value",
                "the header of k6's CSV output",
                "write the file with `k6 run --out csv=FILE`",
            )),
        }
    }

    /// `rest` is remembered where the record turns out good.
    fn take_long(&mut self, record: &[u8], rest: Option<&[u8]>) -> Result<(), Fault> {
        let Some(columns) = &self.columns else { return Ok(()) };
        if record.trim_ascii().is_empty() {
            return Ok(());
        }
        let fields = fields(record);
        if fields.len() != columns.names.len() {
            let (found, expected) = (fields.len(), columns.names.len());
            self.stream.bad(format!("{found} fields under a header of {expected}"));
            return Ok(());
        }
        let field = |at: usize| fields.get(at).map_or(&[][..], |field| field.as_ref());
        let Some(watched) = G::watched(field(columns.metric)) else { return Ok(()) };
        let (Some(at), Some(value)) = (moment(field(columns.time)), number(field(columns.value)))
        else {
            self.stream.bad("no timestamp and value");
            return Ok(());
        };
        let mut tags = Tags::new();
        for (at, name) in columns.names.iter().enumerate() {
            let system = ![columns.metric, columns.time, columns.value].contains(&at)
                && Some(at) != columns.extra
                && name != METADATA;
            let value = field(at);
            // An empty column is an absent tag, but whatever a script does has a group, and the
            // root's is empty.
            let in_root = name == GROUP && watched.is_of_script();
            if system && (in_root || !value.is_empty()) {
                tags.insert(name.clone(), String::from_utf8_lossy(value).into_owned());
            }
        }
        if let Some(extra) = columns.extra {
            insert_pairs(&mut tags, &String::from_utf8_lossy(field(extra)));
        }
        let seat = self.stream.tally.seat(watched, &tags)?;
        if let Some(rest) = rest {
            self.seats.keep(watched, rest, seat);
        }
        self.stream.tally.add(watched, seat, at, value);
        Ok(())
    }

    /// The last record, which no newline ends: whole, or cut when k6 was killed.
    fn unended(&mut self, record: &[u8]) -> Result<(), Fault> {
        match &self.columns {
            Some(columns) if fields(record).len() != columns.names.len() => {
                self.stream.cut = true;
                Ok(())
            }
            _ => self.record(record),
        }
    }
}

/// Moment, value and the bytes of all tags, from what follows the metric's name.
fn short(text: &[u8]) -> Option<(Instant, f64, &[u8])> {
    let comma = memchr(b',', text)?;
    let at = moment(text.get(..comma)?)?;
    let text = text.get(comma + 1..)?;
    let comma = memchr(b',', text)?;
    Some((at, number(text.get(..comma)?)?, text.get(comma + 1..)?))
}

fn moment(text: &[u8]) -> Option<Instant> {
    instant::unix(text).or_else(|| instant::rfc3339(text))
}

fn number(text: &[u8]) -> Option<f64> {
    let value = match decimal::plain(text) {
        Some(value) => value,
        None => std::str::from_utf8(text).ok()?.parse().ok()?,
    };
    plausible(value)
}

/// User tags: `k=v&k2=v2`. k6 escapes nothing, so a part without `=` belongs to the value before.
fn insert_pairs(tags: &mut Tags, text: &str) {
    let mut last: Option<String> = None;
    for part in text.split('&').filter(|part| !part.is_empty()) {
        match (part.split_once('='), &last) {
            (Some((key, value)), _) => {
                tags.insert(key.to_owned(), value.to_owned());
                last = Some(key.to_owned());
            }
            (None, Some(key)) => {
                let value = tags.entry(key.clone()).or_default();
                value.push('&');
                value.push_str(part);
            }
            (None, None) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_tags_are_pairs() {
        let mut tags = Tags::new();
        insert_pairs(&mut tags, "category=read&url=/a?b=c&d&empty=");
        let expected = [("category", "read"), ("url", "/a?b=c&d"), ("empty", "")];
        assert_eq!(tags, expected.map(|(k, v)| (k.to_owned(), v.to_owned())).into());
    }

    #[test]
    fn numbers_that_are_none_are_refused() {
        for text in ["NaN", "inf", "-1.000000", "1e300", "", "x"] {
            assert_eq!(number(text.as_bytes()), None, "{text}");
        }
        assert_eq!(number(b"1e3"), Some(1000.0));
        assert_eq!(number(b"0.000000"), Some(0.0));
    }
}
