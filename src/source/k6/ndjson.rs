//! NDJSON, as `k6 run --out json=FILE` writes it: one point a line, every request in it.

use std::io::Read;

use memchr::memchr;

use super::blocks::{Pieces, take_apart};
use super::fault::Fault;
use super::gather::Gather;
use super::line::{self, Long, Short};
use super::point::plausible;
use super::seats::Seats;
use super::stream::Stream;

/// Metrics named in the message about a file without a usable point.
const MOST_NAMES: usize = 8;

/// Reads a stream of lines into `tally`.
pub(super) fn read<G: Gather>(input: &mut dyn Read, tally: G) -> Result<Stream<G>, Fault> {
    let mut reader = Reader { stream: Stream::new(tally), seats: Seats::new() };
    reader.stream.damage = take_apart(input, &mut reader)?;
    Ok(reader.stream)
}

fn split_line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memchr(b'\n', bytes)?;
    let (line, rest) = bytes.split_at_checked(end)?;
    Some((line, rest.get(1..)?))
}

struct Reader<G: Gather> {
    stream: Stream<G>,
    seats: Seats<G::Seat>,
}

impl<G: Gather> Pieces for Reader<G> {
    fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
        split_line(bytes)
    }

    fn take(&mut self, line: &[u8]) -> Result<(), Fault> {
        self.line(line)
    }

    fn take_unended(&mut self, line: &[u8]) -> Result<(), Fault> {
        self.unended(line)
    }
}

impl<G: Gather> Reader<G> {
    fn line(&mut self, line: &[u8]) -> Result<(), Fault> {
        self.stream.lines += 1;
        match line::short(line, G::watched) {
            Short::Skip => Ok(()),
            Short::Point { watched, at, value, rest } => {
                let Some(value) = plausible(value) else { return self.take_long(line, None) };
                let Some(seat) = self.seats.find(watched, rest) else {
                    return self.take_long(line, Some(rest));
                };
                self.stream.tally.add(watched, seat, at, value);
                Ok(())
            }
            Short::Unsure => self.take_long(line, None),
        }
    }

    /// `rest` is remembered where the line turns out good.
    fn take_long(&mut self, line: &[u8], rest: Option<&[u8]>) -> Result<(), Fault> {
        let line = line.trim_ascii();
        if line.is_empty() {
            return Ok(());
        }
        match line::long(line, G::watched) {
            Long::Point { watched, at, value, tags } => match plausible(value) {
                Some(value) => {
                    let seat = self.stream.tally.seat(watched, &tags)?;
                    if let Some(rest) = rest {
                        self.seats.keep(watched, rest, seat);
                    }
                    self.stream.tally.add(watched, seat, at, value);
                }
                None => self.stream.bad(format!("the value {value} is no measurement")),
            },
            Long::Other { metric } => {
                if self.stream.names.len() < MOST_NAMES && !self.stream.names.contains(&metric) {
                    self.stream.names.push(metric);
                }
            }
            Long::Bad(why) => self.stream.bad(why),
        }
        Ok(())
    }

    /// The last line, which no newline ends: whole, or cut when k6 was killed.
    fn unended(&mut self, line: &[u8]) -> Result<(), Fault> {
        match line::long(line, G::watched) {
            Long::Bad(_) => self.stream.cut = true,
            _ => {
                self.stream.lines += 1;
                self.take_long(line, None)?;
            }
        }
        Ok(())
    }
}
